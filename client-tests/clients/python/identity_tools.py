"""azure-identity for Python beside a signed-in Azure CLI, and under an SDK of Azure that is challenged. Prints one row a flow.

Expects `az login` to have happened.
"""

import json
from urllib.request import ProxyHandler, build_opener

from azure.core.exceptions import ClientAuthenticationError
from azure.identity import AzureCliCredential, ClientSecretCredential, DefaultAzureCredential, UsernamePasswordCredential
from azure.mgmt.resource import ResourceManagementClient

from shared import APP, ARM, AZURE_CLI, SECRET, TENANT, env, has, row

SUBSCRIPTION = env["ENTRASIM_SUBSCRIPTION"]
UNKNOWN = "00000000-0000-0000-0000-000000000001"


def flow(name, run):
    row("azure-identity (Python)", "azure-identity", name, run)


def asked_the_machine():
    """How often the metadata service was asked for a token."""
    with build_opener(ProxyHandler({})).open(f"{env['ENTRASIM_CONTROL']}/journal?limit=1000") as answer:
        return sum("/metadata/identity/" in entry["url"] for entry in json.load(answer)["value"])


def falls_through():
    """The machine does not have the identity: the chain comes to the Azure CLI after a probe and one refusal, without retries."""
    before = asked_the_machine()
    proven = has(DefaultAzureCredential(managed_identity_client_id=UNKNOWN).get_token(ARM).token, idtyp="user")
    if asked_the_machine() - before > 2:
        raise ValueError("it tried again")
    return f"{proven}; no retries before it"


def write(credential):
    groups = ResourceManagementClient(credential, SUBSCRIPTION).resource_groups
    groups.create_or_update("by-sdk", {"location": "westeurope"})
    return groups.get("by-sdk").properties.provisioning_state


def as_service_principal():
    return f"a resource group, {write(ClientSecretCredential(TENANT, APP, SECRET))}"


def challenged():
    """The SDK asks the credential again with the claims of the challenge; the refusal has to reach the program."""
    user = UsernamePasswordCredential(AZURE_CLI, env["ENTRASIM_ALICE_UPN"], env["ENTRASIM_ALICE_PASSWORD"], tenant_id=TENANT)
    groups = ResourceManagementClient(user, SUBSCRIPTION).resource_groups
    if not [group.name for group in groups.list()]:
        raise ValueError("reading does not work")
    try:
        write(user)
    except ClientAuthenticationError as error:
        if "AADSTS50076" in str(error):
            return "reads; AADSTS50076 on writing"
        raise
    raise ValueError("a write without MFA")


flow("AzureCliCredential", lambda: has(AzureCliCredential().get_token(ARM).token, idtyp="user"))
flow("DefaultAzureCredential, Azure CLI", falls_through)
flow("azure-mgmt-resource writes as a service principal", as_service_principal)
flow("azure-mgmt-resource is challenged as a user", challenged)
