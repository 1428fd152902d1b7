//! `ConvergedProofUpRedirect`: more information is needed; the person goes on to register a second factor.

use serde_json::json;

use super::super::error::{Place, StsError};
use super::super::interaction::Interaction;
use super::{Page, hidden, render, submit};
use crate::origins;
use crate::wire::Reply;
use crate::wire::html::escape;

const ID: &str = "ConvergedProofUpRedirect";

pub(in super::super) fn show(interaction: &Interaction<'_>, error: &StsError) -> Reply {
    let said = error
        .describe(interaction.call, Place::Authorize)
        .description;
    page(interaction, &said, &Asks::Factor)
}

/// The registration campaign: a second factor was passed, and a better one is asked for.
/// `days` is how long it is quiet after "not now".
pub(in super::super) fn campaign(interaction: &Interaction<'_>, days: Option<u64>) -> Reply {
    page(interaction, "", &Asks::Campaign(days))
}

/// Why the person is asked.
enum Asks {
    /// The sign-in needs a second factor, and there is none.
    Factor,
    /// The campaign wants Authenticator. It is quiet for so many days after "not now", where that can be said.
    Campaign(Option<u64>),
}

fn page(interaction: &Interaction<'_>, said: &str, asks: &Asks) -> Reply {
    let (is_campaign, days) = match asks {
        Asks::Factor => (false, None),
        Asks::Campaign(days) => (true, *days),
    };
    let call = interaction.call;
    let host = if super::origin(call) == origins::SIGN_IN {
        origins::SECURITY_INFO.to_owned()
    } else {
        super::origin(call)
    };
    let context = interaction.request.seal(call);
    let action = format!("{host}/api/post/registerMfaMethods?ctx={context}");
    let back = interaction.url("common/SAS/ProcessAuth");
    let token = crate::registration::ProofUp {
        context: context.clone(),
        flow_token: interaction.progress.seal(call),
        back: back.clone(),
        tenant: interaction
            .progress
            .tenant()
            .map(|id| id.0)
            .unwrap_or_default(),
        campaign: is_campaign,
        user: interaction
            .progress
            .user()
            .map(|id| id.0)
            .unwrap_or_default(),
        client: interaction.request.client.parse().unwrap_or_default(),
        shown: (&interaction.progress.authentication().unwrap_or_default()).into(),
    }
    .seal(call);
    let skip = interaction.tenant_url("skipmfaregistration");
    let skip_link = format!(
        "{skip}?ctx={context}&flowToken={}",
        interaction.progress.seal(call)
    );
    let words = if is_campaign {
        "Your administrators ask you to set up the Authenticator app. It is safer than a code or a call."
    } else {
        "This sign-in needs a second factor, and your account has none yet. You can register one now."
    };
    let not_now = if days.is_some() {
        interaction.link(&skip, "ctx", &[], "Not now")
    } else {
        String::new()
    };
    let mut config = interaction.config(ID, &action);
    for (name, value) in [
        ("iErrorCode", json!(50_203)),
        ("sErrorCode", json!("50203")),
        ("sProofUpToken", json!(token)),
        ("sProofUpTokenName", json!("evo_code")),
        ("sProofUpAuthState", json!(context)),
        ("sCanaryToken", json!(super::canary(call))),
        ("urlPostRedirect", json!(back)),
        (
            "urlSkipMfaRegistration",
            json!(days.map_or_else(String::new, |_| skip_link)),
        ),
        (
            "iRemainingDaysToSkipMfaRegistration",
            json!(days.map_or(0, |days| days.max(1))),
        ),
        ("urlSetUpMfa", json!(action)),
        ("strServiceExceptionMessage", json!(said)),
    ] {
        config.insert(name.to_owned(), value);
    }
    let body = format!(
        "{}<form method=\"post\" action=\"{}\">\
         <h1>A second factor is missing</h1><p>{words}</p>{}{}</form>{not_now}{}",
        interaction.who(),
        escape(&action),
        hidden(&[("evo_code", &token)]),
        submit("Next"),
        interaction.other_account(),
    );
    render(
        call,
        Page {
            id: ID,
            title: "A second factor is missing".to_owned(),
            config,
            body,
        },
    )
}
