// Opens a report in a real Chromium as a manager would: at two sizes, light and dark, everything closed and everything
// open; filters it; checks it with axe-core. Prints one JSON object: console errors, requests that left the file,
// accessibility violations, what is wider than the window, and how many stories the filter left.
//
//   node report.mjs FILE [--pictures FOLDER] [--find WORDS]

import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [file, ...rest] = process.argv.slice(2);
const option = (name) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined);
const pictures = option("--pictures");
if (pictures) mkdirSync(pictures, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const url = pathToFileURL(resolve(file)).href;
const seen = { console: [], outside: [], violations: [], wide: [], stories: 0, found: 0 };

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
for (const [size, viewport] of [["desktop", { width: 1280, height: 900 }], ["phone", { width: 390, height: 844 }]]) {
  for (const colorScheme of ["light", "dark"]) {
    // The checker is put into the page, which the page's own policy would refuse.
    const context = await browser.newContext({ viewport, colorScheme, bypassCSP: true });
    const page = await context.newPage();
    page.on("console", (message) => message.type() === "error" && seen.console.push(message.text()));
    page.on("pageerror", (error) => seen.console.push(String(error)));
    page.on("request", (request) => {
      if (request.url() !== url && !request.url().startsWith("data:")) seen.outside.push(request.url());
    });
    await page.goto(url);
    seen.stories = await page.locator(".story").count();
    for (const state of ["closed", "open"]) {
      if (state === "open") {
        await page.evaluate(() => document.querySelectorAll("details").forEach((fold) => (fold.open = true)));
      }
      const name = `${size}-${colorScheme}-${state}`;
      const width = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (width > 0) seen.wide.push(`${name}: ${width}px`);
      if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), clip: { x: 0, y: 0, width: viewport.width, height: 2600 }, fullPage: true });
      await page.evaluate(axe);
      // Open, one story stands for all: the parts are the same, and there are thousands of them.
      const where = state === "open" ? [".story"] : [];
      const { violations } = await page.evaluate((where) => window.axe.run(where.length ? document.querySelector(where[0]) : document), where);
      for (const { id, nodes } of violations) seen.violations.push(`${name}: ${id}: ${nodes[0].html.slice(0, 120)}`);
    }
    const words = option("--find");
    if (words && (await page.locator(".filter").count())) {
      await page.locator("input[type=search]").fill(words);
      seen.found = await page.locator(".story:visible").count();
    }
    await context.close();
  }
}
// Without a script everything has to be there, and under the page's own policy nothing may be refused.
const plain = await browser.newContext({ javaScriptEnabled: false });
const page = await plain.newPage();
page.on("console", (message) => message.type() === "error" && seen.console.push(message.text()));
await page.goto(url);
if ((await page.locator(".story:visible").count()) !== seen.stories) seen.console.push("without scripts, stories are missing");
await plain.close();
const strict = await browser.newContext();
const own = await strict.newPage();
own.on("console", (message) => message.type() === "error" && seen.console.push(message.text()));
await own.goto(url);
await own.waitForTimeout(100);
await browser.close();
console.log(JSON.stringify(seen));
