//! `export` and `import`.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::home::{Place, read_input};
use super::{CliError, Said};
use crate::control::add;
use crate::interchange::Exchanged;
use crate::profile::Profile;
use crate::store::{Change, Store};

/// A whole key.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Export {
    /// The version of this shape.
    #[serde(rename = "softkey_export")]
    version: u32,
    profile: Profile,
    /// Everything that leads to the key's state.
    state: Vec<Change>,
}

/// What can be read.
#[derive(Deserialize)]
struct Credentials {
    credentials: Vec<Exchanged>,
}

fn wrong(error: &dyn std::fmt::Display) -> CliError {
    CliError::other(error.to_string())
}

pub(super) fn export(place: &Place, cdp: bool) -> Result<Said, CliError> {
    let store = place.open_store()?;
    let state = store.state();
    let json = if cdp {
        let credentials: Result<Vec<Exchanged>, _> = state
            .credentials()
            .map(|one| Exchanged::of(one, state.counter(Some(&one.id)).max(state.counter(None))))
            .collect();
        json!({ "credentials": credentials.map_err(|error| wrong(&error))? })
    } else {
        let export = Export {
            version: 1,
            profile: store.profile().clone(),
            state: state.changes(),
        };
        serde_json::to_value(export).map_err(|error| wrong(&error))?
    };
    let text = serde_json::to_string_pretty(&json).map_err(|error| wrong(&error))?;
    Ok(Said::new(text, json))
}

pub(super) fn import(place: &Place, file: &Path) -> Result<Said, CliError> {
    let text = read_input(file)?;
    let json: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| wrong(&format!("{}: no JSON: {error}", file.display())))?;
    if json.get("softkey_export").is_some() {
        let export: Export = serde_json::from_value(json)
            .map_err(|error| wrong(&format!("{}: {error}", file.display())))?;
        if export.version != 1 {
            return Err(wrong(&"this export is of a newer softkey"));
        }
        let mut key = place.create(export.profile)?;
        key.store_mut().commit(export.state)?;
        let count = key.store().state().discoverable_count();
        let text = format!(
            "Made the key {:?} with {count} discoverable credentials.",
            place.name()
        );
        return Ok(Said::new(
            text,
            json!({ "key": place.name(), "credentials": count }),
        ));
    }
    // A bare list, or one under its name.
    let credentials: Vec<Exchanged> = if json.is_array() {
        serde_json::from_value(json)
    } else {
        serde_json::from_value::<Credentials>(json).map(|one| one.credentials)
    }
    .map_err(|error| {
        wrong(&format!(
            "{}: neither an export of softkey nor a list of credentials: {error}",
            file.display()
        ))
    })?;
    let count = credentials.len();
    let (mut key, mut world) = place.open()?;
    add(&mut key, credentials, &mut world).map_err(|error| wrong(&error))?;
    let text = format!("Put {count} credentials on the key {:?}.", place.name());
    Ok(Said::new(
        text,
        json!({ "key": place.name(), "credentials": count }),
    ))
}
