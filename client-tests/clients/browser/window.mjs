// A window of a real Chromium that finds the simulated hosts through the proxy and believes their certificates. Where
// SOFTKEY_EXTENSION names the extension of a softkey, that is the browser's security key.

import { chromium } from "playwright-core";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const env = process.env;
const authority = new X509Certificate(readFileSync(env.ENTRASIM_CA));
const pin = createHash("sha256").update(authority.publicKey.export({ type: "spki", format: "der" })).digest("base64");
const extension = env.SOFTKEY_EXTENSION;
export const profile = mkdtempSync(join(tmpdir(), "entrasim-person-"));
export const context = await chromium.launchPersistentContext(profile, {
  executablePath: env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  ignoreDefaultArgs: extension ? ["--disable-extensions"] : [],
  viewport: { width: 1280, height: 800 },
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", `--proxy-server=${env.ENTRASIM_HTTP}`,
    `--ignore-certificate-errors-spki-list=${pin}`,
    ...(extension ? [
      `--load-extension=${extension}`, `--disable-extensions-except=${extension}`,
      "--disable-features=DisableLoadExtensionCommandLineSwitch",
    ] : []),
  ],
});
export const page = context.pages()[0] ?? (await context.newPage());
if (extension) {
  // Its worker is up before pages ask, or the browser would look for keys of its own.
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  await worker.evaluate(() => attach().catch(() => {}));
}
