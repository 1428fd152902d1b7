//! `POST /directoryObjects/getByIds`, and `GET /directoryObjects/{id}`.

use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use http::StatusCode;
use serde_json::{Value, json};

use crate::surface::graph::error::GraphError;
use crate::surface::graph::path::Key;
use crate::surface::graph::permission::{self, Whose};
use crate::surface::graph::schema::application::APPLICATION;
use crate::surface::graph::schema::group::GROUP;
use crate::surface::graph::schema::service_principal::SERVICE_PRINCIPAL;
use crate::surface::graph::schema::user::USER;
use crate::surface::graph::write::{body, invalid, texts};
use crate::surface::graph::{Answer, Graph};

const CLASS: &str = "DirectoryObject";
/// At most so many ids in one request (Microsoft Learn, directoryObject: getByIds).
const MOST: usize = 1000;

/// Ids that mean nothing are left out of the answer.
pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>) -> Answer {
    let tenant = graph.tenant()?;
    permission::GET_BY_IDS.check(&graph.caller, tenant, Whose::Other)?;
    let members = body(graph)?;
    let ids = members.get("ids").ok_or(GraphError::Required {
        member: "ids",
        class: CLASS,
    })?;
    let ids = texts(ids, "ids", CLASS)?;
    if ids.len() > MOST {
        return Err(GraphError::TooManyIds);
    }
    let types = match members.get("types") {
        None | Some(Value::Null) => Vec::new(),
        Some(types) => texts(types, "types", CLASS)?,
    };
    let mut found = Vec::new();
    for id in ids {
        let id: ObjectId = id.parse().map_err(|_| invalid("ids", CLASS))?;
        if let Some((kind, object)) = typed(tenant, id)
            && (types.is_empty()
                || types
                    .iter()
                    .any(|name| name.eq_ignore_ascii_case(kind) || name == "directoryObject"))
        {
            found.push(object);
        }
    }
    let value = json!({"value": found});
    Ok(graph
        .action_result("directoryObjects", value)
        .header("x-ms-resource-unit", "3"))
}

/// `GET /directoryObjects/{id}`
pub(in crate::surface::graph) fn one(graph: &Graph<'_, '_>, key: &Key) -> Answer {
    let tenant = graph.tenant()?;
    permission::GET_BY_IDS.check(&graph.caller, tenant, Whose::Other)?;
    if graph.query.select.is_some() {
        return Err(GraphError::NotSimulated(
            "graph $select on directoryObjects".to_owned(),
        ));
    }
    let id = key.text();
    let object = id.parse().ok().and_then(|id| typed(tenant, id));
    let (_, object) = object.ok_or_else(|| GraphError::Missing(id.to_owned()))?;
    Ok(graph.document(StatusCode::OK, "directoryObjects/$entity", object))
}

/// An object of any type with its default properties, and the name of its type.
pub(super) fn typed(tenant: &Tenant, id: ObjectId) -> Option<(&'static str, Value)> {
    if let Some(user) = tenant.users.get(id) {
        return Some((USER.name, USER.typed(tenant, user)));
    }
    if let Some(group) = tenant.groups.get(&id) {
        return Some((GROUP.name, GROUP.typed(tenant, group)));
    }
    if let Some(principal) = tenant.service_principals.get(&id) {
        return Some((
            SERVICE_PRINCIPAL.name,
            SERVICE_PRINCIPAL.typed(tenant, principal),
        ));
    }
    let application = tenant.applications.get(&id)?;
    Some((APPLICATION.name, APPLICATION.typed(tenant, application)))
}
