//! The language: what a scenario file can say, and how it is read. `LANGUAGE.md` tells it to people.

pub mod error;
mod include;
mod matrix;
pub mod model;
pub mod mutation;
pub mod parse;
pub mod read;

pub(crate) use include::Placed;

/// One file, not read yet.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name in reports: a path, or a shipped scenario's name.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// The JSON Schema of a scenario file, for editors.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(model::Scenario).to_value()
}

/// The JSON Schema of a file of steps that scenarios include.
pub fn schema_of_shared_steps() -> serde_json::Value {
    schemars::schema_for!(model::Shared).to_value()
}

#[cfg(test)]
mod tests {
    use super::parse::parse;

    #[test]
    fn the_schemas_beside_the_language_are_current() {
        let schemas = [
            ("schema.json", super::schema()),
            ("shared.schema.json", super::schema_of_shared_steps()),
        ];
        for (name, schema) in schemas {
            let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
            let current = format!("{schema:#}\n");
            if std::fs::read_to_string(&path).unwrap_or_default() != current {
                std::fs::write(path, current).unwrap();
                panic!("{name} was out of date and has been written anew; commit it");
            }
        }
    }

    #[test]
    fn the_example_of_the_language_reads() {
        let text = include_str!("../LANGUAGE.md");
        let example = text
            .split("```yaml\n")
            .nth(1)
            .unwrap()
            .split("```")
            .next()
            .unwrap();
        parse("LANGUAGE.md", example).unwrap();
    }
}
