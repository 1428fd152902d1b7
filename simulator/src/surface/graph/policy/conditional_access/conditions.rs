//! `conditions`: to whom and when a policy applies.

use entrasim_domain::enforcement::facts::{ClientAppType, Risk};
use entrasim_domain::policy::conditional_access::{Conditions, LocationRef, PlatformRef, Scope};
use serde_json::{Value, json};

use super::members::{
    CLASS, CLIENT_APPS, Members, PLATFORMS, RISKS, known, not_simulated, part, require_unset,
    value_of, word, words,
};
use super::{guests_and_devices, subject, target};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::write::invalid;

const MEMBERS: [&str; 15] = [
    "applications",
    "users",
    "clientApplications",
    "clientAppTypes",
    "locations",
    "platforms",
    "signInRiskLevels",
    "userRiskLevels",
    "servicePrincipalRiskLevels",
    "devices",
    "authenticationFlows",
    "times",
    "insiderRiskLevels",
    "deviceStates",
    "agentIdRiskLevels",
];
const NOT_SIMULATED: [&str; 5] = [
    "times",
    "insiderRiskLevels",
    "deviceStates",
    "servicePrincipalRiskLevels",
    "agentIdRiskLevels",
];

pub(super) fn read(members: &Members) -> Result<Conditions, GraphError> {
    known(members, &MEMBERS)?;
    require_unset(
        members,
        "conditionalAccessPolicy/conditions",
        &NOT_SIMULATED,
    )?;
    let mut parsed = Conditions::default();
    if let Some(part) = part(members, "applications")? {
        parsed.applications = target::read(part)?;
    }
    if let Some(part) = part(members, "users")? {
        parsed.users = subject::users(part)?;
    }
    if let Some(part) = part(members, "clientApplications")? {
        parsed.service_principals = guests_and_devices::workloads(part)?;
    }
    parsed.client_app_types = client_app_types(members)?;
    if let Some(part) = part(members, "locations")? {
        known(part, &["includeLocations", "excludeLocations"])?;
        parsed.locations = Some(Scope {
            include: locations(part, "includeLocations")?,
            exclude: locations(part, "excludeLocations")?,
        });
    }
    if let Some(part) = part(members, "platforms")? {
        known(part, &["includePlatforms", "excludePlatforms"])?;
        parsed.platforms = Some(Scope {
            include: platforms(part, "includePlatforms")?,
            exclude: platforms(part, "excludePlatforms")?,
        });
    }
    parsed.sign_in_risk = risks(members, "signInRiskLevels")?;
    parsed.user_risk = risks(members, "userRiskLevels")?;
    if let Some(part) = part(members, "devices")? {
        parsed.device_filter = guests_and_devices::device_filter(part)?;
    }
    if let Some(part) = part(members, "authenticationFlows")? {
        parsed.transfer_methods = guests_and_devices::transfer_methods(part)?;
    }
    Ok(parsed)
}

/// No type in the domain stands for all of them.
fn client_app_types(members: &Members) -> Result<Vec<ClientAppType>, GraphError> {
    let mut types = Vec::new();
    for name in words(members, "clientAppTypes")? {
        match name {
            "all" => {}
            "easSupported" => return Err(not_simulated("conditionalAccessClientApp", name)),
            _ => types.push(value_of(&CLIENT_APPS, name, "clientAppTypes")?),
        }
    }
    Ok(types)
}

fn locations(members: &Members, name: &str) -> Result<Vec<LocationRef>, GraphError> {
    words(members, name)?
        .into_iter()
        .map(|word| {
            Ok(match word {
                "All" => LocationRef::All,
                "AllTrusted" => LocationRef::AllTrusted,
                id => LocationRef::Named(id.parse().map_err(|_| invalid(name, CLASS))?),
            })
        })
        .collect()
}

fn platforms(members: &Members, name: &str) -> Result<Vec<PlatformRef>, GraphError> {
    words(members, name)?
        .into_iter()
        .map(|word| match word {
            "all" => Ok(PlatformRef::All),
            _ => value_of(&PLATFORMS, word, name).map(PlatformRef::Platform),
        })
        .collect()
}

fn risks(members: &Members, name: &str) -> Result<Vec<Risk>, GraphError> {
    words(members, name)?
        .into_iter()
        .map(|level| value_of(&RISKS, level, name))
        .collect()
}

/// As Graph shows them.
pub(super) fn show(conditions: &Conditions) -> Value {
    let risks = |list: &[Risk]| -> Vec<&'static str> {
        list.iter().map(|risk| word(&RISKS, risk)).collect()
    };
    let mut client_apps: Vec<&str> = conditions
        .client_app_types
        .iter()
        .map(|kind| word(&CLIENT_APPS, kind))
        .collect();
    if client_apps.is_empty() {
        client_apps.push("all");
    }
    json!({
        "userRiskLevels": risks(&conditions.user_risk), "signInRiskLevels": risks(&conditions.sign_in_risk),
        "clientAppTypes": client_apps, "servicePrincipalRiskLevels": [], "insiderRiskLevels": null,
        "platforms": conditions.platforms.as_ref().map(show_platforms),
        "locations": conditions.locations.as_ref().map(show_locations),
        "devices": guests_and_devices::show_device_filter(conditions.device_filter.as_ref()),
        "clientApplications": conditions.service_principals.as_ref().map(guests_and_devices::show_workloads),
        "authenticationFlows": guests_and_devices::show_transfer_methods(&conditions.transfer_methods),
        "applications": target::show(&conditions.applications),
        "users": subject::show_users(&conditions.users),
    })
}

fn show_locations(scope: &Scope<LocationRef>) -> Value {
    let names = |list: &[LocationRef]| -> Vec<String> {
        list.iter()
            .map(|reference| match reference {
                LocationRef::All => "All".to_owned(),
                LocationRef::AllTrusted => "AllTrusted".to_owned(),
                LocationRef::Named(id) => id.to_string(),
            })
            .collect()
    };
    json!({"includeLocations": names(&scope.include), "excludeLocations": names(&scope.exclude)})
}

fn show_platforms(scope: &Scope<PlatformRef>) -> Value {
    let names = |list: &[PlatformRef]| -> Vec<&'static str> {
        list.iter()
            .map(|reference| match reference {
                PlatformRef::All => "all",
                PlatformRef::Platform(platform) => word(&PLATFORMS, platform),
            })
            .collect()
    };
    json!({"includePlatforms": names(&scope.include), "excludePlatforms": names(&scope.exclude)})
}
