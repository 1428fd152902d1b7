//! The shape of an answer beside the documented one: every documented member that the type has is there, with a value of the
//! same kind. Order and values are free, and null stands for anything.

use serde_json::Value;

use crate::contract::schema::{Contract, Form, Type};

/// What the answer lacks.
pub(super) fn differences(
    contract: &Contract,
    kind: Option<&Type>,
    documented: &Value,
    actual: &Value,
) -> Vec<String> {
    let mut found = Vec::new();
    compare(contract, kind, documented, actual, "", &mut found);
    found
}

fn compare(
    contract: &Contract,
    kind: Option<&Type>,
    documented: &Value,
    actual: &Value,
    at: &str,
    found: &mut Vec<String>,
) {
    match (documented, actual) {
        (Value::Null, _) | (_, Value::Null) => {}
        (Value::Object(wanted), Value::Object(given)) => {
            let schema = schema(kind, actual);
            for (name, documented) in wanted {
                if name.contains('@') {
                    continue;
                }
                let member = match (&schema, kind.map(|kind| &kind.form)) {
                    (Some(schema), _) => contract.member(schema, name),
                    (None, Some(Form::Wrapped(value))) if name == "value" => Some(&**value),
                    _ => None,
                };
                let Some(member) = member else { continue };
                let at = format!("{at}/{name}");
                match given.get(name) {
                    Some(actual) => compare(contract, Some(member), documented, actual, &at, found),
                    // A navigation is there only where it was expanded.
                    None if member.navigation => {}
                    None => found.push(format!("{at} is not there")),
                }
            }
        }
        (Value::Array(wanted), Value::Array(given)) => {
            let item = match kind.map(|kind| &kind.form) {
                Some(Form::List(item)) => Some(&**item),
                _ => None,
            };
            if let Some(wanted) = wanted.first() {
                let same = |given: &&Value| given["@odata.type"] == wanted["@odata.type"];
                if let Some(given) = given.iter().find(same) {
                    compare(contract, item, wanted, given, &format!("{at}[]"), found);
                }
            }
        }
        (Value::String(kind), Value::String(_)) if kind == "string" => {}
        // The shape names kinds by words; the context and the type of an object stand as they are.
        (Value::String(word), Value::Bool(_)) if word == "boolean" => {}
        (Value::String(word), Value::Number(_)) if word == "number" => {}
        _ => found.push(format!("{at} is {actual} where {documented} is documented")),
    }
}

/// The schema of an object: what it says it is, or what is declared.
fn schema(kind: Option<&Type>, actual: &Value) -> Option<String> {
    if let Some(named) = actual["@odata.type"].as_str() {
        return Some(named.trim_start_matches("#microsoft.graph.").to_owned());
    }
    match &kind?.form {
        Form::Schema(name) => Some(name.clone()),
        _ => None,
    }
}
