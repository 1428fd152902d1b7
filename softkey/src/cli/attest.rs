//! `attest` and `personas`: what a relying party may want to know beforehand.

use serde_json::{Value as Json, json};

use super::home::Place;
use super::keys::get_info;
use super::{CliError, Said};
use crate::attestation::metadata;
use crate::profile::persona;

pub(super) fn ca(place: &Place) -> Result<Said, CliError> {
    let pem = place.authority()?.root_pem()?;
    let json = json!({ "pem": pem });
    Ok(Said::new(pem, json))
}

pub(super) fn metadata(place: &Place) -> Result<Said, CliError> {
    let (mut key, mut world) = place.open()?;
    let info = get_info(&mut key, &mut world)?;
    let statement = metadata::statement(key.profile(), &place.authority()?, &info)?;
    let text = serde_json::to_string_pretty(&statement)
        .map_err(|error| CliError::other(error.to_string()))?;
    Ok(Said::new(text, statement))
}

pub(super) fn personas() -> Said {
    let width = persona::all()
        .iter()
        .map(|one| one.name.len())
        .max()
        .unwrap_or_default();
    let rows: Vec<String> = persona::all()
        .iter()
        .map(|one| format!("{:width$}  {}", one.name, one.description))
        .collect();
    let json: Vec<Json> = persona::all()
        .iter()
        .map(|one| {
            json!({
                "name": one.name,
                "description": one.description,
                "source": one.source,
                "aaguid": one.profile.aaguid,
            })
        })
        .collect();
    Said::new(rows.join("\n"), json!({ "personas": json }))
}
