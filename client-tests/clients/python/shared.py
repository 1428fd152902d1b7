"""What the scripts of this folder share: the simulator's variables, rows of the table, and an automated person."""

import base64
import contextlib
import importlib.metadata
import json
import os
import subprocess
import threading

env = os.environ
TENANT = env["ENTRASIM_TENANT"]
APP = env["ENTRASIM_DEPLOY_CLIENT_ID"]
SECRET = env["ENTRASIM_DEPLOY_CLIENT_SECRET"]
FEDERATED = env["ENTRASIM_DEPLOY_FEDERATED_TOKEN"]
CERTIFICATE = env["ENTRASIM_DEPLOY_CERTIFICATE"]
AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
PUBLIC = "https://login.microsoftonline.com"
CUSTOM = env["ENTRASIM_HTTPS"].replace("127.0.0.1", "localhost")
ARM = "https://management.azure.com/.default"
P1 = '{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}'

person_command = ["node", env["PERSON"]]
alice = ["--user", env["ENTRASIM_ALICE_UPN"], "--password", env["ENTRASIM_ALICE_PASSWORD"]]


def person(url, *more):
    """Alice in Chromium, at the same time as the client that waits for her."""
    command = [*person_command, url, *alice, *more]
    threading.Thread(target=subprocess.run, args=(command,), kwargs={"stdout": subprocess.DEVNULL}).start()


@contextlib.contextmanager
def variables(**values):
    """Environment variables for one flow."""
    env.update(values)
    try:
        yield
    finally:
        for name in values:
            del env[name]


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def has(token, **wanted):
    """What of a token was looked at, as text; raises when something is not as wanted."""
    found = claims(token)
    different = {name: found.get(name) for name, value in wanted.items() if found.get(name) != value}
    if different:
        raise ValueError(f"not as wanted: {different}")
    return ", ".join(f"{name} {'+'.join(value) if isinstance(value, list) else value}" for name, value in wanted.items())


def row(client, package, flow, run, route="proxy"):
    """Prints what the table says of one flow; `run` gives what was proven, or raises."""
    line = {"client": client, "version": importlib.metadata.version(package), "flow": flow, "route": route}
    try:
        line |= {"ok": True, "proven": run()}
    except Exception as error:  # noqa: BLE001 - whatever a client raises is a row of the table
        line |= {"ok": False, "proven": f"{type(error).__name__}: {error}"[:800]}
    print(json.dumps(line), flush=True)
