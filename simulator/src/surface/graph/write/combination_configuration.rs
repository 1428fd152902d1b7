//! `…/authenticationStrengthPolicies/{id}/combinationConfigurations`: which models of passkeys a strength lets count.

use std::sync::Arc;

use entrasim_domain::policy::authentication_strength::{
    AuthenticationStrength, CombinationConfiguration, Mode,
};
use entrasim_domain::random::Random;
use http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::error::GraphError;
use super::super::path::Key;
use super::super::policy::authentication_strength::{
    read, show_configuration, show_configurations,
};
use super::super::read::find;
use super::super::schema::authentication_strength::AUTHENTICATION_STRENGTH;
use super::super::{Answer, Graph};
use super::authentication_strength::change;
use super::{invalid, no_content};

const CLASS: &str = "CombinationConfiguration";
const FIDO2: &str = "microsoft.graph.fido2CombinationConfiguration";
const CERTIFICATE: &str = "microsoft.graph.x509CertificateCombinationConfiguration";

fn context(strength: &str, tail: &str) -> String {
    format!("policies/authenticationStrengthPolicies('{strength}')/combinationConfigurations{tail}")
}

fn strength<'g>(
    graph: &'g Graph<'_, '_>,
    key: &str,
) -> Result<&'g Arc<AuthenticationStrength>, GraphError> {
    let key = Key::Id(key.to_owned());
    find(&AUTHENTICATION_STRENGTH, graph.tenant()?, &key)
}

pub(in crate::surface::graph) fn list(graph: &Graph<'_, '_>, strength: &str) -> Answer {
    let known = self::strength(graph, strength)?;
    let value = json!({"value": show_configurations(known)});
    Ok(graph.document(StatusCode::OK, &context(strength, ""), value))
}

pub(in crate::surface::graph) fn one(graph: &Graph<'_, '_>, strength: &str, key: &str) -> Answer {
    let known = self::strength(graph, strength)?;
    let found = known
        .configurations
        .iter()
        .find(|configuration| configuration.id.to_string() == key)
        .ok_or_else(|| GraphError::Missing(key.to_owned()))?;
    Ok(graph.document(
        StatusCode::OK,
        &context(strength, "/$entity"),
        show_configuration(found),
    ))
}

/// The body with its type.
fn members(graph: &Graph<'_, '_>) -> Result<Map<String, Value>, GraphError> {
    let members: Map<String, Value> =
        serde_json::from_slice(&graph.call.request.body).map_err(|_| GraphError::Body)?;
    let kind = members
        .get("@odata.type")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim_start_matches('#');
    match kind {
        FIDO2 => Ok(members),
        CERTIFICATE => Err(GraphError::NotSimulated(
            "graph x509CertificateCombinationConfiguration".to_owned(),
        )),
        _ => Err(invalid("@odata.type", CLASS)),
    }
}

/// Takes a request's members into a configuration; what is absent stays.
fn apply(
    configuration: &mut CombinationConfiguration,
    members: &Map<String, Value>,
) -> Result<(), GraphError> {
    for (name, value) in members {
        match name.as_str() {
            "appliesToCombinations" => configuration.applies_to = read(value, name, CLASS)?,
            "allowedAAGUIDs" => {
                let list = value.as_array().ok_or_else(|| invalid(name, CLASS))?;
                configuration.allowed_aaguids = list
                    .iter()
                    .map(|value| {
                        let id = value.as_str().and_then(|text| text.parse().ok());
                        id.ok_or_else(|| invalid(name, CLASS))
                    })
                    .collect::<Result<_, _>>()?;
            }
            "id" => {}
            _ if name.contains('@') => {}
            _ => {
                return Err(GraphError::UnknownMember {
                    member: name.clone(),
                    entity: "fido2CombinationConfiguration",
                });
            }
        }
    }
    if configuration.applies_to != [vec![Mode::Fido2]] {
        return Err(invalid("appliesToCombinations", CLASS));
    }
    if configuration.allowed_aaguids.is_empty() {
        return Err(invalid("allowedAAGUIDs", CLASS));
    }
    Ok(())
}

pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, strength: &str) -> Answer {
    let members = members(graph)?;
    let mut configuration = CombinationConfiguration {
        id: graph.call.draw(Random::guid),
        applies_to: Vec::new(),
        allowed_aaguids: Vec::new(),
    };
    apply(&mut configuration, &members)?;
    let shown = show_configuration(&configuration);
    change(graph, strength, |strength, _| {
        let allowed = |one| strength.combinations.contains(one);
        if !configuration.applies_to.iter().all(allowed) {
            return Err(invalid("appliesToCombinations", CLASS));
        }
        strength.configurations.push(configuration);
        Ok(())
    })?;
    Ok(graph.document(StatusCode::CREATED, &context(strength, "/$entity"), shown))
}

pub(in crate::surface::graph) fn update(
    graph: &Graph<'_, '_>,
    strength: &str,
    key: &str,
) -> Answer {
    let members = members(graph)?;
    change(graph, strength, |strength, _| {
        let known = strength
            .configurations
            .iter_mut()
            .find(|configuration| configuration.id.to_string() == key)
            .ok_or_else(|| GraphError::Missing(key.to_owned()))?;
        apply(known, &members)
    })?;
    Ok(no_content())
}

pub(in crate::surface::graph) fn delete(
    graph: &Graph<'_, '_>,
    strength: &str,
    key: &str,
) -> Answer {
    let missing = || GraphError::Missing(key.to_owned());
    let id: Uuid = key.parse().map_err(|_| missing())?;
    change(graph, strength, |strength, _| {
        let before = strength.configurations.len();
        strength
            .configurations
            .retain(|configuration| configuration.id != id);
        if strength.configurations.len() == before {
            return Err(missing());
        }
        Ok(())
    })?;
    Ok(no_content())
}
