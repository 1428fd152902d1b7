// Hands what pages ask of security keys to softkey, and brings back what it says.
//
// bridge.json, which softkey writes when it starts, has the address and a secret. A request is begun and then asked
// after in turns of some seconds: a worker that waits longer for one answer is stopped by the browser.

"use strict";

const proxy = chrome.webAuthenticationProxy;
const bridge = fetch(chrome.runtime.getURL("bridge.json")).then((response) => response.json());

async function ask(path, body) {
  const { address, secret } = await bridge;
  const response = await fetch(`http://${address}/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}` },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`softkey answers ${response.status}`);
  return response.json();
}

async function outcome(kind, { requestId, requestDetailsJson }) {
  try {
    await ask("begin", { kind, id: requestId, options: JSON.parse(requestDetailsJson) });
    for (;;) {
      const answer = await ask("await", { id: requestId });
      if (answer.error) return { requestId, error: answer.error };
      if (answer.credential) return { requestId, responseJson: JSON.stringify(answer.credential) };
    }
  } catch (error) {
    return { requestId, error: { name: "NotAllowedError", message: String(error) } };
  }
}

async function attach() {
  const refused = await proxy.attach();
  if (refused) console.error(refused);
}

proxy.onCreateRequest.addListener(async (request) => proxy.completeCreateRequest(await outcome("create", request)));
proxy.onGetRequest.addListener(async (request) => proxy.completeGetRequest(await outcome("get", request)));
proxy.onRequestCanceled.addListener((requestId) => ask("cancel", { id: requestId }));
proxy.onIsUvpaaRequest.addListener(async ({ requestId }) => {
  const { available } = await ask("uvpaa", {}).catch(() => ({ available: false }));
  proxy.completeIsUvpaaRequest({ requestId, isUvpaa: available });
});
chrome.runtime.onInstalled.addListener(attach);
chrome.runtime.onStartup.addListener(attach);
attach();
