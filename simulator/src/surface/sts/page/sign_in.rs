//! `ConvergedSignIn`: the name, then the credential.

use entrasim_domain::directory::user::User;
use entrasim_domain::tenant::Tenant;
use serde_json::json;

use super::super::credential_type::{ACCESS_PASS, AUTHENTICATOR, Credentials, credential_types};
use super::super::error::{Place, StsError};
use super::super::interaction::Interaction;
use super::{Page, alert, hidden, render, submit};
use crate::wire::Reply;
use crate::wire::html::escape;

const ID: &str = "ConvergedSignIn";

/// Asks for the name.
pub(in super::super) fn identifier(
    interaction: &Interaction<'_>,
    refused: Option<(&str, &StsError)>,
) -> Reply {
    let call = interaction.call;
    let action = interaction.tenant_url("login");
    let mut config = interaction.config(ID, &action);
    let (typed, error) = refused.map_or((None, None), |(name, error)| (Some(name), Some(error)));
    let typed = typed
        .or(interaction.request.login_hint.as_deref())
        .unwrap_or_default();
    config.insert("sPOST_Username".to_owned(), json!(typed));
    put_error(interaction, &mut config, error);
    let message = error.map_or_else(String::new, |error| alert(&words(error)));
    let fields = format!(
        "<p class=\"brand\">entrasim</p><h1 id=\"loginHeader\">Sign in</h1>{message}\
         <label for=\"i0116\">Email address or user name</label>\
         <input type=\"email\" name=\"loginfmt\" id=\"i0116\" value=\"{}\" autocomplete=\"username webauthn\" autofocus required{}>{}{}",
        escape(typed),
        describe(error),
        hidden(&[("LoginOptions", "3")]),
        submit("Next"),
    );
    let body = interaction.form(&action, "ctx", &fields);
    render(
        call,
        Page {
            id: ID,
            title: "Sign in to your account".to_owned(),
            config,
            body,
        },
    )
}

/// Asks for the password, or another credential that the account has.
pub(in super::super) fn credential(
    interaction: &Interaction<'_>,
    tenant: &Tenant,
    user: &User,
    error: Option<&StsError>,
) -> Reply {
    let call = interaction.call;
    let name = interaction.progress.name.clone().unwrap_or_default();
    let known = Credentials::of(tenant, user, call.now());
    let chosen = match interaction.progress.credential.as_deref() {
        Some("password") => 1,
        Some("accesspass") => ACCESS_PASS,
        Some("authenticator") => AUTHENTICATOR,
        _ => known.preferred(),
    };
    let action = interaction.tenant_url("login");
    let mut config = interaction.config(ID, &action);
    config.insert("sPOST_Username".to_owned(), json!(name));
    let mut progress = interaction.progress.clone();
    config.insert(
        "oGetCredTypeResult".to_owned(),
        credential_types(call, &name, true, &mut progress),
    );
    put_error(interaction, &mut config, error);
    let message = error.map_or_else(String::new, |error| alert(&words(error)));
    let who = format!("<p class=\"who\" id=\"displayName\">{}</p>", escape(&name));
    let common = hidden(&[("login", &name), ("loginfmt", &name), ("LoginOptions", "3")]);
    let fields = match chosen {
        ACCESS_PASS => format!(
            "<h1>Enter Temporary Access Pass</h1>{message}<label for=\"i0118\">Temporary Access Pass</label>\
             <input type=\"password\" name=\"accesspass\" id=\"i0118\" autocomplete=\"off\" autofocus required{}>{common}{}{}",
            describe(error),
            hidden(&[
                ("ps", "56"),
                ("type", "11"),
                ("psRNGCDefaultType", "1"),
                ("psRNGCEntropy", ""),
                ("psRNGCSLK", "")
            ]),
            submit("Sign in"),
        ),
        AUTHENTICATOR if interaction.progress.pending.is_some() => waiting(interaction, &common),
        _ => format!(
            "<h1>Enter password</h1>{message}<label for=\"i0118\">Password</label>\
             <input type=\"password\" name=\"passwd\" id=\"i0118\" autocomplete=\"current-password\" autofocus required{}>{common}{}{}",
            describe(error),
            hidden(&[("ps", "2"), ("type", "11")]),
            submit("Sign in"),
        ),
    };
    let fields = fields.replace("<input type=\"hidden\" name=\"psRNGCSLK\" value=\"\">", "");
    let mut body = format!(
        "<p class=\"brand\">{}</p>{who}{}",
        escape(&tenant.display_name),
        interaction.form(&action, "ctx", &fields)
    );
    for (condition, field, text) in [
        (
            chosen != 1 && known.password,
            "password",
            "Use your password instead",
        ),
        (
            chosen != ACCESS_PASS && known.pass,
            "accesspass",
            "Use a Temporary Access Pass",
        ),
        (
            chosen != AUTHENTICATOR && known.authenticator,
            "authenticator",
            "Use the Authenticator app",
        ),
    ] {
        if condition {
            let test_id = if field == "password" { "1" } else { "2" };
            body.push_str(
                &interaction
                    .link(
                        &action,
                        "ctx",
                        &[("credential", field), ("login", &name)],
                        text,
                    )
                    .replace(
                        "class=\"link\"",
                        &format!("class=\"link\" data-test-cred-id=\"{test_id}\""),
                    ),
            );
        }
    }
    body.push_str(&format!(
        "<p><a href=\"{}\">Use another account</a></p>",
        escape(&interaction.tenant_url(&format!(
            "reprocess?ctx={}&sessionid=none",
            interaction.request.seal(call)
        )))
    ));
    render(
        call,
        Page {
            id: ID,
            title: "Sign in to your account".to_owned(),
            config,
            body,
        },
    )
}

/// Waits for the Authenticator app, as the only thing shown.
fn waiting(interaction: &Interaction<'_>, common: &str) -> String {
    let pending = interaction.progress.pending.as_ref();
    let number = pending.and_then(|pending| pending.number).unwrap_or(0);
    let code = pending
        .map(|pending| pending.prompt.to_string())
        .unwrap_or_default();
    format!(
        "<h1>Approve sign-in</h1><p>Open the Authenticator app and type this number:</p>\
         <p class=\"number\" id=\"idRemoteNGC_DisplaySign\">{number}</p>{common}{}{}",
        hidden(&[
            ("code", &code),
            ("psRNGCSLK", "1"),
            ("psRNGCEntropy", &number.to_string()),
            ("ps", "21"),
            ("type", "21")
        ]),
        submit("I have approved"),
    )
}

fn put_error(
    interaction: &Interaction<'_>,
    config: &mut serde_json::Map<String, serde_json::Value>,
    error: Option<&StsError>,
) {
    let number = error.map_or(50_058, StsError::number);
    config.insert("sErrorCode".to_owned(), json!(number.to_string()));
    if let Some(error) = error {
        let described = error.describe(interaction.call, Place::Authorize);
        config.insert("sErrTxt".to_owned(), json!(described.text));
        config.insert(
            "strServiceExceptionMessage".to_owned(),
            json!(described.description),
        );
        config.insert("arrValErrs".to_owned(), json!([number.to_string()]));
    }
}

fn describe(error: Option<&StsError>) -> &'static str {
    if error.is_some() {
        " aria-invalid=\"true\" aria-describedby=\"alert\""
    } else {
        ""
    }
}

/// What the page says, in words for the person who types.
fn words(error: &StsError) -> String {
    match error.number() {
        50126 => "Your account or password is incorrect. If you don't remember the password, ask your administrator to reset it.".to_owned(),
        50034 => "This user name is not known here. Check it, or use another account.".to_owned(),
        50053 => "The account is locked for a while, because a wrong password was typed too often. Wait a minute and try again.".to_owned(),
        50056 => "This account has no password. Choose another way to sign in.".to_owned(),
        130_503 => "Your Temporary Access Pass is incorrect. If you don't know it, ask your administrator.".to_owned(),
        130_500..=130_502 => "Temporary Access Pass sign in was blocked due to User Credential Policy. The pass is expired, used up, not valid yet, or not allowed for you.".to_owned(),
        500_121 => "The request was not approved. Try again, or choose another way to sign in.".to_owned(),
        number => format!("Sign-in did not work (AADSTS{number})."),
    }
}
