//! `/policies/authorizationPolicy`: what people may do by being in the directory. Which of it counts for requests to Graph,
//! `permission/actions.rs` says; the rest is kept.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::error::GraphError;
use super::super::policy::authorization::{BETA_CONSENT, CONSENT, MEMBERS, PERMISSIONS, shown};
use super::super::policy::member;
use super::super::schema::Version;
use super::super::{Answer, Graph};
use super::authentication_method_configuration::refuse_options;
use super::{body, invalid, no_content};

const CLASS: &str = "AuthorizationPolicy";
const ENTITY: &str = "authorizationPolicy";

/// `GET …`: in beta it is a collection of one.
pub(in crate::surface::graph) fn read(graph: &Graph<'_, '_>) -> Answer {
    refuse_options(graph, ENTITY)?;
    let version = graph.query.version;
    let policy = Value::Object(shown(&graph.tenant()?.authorization_policy, version));
    let (fragment, value) = match version {
        Version::V1 => ("policies/authorizationPolicy/$entity", policy),
        Version::Beta => ("policies/authorizationPolicy", json!({"value": [policy]})),
    };
    Ok(graph.document(StatusCode::OK, fragment, value))
}

/// `GET …/authorizationPolicy`: the only one, by its id; beta only.
pub(in crate::surface::graph) fn read_named(graph: &Graph<'_, '_>, key: &str) -> Answer {
    refuse_options(graph, ENTITY)?;
    check_name(key)?;
    let policy = Value::Object(shown(
        &graph.tenant()?.authorization_policy,
        graph.query.version,
    ));
    let fragment = "policies/authorizationPolicy/$entity";
    Ok(graph.document(StatusCode::OK, fragment, policy))
}

fn check_name(key: &str) -> Result<(), GraphError> {
    if key.eq_ignore_ascii_case(ENTITY) {
        Ok(())
    } else {
        Err(GraphError::Missing(key.to_owned()))
    }
}

/// `PATCH …`: v1.0 only, beta names the policy in the path.
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>) -> Answer {
    if graph.query.version == Version::Beta {
        return Err(GraphError::Method);
    }
    write(graph, body(graph)?)
}

/// `PATCH …/authorizationPolicy`: the same in beta, where the list of consent policies stands beside the permissions.
pub(in crate::surface::graph) fn update_named(graph: &Graph<'_, '_>, key: &str) -> Answer {
    check_name(key)?;
    let mut members = body(graph)?;
    let inside = members
        .get(PERMISSIONS)
        .and_then(|value| value.get(CONSENT));
    if inside.is_some() {
        return Err(GraphError::UnknownMember {
            member: CONSENT.to_owned(),
            entity: PERMISSIONS,
        });
    }
    if let Some(consent) = members.remove(BETA_CONSENT) {
        let permissions = members.entry(PERMISSIONS).or_insert_with(|| json!({}));
        let permissions = permissions.as_object_mut();
        let permissions = permissions.ok_or_else(|| invalid(PERMISSIONS, CLASS))?;
        permissions.insert(CONSENT.to_owned(), consent);
    }
    write(graph, members)
}

fn write(graph: &Graph<'_, '_>, members: Map<String, Value>) -> Answer {
    let version = graph.query.version;
    graph.write(|tenant| {
        let kept = &mut tenant.authorization_policy;
        let before = shown(kept, version);
        for (name, value) in &members {
            match member::find(MEMBERS, name, version) {
                Some(member) => {
                    check(member.name, value)?;
                    member.write(kept, value, CLASS)?;
                }
                None => unwritten(&before, name, value)?,
            }
        }
        Ok(())
    })?;
    Ok(no_content())
}

/// Of the permissions none can be null, but for those that may be unknown.
fn check(name: &str, value: &Value) -> Result<(), GraphError> {
    let members = value.as_object().filter(|_| name == PERMISSIONS);
    let mut nulls = members
        .into_iter()
        .flatten()
        .filter(|(_, value)| value.is_null());
    match nulls.find(|(name, _)| *name != CONSENT) {
        Some((name, _)) => Err(invalid(name, CLASS)),
        None => Ok(()),
    }
}

/// Members that cannot be written pass if they say what is so already.
fn unwritten(before: &Map<String, Value>, name: &str, value: &Value) -> Result<(), GraphError> {
    match before.get(name) {
        Some(now) if now == value => Ok(()),
        Some(_) => Err(GraphError::ReadOnly {
            member: name.to_owned(),
            class: CLASS,
        }),
        None => Err(GraphError::UnknownMember {
            member: name.to_owned(),
            entity: ENTITY,
        }),
    }
}
