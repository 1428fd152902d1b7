//! `ConvergedChangePassword`: a password that has to be changed before the sign-in goes on.

use serde_json::json;

use super::super::interaction::Interaction;
use super::{Page, alert, described, render, submit};
use crate::wire::Reply;
use crate::wire::html::escape;

const ID: &str = "ConvergedChangePassword";

pub(in super::super) fn show(interaction: &Interaction<'_>, message: Option<&str>) -> Reply {
    let action = interaction.tenant_url("login/changepassword");
    let mut config = interaction.config(ID, &action);
    for (name, value) in [
        ("sErrorCode", json!("50055")),
        (
            "urlAsyncSsprBegin",
            json!(interaction.tenant_url("SSPR/Begin")),
        ),
        (
            "urlAsyncSsprPoll",
            json!(interaction.tenant_url("SSPR/Poll")),
        ),
    ] {
        config.insert(name.to_owned(), value);
    }
    let field = |id: &str, label: &str, complete: &str, focus: &str| {
        format!(
            "<label for=\"{id}\">{label}</label><input type=\"password\" name=\"{id}\" id=\"{id}\" autocomplete=\"{complete}\" required{focus}{}>",
            described(message.is_some())
        )
    };
    let fields = format!(
        "<h1>Update your password</h1>{}<p>The password is new or has expired, and has to be changed now.</p>\
         <input type=\"text\" name=\"username\" value=\"{}\" autocomplete=\"username\" readonly hidden>{}{}{}{}",
        message.map_or_else(String::new, alert),
        escape(interaction.progress.name.as_deref().unwrap_or_default()),
        field(
            "currentpasswd",
            "Current password",
            "current-password",
            " autofocus"
        ),
        field("newpasswd", "New password", "new-password", ""),
        field("confirmnewpasswd", "Confirm password", "new-password", ""),
        submit("Sign in"),
    );
    let body = format!(
        "{}{}{}",
        interaction.who(),
        interaction.form(&action, "ctx", &fields),
        interaction.other_account(),
    );
    render(
        interaction.call,
        Page {
            id: ID,
            title: "Update your password".to_owned(),
            config,
            body,
        },
    )
}
