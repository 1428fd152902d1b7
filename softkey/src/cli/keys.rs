//! `new`, `keys`, `list`, `show`, `remove`: what lies in the folder and on the key.

use serde_json::{Value as Json, json};

use super::args::NewArguments;
use super::home::{Place, persona_profile, read_input};
use super::{CliError, Said};
use crate::attestation::metadata::to_json;
use crate::authenticator::{Authenticator, Channel, command};
use crate::cbor::read;
use crate::client::{Client, bytes};
use crate::credential::{Credential, CredentialId};
use crate::interchange::Exchanged;
use crate::profile::Profile;
use crate::store::{Change, Store};
use crate::system_env::{Agreeable, SystemEnv};

pub(super) fn new(place: &Place, arguments: &NewArguments) -> Result<Said, CliError> {
    let profile = profile(arguments)?;
    let description = crate::profile::persona::find(&profile.persona)
        .map(|persona| persona.description.clone())
        .unwrap_or_default();
    let mut key = place.create(profile)?;
    if let Some(pin) = &arguments.pin {
        let mut world = place.world("pin", Some(key.store().state()));
        Client::new(&mut key, &mut world)
            .set_pin(None, pin)
            .inspect_err(|_| {
                // A key without the PIN that was asked for is not what was asked for.
                drop(std::fs::remove_file(place.file()));
            })?;
    }
    let aaguid = key.profile().aaguid.to_string();
    let file = place.file().display().to_string();
    let encrypted = key.store().is_encrypted();
    let text = format!(
        "Made the key {:?}: {description}\n  AAGUID {aaguid}\n  file   {file}{}\n\
         Next: softkey register --origin https://… --options FILE, or softkey serve",
        place.name(),
        if encrypted { " (encrypted)" } else { "" },
    );
    let persona = key.profile().persona.clone();
    let json = json!({
        "key": place.name(), "persona": persona, "aaguid": aaguid, "file": file,
        "encrypted": encrypted,
    });
    Ok(Said::new(text, json))
}

/// The persona's profile, with what a file changes about it.
fn profile(arguments: &NewArguments) -> Result<Profile, CliError> {
    let base = persona_profile(&arguments.persona)?;
    let Some(path) = &arguments.profile else {
        return Ok(base);
    };
    let wrong =
        |error: &dyn std::fmt::Display| CliError::other(format!("{}: {error}", path.display()));
    let changes: toml::Table = toml::from_str(&read_input(path)?).map_err(|error| wrong(&error))?;
    let mut merged = toml::Table::try_from(&base).map_err(|error| wrong(&error))?;
    merged.extend(changes);
    let profile: Profile = merged.try_into().map_err(|error| wrong(&error))?;
    let problems = profile.problems();
    if problems.is_empty() {
        Ok(profile)
    } else {
        Err(wrong(&problems.join("; ")))
    }
}

pub(super) fn keys(place: &Place) -> Result<Said, CliError> {
    let names = place.names()?;
    let text = if names.is_empty() {
        "There are no keys; make one with: softkey new".to_owned()
    } else {
        names.join("\n")
    };
    Ok(Said::new(text, json!({ "keys": names })))
}

/// What is told of a credential, without its secrets.
fn describe(credential: &Credential) -> Json {
    json!({
        "id": credential.id,
        "rp_id": credential.rp_id,
        "user_id": crate::encoding::base64url::encode(&credential.user.id),
        "user_name": credential.user.name,
        "user_display_name": credential.user.display_name,
        "algorithm": credential.key.algorithm().name(),
        "discoverable": credential.discoverable,
        "cred_protect": credential.cred_protect.level(),
        "backup_eligible": credential.backup_eligible,
        "backup_state": credential.backup_state,
        "created_at": credential.created_at,
    })
}

pub(super) fn list(place: &Place) -> Result<Said, CliError> {
    let store = place.open_store()?;
    let mut credentials: Vec<_> = store.state().credentials().cloned().collect();
    credentials.sort_by_key(|credential| credential.created);
    let rows: Vec<String> = credentials
        .iter()
        .map(|one| {
            format!(
                "{}\n  {}  {}  {}",
                one.id,
                one.rp_id,
                one.user.name.as_deref().unwrap_or("(no name)"),
                one.key.algorithm().name(),
            )
        })
        .collect();
    let text = if rows.is_empty() {
        "This key holds no credentials. Those that are not discoverable are not held: they travel in \
         their ids.\nNext: softkey register --origin https://… --options FILE"
            .to_owned()
    } else {
        rows.join("\n")
    };
    let json: Vec<Json> = credentials.iter().map(|one| describe(one)).collect();
    Ok(Said::new(
        text,
        json!({ "key": place.name(), "credentials": json }),
    ))
}

/// The credential of an id, in any of its encodings.
fn find(state: &crate::store::State, id: &str) -> Result<std::sync::Arc<Credential>, CliError> {
    bytes::readings(id)
        .iter()
        .find_map(|id| state.credential(id).cloned())
        .ok_or_else(|| CliError::other(format!("there is no credential {id}; see: softkey list")))
}

pub(super) fn show(
    place: &Place,
    credential: Option<&str>,
    private: bool,
) -> Result<Said, CliError> {
    let (mut key, mut world) = place.open()?;
    if let Some(id) = credential {
        let credential = find(key.store().state(), id)?;
        let mut json = describe(&credential);
        if private {
            let exchanged = Exchanged::of(&credential, 0)
                .map_err(|error| CliError::other(error.to_string()))?;
            json["private_key_pkcs8"] = Json::String(exchanged.private_key);
        }
        return Ok(Said::new(pretty(&json)?, json));
    }
    let info = get_info(&mut key, &mut world)?;
    let info = to_json(&read(&info).map_err(|error| CliError::other(error.to_string()))?);
    let profile =
        serde_json::to_value(key.profile()).map_err(|error| CliError::other(error.to_string()))?;
    let state = key.store().state();
    let json = json!({
        "key": place.name(),
        "file": place.file().display().to_string(),
        "encrypted": key.store().is_encrypted(),
        "pin_set": state.device().is_some_and(|device| device.pin.is_some()),
        "discoverable_credentials": state.discoverable_count(),
        "get_info": info,
        "profile": profile,
    });
    Ok(Said::new(pretty(&json)?, json))
}

/// The body of the getInfo response.
pub(super) fn get_info<S: Store>(
    key: &mut Authenticator<S>,
    world: &mut SystemEnv<Agreeable>,
) -> Result<Vec<u8>, CliError> {
    let response = key.handle(Channel(1), &[command::GET_INFO], world);
    match response.split_first() {
        Some((0, body)) => Ok(body.to_vec()),
        _ => Err(CliError::other("the key does not answer getInfo")),
    }
}

pub(super) fn remove(place: &Place, id: &str) -> Result<Said, CliError> {
    let mut store = place.open_store()?;
    let id: CredentialId = find(store.state(), id)?.id.clone();
    store.commit(vec![Change::Remove(id.clone())])?;
    Ok(Said::new(format!("Deleted {id}"), json!({ "removed": id })))
}

fn pretty(json: &Json) -> Result<String, CliError> {
    serde_json::to_string_pretty(json).map_err(|error| CliError::other(error.to_string()))
}
