//! `ConvergedSignIn`: the name, then the credential.

use entrasim_domain::directory::user::User;
use entrasim_domain::tenant::Tenant;
use serde_json::{Map, Value, json};

use super::super::credential_type::{
    ACCESS_PASS, AUTHENTICATOR, Credentials, PASSKEY, PASSWORD, credential_types,
};
use super::super::error::{Place, StsError};
use super::super::interaction::Interaction;
use super::super::phone_sign_in;
use super::{BRAND, Page, alert, described, hidden, passkey, render, submit};
use crate::wire::Reply;
use crate::wire::html::escape;

const ID: &str = "ConvergedSignIn";

/// What the page has to complain about.
#[derive(Clone, Copy)]
pub(in super::super) enum Complaint<'a> {
    /// The credential was refused.
    Refused(&'a StsError),
    /// The name was.
    Unknown(&'a str, &'a StsError),
    /// Nothing was typed into this field.
    Missing(&'static str),
}

impl<'a> Complaint<'a> {
    fn error(self) -> Option<&'a StsError> {
        match self {
            Self::Refused(error) | Self::Unknown(_, error) => Some(error),
            Self::Missing(_) => None,
        }
    }

    /// In words for the person who types.
    fn words(self, interaction: &Interaction<'_>) -> String {
        match self {
            Self::Refused(error) | Self::Unknown(_, error) => words(interaction, error),
            Self::Missing("passwd") => "Type your password.".to_owned(),
            Self::Missing("accesspass") => "Type your Temporary Access Pass.".to_owned(),
            Self::Missing(_) => "Type your email address or user name.".to_owned(),
        }
    }
}

/// Asks for the name.
pub(in super::super) fn identifier(
    interaction: &Interaction<'_>,
    complaint: Option<Complaint<'_>>,
) -> Reply {
    let action = interaction.tenant_url("login");
    let mut config = interaction.config(ID, &action);
    let typed = match complaint {
        Some(Complaint::Unknown(name, _)) => name,
        _ => interaction
            .request
            .login_hint
            .as_deref()
            .unwrap_or_default(),
    };
    config.insert("sPOST_Username".to_owned(), json!(typed));
    // Who has a passkey that knows its user need not name anybody.
    let challenge = super::super::passkey::challenge(interaction.call);
    config.insert("sFidoChallenge".to_owned(), json!(challenge));
    put_error(interaction, &mut config, complaint);
    let fields = format!(
        "{BRAND}<h1 id=\"loginHeader\">Sign in</h1>{}<label for=\"i0116\">Email address or user name</label>\
         <input type=\"email\" name=\"loginfmt\" id=\"i0116\" value=\"{}\" autocomplete=\"username webauthn\" autofocus required{}>{}{}",
        message(interaction, complaint),
        escape(typed),
        described(complaint.is_some()),
        hidden(&[("LoginOptions", "3")]),
        submit("Next"),
    );
    let by_name = interaction.form(&action, "ctx", &fields);
    let by_passkey = passkey::nameless_way(interaction, &config);
    let autofill = passkey::autofill(interaction, &mut config);
    let page = Page {
        id: ID,
        title: "Sign in to your account".to_owned(),
        config,
        body: format!("{by_name}{by_passkey}{autofill}"),
    };
    render(interaction.call, page)
}

/// Asks for the password, or another credential that the account has.
pub(in super::super) fn credential(
    interaction: &Interaction<'_>,
    tenant: &Tenant,
    user: &User,
    complaint: Option<Complaint<'_>>,
) -> Reply {
    let known = Credentials::of(tenant, user, interaction.call.now());
    let chosen = match interaction.progress.credential.as_deref() {
        Some("password") => PASSWORD,
        Some("accesspass") => ACCESS_PASS,
        Some("passkey") if !known.passkeys.is_empty() => PASSKEY,
        Some(phone_sign_in::CREDENTIAL) => AUTHENTICATOR,
        _ => known.preferred(),
    };
    let action = interaction.tenant_url("login");
    let name = interaction.progress.name.clone().unwrap_or_default();
    let common = hidden(&[("login", &name), ("loginfmt", &name), ("LoginOptions", "3")]);
    let message = message(interaction, complaint);
    let is_wrong = described(complaint.is_some());
    let (title, fields) = match chosen {
        ACCESS_PASS => ("Enter Temporary Access Pass", pass(&message, is_wrong)),
        AUTHENTICATOR if phone_sign_in::is_pending(interaction) => {
            ("Approve sign-in", waiting(interaction, &message))
        }
        AUTHENTICATOR => ("Approve sign-in", ask_again(&message)),
        _ => ("Enter password", password(&message, is_wrong)),
    };
    let config = config(interaction, &known, complaint);
    let form = if chosen == PASSKEY {
        let way = passkey::way(interaction, &config, &known.passkeys, None);
        format!("{message}{way}")
    } else {
        interaction
            .form(&action, "ctx", &format!("<h1>{title}</h1>{fields}{common}"))
            .replacen("<form ", "<form id=\"credential\" ", 1)
    };
    let body = format!(
        "{}{form}{}{}",
        interaction.who(),
        others(interaction, &known, chosen),
        interaction.other_account(),
    );
    let page = Page {
        id: ID,
        title: title.to_owned(),
        config,
        body,
    };
    render(interaction.call, page)
}

fn config(
    interaction: &Interaction<'_>,
    known: &Credentials,
    complaint: Option<Complaint<'_>>,
) -> Map<String, Value> {
    let call = interaction.call;
    let name = interaction.progress.name.clone().unwrap_or_default();
    let mut config = interaction.config(ID, &interaction.tenant_url("login"));
    let mut progress = interaction.progress.clone();
    config.insert(
        "oGetCredTypeResult".to_owned(),
        credential_types(call, &name, true, &mut progress),
    );
    if !known.passkeys.is_empty() {
        let challenge = super::super::passkey::challenge(call);
        config.insert("sFidoChallenge".to_owned(), json!(challenge));
    }
    config.insert("sPOST_Username".to_owned(), json!(name));
    put_error(interaction, &mut config, complaint);
    config
}

fn password(message: &str, is_wrong: &str) -> String {
    format!(
        "{message}<label for=\"i0118\">Password</label>\
         <input type=\"password\" name=\"passwd\" id=\"i0118\" autocomplete=\"current-password\" autofocus required{is_wrong}>{}{}",
        hidden(&[("ps", "2"), ("type", "11")]),
        submit("Sign in"),
    )
}

fn pass(message: &str, is_wrong: &str) -> String {
    format!(
        "{message}<label for=\"i0118\">Temporary Access Pass</label>\
         <input type=\"password\" name=\"accesspass\" id=\"i0118\" autocomplete=\"off\" autofocus required{is_wrong}>{}{}",
        hidden(&[
            ("ps", "56"),
            ("type", "11"),
            ("psRNGCDefaultType", "1"),
            ("psRNGCEntropy", ""),
        ]),
        submit("Sign in"),
    )
}

/// Waits for the Authenticator app.
fn waiting(interaction: &Interaction<'_>, message: &str) -> String {
    let pending = interaction.progress.pending.as_ref();
    let number = pending.and_then(|pending| pending.number).unwrap_or(0);
    let code = pending.map_or_else(String::new, |pending| pending.prompt.to_string());
    format!(
        "{message}<p>Type this number into the Authenticator app.</p>\
         <p class=\"number\" id=\"idRemoteNGC_DisplaySign\">{number}</p>{}{}{}<script>{}</script>",
        super::progress_line("Waiting for the answer on your phone."),
        hidden(&[
            ("code", &code),
            ("psRNGCSLK", &code),
            ("psRNGCEntropy", &number.to_string()),
            ("ps", "21"),
            ("type", "21")
        ]),
        super::waiting_button("I have approved", "idRemoteNGC_DisplaySign"),
        include_str!("poll_phone.js"),
    )
}

/// Nothing waits on the phone: the next request is sent when the person asks for it.
fn ask_again(message: &str) -> String {
    format!(
        "{message}<p>A request goes to the Authenticator app on your phone.</p>{}{}",
        hidden(&[("credential", phone_sign_in::CREDENTIAL)]),
        submit("Send a request"),
    )
}

/// The credentials that the account has beside the one that is asked for.
fn others(interaction: &Interaction<'_>, known: &Credentials, chosen: u8) -> String {
    let action = interaction.tenant_url("login");
    let name = interaction.progress.name.as_deref().unwrap_or_default();
    [
        (
            PASSWORD,
            known.password,
            "password",
            "Use a password instead",
        ),
        (
            ACCESS_PASS,
            known.pass,
            "accesspass",
            "Use a Temporary Access Pass instead",
        ),
        (
            AUTHENTICATOR,
            known.authenticator,
            phone_sign_in::CREDENTIAL,
            "Use the Authenticator app instead",
        ),
        (
            PASSKEY,
            !known.passkeys.is_empty(),
            "passkey",
            "Use a passkey instead",
        ),
    ]
    .into_iter()
    .filter(|(number, has, ..)| *has && *number != chosen)
    .map(|(number, _, field, text)| {
        let fields = [("credential", field), ("login", name)];
        interaction.link(&action, "ctx", &fields, text).replace(
            "class=\"link\"",
            &format!("class=\"link\" data-test-cred-id=\"{number}\""),
        )
    })
    .collect()
}

fn message(interaction: &Interaction<'_>, complaint: Option<Complaint<'_>>) -> String {
    complaint.map_or_else(String::new, |complaint| {
        alert(&complaint.words(interaction))
    })
}

fn put_error(
    interaction: &Interaction<'_>,
    config: &mut Map<String, Value>,
    complaint: Option<Complaint<'_>>,
) {
    let error = complaint.and_then(Complaint::error);
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

fn words(interaction: &Interaction<'_>, error: &StsError) -> String {
    match error.number() {
        50126 => "Name and password do not fit together. An administrator can set a new password."
            .to_owned(),
        50034 => {
            "Nobody has this name here. Look for a typing error, or use another account.".to_owned()
        }
        50053 => {
            "Too many wrong passwords: the account is locked for now. Wait a minute.".to_owned()
        }
        50056 => "This account has no password. Choose another way to sign in.".to_owned(),
        130_503 => {
            "This is not the pass of this account. An administrator can make a new one.".to_owned()
        }
        130_500 => {
            "This pass cannot be used: it is used up, or not allowed for this account.".to_owned()
        }
        130_501 => "This pass is not valid yet.".to_owned(),
        130_502 => "This pass has expired.".to_owned(),
        500_121 if phone_sign_in::is_pending(interaction) => {
            "Not approved yet. Answer on the phone first.".to_owned()
        }
        500_121 => {
            "The request was not approved. Send another one, or sign in another way.".to_owned()
        }
        number => format!("Signing in did not work (AADSTS{number})."),
    }
}
