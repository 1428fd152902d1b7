// A window of a real Chromium that finds the simulated hosts through the proxy and believes their certificates.

import { chromium } from "playwright-core";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const env = process.env;
const authority = new X509Certificate(readFileSync(env.ENTRASIM_CA));
const pin = createHash("sha256").update(authority.publicKey.export({ type: "spki", format: "der" })).digest("base64");
export const profile = mkdtempSync(join(tmpdir(), "entrasim-person-"));
export const context = await chromium.launchPersistentContext(profile, {
  executablePath: env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  viewport: { width: 1280, height: 800 },
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", `--proxy-server=${env.ENTRASIM_HTTP}`,
    `--ignore-certificate-errors-spki-list=${pin}`,
  ],
});
export const page = context.pages()[0] ?? (await context.newPage());
