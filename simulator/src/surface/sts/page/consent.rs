//! `ConvergedConsent`: what an app wants to do, and whether it may.

use serde_json::json;

use super::super::client::Client;
use super::super::consent::Offer;
use super::super::interaction::Interaction;
use super::{Page, render};
use crate::wire::Reply;
use crate::wire::html::escape;

const ID: &str = "ConvergedConsent";

pub(in super::super) fn show(
    interaction: &Interaction<'_>,
    client: &Client<'_>,
    offer: &Offer,
) -> Reply {
    let action = interaction.url("common/Consent/Set");
    let mut config = interaction.config(ID, &action);
    let scopes: Vec<_> = offer
        .scopes
        .iter()
        .map(|scope| json!({"label": scope.name, "description": scope.description}))
        .collect();
    config.insert("arrScopes".to_owned(), json!(scopes));
    config.insert("sAppName".to_owned(), json!(client.display_name()));
    config.insert("sErrorCode".to_owned(), json!("65001"));
    let list: String = offer
        .scopes
        .iter()
        .map(|scope| {
            format!(
                "<li>{} <small class=\"note\">{}</small></li>",
                escape(&scope.description),
                escape(&scope.name)
            )
        })
        .collect();
    let everybody = if offer.for_everybody {
        "<p><label><input type=\"checkbox\" name=\"consentOnBehalfOfOrganization\" value=\"true\"> Consent on behalf of the organization</label></p>"
    } else {
        ""
    };
    let fields = format!(
        "<h1>Permissions requested</h1><p><strong>{}</strong> would like to:</p><ul>{list}</ul>{everybody}\
         <p class=\"note\">Only accept if you trust the app. An administrator can take the permission back at any time.</p>\
         <div class=\"buttons\"><button type=\"submit\" id=\"idBtn_Back\" name=\"acceptConsent\" value=\"false\">Cancel</button>\
         <button type=\"submit\" id=\"idSIButton9\" class=\"primary\" name=\"acceptConsent\" value=\"true\">Accept</button></div>",
        escape(client.display_name()),
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
            title: "Permissions requested".to_owned(),
            config,
            body,
        },
    )
}
