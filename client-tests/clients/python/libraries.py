"""MSAL and azure-identity against a simulator: every grant that it has, both sides of the tenant's date."""

import base64
import json
import os
import sys

import msal
from azure.identity import (
    CertificateCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
)

AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
ARM = "https://management.azure.com/.default"
env = os.environ
tenant = env["ENTRASIM_TENANT"]
app = env["ENTRASIM_DEPLOY_CLIENT_ID"]
authority = f"https://login.microsoftonline.com/{tenant}"


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def check(name, token, **expected):
    found = claims(token)
    for claim, value in expected.items():
        if found.get(claim) != value:
            sys.exit(f"{name}: {claim} is {found.get(claim)!r}, not {value!r}")
    print("ok", name)


public = msal.PublicClientApplication(AZURE_CLI, authority=authority, client_capabilities=["CP1"])
result = public.acquire_token_by_username_password(
    env["ENTRASIM_ALICE_UPN"], env["ENTRASIM_ALICE_PASSWORD"], scopes=["https://management.core.windows.net//.default"]
)
check("msal password", result["access_token"], idtyp="user", amr=["pwd"], aud="https://management.core.windows.net/")
account = public.get_accounts()[0]
silent = public.acquire_token_silent_with_error(["https://management.core.windows.net//.default"], account=account)
if silent["access_token"] != result["access_token"]:
    sys.exit("msal silent: the token is not found in the cache under the scope that was asked for")
print("ok msal cache")
graph = public.acquire_token_silent_with_error(["https://graph.microsoft.com//.default"], account=account)
check("msal refresh to another resource", graph["access_token"], idtyp="user", aud="https://graph.microsoft.com/")
challenge = '{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}'
refused = public.acquire_token_silent_with_error(
    ["https://management.core.windows.net//.default"], account=account, claims_challenge=challenge
)
if refused.get("error_codes") != [50076]:
    sys.exit(f"msal challenge: {refused}")
print("ok msal challenge refused with 50076")

with open(env["ENTRASIM_DEPLOY_CERTIFICATE"]) as file:
    pem = file.read()
key, certificate = pem[: pem.index("-----BEGIN CERTIFICATE")], pem[pem.index("-----BEGIN CERTIFICATE") :]
confidential = [
    ("msal secret", env["ENTRASIM_DEPLOY_CLIENT_SECRET"], "1"),
    ("msal certificate, PS256", {"private_key": key, "public_certificate": certificate}, "2"),
    ("msal assertion", {"client_assertion": env["ENTRASIM_DEPLOY_FEDERATED_TOKEN"]}, "2"),
]
for name, credential, proof in confidential:
    client = msal.ConfidentialClientApplication(app, authority=authority, client_credential=credential)
    result = client.acquire_token_for_client(["https://graph.microsoft.com/.default"])
    check(name, result["access_token"], idtyp="app", appidacr=proof, aud="https://graph.microsoft.com")

wrong = msal.ConfidentialClientApplication(app, authority=authority, client_credential="wrong")
if wrong.acquire_token_for_client([ARM]).get("error_codes") != [7000215]:
    sys.exit("msal wrong secret: not 7000215")
print("ok msal wrong secret refused with 7000215")

federated = env["ENTRASIM_DEPLOY_FEDERATED_TOKEN"]
for name, credential in [
    ("azure-identity secret", ClientSecretCredential(tenant, app, env["ENTRASIM_DEPLOY_CLIENT_SECRET"])),
    ("azure-identity certificate, RS256", CertificateCredential(tenant, app, env["ENTRASIM_DEPLOY_CERTIFICATE"])),
    ("azure-identity assertion", ClientAssertionCredential(tenant, app, lambda: federated)),
    ("azure-identity managed identity", ManagedIdentityCredential()),
]:
    check(name, credential.get_token(ARM).token, idtyp="app", tid=tenant)
