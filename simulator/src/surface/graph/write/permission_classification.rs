//! `/servicePrincipals/{id}/delegatedPermissionClassifications`: how much care a delegated permission wants.

use entrasim_domain::directory::service_principal::{PermissionClassification, ServicePrincipal};
use http::StatusCode;
use serde_json::Value;

use super::super::error::GraphError;
use super::super::error::application::ApplicationError;
use super::super::resource::Resource;
use super::super::schema::permission_classification::PERMISSION_CLASSIFICATION as ENTITY;
use super::super::schema::service_principal::offered_scopes;
use super::super::schema::{Projected, id_first};
use super::super::{Answer, Graph};
use super::credentialed::change;
use super::{body, invalid, no_content};
use crate::directory_ids::permission_classification_id;

const CLASS: &str = "DelegatedPermissionClassification";
const WORDS: [&str; 3] = ["low", "medium", "high"];

/// `POST /servicePrincipals/{id}/delegatedPermissionClassifications`: the permission is named by its id, its value, or both.
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let tenant = graph.tenant()?;
    let principal = path.object::<ServicePrincipal>(0)?;
    let members = body(graph)?;
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    if let Some(strange) = members.keys().find(|name| {
        !["id", "permissionId", "permissionName", "classification"].contains(&&***name)
    }) {
        return Err(GraphError::UnknownMember {
            member: strange.clone(),
            entity: ENTITY.name,
        });
    }
    let word = text("classification").unwrap_or_default();
    let word = WORDS
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(word));
    let word = word.ok_or_else(|| invalid("classification", CLASS))?;
    let (id, name) = (text("permissionId"), text("permissionName"));
    if id.is_none() && name.is_none() {
        return Err(GraphError::Required {
            member: "permissionId",
            class: CLASS,
        });
    }
    let offered = offered_scopes(tenant, principal);
    let found = offered.into_iter().find(|(known, value)| {
        id.is_none_or(|id| id.parse() == Ok(*known)) && name.is_none_or(|name| name == value)
    });
    let (permission, name) = found.ok_or_else(|| invalid("permissionId", CLASS))?;
    let row = PermissionClassification {
        permission,
        name,
        classification: word.to_owned(),
    };
    change(graph, path, |_, principal: &mut ServicePrincipal| {
        let known = &mut principal.classifications;
        if known.iter().any(|known| known.permission == permission) {
            return Err(ApplicationError::ClassificationExists.into());
        }
        known.push(row.clone());
        Ok(())
    })?;
    let shown = id_first(ENTITY.whole(graph.tenant()?, &row));
    let fragment = format!(
        "servicePrincipals('{}')/delegatedPermissionClassifications/$entity",
        principal.id
    );
    let id = permission_classification_id(&row);
    let location = graph.contained_url(principal.row(), "delegatedPermissionClassifications", &id);
    let reply = graph.document(StatusCode::CREATED, &fragment, Value::Object(shown));
    Ok(reply
        .header("location", &location)
        .header("x-ms-resource-unit", "1"))
}

/// `DELETE /servicePrincipals/{id}/delegatedPermissionClassifications/{id}`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let permission = path.object::<PermissionClassification>(1)?.permission;
    change(graph, path, |_, principal: &mut ServicePrincipal| {
        principal
            .classifications
            .retain(|known| known.permission != permission);
        Ok(())
    })?;
    Ok(no_content())
}
