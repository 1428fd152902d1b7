//! `/identity/conditionalAccess/…` and the part of `/policies/…` that belongs to it.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Target, get, names, not_simulated};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::path::{Key, Segment};
use crate::surface::graph::permission::{self, Operation, Whose};
use crate::surface::graph::schema::Type;
use crate::surface::graph::schema::authentication_context::AUTHENTICATION_CONTEXT;
use crate::surface::graph::schema::authentication_strength::AUTHENTICATION_STRENGTH;
use crate::surface::graph::schema::conditional_access_policy::CONDITIONAL_ACCESS_POLICY;
use crate::surface::graph::schema::named_location::NAMED_LOCATION;
use crate::surface::graph::write::{
    authentication_context, authentication_strength, combination_configuration, conditional_access,
};
use crate::surface::graph::{Answer, Graph};

pub(super) fn identity(graph: &Graph<'_, '_>, target: &Target) -> Answer {
    let names = names(target);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rest = target.rest.get(2..).unwrap_or_default();
    let key = rest.first().map_or("", |segment| segment.text.as_str());
    let ["conditionalaccess", set, below @ ..] = names.as_slice() else {
        return Err(not_simulated(graph, target));
    };
    match (graph.method().as_str(), *set, below) {
        ("GET", "policies", _) => read(
            graph,
            rest,
            &CONDITIONAL_ACCESS_POLICY,
            &permission::READ_CONDITIONAL_ACCESS,
        ),
        ("POST", "policies", []) => conditional_access::create_policy(graph),
        ("PATCH", "policies", [_]) => conditional_access::update_policy(graph, key),
        ("DELETE", "policies", [_]) => conditional_access::delete_policy(graph, key),
        ("GET", "namedlocations", _) => read(
            graph,
            rest,
            &NAMED_LOCATION,
            &permission::READ_CONDITIONAL_ACCESS,
        ),
        ("POST", "namedlocations", []) => conditional_access::create_location(graph),
        ("PATCH", "namedlocations", [_]) => conditional_access::update_location(graph, key),
        ("DELETE", "namedlocations", [_]) => conditional_access::delete_location(graph, key),
        ("GET", "authenticationcontextclassreferences", _) => read(
            graph,
            rest,
            &AUTHENTICATION_CONTEXT,
            &permission::READ_AUTHENTICATION_CONTEXTS,
        ),
        ("POST", "authenticationcontextclassreferences", []) => {
            authentication_context::create(graph)
        }
        ("PATCH", "authenticationcontextclassreferences", [_]) => {
            authentication_context::update(graph, key)
        }
        ("DELETE", "authenticationcontextclassreferences", [_]) => {
            authentication_context::delete(graph, key)
        }
        (_, "authenticationstrength" | "authenticationstrengths", ["policies", ..]) => {
            strengths(graph, target, rest.get(1..).unwrap_or_default())
        }
        ("GET", "authenticationstrength" | "authenticationstrengths", ["combinations"]) => {
            combinations(graph)
        }
        (
            "GET",
            "authenticationstrength" | "authenticationstrengths",
            ["authenticationmethodmodes"],
        ) => modes(graph),
        _ => Err(not_simulated(graph, target)),
    }
}

pub(super) fn policies(graph: &Graph<'_, '_>, target: &Target) -> Answer {
    match target.rest.as_slice() {
        [set, rest @ ..] if set.is("authenticationStrengthPolicies") => {
            strengths(graph, target, rest)
        }
        _ => Err(not_simulated(graph, target)),
    }
}

fn strengths(graph: &Graph<'_, '_>, target: &Target, rest: &[Segment]) -> Answer {
    let below: Vec<String> = rest
        .iter()
        .skip(1)
        .map(|segment| segment.name.to_ascii_lowercase())
        .collect();
    let below: Vec<&str> = below.iter().map(String::as_str).collect();
    let key = rest.first().map(|segment| segment.text.as_str());
    match (graph.method().as_str(), key, below.as_slice()) {
        ("GET", _, []) => read(
            graph,
            rest,
            &AUTHENTICATION_STRENGTH,
            &permission::READ_AUTHENTICATION_STRENGTHS,
        ),
        ("POST", None, []) => authentication_strength::create(graph),
        ("PATCH", Some(key), []) => authentication_strength::update(graph, key),
        ("DELETE", Some(key), []) => authentication_strength::delete(graph, key),
        ("GET", Some(key), ["usage"]) => authentication_strength::usage(graph, key),
        ("POST", Some(key), ["updateallowedcombinations"]) => {
            authentication_strength::update_allowed_combinations(graph, key)
        }
        (_, Some(key), ["combinationconfigurations", ..]) => {
            combination_configuration::answer(graph, key, rest.get(2..).unwrap_or_default())
        }
        _ => Err(not_simulated(graph, target)),
    }
}

/// A set, its size, or one entity of it.
fn read(
    graph: &Graph<'_, '_>,
    rest: &[Segment],
    entity: &'static dyn Type,
    operation: &'static Operation,
) -> Answer {
    let (key, rest) = match rest {
        [first, rest @ ..] if !first.is("$count") => (Some(Key::Id(first.text.clone())), rest),
        rest => (None, rest),
    };
    let inner = Target {
        set: String::new(),
        key,
        rest: rest.to_vec(),
    };
    get(graph, &inner, entity, operation, Whose::Other)
}

fn may_read(graph: &Graph<'_, '_>) -> Result<(), GraphError> {
    permission::READ_AUTHENTICATION_STRENGTHS.check(&graph.caller, graph.tenant()?, Whose::Other)
}

/// `…/authenticationStrength/combinations`
fn combinations(graph: &Graph<'_, '_>) -> Answer {
    use crate::surface::graph::policy::authentication_strength::texts;
    may_read(graph)?;
    let all = texts(&entrasim_domain::policy::authentication_strength::combinations());
    let fragment = "Collection(microsoft.graph.authenticationMethodModes)";
    Ok(graph.document(StatusCode::OK, fragment, json!({"value": all})))
}

/// `…/authenticationStrength/authenticationMethodModes`
fn modes(graph: &Graph<'_, '_>) -> Answer {
    use entrasim_domain::policy::authentication_strength::Mode;
    may_read(graph)?;
    let all: Vec<Value> = Mode::ALL
        .iter()
        .map(|(mode, word)| {
            json!({"id": word, "displayName": mode.display_name(), "authenticationMethod": mode.method()})
        })
        .collect();
    let fragment = "identity/conditionalAccess/authenticationStrength/authenticationMethodModes";
    Ok(graph.document(StatusCode::OK, fragment, json!({"value": all})))
}
