"""MSAL for Python: its grants, with and without a person, both routes. Prints one row a flow, as JSON."""

import hashlib

import msal
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from shared import APP, ARM, AZURE_CLI, CERTIFICATE, CUSTOM, FEDERATED, P1, PUBLIC, SECRET, TENANT, alice, claims, env, has, person, person_command, row

CLI_ARM = "https://management.core.windows.net//.default"
CLI_GRAPH = "https://graph.microsoft.com//.default"
SILENT_REFUSAL = 50076


def token(result):
    if "access_token" not in result:
        raise ValueError(result.get("error_description", result))
    return result["access_token"]


def public(host, **more):
    return msal.PublicClientApplication(AZURE_CLI, authority=f"{host}/{TENANT}", instance_discovery=host == PUBLIC, client_capabilities=["CP1"], **more)


def confidential(credential, host=PUBLIC, app=APP):
    return msal.ConfidentialClientApplication(app, authority=f"{host}/{TENANT}", client_credential=credential, instance_discovery=host == PUBLIC)


def as_app(credential, host=PUBLIC, **wanted):
    return lambda: has(token(confidential(credential, host).acquire_token_for_client([ARM])), idtyp="app", **wanted)


def refused(call, number):
    result = call()
    if result.get("error_codes") != [number]:
        raise ValueError(f"not AADSTS{number}: {result}")
    return f"AADSTS{number}"


def password(app=None):
    app = app or public(PUBLIC)
    return app.acquire_token_by_username_password(env["ENTRASIM_ALICE_UPN"], env["ENTRASIM_ALICE_PASSWORD"], scopes=[CLI_ARM])


def from_cache():
    app = public(PUBLIC)
    first = password(app)
    again = app.acquire_token_silent_with_error([CLI_ARM], account=app.get_accounts()[0])
    if again["access_token"] != first["access_token"]:
        raise ValueError("the token is not found in the cache under the scope that was asked for")
    return "the cached token"


def to_graph():
    app = public(PUBLIC)
    password(app)
    return has(token(app.acquire_token_silent_with_error([CLI_GRAPH], account=app.get_accounts()[0])), aud="https://graph.microsoft.com/")


def challenge():
    app = public(PUBLIC)
    password(app)
    return refused(lambda: app.acquire_token_silent_with_error([CLI_ARM], account=app.get_accounts()[0], claims_challenge=P1), SILENT_REFUSAL)


def interactive(host):
    env["BROWSER"] = " ".join([*person_command, "%s", *alice, "&"])
    return has(token(public(host).acquire_token_interactive([CLI_ARM], claims_challenge=P1)), amr=["pwd", "mfa"], acrs=["p1"], xms_cc=["CP1"])


def device(host):
    app = public(host)
    flow = app.initiate_device_flow([CLI_ARM])
    person("https://login.microsoft.com/device" if host == PUBLIC else flow["verification_uri"], "--code", flow["user_code"])
    return has(token(app.acquire_token_by_device_flow(flow)), idtyp="user", amr=["pwd"])


def on_behalf_of(host):
    api = confidential(env["API_SECRET"], host, env["API_ID"])
    found = claims(token(api.acquire_token_on_behalf_of(env["USER_ASSERTION"], ["https://graph.microsoft.com/User.Read"])))
    if found["appid"] != env["API_ID"] or "User.Read" not in found["scp"].split() or not found["upn"].startswith("bob@"):
        raise ValueError(found)
    return "the user's token of Graph, for the API"


with open(CERTIFICATE) as file:
    pem = file.read()
begin = pem.index("-----BEGIN CERTIFICATE")
key, certificate = pem[:begin], pem[begin:]
thumbprint = hashlib.sha1(x509.load_pem_x509_certificate(certificate.encode()).public_bytes(Encoding.DER)).hexdigest()
with_thumbprint = {"private_key": key, "thumbprint": thumbprint}
with_certificate = {"private_key": key, "public_certificate": certificate}


def flow(name, run, route="proxy"):
    row("MSAL Python", "msal", name, run, route)


flow("password", lambda: has(token(password()), idtyp="user", amr=["pwd"], aud="https://management.core.windows.net/"))
flow("silent, from the cache", from_cache)
flow("silent, for another resource", to_graph)
flow("claims challenge refused silently", challenge)
flow("certificate with thumbprint, RS256", as_app(with_thumbprint, appidacr="2"))
flow("certificate with x5c, PS256", as_app(with_certificate, appidacr="2"))
flow("federated token", as_app({"client_assertion": FEDERATED}, appidacr="2"))
flow("wrong client secret", lambda: refused(lambda: confidential("wrong").acquire_token_for_client([ARM]), 7000215))
for host, route in [(PUBLIC, "proxy"), (CUSTOM, "custom host")]:
    flow("client secret", as_app(SECRET, host, appidacr="1"), route)
    flow("on-behalf-of", lambda host=host: on_behalf_of(host), route)
    flow("interactive with MFA", lambda host=host: interactive(host), route)
    flow("device code", lambda host=host: device(host), route)
