//! `ConvergedTFA`: the choice of a method, and the page of the method that was begun.

use entrasim_domain::directory::user::User;
use entrasim_domain::tenant::Tenant;
use serde_json::{Map, Value, json};

use super::super::credential_type::Credentials;
use super::super::interaction::Interaction;
use super::super::progress::Pending;
use super::super::second_factor::{self as factors, Proof};
use super::{Page, alert, described, hidden, progress_line, render, submit, waiting_button};
use crate::wire::Reply;
use crate::wire::html::escape;

const ID: &str = "ConvergedTFA";

/// A method was asked for that the list does not have.
pub(in super::super) const NOT_OFFERED: &str =
    "That method cannot be used for this sign-in. Choose one of these.";

/// Why a second factor did not count, for the person.
pub(in super::super) fn refused(word: &str) -> &'static str {
    match word {
        "PhoneAppDenied" => {
            "The request was not approved: it was denied on the phone. Try again, or choose another method."
        }
        "FraudCodeEntered" => {
            "The request was not approved: it was reported as fraud on the phone."
        }
        "PhoneAppNoResponse" => {
            "The request was not approved in time. Try again, or choose another method."
        }
        "InvalidAccessPass" => "This is not your Temporary Access Pass, or it can be used no more.",
        "SMSAuthFailedWrongCodeEntered" => {
            "The code did not match, or it is too old. Check it, or have another one sent."
        }
        _ => "The code did not match. Check it and try again.",
    }
}

/// The button was pressed, and nothing has been typed or answered.
pub(in super::super) fn unanswered(method: &str) -> &'static str {
    match method {
        factors::ACCESS_PASS => "Type your Temporary Access Pass.",
        factors::SMS | factors::CODE => "Type the code.",
        factors::NOTIFICATION => "Not approved yet. Answer in the Authenticator app first.",
        _ => "Not answered yet. Take the call first.",
    }
}

/// The list of methods, with what went wrong before.
pub(in super::super) fn choose(
    interaction: &Interaction<'_>,
    tenant: &Tenant,
    user: &User,
    message: Option<&str>,
) -> Reply {
    let action = interaction.url("common/SAS/ProcessAuth");
    let proofs = factors::offered(interaction, tenant, user);
    let mut tiles: String = proofs
        .iter()
        .map(|proof| {
            format!(
                "<button class=\"tile\" type=\"submit\" name=\"mfaAuthMethod\" value=\"{0}\" data-value=\"{0}\">{1}</button>",
                proof.id,
                title(proof)
            )
        })
        .collect();
    if proofs.is_empty() {
        tiles = alert(
            "None of your methods is allowed here. Ask your administrator for a Temporary Access Pass.",
        );
    }
    let fields = format!(
        "<h1>Verify your identity</h1>{}{tiles}{}",
        message.map_or_else(String::new, alert),
        common(interaction),
    );
    let body = format!(
        "{}{}{}",
        interaction.who(),
        interaction.form(&action, "request", &fields),
        interaction.other_account(),
    );
    let page = Page {
        id: ID,
        title: "Verify your identity".to_owned(),
        config: config(interaction, tenant, user, message.is_some()),
        body,
    };
    render(interaction.call, page)
}

fn title(proof: &Proof) -> String {
    let shown = escape(&proof.display);
    match proof.id {
        factors::NOTIFICATION => format!("Approve in the Authenticator app<small>{shown}</small>"),
        factors::CODE => "Type a code from an authenticator app or token".to_owned(),
        factors::SMS => format!("Text {shown}"),
        factors::PASSKEY => format!("Use a passkey or security key<small>{shown}</small>"),
        factors::ACCESS_PASS => "Use a Temporary Access Pass".to_owned(),
        _ => format!("Call {shown}"),
    }
}

fn common(interaction: &Interaction<'_>) -> String {
    let name = interaction.progress.name.as_deref().unwrap_or_default();
    hidden(&[("type", "22"), ("login", name)])
}

fn config(
    interaction: &Interaction<'_>,
    tenant: &Tenant,
    user: &User,
    is_refused: bool,
) -> Map<String, Value> {
    let action = interaction.url("common/SAS/ProcessAuth");
    let mut config = interaction.config(ID, &action);
    let listed: Vec<Value> = factors::offered(interaction, tenant, user)
        .iter()
        .enumerate()
        .map(|(at, proof)| {
            json!({"authMethodId": proof.id, "data": proof.id, "display": proof.display,
                   "isDefault": at == 0, "isLocationAware": false})
        })
        .collect();
    let passkeys = Credentials::of(tenant, user, interaction.call.now()).passkeys;
    let number = if is_refused { "500121" } else { "50074" };
    for (name, value) in [
        ("arrUserProofs", json!(listed)),
        ("arrFidoAllowList", json!(passkeys)),
        (
            "urlBeginAuth",
            json!(interaction.url("common/SAS/BeginAuth")),
        ),
        ("urlEndAuth", json!(interaction.url("common/SAS/EndAuth"))),
        (
            "oPerAuthPollingInterval",
            json!({"PhoneAppNotification": 1.0}),
        ),
        ("iPollingInterval", json!(5000)),
        ("iPollingTimeout", json!(120_000)),
        ("iPollingBackoffInterval", json!(1.04)),
        ("iMaxPollAttempts", json!(10)),
        ("iRememberMfaDuration", json!(14.0)),
        ("fAllowRememberMfa", json!(false)),
        ("sTrustedDeviceCheckboxName", json!("rememberMFA")),
        ("sAuthMethodInputFieldName", json!("mfaAuthMethod")),
        ("iSAOtcLength", json!(6)),
        ("iTotpOtcLength", json!(6)),
        ("fHideIHaveCodeLink", json!(true)),
        ("sPOST_Username", json!(interaction.progress.name)),
        ("sErrorCode", json!(number)),
    ] {
        config.insert(name.to_owned(), value);
    }
    config
}

/// What is shown while a method waits for its code, its answer or its call.
pub(in super::super) fn waiting(
    interaction: &Interaction<'_>,
    tenant: &Tenant,
    user: &User,
    message: Option<&str>,
) -> Reply {
    let Some(pending) = &interaction.progress.pending else {
        return choose(interaction, tenant, user, message);
    };
    let action = interaction.url("common/SAS/ProcessAuth");
    let offered = factors::offered(interaction, tenant, user);
    let shown = offered
        .iter()
        .find(|proof| proof.id == pending.method)
        .map_or_else(String::new, |proof| escape(&proof.display));
    if pending.method == factors::PASSKEY {
        return passkey(interaction, tenant, user);
    }
    let (title, fields) = content(pending, &shown, message);
    let method = hidden(&[("mfaAuthMethod", &pending.method)]);
    let common = common(interaction);
    let form = interaction
        .form(
            &action,
            "request",
            &format!("<h1>{title}</h1>{fields}{common}{method}"),
        )
        .replacen("<form ", "<form id=\"waiting\" ", 1);
    let again = if pending.method == factors::SMS {
        let fields = [
            ("type", "22"),
            ("mfaAuthMethod", factors::SMS),
            ("again", "1"),
        ];
        interaction.link(&action, "request", &fields, "Send another code")
    } else {
        String::new()
    };
    let script = if factors::is_typed(&pending.method) {
        String::new()
    } else {
        format!("<script>{}</script>", include_str!("poll.js"))
    };
    let body = format!(
        "{}{form}{again}{}{}{script}",
        interaction.who(),
        other_method(interaction),
        interaction.other_account(),
    );
    let mut config = config(interaction, tenant, user, message.is_some());
    config.insert("sAuthMethod".to_owned(), json!(pending.method));
    config.insert(
        "sPendingSession".to_owned(),
        json!(pending.prompt.to_string()),
    );
    let page = Page {
        id: ID,
        title: title.to_owned(),
        config,
        body,
    };
    render(interaction.call, page)
}

/// The heading and the fields of a method.
fn content(pending: &Pending, shown: &str, message: Option<&str>) -> (&'static str, String) {
    let said = message.map_or_else(String::new, alert);
    let is_wrong = described(message.is_some());
    match pending.method.as_str() {
        factors::NOTIFICATION => (
            "Approve sign-in request",
            approve(&said, pending.number.unwrap_or(0)),
        ),
        factors::SMS => (
            "Enter code",
            format!(
                "{said}<p>A text message was sent to {shown}.</p>{}",
                code(is_wrong)
            ),
        ),
        factors::CODE => (
            "Enter code",
            format!(
                "{said}<p>Type the code that your authenticator app or token shows.</p>{}",
                code(is_wrong)
            ),
        ),
        factors::ACCESS_PASS => (
            "Enter Temporary Access Pass",
            format!(
                "{said}<label for=\"i0118\">Temporary Access Pass</label>\
                 <input type=\"password\" name=\"accesspass\" id=\"i0118\" autocomplete=\"off\" autofocus required{is_wrong}>{}",
                submit("Sign in")
            ),
        ),
        _ => (
            "Answer the call",
            format!(
                "{said}<p id=\"call\">{shown} is ringing. Take the call and press the # key.</p>{}{}",
                progress_line("Waiting for you to answer."),
                waiting_button("I have answered", "call")
            ),
        ),
    }
}

fn other_method(interaction: &Interaction<'_>) -> String {
    let action = interaction.url("common/SAS/ProcessAuth");
    let fields = [("type", "22"), ("choose", "1")];
    interaction.link(&action, "request", &fields, "Use another method")
}

fn code(is_wrong: &str) -> String {
    format!(
        "<label for=\"idTxtBx_SAOTCC_OTC\">Code</label>\
         <input type=\"tel\" name=\"otc\" id=\"idTxtBx_SAOTCC_OTC\" inputmode=\"numeric\" autocomplete=\"one-time-code\" autofocus required{is_wrong}>{}",
        submit("Verify")
    )
}

fn approve(said: &str, number: u32) -> String {
    format!(
        "{said}<p>Type this number into the Authenticator app.</p>\
         <p class=\"number\" id=\"idRichContext_DisplaySign\">{number}</p>{}{}",
        progress_line("Waiting for the answer on your phone."),
        waiting_button("I have approved", "idRichContext_DisplaySign")
    )
}

/// The way to the relying party's page.
fn passkey(interaction: &Interaction<'_>, tenant: &Tenant, user: &User) -> Reply {
    let call = interaction.call;
    let config = config(interaction, tenant, user, false);
    let passkeys = Credentials::of(tenant, user, call.now()).passkeys;
    let body = format!(
        "{}{}{}{}",
        interaction.who(),
        super::passkey::way(interaction, &config, &passkeys, Some("mfa")),
        other_method(interaction),
        interaction.other_account(),
    );
    let page = Page {
        id: ID,
        title: "Use a passkey".to_owned(),
        config,
        body,
    };
    render(call, page)
}
