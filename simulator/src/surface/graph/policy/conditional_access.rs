//! `conditionalAccessPolicy`: read strictly, written as Graph shows it.

use core::time::Duration;

use entrasim_domain::enforcement::facts::{ClientAppType, DevicePlatform, Risk, UserAction};
use entrasim_domain::policy::conditional_access::{
    ApplicationRef, Applications, ConditionalAccessPolicy, Conditions, ContinuousAccess,
    DeviceFilter, GrantControl, GrantControls, Guests, LocationRef, Operator, PlatformRef,
    PolicyState, Principals, Scope, SessionControls, SignInFrequency, Users,
};
use entrasim_domain::time::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::surface::graph::error::GraphError;
use crate::surface::graph::write::invalid;

const CLASS: &str = "ConditionalAccessPolicy";

type Members = Map<String, Value>;

const STATES: [(PolicyState, &str); 3] = [
    (PolicyState::Enabled, "enabled"),
    (PolicyState::Disabled, "disabled"),
    (PolicyState::ReportOnly, "enabledForReportingButNotEnforced"),
];
const CLIENT_APPS: [(ClientAppType, &str); 4] = [
    (ClientAppType::Browser, "browser"),
    (
        ClientAppType::MobileAppsAndDesktopClients,
        "mobileAppsAndDesktopClients",
    ),
    (ClientAppType::ExchangeActiveSync, "exchangeActiveSync"),
    (ClientAppType::Other, "other"),
];
const PLATFORMS: [(DevicePlatform, &str); 6] = [
    (DevicePlatform::Android, "android"),
    (DevicePlatform::Ios, "iOS"),
    (DevicePlatform::Windows, "windows"),
    (DevicePlatform::WindowsPhone, "windowsPhone"),
    (DevicePlatform::MacOs, "macOS"),
    (DevicePlatform::Linux, "linux"),
];
const RISKS: [(Risk, &str); 4] = [
    (Risk::High, "high"),
    (Risk::Medium, "medium"),
    (Risk::Low, "low"),
    (Risk::None, "none"),
];
const CONTROLS: [(GrantControl, &str); 7] = [
    (GrantControl::Block, "block"),
    (GrantControl::Mfa, "mfa"),
    (GrantControl::CompliantDevice, "compliantDevice"),
    (GrantControl::DomainJoinedDevice, "domainJoinedDevice"),
    (GrantControl::ApprovedApplication, "approvedApplication"),
    (GrantControl::CompliantApplication, "compliantApplication"),
    (GrantControl::PasswordChange, "passwordChange"),
];
const REGISTER: &str = "urn:user:registersecurityinfo";
const JOIN: &str = "urn:user:registerdevice";

/// The word of a value.
fn word<T: PartialEq>(table: &[(T, &'static str)], value: &T) -> &'static str {
    table
        .iter()
        .find(|(known, _)| known == value)
        .map_or("", |(_, word)| word)
}

fn value_of<T: Copy>(table: &[(T, &'static str)], word: &str, name: &str) -> Result<T, GraphError> {
    table
        .iter()
        .find(|(_, known)| known.eq_ignore_ascii_case(word))
        .map(|(value, _)| *value)
        .ok_or_else(|| invalid(name, CLASS))
}

/// Takes a request's members into a policy; what is absent stays.
pub(in crate::surface::graph) fn apply(
    policy: &mut ConditionalAccessPolicy,
    members: &Members,
) -> Result<(), GraphError> {
    for (name, value) in members {
        match name.as_str() {
            "displayName" => {
                let text = value
                    .as_str()
                    .filter(|text| !text.trim().is_empty() && text.len() <= 256)
                    .ok_or_else(|| invalid(name, CLASS))?;
                text.clone_into(&mut policy.display_name);
            }
            "state" => {
                policy.state = value_of(&STATES, value.as_str().unwrap_or_default(), name)?;
            }
            "conditions" => policy.conditions = conditions(object(value, name)?)?,
            "grantControls" if value.is_null() => policy.grant = None,
            "grantControls" => policy.grant = Some(grant(object(value, name)?)?),
            "sessionControls" if value.is_null() => policy.session = SessionControls::default(),
            "sessionControls" => policy.session = session(object(value, name)?)?,
            "id"
            | "createdDateTime"
            | "modifiedDateTime"
            | "templateId"
            | "description"
            | "deletedDateTime"
            | "partialEnablementStrategy" => {}
            _ => return Err(unknown(name)),
        }
    }
    Ok(())
}

/// What a policy has to have at least (error texts of the real service name the missing part).
pub(in crate::surface::graph) fn complete(
    policy: &ConditionalAccessPolicy,
) -> Result<(), GraphError> {
    let users = &policy.conditions.users.include;
    let applications = &policy.conditions.applications;
    let workloads = policy.conditions.service_principals.is_some();
    let says = |text: &str| Err(GraphError::BadRequest(text.to_owned()));
    if policy.display_name.is_empty() {
        return says("1004: displayName is required.");
    }
    if !workloads && *users == Principals::default() {
        return says("1053: The policy must have at least one user, group or role included.");
    }
    if applications.include.is_empty()
        && applications.user_actions.is_empty()
        && applications.authentication_contexts.is_empty()
    {
        return says("1005: The policy must have at least one application included.");
    }
    let strength = policy.grant.as_ref().and_then(|grant| grant.strength);
    let mfa = policy
        .grant
        .as_ref()
        .is_some_and(|grant| grant.controls.contains(&GrantControl::Mfa));
    if strength.is_some() && mfa {
        return says(
            "1119: The mfa grant control and an authentication strength cannot be combined in one policy.",
        );
    }
    if policy.grant.is_none() && policy.session == SessionControls::default() {
        return says("1007: The policy must have at least one grant control or session control.");
    }
    Ok(())
}

fn unknown(name: &str) -> GraphError {
    GraphError::UnknownMember {
        member: name.to_owned(),
        entity: "conditionalAccessPolicy",
    }
}

fn object<'v>(value: &'v Value, name: &str) -> Result<&'v Members, GraphError> {
    value.as_object().ok_or_else(|| invalid(name, CLASS))
}

/// A list of words; `null` and absence are the empty list.
fn words<'v>(members: &'v Members, name: &str) -> Result<Vec<&'v str>, GraphError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => list
            .iter()
            .map(|value| value.as_str().ok_or_else(|| invalid(name, CLASS)))
            .collect(),
        Some(_) => Err(invalid(name, CLASS)),
    }
}

fn ids<T: core::str::FromStr>(words: &[&str], name: &str) -> Result<Vec<T>, GraphError> {
    words
        .iter()
        .map(|word| word.parse().map_err(|_| invalid(name, CLASS)))
        .collect()
}

fn known(members: &Members, names: &[&str]) -> Result<(), GraphError> {
    match members
        .keys()
        .find(|name| !names.contains(&name.as_str()) && !name.contains('@'))
    {
        Some(name) => Err(unknown(name)),
        None => Ok(()),
    }
}

fn conditions(members: &Members) -> Result<Conditions, GraphError> {
    known(
        members,
        &[
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
        ],
    )?;
    for name in [
        "times",
        "insiderRiskLevels",
        "deviceStates",
        "servicePrincipalRiskLevels",
        "agentIdRiskLevels",
    ] {
        let set = members.get(name).is_some_and(|value| {
            !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty())
        });
        if set {
            return Err(GraphError::NotSimulated(format!(
                "graph conditionalAccessPolicy/conditions/{name}"
            )));
        }
    }
    let part = |name: &str| match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => object(value, name).map(Some),
    };
    let mut parsed = Conditions::default();
    if let Some(part) = part("applications")? {
        parsed.applications = applications(part)?;
    }
    if let Some(part) = part("users")? {
        parsed.users = users(part)?;
    }
    if let Some(part) = part("clientApplications")? {
        let included = words(part, "includeServicePrincipals")?;
        let all = included.contains(&"ServicePrincipalsInMyTenant");
        let named: Vec<&str> = included
            .into_iter()
            .filter(|word| *word != "ServicePrincipalsInMyTenant" && *word != "None")
            .collect();
        if all || !named.is_empty() {
            parsed.service_principals = Some(Principals {
                all,
                users: ids(&named, "includeServicePrincipals")?,
                ..Principals::default()
            });
        }
    }
    for name in words(members, "clientAppTypes")? {
        if name != "all" {
            parsed
                .client_app_types
                .push(value_of(&CLIENT_APPS, name, "clientAppTypes")?);
        }
    }
    if let Some(part) = part("locations")? {
        parsed.locations = Some(Scope {
            include: locations(&words(part, "includeLocations")?)?,
            exclude: locations(&words(part, "excludeLocations")?)?,
        });
    }
    if let Some(part) = part("platforms")? {
        parsed.platforms = Some(Scope {
            include: platforms(&words(part, "includePlatforms")?)?,
            exclude: platforms(&words(part, "excludePlatforms")?)?,
        });
    }
    for (name, risks) in [
        ("signInRiskLevels", &mut parsed.sign_in_risk),
        ("userRiskLevels", &mut parsed.user_risk),
    ] {
        for level in words(members, name)? {
            risks.push(value_of(&RISKS, level, name)?);
        }
    }
    if let Some(part) = part("devices")? {
        parsed.device_filter = part
            .get("deviceFilter")
            .and_then(|filter| filter.get("mode"))
            .and_then(Value::as_str)
            .map(|mode| {
                if mode.eq_ignore_ascii_case("exclude") {
                    DeviceFilter::Exclude
                } else {
                    DeviceFilter::Include
                }
            });
    }
    if let Some(part) = part("authenticationFlows")? {
        let methods = part
            .get("transferMethods")
            .and_then(Value::as_str)
            .unwrap_or_default();
        parsed.device_code_flow = methods
            .split(',')
            .any(|word| word.trim() == "deviceCodeFlow");
    }
    Ok(parsed)
}

fn applications(members: &Members) -> Result<Applications, GraphError> {
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
    for name in ["applicationFilter", "networkAccess", "globalSecureAccess"] {
        if members.get(name).is_some_and(|value| !value.is_null()) {
            return Err(GraphError::NotSimulated(format!(
                "graph conditionalAccessApplications/{name}"
            )));
        }
    }
    let list = |name: &str| -> Result<Vec<ApplicationRef>, GraphError> {
        words(members, name)?
            .into_iter()
            .filter(|word| *word != "None")
            .map(|word| {
                Ok(match word {
                    "All" => ApplicationRef::All,
                    "Office365" => ApplicationRef::Office365,
                    "MicrosoftAdminPortals" => ApplicationRef::AdminPortals,
                    id => ApplicationRef::App(id.parse().map_err(|_| invalid(name, CLASS))?),
                })
            })
            .collect()
    };
    Ok(Applications {
        include: list("includeApplications")?,
        exclude: list("excludeApplications")?,
        user_actions: words(members, "includeUserActions")?
            .into_iter()
            .map(|word| match word {
                REGISTER => Ok(UserAction::RegisterSecurityInformation),
                JOIN => Ok(UserAction::RegisterOrJoinDevices),
                _ => Err(invalid("includeUserActions", CLASS)),
            })
            .collect::<Result<_, _>>()?,
        authentication_contexts: words(members, "includeAuthenticationContextClassReferences")?
            .into_iter()
            .map(str::to_owned)
            .collect(),
    })
}

fn users(members: &Members) -> Result<Users, GraphError> {
    known(
        members,
        &[
            "includeUsers",
            "excludeUsers",
            "includeGroups",
            "excludeGroups",
            "includeRoles",
            "excludeRoles",
            "includeGuestsOrExternalUsers",
            "excludeGuestsOrExternalUsers",
        ],
    )?;
    let side = |prefix: &str| -> Result<Principals, GraphError> {
        let name = |tail: &str| format!("{prefix}{tail}");
        let listed = words(members, &name("Users"))?;
        let named: Vec<&str> = listed
            .iter()
            .copied()
            .filter(|word| !matches!(*word, "All" | "None" | "GuestsOrExternalUsers"))
            .collect();
        let mut guests = listed
            .contains(&"GuestsOrExternalUsers")
            .then(Guests::default);
        if let Some(part) = members
            .get(&name("GuestsOrExternalUsers"))
            .filter(|value| !value.is_null())
        {
            let tenants = part
                .get("externalTenants")
                .and_then(|tenants| tenants.get("members"))
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|value| value.as_str()?.parse().ok())
                .collect();
            guests = Some(Guests { tenants });
        }
        Ok(Principals {
            all: listed.contains(&"All"),
            users: ids(&named, &name("Users"))?,
            groups: ids(&words(members, &name("Groups"))?, &name("Groups"))?,
            roles: ids(&words(members, &name("Roles"))?, &name("Roles"))?,
            guests,
        })
    };
    Ok(Users {
        include: side("include")?,
        exclude: side("exclude")?,
    })
}

fn locations(words: &[&str]) -> Result<Vec<LocationRef>, GraphError> {
    words
        .iter()
        .map(|word| {
            Ok(match *word {
                "All" => LocationRef::All,
                "AllTrusted" => LocationRef::AllTrusted,
                id => LocationRef::Named(id.parse().map_err(|_| invalid("locations", CLASS))?),
            })
        })
        .collect()
}

fn platforms(words: &[&str]) -> Result<Vec<PlatformRef>, GraphError> {
    words
        .iter()
        .map(|word| {
            if *word == "all" {
                Ok(PlatformRef::All)
            } else {
                value_of(&PLATFORMS, word, "platforms").map(PlatformRef::Platform)
            }
        })
        .collect()
}

fn grant(members: &Members) -> Result<GrantControls, GraphError> {
    known(
        members,
        &[
            "operator",
            "builtInControls",
            "customAuthenticationFactors",
            "termsOfUse",
            "authenticationStrength",
        ],
    )?;
    if !words(members, "customAuthenticationFactors")?.is_empty() {
        return Err(GraphError::NotSimulated(
            "graph customAuthenticationFactors".to_owned(),
        ));
    }
    if !words(members, "termsOfUse")?.is_empty() {
        return Err(GraphError::NotSimulated("graph termsOfUse".to_owned()));
    }
    let strength = match members.get("authenticationStrength") {
        None | Some(Value::Null) => None,
        Some(value) => Some(
            value
                .get("id")
                .and_then(Value::as_str)
                .and_then(|id| id.parse::<Uuid>().ok())
                .ok_or_else(|| invalid("authenticationStrength", CLASS))?,
        ),
    };
    Ok(GrantControls {
        operator: match members.get("operator").and_then(Value::as_str) {
            Some(word) if word.eq_ignore_ascii_case("AND") => Operator::And,
            Some(word) if word.eq_ignore_ascii_case("OR") => Operator::Or,
            None => Operator::Or,
            Some(_) => return Err(invalid("operator", CLASS)),
        },
        controls: words(members, "builtInControls")?
            .into_iter()
            .map(|word| value_of(&CONTROLS, word, "builtInControls"))
            .collect::<Result<_, _>>()?,
        strength,
        terms_of_use: Vec::new(),
    })
}

fn session(members: &Members) -> Result<SessionControls, GraphError> {
    known(
        members,
        &[
            "applicationEnforcedRestrictions",
            "cloudAppSecurity",
            "signInFrequency",
            "persistentBrowser",
            "disableResilienceDefaults",
            "continuousAccessEvaluation",
            "secureSignInSession",
        ],
    )?;
    let enabled = |name: &str| {
        members
            .get(name)
            .filter(|value| !value.is_null() && value.get("isEnabled") != Some(&json!(false)))
    };
    let mut parsed = SessionControls {
        cloud_app_security: enabled("cloudAppSecurity").is_some(),
        disable_resilience_defaults: members.get("disableResilienceDefaults") == Some(&json!(true)),
        ..SessionControls::default()
    };
    if let Some(value) = enabled("signInFrequency") {
        let every_time = value.get("frequencyInterval") == Some(&json!("everyTime"));
        let hours = match value.get("type").and_then(Value::as_str) {
            Some("days") => 24,
            Some("hours") => 1,
            _ if every_time => 0,
            _ => return Err(invalid("signInFrequency", CLASS)),
        };
        let number = value.get("value").and_then(Value::as_u64);
        let every = if every_time {
            None
        } else {
            let number = number
                .filter(|number| (1..=365).contains(number))
                .ok_or_else(|| invalid("signInFrequency", CLASS))?;
            Some(Duration::from_secs(number * hours * 3600))
        };
        parsed.sign_in_frequency = Some(SignInFrequency {
            every,
            second_factor_only: value.get("authenticationType")
                == Some(&json!("secondaryAuthentication")),
        });
    }
    if let Some(value) = enabled("persistentBrowser") {
        parsed.persistent_browser = match value.get("mode").and_then(Value::as_str) {
            Some("always") => Some(true),
            Some("never") => Some(false),
            _ => return Err(invalid("persistentBrowser", CLASS)),
        };
    }
    if let Some(value) = members
        .get("continuousAccessEvaluation")
        .filter(|value| !value.is_null())
    {
        parsed.continuous_access_evaluation = match value.get("mode").and_then(Value::as_str) {
            Some("strictEnforcement" | "strictLocation") => Some(ContinuousAccess::StrictLocation),
            Some("disabled") => Some(ContinuousAccess::Disabled),
            _ => return Err(invalid("continuousAccessEvaluation", CLASS)),
        };
    }
    Ok(parsed)
}

/// `conditions` as Graph shows them.
pub(in crate::surface::graph) fn show_conditions(policy: &ConditionalAccessPolicy) -> Value {
    let conditions = &policy.conditions;
    let side = |principals: &Principals| {
        let mut users: Vec<String> = principals.users.iter().map(ToString::to_string).collect();
        if principals.all {
            users.insert(0, "All".to_owned());
        }
        users
    };
    let guests = |guests: Option<&Guests>| {
        guests.map_or(Value::Null, |guests| {
            let tenants = if guests.tenants.is_empty() {
                json!({"@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants", "membershipKind": "all"})
            } else {
                let members: Vec<String> = guests.tenants.iter().map(ToString::to_string).collect();
                json!({"@odata.type": "#microsoft.graph.conditionalAccessEnumeratedExternalTenants", "membershipKind": "enumerated", "members": members})
            };
            json!({"guestOrExternalUserTypes": "internalGuest,b2bCollaborationGuest,b2bCollaborationMember,b2bDirectConnectUser,otherExternalUser,serviceProvider", "externalTenants": tenants})
        })
    };
    let list = |ids: &[String]| json!(ids);
    let texts = |ids: Vec<String>| list(&ids);
    let (include, exclude) = (&conditions.users.include, &conditions.users.exclude);
    let apps = |list: &[ApplicationRef]| -> Vec<String> {
        list.iter()
            .map(|reference| match reference {
                ApplicationRef::All => "All".to_owned(),
                ApplicationRef::Office365 => "Office365".to_owned(),
                ApplicationRef::AdminPortals => "MicrosoftAdminPortals".to_owned(),
                ApplicationRef::App(app) => app.to_string(),
            })
            .collect()
    };
    let places = |list: &[LocationRef]| -> Vec<String> {
        list.iter()
            .map(|reference| match reference {
                LocationRef::All => "All".to_owned(),
                LocationRef::AllTrusted => "AllTrusted".to_owned(),
                LocationRef::Named(id) => id.to_string(),
            })
            .collect()
    };
    let kinds = |list: &[PlatformRef]| -> Vec<&'static str> {
        list.iter()
            .map(|reference| match reference {
                PlatformRef::All => "all",
                PlatformRef::Platform(platform) => word(&PLATFORMS, platform),
            })
            .collect()
    };
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
    let applications = &conditions.applications;
    let actions: Vec<&str> = applications
        .user_actions
        .iter()
        .map(|action| match action {
            UserAction::RegisterSecurityInformation => REGISTER,
            UserAction::RegisterOrJoinDevices => JOIN,
        })
        .collect();
    json!({
        "userRiskLevels": risks(&conditions.user_risk), "signInRiskLevels": risks(&conditions.sign_in_risk),
        "clientAppTypes": client_apps, "servicePrincipalRiskLevels": [], "insiderRiskLevels": null,
        "platforms": conditions.platforms.as_ref().map(|scope| json!({"includePlatforms": kinds(&scope.include), "excludePlatforms": kinds(&scope.exclude)})),
        "locations": conditions.locations.as_ref().map(|scope| json!({"includeLocations": places(&scope.include), "excludeLocations": places(&scope.exclude)})),
        "devices": null,
        "clientApplications": conditions.service_principals.as_ref().map(|principals| {
            let mut included: Vec<String> = principals.users.iter().map(ToString::to_string).collect();
            if principals.all { included.insert(0, "ServicePrincipalsInMyTenant".to_owned()); }
            json!({"includeServicePrincipals": included, "excludeServicePrincipals": [], "servicePrincipalFilter": null})
        }),
        "authenticationFlows": conditions.device_code_flow.then(|| json!({"transferMethods": "deviceCodeFlow"})),
        "applications": {
            "includeApplications": apps(&applications.include), "excludeApplications": apps(&applications.exclude),
            "includeUserActions": actions, "includeAuthenticationContextClassReferences": applications.authentication_contexts,
            "applicationFilter": null,
        },
        "users": {
            "includeUsers": texts(side(include)), "excludeUsers": texts(side(exclude)),
            "includeGroups": texts(include.groups.iter().map(ToString::to_string).collect()), "excludeGroups": texts(exclude.groups.iter().map(ToString::to_string).collect()),
            "includeRoles": texts(include.roles.iter().map(ToString::to_string).collect()), "excludeRoles": texts(exclude.roles.iter().map(ToString::to_string).collect()),
            "includeGuestsOrExternalUsers": guests(include.guests.as_ref()), "excludeGuestsOrExternalUsers": guests(exclude.guests.as_ref()),
        },
    })
}

pub(in crate::surface::graph) fn show_grant(policy: &ConditionalAccessPolicy) -> Value {
    policy.grant.as_ref().map_or(Value::Null, |grant| {
        let controls: Vec<&str> = grant
            .controls
            .iter()
            .map(|control| word(&CONTROLS, control))
            .collect();
        json!({
            "operator": match grant.operator { Operator::And => "AND", Operator::Or => "OR" },
            "builtInControls": controls, "customAuthenticationFactors": [], "termsOfUse": [],
            "authenticationStrength": grant.strength.map(|id| json!({"id": id.to_string()})),
        })
    })
}

pub(in crate::surface::graph) fn show_session(policy: &ConditionalAccessPolicy) -> Value {
    let session = &policy.session;
    if *session == SessionControls::default() {
        return Value::Null;
    }
    json!({
        "disableResilienceDefaults": session.disable_resilience_defaults.then_some(true),
        "applicationEnforcedRestrictions": null,
        "cloudAppSecurity": session.cloud_app_security.then(|| json!({"isEnabled": true, "cloudAppSecurityType": "monitorOnly"})),
        "signInFrequency": session.sign_in_frequency.map(|frequency| {
            let hours = frequency.every.map(|every| every.as_secs() / 3600);
            let (value, kind) = match hours {
                Some(hours) if hours % 24 == 0 => (Some(hours / 24), Some("days")),
                Some(hours) => (Some(hours), Some("hours")),
                None => (None, None),
            };
            json!({
                "value": value, "type": kind,
                "authenticationType": if frequency.second_factor_only { "secondaryAuthentication" } else { "primaryAndSecondaryAuthentication" },
                "frequencyInterval": if frequency.every.is_some() { "timeBased" } else { "everyTime" }, "isEnabled": true,
            })
        }),
        "persistentBrowser": session.persistent_browser.map(|always| json!({"mode": if always { "always" } else { "never" }, "isEnabled": true})),
        "continuousAccessEvaluation": session.continuous_access_evaluation.map(|mode| json!({"mode": match mode { ContinuousAccess::StrictLocation => "strictLocation", ContinuousAccess::Disabled => "disabled" }})),
    })
}

pub(in crate::surface::graph) fn show_state(policy: &ConditionalAccessPolicy) -> Value {
    json!(word(&STATES, &policy.state))
}

/// An instant with seven digits, or null.
pub(in crate::surface::graph) fn date(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| json!(at.seven_digit_form()))
}
