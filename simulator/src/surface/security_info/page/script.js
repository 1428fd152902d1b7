// Security info: a single-page application over the JSON calls of this host.
(() => {
  const { client, signIn } = document.body.dataset;
  const $ = (id) => document.getElementById(id);
  const FRESH = JSON.stringify({
    id_token: { amr: { essential: true, values: ["ngcmfa"] } },
    access_token: { amr: { essential: true, values: ["ngcmfa"] } },
  });
  const SCOPE = `${client}/.default openid profile offline_access`;
  const REDIRECT = location.origin;
  // What survives the way over other pages.
  const keep = {
    get: (name) => JSON.parse(sessionStorage.getItem(name) || "null"),
    set: (name, value) => sessionStorage.setItem(name, JSON.stringify(value)),
    take(name) { const value = this.get(name); sessionStorage.removeItem(name); return value; },
  };
  const random = () => encode(crypto.getRandomValues(new Uint8Array(32)));
  const encode = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const say = (text) => { $("state").textContent = text; };
  const element = (name, text, properties = {}) => Object.assign(document.createElement(name), { textContent: text }, properties);

  // Signing in: code with PKCE, the answer in the fragment.
  const authorize = async (claims) => {
    const verifier = random();
    const state = random();
    keep.set("begun", { verifier, state });
    const challenge = encode(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
    const query = new URLSearchParams({
      client_id: client, redirect_uri: REDIRECT, scope: SCOPE, response_type: "code", response_mode: "fragment",
      code_challenge: challenge, code_challenge_method: "S256", state, nonce: random(),
    });
    if (claims) query.set("claims", claims);
    location.assign(`${signIn}/organizations/oauth2/v2.0/authorize?${query}`);
    return new Promise(() => {});
  };
  const token = async (fields) => {
    const reply = await fetch(`${signIn}/organizations/oauth2/v2.0/token`, {
      method: "POST", body: new URLSearchParams({ client_id: client, scope: SCOPE, ...fields }),
    });
    const body = await reply.json();
    if (body.access_token) keep.set("tokens", { access: body.access_token, refresh: body.refresh_token });
    return body;
  };
  const comeBack = async () => {
    const answer = new URLSearchParams(location.hash.slice(1));
    if (!answer.has("state")) return null;
    history.replaceState(null, "", "/security-info");
    const begun = keep.take("begun");
    if (!begun || begun.state !== answer.get("state")) return null;
    if (answer.has("error")) return answer.get("error_description") || answer.get("error");
    const body = await token({ grant_type: "authorization_code", code: answer.get("code"), redirect_uri: REDIRECT, code_verifier: begun.verifier });
    return body.access_token ? null : body.error_description;
  };

  // The calls.
  let session = null;
  const open = async () => {
    const tokens = keep.get("tokens");
    if (!tokens) return authorize();
    const reply = await fetch("/api/session/authorize", {
      method: "POST", headers: { authorization: `Bearer ${tokens.access}`, "content-type": "application/json", ajaxrequest: "true" }, body: "{}",
    });
    if (reply.status === 401) {
      sessionStorage.removeItem("tokens");
      return authorize();
    }
    session = await reply.json();
    return session;
  };
  const call = async (path, body) => {
    const reply = await fetch(`/api/${path}`, {
      method: body ? "POST" : "GET", body: body && JSON.stringify(body),
      headers: { sessionctxv2: session.sessionCtxV2, "content-type": "application/json", ajaxrequest: "true" },
    });
    if (reply.status === 401) return authorize();
    return reply.json();
  };
  const why = (answer) => {
    const reason = answer.reason || {};
    const said = reason.message || ({ 24: "That did not match. Check it and try again.", 27: "Nobody answered. Try again.", 29: "Type the number with its country code.", 31: "It was denied on the phone.", 8: "It took too long. Begin again." })[answer.ErrorCode] || `It was refused (error ${answer.ErrorCode}).`;
    return reason.fix ? `${said} ${reason.fix}` : said;
  };
  // A token that says that the second factor is fresh: silently if it is, on the sign-in pages otherwise.
  const fresh = async (then) => {
    if (!session.requireNgcMfaForSecurityInfo) return true;
    const tokens = keep.get("tokens");
    const body = tokens.refresh ? await token({ grant_type: "refresh_token", refresh_token: tokens.refresh, claims: FRESH }) : {};
    if (body.access_token) {
      await open();
      return true;
    }
    keep.set("then", then);
    return authorize(FRESH);
  };

  // The dialog, a step at a time.
  const dialog = $("dialog");
  const step = (title, content, buttons, submit) => {
    $("dialogTitle").textContent = title;
    $("dialogBody").replaceChildren(...content);
    $("alert").hidden = true;
    const cancel = element("button", "Cancel", { type: "button" });
    cancel.addEventListener("click", () => { running = null; dialog.close(); });
    $("dialogButtons").replaceChildren(...buttons, cancel);
    $("step").onsubmit = async (event) => {
      event.preventDefault();
      $("alert").hidden = true;
      if (submit) await submit();
    };
    if (!dialog.open) dialog.showModal();
    const first = $("dialogBody").querySelector("input,button,select");
    if (first) first.focus();
  };
  const alarm = (text) => { $("alert").textContent = text; $("alert").hidden = false; };
  const next = (text = "Next") => element("button", text, { type: "submit", className: "primary", id: "next" });
  const field = (id, label, properties = {}) => {
    const box = element("div", "");
    box.append(element("label", label, { htmlFor: id }), Object.assign(document.createElement("input"), { id, type: "text", autocomplete: "off", ...properties }));
    return box;
  };
  const done = async (text) => { dialog.close(); await show(); say(text); };
  let running = null;

  const secondStep = (kind, title, begun, byCode, name) => {
    const verify = (data) => call("authenticationmethods/verify", { Type: kind, VerificationContext: begun.VerificationContext, VerificationData: data });
    if (byCode) {
      step(title, [field("code", "Code", { inputMode: "numeric", autocomplete: "one-time-code" })], [next()], async () => {
        const answer = await verify($("code").value);
        if (answer.ErrorCode) alarm(why(answer)); else await done(`${name} was registered.`);
      });
      return;
    }
    const number = begun.Data && JSON.parse(begun.Data).entropy;
    const content = number
      ? [element("p", "Approve the notification on your phone by typing this number."), element("p", String(number), { className: "number", id: "number" })]
      : [element("p", "Answer the call and press #.")];
    step(title, content, [], null);
    const mine = running = {};
    const poll = async () => {
      if (running !== mine) return;
      const answer = await verify("");
      if (answer.ErrorCode) alarm(why(answer));
      else if (answer.VerificationState === 2) await done(`${name} was registered.`);
      else setTimeout(poll, 1000);
    };
    poll();
  };
  const addApp = async (kind, name) => {
    const app = await call("authenticationmethods/initializemobileapp", { securityInfoType: kind });
    if (app.ErrorCode) return chooseWith(why(app));
    const content = [
      element("p", "Scan this picture with the app, or type the secret."),
      element("img", "", { src: `data:image/png;base64,${app.QrCode}`, alt: "QR code for the app" }),
      element("p", app.SecretKey, { className: "secret", id: "secret" }), element("p", app.AccountName, { className: "note" }),
    ];
    step(`Set up ${name}`, content, [next()], async () => {
      const data = JSON.stringify({ secretKey: app.SecretKey, affinityRegion: null, isResendNotificationChallenge: false });
      const begun = await call("authenticationmethods/new", { Type: kind, Data: data });
      if (begun.ErrorCode) alarm(why(begun)); else secondStep(kind, kind === 3 ? "Enter the code of the app" : "Let's try it out", begun, kind === 3, name);
    });
  };
  const addPhone = (kinds, name) => {
    const numbers = element("div", "", { className: "pair" });
    numbers.append(field("country", "Country code", { value: "+49", type: "tel" }), field("number", "Phone number", { type: "tel", autocomplete: "tel-national" }));
    const how = element("div", "");
    const select = element("select", "", { id: "how" });
    for (const kind of kinds) select.append(element("option", kind === 6 ? "Text me a code" : "Call me", { value: kind }));
    how.append(element("label", "How", { htmlFor: "how" }), select);
    step(`Add ${name}`, [numbers, how], [next()], async () => {
      const kind = Number(select.value);
      const data = JSON.stringify({ phoneNumber: $("number").value, countryCode: $("country").value.replace(/\D/g, "") });
      const begun = await call("authenticationmethods/new", { Type: kind, Data: data });
      if (begun.ErrorCode) alarm(why(begun)); else secondStep(kind, "Check your phone", begun, kind === 6, name);
    });
  };
  const addEmail = (name) => step("Add e-mail", [element("p", "For resetting your password only."), field("address", "E-mail address", { type: "email" })], [next()], async () => {
    const begun = await call("authenticationmethods/new", { Type: 8, Data: $("address").value });
    if (begun.ErrorCode) alarm(why(begun)); else secondStep(8, "Enter the code of the e-mail", begun, true, name);
  });
  const addPasskey = async () => {
    const begun = await call("authenticationmethods/new", { Type: 18 });
    if (begun.ErrorCode) return chooseWith(why(begun));
    const { provisionUrl, requestData } = JSON.parse(begun.Data);
    const form = element("form", "", { method: "post", action: provisionUrl });
    for (const [name, value] of Object.entries(requestData)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    document.body.append(form);
    form.submit();
    return new Promise(() => {});
  };
  const namePasskey = (made) => {
    if (made.ErrorCode) {
      say("No passkey was created. You can try again.");
      return;
    }
    step("Name your passkey", [element("p", "The name tells it from your other passkeys."), field("name", "Name", { value: "My passkey", maxLength: 30 })], [next("Done")], async () => {
      const answer = await call("authenticationmethods/verify", { Type: 18, VerificationData: JSON.stringify({ ...made, Name: $("name").value }) });
      if (answer.ErrorCode) alarm(why(answer)); else await done("The passkey was registered.");
    });
  };

  // What is there, and what can be done with it.
  let methods = null;
  const NAMES = {
    AuthenticatorApp: "Microsoft Authenticator", MobilePhone: "Phone", Fido: "Passkey", Email: "Email", AltMobilePhone: "Alternate phone",
    OfficePhone: "Office phone", HardwareOath: "Hardware token", TemporaryAccessPass: "Temporary Access Pass", Password: "Password", Other: "Other method",
  };
  const offered = () => {
    const list = [];
    const { AuthenticatorApp: app, MobilePhone, Fido, Email, AltMobilePhone, OfficePhone } = methods;
    if (Fido.CanAdd) list.push(["Passkey", "a security key, or this device", addPasskey, "passkey"]);
    if (app.CanAddPush) list.push(["Microsoft Authenticator", "approve notifications, type codes", () => addApp(2, "Microsoft Authenticator"), "authenticator"]);
    if (app.CanAddCode) list.push(["Another authenticator app", "type codes", () => addApp(3, "The authenticator app"), "totp"]);
    if (MobilePhone.CanAdd) list.push(["Phone", "get a text or a call", () => addPhone([6, 5], "the phone"), "phone"]);
    if (AltMobilePhone.CanAdd) list.push(["Alternate phone", "get a call", () => addPhone([11], "the alternate phone"), "alternate"]);
    if (OfficePhone.CanAdd) list.push(["Office phone", "get a call", () => addPhone([7], "the office phone"), "office"]);
    if (Email.CanAdd) list.push(["Email", "reset your password", () => addEmail("The e-mail address"), "email"]);
    return list;
  };
  const reasonOf = (group) => {
    const { reason } = methods[group];
    const box = element("div", "", { className: "withheld" });
    box.append(element("p", `${NAMES[group]} is not offered: ${reason.message}`), element("p", `The way out: ${reason.fix}`, { className: "note" }));
    const rule = element("p", "", { className: "note" });
    rule.append("Rule ", element("code", reason.rule), `, ${reason.source}`);
    box.append(rule);
    return box;
  };
  const chooseWith = (message) => { choose(); alarm(message); };
  const choose = () => {
    const tiles = offered().map(([name, text, act, id]) => {
      const tile = element("button", name, { type: "button", className: "tile", id: `add-${id}` });
      tile.append(element("small", text));
      tile.addEventListener("click", async () => {
        if (id === "passkey" || session.hasMfaClaim || session.requireNgcMfaForSecurityInfo) await fresh(id);
        await act();
      });
      return tile;
    });
    const content = tiles.length ? tiles : [element("p", "There is nothing that you can add.")];
    if (!methods.Fido.CanAdd && methods.Fido.reason) content.push(reasonOf("Fido"));
    step("Add a sign-in method", content, [], null);
  };
  const change = async (path, body, text) => {
    await fresh(null);
    const answer = await call(path, body);
    await show();
    say(answer.ErrorCode ? why(answer) : text);
  };
  const confirmDelete = (group, method) => step(`Delete ${NAMES[group]}?`, [element("p", `${method.DisplayName} will not be usable any more.`)], [next("Delete")], async () => {
    dialog.close();
    await change("authenticationmethods/delete", { Type: method.Type, Data: method.Id }, `${NAMES[group]} was deleted.`);
  });
  const changePassword = () => step("Change password", [
    field("current", "Current password", { type: "password", autocomplete: "current-password" }),
    field("new", "New password", { type: "password", autocomplete: "new-password" }),
    field("again", "New password again", { type: "password", autocomplete: "new-password" }),
  ], [next("Change")], async () => {
    if ($("new").value !== $("again").value) return alarm("The new passwords do not match.");
    await fresh(null);
    const answer = await call("password/change", { currentPassword: $("current").value, newPassword: $("new").value });
    if (answer.ErrorCode) return alarm(why(answer));
    sessionStorage.removeItem("tokens");
    dialog.close();
    $("content").hidden = true;
    say("Your password was changed. Sign in again with the new one.");
  });
  const WORDS = { push: "notification in Authenticator", oath: "code of an app or token", sms: "text message", voiceMobile: "call", voiceAlternateMobile: "call to the alternate phone", voiceOffice: "call to the office phone" };
  const changeDefault = (choices) => {
    const select = element("select", "", { id: "factor" });
    for (const word of choices) select.append(element("option", WORDS[word], { value: word }));
    const box = element("div", "");
    box.append(element("label", "What you want to be asked for first", { htmlFor: "factor" }), select);
    step("Change default", [box], [next("Confirm")], async () => {
      dialog.close();
      await change("authenticationmethods/setdefault", { Data: select.value }, "The default was changed.");
    });
  };
  const CHOICES = { AuthenticatorApp: (method) => (method.IsCodeOnly ? ["oath"] : ["push", "oath"]), HardwareOath: () => ["oath"], MobilePhone: () => ["sms", "voiceMobile"], AltMobilePhone: () => ["voiceAlternateMobile"], OfficePhone: () => ["voiceOffice"] };

  const show = async () => {
    methods = await call("authenticationmethods/availablemethods");
    const rows = [];
    const choices = new Set();
    let usual = null;
    for (const [group, { Data }] of Object.entries(methods)) {
      for (const method of Data) {
        if (method.IsDefault) usual = WORDS[method.DefaultMethod];
        if (CHOICES[group]) CHOICES[group](method).forEach((word) => choices.add(word));
        const row = element("li", "");
        const kind = element("span", method.IsCodeOnly ? "Authenticator app" : NAMES[group], { className: "kind" });
        const more = method.ExpirationTime ? `until ${method.ExpirationTime}` : method.DisplayName;
        kind.append(element("small", more));
        row.append(kind);
        if (method.IsDefault) row.append(element("span", "default", { className: "badge" }));
        if (method.CanDelete) {
          const remove = element("button", "Delete", { type: "button" });
          remove.setAttribute("aria-label", `Delete ${NAMES[group]} ${method.DisplayName}`);
          remove.addEventListener("click", () => confirmDelete(group, method));
          row.append(remove);
        }
        rows.push(row);
      }
    }
    if (!rows.length) rows.push(element("li", "You have registered nothing yet."));
    $("methods").replaceChildren(...rows);
    const line = $("default");
    line.replaceChildren(usual ? `You are asked first for: ${usual}. ` : "");
    if (choices.size > 1) {
      const button = element("button", "Change", { type: "button", className: "link", id: "changeDefault" });
      button.addEventListener("click", () => changeDefault([...choices]));
      line.append(button);
    }
    $("withheld").replaceChildren(...(methods.Fido.reason ? [reasonOf("Fido")] : []));
    $("content").hidden = false;
    say("");
  };
  const nameOf = (text) => JSON.parse(decodeURIComponent(escape(atob(text.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")))));

  const start = async () => {
    const refused = await comeBack();
    if (refused) return say(refused);
    if (location.pathname === "/") history.replaceState(null, "", "/security-info");
    await open();
    if (!session.isAuthorized) {
      // The second factor is asked for once; who comes back without it is told.
      if (session.requireMfa && !keep.take("asked")) {
        keep.set("asked", true);
        return authorize(FRESH);
      }
      return say(`${session.reason ? `${session.reason.message} ${session.reason.fix}` : "You cannot see security info."}`);
    }
    sessionStorage.removeItem("asked");
    const claims = nameOf(keep.get("tokens").access);
    $("who").textContent = claims.upn || claims.preferred_username || claims.unique_name || "";
    $("signOut").href = `${signIn}/common/oauth2/v2.0/logout?post_logout_redirect_uri=${encodeURIComponent(`${location.origin}/`)}`;
    $("signOut").addEventListener("click", () => sessionStorage.clear());
    $("add").addEventListener("click", choose);
    $("password").addEventListener("click", changePassword);
    await show();
    const made = keep.take("newPasskey");
    const then = keep.take("then");
    if (made) return namePasskey(made);
    const wanted = then && offered().find(([, , , id]) => id === then);
    if (wanted) await wanted[2]();
  };
  start().catch((error) => say(`Something went wrong: ${error.message}`));
})();
