//! `/policies/authenticationStrengthPolicies`, under `/identity/conditionalAccess/authenticationStrength` as well: create,
//! change, delete, and what uses a strength.

use std::sync::Arc;

use entrasim_domain::policy::ConditionalAccess;
use entrasim_domain::policy::authentication_strength::{AuthenticationStrength, Combination, Mode};
use entrasim_domain::policy::conditional_access::ConditionalAccessPolicy;
use entrasim_domain::random::Random;
use http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::error::GraphError;
use super::super::policy::authentication_strength::{read, texts};
use super::super::read::find;
use super::super::schema::authentication_strength::AUTHENTICATION_STRENGTH;
use super::super::schema::conditional_access_policy::CONDITIONAL_ACCESS_POLICY;
use super::super::{Answer, Graph};
use super::{body, invalid, no_content, optional_text, other_member, text};
use crate::surface::graph::path::{Key, arguments};

const CLASS: &str = "AuthenticationStrengthPolicy";
/// A tenant has no more of its own (MicrosoftDocs/entra-docs concept-authentication-strength-advanced-options.md).
const MOST: usize = 15;

fn refused<T>(text: impl Into<String>) -> Result<T, GraphError> {
    Err(GraphError::BadRequest(text.into()))
}

/// At least one combination, and none of both kinds.
fn check(combinations: &[Combination]) -> Result<(), GraphError> {
    use entrasim_domain::policy::authentication_strength::is_multifactor;
    if combinations.is_empty() {
        return refused("An authentication strength must have at least one allowed combination.");
    }
    let first = combinations.first().map(is_multifactor);
    if combinations
        .iter()
        .any(|one| Some(is_multifactor(one)) != first)
    {
        return refused(
            "Single-factor and multifactor combinations cannot be mixed in one authentication strength.",
        );
    }
    Ok(())
}

/// `POST …`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>) -> Answer {
    let members = body(graph)?;
    let required = |member| GraphError::Required {
        member,
        class: CLASS,
    };
    let name = members
        .get("displayName")
        .ok_or_else(|| required("displayName"))?;
    let combinations = members
        .get("allowedCombinations")
        .ok_or_else(|| required("allowedCombinations"))?;
    let now = graph.call.now();
    let mut strength = AuthenticationStrength {
        id: graph.call.draw(Random::guid),
        display_name: text(name, "displayName", CLASS, 30)?,
        description: String::new(),
        built_in: false,
        combinations: read(combinations, "allowedCombinations", CLASS)?,
        configurations: Vec::new(),
        created: now,
        modified: now,
    };
    check(&strength.combinations)?;
    let rest: Map<String, Value> = members
        .into_iter()
        .filter(|(name, _)| name != "allowedCombinations")
        .collect();
    let strength = graph.write(|tenant| {
        describe(&mut strength, &rest, tenant)?;
        if tenant.conditional_access.strengths.len() >= MOST {
            return refused("The tenant has reached the limit of custom authentication strengths.");
        }
        let strength = Arc::new(strength);
        tenant
            .conditional_access
            .strengths
            .insert(strength.id, Arc::clone(&strength));
        Ok(strength)
    })?;
    let value = AUTHENTICATION_STRENGTH.whole(graph.tenant()?, &strength);
    Ok(graph.document(
        StatusCode::CREATED,
        "policies/authenticationStrengthPolicies/$entity",
        Value::Object(value),
    ))
}

/// Only the names can be written directly.
fn describe(
    strength: &mut AuthenticationStrength,
    members: &Map<String, Value>,
    tenant: &entrasim_domain::tenant::Tenant,
) -> Result<(), GraphError> {
    let before = Arc::new(strength.clone());
    for (name, value) in members {
        match name.as_str() {
            "displayName" => strength.display_name = text(value, name, CLASS, 30)?,
            "description" => {
                strength.description = optional_text(value, name, CLASS, 256)?.unwrap_or_default();
            }
            _ => other_member(&AUTHENTICATION_STRENGTH, tenant, &before, name, value)?,
        }
    }
    Ok(())
}

/// Changes one of the tenant's own; the built-in ones stay as they are.
pub(super) fn change<T>(
    graph: &Graph<'_, '_>,
    key: &str,
    change: impl FnOnce(
        &mut AuthenticationStrength,
        &entrasim_domain::tenant::Tenant,
    ) -> Result<T, GraphError>,
) -> Result<T, GraphError> {
    let now = graph.call.now();
    graph.write(|tenant| {
        let known = find(&AUTHENTICATION_STRENGTH, tenant, &Key::Id(key.to_owned()))?;
        if known.built_in {
            return refused("Built-in authentication strengths cannot be changed.");
        }
        let mut strength = AuthenticationStrength::clone(known);
        let result = change(&mut strength, tenant)?;
        strength.modified = now;
        tenant
            .conditional_access
            .strengths
            .insert(strength.id, Arc::new(strength));
        Ok(result)
    })
}

/// `PATCH …/{id}`
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, key: &str) -> Answer {
    let members = body(graph)?;
    change(graph, key, |strength, tenant| {
        describe(strength, &members, tenant)
    })?;
    Ok(no_content())
}

/// `DELETE …/{id}`: one that a policy demands stays.
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, key: &str) -> Answer {
    graph.write(|tenant| {
        let known = find(&AUTHENTICATION_STRENGTH, tenant, &Key::Id(key.to_owned()))?;
        let id = known.id;
        if known.built_in {
            return refused("Built-in authentication strengths cannot be deleted.");
        }
        if users(&tenant.conditional_access, id).next().is_some() {
            return refused(
                "The authentication strength is used by a Conditional Access policy and cannot be deleted.",
            );
        }
        tenant.conditional_access.strengths.remove(&id);
        Ok(())
    })?;
    Ok(no_content())
}

/// The policies that demand a strength.
fn users(
    all: &ConditionalAccess,
    strength: Uuid,
) -> impl Iterator<Item = &Arc<ConditionalAccessPolicy>> {
    all.policies.values().filter(move |policy| {
        let demanded = policy.grant.as_ref().and_then(|grant| grant.strength);
        demanded == Some(strength)
    })
}

/// `POST …/{id}/updateAllowedCombinations`
pub(in crate::surface::graph) fn update_allowed_combinations(
    graph: &Graph<'_, '_>,
    key: &str,
) -> Answer {
    let members = body(graph)?;
    let given = members.get("allowedCombinations").unwrap_or(&Value::Null);
    let combinations = read(given, "allowedCombinations", CLASS)?;
    check(&combinations)?;
    let value = change(graph, key, |strength, tenant| {
        let previous = core::mem::replace(&mut strength.combinations, combinations);
        // A configuration of a combination that is no longer allowed says nothing any more.
        let current = strength.combinations.clone();
        for configuration in &mut strength.configurations {
            configuration.applies_to.retain(|one| current.contains(one));
        }
        strength
            .configurations
            .retain(|configuration| !configuration.applies_to.is_empty());
        let references: Vec<String> = users(&tenant.conditional_access, strength.id)
            .map(|policy| policy.id.to_string())
            .collect();
        Ok(json!({
            "previousCombinations": texts(&previous), "currentCombinations": texts(&current),
            "conditionalAccessReferences": references, "additionalInformation": "",
        }))
    })?;
    Ok(graph.action_result("microsoft.graph.updateAllowedCombinationsResult", value))
}

/// `GET …/{id}/usage()`: the policies that demand it, by what they demand of it.
pub(in crate::surface::graph) fn usage(graph: &Graph<'_, '_>, key: &str) -> Answer {
    let tenant = graph.tenant()?;
    let strength = find(&AUTHENTICATION_STRENGTH, tenant, &Key::Id(key.to_owned()))?;
    let policies: Vec<Value> = users(&tenant.conditional_access, strength.id)
        .map(|policy| Value::Object(CONDITIONAL_ACCESS_POLICY.whole(tenant, policy)))
        .collect();
    let (mfa, none) = if strength.is_multifactor() {
        (policies, Vec::new())
    } else {
        (Vec::new(), policies)
    };
    let value = json!({"mfa": mfa, "none": none});
    Ok(graph.document(
        StatusCode::OK,
        "microsoft.graph.authenticationStrengthUsage",
        value,
    ))
}

/// `…/authenticationStrength/combinations`
pub(in crate::surface::graph) fn combinations(graph: &Graph<'_, '_>) -> Answer {
    let all = texts(&entrasim_domain::policy::authentication_strength::combinations());
    let fragment = "Collection(microsoft.graph.authenticationMethodModes)";
    Ok(graph.document(StatusCode::OK, fragment, json!({"value": all})))
}

const MODES: &str = "identity/conditionalAccess/authenticationStrength/authenticationMethodModes";

fn mode(mode: Mode, word: &str) -> Value {
    json!({"id": word, "displayName": mode.display_name(), "authenticationMethod": mode.method()})
}

/// `…/authenticationStrength/authenticationMethodModes`
pub(in crate::surface::graph) fn modes(graph: &Graph<'_, '_>) -> Answer {
    let all = Mode::ALL.iter().map(|(known, word)| mode(*known, word));
    let all: Vec<Value> = all.collect();
    Ok(graph.document(StatusCode::OK, MODES, json!({"value": all})))
}

/// `…/authenticationStrength/authenticationMethodModes/{id}`
pub(in crate::surface::graph) fn one_mode(graph: &Graph<'_, '_>, key: &str) -> Answer {
    let mut all = Mode::ALL.iter();
    let found = all.find(|(_, word)| word.eq_ignore_ascii_case(key));
    let (known, word) = found.ok_or_else(|| GraphError::Missing(key.to_owned()))?;
    let fragment = format!("{MODES}/$entity");
    Ok(graph.document(StatusCode::OK, &fragment, mode(*known, word)))
}

/// `GET …/findByMethodMode(authenticationMethodModes=[…])`: the strengths with a combination that has one of these modes.
/// That one is enough is assumed: the reference says no more than that the modes are named.
pub(in crate::surface::graph) fn find_by_method_mode(graph: &Graph<'_, '_>) -> Answer {
    let arguments = arguments(graph.call.request);
    let given = arguments
        .get("authenticationMethodModes")
        .ok_or_else(|| invalid("authenticationMethodModes", CLASS))?;
    let words = given
        .trim_start_matches('[')
        .trim_end_matches(']')
        .split(',')
        .map(|word| word.trim().trim_matches(['"', '\'']))
        .filter(|word| !word.is_empty());
    let modes = words
        .map(|word| Mode::parse(word).ok_or_else(|| invalid("authenticationMethodModes", CLASS)))
        .collect::<Result<Vec<Mode>, _>>()?;
    let tenant = graph.tenant()?;
    let rows = (AUTHENTICATION_STRENGTH.rows)(tenant, None).filter(|strength| {
        let mut named = strength.combinations.iter().flatten();
        named.any(|mode| modes.contains(mode))
    });
    let rows = rows.map(|strength| Value::Object(AUTHENTICATION_STRENGTH.whole(tenant, strength)));
    let value = json!({"value": rows.collect::<Vec<Value>>()});
    let fragment = "Collection(microsoft.graph.authenticationStrengthPolicy)";
    Ok(graph.document(StatusCode::OK, fragment, value))
}
