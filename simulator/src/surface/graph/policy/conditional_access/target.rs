//! What a policy is about: applications, user actions, authentication contexts.

use entrasim_domain::policy::conditional_access::{ApplicationRef, Applications};
use serde_json::{Value, json};

use super::members::{ACTIONS, CLASS, Members, known, require_unset, value_of, word, words};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::write::invalid;

pub(super) fn read(members: &Members) -> Result<Applications, GraphError> {
    known(
        members,
        &[
            "includeApplications",
            "excludeApplications",
            "includeUserActions",
            "includeAuthenticationContextClassReferences",
            "applicationFilter",
            "networkAccess",
            "globalSecureAccess",
        ],
    )?;
    require_unset(
        members,
        "conditionalAccessApplications",
        &["applicationFilter", "networkAccess", "globalSecureAccess"],
    )?;
    Ok(Applications {
        include: list(members, "includeApplications")?,
        exclude: list(members, "excludeApplications")?,
        user_actions: words(members, "includeUserActions")?
            .into_iter()
            .map(|word| value_of(&ACTIONS, word, "includeUserActions"))
            .collect::<Result<_, _>>()?,
        authentication_contexts: words(members, "includeAuthenticationContextClassReferences")?
            .into_iter()
            .map(str::to_owned)
            .collect(),
    })
}

fn list(members: &Members, name: &str) -> Result<Vec<ApplicationRef>, GraphError> {
    let reference = |word| {
        Ok(match word {
            "None" => ApplicationRef::None,
            "All" => ApplicationRef::All,
            "Office365" => ApplicationRef::Office365,
            "MicrosoftAdminPortals" => ApplicationRef::AdminPortals,
            id => ApplicationRef::App(id.parse().map_err(|_| invalid(name, CLASS))?),
        })
    };
    words(members, name)?.into_iter().map(reference).collect()
}

pub(super) fn show(applications: &Applications) -> Value {
    let names = |list: &[ApplicationRef]| -> Vec<String> {
        list.iter()
            .map(|reference| match reference {
                ApplicationRef::None => "None".to_owned(),
                ApplicationRef::All => "All".to_owned(),
                ApplicationRef::Office365 => "Office365".to_owned(),
                ApplicationRef::AdminPortals => "MicrosoftAdminPortals".to_owned(),
                ApplicationRef::App(app) => app.to_string(),
            })
            .collect()
    };
    let actions: Vec<&str> = applications
        .user_actions
        .iter()
        .map(|action| word(&ACTIONS, action))
        .collect();
    json!({
        "includeApplications": names(&applications.include), "excludeApplications": names(&applications.exclude),
        "includeUserActions": actions,
        "includeAuthenticationContextClassReferences": applications.authentication_contexts,
        "applicationFilter": null,
    })
}
