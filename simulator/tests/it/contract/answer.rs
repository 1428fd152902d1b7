//! The status and the body of an answer against its operation.

use serde_json::{Map, Value};

use super::exceptions::{OPERATIONS, PATHS, STATUSES};
use super::paths::Found;
use super::schema::{Contract, Form, Type};
use super::{Exchange, Faults, batch, shape};

pub(crate) fn check(exchange: &Exchange<'_>, faults: &mut Faults) {
    if !(200..300).contains(&exchange.status) {
        return;
    }
    let Some(version) = exchange.version() else {
        faults.push("a version that does not exist is answered".to_owned());
        return;
    };
    let segments = exchange.segments();
    let contract = Contract::of(version);
    let last = segments
        .last()
        .map(|last| last.to_ascii_lowercase())
        .unwrap_or_default();
    if last == "$metadata" {
        return;
    }
    if last == "$batch" {
        return batch::check(exchange, faults);
    }
    let kind = match contract.find(exchange.method, &segments) {
        Found::Operation(operation) => {
            let described = operation.ok.get(&exchange.status).cloned();
            let name = format!("{} {}", operation.method, operation.path);
            let is_known = STATUSES
                .iter()
                .any(|(op, status, _)| *op == name && *status == exchange.status);
            match described {
                Some(kind) => kind,
                // What it answers is what another status answers.
                None if is_known => operation.ok.values().flatten().next().cloned(),
                None => return faults.push(format!("{name} never answers {}", exchange.status)),
            }
        }
        Found::Derived(kind) if exchange.status == 200 => Some(kind),
        // A bare value that is null.
        Found::Derived(_) if exchange.status == 204 && last == "$value" => return,
        _ => {
            let path = format!("/{}", segments.join("/"));
            let is_known = PATHS
                .iter()
                .any(|(beginning, _)| path.starts_with(beginning))
                || OPERATIONS.iter().any(|(method, segment, _)| {
                    exchange.method == *method && segments.iter().any(|known| known == segment)
                });
            if !is_known {
                faults.push(format!(
                    "the contract has no {} at this path",
                    exchange.method
                ));
            }
            return;
        }
    };
    if exchange.status == 204 {
        return;
    }
    match kind {
        Some(kind) => body(exchange, contract, &kind, &last, faults),
        None if !exchange.body.is_empty() => {
            faults.push("there is a body where none is described".to_owned());
        }
        None => {}
    }
}

fn body(
    exchange: &Exchange<'_>,
    contract: &Contract,
    kind: &Type,
    last: &str,
    faults: &mut Faults,
) {
    if matches!(&kind.form, Form::Plain(kind, _) if kind == "integer") {
        let text = core::str::from_utf8(exchange.body).unwrap_or_default();
        // A byte order mark stands before it in the real service; here there is none.
        if text.parse::<u64>().is_err() {
            faults.push(format!("a size is {text:?}"));
        }
        return;
    }
    if last == "$value" {
        return;
    }
    let Some(document) = exchange.json() else {
        // An answer may be accepted without a word.
        if !(exchange.status == 202 && exchange.body.is_empty()) {
            faults.push("the body is no JSON object".to_owned());
        }
        return;
    };
    // Or with an empty object.
    if exchange.status == 202 && document.is_empty() {
        return;
    }
    context(exchange, &document, faults);
    links(exchange, &document, faults);
    if last == "$ref" && exchange.method == "GET" {
        return references(&document, faults);
    }
    let mut shape = shape::Reader {
        contract,
        faults,
        cast: cast(exchange),
    };
    match &kind.form {
        Form::Wrapped(value) => {
            shape.annotations(&document, &["value"]);
            shape.value(
                value,
                document.get("value").unwrap_or(&Value::Null),
                "value",
            );
        }
        _ => shape.value(kind, &Value::Object(document), ""),
    }
}

/// The type that the path ends with: what is in the answer is of it, and need not say so.
fn cast(exchange: &Exchange<'_>) -> Option<String> {
    let segments = exchange.segments();
    let cast = segments.iter().rev().find_map(|segment| {
        segment
            .strip_prefix("microsoft.")
            .unwrap_or(segment)
            .strip_prefix("graph.")
    });
    cast.map(str::to_owned)
}

/// `{origin}/{version}/$metadata#…`
fn context(exchange: &Exchange<'_>, document: &Map<String, Value>, faults: &mut Faults) {
    let Some(context) = document.get("@odata.context").and_then(Value::as_str) else {
        return faults.push("@odata.context is missing".to_owned());
    };
    let version = exchange.version().map_or("", super::Version::as_str);
    let start = format!("{}/{version}/$metadata#", exchange.origin);
    let Some(fragment) = context
        .strip_prefix(&start)
        .filter(|fragment| !fragment.is_empty())
    else {
        return faults.push(format!("@odata.context is {context:?}"));
    };
    let mut depth = 0_i32;
    for character in fragment.chars() {
        depth += match character {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth < 0 || character.is_whitespace() {
            return faults.push(format!("@odata.context is {context:?}"));
        }
    }
    let is_page = document.get("value").is_some_and(Value::is_array);
    // A singleton is named as it is (documented of `authenticationMethodsPolicy`; OData 4.01 protocol, 10.4).
    let is_singleton = exchange
        .segments()
        .last()
        .is_some_and(|last| last == fragment);
    let names_one = fragment.ends_with("/$entity")
        || is_singleton
        || fragment.contains("Edm.")
        || fragment.contains("microsoft.graph.");
    if depth != 0
        || (is_page && fragment.ends_with("/$entity"))
        || (!is_page && !names_one && document.contains_key("id"))
    {
        faults.push(format!("@odata.context is {context:?}"));
    }
}

/// Links lead to where the caller came in, and keep the version.
fn links(exchange: &Exchange<'_>, document: &Map<String, Value>, faults: &mut Faults) {
    let version = exchange.version().map_or("", super::Version::as_str);
    let start = format!("{}/{version}/", exchange.origin);
    for (name, token) in [
        ("@odata.nextLink", "skiptoken="),
        ("@odata.deltaLink", "deltatoken="),
    ] {
        let Some(link) = document.get(name) else {
            continue;
        };
        let link = link.as_str().unwrap_or_default();
        // The version may have been written in capitals.
        let begins = link
            .to_ascii_lowercase()
            .starts_with(&start.to_ascii_lowercase());
        if !begins || !link.contains(token) {
            faults.push(format!("{name} is {link:?}"));
        }
    }
}

/// References are objects with nothing but their address.
fn references(document: &Map<String, Value>, faults: &mut Faults) {
    let of = |object: &Value| {
        object["@odata.id"]
            .as_str()
            .is_some_and(|id| id.starts_with("https://"))
    };
    let are = match document.get("value") {
        Some(list) => list.as_array().is_some_and(|list| list.iter().all(of)),
        None => document.get("@odata.id").is_some_and(Value::is_string),
    };
    if !are {
        faults.push("references lack @odata.id".to_owned());
    }
}
