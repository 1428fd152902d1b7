//! `KmsiInterrupt`: whether this browser should remember the sign-in.

use super::super::interaction::Interaction;
use super::{Page, hidden, render};
use crate::wire::Reply;
use crate::wire::html::escape;

const ID: &str = "KmsiInterrupt";

pub(in super::super) fn show(interaction: &Interaction<'_>) -> Reply {
    let action = interaction.url("kmsi");
    let mut config = interaction.config(ID, &action);
    config.insert("sErrorCode".to_owned(), serde_json::json!("50140"));
    let fields = format!(
        "<h1>Stay signed in?</h1><p>Then this browser asks less often. Say no on a computer that others use.</p>{}\
         <div class=\"buttons\"><button type=\"submit\" id=\"idBtn_Back\" name=\"LoginOptions\" value=\"3\">No</button>\
         <button type=\"submit\" id=\"idSIButton9\" class=\"primary\" name=\"LoginOptions\" value=\"1\">Yes</button></div>",
        hidden(&[("type", "28")]),
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
            title: "Stay signed in?".to_owned(),
            config,
            body,
        },
    )
}
