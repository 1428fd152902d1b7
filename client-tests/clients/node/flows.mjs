// MSAL Node and @azure/identity, every flow that they have here. Prints one row a flow, as JSON.
//
// MSAL Node reaches the simulator as a custom authority host (its fetch knows no proxy before Node 24), @azure/identity
// through the proxy with the real host names.

import { ConfidentialClientApplication, PublicClientApplication } from "@azure/msal-node";
import {
  ClientAssertionCredential, ClientCertificateCredential, ClientSecretCredential, DefaultAzureCredential,
  DeviceCodeCredential, ManagedIdentityCredential, WorkloadIdentityCredential,
} from "@azure/identity";
import { spawn } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const env = process.env;
const version = (name) => JSON.parse(readFileSync(join(import.meta.dirname, "node_modules", name, "package.json"))).version;
const CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const ARM = "https://management.core.windows.net//.default";
const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
const host = env.ENTRASIM_HTTPS.replace("127.0.0.1", "localhost");
const authority = `${host}/${env.ENTRASIM_TENANT}`;
const known = [new URL(host).host];

function person(url, more = []) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [env.PERSON, url, "--user", env.ENTRASIM_ALICE_UPN, "--password", env.ENTRASIM_ALICE_PASSWORD, ...more], { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (chunk) => (out += chunk));
    child.on("exit", (code) => (code === 0 ? done(out) : fail(new Error(`person: ${code} ${out}`))));
  });
}

async function row(client, name, flow, route, run) {
  let detail;
  try {
    detail = await run();
  } catch (error) {
    detail = `FAILED ${error.name}: ${String(error.message).slice(0, 400)}`;
  }
  process.stdout.write(`${JSON.stringify({ client, version: version(name), flow, route, ok: detail === "ok", detail })}\n`);
}

function expect(token, wanted) {
  const claims = claimsOf(token);
  for (const [name, value] of Object.entries(wanted)) {
    if (JSON.stringify(claims[name]) !== JSON.stringify(value)) return `${name} is ${JSON.stringify(claims[name])}`;
  }
  return "ok";
}

const certificate = readFileSync(env.ENTRASIM_DEPLOY_CERTIFICATE, "utf8");
const privateKey = certificate.match(/-----BEGIN PRIVATE KEY-----[^]+?-----END PRIVATE KEY-----/)[0];
const x509 = new X509Certificate(certificate.match(/-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/)[0]);
const thumbprintSha256 = createHash("sha256").update(x509.raw).digest("hex");

const publicClient = () => new PublicClientApplication({ auth: { clientId: CLI, authority, knownAuthorities: known } });
const confidential = (more) => new ConfidentialClientApplication({ auth: { clientId: env.ENTRASIM_DEPLOY_CLIENT_ID, authority, knownAuthorities: known, ...more } });
const msal = (flow, run) => row("MSAL Node", "@azure/msal-node", flow, "custom host", run);
const identity = (flow, run) => row("@azure/identity", "@azure/identity", flow, "proxy", run);

await msal("client secret", async () => expect((await confidential({ clientSecret: env.ENTRASIM_DEPLOY_CLIENT_SECRET }).acquireTokenByClientCredential({ scopes: [ARM] })).accessToken, { idtyp: "app", appidacr: "1" }));
await msal("certificate", async () => expect((await confidential({ clientCertificate: { thumbprintSha256, privateKey } }).acquireTokenByClientCredential({ scopes: [ARM] })).accessToken, { idtyp: "app", appidacr: "2" }));
await msal("federated token", async () => expect((await confidential({ clientAssertion: env.ENTRASIM_DEPLOY_FEDERATED_TOKEN }).acquireTokenByClientCredential({ scopes: [ARM] })).accessToken, { idtyp: "app" }));
await msal("password, then silent", async () => {
  const app = publicClient();
  const first = await app.acquireTokenByUsernamePassword({ scopes: [ARM], username: env.ENTRASIM_BOB_UPN, password: env.ENTRASIM_BOB_PASSWORD });
  const again = await app.acquireTokenSilent({ scopes: [ARM], account: first.account, forceRefresh: true });
  return again.fromCache ? "not refreshed" : expect(again.accessToken, { amr: ["pwd"] });
});
await msal("interactive with MFA", async () => {
  const app = publicClient();
  const result = await app.acquireTokenInteractive({
    scopes: [ARM], claims: JSON.stringify({ access_token: { acrs: { essential: true, values: ["p1"] } } }),
    openBrowser: async (url) => void person(url).catch((error) => process.stderr.write(`${error}\n`)),
  });
  return expect(result.accessToken, { amr: ["pwd", "mfa"], acrs: ["p1"] });
});
await msal("device code", async () => {
  const result = await publicClient().acquireTokenByDeviceCode({ scopes: [ARM], deviceCodeCallback: ({ userCode }) => void person("https://login.microsoft.com/device", ["--code", userCode]).catch((error) => process.stderr.write(`${error}\n`)) });
  return expect(result.accessToken, { idtyp: "user" });
});
await msal("claims challenge refused silently", async () => {
  const app = publicClient();
  const first = await app.acquireTokenByUsernamePassword({ scopes: [ARM], username: env.ENTRASIM_ALICE_UPN, password: env.ENTRASIM_ALICE_PASSWORD });
  try {
    await app.acquireTokenSilent({ scopes: [ARM], account: first.account, claims: JSON.stringify({ access_token: { acrs: { essential: true, values: ["p1"] } } }) });
    return "a token without MFA";
  } catch (error) {
    return error.name === "InteractionRequiredAuthError" ? "ok" : `${error.name} ${error.message}`;
  }
});

const arm = "https://management.azure.com/.default";
await identity("client secret", async () => expect((await new ClientSecretCredential(env.ENTRASIM_TENANT, env.ENTRASIM_DEPLOY_CLIENT_ID, env.ENTRASIM_DEPLOY_CLIENT_SECRET).getToken(arm)).token, { idtyp: "app" }));
await identity("certificate", async () => expect((await new ClientCertificateCredential(env.ENTRASIM_TENANT, env.ENTRASIM_DEPLOY_CLIENT_ID, env.ENTRASIM_DEPLOY_CERTIFICATE).getToken(arm)).token, { idtyp: "app" }));
await identity("client assertion", async () => expect((await new ClientAssertionCredential(env.ENTRASIM_TENANT, env.ENTRASIM_DEPLOY_CLIENT_ID, async () => env.ENTRASIM_DEPLOY_FEDERATED_TOKEN).getToken(arm)).token, { idtyp: "app" }));
const tokenFile = join(env.AZURE_CONFIG_DIR, "federated-token");
writeFileSync(tokenFile, env.ENTRASIM_DEPLOY_FEDERATED_TOKEN);
await identity("workload identity", async () => expect((await new WorkloadIdentityCredential({ tenantId: env.ENTRASIM_TENANT, clientId: env.ENTRASIM_DEPLOY_CLIENT_ID, tokenFilePath: tokenFile }).getToken(arm)).token, { idtyp: "app" }));
await identity("device code", async () => {
  const credential = new DeviceCodeCredential({ tenantId: env.ENTRASIM_TENANT, clientId: CLI, userPromptCallback: ({ userCode }) => void person("https://login.microsoft.com/device", ["--code", userCode]).catch((error) => process.stderr.write(`${error}\n`)) });
  return expect((await credential.getToken(arm)).token, { idtyp: "user" });
});
await identity("managed identity, VM", async () => {
  env.AZURE_POD_IDENTITY_AUTHORITY_HOST = env.ENTRASIM_HTTP;
  try {
    return expect((await new ManagedIdentityCredential().getToken(arm)).token, { idtyp: "app" });
  } finally {
    delete env.AZURE_POD_IDENTITY_AUTHORITY_HOST;
  }
});
await identity("managed identity, App Service", async () => {
  env.IDENTITY_ENDPOINT = `${env.ENTRASIM_HTTP}/msi/token`;
  env.IDENTITY_HEADER = env.ENTRASIM_IDENTITY_HEADER;
  try {
    // Another resource: the library keeps what the machine's endpoint gave.
    return expect((await new ManagedIdentityCredential().getToken("https://vault.azure.net/.default")).token, { aud: "https://vault.azure.net" });
  } finally {
    delete env.IDENTITY_ENDPOINT;
    delete env.IDENTITY_HEADER;
  }
});
await identity("DefaultAzureCredential, environment", async () => {
  Object.assign(env, { AZURE_TENANT_ID: env.ENTRASIM_TENANT, AZURE_CLIENT_ID: env.ENTRASIM_DEPLOY_CLIENT_ID, AZURE_CLIENT_SECRET: env.ENTRASIM_DEPLOY_CLIENT_SECRET });
  return expect((await new DefaultAzureCredential().getToken(arm)).token, { idtyp: "app" });
});
process.exit(0);
