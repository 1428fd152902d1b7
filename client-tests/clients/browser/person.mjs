// An automated person in a real Chromium: looks at each page, does what a person would, until the app has its answer.
//
//   node person.mjs URL [--user UPN] [--password P] [--method PhoneAppNotification|PhoneAppOTP|OneWaySMS] [--code USERCODE]
//                       [--keyboard] [--audit DIR] [--then TEXT] [--stay yes|no] [--register phone|totp|authenticator]
//                       [--next "URL URL"] [--account other] [--click SELECTOR]
//
// --click: the button of an app's own page, pressed whenever it is there; an element #done says that there is no more to do.
//
// Reads the simulator's address from the variables that `entrasim run` sets. Prints one JSON object: the pages that were
// seen, console errors, accessibility violations, and where it ended.

import { createHmac } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { context, page, profile } from "./window.mjs";

const [url, ...rest] = process.argv.slice(2);
const options = {};
for (let at = 0; at < rest.length; at++) {
  const name = rest[at].replace(/^--/, "");
  options[name] = name === "keyboard" ? true : rest[++at];
}
const env = process.env;
const user = options.user ?? env.PERSON_USER;
const password = options.password ?? env.PERSON_PASSWORD;
const method = options.method ?? env.PERSON_METHOD ?? "PhoneAppNotification";
const audit = options.audit ?? env.PERSON_AUDIT;
const seen = { pages: [], console: [], violations: [], ended: "" };

async function control(path, request) {
  const response = await fetch(`${env.ENTRASIM_CONTROL}${path}`, {
    method: request ? "POST" : "GET",
    headers: { "content-type": "application/json" },
    body: request && JSON.stringify(request),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

const phone = `/tenants/${env.ENTRASIM_TENANT}/users/${encodeURIComponent(user ?? "")}/phone`;

async function approve(number) {
  for (let tries = 0; tries < 50; tries++) {
    const waiting = (await control(phone)).prompts.find((prompt) => prompt.state === "pending");
    if (waiting) return control(`${phone}/prompts/${waiting.id}`, { action: "approve", number });
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("no prompt arrived");
}

function oneTimeCode(secret, seconds) {
  let bits = "";
  for (const letter of secret) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(seconds / 30)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = digest[19] & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1000000).padStart(6, "0");
}

async function tenantSeconds() {
  const clock = await control(`/tenants/${env.ENTRASIM_TENANT}/clock`);
  if (clock.now) return Date.parse(clock.now) / 1000;
  return Date.now() / 1000 + (clock.offset_seconds ?? 0);
}

page.on("console", (message) => {
  if (message.type() === "error") seen.console.push(`${page.url()}: ${message.text()}`);
});
page.on("pageerror", (error) => seen.console.push(`${page.url()}: ${error.message}`));

const has = (selector) => page.locator(selector).first().isVisible().catch(() => false);

async function type(selector, text) {
  if (options.keyboard) {
    await focus(selector);
    await page.keyboard.press("Control+A");
    await page.keyboard.type(text);
  } else {
    await page.fill(selector, text);
  }
}

// Reaches an element as a keyboard user does.
async function focus(selector) {
  for (let presses = 0; presses < 40; presses++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not reach ${selector} on ${page.url()}`);
}

async function press(selector) {
  const leaves = page.waitForNavigation({ timeout: 15000 }).catch((error) => {
    if (!String(error).includes("ERR_")) throw error;
  });
  if (options.keyboard) {
    await focus(selector);
    await page.keyboard.press("Enter");
  } else {
    await page.locator(selector).first().click();
  }
  await leaves;
}

async function look(name) {
  seen.pages.push(name);
  if (!audit) return;
  mkdirSync(audit, { recursive: true });
  const file = (width) => join(audit, `${String(seen.pages.length).padStart(2, "0")}-${name}-${width}.png`);
  await page.screenshot({ path: file("desktop"), fullPage: true });
  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  if (overflow) seen.violations.push(`${name}: wider than a phone`);
  await page.screenshot({ path: file("phone"), fullPage: true });
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  const result = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }));
  for (const violation of result.violations) {
    seen.violations.push(`${name}: ${violation.id}: ${violation.nodes.map((node) => node.html).join(" | ").slice(0, 300)}`);
  }
}

async function act() {
  const id = await page.locator('meta[name="PageID"]').getAttribute("content", { timeout: 2000 }).catch(() => null);
  if (id === null && (await has("#secret"))) {
    await look("RegisterApp");
    const secret = await page.locator("#secret").textContent();
    await type("#otc", oneTimeCode(secret, await tenantSeconds()));
    return press("#idSIButton9");
  }
  if (id === null && (await has("#otc"))) {
    await look("RegisterCode");
    await type("#otc", (await control(phone)).messages[0].code);
    return press("#idSIButton9");
  }
  if (id === null && (await has('form[name="hiddenform"] #idSIButton9'))) {
    await look("RegisterDone");
    return press("#idSIButton9");
  }
  if (id === null && (await has(".tile"))) {
    await look("RegisterChoose");
    const kind = options.register ?? env.PERSON_REGISTER ?? "totp";
    if (kind === "phone") await type("#number", "+49 15112345678");
    return press(`button[value="${kind}"]`);
  }
  if (id === null && options.click) {
    await page.waitForSelector(`${options.click}:visible, #done`, { timeout: 15000 });
    if (!(await has(options.click))) return null;
    await look("App");
    return press(options.click);
  }
  switch (id) {
    case "ConvergedRemoteConnect":
      await look("DeviceCode");
      await type("#otc", options.code ?? "");
      return press("#idSIButton9");
    case "ConvergedSignIn":
      if (await has("#otherTile")) {
        await look("AccountPicker");
        return press(options.account === "other" ? "#otherTile" : "a.account");
      }
      if (await has("#i0116")) {
        await look("Identifier");
        await type("#i0116", user);
        return press("#idSIButton9");
      }
      await look(await has('[name="accesspass"]') ? "AccessPass" : "Password");
      await type("#i0118", password);
      return press("#idSIButton9");
    case "ConvergedTFA":
      if (await has("#idRichContext_DisplaySign")) {
        await look("NumberMatch");
        const number = Number(await page.locator("#idRichContext_DisplaySign").textContent());
        const leaves = page.waitForNavigation({ timeout: 15000 }).catch(() => null);
        await approve(number);
        return leaves;
      }
      if (await has("#idTxtBx_SAOTCC_OTC")) {
        await look(method === "OneWaySMS" ? "TextCode" : "AppCode");
        const state = await control(phone);
        const code = method === "OneWaySMS" ? state.messages[0].code : state.codes.at(-1).code;
        await type("#idTxtBx_SAOTCC_OTC", code);
        return press("#idSIButton9");
      }
      if (await has("#i0118")) {
        await look("AccessPassSecond");
        await type("#i0118", password);
        return press("#idSIButton9");
      }
      await look("ChooseMethod");
      return press(`[data-value="${method}"]`);
    case "ConvergedProofUpRedirect":
      await look("ProofUp");
      return press("#idSIButton9");
    case "ConvergedChangePassword":
      await look("ChangePassword");
      await type("#currentpasswd", password);
      await type("#newpasswd", "New-passw0rd-1");
      await type("#confirmnewpasswd", "New-passw0rd-1");
      return press("#idSIButton9");
    case "ConvergedSignOut":
      if (!options.click || !(await has("#continue"))) return null;
      await look("SignOut");
      return page.waitForURL((url) => !url.href.includes("/logout"), { timeout: 15000 });
    case "KmsiInterrupt":
      await look("StaySignedIn");
      return press(options.stay === "yes" ? "#idSIButton9" : "#idBtn_Back");
    case "CmsiInterrupt":
      await look("ConfirmApp");
      return press("#idSIButton9");
    case "ConvergedConsent":
      await look("Consent");
      return press("#idSIButton9");
    default:
      return null;
  }
}

try {
  for (const target of [url, ...(options.next ?? "").split(" ").filter(Boolean)]) {
    await page.goto(target, { waitUntil: "load" }).catch((error) => {
      if (!String(error).includes("ERR_")) throw error;
    });
    for (let steps = 0; steps < 25; steps++) {
      const before = page.url();
      const result = await act();
      if (result === null) break;
      if (page.url() === before) await page.waitForLoadState("load").catch(() => null);
    }
    const id = await page.locator('meta[name="PageID"]').getAttribute("content", { timeout: 1000 }).catch(() => null);
    if (id) await look(id);
    else if (!page.url().startsWith("chrome-error:")) await look("AfterSignIn");
  }
  seen.ended = page.url();
  seen.text = (await page.locator("body").innerText().catch(() => "")).slice(0, 500);
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
process.stdout.write(`${JSON.stringify(seen)}\n`);
if (options.then && !seen.text.includes(options.then)) process.exit(1);
