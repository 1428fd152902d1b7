//! `CmsiInterrupt` (AADSTS50199): is this the app that you mean to sign in to?

use super::super::interaction::Interaction;
use super::{Page, hidden, render};
use crate::wire::Reply;
use crate::wire::html::escape;

const ID: &str = "CmsiInterrupt";

pub(in super::super) fn show(interaction: &Interaction<'_>, app: &str) -> Reply {
    let action = interaction.url("appverify");
    let mut config = interaction.config(ID, &action);
    config.insert("sErrorCode".to_owned(), serde_json::json!("50199"));
    config.insert("sAppName".to_owned(), serde_json::json!(app));
    let fields = format!(
        "<h1>Are you trying to sign in to {}?</h1><p>Only continue if you got the code from this app, on a device of yours.</p>{}\
         <div class=\"buttons\"><button type=\"submit\" id=\"idBtn_Back\" name=\"ContinueAuth\" value=\"false\">Cancel</button>\
         <button type=\"submit\" id=\"idSIButton9\" class=\"primary\" name=\"ContinueAuth\" value=\"true\">Continue</button></div>",
        escape(app),
        hidden(&[("iscsrfspeedbump", "false")]),
    );
    let body = format!(
        "<p class=\"brand\">entrasim</p><p class=\"who\">{}</p>{}",
        escape(interaction.progress.name.as_deref().unwrap_or_default()),
        interaction.form(&action, "ctx", &fields)
    );
    render(
        interaction.call,
        Page {
            id: ID,
            title: "Confirm the app".to_owned(),
            config,
            body,
        },
    )
}
