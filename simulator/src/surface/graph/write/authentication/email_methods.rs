//! `/users/{id}/authentication/emailMethods`: one address, for resetting the password only. Nobody adds or changes their own
//! here (Microsoft Learn, emailAuthenticationMethod resource type).

use entrasim_domain::credential::method::{
    AuthenticationMethod, EMAIL as ID, MethodKind, is_email_address,
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::{invalid, no_content};
use super::{another, change, created, members, named_id, replaced, required};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::authentication_method::EMAIL;
use crate::surface::graph::{Answer, Graph};

/// `POST …`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = another(graph, resource)?;
    let address = address(&members(graph, &EMAIL)?)?;
    let registered = graph.call.now();
    change(graph, user.id, |_, user| {
        if EMAIL.of(user).next().is_some() {
            // The text is assumed.
            return Err(GraphError::BadRequest(
                "An email method already exists for this user.".to_owned(),
            ));
        }
        user.methods.push(AuthenticationMethod {
            id: ID,
            registered,
            kind: MethodKind::Email { address },
        });
        Ok(())
    })?;
    created(graph, user.id, ID, &EMAIL)
}

/// `PATCH …/{id}`
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    set(graph, resource)?;
    Ok(no_content())
}

/// `PUT …/{id}`, as older clients of beta have it.
pub(in crate::surface::graph) fn put(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let id = set(graph, resource)?;
    let user = another(graph, resource)?.id;
    replaced(graph, user, id, &EMAIL)
}

fn set(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Result<Uuid, GraphError> {
    let user = another(graph, resource)?;
    let id = named_id(resource, user, &EMAIL)?;
    let address = address(&members(graph, &EMAIL)?)?;
    change(graph, user.id, |_, user| {
        for method in user.methods.iter_mut().filter(|method| method.id == id) {
            method.kind = MethodKind::Email {
                address: address.clone(),
            };
        }
        Ok(())
    })?;
    Ok(id)
}

fn address(members: &Map<String, Value>) -> Result<String, GraphError> {
    let address = required(members, "emailAddress", EMAIL.name)?;
    if !is_email_address(address) {
        return Err(invalid("emailAddress", EMAIL.name));
    }
    Ok(address.to_owned())
}
