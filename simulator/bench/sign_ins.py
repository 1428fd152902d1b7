"""Complete interactive sign-ins through the socket: password, second factor, redirect, code redemption.

Usage: sign_ins.py READY.json COUNT SERVER-PID    (READY.json is what `entrasim serve --json` printed)

Prints resident memory along the way, and how much of the server's processor time one sign-in costs. Two connections at a
time, kept alive; the client is Python, so the rate over the wall clock says more of the client than of the server.
"""

import http.client
import json
import os
import re
import sys
import threading
import time
import urllib.parse

ready = json.load(open(sys.argv[1]))
count, pid = int(sys.argv[2]), sys.argv[3]
host = ready["http"].removeprefix("http://")
tenant = ready["tenant"]["id"]
alice = ready["accounts"]["alice"]
CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
VERIFIER = "abcdefghijklmnopqrstuvwxyz0123456789-._~ABCDEFG"
hidden = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
action = re.compile(r'<form[^>]* action="([^"]+)"')


def resident():
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024


def processor():
    fields = open(f"/proc/{pid}/stat").read().split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def ask(connection, method, path, fields=None):
    body = urllib.parse.urlencode(fields) if fields is not None else None
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if fields is not None else {}
    connection.request(method, path, body, headers)
    reply = connection.getresponse()
    return reply.status, reply.read().decode()


def post(connection, page, **fields):
    form = page.split("</form>")[0]
    path = urllib.parse.urlparse(action.search(form).group(1)).path
    status, text = ask(connection, "POST", path, dict(hidden.findall(form)) | fields)
    assert status == 200, (status, text)
    return text


query = urllib.parse.urlencode({
    "client_id": CLI, "response_type": "code", "redirect_uri": "http://localhost:8400", "response_mode": "form_post",
    "scope": "https://management.core.windows.net//.default offline_access openid profile", "state": "s", "nonce": "n",
    "code_challenge": VERIFIER, "code_challenge_method": "plain",
    "claims": '{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}',
})


def sign_in(connection):
    _, page = ask(connection, "GET", f"/{tenant}/oauth2/v2.0/authorize?{query}")
    page = post(connection, page, loginfmt=alice["upn"], login=alice["upn"], passwd=alice["password"], type="11", LoginOptions="1")
    page = post(connection, page, mfaAuthMethod="PhoneAppNotification")
    page = post(connection, page)
    code = dict(hidden.findall(page))["code"]
    status, text = ask(connection, "POST", f"/{tenant}/oauth2/v2.0/token", {
        "client_id": CLI, "grant_type": "authorization_code", "code": code, "redirect_uri": "http://localhost:8400", "code_verifier": VERIFIER,
    })
    assert status == 200 and "access_token" in text, text


control = http.client.HTTPConnection(ready["control"].removeprefix("http://"))
control.request("PATCH", f"/tenants/{tenant}/users/alice/phone", json.dumps({"automatic": "approve"}), {"Content-Type": "application/json"})
assert control.getresponse().status == 200


failures = []


def worker(share):
    connection = http.client.HTTPConnection(host)
    try:
        for _ in range(share):
            sign_in(connection)
    except Exception as error:  # noqa: BLE001 - any failure ends the run
        failures.append(repr(error))


done, marks = 0, [(0, resident())]
begun, before = time.time(), processor()
while done < count:
    step = min(1000, count - done)
    threads = [threading.Thread(target=worker, args=(step // 2,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        sys.exit(f"a sign-in failed: {failures[0][:500]}")
    done += step // 2 * 2
    marks.append((done, resident()))
    print(f"{done} sign-ins, {marks[-1][1]:.1f} MB resident", flush=True)
wall, spent = time.time() - begun, processor() - before
print(f"{done / wall:.0f} sign-ins a second over the wall clock, {spent / done * 1e6:.0f} µs of the server's processor each")
warm = next(size for number, size in marks if number >= count * 6 // 10)
print(f"memory from {count * 6 // 10} to {count}: {warm:.1f} -> {marks[-1][1]:.1f} MB")
