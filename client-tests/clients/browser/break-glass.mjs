// What administrators are told to do with a break-glass account, in a real Chromium on the real host names: a Temporary Access
// Pass, security info, a passkey, a sign-in with the passkey alone, and the pass deleted. Before that, what who has only a
// password sees. The key is Chromium's own virtual authenticator, or the softkey that SOFTKEY_EXTENSION names. Prints one JSON
// object.
//
//   node break-glass.mjs AUDIT-FOLDER

import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { context, page, profile } from "./window.mjs";

const env = process.env;
const audit = process.argv[2];
const LOGIN = "https://login.microsoftonline.com";
const GRAPH = "https://graph.microsoft.com";
const HOME = "https://mysignins.microsoft.com/security-info";
const CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const REDIRECT = "http://localhost:8400";
const seen = { pages: [], console: [], outside: [], methods: [] };

if (!env.SOFTKEY_EXTENSION) {
  const devices = await context.newCDPSession(page);
  await devices.send("WebAuthn.enable");
  await devices.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "usb", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
}
page.on("console", (message) => message.type() === "error" && seen.console.push(`${page.url()}: ${message.text()}`));
page.on("pageerror", (error) => seen.console.push(`${page.url()}: ${error.message}`));
page.on("request", (request) => {
  const { host, protocol } = new URL(request.url());
  if (protocol === "https:" && !/(^|\.)(microsoft|microsoftonline|azure)\.com$/.test(host)) seen.outside.push(request.url());
});

async function look(name) {
  seen.pages.push(name);
  mkdirSync(audit, { recursive: true });
  for (const [width, height, word] of [[1280, 800, "desktop"], [390, 844, "phone"]]) {
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: join(audit, `${String(seen.pages.length).padStart(2, "0")}-${name}-${word}.png`), fullPage: true });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (overflow > 0) throw new Error(`${name} is ${overflow} pixels too wide on a ${word}`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

// An administrator's app at Graph, by a window of its own: nothing else here knows the way through the proxy.
const clerk = await context.newPage();
async function graph(method, path, body) {
  if (!clerk.url().startsWith(GRAPH)) await clerk.goto(`${GRAPH}/v1.0/$metadata`).catch(() => {});
  const answer = await clerk.evaluate(async ([url, wish]) => {
    const response = await fetch(url, wish);
    return { status: response.status, body: await response.json().catch(() => null) };
  }, [`${GRAPH}/v1.0${path}`, { method, headers: { authorization: `Bearer ${app}`, "content-type": "application/json" }, body: body && JSON.stringify(body) }]);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
// Native clients send no origin.
async function token(fields) {
  const response = await fetch(`${env.ENTRASIM_HTTPS}/${env.ENTRASIM_TENANT}/oauth2/v2.0/token`, { method: "POST", body: new URLSearchParams(fields) });
  const body = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(body));
  return body.access_token;
}
const app = await token({ grant_type: "client_credentials", client_id: env.ENTRASIM_DEPLOY_CLIENT_ID, client_secret: env.ENTRASIM_DEPLOY_CLIENT_SECRET, scope: `${GRAPH}/.default` });

// Whoever has a password and nothing else is offered no passkey, and reads why.
await page.bringToFront();
await page.goto(HOME);
await page.fill("#i0116", env.ENTRASIM_BREAKGLASS2_UPN);
await page.click("#idSIButton9");
await page.fill("#i0118", env.ENTRASIM_BREAKGLASS2_PASSWORD);
await page.click("#idSIButton9");
await page.waitForSelector("text=Stay signed in?");
await page.click("#idBtn_Back, #idSIButton9");
await page.waitForSelector("#content:not([hidden])", { timeout: 20000 });
seen.withheld = await page.textContent("#withheld");
await look("NotOffered");
await page.click("#add");
await page.waitForSelector("#dialog[open]");
seen.offered = await page.$$eval("#dialogBody .tile", (tiles) => tiles.map((tile) => tile.id));
await look("AddWithoutPasskey");
await context.clearCookies();
await page.evaluate(() => sessionStorage.clear());

// 1. An administrator lets passes be used, and makes one.
const user = env.ENTRASIM_BREAKGLASS1_UPN;
await graph("PATCH", "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/temporaryAccessPass", {
  "@odata.type": "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration", state: "enabled",
});
const pass = await graph("POST", `/users/${user}/authentication/temporaryAccessPassMethods`, { lifetimeInMinutes: 60, isUsableOnce: false });

// 2. Security info, with the pass.
await page.bringToFront();
await page.goto(HOME);
await page.fill("#i0116", user);
await page.click("#idSIButton9");
await page.waitForSelector("[name='accesspass']");
await look("PassAsked");
await page.fill("[name='accesspass']", pass.temporaryAccessPass);
await page.click("#idSIButton9");
await page.waitForSelector("text=Stay signed in?");
await page.click("#idBtn_Back, #idSIButton9");
await page.waitForSelector("#content:not([hidden])", { timeout: 20000 });
await look("SecurityInfo");

// 3. A passkey.
await page.click("#add");
await page.waitForSelector("#add-passkey");
await look("Add");
await page.click("#add-passkey");
await page.waitForSelector("#name", { timeout: 30000 });
await look("NamePasskey");
await page.fill("#name", "Red key in the safe");
await page.click("#next");
await page.waitForSelector("text=The passkey was registered.", { timeout: 20000 });
await look("Registered");
seen.listed = await page.$$eval("#methods .kind", (rows) => rows.map((row) => row.textContent));

// 4. The passkey alone, and then the pass is deleted.
const verifier = "entrasim-entrasim-entrasim-entrasim-entrasim";
async function signIn() {
  await context.clearCookies();
  const wish = new URLSearchParams({
    client_id: CLI, response_type: "code", redirect_uri: REDIRECT, scope: "https://management.core.windows.net//.default openid profile",
    code_challenge: verifier, code_challenge_method: "plain", state: "s", prompt: "login",
  });
  await page.goto(`${LOGIN}/organizations/oauth2/v2.0/authorize?${wish}`);
  await page.fill("#i0116", user);
  await page.click("#idSIButton9");
  await page.waitForSelector("#passkey, [data-test-cred-id='7']");
  if (!(await page.$("#passkey"))) await page.click("[data-test-cred-id='7']");
  const asked = page.waitForURL((url) => url.host === "login.microsoft.com");
  await page.click("#passkey [type='submit']");
  await asked;
  await page.waitForSelector("text=Stay signed in?", { timeout: 20000 });
  const left = page.waitForRequest((request) => request.url().startsWith(REDIRECT));
  await page.click("#idBtn_Back, #idSIButton9");
  const code = new URL((await left).url()).searchParams.get("code");
  const access = await token({ grant_type: "authorization_code", client_id: CLI, code, redirect_uri: REDIRECT, code_verifier: verifier });
  const claims = JSON.parse(Buffer.from(access.split(".")[1], "base64url"));
  // Nobody listens where the app would: that navigation has to have failed before the next one.
  for (let tries = 0; tries < 50 && page.url() !== "about:blank"; tries++) {
    await page.goto("about:blank").catch(() => new Promise((done) => setTimeout(done, 100)));
  }
  return claims.amr;
}
seen.withPass = await signIn();
await graph("DELETE", `/users/${user}/authentication/temporaryAccessPassMethods/${pass.id}`);
await page.bringToFront();
seen.amr = await signIn();
const methods = await graph("GET", `/users/${user}/authentication/methods`);
seen.methods = methods.value.map((method) => method["@odata.type"]);
seen.models = methods.value.map((method) => method.aaGuid).filter(Boolean);

// The portal's door, where Phase 1 asks for a second factor: the passkey is one.
await page.bringToFront();
await context.clearCookies();
await page.goto("https://portal.azure.com/");
await page.fill("#i0116", user);
await page.click("#idSIButton9");
await page.waitForSelector("#passkey, [data-test-cred-id='7']");
if (!(await page.$("#passkey"))) await page.click("[data-test-cred-id='7']");
await page.click("#passkey [type='submit']");
await page.waitForSelector("text=Stay signed in?", { timeout: 20000 });
await page.click("#idBtn_Back, #idSIButton9");
await page.waitForSelector("text=Signed in", { timeout: 20000 });
await look("Portal");
seen.portal = await page.textContent("#who");

console.log(JSON.stringify(seen));
await context.close();
rmSync(profile, { recursive: true, force: true });
