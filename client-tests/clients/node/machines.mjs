// Managed identities of MSAL Node and @azure/identity, in every host that they know. Prints one row a flow, as JSON.
//
// Both keep the host that they found for the life of the process, and the tokens too: each host gets a process.

import { ManagedIdentityCredential } from "@azure/identity";
import { ManagedIdentityApplication } from "@azure/msal-node";
import { spawnSync } from "node:child_process";
import { env, has, row } from "./shared.mjs";

const http = env.ENTRASIM_HTTP;
const secret = env.ENTRASIM_IDENTITY_HEADER;
const hosts = {
  VM: { AZURE_POD_IDENTITY_AUTHORITY_HOST: http },
  "App Service": { IDENTITY_ENDPOINT: `${http}/msi/token`, IDENTITY_HEADER: secret },
  "Machine Learning": { MSI_ENDPOINT: `${http}/msi/machine-learning`, MSI_SECRET: secret },
  "Cloud Shell": { MSI_ENDPOINT: `${http}/msi/cloud-shell` },
  "Azure Arc": { IDENTITY_ENDPOINT: `${http}/msi/arc`, IMDS_ENDPOINT: http },
};
const idtyp = (name) => (name === "Cloud Shell" ? "user" : "app");

const [, , what, name] = process.argv;
if (what === "msal") {
  const app = new ManagedIdentityApplication();
  await row("MSAL Node", "@azure/msal-node", `managed identity, ${name}`, "proxy", async () => {
    const found = app.getManagedIdentitySource().replaceAll(/(?=[A-Z])/g, " ").trim();
    return `${has((await app.acquireToken({ resource: "https://management.azure.com/" })).accessToken, { idtyp: idtyp(name) })}, recognised as ${found}`;
  });
} else if (what === "identity") {
  await row("@azure/identity", "@azure/identity", `managed identity, ${name}`, "proxy", async () =>
    has((await new ManagedIdentityCredential().getToken("https://management.azure.com/.default")).token, { idtyp: idtyp(name) }));
} else {
  for (const library of ["msal", "identity"]) {
    for (const [name, values] of Object.entries(hosts)) {
      if (name === "Azure Arc" && !env.ARC) continue;
      spawnSync(process.execPath, [process.argv[1], library, name], { env: { ...env, ...values }, stdio: "inherit" });
    }
  }
}
process.exit(0);
