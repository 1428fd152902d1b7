//! `register`, `sign-in`, `pin`, `reset`: what a user does with a key.

use serde_json::{Value as Json, json};

use super::args::{CeremonyArguments, Form, SetArguments, Switch};
use super::home::{Place, read_input};
use super::{CliError, Said};
use crate::authenticator::Authenticator;
use crate::client::configure::Setting;
use crate::client::{Caller, Client, entra};
use crate::profile::Defects;
use crate::store::file::FileStore;
use crate::system_env::{Agreeable, SystemEnv};

/// Opens the key, does something with it, and closes it whatever came of it.
fn with_key<T>(
    place: &Place,
    defects: &[String],
    act: impl FnOnce(&mut Authenticator<FileStore>, &mut SystemEnv<Agreeable>) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let (mut key, mut world) = place.open()?;
    set_defects(&mut key.profile_mut().defects, defects)?;
    let done = act(&mut key, &mut world);
    key.close()?;
    done
}

/// Switches defects on by name.
pub(super) fn set_defects(defects: &mut Defects, names: &[String]) -> Result<(), CliError> {
    for name in names {
        if !defects.set(name, true) {
            let known: Vec<String> = Defects::names()
                .map(|known| known.replace('_', "-"))
                .collect();
            return Err(CliError::other(format!(
                "there is no defect {name:?}; there are: {}",
                known.join(", ")
            )));
        }
    }
    Ok(())
}

fn options(arguments: &CeremonyArguments) -> Result<Json, CliError> {
    let text = read_input(&arguments.options)?;
    serde_json::from_str(&text).map_err(|error| {
        CliError::other(format!(
            "the options are no JSON: {error} (from {})",
            arguments.options.display()
        ))
    })
}

fn caller(arguments: &CeremonyArguments) -> Caller {
    Caller {
        origin: arguments.origin.clone(),
        cross_origin: arguments.cross_origin,
        top_origin: arguments.top_origin.clone(),
    }
}

/// Results are JSON either way: they are for a server.
fn result(json: Json) -> Result<Said, CliError> {
    let text =
        serde_json::to_string_pretty(&json).map_err(|error| CliError::other(error.to_string()))?;
    Ok(Said::new(text, json))
}

pub(super) fn register(place: &Place, arguments: &CeremonyArguments) -> Result<Said, CliError> {
    let options = options(arguments)?;
    with_key(place, &arguments.defect, |key, world| {
        let aaguid = key.profile().aaguid;
        let credential = Client::new(key, world)
            .pin(arguments.pin.as_deref())
            .browser_strict(arguments.browser_strict)
            .register(&options, &caller(arguments))?;
        result(match arguments.form {
            Form::Webauthn => credential,
            Form::Graph => entra::graph_method(&credential, &arguments.display_name),
            Form::Entra => entra::registration_form(&credential, aaguid),
        })
    })
}

pub(super) fn sign_in(
    place: &Place,
    arguments: &CeremonyArguments,
    account: Option<&str>,
) -> Result<Said, CliError> {
    if arguments.form == Form::Graph {
        return Err(CliError::other(
            "Graph takes registrations only; for Entra's page use --form entra",
        ));
    }
    let options = options(arguments)?;
    with_key(place, &arguments.defect, |key, world| {
        let answer = Client::new(key, world)
            .pin(arguments.pin.as_deref())
            .browser_strict(arguments.browser_strict)
            .account(account)
            .sign_in(&options, &caller(arguments))?;
        result(match arguments.form {
            Form::Entra => entra::sign_in_form(&answer),
            Form::Webauthn | Form::Graph => answer,
        })
    })
}

pub(super) fn pin(place: &Place, old: Option<&str>, new: &str) -> Result<Said, CliError> {
    with_key(place, &[], |key, world| {
        Client::new(key, world).set_pin(old, new)?;
        let done = if old.is_some() { "changed" } else { "set" };
        Ok(Said::new(
            format!("The PIN is {done}."),
            json!({ "pin": done }),
        ))
    })
}

pub(super) fn set(place: &Place, arguments: &SetArguments) -> Result<Said, CliError> {
    let settings = settings(arguments);
    if settings.is_empty() {
        return Err(CliError::other(
            "nothing is to be set; see: softkey help set",
        ));
    }
    with_key(place, &[], |key, world| {
        let mut client = Client::new(key, world).pin(arguments.pin.as_deref());
        for setting in &settings {
            client.configure(setting)?;
        }
        Ok(Said::new(
            "The settings are changed.",
            json!({ "set": true }),
        ))
    })
}

fn settings(arguments: &SetArguments) -> Vec<Setting> {
    let rp_ids = &arguments.min_pin_length_rp_id;
    let pin = Setting::MinPinLength {
        length: arguments.min_pin_length,
        rp_ids: (!rp_ids.is_empty()).then(|| rp_ids.clone()),
        force_change: arguments.force_pin_change,
    };
    let about_pin =
        arguments.min_pin_length.is_some() || !rp_ids.is_empty() || arguments.force_pin_change;
    let always_uv = arguments
        .always_uv
        .map(|switch| Setting::AlwaysUv(switch == Switch::On));
    // The PIN may be of no use after its own setting, so that one is the last.
    arguments
        .enterprise_attestation
        .then_some(Setting::EnterpriseAttestation)
        .into_iter()
        .chain(always_uv)
        .chain(about_pin.then_some(pin))
        .collect()
}

pub(super) fn reset(place: &Place, yes: bool) -> Result<Said, CliError> {
    if !yes {
        return Err(CliError::other(format!(
            "this erases every credential and the PIN of {:?}; to do so: softkey reset --yes",
            place.name()
        )));
    }
    with_key(place, &[], |key, world| {
        Client::new(key, world).reset()?;
        Ok(Said::new(
            "The key is as new; its attestation stays.",
            json!({ "reset": place.name() }),
        ))
    })
}
