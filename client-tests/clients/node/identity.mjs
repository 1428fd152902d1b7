// @azure/identity: every credential, both routes. Prints one row a flow, as JSON. Expects `az login` to have happened.

import {
  AuthorizationCodeCredential, AzureCliCredential, ClientAssertionCredential, ClientCertificateCredential, ClientSecretCredential,
  DefaultAzureCredential, DeviceCodeCredential, EnvironmentCredential, InteractiveBrowserCredential,
  OnBehalfOfCredential, UsernamePasswordCredential, WorkloadIdentityCredential,
} from "@azure/identity";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CLI, CUSTOM, DEVICE, PUBLIC, env, has, meanwhile, onBehalf, row, webApp, withVariables } from "./shared.mjs";

const arm = "https://management.azure.com/.default";
const graph = "https://graph.microsoft.com/User.Read";
const tenantId = env.ENTRASIM_TENANT;
const clientId = env.ENTRASIM_DEPLOY_CLIENT_ID;
const secret = env.ENTRASIM_DEPLOY_CLIENT_SECRET;
const user = [env.ENTRASIM_ALICE_UPN, env.ENTRASIM_ALICE_PASSWORD];
const machine = { AZURE_POD_IDENTITY_AUTHORITY_HOST: env.ENTRASIM_HTTP };
const service = { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId };
const tokenFilePath = join(env.AZURE_CONFIG_DIR, "federated-token");
writeFileSync(tokenFilePath, env.ENTRASIM_DEPLOY_FEDERATED_TOKEN);

const flow = (name, make, wanted, { values = {}, scope = arm, route = "proxy" } = {}) =>
  row("@azure/identity", "@azure/identity", name, route, () => withVariables(values, async () => has((await make().getToken(scope)).token, wanted)));
const app = { idtyp: "app" };
const person = { idtyp: "user", amr: ["pwd"] };

const userPromptCallback = ({ userCode }) => meanwhile(DEVICE, "--code", userCode);

await flow("client secret", () => new ClientSecretCredential(tenantId, clientId, secret), { ...app, appidacr: "1" });
await flow("certificate", () => new ClientCertificateCredential(tenantId, clientId, env.ENTRASIM_DEPLOY_CERTIFICATE), { ...app, appidacr: "2" });
await flow("certificate, with x5c", () => new ClientCertificateCredential(tenantId, clientId, env.ENTRASIM_DEPLOY_CERTIFICATE, { sendCertificateChain: true }), { ...app, appidacr: "2" });
await flow("client assertion", () => new ClientAssertionCredential(tenantId, clientId, async () => env.ENTRASIM_DEPLOY_FEDERATED_TOKEN), { ...app, appidacr: "2" });
await flow("workload identity", () => new WorkloadIdentityCredential({ tenantId, clientId, tokenFilePath }), { ...app, appidacr: "2" });
await flow("password", () => new UsernamePasswordCredential(tenantId, CLI, ...user), person);
await flow("environment, secret", () => new EnvironmentCredential(), app, { values: { ...service, AZURE_CLIENT_SECRET: secret } });
await flow("environment, certificate", () => new EnvironmentCredential(), app, { values: { ...service, AZURE_CLIENT_CERTIFICATE_PATH: env.ENTRASIM_DEPLOY_CERTIFICATE } });
await flow("device code", () => new DeviceCodeCredential({ tenantId, clientId: CLI, userPromptCallback }), person);
await row("@azure/identity", "@azure/identity", "on-behalf-of", "proxy", async () =>
  onBehalf((await new OnBehalfOfCredential({ tenantId, clientId: env.API_ID, clientSecret: env.API_SECRET, userAssertionToken: env.USER_ASSERTION }).getToken(graph)).token));
await row("@azure/identity", "@azure/identity", "authorization code", "proxy", async () => {
  const { redirect, url } = await webApp((back) => `${PUBLIC}/${tenantId}/oauth2/v2.0/authorize?${new URLSearchParams({ client_id: env.FRONT_ID, response_type: "code", redirect_uri: back, scope: `openid offline_access ${graph}` })}`);
  return has((await new AuthorizationCodeCredential(tenantId, env.FRONT_ID, env.FRONT_SECRET, url.searchParams.get("code"), redirect).getToken(graph)).token, { idtyp: "user", appidacr: "1" });
});

// This credential starts the desktop's browser by itself, by the script of a package of its own, which reads this variable.
const browser = { BROWSER: join(dirname(env.PERSON), "desktop/xdg-open") };
await flow("interactive", () => new InteractiveBrowserCredential({ tenantId, clientId: CLI }), person, { values: browser });

await flow("AzureCliCredential", () => new AzureCliCredential(), person);
await flow("DefaultAzureCredential, environment", () => new DefaultAzureCredential(), app, { values: { ...service, AZURE_CLIENT_SECRET: secret } });
await flow("DefaultAzureCredential, managed identity", () => new DefaultAzureCredential(), app, { values: machine });

// The library reads the custom host from a variable; the switch has none.
const own = { disableInstanceDiscovery: true };
const custom = { values: { AZURE_AUTHORITY_HOST: CUSTOM }, route: "custom host" };
await flow("client secret", () => new ClientSecretCredential(tenantId, clientId, secret, own), app, custom);
await flow("certificate", () => new ClientCertificateCredential(tenantId, clientId, env.ENTRASIM_DEPLOY_CERTIFICATE, own), app, custom);
await flow("workload identity", () => new WorkloadIdentityCredential({ tenantId, clientId, tokenFilePath, ...own }), app, custom);
await flow("device code", () => new DeviceCodeCredential({ tenantId, clientId: CLI, userPromptCallback, ...own }), person, custom);
process.exit(0);
