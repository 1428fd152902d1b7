//! `ConvergedConsent`: what an app wants to do, and whether it may.

use serde_json::json;

use super::super::client::Client;
use super::super::consent::{Offer, is_for_everybody};
use super::super::interaction::Interaction;
use super::{Page, question, render};
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
    // Where an administrator was asked to consent, it is for everybody anyway.
    let everybody = if offer.for_everybody && !is_for_everybody(&interaction.request) {
        "<p><label><input type=\"checkbox\" name=\"consentOnBehalfOfOrganization\" value=\"true\"> Allow it for everybody in the organization</label></p>"
    } else {
        ""
    };
    let fields = format!(
        "<h1>Permissions requested</h1><p><strong>{}</strong> asks to be allowed this:</p><ul>{list}</ul>{everybody}\
         <p class=\"note\">{}An administrator can take back what you allow.</p>\
         {}",
        escape(client.display_name()),
        destination(&interaction.request.redirect_uri),
        question("acceptConsent", ("true", "Accept"), ("false", "Cancel")),
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
            title: "Permissions requested".to_owned(),
            config,
            body,
        },
    )
}

/// Where the app gets its answer; a device has no address.
fn destination(uri: &str) -> String {
    if uri.is_empty() {
        return String::new();
    }
    format!("The answer goes to {}. ", escape(uri))
}
