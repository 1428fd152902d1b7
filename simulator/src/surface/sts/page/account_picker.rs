//! `ConvergedSignIn` with sessions: which of the signed-in accounts to use.

use serde_json::{Value, json};

use super::super::interaction::Interaction;
use super::super::session::LiveSession;
use super::{Page, render};
use crate::wire::Reply;
use crate::wire::html::escape;

const ID: &str = "ConvergedSignIn";

pub(in super::super) fn show(interaction: &Interaction<'_>, sessions: &[LiveSession]) -> Reply {
    let action = interaction.tenant_url("login");
    let mut config = interaction.config(ID, &action);
    let listed: Vec<Value> = sessions
        .iter()
        .map(|live| {
            json!({"id": live.session.id.to_string(), "name": live.session.name, "isSignedIn": true, "isWindowsSso": false})
        })
        .collect();
    config.insert("arrSessions".to_owned(), json!(listed));
    config.insert("sErrorCode".to_owned(), json!("16000"));
    let context = interaction.request.seal(interaction.call);
    let link = |id: &str| {
        escape(&interaction.tenant_url(&format!("reprocess?ctx={context}&sessionid={id}")))
    };
    let mut body =
        "<p class=\"brand\">entrasim</p><h1>Pick an account</h1><ul class=\"accounts\">".to_owned();
    for live in sessions {
        body.push_str(&format!(
            "<li><a class=\"account\" href=\"{}\">{}</a></li>",
            link(&live.session.id.to_string()),
            escape(&live.session.name)
        ));
    }
    body.push_str(&format!(
        "<li><a class=\"account\" id=\"otherTile\" href=\"{}\">Use another account</a></li></ul>",
        link("none")
    ));
    render(
        interaction.call,
        Page {
            id: ID,
            title: "Pick an account".to_owned(),
            config,
            body,
        },
    )
}
