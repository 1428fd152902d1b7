// Starts entrasim and talks to its control port. Nothing but Node is needed.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const PROXIES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
const TRUST = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"];

/** A tenant and what its users are handed. */
export class Tenant {
  #simulator;

  constructor(simulator, handout) {
    this.#simulator = simulator;
    this.handout = handout;
    this.id = handout.tenant.id;
    this.domain = handout.tenant.domain;
    this.subscription = handout.subscription;
    this.accounts = handout.accounts;
    this.apps = handout.apps;
  }

  #control(method, path, body) {
    return this.#simulator.control(method, `/tenants/${this.id}${path}`, body);
  }

  /** Sets the tenant's clock; it stands still there. */
  clock(now) {
    return this.#control("PUT", "/clock", { mode: "manual", now });
  }

  /** When Phase 2 of mandatory MFA binds the tenant; null for never. */
  phase2(starts) {
    return this.#control("PATCH", "/enforcement", { phase2: { starts } });
  }

  /** `{ security_defaults: true }`, `{ per_user_mfa: { bob: "enforced" } }` */
  policies(change) {
    return this.#control("PATCH", "/policies", change);
  }

  /** The decision on an attempt: `{ user: "bob", operation: "create-or-update" }` */
  explain(attempt) {
    return this.#control("POST", "/explain", attempt);
  }

  /** What the tenant was asked, newest first, with the decision behind each answer. */
  async journal(limit = 100) {
    return (await this.#simulator.control("GET", `/journal?tenant=${this.id}&limit=${limit}`)).value;
  }

  /** The variables with which any command finds this tenant. */
  environment() {
    const proxy = this.#simulator.http.replace("://", `://${this.id}@`);
    const found = { NO_PROXY: "localhost,127.0.0.1,::1", no_proxy: "localhost,127.0.0.1,::1", NODE_USE_ENV_PROXY: "1" };
    for (const name of PROXIES) found[name] = proxy;
    for (const name of TRUST) found[name] = this.#simulator.ca;
    Object.assign(found, { ENTRASIM_TENANT: this.id, ENTRASIM_DOMAIN: this.domain, ENTRASIM_SUBSCRIPTION: this.subscription });
    for (const [name, account] of Object.entries(this.accounts)) {
      const word = name.toUpperCase().replaceAll("-", "_");
      found[`ENTRASIM_${word}_UPN`] = account.upn;
      found[`ENTRASIM_${word}_PASSWORD`] = account.password ?? "";
    }
    return found;
  }

  /** Runs a command against the tenant. */
  async run(command, args = [], options = {}) {
    const env = { ...process.env, ...this.environment(), ...options.env };
    const child = spawn(command, args, { ...options, env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    const [code] = await once(child, "close");
    return { code, stdout, stderr };
  }

  /** Takes the tenant away. */
  delete() {
    return this.#control("DELETE", "");
  }
}

/** A running simulator. */
export class Simulator {
  #process;
  #seed = 0;

  constructor(process, ready) {
    this.#process = process;
    this.https = ready.https;
    this.http = ready.http;
    this.url = ready.control;
    this.ca = ready.ca;
    /** The tenant that it starts with. */
    this.tenant = new Tenant(this, ready);
  }

  /** A tenant of its own: what `POST /tenants` of the control port takes. */
  async newTenant(wish = {}) {
    this.#seed += 1;
    return new Tenant(this, await this.control("POST", "/tenants", { seed: this.#seed, ...wish }));
  }

  /** A request to the control port. */
  async control(method, path, body) {
    const answer = await fetch(`${this.url.replace(/\/$/, "")}${path}`, {
      method,
      headers: { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  /** Ends it. */
  async stop() {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill();
    await ended;
  }
}

/** Starts one on free ports; the arguments are those of `entrasim serve`. */
export async function start({ args = [], binary = process.env.ENTRASIM_BINARY ?? "entrasim" } = {}) {
  const child = spawn(binary, ["serve", "--json", "--port", "0", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const failed = once(child, "error").then(([error]) => {
    throw new Error(`cannot start ${binary}: ${error.message}; put it on the path, or name it in ENTRASIM_BINARY`);
  });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`${binary} serve ended with ${code}`);
  });
  const ready = once(createInterface({ input: child.stdout }), "line").then(([line]) => JSON.parse(line));
  // Whichever comes first counts; what the others come to later is nobody's concern.
  for (const other of [failed, ended]) other.catch(() => {});
  return new Simulator(child, await Promise.race([ready, failed, ended]));
}
