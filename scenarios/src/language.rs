//! The language: what a scenario file can say, and how it is read. `LANGUAGE.md` tells it to people.

pub mod error;
pub mod model;
pub mod parse;

/// The JSON Schema of a scenario file, for editors.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(model::Scenario).to_value()
}
