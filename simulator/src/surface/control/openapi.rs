//! The description of the control API, made from the routes and their types.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::Route;

/// Adds a type to the description and gives the reference to it.
pub(super) type Schema = fn(&mut SchemaGenerator) -> Value;

/// The schema of a type.
pub(super) fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

/// The whole document, OpenAPI 3.1.
pub(super) fn document(routes: impl Iterator<Item = Route>) -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    let mut generator = settings.into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for route in routes {
        let operation = operation(&route, &mut generator);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(route.method.as_str().to_ascii_lowercase(), operation);
        }
    }
    let schemas = generator.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {"title": "entrasim control", "version": env!("CARGO_PKG_VERSION")},
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    let mut content = |schema: Schema| json!({"application/json": {"schema": schema(generator)}});
    let mut response = json!({"description": "success"});
    if let Some(schema) = route.response.1 {
        response["content"] = content(schema);
    }
    let mut operation = json!({
        "summary": route.summary,
        "responses": {route.response.0.as_str(): response, "default": {"description": "{\"error\":{\"code\",\"message\"}}"}},
    });
    if !parameters.is_empty() {
        operation["parameters"] = json!(parameters);
    }
    if let Some(schema) = route.request {
        operation["requestBody"] = json!({"content": content(schema)});
    }
    operation
}
