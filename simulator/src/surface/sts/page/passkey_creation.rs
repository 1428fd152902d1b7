//! `POST /{tenant}/fido/create` of the relying party: the page that has the browser make a passkey, and goes back to security
//! info with it. Security info gives it the fields; who has no browser needs the page not at all.

use serde_json::{Map, Value, json};

use super::super::error::StsError;
use super::{BRAND, Page, error, hidden, passkey, render};
use crate::call::Call;
use crate::origins;
use crate::wire::html::escape;
use crate::wire::{Form, Reply};

/// What the page posts back, as seen.
const BACK: [&str; 12] = [
    "authenticator",
    "transports",
    "aaguid",
    "credentialDeviceType",
    "credentialBackedUp",
    "attestationParseError",
    "error_code",
    "suberror_code",
    "clientDataJson",
    "attestationObject",
    "credentialId",
    "clientExtensionResults",
];

pub(in super::super) fn show(call: &Call<'_>) -> Reply {
    let form = Form::parse(&call.request.body);
    let field = |name| form.get_ignoring_case(name).unwrap_or_default();
    for name in [
        "canary",
        "serverChallenge",
        "userId",
        "memberName",
        "postBackUrl",
    ] {
        if field(name).is_empty() {
            return error::show(call, &StsError::missing(name));
        }
    }
    let back = field("postBackUrl");
    let homes = [origins::SECURITY_INFO.to_owned(), call.request.origin()];
    let is_home = |home: &String| {
        back.strip_prefix(home.as_str())
            .is_some_and(|rest| rest.starts_with('/'))
    };
    if !homes.iter().any(is_home) {
        return error::show(call, &StsError::new(9_002_313));
    }
    let exclude: Value =
        serde_json::from_str(field("ExcludeNextGenCredentialsJSON")).unwrap_or(json!([]));
    let mut config = Map::new();
    config.insert("sFidoChallenge".to_owned(), json!(field("serverChallenge")));
    config.insert(
        "sFidoRpId".to_owned(),
        json!(origins::PASSKEY.trim_start_matches("https://")),
    );
    config.insert("arrFidoExcludeList".to_owned(), exclude);
    config.insert("sFidoAttachment".to_owned(), json!(field("authenticator")));
    config.insert("sFidoUser".to_owned(), json!({
        "id": field("userId"), "name": field("memberName"), "displayName": field("userDisplayName"),
    }));
    let mut fields = vec![("canary", field("canary"))];
    fields.extend(BACK.map(|name| (name, "")));
    let body = format!(
        "{BRAND}<h1>Create a passkey</h1><p class=\"who\">{}</p>\
         <p id=\"passkeyState\" role=\"status\" aria-live=\"polite\">Waiting for your security key or device.</p>\
         <form method=\"post\" id=\"made\" action=\"{}\">{}</form>\
         <p><button type=\"button\" id=\"passkeyAgain\" class=\"primary\" hidden>Try again</button></p>\
         <p><button type=\"button\" id=\"passkeyCancel\" class=\"link\">Cancel</button></p>\
         <noscript><p>Passkeys need script.</p></noscript><script>{}{}</script>",
        escape(field("memberName")),
        escape(back),
        hidden(&fields),
        passkey::BYTES,
        include_str!("passkey_creation.js"),
    );
    let page = Page {
        id: "FidoCreate",
        title: "Create a passkey".to_owned(),
        config,
        body,
    };
    render(call, page)
}
