// What the scripts of this folder share: the simulator's variables, rows of the table, and an automated person.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

export const env = process.env;
export const CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
export const P1 = JSON.stringify({ access_token: { acrs: { essential: true, values: ["p1"] } } });
export const PUBLIC = "https://login.microsoftonline.com";
export const CUSTOM = env.ENTRASIM_HTTPS.replace("127.0.0.1", "localhost");
export const DEVICE = "https://login.microsoft.com/device";

const version = (name) => JSON.parse(readFileSync(join(import.meta.dirname, "node_modules", name, "package.json"))).version;

// Alice in Chromium, at the same time as the client that waits for her.
export function person(url, ...more) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [env.PERSON, url, "--user", env.ENTRASIM_ALICE_UPN, "--password", env.ENTRASIM_ALICE_PASSWORD, ...more], { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (chunk) => (out += chunk));
    child.on("exit", (code) => (code === 0 ? done(out) : fail(new Error(`person: ${code} ${out}`))));
  });
}

export const meanwhile = (url, ...more) => void person(url, ...more).catch((error) => process.stderr.write(`${error}\n`));

const PATIENCE = 90_000;
const late = () => new Promise((_, fail) => setTimeout(() => fail(new Error("it took too long")), PATIENCE).unref());

// Prints what the table says of one flow; `run` gives what was proven, or throws.
export async function row(client, name, flow, route, run) {
  const line = { client, version: version(name), flow, route };
  try {
    Object.assign(line, { ok: true, proven: await Promise.race([run(), late()]) });
  } catch (error) {
    Object.assign(line, { ok: false, proven: `${error.name}: ${String(error.message).slice(0, 600)}` });
  }
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

// What of a token was looked at, as text; throws when something is not as wanted.
export function has(token, wanted) {
  const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
  for (const [name, value] of Object.entries(wanted)) {
    if (JSON.stringify(claims[name]) !== JSON.stringify(value)) throw new Error(`${name} is ${JSON.stringify(claims[name])}`);
  }
  return Object.entries(wanted).map(([name, value]) => `${name} ${[value].flat().join("+")}`).join(", ");
}

// What an API got on behalf of its caller.
export function onBehalf(token) {
  const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
  if (claims.appid !== env.API_ID || !claims.scp.split(" ").includes("User.Read") || !claims.upn.startsWith("bob@")) throw new Error(JSON.stringify(claims));
  return "the user's token of Graph, for the API";
}

// Environment variables for one flow.
export async function withVariables(values, run) {
  Object.assign(env, values);
  try {
    return await run();
  } finally {
    for (const name of Object.keys(values)) delete env[name];
  }
}

// A web app at its redirect URI: `begin` gets the URI and gives the address to sign in at; the answer is the whole address
// that the browser came back to.
export async function webApp(begin) {
  let arrived;
  const back = new Promise((done) => (arrived = done));
  const server = createServer((request, response) => {
    response.end("back");
    if (request.url.startsWith("/back")) arrived(request.url);
  });
  await new Promise((done) => server.listen(0, "localhost", done));
  try {
    const redirect = `http://localhost:${server.address().port}/back`;
    await person(await begin(redirect));
    return { redirect, url: new URL(await back, redirect) };
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
