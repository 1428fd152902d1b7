// MSAL Node: its grants, with and without a person. Prints one row a flow, as JSON.
//
//   node msal.mjs proxy          needs Node 24 and NODE_USE_ENV_PROXY: its fetch knows no proxy before
//   node msal.mjs "custom host"  any Node

import { ConfidentialClientApplication, PublicClientApplication } from "@azure/msal-node";
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { CLI, CUSTOM, DEVICE, P1, PUBLIC, env, has, meanwhile, onBehalf, row, webApp } from "./shared.mjs";

const route = process.argv[2];
const host = route === "proxy" ? PUBLIC : CUSTOM;
const auth = { authority: `${host}/${env.ENTRASIM_TENANT}`, knownAuthorities: route === "proxy" ? [] : [new URL(host).host] };
const scopes = ["https://management.core.windows.net//.default"];
const graph = ["https://graph.microsoft.com/User.Read"];

const pem = readFileSync(env.ENTRASIM_DEPLOY_CERTIFICATE, "utf8");
const block = (kind) => pem.match(new RegExp(`-----BEGIN ${kind}-----[^]+?-----END ${kind}-----`))[0];
const thumbprintSha256 = createHash("sha256").update(new X509Certificate(block("CERTIFICATE")).raw).digest("hex");
const certificate = { thumbprintSha256, privateKey: block("PRIVATE KEY") };

const publicClient = () => new PublicClientApplication({ auth: { ...auth, clientId: CLI } });
const confidential = (clientId, credential) => new ConfidentialClientApplication({ auth: { ...auth, clientId, ...credential } });
const flow = (name, run) => row("MSAL Node", "@azure/msal-node", name, route, run);
const asApp = (credential, wanted) => async () =>
  has((await confidential(env.ENTRASIM_DEPLOY_CLIENT_ID, credential).acquireTokenByClientCredential({ scopes })).accessToken, { idtyp: "app", ...wanted });
const byPassword = (app) => app.acquireTokenByUsernamePassword({ scopes, username: env.ENTRASIM_ALICE_UPN, password: env.ENTRASIM_ALICE_PASSWORD });

await flow("client secret", asApp({ clientSecret: env.ENTRASIM_DEPLOY_CLIENT_SECRET }, { appidacr: "1" }));
await flow("certificate", asApp({ clientCertificate: certificate }, { appidacr: "2" }));
await flow("certificate, with x5c", asApp({ clientCertificate: { ...certificate, x5c: block("CERTIFICATE") } }, { appidacr: "2" }));
await flow("federated token", asApp({ clientAssertion: env.ENTRASIM_DEPLOY_FEDERATED_TOKEN }, { appidacr: "2" }));
await flow("password, then silent", async () => {
  const app = publicClient();
  const first = await byPassword(app);
  const again = await app.acquireTokenSilent({ scopes, account: first.account, forceRefresh: true });
  if (again.fromCache) throw new Error("not refreshed");
  return has(again.accessToken, { idtyp: "user", amr: ["pwd"] });
});
await flow("claims challenge refused silently", async () => {
  const app = publicClient();
  const { account } = await byPassword(app);
  const error = await app.acquireTokenSilent({ scopes, account, claims: P1 }).then(() => new Error("a token without MFA"), (error) => error);
  if (error.name !== "InteractionRequiredAuthError") throw error;
  return error.name;
});
await flow("on-behalf-of", async () => onBehalf((await confidential(env.API_ID, { clientSecret: env.API_SECRET }).acquireTokenOnBehalfOf({ scopes: graph, oboAssertion: env.USER_ASSERTION })).accessToken));
await flow("authorization code of a web app", async () => {
  const app = confidential(env.FRONT_ID, { clientSecret: env.FRONT_SECRET });
  const { redirect, url } = await webApp((redirectUri) => app.getAuthCodeUrl({ scopes: graph, redirectUri }));
  const result = await app.acquireTokenByCode({ scopes: graph, redirectUri: redirect, code: url.searchParams.get("code") });
  return has(result.accessToken, { idtyp: "user", appidacr: "1" });
});
await flow("interactive with MFA", async () => {
  const result = await publicClient().acquireTokenInteractive({ scopes, claims: P1, openBrowser: async (url) => meanwhile(url) });
  return has(result.accessToken, { amr: ["pwd", "mfa"], acrs: ["p1"] });
});
await flow("device code", async () => {
  const deviceCodeCallback = ({ userCode, verificationUri }) => meanwhile(route === "proxy" ? DEVICE : verificationUri, "--code", userCode);
  return has((await publicClient().acquireTokenByDeviceCode({ scopes, deviceCodeCallback })).accessToken, { idtyp: "user" });
});
process.exit(0);
