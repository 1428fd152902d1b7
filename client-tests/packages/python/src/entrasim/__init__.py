"""Starts entrasim and talks to its control port. Nothing but the standard library is needed."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
from typing import Any, Mapping, Sequence

__all__ = ["Simulator", "Tenant", "EntrasimError"]

_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_TRUST = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")


class EntrasimError(Exception):
    """The simulator does not start, or its control port refuses."""


class Tenant:
    """A tenant and what its users are handed."""

    def __init__(self, simulator: "Simulator", handout: Mapping[str, Any]):
        self._simulator = simulator
        self.handout = handout
        self.id: str = handout["tenant"]["id"]
        self.domain: str = handout["tenant"]["domain"]
        self.subscription: str = handout["subscription"]
        self.accounts: Mapping[str, Mapping[str, str]] = handout["accounts"]
        self.apps: Mapping[str, Mapping[str, str]] = handout["apps"]

    def clock(self, now: str) -> None:
        """Sets the tenant's clock; it stands still there."""
        self._control("PUT", "/clock", {"mode": "manual", "now": now})

    def phase2(self, starts: str | None) -> None:
        """When Phase 2 of mandatory MFA binds the tenant; None for never."""
        self._control("PATCH", "/enforcement", {"phase2": {"starts": starts}})

    def policies(self, **change: Any) -> None:
        """security_defaults=True, per_user_mfa={"bob": "enforced"}"""
        self._control("PATCH", "/policies", change)

    def explain(self, **attempt: Any) -> Mapping[str, Any]:
        """The decision on an attempt: user="bob", client="azure-cli", operation="create-or-update" …"""
        return self._control("POST", "/explain", attempt)

    def journal(self, limit: int = 100) -> Sequence[Mapping[str, Any]]:
        """What the tenant was asked, newest first, with the decision behind each answer."""
        return self._simulator.control("GET", f"/journal?tenant={self.id}&limit={limit}")["value"]

    def environment(self) -> dict[str, str]:
        """The variables with which any command finds this tenant."""
        proxy = self._simulator.http.replace("://", f"://{self.id}@")
        found = {name: proxy for name in _PROXIES}
        found.update({name: self._simulator.ca for name in _TRUST})
        found.update(NO_PROXY="localhost,127.0.0.1,::1", no_proxy="localhost,127.0.0.1,::1", NODE_USE_ENV_PROXY="1")
        found.update(ENTRASIM_TENANT=self.id, ENTRASIM_DOMAIN=self.domain, ENTRASIM_SUBSCRIPTION=self.subscription)
        for name, account in self.accounts.items():
            word = name.upper().replace("-", "_")
            found[f"ENTRASIM_{word}_UPN"] = account["upn"]
            found[f"ENTRASIM_{word}_PASSWORD"] = account.get("password") or ""
        return found

    def run(self, command: Sequence[str], **options: Any) -> "subprocess.CompletedProcess[str]":
        """Runs a command against the tenant; the options are those of subprocess.run."""
        environment = {**os.environ, **self.environment(), **options.pop("env", {})}
        return subprocess.run(command, env=environment, text=True, capture_output=True, **options)

    def delete(self) -> None:
        """Takes the tenant away."""
        self._control("DELETE", "", None)

    def _control(self, method: str, path: str, body: Any) -> Any:
        return self._simulator.control(method, f"/tenants/{self.id}{path}", body)


class Simulator:
    """A running simulator, which ends with `stop` or at the end of a `with`."""

    def __init__(self, process: "subprocess.Popen[str]", ready: Mapping[str, Any]):
        self._process = process
        self._seed = 0
        self.https: str = ready["https"]
        self.http: str = ready["http"]
        self.url: str = ready["control"]
        self.ca: str = ready["ca"]
        #: The tenant that it starts with.
        self.tenant = Tenant(self, ready)

    @classmethod
    def start(cls, *arguments: str, binary: str | None = None) -> "Simulator":
        """Starts one on free ports; the arguments are those of `entrasim serve`."""
        binary = binary or os.environ.get("ENTRASIM_BINARY") or "entrasim"
        command = [binary, "serve", "--json", "--port", "0", *arguments]
        try:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        except OSError as error:
            raise EntrasimError(f"cannot start {binary}: {error}; put it on the path, or name it in ENTRASIM_BINARY") from error
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise EntrasimError(f"{' '.join(command)} ended with {process.wait()}")
        return cls(process, json.loads(line))

    def new_tenant(self, **wish: Any) -> Tenant:
        """A tenant of its own: name, clock, enforcement, security_defaults, … as POST /tenants takes them."""
        self._seed += 1
        return Tenant(self, self.control("POST", "/tenants", {"seed": self._seed, **wish}))

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A request to the control port."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url.rstrip("/") + path, data, {"content-type": "application/json"}, method=method)
        # The machine's own proxy has nothing to do with a port of this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise EntrasimError(f"{method} {path}: {error.read().decode()}") from error
        return json.loads(text) if text else None

    def stop(self) -> None:
        """Ends it."""
        self._process.terminate()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def __enter__(self) -> "Simulator":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
