//! A JSON value against a type of the contract.

use serde_json::{Map, Value};

use super::Faults;
use super::exceptions::{MEMBERS, NULLS, WRONG};
use super::schema::{Contract, Form, Schema, Type};
use super::text::has_format;

/// Collects what is wrong with a value.
pub(crate) struct Reader<'r> {
    pub(crate) contract: &'r Contract,
    pub(crate) faults: &'r mut Faults,
    /// What the objects of a page are known to be.
    pub(crate) cast: Option<String>,
}

/// What OData adds to an object, or to one of its members behind `@`.
const ANNOTATIONS: &[&str] = &[
    "odata.context",
    "odata.count",
    "odata.deltaLink",
    "odata.etag",
    "odata.id",
    "odata.nextLink",
    "odata.type",
    "removed",
    "delta",
    "odata.associationLink",
    "odata.navigationLink",
    "odata.mediaContentType",
    "odata.mediaReadLink",
];

impl Reader<'_> {
    fn wrong(&mut self, at: &str, text: &str) {
        self.faults.push(format!(
            "{}: {text}",
            if at.is_empty() { "the body" } else { at }
        ));
    }

    pub(crate) fn value(&mut self, kind: &Type, value: &Value, at: &str) {
        if value.is_null() {
            if !kind.null && !kind.navigation {
                self.wrong(at, "is null, and never is");
            }
            return;
        }
        match (&kind.form, value) {
            (Form::List(item), Value::Array(values)) => {
                for (index, value) in values.iter().enumerate() {
                    self.value(item, value, &format!("{at}[{index}]"));
                }
            }
            (Form::Schema(name), _) => self.of_schema(name, value, at),
            (Form::Wrapped(inner), Value::Object(members)) => {
                let value = members.get("value").unwrap_or(&Value::Null);
                self.value(inner, value, &format!("{at}.value"));
            }
            (Form::Plain(kind, format), _) => {
                let fits = match kind.as_str() {
                    "string" => value.as_str().is_some_and(|text| has_format(text, format)),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_i64(),
                    "number" => value.is_number(),
                    // What leads to its own type, one or many, is not spelled out.
                    "object" => value.is_object() || value.is_array(),
                    _ => true,
                };
                if !fits {
                    self.wrong(at, &format!("is {value} and not {kind} {format}"));
                }
            }
            _ => self.wrong(at, &format!("is {value} and not {:?}", kind.form)),
        }
    }

    fn of_schema(&mut self, name: &str, value: &Value, at: &str) {
        let Some(schema) = self.contract.schema(name) else {
            return;
        };
        if !schema.values.is_empty() {
            return self.enumeration(name, schema, value, at);
        }
        match value {
            Value::Object(members) => self.object(name, members, at),
            // What is left to say freely: a type that the contract does not describe.
            _ if schema.members.is_empty() && schema.base.is_none() => {}
            _ => self.wrong(at, &format!("is {value} and not {name}")),
        }
    }

    fn enumeration(&mut self, name: &str, schema: &Schema, value: &Value, at: &str) {
        let text = value.as_str().unwrap_or_default();
        let mut values: Vec<&str> = vec![text];
        if schema.flags {
            values = text.split(',').map(str::trim).collect();
        }
        for value in values {
            if !schema.values.iter().any(|known| known == value) {
                self.wrong(at, &format!("{value:?} is no {name}"));
            }
        }
    }

    fn object(&mut self, declared: &str, members: &Map<String, Value>, at: &str) {
        let named = members.get("@odata.type").and_then(Value::as_str);
        let named = named.map(|named| named.trim_start_matches("#microsoft.graph."));
        let schema = match named {
            Some(named) if self.contract.is_a(named, declared) => named,
            Some(named) => return self.wrong(at, &format!("is a {named}, and no {declared}")),
            None => match &self.cast {
                Some(cast) if self.contract.is_a(cast, declared) => &cast.clone(),
                _ => declared,
            },
        };
        let is_base = self
            .contract
            .schema(schema)
            .is_some_and(|schema| schema.is_abstract || !schema.derived.is_empty());
        let removed = members.contains_key("@removed");
        if named.is_none()
            && is_base
            && !removed
            && (schema == "directoryObject" || !self.is_plain(schema))
        {
            return self.wrong(at, &format!("does not say which {schema} it is"));
        }
        for (name, value) in members {
            let at = if at.is_empty() {
                name.clone()
            } else {
                format!("{at}.{name}")
            };
            if name.contains('@') {
                self.annotation(name, &at);
                continue;
            }
            match self.contract.member(schema, name) {
                Some(_) if value.is_null() && allows_null(self.contract, schema, name) => {}
                Some(kind) => {
                    let kind = kind.clone();
                    self.value(&kind, value, &at);
                }
                // Open types have what the tenant added to them.
                None if name.starts_with("extension_") => {}
                None if known(self.contract, schema, name) => {}
                None => self.wrong(&at, &format!("a {schema} has no such member")),
            }
        }
    }

    /// Whether entities of a type that others are derived from exist as such.
    fn is_plain(&self, schema: &str) -> bool {
        self.contract
            .schema(schema)
            .is_some_and(|schema| !schema.is_abstract)
    }

    /// Nothing but annotations beside these members.
    pub(crate) fn annotations(&mut self, members: &Map<String, Value>, beside: &[&str]) {
        for name in members
            .keys()
            .filter(|name| !beside.contains(&name.as_str()))
        {
            if name.contains('@') {
                self.annotation(name, name);
            } else {
                self.wrong(name, "does not belong here");
            }
        }
    }

    fn annotation(&mut self, name: &str, at: &str) {
        let (_, annotation) = name.split_once('@').unwrap_or_default();
        if !ANNOTATIONS.contains(&annotation) {
            self.wrong(at, "is no annotation");
        }
    }
}

fn allows_null(contract: &Contract, schema: &str, member: &str) -> bool {
    let mut nulls = NULLS.iter();
    nulls.any(|(of, name, _)| *name == member && contract.is_a(schema, of))
}

/// Whether a member that is not described is there all the same.
pub(crate) fn known(contract: &Contract, schema: &str, member: &str) -> bool {
    let members = MEMBERS.iter().map(|(of, name, _)| (*of, *name));
    let mut members = members.chain(WRONG.iter().copied());
    members.any(|(of, name)| name == member && contract.is_a(schema, of))
}
