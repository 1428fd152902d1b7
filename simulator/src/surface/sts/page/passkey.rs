//! The pages for passkeys: the way to the relying party, and its page, which asks the browser.

use serde_json::{Map, Value, json};

use super::super::interaction::Interaction;
use super::super::passkey::challenge;
use super::{BRAND, Page, hidden, render, submit};
use crate::origins;
use crate::wire::Reply;
use crate::wire::html::escape;

/// What the scripts of these pages begin with.
pub(super) const BYTES: &str = include_str!("passkey_bytes.js");
const ANSWER: &str = include_str!("passkey_answer.js");

/// The way to the relying party for somebody who is known.
pub(super) fn way(
    interaction: &Interaction<'_>,
    config: &Map<String, Value>,
    passkeys: &[String],
    flow: Option<&str>,
) -> String {
    let content = format!(
        "<h1>Use a passkey</h1><p>Your browser or your security key will ask you to unlock it.</p>{}",
        submit("Go on"),
    );
    let fields = fields(interaction, config, passkeys, flow);
    form("passkey", config, &format!("{content}{fields}"))
}

/// The way for somebody who has named nobody: the passkey knows its user.
pub(super) fn nameless_way(interaction: &Interaction<'_>, config: &Map<String, Value>) -> String {
    let button = "<button class=\"link\" type=\"submit\" id=\"idA_PWD_SignInWithPasskey\">Sign in with a passkey</button>";
    let fields = fields(interaction, config, &[], None);
    form("withPasskey", config, &format!("{button}{fields}"))
}

fn form(id: &str, config: &Map<String, Value>, content: &str) -> String {
    let action = config.get("urlFidoLogin").and_then(Value::as_str);
    let action = escape(action.unwrap_or_default());
    format!("<form method=\"post\" id=\"{id}\" action=\"{action}\">{content}</form>")
}

/// What the form has that goes to the relying party, as the real page makes it; `config` is that of the page which has it.
fn fields(
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
    hidden(&fields)
}

/// Where answers go: to the sign-in service, also from the relying party.
fn login(interaction: &Interaction<'_>) -> String {
    let authority = &interaction.request.authority;
    format!("{}/{authority}/login", origins::SIGN_IN)
}

/// The form by which a passkey's answer comes back.
fn assertion_form(interaction: &Interaction<'_>, config: &Map<String, Value>) -> String {
    let canary = config.get("canary").and_then(Value::as_str);
    let fields = hidden(&[
        ("type", "23"),
        ("ps", "23"),
        ("assertion", ""),
        ("lmcCanary", canary.unwrap_or_default()),
        ("LoginOptions", "3"),
    ]);
    interaction
        .form(&login(interaction), "ctx", &fields)
        .replacen("<form ", "<form id=\"assertion\" ", 1)
}

fn put_relying_party(config: &mut Map<String, Value>) {
    let id = origins::PASSKEY.trim_start_matches("https://");
    config.insert("sFidoRpId".to_owned(), json!(id));
}

/// What lets the browser offer passkeys in the field of the name (conditional mediation, WebAuthn Level 3): only where the page
/// is of the relying party itself, since no other may ask for its passkeys.
pub(super) fn autofill(interaction: &Interaction<'_>, config: &mut Map<String, Value>) -> String {
    if interaction.call.request.origin() != origins::PASSKEY {
        return String::new();
    }
    put_relying_party(config);
    format!(
        "{}<script>{BYTES}{ANSWER}{}</script>",
        assertion_form(interaction, config),
        include_str!("passkey_autofill.js"),
    )
}

/// The page of the relying party. It needs script: nothing else reaches a passkey.
pub(in super::super) fn ask(interaction: &Interaction<'_>, passkeys: &str) -> Reply {
    let call = interaction.call;
    let mut config = interaction.config("FidoGet", &login(interaction));
    let challenge = challenge(call);
    config.insert("sFidoChallenge".to_owned(), json!(challenge));
    put_relying_party(&mut config);
    let list: Vec<&str> = passkeys.split(',').filter(|id| !id.is_empty()).collect();
    config.insert("arrFidoAllowList".to_owned(), json!(list));
    let canary = config.get("canary").cloned().unwrap_or_default();
    config.insert("sCrossDomainCanary".to_owned(), canary);
    let form = assertion_form(interaction, &config);
    let resume = interaction.tenant_url("resume");
    let cancel = config
        .get("urlResume")
        .and_then(Value::as_str)
        .unwrap_or(&resume);
    let body = format!(
        "{BRAND}<h1>Use a passkey</h1><p id=\"passkeyState\" role=\"status\" aria-live=\"polite\">Waiting for your passkey.</p>{form}\
         <p><button type=\"button\" id=\"passkeyAgain\" class=\"primary\" hidden>Try again</button></p>\
         <p><a id=\"passkeyCancel\" href=\"{}\">Sign in another way</a></p>\
         <noscript><p>Passkeys need script. Sign in another way.</p></noscript><script>{BYTES}{ANSWER}{}</script>",
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
