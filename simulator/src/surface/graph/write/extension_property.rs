//! `/applications/{id}/extensionProperties`: what a registration adds to users and other objects.

use entrasim_domain::directory::application::{Application, ExtensionProperty};
use entrasim_domain::id::ObjectId;
use entrasim_domain::random::Random;
use http::StatusCode;
use serde_json::Value;

use super::super::error::GraphError;
use super::super::resource::Resource;
use super::super::schema::extension_property::EXTENSION_PROPERTY as ENTITY;
use super::super::schema::{Projected, id_first};
use super::super::{Answer, Graph};
use super::credentialed::change;
use super::{body, boolean, invalid, no_content, required, text, texts};

const CLASS: &str = "ExtensionProperty";
const TYPES: &[&str] = &[
    "Binary",
    "Boolean",
    "DateTime",
    "Integer",
    "LargeInteger",
    "String",
];
const TARGETS: &[&str] = &[
    "AdministrativeUnit",
    "Application",
    "Device",
    "Group",
    "Organization",
    "User",
];
/// At most so many on one object, over all registrations; a registration cannot define more (Microsoft Learn, "Add custom
/// data to resources using extensions").
const MOST: usize = 100;

/// `POST /applications/{id}/extensionProperties`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let app = path.object::<Application>(0)?;
    let members = body(graph)?;
    let mut property = ExtensionProperty {
        id: ObjectId(graph.call.draw(Random::guid)),
        app: app.app_id,
        name: name(required(&members, "name", CLASS)?)?,
        data_type: word(required(&members, "dataType", CLASS)?, "dataType", TYPES)?,
        multi_valued: false,
        targets: targets(required(&members, "targetObjects", CLASS)?)?,
    };
    for (member, value) in &members {
        match member.as_str() {
            "isMultiValued" => property.multi_valued = boolean(value, member, CLASS)?,
            "name" | "dataType" | "targetObjects" => {}
            _ => {
                return Err(GraphError::UnknownMember {
                    member: member.clone(),
                    entity: ENTITY.name,
                });
            }
        }
    }
    change(graph, path, |_, application: &mut Application| {
        let known = &mut application.extension_properties;
        let same = |known: &ExtensionProperty| known.name.eq_ignore_ascii_case(&property.name);
        if known.iter().any(same) {
            return Err(GraphError::Conflict { member: "name" });
        }
        if known.len() >= MOST {
            return Err(invalid("name", CLASS));
        }
        known.push(property.clone());
        Ok(())
    })?;
    let shown = id_first(ENTITY.whole_in(graph.tenant()?, &property, graph.query.version));
    let fragment = format!("applications('{}')/extensionProperties/$entity", app.id);
    let location = graph.contained_url(app.row(), "extensionProperties", &property.id.to_string());
    let reply = graph.document(StatusCode::CREATED, &fragment, Value::Object(shown));
    Ok(reply
        .header("location", &location)
        .header("x-ms-resource-unit", "1"))
}

/// `DELETE /applications/{id}/extensionProperties/{id}`: what objects have of it can no longer be reached.
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let id = path.object::<ExtensionProperty>(1)?.id;
    change(graph, path, |_, application: &mut Application| {
        application
            .extension_properties
            .retain(|known| known.id != id);
        Ok(())
    })?;
    Ok(no_content())
}

/// The name becomes part of a property's name.
fn name(value: &Value) -> Result<String, GraphError> {
    let name = text(value, "name", CLASS, 128)?;
    let fits = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if fits {
        Ok(name)
    } else {
        Err(invalid("name", CLASS))
    }
}

fn word(value: &Value, name: &str, known: &[&str]) -> Result<String, GraphError> {
    let text = value.as_str().unwrap_or_default();
    let mut known = known.iter();
    let found = known.find(|known| known.eq_ignore_ascii_case(text));
    found
        .map(|known| (*known).to_owned())
        .ok_or_else(|| invalid(name, CLASS))
}

fn targets(value: &Value) -> Result<Vec<String>, GraphError> {
    let targets = texts(value, "targetObjects", CLASS)?;
    if targets.is_empty() {
        return Err(invalid("targetObjects", CLASS));
    }
    targets
        .iter()
        .map(|target| word(&Value::from(target.as_str()), "targetObjects", TARGETS))
        .collect()
}
