"""MSAL and azure-identity for Python: the flows in which a person takes part, and the identities of App Service and Cloud
Shell. Prints one row a flow, as JSON."""

import base64
import importlib.metadata
import json
import os
import subprocess
import threading

import msal
from azure.identity import DefaultAzureCredential, DeviceCodeCredential, InteractiveBrowserCredential, ManagedIdentityCredential

env = os.environ
CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
ARM = "https://management.core.windows.net//.default"
authority = f"https://login.microsoftonline.com/{env['ENTRASIM_TENANT']}"
person_command = ["node", env["PERSON"]]
who = ["--user", env["ENTRASIM_ALICE_UPN"], "--password", env["ENTRASIM_ALICE_PASSWORD"]]


def person(url, *more):
    threading.Thread(target=subprocess.run, args=([*person_command, url, *who, *more],), kwargs={"stdout": subprocess.DEVNULL}).start()


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def row(client, package, flow, run, route="proxy"):
    try:
        found, wanted = run()
        different = {name: found.get(name) for name, value in wanted.items() if found.get(name) != value}
        detail = "ok" if not different else f"FAILED {different}"
    except Exception as error:  # noqa: BLE001 - whatever a client raises is a row of the table
        detail = f"FAILED {type(error).__name__}: {error}"[:500]
    line = {"client": client, "version": importlib.metadata.version(package), "flow": flow, "route": route, "ok": detail == "ok", "detail": detail}
    print(json.dumps(line), flush=True)


def public(**more):
    return msal.PublicClientApplication(CLI, authority=authority, client_capabilities=["CP1"], **more)


def interactive():
    env["BROWSER"] = " ".join([*person_command, "%s", *who, "&"])
    result = public().acquire_token_interactive([ARM], claims_challenge='{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}')
    return claims(result["access_token"]), {"amr": ["pwd", "mfa"], "acrs": ["p1"], "xms_cc": ["CP1"]}


def device():
    app = public()
    flow = app.initiate_device_flow([ARM])
    person("https://login.microsoft.com/device", "--code", flow["user_code"])
    return claims(app.acquire_token_by_device_flow(flow)["access_token"]), {"idtyp": "user"}


def custom_host():
    host = env["ENTRASIM_HTTPS"].replace("127.0.0.1", "localhost")
    app = msal.ConfidentialClientApplication(
        env["ENTRASIM_DEPLOY_CLIENT_ID"], client_credential=env["ENTRASIM_DEPLOY_CLIENT_SECRET"],
        authority=f"{host}/{env['ENTRASIM_TENANT']}", instance_discovery=False,
    )
    return claims(app.acquire_token_for_client([ARM])["access_token"]), {"idtyp": "app"}


def identity(credential, scope="https://management.azure.com/.default", **wanted):
    return claims(credential.get_token(scope).token), wanted


def prompt(_uri, code, _expires):
    person("https://login.microsoft.com/device", "--code", code)


row("MSAL Python", "msal", "interactive with MFA", interactive)
row("MSAL Python", "msal", "device code", device)
row("MSAL Python", "msal", "client secret", custom_host, "custom host")
row("azure-identity (Python)", "azure-identity", "interactive", lambda: identity(InteractiveBrowserCredential(tenant_id=env["ENTRASIM_TENANT"], client_id=CLI), idtyp="user"))
row("azure-identity (Python)", "azure-identity", "device code", lambda: identity(DeviceCodeCredential(tenant_id=env["ENTRASIM_TENANT"], client_id=CLI, prompt_callback=prompt), idtyp="user"))
env["IDENTITY_ENDPOINT"], env["IDENTITY_HEADER"] = f"{env['ENTRASIM_HTTP']}/msi/token", env["ENTRASIM_IDENTITY_HEADER"]
row("azure-identity (Python)", "azure-identity", "managed identity, App Service", lambda: identity(ManagedIdentityCredential(), idtyp="app"))
row("azure-identity (Python)", "azure-identity", "DefaultAzureCredential, App Service", lambda: identity(DefaultAzureCredential(), idtyp="app"))
del env["IDENTITY_ENDPOINT"], env["IDENTITY_HEADER"]
env["MSI_ENDPOINT"] = f"{env['ENTRASIM_HTTP']}/msi/cloud-shell"
row("azure-identity (Python)", "azure-identity", "managed identity, Cloud Shell", lambda: identity(ManagedIdentityCredential(), idtyp="user", amr=["pwd", "mfa"]))
del env["MSI_ENDPOINT"]
env["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = env["ENTRASIM_HTTP"]
row("azure-identity (Python)", "azure-identity", "managed identity, VM", lambda: identity(ManagedIdentityCredential(), idtyp="app"))
