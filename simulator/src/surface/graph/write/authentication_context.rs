//! `/identity/conditionalAccess/authenticationContextClassReferences`: create, change, delete.

use std::sync::Arc;

use entrasim_domain::policy::conditional_access::AuthenticationContext;
use http::StatusCode;
use serde_json::{Map, Value};

use super::super::error::GraphError;
use super::super::schema::authentication_context::AUTHENTICATION_CONTEXT;
use super::super::{Answer, Graph};
use super::{body, boolean, invalid, no_content, optional_text, other_member};

const CLASS: &str = "AuthenticationContextClassReference";

/// `c1` to `c99`; the one who makes it chooses.
fn id(text: &str) -> Result<String, GraphError> {
    let number = text
        .strip_prefix(['c', 'C'])
        .filter(|digits| !digits.starts_with('0'))
        .and_then(|digits| digits.parse::<u8>().ok())
        .filter(|number| (1..=99).contains(number))
        .ok_or_else(|| invalid("id", CLASS))?;
    Ok(format!("c{number}"))
}

/// `POST …`: answers 200 and not 201, as documented.
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>) -> Answer {
    let members = body(graph)?;
    let id = id(members
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default())?;
    let context = put(graph, &id, &members, |known| !known)?;
    let value = AUTHENTICATION_CONTEXT.whole(graph.tenant()?, &context);
    Ok(graph.document(
        StatusCode::OK,
        "identity/conditionalAccess/authenticationContextClassReferences/$entity",
        Value::Object(value),
    ))
}

/// `PATCH …/{id}`: makes it where it is not there yet.
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, key: &str) -> Answer {
    let members = body(graph)?;
    put(graph, &id(key)?, &members, |_| true)?;
    Ok(no_content())
}

fn put(
    graph: &Graph<'_, '_>,
    id: &str,
    members: &Map<String, Value>,
    may: impl Fn(bool) -> bool,
) -> Result<Arc<AuthenticationContext>, GraphError> {
    graph.write(|tenant| {
        let known = tenant.conditional_access.authentication_contexts.get(id);
        if !may(known.is_some()) {
            return Err(GraphError::BadRequest(format!(
                "An authentication context class reference with the id {id} exists already."
            )));
        }
        let mut context = known.map_or_else(
            || AuthenticationContext {
                id: id.to_owned(),
                display_name: String::new(),
                description: String::new(),
                available: false,
            },
            |known| AuthenticationContext::clone(known),
        );
        let before = Arc::new(context.clone());
        for (name, value) in members {
            match name.as_str() {
                "displayName" => {
                    context.display_name =
                        optional_text(value, name, CLASS, 256)?.unwrap_or_default();
                }
                "description" => {
                    context.description =
                        optional_text(value, name, CLASS, 1024)?.unwrap_or_default();
                }
                "isAvailable" => context.available = boolean(value, name, CLASS)?,
                _ => other_member(&AUTHENTICATION_CONTEXT, tenant, &before, name, value)?,
            }
        }
        let context = Arc::new(context);
        tenant
            .conditional_access
            .authentication_contexts
            .insert(id.to_owned(), Arc::clone(&context));
        Ok(context)
    })
}

/// `DELETE …/{id}`: one that is published or that a policy names stays.
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, key: &str) -> Answer {
    let missing = || GraphError::Missing(key.to_owned());
    let id = id(key).map_err(|_| missing())?;
    graph.write(|tenant| {
        let all = &mut tenant.conditional_access;
        let context = all.authentication_contexts.get(&id).ok_or_else(missing)?;
        let named = all.policies.values().any(|policy| {
            let contexts = &policy.conditions.applications.authentication_contexts;
            contexts.contains(&id)
        });
        if context.available || named {
            return Err(GraphError::BadRequest(format!(
                "The authentication context class reference {id} is published or used by a Conditional Access policy and cannot be deleted."
            )));
        }
        all.authentication_contexts.remove(&id);
        Ok(())
    })?;
    Ok(no_content())
}
