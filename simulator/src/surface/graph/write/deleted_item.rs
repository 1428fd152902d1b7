//! Deleted items: bringing them back, deleting them for good, and finding what a user owned.

use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::error::DirectoryError;
use entrasim_domain::tenant::relations::Relation;
use http::StatusCode;
use serde_json::{Value, json};

use super::super::error::GraphError;
use super::super::resource::Resource;
use super::super::schema::deleted_item::DELETED_ITEM;
use super::super::schema::{Type, typed};
use super::super::{Answer, Graph};
use super::{body, no_content};

fn id(resource: &Resource<'_>) -> Result<ObjectId, GraphError> {
    resource.present()?;
    let key = resource.key(0);
    key.parse().map_err(|_| GraphError::Missing(key.to_owned()))
}

/// `POST /directory/deletedItems/{id}/restore`: everything that tied the object to others comes back with it.
pub(in crate::surface::graph) fn restore(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let id = id(resource)?;
    let asked = if graph.call.request.body.is_empty() {
        serde_json::Map::new()
    } else {
        body(graph)?
    };
    let reconcile = asked
        .get("autoReconcileProxyConflict")
        .and_then(Value::as_bool);
    let name = asked.get("newUserPrincipalName").and_then(Value::as_str);
    if name.is_some() {
        return Err(GraphError::NotSimulated(
            "graph restore with newUserPrincipalName".to_owned(),
        ));
    }
    let restored = graph.write(|tenant| {
        match tenant.restore(id, &graph.note()) {
            // Proxy addresses are never in conflict here, principal names may be.
            Err(DirectoryError::Conflict("userPrincipalName")) if reconcile == Some(true) => {
                return Err(GraphError::Conflict {
                    member: "userPrincipalName",
                });
            }
            done => done?,
        }
        let row = super::super::schema::object(tenant, id);
        Ok(row
            .map(|row| typed(tenant, row, graph.query.version))
            .unwrap_or_default())
    })?;
    let reply = graph.document(StatusCode::OK, "directoryObjects/$entity", restored);
    Ok(reply.header("x-ms-resource-unit", "1"))
}

/// `DELETE /directory/deletedItems/{id}`
pub(in crate::surface::graph) fn purge(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let id = id(resource)?;
    graph.write(|tenant| Ok(tenant.purge(id, &graph.note())?))?;
    Ok(no_content())
}

/// `POST /directory/deletedItems/getUserOwnedObjects`: what a user owned when it was deleted.
pub(in crate::surface::graph) fn owned(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let members = body(graph)?;
    let text = |name: &'static str| {
        let value = members.get(name).and_then(Value::as_str);
        value.ok_or(GraphError::Required {
            member: name,
            class: "DirectoryObject",
        })
    };
    let user: ObjectId = text("userId")?.parse().map_err(|_| GraphError::Invalid {
        member: "userId".to_owned(),
        class: "DirectoryObject",
    })?;
    let kind = text("type")?;
    let tenant = graph.tenant()?;
    let owned = DELETED_ITEM.rows(tenant, None).filter(|row| {
        let id = DELETED_ITEM.id(tenant, *row);
        let deleted = id.and_then(|id| tenant.deleted.get(id, graph.call.now()));
        deleted.is_some_and(|deleted| deleted.had(Relation::Owner, user))
    });
    let rows: Vec<Value> = owned
        .filter(|row| {
            super::super::schema::type_of(*row)
                .name()
                .eq_ignore_ascii_case(kind)
        })
        .map(|row| typed(tenant, row, graph.query.version))
        .collect();
    Ok(graph.action_result("directoryObjects", json!({"value": rows})))
}
