//! `KmsiInterrupt`: whether this browser should remember the sign-in.

use super::super::interaction::Interaction;
use super::{Page, hidden, question, render};
use crate::wire::Reply;

const ID: &str = "KmsiInterrupt";

pub(in super::super) fn show(interaction: &Interaction<'_>) -> Reply {
    let action = interaction.url("kmsi");
    let mut config = interaction.config(ID, &action);
    config.insert("sErrorCode".to_owned(), serde_json::json!("50140"));
    let fields = format!(
        // Tools wait for the id of the sentence (roadtx, selenium.py).
        "<h1>Stay signed in?</h1><p id=\"KmsiDescription\">Then this browser asks less often. Say no on a computer that others use.</p>{}{}",
        hidden(&[("type", "28")]),
        question("LoginOptions", ("1", "Yes"), ("3", "No")),
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
            title: "Stay signed in?".to_owned(),
            config,
            body,
        },
    )
}
