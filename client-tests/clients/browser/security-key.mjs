// Pages in a real Chromium whose security key is softkey: register, sign in, refusal, exclusion, abort.
//
//   node security-key.mjs EXTENSION CONTROL
//
// EXTENSION is the folder that `softkey browser --no-start` names, CONTROL its control socket. Prints one line for each
// step that worked; the first that did not ends the program.

import { chromium } from "playwright-core";
import assert from "node:assert/strict";
import { createHash, createPublicKey, verify } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [extension, control] = process.argv.slice(2);
const worked = (step) => console.log(`step: ${step}`);

// The button of the key.
function press(request) {
  return new Promise((resolve, reject) => {
    const socket = createConnection(control, () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on("error", reject);
    let answer = "";
    socket.on("data", (data) => {
      answer += data;
      if (answer.endsWith("\n")) (socket.end(), resolve(JSON.parse(answer)));
    });
  });
}

const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<title>A page</title>"));
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const origin = `http://localhost:${server.address().port}`;

const profile = mkdtempSync(join(tmpdir(), "security-key-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  ignoreDefaultArgs: ["--disable-extensions"],
  args: [
    "--no-sandbox", "--disable-gpu", "--no-first-run", `--load-extension=${extension}`,
    `--disable-extensions-except=${extension}`, "--disable-features=DisableLoadExtensionCommandLineSwitch",
  ],
});

const bytes = (text) => Buffer.from(text, "base64url");
const sha256 = (data) => createHash("sha256").update(data).digest();

function creation(user, more = {}) {
  return {
    rp: { id: "localhost", name: "A page" },
    user: { id: Buffer.from(user).toString("base64url"), name: user, displayName: user },
    challenge: "Y2hhbGxlbmdlLWZvci1hLXRlc3Q",
    pubKeyCredParams: [{ type: "public-key", alg: -7 }],
    authenticatorSelection: { residentKey: "required", userVerification: "preferred" },
    attestation: "direct",
    ...more,
  };
}

const request = (more = {}) => ({ challenge: "c29tZXRoaW5nLWVsc2U", rpId: "localhost", ...more });

try {
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(origin);
  // The extension's worker is up before pages ask, or the browser would look for keys of its own.
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  await worker.evaluate(() => attach().catch(() => {}));

  // What the page gets: the credential's JSON, or the name of the error. `abortWhen` names a global that ends the wait.
  const ask = (method, options) =>
    page.evaluate(
      async ([method, options]) => {
        const parse = method === "create" ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
        const controller = new AbortController();
        globalThis.abort = () => controller.abort();
        try {
          const publicKey = PublicKeyCredential[parse](options);
          const credential = await navigator.credentials[method]({ publicKey, signal: controller.signal });
          return { credential: credential.toJSON() };
        } catch (error) {
          return { error: error.name };
        }
      },
      [method, options],
    );

  const made = (await ask("create", creation("alice"))).credential;
  assert.equal(made?.type, "public-key");
  const clientData = JSON.parse(bytes(made.response.clientDataJSON));
  assert.deepEqual([clientData.type, clientData.origin], ["webauthn.create", origin]);
  assert.deepEqual(made.response.transports, ["usb"]);
  worked("a page registers");

  const signed = (await ask("get", request())).credential;
  assert.equal(signed?.id, made.id);
  const key = createPublicKey({ key: bytes(made.response.publicKey), format: "der", type: "spki" });
  const data = bytes(signed.response.authenticatorData);
  assert.deepEqual(data.subarray(0, 32), sha256("localhost"));
  const message = Buffer.concat([data, sha256(bytes(signed.response.clientDataJSON))]);
  assert.ok(verify("sha256", message, key, bytes(signed.response.signature)));
  assert.equal(bytes(signed.response.userHandle).toString(), "alice");
  worked("a page signs in, and the signature verifies");

  const known = [{ type: "public-key", id: made.id }];
  assert.deepEqual(await ask("create", creation("bob", { excludeCredentials: known })), { error: "InvalidStateError" });
  worked("a key that is registered already is excluded");

  await press({ command: "touch", value: "deny" });
  assert.deepEqual(await ask("create", creation("carol")), { error: "NotAllowedError" });
  assert.deepEqual(await ask("get", request()), { error: "NotAllowedError" });
  worked("a user who refuses ends it");

  await press({ command: "touch", value: "ask" });
  const waiting = ask("get", request({ allowCredentials: known }));
  while (!(await press({ command: "status" })).waiting) await new Promise((later) => setTimeout(later, 50));
  await page.evaluate(() => globalThis.abort());
  assert.deepEqual(await waiting, { error: "AbortError" });
  while ((await press({ command: "status" })).waiting) await new Promise((later) => setTimeout(later, 50));
  worked("a page that aborts frees the key");

  const answered = ask("get", request({ allowCredentials: known }));
  while (!(await press({ command: "answer", approve: true })).ok) await new Promise((later) => setTimeout(later, 50));
  assert.equal((await answered).credential?.id, made.id);
  worked("a user who takes a while is waited for");

  await press({ command: "touch", value: "approve" });
  assert.deepEqual(await ask("create", creation("dave", { rp: { id: "example.com", name: "Another" } })), { error: "SecurityError" });
  worked("a page cannot ask for another site");

  const available = await page.evaluate(() => PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable());
  assert.equal(available, false);
  worked("a security key is no platform authenticator");
} finally {
  await context.close();
  server.close();
  rmSync(profile, { recursive: true, force: true });
}
