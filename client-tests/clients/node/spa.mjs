// @azure/msal-browser in Chromium, as a single-page app of its own server. Prints one row a flow, as JSON.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { PUBLIC, env, person, row } from "./shared.mjs";

const settings = { client: env.FRONT_ID, authority: `${PUBLIC}/${env.ENTRASIM_TENANT}` };
const page = readFileSync(join(import.meta.dirname, "spa.html"), "utf8").replace("SETTINGS", encodeURIComponent(JSON.stringify(settings)));
const library = readFileSync(join(import.meta.dirname, "node_modules/@azure/msal-browser/lib/msal-browser.min.js"));
const reports = [];

const server = createServer((request, response) => {
  if (request.url === "/report") {
    let body = "";
    request.on("data", (chunk) => (body += chunk)).on("end", () => response.end(void reports.push(JSON.parse(body))));
  } else if (request.url === "/msal-browser.min.js") {
    response.writeHead(200, { "content-type": "text/javascript" }).end(library);
  } else if (request.url.startsWith("/spa")) {
    response.writeHead(200, { "content-type": "text/html" }).end(page);
  } else {
    response.writeHead(204).end();
  }
});
await new Promise((done) => server.listen(0, "localhost", done));
const seen = JSON.parse(await person(`http://localhost:${server.address().port}/spa`, "--click", "#next"));
for (const flow of ["redirect with PKCE", "silent, by refresh token", "Graph from the page", "sign-out"]) {
  await row("@azure/msal-browser", "@azure/msal-browser", flow, "proxy", async () => {
    const told = reports.find((report) => report.flow === flow);
    if (!told?.ok) throw new Error(told?.proven ?? JSON.stringify(seen));
    return told.proven;
  });
}
process.exit(0);
