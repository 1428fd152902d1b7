// What somebody writes who tests with Node's own runner.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { after, before, test } from "node:test";
import { start } from "./index.mjs";

let simulator;
before(async () => (simulator = await start()));
after(() => simulator.stop());

/** A request to the simulator's own address; nothing of this process has to be set. */
function send(method, path, headers, body) {
  return new Promise((done, fail) => {
    const url = new URL(path, simulator.https);
    const sent = request(url, { method, headers, ca: readFileSync(simulator.ca) }, (answer) => {
      let text = "";
      answer.on("data", (part) => (text += part)).on("end", () => done({ status: answer.statusCode, json: JSON.parse(text) }));
    });
    sent.on("error", fail).end(body);
  });
}

async function write(tenant) {
  const { upn, password } = tenant.accounts.bob;
  const form = new URLSearchParams({
    client_id: "04b07795-8ddb-461a-bbee-02f9e1bf7b46", grant_type: "password", username: upn, password,
    scope: "https://management.azure.com/.default",
  });
  const token = await send("POST", `/${tenant.id}/oauth2/v2.0/token`, { "content-type": "application/x-www-form-urlencoded" }, String(form));
  assert.equal(token.status, 200);
  const headers = { authorization: `Bearer ${token.json.access_token}`, "content-type": "application/json" };
  return send("PUT", `/subscriptions/${tenant.subscription}/resourcegroups/bobs?api-version=2024-11-01`, headers, '{"location":"westeurope"}');
}

test("before the date a password writes, after it not", async () => {
  const tenant = await simulator.newTenant();
  await tenant.phase2(null);
  assert.equal((await write(tenant)).status, 201);
  await tenant.phase2("2025-10-01");
  assert.equal((await write(tenant)).json.error.code, "RequestDisallowedByAzure");
  assert.equal((await tenant.journal())[0].decision.rule, "phase2.arm-write");
});

test("a command finds the tenant", async () => {
  const tenant = await simulator.newTenant();
  const ran = await tenant.run("sh", ["-c", "echo $ENTRASIM_TENANT; exit 3"]);
  assert.deepEqual([ran.code, ran.stdout.trim()], [3, tenant.id]);
});

test("what cannot be started is told", async () => {
  await assert.rejects(start({ binary: "/nowhere/entrasim" }), /ENTRASIM_BINARY/);
});
