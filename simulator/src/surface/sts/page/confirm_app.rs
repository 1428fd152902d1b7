//! `CmsiInterrupt` (AADSTS50199): is this the app that you mean to sign in to?

use super::super::interaction::Interaction;
use super::{Page, hidden, question, render};
use crate::wire::Reply;
use crate::wire::html::escape;

const ID: &str = "CmsiInterrupt";

pub(in super::super) fn show(interaction: &Interaction<'_>, app: &str) -> Reply {
    let action = interaction.url("appverify");
    let mut config = interaction.config(ID, &action);
    config.insert("sErrorCode".to_owned(), serde_json::json!("50199"));
    config.insert("sAppName".to_owned(), serde_json::json!(app));
    let fields = format!(
        "<h1>Let {} sign in as you?</h1><p>Say yes if you started this yourself, on a device of yours. If somebody sent you the code, cancel.</p>{}{}",
        escape(app),
        hidden(&[("iscsrfspeedbump", "false")]),
        question("ContinueAuth", ("true", "Continue"), ("false", "Cancel")),
    );
    let body = format!(
        "{}{}",
        interaction.who(),
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
