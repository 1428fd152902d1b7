"""What somebody writes who tests a script of theirs: the fixtures, MSAL, and a call to Resource Manager."""

import msal
import pytest
import requests

AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"


@pytest.fixture
def as_bob(entrasim_tenant, monkeypatch):
    for name, value in entrasim_tenant.environment().items():
        monkeypatch.setenv(name, value)
    bob = entrasim_tenant.accounts["bob"]
    app = msal.PublicClientApplication(AZURE_CLI, authority=f"https://login.microsoftonline.com/{entrasim_tenant.id}")
    token = app.acquire_token_by_username_password(bob["upn"], bob["password"], ["https://management.azure.com/.default"])
    session = requests.Session()
    session.headers["authorization"] = f"Bearer {token['access_token']}"
    group = f"https://management.azure.com/subscriptions/{entrasim_tenant.subscription}/resourcegroups/bobs?api-version=2024-11-01"
    return lambda: session.put(group, json={"location": "westeurope"})


def test_before_the_date_a_password_writes(entrasim_tenant, as_bob):
    entrasim_tenant.phase2(None)
    assert as_bob().status_code == 201


def test_after_the_date_it_does_not(entrasim_tenant, as_bob):
    entrasim_tenant.phase2("2025-10-01")
    answer = as_bob()
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "RequestDisallowedByAzure"
    assert entrasim_tenant.journal()[0]["decision"]["rule"] == "phase2.arm-write"


def test_a_command_finds_the_tenant(entrasim_tenant):
    ran = entrasim_tenant.run(["sh", "-c", "echo $ENTRASIM_TENANT"])
    assert ran.stdout.strip() == entrasim_tenant.id


def test_each_test_has_a_tenant_of_its_own(entrasim, entrasim_tenant):
    assert entrasim_tenant.id != entrasim.tenant.id
    explained = entrasim_tenant.explain(user="bob", operation="create-or-update")
    assert explained["outcome"] == "deny" and explained["remedies"]
