//! `POST /directoryObjects/getAvailableExtensionProperties`

use entrasim_domain::directory::application::ExtensionProperty;
use serde_json::{Value, json};

use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::extension_property::EXTENSION_PROPERTY;
use crate::surface::graph::schema::id_first;
use crate::surface::graph::write::{body, boolean, member};
use crate::surface::graph::{Answer, Graph};

/// The properties that the tenant's registrations define, or those that are synchronised: there are none of these.
pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let tenant = graph.tenant()?;
    let members = if graph.call.request.body.is_empty() {
        serde_json::Map::new()
    } else {
        body(graph)?
    };
    let synchronised = match member(&members, "isSyncedFromOnPremises") {
        None | Some(Value::Null) => false,
        Some(value) => boolean(value, "isSyncedFromOnPremises", "DirectoryObject")?,
    };
    let apps = tenant.applications.values().filter(|_| !synchronised);
    let mut defined: Vec<&ExtensionProperty> =
        apps.flat_map(|app| &app.extension_properties).collect();
    defined.sort_unstable_by_key(|property| property.id);
    let rows: Vec<Value> = defined
        .into_iter()
        .map(|property| Value::Object(id_first(EXTENSION_PROPERTY.whole(tenant, property))))
        .collect();
    let context = "Collection(microsoft.graph.extensionProperty)";
    Ok(graph.action_result(context, json!({"value": rows})))
}
