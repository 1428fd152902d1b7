//! The pages for passkeys: the way to the relying party, and its page, which asks the browser.

use serde_json::{Map, Value, json};

use super::super::interaction::Interaction;
use super::super::passkey::challenge;
use super::{BRAND, Page, hidden, render, submit};
use crate::origins;
use crate::wire::Reply;
use crate::wire::html::escape;

/// The form that goes to the relying party as the real page makes it; `config` is that of the page which has it.
pub(super) fn way(
    interaction: &Interaction<'_>,
    config: &Map<String, Value>,
    passkeys: &[String],
    flow: Option<&str>,
) -> String {
    let call = interaction.call;
    let text = |name: &str| config.get(name).and_then(Value::as_str).unwrap_or_default();
    let login = interaction.tenant_url("login");
    let name = interaction.progress.name.as_deref().unwrap_or_default();
    let (correlation, passkeys) = (call.correlation_id().to_string(), passkeys.join(","));
    let mut fields = vec![
        ("allowedIdentities", "2"),
        ("canary", text("sFT")),
        ("serverChallenge", text("sFT")),
        ("postBackUrl", &login),
        ("postBackUrlAad", &login),
        ("postBackUrlMsa", ""),
        ("cancelUrl", text("urlResume")),
        ("resumeUrl", text("urlResume")),
        ("correlationId", &correlation),
        ("credentialsJson", &passkeys),
        ("ctx", text("sCtx")),
        ("username", name),
        ("loginCanary", text("canary")),
    ];
    fields.extend(flow.map(|flow| ("flow", flow)));
    format!(
        "<form method=\"post\" id=\"passkey\" action=\"{}\"><h1>Use a passkey</h1>\
         <p>Your browser or your security key will ask you to unlock it.</p>{}{}</form>",
        escape(text("urlFidoLogin")),
        hidden(&fields),
        submit("Go on"),
    )
}

/// The page of the relying party. It needs script: nothing else reaches a passkey.
pub(in super::super) fn ask(interaction: &Interaction<'_>, passkeys: &str) -> Reply {
    let call = interaction.call;
    let login = format!(
        "{}/{}/login",
        origins::SIGN_IN,
        interaction.request.authority
    );
    let mut config = interaction.config("FidoGet", &login);
    let challenge = challenge(call);
    config.insert("sFidoChallenge".to_owned(), json!(challenge));
    config.insert(
        "sFidoRpId".to_owned(),
        json!(origins::PASSKEY.trim_start_matches("https://")),
    );
    let list: Vec<&str> = passkeys.split(',').filter(|id| !id.is_empty()).collect();
    config.insert("arrFidoAllowList".to_owned(), json!(list));
    let canary = config.get("canary").cloned().unwrap_or_default();
    config.insert("sCrossDomainCanary".to_owned(), canary.clone());
    let form = interaction.form(
        &login,
        "ctx",
        &hidden(&[
            ("type", "23"),
            ("ps", "23"),
            ("assertion", ""),
            ("lmcCanary", canary.as_str().unwrap_or_default()),
            ("LoginOptions", "3"),
        ]),
    );
    let form = form.replacen("<form ", "<form id=\"assertion\" ", 1);
    let resume = interaction.tenant_url("resume");
    let cancel = config
        .get("urlResume")
        .and_then(Value::as_str)
        .unwrap_or(&resume);
    let body = format!(
        "{BRAND}<h1>Use a passkey</h1><p id=\"passkeyState\" role=\"status\" aria-live=\"polite\">Waiting for your passkey.</p>{form}\
         <p><button type=\"button\" id=\"passkeyAgain\" class=\"primary\" hidden>Try again</button></p>\
         <p><a id=\"passkeyCancel\" href=\"{}\">Sign in another way</a></p>\
         <noscript><p>Passkeys need script. Sign in another way.</p></noscript><script>{}</script>",
        escape(cancel),
        include_str!("passkey.js"),
    );
    let page = Page {
        id: "FidoGet",
        title: "Use a passkey".to_owned(),
        config,
        body,
    };
    render(call, page)
}
