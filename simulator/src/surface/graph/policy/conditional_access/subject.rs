//! Whom a policy is about: users, or workload identities.

use entrasim_domain::policy::conditional_access::{Guests, Principals, Users};
use serde_json::{Value, json};

use super::members::{CLASS, Members, ids, known, words};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::write::invalid;

/// The words that stand for whole sets of users.
const SETS: [&str; 3] = ["All", "None", "GuestsOrExternalUsers"];
const ALL_WORKLOADS: &str = "ServicePrincipalsInMyTenant";

pub(super) fn users(members: &Members) -> Result<Users, GraphError> {
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
    Ok(Users {
        include: side(members, "include")?,
        exclude: side(members, "exclude")?,
    })
}

fn side(members: &Members, prefix: &str) -> Result<Principals, GraphError> {
    let name = |tail: &str| format!("{prefix}{tail}");
    let listed = words(members, &name("Users"))?;
    let named: Vec<&str> = listed
        .iter()
        .copied()
        .filter(|word| !SETS.contains(word))
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
            .map(|value| {
                value
                    .as_str()
                    .and_then(|id| id.parse().ok())
                    .ok_or_else(|| invalid("externalTenants", CLASS))
            })
            .collect::<Result<_, _>>()?;
        guests = Some(Guests { tenants });
    }
    Ok(Principals {
        all: listed.contains(&"All"),
        none: listed.contains(&"None"),
        users: ids(&named, &name("Users"))?,
        groups: ids(&words(members, &name("Groups"))?, &name("Groups"))?,
        roles: ids(&words(members, &name("Roles"))?, &name("Roles"))?,
        guests,
    })
}

pub(super) fn workloads(members: &Members) -> Result<Option<Principals>, GraphError> {
    let included = words(members, "includeServicePrincipals")?;
    let all = included.contains(&ALL_WORKLOADS);
    let none = included.contains(&"None");
    let named: Vec<&str> = included
        .into_iter()
        .filter(|word| ![ALL_WORKLOADS, "None"].contains(word))
        .collect();
    Ok((all || none || !named.is_empty()).then_some(Principals {
        all,
        none,
        users: ids(&named, "includeServicePrincipals")?,
        ..Principals::default()
    }))
}

pub(super) fn show_users(users: &Users) -> Value {
    let (include, exclude) = (&users.include, &users.exclude);
    json!({
        "includeUsers": names(include), "excludeUsers": names(exclude),
        "includeGroups": texts(&include.groups), "excludeGroups": texts(&exclude.groups),
        "includeRoles": texts(&include.roles), "excludeRoles": texts(&exclude.roles),
        "includeGuestsOrExternalUsers": guests(include.guests.as_ref()),
        "excludeGuestsOrExternalUsers": guests(exclude.guests.as_ref()),
    })
}

fn texts<T: ToString>(ids: &[T]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

fn names(principals: &Principals) -> Vec<String> {
    let sets = [(principals.all, "All"), (principals.none, "None")];
    let sets = sets.iter().filter(|(set, _)| *set);
    sets.map(|(_, word)| (*word).to_owned())
        .chain(texts(&principals.users))
        .collect()
}

fn guests(guests: Option<&Guests>) -> Value {
    guests.map_or(Value::Null, |guests| {
        let tenants = if guests.tenants.is_empty() {
            json!({"@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants", "membershipKind": "all"})
        } else {
            json!({
                "@odata.type": "#microsoft.graph.conditionalAccessEnumeratedExternalTenants",
                "membershipKind": "enumerated", "members": texts(&guests.tenants),
            })
        };
        json!({"guestOrExternalUserTypes": "internalGuest,b2bCollaborationGuest,b2bCollaborationMember,b2bDirectConnectUser,otherExternalUser,serviceProvider", "externalTenants": tenants})
    })
}

pub(super) fn show_workloads(principals: &Principals) -> Value {
    let sets = [(principals.all, ALL_WORKLOADS), (principals.none, "None")];
    let sets = sets.iter().filter(|(set, _)| *set);
    let included: Vec<String> = sets
        .map(|(_, word)| (*word).to_owned())
        .chain(texts(&principals.users))
        .collect();
    json!({"includeServicePrincipals": included, "excludeServicePrincipals": [], "servicePrincipalFilter": null})
}
