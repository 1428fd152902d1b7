// Makes what a flow with an own app needs, through Graph and the sign-in pages as an administrator would: a web API, and an
// app that calls it, consented to for everybody. Prints shell assignments:
//
//   FRONT_ID, FRONT_SECRET   the app; its redirect URIs: http://localhost for the desktop, /spa and /back there for a
//                            single-page and a web app, at any port
//   API_ID, API_SECRET       the API, which may call Graph on behalf of who calls it
//   USER_ASSERTION           Bob's token for the API
//
// Reaches the simulator at its own address.

import { spawnSync } from "node:child_process";
import { join } from "node:path";

const env = process.env;
const host = env.ENTRASIM_HTTPS.replace("127.0.0.1", "localhost");
const AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const GRAPH = "00000003-0000-0000-c000-000000000000";
const USER_READ = "e1fe6dd8-ba31-4d61-89e7-88639da4683d";
const USE = "11111111-1111-4111-8111-111111111111";

async function call(method, path, token, body) {
  const response = await fetch(`${host}${path}`, {
    method,
    headers: token ? { authorization: `Bearer ${token}`, "content-type": "application/json" } : {},
    body: body instanceof URLSearchParams ? body : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function password(client, upn, secret, scope) {
  const form = new URLSearchParams({ client_id: client, grant_type: "password", username: upn, password: secret, scope });
  return (await call("POST", `/${env.ENTRASIM_TENANT}/oauth2/v2.0/token`, null, form)).access_token;
}

const administrator = await password(AZURE_CLI, env.ENTRASIM_ADMIN_UPN, env.ENTRASIM_ADMIN_PASSWORD, "https://graph.microsoft.com/.default");
const graph = (path, body) => call("POST", `/v1.0/${path}`, administrator, body);

async function register(application) {
  const app = await graph("applications", application);
  await graph("servicePrincipals", { appId: app.appId });
  const { secretText } = await graph(`applications/${app.id}/addPassword`, { passwordCredential: { displayName: "tests" } });
  return { id: app.appId, secret: secretText };
}

const needs = (resourceAppId, id) => ({ resourceAppId, resourceAccess: [{ id, type: "Scope" }] });
const api = await register({
  displayName: "Orders API",
  identifierUris: [`api://${env.ENTRASIM_TENANT}/orders`],
  api: {
    requestedAccessTokenVersion: 2,
    oauth2PermissionScopes: [{ id: USE, value: "use", type: "User", isEnabled: true, adminConsentDisplayName: "Use the API", adminConsentDescription: "Use the API" }],
  },
  web: { redirectUris: ["http://localhost:1/consented"] },
  requiredResourceAccess: [needs(GRAPH, USER_READ)],
});
const front = await register({
  displayName: "Orders",
  isFallbackPublicClient: true,
  publicClient: { redirectUris: ["http://localhost"] },
  spa: { redirectUris: ["http://localhost/spa"] },
  web: { redirectUris: ["http://localhost/back", "http://localhost:1/consented"] },
  requiredResourceAccess: [needs(GRAPH, USER_READ), needs(api.id, USE)],
});

// The administrator consents for everybody, to one after the other.
const consents = [front, api].map(({ id }) => `https://login.microsoftonline.com/${env.ENTRASIM_TENANT}/adminconsent?client_id=${id}&redirect_uri=http%3A%2F%2Flocalhost%3A1%2Fconsented`);
const person = spawnSync(process.execPath, [join(import.meta.dirname, "person.mjs"), consents[0], "--user", env.ENTRASIM_ADMIN_UPN, "--password", env.ENTRASIM_ADMIN_PASSWORD, "--next", consents[1]], { encoding: "utf8" });
if (person.status !== 0) throw new Error(`consent: ${person.stdout}${person.stderr}`);

const assertion = await password(front.id, env.ENTRASIM_BOB_UPN, env.ENTRASIM_BOB_PASSWORD, `api://${env.ENTRASIM_TENANT}/orders/use`);
process.stdout.write(`export FRONT_ID=${front.id} FRONT_SECRET='${front.secret}' API_ID=${api.id} API_SECRET='${api.secret}' USER_ASSERTION=${assertion}\n`);
