//! Which users a policy is about.

use entrasim_domain::policy::conditional_access::{Principals, Users};
use serde_json::{Value, json};

use super::guests_and_devices;
use super::members::{Members, ids, known, words};
use crate::surface::graph::error::GraphError;

/// The words that stand for whole sets of users.
const SETS: [&str; 3] = ["All", "None", GUESTS];
/// Guests of every kind.
const GUESTS: &str = "GuestsOrExternalUsers";

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
    let typed = name(GUESTS);
    let guests = match members.get(&typed) {
        None | Some(Value::Null) => None,
        Some(value) => Some(guests_and_devices::guests(value, &typed)?),
    };
    Ok(Principals {
        all: listed.contains(&"All"),
        none: listed.contains(&"None"),
        any_guest: listed.contains(&GUESTS),
        users: ids(&named, &name("Users"))?,
        groups: ids(&words(members, &name("Groups"))?, &name("Groups"))?,
        roles: ids(&words(members, &name("Roles"))?, &name("Roles"))?,
        guests,
    })
}

pub(super) fn show_users(users: &Users) -> Value {
    let (include, exclude) = (&users.include, &users.exclude);
    json!({
        "includeUsers": names(include), "excludeUsers": names(exclude),
        "includeGroups": texts(&include.groups), "excludeGroups": texts(&exclude.groups),
        "includeRoles": texts(&include.roles), "excludeRoles": texts(&exclude.roles),
        "includeGuestsOrExternalUsers": guests_and_devices::show_guests(include.guests.as_ref()),
        "excludeGuestsOrExternalUsers": guests_and_devices::show_guests(exclude.guests.as_ref()),
    })
}

fn texts<T: ToString>(ids: &[T]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

fn names(principals: &Principals) -> Vec<String> {
    let sets = [
        (principals.all, "All"),
        (principals.none, "None"),
        (principals.any_guest, GUESTS),
    ];
    let sets = sets.iter().filter(|(set, _)| *set);
    sets.map(|(_, word)| (*word).to_owned())
        .chain(texts(&principals.users))
        .collect()
}
