//! `ConvergedTFA`: the choice of a method, and the page of the method that was begun.

use entrasim_domain::directory::user::User;
use entrasim_domain::tenant::Tenant;
use serde_json::{Map, Value, json};

use super::super::error::StsError;
use super::super::interaction::Interaction;
use super::super::second_factor::{self as factors, Proof};
use super::{Page, alert, hidden, render, submit};
use crate::wire::Reply;
use crate::wire::html::escape;

const ID: &str = "ConvergedTFA";

/// The page to begin with: the preferred method at once, or the list after something failed.
pub(in super::super) fn choose(
    interaction: &Interaction<'_>,
    tenant: &Tenant,
    user: &User,
    error: Option<&StsError>,
) -> Reply {
    show(
        interaction,
        &factors::offered(interaction, tenant, user),
        error.map(|_| "The request was not approved or the code was wrong. Try again, or choose another method."),
    )
}

pub(in super::super) fn list(interaction: &Interaction<'_>, tenant: &Tenant, user: &User) -> Reply {
    show(
        interaction,
        &factors::offered(interaction, tenant, user),
        None,
    )
}

fn config(interaction: &Interaction<'_>, proofs: &[Proof]) -> Map<String, Value> {
    let action = interaction.url("common/SAS/ProcessAuth");
    let mut config = interaction.config(ID, &action);
    let listed: Vec<Value> = proofs
        .iter()
        .enumerate()
        .map(|(at, proof)| {
            json!({"authMethodId": proof.id, "data": proof.id, "display": proof.display,
                   "isDefault": at == 0, "isLocationAware": false})
        })
        .collect();
    for (name, value) in [
        ("arrUserProofs", json!(listed)),
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
        ("sErrorCode", json!("50074")),
    ] {
        config.insert(name.to_owned(), value);
    }
    config
}

fn title(proof: &Proof) -> String {
    let shown = escape(&proof.display);
    match proof.id {
        factors::NOTIFICATION => {
            format!("Approve a request on my Authenticator app<small>{shown}</small>")
        }
        factors::CODE => "Use a verification code".to_owned(),
        factors::SMS => format!("Text {shown}"),
        factors::PASSKEY => format!("Face, fingerprint, PIN or security key<small>{shown}</small>"),
        factors::ACCESS_PASS => "Use a Temporary Access Pass".to_owned(),
        _ => format!("Call {shown}"),
    }
}

fn show(interaction: &Interaction<'_>, proofs: &[Proof], message: Option<&str>) -> Reply {
    let action = interaction.url("common/SAS/ProcessAuth");
    let mut tiles = String::new();
    for proof in proofs {
        tiles.push_str(&format!(
            "<button class=\"tile\" type=\"submit\" name=\"mfaAuthMethod\" value=\"{}\" data-value=\"{}\">{}</button>",
            proof.id,
            proof.id,
            title(proof)
        ));
    }
    if proofs.is_empty() {
        tiles = alert(
            "None of your methods is allowed here. Ask your administrator for a Temporary Access Pass.",
        );
    }
    let fields = format!(
        "<h1>Verify your identity</h1>{}{tiles}{}",
        message.map_or_else(String::new, alert),
        hidden(&[
            ("type", "22"),
            (
                "login",
                interaction.progress.name.as_deref().unwrap_or_default()
            ),
        ]),
    );
    let who = interaction.progress.name.clone().unwrap_or_default();
    let body = format!(
        "<p class=\"brand\">entrasim</p><p class=\"who\">{}</p>{}",
        escape(&who),
        interaction.form(&action, "request", &fields)
    );
    render(
        interaction.call,
        Page {
            id: ID,
            title: "Sign in to your account".to_owned(),
            config: config(interaction, proofs),
            body,
        },
    )
}

/// The page of the method that was begun.
pub(in super::super) fn waiting(
    interaction: &Interaction<'_>,
    tenant: &Tenant,
    user: &User,
    error: Option<&StsError>,
) -> Reply {
    let proofs = factors::offered(interaction, tenant, user);
    let action = interaction.url("common/SAS/ProcessAuth");
    let Some(pending) = &interaction.progress.pending else {
        return show(interaction, &proofs, None);
    };
    let message = error.map_or_else(String::new, |_| {
        alert("The code did not match. Check it and try again.")
    });
    let code_field = |label: &str| {
        format!(
            "<label for=\"idTxtBx_SAOTCC_OTC\">{label}</label>\
             <input type=\"tel\" name=\"otc\" id=\"idTxtBx_SAOTCC_OTC\" inputmode=\"numeric\" autocomplete=\"one-time-code\" autofocus required>{}",
            submit("Verify")
        )
    };
    let fields = match pending.method.as_str() {
        factors::NOTIFICATION => format!(
            "<h1>Approve sign-in request</h1><p>Open the Authenticator app, and type this number to sign in.</p>\
             <p class=\"number\" id=\"idRichContext_DisplaySign\">{}</p>{}",
            pending.number.unwrap_or(0),
            submit("I have approved")
        ),
        factors::SMS => format!(
            "<h1>Enter code</h1>{message}<p>A text message was sent.</p>{}",
            code_field("Code")
        ),
        factors::CODE => format!(
            "<h1>Enter code</h1>{message}<p>Type the code that your authenticator app or token shows.</p>{}",
            code_field("Code")
        ),
        factors::ACCESS_PASS => format!(
            "<h1>Enter Temporary Access Pass</h1>{message}<label for=\"i0118\">Temporary Access Pass</label>\
             <input type=\"password\" name=\"accesspass\" id=\"i0118\" autocomplete=\"off\" autofocus required>{}",
            submit("Sign in")
        ),
        _ => format!(
            "<h1>We are calling your phone</h1><p>Answer it and press the # key.</p>{}",
            submit("I have answered")
        ),
    };
    let polls = pending.number.is_some() || pending.method.starts_with("TwoWay");
    let common = hidden(&[
        ("type", "22"),
        ("mfaAuthMethod", &pending.method),
        (
            "login",
            interaction.progress.name.as_deref().unwrap_or_default(),
        ),
    ]);
    let form = interaction
        .form(&action, "request", &format!("{fields}{common}"))
        .replacen("<form ", "<form id=\"waiting\" ", 1);
    let other = interaction.link(
        &action,
        "request",
        &[("type", "22"), ("choose", "1")],
        "Use another method",
    );
    let script = if polls {
        format!("<script>{}</script>", include_str!("poll.js"))
    } else {
        String::new()
    };
    let body = format!(
        "<p class=\"brand\">entrasim</p><p class=\"who\">{}</p>{form}{other}{script}",
        escape(interaction.progress.name.as_deref().unwrap_or_default()),
    );
    let mut config = config(interaction, &proofs);
    config.insert("sAuthMethod".to_owned(), json!(pending.method));
    config.insert(
        "sPendingSession".to_owned(),
        json!(pending.prompt.to_string()),
    );
    render(
        interaction.call,
        Page {
            id: ID,
            title: "Sign in to your account".to_owned(),
            config,
            body,
        },
    )
}
