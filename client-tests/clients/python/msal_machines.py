"""ManagedIdentityClient of MSAL for Python, host by host. Prints one row a flow, as JSON."""

import hashlib
import ssl
from urllib.parse import urlsplit

import msal
import requests

from shared import CUSTOM, env, has, row, variables

HTTP = env["ENTRASIM_HTTP"]
HEADER = env["ENTRASIM_IDENTITY_HEADER"]


def machine():
    client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=requests.Session())
    result = client.acquire_token_for_client(resource="https://management.azure.com/")
    if "access_token" not in result:
        raise ValueError(result)
    return has(result["access_token"], idtyp="app")


def hosted(name, source, **values):
    """A host is what its variables say; MSAL has to recognise it."""

    def run():
        with variables(**values):
            found = msal.managed_identity.get_managed_identity_source()
            if found is not source:
                raise ValueError("MSAL takes this for another host")
            return machine()

    row("MSAL Python", "msal", f"managed identity, {name}", run)


def node_thumbprint():
    """SHA-1 of the certificate that the node shows: what Service Fabric puts into the variable."""
    address = urlsplit(CUSTOM)
    shown = ssl.get_server_certificate((address.hostname, address.port))
    return hashlib.sha1(ssl.PEM_cert_to_DER_cert(shown)).hexdigest().upper()


source = msal.managed_identity
hosted("VM", source.DEFAULT_TO_VM)
hosted("VM, named host", source.DEFAULT_TO_VM, AZURE_POD_IDENTITY_AUTHORITY_HOST=HTTP)
hosted("App Service", source.APP_SERVICE, IDENTITY_ENDPOINT=f"{HTTP}/msi/token", IDENTITY_HEADER=HEADER)
hosted("Machine Learning", source.MACHINE_LEARNING, MSI_ENDPOINT=f"{HTTP}/msi/machine-learning", MSI_SECRET=HEADER)
hosted(
    "Service Fabric", source.SERVICE_FABRIC,
    IDENTITY_ENDPOINT=f"{CUSTOM}/msi/service-fabric", IDENTITY_HEADER=HEADER, IDENTITY_SERVER_THUMBPRINT=node_thumbprint(),
)
if "ARC" in env:
    hosted("Azure Arc", source.AZURE_ARC, IDENTITY_ENDPOINT=f"{HTTP}/msi/arc", IMDS_ENDPOINT=HTTP)
