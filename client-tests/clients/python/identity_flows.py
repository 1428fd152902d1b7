"""azure-identity for Python: every credential, both routes. Prints one row a flow, as JSON."""

import asyncio
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, quote, urlsplit

from azure.identity import (
    AuthorizationCodeCredential,
    AzureCliCredential,
    CertificateCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    DefaultAzureCredential,
    DeviceCodeCredential,
    EnvironmentCredential,
    InteractiveBrowserCredential,
    ManagedIdentityCredential,
    OnBehalfOfCredential,
    UsernamePasswordCredential,
    WorkloadIdentityCredential,
)
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential

from shared import APP, ARM, AZURE_CLI, CERTIFICATE, CUSTOM, FEDERATED, PUBLIC, SECRET, TENANT, alice, claims, env, has, person, person_command, row, variables

HTTP = env["ENTRASIM_HTTP"]
GRAPH = "https://graph.microsoft.com/User.Read"
SERVICE = {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": APP}


def flow(name, run, route="proxy"):
    row("azure-identity (Python)", "azure-identity", name, run, route)


def gets(make, scope=ARM, values=None, **wanted):
    def run():
        with variables(**(values or {})):
            return has(make().get_token(scope).token, **wanted)

    return run


def prompt(uri, code, _expires):
    person(uri.replace("https://microsoft.com/devicelogin", "https://login.microsoft.com/device"), "--code", code)


def interactive():
    env["BROWSER"] = " ".join([*person_command, "%s", *alice, "&"])
    return InteractiveBrowserCredential(tenant_id=TENANT, client_id=AZURE_CLI)


def on_behalf_of():
    credential = OnBehalfOfCredential(TENANT, env["API_ID"], client_secret=env["API_SECRET"], user_assertion=env["USER_ASSERTION"])
    found = claims(credential.get_token(GRAPH).token)
    if found["appid"] != env["API_ID"] or "User.Read" not in found["scp"].split():
        raise ValueError(found)
    return "the user's token of Graph, for the API"


def authorization_code():
    """A web app: the person signs in, the browser brings the code back to the app's own address."""
    codes = []

    class Back(BaseHTTPRequestHandler):
        def do_GET(self):
            codes.extend(parse_qs(urlsplit(self.path).query).get("code", []))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("localhost", 0), Back)
    redirect = f"http://localhost:{server.server_port}/back"
    url = f"{PUBLIC}/{TENANT}/oauth2/v2.0/authorize?client_id={env['FRONT_ID']}&response_type=code&redirect_uri={quote(redirect, safe='')}&scope={quote(GRAPH, safe='')}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    subprocess.run([*person_command, url, *alice], stdout=subprocess.DEVNULL, check=True)
    return AuthorizationCodeCredential(TENANT, env["FRONT_ID"], codes[0], redirect, client_secret=env["FRONT_SECRET"])


def asynchronous():
    async def get():
        async with AsyncClientSecretCredential(TENANT, APP, SECRET) as credential:
            return (await credential.get_token(ARM)).token

    return has(asyncio.run(get()), idtyp="app")


token_file = os.path.join(env["AZURE_CONFIG_DIR"], "federated-token")
with open(token_file, "w") as file:
    file.write(FEDERATED)
by_password = {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": AZURE_CLI, "AZURE_USERNAME": env["ENTRASIM_ALICE_UPN"], "AZURE_PASSWORD": env["ENTRASIM_ALICE_PASSWORD"]}

flow("client secret", gets(lambda: ClientSecretCredential(TENANT, APP, SECRET), idtyp="app", appidacr="1"))
flow("client secret, aio", asynchronous)
flow("certificate", gets(lambda: CertificateCredential(TENANT, APP, CERTIFICATE), idtyp="app", appidacr="2"))
flow("certificate, with x5c", gets(lambda: CertificateCredential(TENANT, APP, CERTIFICATE, send_certificate_chain=True), idtyp="app", appidacr="2"))
flow("client assertion", gets(lambda: ClientAssertionCredential(TENANT, APP, lambda: FEDERATED), idtyp="app", appidacr="2"))
flow("workload identity", gets(lambda: WorkloadIdentityCredential(tenant_id=TENANT, client_id=APP, token_file_path=token_file), idtyp="app", appidacr="2"))
flow("environment, secret", gets(EnvironmentCredential, values={**SERVICE, "AZURE_CLIENT_SECRET": SECRET}, idtyp="app", appidacr="1"))
flow("environment, certificate", gets(EnvironmentCredential, values={**SERVICE, "AZURE_CLIENT_CERTIFICATE_PATH": CERTIFICATE}, idtyp="app", appidacr="2"))
flow("environment, password", gets(EnvironmentCredential, values=by_password, idtyp="user", amr=["pwd"]))
flow("password", gets(lambda: UsernamePasswordCredential(AZURE_CLI, env["ENTRASIM_ALICE_UPN"], env["ENTRASIM_ALICE_PASSWORD"], tenant_id=TENANT), idtyp="user", amr=["pwd"]))
flow("on-behalf-of", on_behalf_of)
flow("authorization code", gets(authorization_code, GRAPH, idtyp="user", appidacr="1"))
flow("interactive", gets(interactive, idtyp="user", amr=["pwd"]))
flow("device code", gets(lambda: DeviceCodeCredential(AZURE_CLI, tenant_id=TENANT, prompt_callback=prompt), idtyp="user"))
app_service = {"IDENTITY_ENDPOINT": f"{HTTP}/msi/token", "IDENTITY_HEADER": env["ENTRASIM_IDENTITY_HEADER"]}
flow("managed identity, VM", gets(ManagedIdentityCredential, idtyp="app"))
flow("managed identity, App Service", gets(ManagedIdentityCredential, values=app_service, idtyp="app"))
flow("managed identity, Cloud Shell", gets(ManagedIdentityCredential, values={"MSI_ENDPOINT": f"{HTTP}/msi/cloud-shell"}, idtyp="user", amr=["pwd", "mfa"]))
flow("DefaultAzureCredential, App Service", gets(DefaultAzureCredential, values=app_service, idtyp="app"))

# The library reads the custom host from a variable; the switch has none.
with variables(AZURE_AUTHORITY_HOST=CUSTOM):
    own = {"disable_instance_discovery": True}
    for name, make, wanted in [
        ("client secret", lambda: ClientSecretCredential(TENANT, APP, SECRET, **own), {"idtyp": "app"}),
        ("certificate", lambda: CertificateCredential(TENANT, APP, CERTIFICATE, **own), {"idtyp": "app"}),
        ("workload identity", lambda: WorkloadIdentityCredential(tenant_id=TENANT, client_id=APP, token_file_path=token_file, **own), {"idtyp": "app"}),
        ("device code", lambda: DeviceCodeCredential(AZURE_CLI, tenant_id=TENANT, prompt_callback=prompt, **own), {"idtyp": "user"}),
    ]:
        flow(name, gets(make, **wanted), "custom host")
