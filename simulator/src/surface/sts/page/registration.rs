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
    page(interaction, &said, false)
}

/// The registration campaign: a second factor was passed, and a better one is asked for.
pub(in super::super) fn campaign(interaction: &Interaction<'_>, may_put_off: bool) -> Reply {
    page(interaction, "", may_put_off)
}

fn page(interaction: &Interaction<'_>, said: &str, may_put_off: bool) -> Reply {
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
    let not_now = if may_put_off {
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
            json!(if may_put_off { skip.as_str() } else { "" }),
        ),
        (
            "iRemainingDaysToSkipMfaRegistration",
            json!(i32::from(may_put_off)),
        ),
        ("urlSetUpMfa", json!(action)),
        ("strServiceExceptionMessage", json!(said)),
    ] {
        config.insert(name.to_owned(), value);
    }
    let body = format!(
        "<p class=\"brand\">entrasim</p><p class=\"who\">{}</p><form method=\"post\" action=\"{}\">\
         <h1>More information required</h1><p>Your organization needs more information to keep your account secure: a second way to prove that it is you.</p>{}{}</form>{not_now}\
         <p><a href=\"{}\">Use another account</a></p>",
        escape(interaction.progress.name.as_deref().unwrap_or_default()),
        escape(&action),
        hidden(&[("evo_code", &token)]),
        submit("Next"),
        escape(&interaction.tenant_url(&format!("reprocess?ctx={context}&sessionid=none"))),
    );
    render(
        call,
        Page {
            id: ID,
            title: "More information required".to_owned(),
            config,
            body,
        },
    )
}
