// @microsoft/microsoft-graph-client: authentication methods, policies, reports, logs, as an app. Prints one row a flow, as JSON.

import { ClientSecretCredential } from "@azure/identity";
import { Client } from "@microsoft/microsoft-graph-client";
import { TokenCredentialAuthenticationProvider } from "@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js";
import { env, row } from "./shared.mjs";

const credential = new ClientSecretCredential(env.ENTRASIM_TENANT, env.ENTRASIM_DEPLOY_CLIENT_ID, env.ENTRASIM_DEPLOY_CLIENT_SECRET);
const authProvider = new TokenCredentialAuthenticationProvider(credential, { scopes: ["https://graph.microsoft.com/.default"] });
const graph = Client.initWithMiddleware({ authProvider });

const flow = (name, run) => row("@microsoft/microsoft-graph-client", "@microsoft/microsoft-graph-client", name, "proxy", run);
const expect = (truth, seen) => {
  if (!truth) throw new Error(JSON.stringify(seen));
};
const methods = `/users/${env.ENTRASIM_BOB_UPN}/authentication`;
const configurations = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations";

await flow("Temporary Access Pass", async () => {
  await graph.api(`${configurations}/temporaryAccessPass`).patch({ "@odata.type": "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration", state: "enabled" });
  const made = await graph.api(`${methods}/temporaryAccessPassMethods`).post({ lifetimeInMinutes: 60, isUsableOnce: true });
  expect(made.temporaryAccessPass && made.methodUsabilityReason === "EnabledByPolicy", made);
  const again = await graph.api(`${methods}/temporaryAccessPassMethods/${made.id}`).get();
  expect(again.temporaryAccessPass === null, again);
  await graph.api(`${methods}/temporaryAccessPassMethods/${made.id}`).delete();
  return "policy switched, made, shown once, deleted";
});

await flow("authentication methods", async () => {
  const mail = await graph.api(`${methods}/emailMethods`).post({ emailAddress: "bob@example.org" });
  const { value } = await graph.api(`${methods}/methods`).get();
  expect(value.some((one) => one["@odata.type"] === "#microsoft.graph.emailAuthenticationMethod"), value);
  await graph.api(`${methods}/emailMethods/${mail.id}`).delete();
  return "registered, listed with its type, deleted";
});

await flow("methods policy", async () => {
  const off = (state) => graph.api(`${configurations}/sms`).patch({ "@odata.type": "#microsoft.graph.smsAuthenticationMethodConfiguration", state });
  await off("disabled");
  const read = await graph.api(`${configurations}/sms`).get();
  expect(read.state === "disabled", read);
  await off("enabled");
  const policy = await graph.api("/policies/authenticationMethodsPolicy").get();
  expect(policy.authenticationMethodConfigurations.length > 6, policy);
  return "a method switched off and on";
});

await flow("Conditional Access", async () => {
  const made = await graph.api("/identity/conditionalAccess/policies").post({
    displayName: "Multifactor for all", state: "enabledForReportingButNotEnforced",
    conditions: { users: { includeUsers: ["All"] }, applications: { includeApplications: ["All"] }, clientAppTypes: ["all"] },
    grantControls: { operator: "OR", builtInControls: ["mfa"] },
  });
  await graph.api(`/identity/conditionalAccess/policies/${made.id}`).delete();
  await graph.api(`/identity/conditionalAccess/deletedItems/policies/${made.id}/restore`).post({});
  const back = await graph.api(`/identity/conditionalAccess/policies/${made.id}`).get();
  expect(back.displayName === "Multifactor for all", back);
  return "made, deleted, restored";
});

await flow("registration report", async () => {
  const report = "/reports/authenticationMethods/userRegistrationDetails";
  const { value } = await graph.api(report).filter("isAdmin eq true and isMfaCapable eq false").get();
  expect(value.length > 0 && value.every((one) => one.isAdmin && !one.isMfaCapable), value);
  return "administrators without a second factor";
});

await flow("audit log", async () => {
  const { value } = await graph.api("/auditLogs/directoryAudits").filter("activityDisplayName eq 'Add Conditional Access policy'").get();
  expect(value.length === 1 && value[0].initiatedBy.app.displayName === "deploy", value);
  expect(value[0].targetResources[0].modifiedProperties[0].displayName === "ConditionalAccessPolicy", value);
  return "who made a policy, and the policy";
});
process.exit(0);
