//! The functions that template expressions can call (Microsoft Learn, ARM template functions): the common ones. Any other
//! is named, so that the caller can say so.

use serde_json::{Map, Value, json};

use super::derived::{guid, unique_string};
use super::{ExpressionError, Scope};

/// A text as it is, anything else as JSON.
pub(super) fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The arguments of one call.
struct Arguments<'a> {
    name: &'a str,
    values: &'a [Value],
}

impl Arguments<'_> {
    fn get(&self, at: usize) -> Result<&Value, ExpressionError> {
        self.values.get(at).ok_or_else(|| self.invalid())
    }

    fn text(&self, at: usize) -> Result<String, ExpressionError> {
        self.get(at).map(plain)
    }

    fn number(&self, at: usize) -> Result<i64, ExpressionError> {
        self.get(at)?.as_i64().ok_or_else(|| self.invalid())
    }

    fn truth(&self, at: usize) -> Result<bool, ExpressionError> {
        self.get(at)?.as_bool().ok_or_else(|| self.invalid())
    }

    fn texts(&self) -> Vec<String> {
        self.values.iter().map(plain).collect()
    }

    fn invalid(&self) -> ExpressionError {
        ExpressionError::Invalid(format!(
            "Unable to evaluate template language function '{}': the arguments are not valid. Please see https://aka.ms/arm-functions for usage details.",
            self.name
        ))
    }
}

impl Scope {
    pub(super) fn call(
        &self,
        name: &str,
        arguments: &[Value],
        depth: usize,
    ) -> Result<Value, ExpressionError> {
        let lower = name.to_lowercase();
        let arguments = Arguments {
            name,
            values: arguments,
        };
        let found = match self.of_the_deployment(&lower, &arguments, depth)? {
            Some(found) => Some(found),
            None => match of_texts(&lower, &arguments)? {
                Some(found) => Some(found),
                None => match of_collections(&lower, &arguments)? {
                    Some(found) => Some(found),
                    None => of_logic(&lower, &arguments)?,
                },
            },
        };
        found.ok_or_else(|| ExpressionError::Unknown(name.to_owned()))
    }

    fn of_the_deployment(
        &self,
        name: &str,
        arguments: &Arguments<'_>,
        depth: usize,
    ) -> Result<Option<Value>, ExpressionError> {
        let group = || plain(&self.resource_group["id"]);
        let subscription = || plain(&self.subscription["id"]);
        Ok(Some(match name {
            "parameters" => named(&self.parameters, "parameter", &arguments.text(0)?)?,
            "variables" => {
                let value = named(&self.variables, "variable", &arguments.text(0)?)?;
                self.resolve_at(&value, depth + 1)?
            }
            "resourcegroup" if !self.resource_group.is_null() => self.resource_group.clone(),
            "subscription" => self.subscription.clone(),
            "tenant" => self.tenant.clone(),
            "deployment" => self.deployment.clone(),
            "resourceid" => {
                let texts = arguments.texts();
                let at = texts
                    .iter()
                    .position(|text| text.contains('/'))
                    .ok_or_else(|| arguments.invalid())?;
                let base = match &texts[..at] {
                    [subscription, group] => {
                        format!("/subscriptions/{subscription}/resourceGroups/{group}")
                    }
                    [one] if self.resource_group.is_null() => format!("/subscriptions/{one}"),
                    [group] => format!("{}/resourceGroups/{group}", subscription()),
                    [] if self.resource_group.is_null() => subscription(),
                    [] => group(),
                    _ => return Err(arguments.invalid()),
                };
                json!(id_below(&base, &texts[at..]).ok_or_else(|| arguments.invalid())?)
            }
            "subscriptionresourceid" => {
                let texts = arguments.texts();
                let (base, rest) = match texts.split_first() {
                    Some((first, rest)) if !first.contains('/') => {
                        (format!("/subscriptions/{first}"), rest)
                    }
                    _ => (subscription(), texts.as_slice()),
                };
                json!(id_below(&base, rest).ok_or_else(|| arguments.invalid())?)
            }
            "tenantresourceid" => {
                json!(id_below("", &arguments.texts()).ok_or_else(|| arguments.invalid())?)
            }
            "extensionresourceid" => {
                let texts = arguments.texts();
                let (base, rest) = texts.split_first().ok_or_else(|| arguments.invalid())?;
                json!(id_below(base, rest).ok_or_else(|| arguments.invalid())?)
            }
            _ => return Ok(None),
        }))
    }
}

fn named(place: &Map<String, Value>, what: &str, name: &str) -> Result<Value, ExpressionError> {
    let found = place
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.clone()).ok_or_else(|| {
        ExpressionError::Invalid(format!(
            "The template {what} '{name}' is not found. Please see https://aka.ms/arm-syntax-{what}s for usage details."
        ))
    })
}

/// `{base}/providers/{namespace}/{type}/{name}…` from a type and as many names as it has segments.
fn id_below(base: &str, texts: &[String]) -> Option<String> {
    let (kind, names) = texts.split_first()?;
    let (namespace, types) = kind.split_once('/')?;
    let types: Vec<&str> = types.split('/').collect();
    if types.len() != names.len() {
        return None;
    }
    let pairs: String = types
        .iter()
        .zip(names)
        .map(|(kind, name)| format!("/{kind}/{name}"))
        .collect();
    Some(format!("{base}/providers/{namespace}{pairs}"))
}

fn of_texts(name: &str, arguments: &Arguments<'_>) -> Result<Option<Value>, ExpressionError> {
    Ok(Some(match name {
        "concat"
            if arguments.values.iter().all(Value::is_array) && !arguments.values.is_empty() =>
        {
            let lists = arguments.values.iter().filter_map(Value::as_array);
            Value::Array(lists.flatten().cloned().collect())
        }
        "concat" => json!(arguments.texts().concat()),
        "format" => json!(format_text(arguments)?),
        "tolower" => json!(arguments.text(0)?.to_lowercase()),
        "toupper" => json!(arguments.text(0)?.to_uppercase()),
        "trim" => json!(arguments.text(0)?.trim()),
        "string" => json!(arguments.text(0)?),
        "startswith" => json!(
            arguments
                .text(0)?
                .to_lowercase()
                .starts_with(&arguments.text(1)?.to_lowercase())
        ),
        "endswith" => json!(
            arguments
                .text(0)?
                .to_lowercase()
                .ends_with(&arguments.text(1)?.to_lowercase())
        ),
        "replace" => json!(
            arguments
                .text(0)?
                .replace(&arguments.text(1)?, &arguments.text(2)?)
        ),
        "split" => {
            let text = arguments.text(0)?;
            let marks: Vec<String> = match arguments.get(1)? {
                Value::Array(marks) => marks.iter().map(plain).collect(),
                mark => vec![plain(mark)],
            };
            let mut parts = vec![text];
            for mark in marks.iter().filter(|mark| !mark.is_empty()) {
                parts = parts
                    .iter()
                    .flat_map(|part| part.split(mark.as_str()).map(str::to_owned))
                    .collect();
            }
            json!(parts)
        }
        "substring" => {
            let characters: Vec<char> = arguments.text(0)?.chars().collect();
            let start = usize::try_from(arguments.number(1)?).map_err(|_| arguments.invalid())?;
            let end = match arguments.values.get(2) {
                None => characters.len(),
                Some(_) => usize::try_from(arguments.number(2)?)
                    .ok()
                    .and_then(|length| start.checked_add(length))
                    .ok_or_else(|| arguments.invalid())?,
            };
            let part = characters
                .get(start..end)
                .ok_or_else(|| arguments.invalid())?;
            json!(part.iter().collect::<String>())
        }
        "uniquestring" => json!(unique_string(&arguments.texts().join("-"))),
        "guid" => json!(guid(&arguments.texts().join("-"))),
        "json" => serde_json::from_str(&arguments.text(0)?)
            .map_err(|error| ExpressionError::Invalid(error.to_string()))?,
        _ => return Ok(None),
    }))
}

/// `{0}` and its like, read once from left to right; a doubled brace stands for one.
fn format_text(arguments: &Arguments<'_>) -> Result<String, ExpressionError> {
    let pattern = arguments.text(0)?;
    let mut text = String::new();
    let mut rest = pattern.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let tail = &rest[at..];
        if let Some(after) = tail.strip_prefix("{{").or_else(|| tail.strip_prefix("}}")) {
            text.push_str(&tail[..1]);
            rest = after;
            continue;
        }
        let (place, after) = tail
            .strip_prefix('{')
            .and_then(|tail| tail.split_once('}'))
            .ok_or_else(|| arguments.invalid())?;
        let number: usize = place.parse().map_err(|_| arguments.invalid())?;
        text.push_str(&arguments.text(number.checked_add(1).ok_or_else(|| arguments.invalid())?)?);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

fn of_collections(name: &str, arguments: &Arguments<'_>) -> Result<Option<Value>, ExpressionError> {
    Ok(Some(match name {
        "createarray" => json!(arguments.values),
        "createobject" => {
            let pairs = arguments.values.chunks(2);
            let members = pairs.map(|pair| match pair {
                [name, value] => Ok((plain(name), value.clone())),
                _ => Err(arguments.invalid()),
            });
            Value::Object(members.collect::<Result<_, _>>()?)
        }
        "empty" => json!(length(arguments.get(0)?) == Some(0) || arguments.get(0)?.is_null()),
        "length" => json!(length(arguments.get(0)?).ok_or_else(|| arguments.invalid())?),
        "first" | "last" => {
            let is_first = name == "first";
            match arguments.get(0)? {
                Value::Array(list) => {
                    let found = if is_first { list.first() } else { list.last() };
                    found.cloned().unwrap_or_default()
                }
                Value::String(text) => {
                    let mut characters = text.chars();
                    let found = if is_first {
                        characters.next()
                    } else {
                        characters.next_back()
                    };
                    json!(found.map(String::from).unwrap_or_default())
                }
                _ => return Err(arguments.invalid()),
            }
        }
        "contains" => match arguments.get(0)? {
            Value::Array(list) => json!(list.contains(arguments.get(1)?)),
            Value::Object(members) => {
                let wanted = arguments.text(1)?;
                json!(
                    members
                        .keys()
                        .any(|name| name.eq_ignore_ascii_case(&wanted))
                )
            }
            text => json!(plain(text).contains(&arguments.text(1)?)),
        },
        "join" => {
            let list = arguments
                .get(0)?
                .as_array()
                .ok_or_else(|| arguments.invalid())?;
            let texts: Vec<String> = list.iter().map(plain).collect();
            json!(texts.join(&arguments.text(1)?))
        }
        "union" => {
            if let Value::Object(_) = arguments.get(0)? {
                let mut all = Map::new();
                for value in arguments.values {
                    all.extend(value.as_object().cloned().unwrap_or_default());
                }
                Value::Object(all)
            } else {
                let mut all: Vec<Value> = Vec::new();
                for value in arguments
                    .values
                    .iter()
                    .filter_map(Value::as_array)
                    .flatten()
                {
                    if !all.contains(value) {
                        all.push(value.clone());
                    }
                }
                Value::Array(all)
            }
        }
        _ => return Ok(None),
    }))
}

fn length(value: &Value) -> Option<usize> {
    match value {
        Value::Array(list) => Some(list.len()),
        Value::Object(members) => Some(members.len()),
        Value::String(text) => Some(text.chars().count()),
        _ => None,
    }
}

fn of_logic(name: &str, arguments: &Arguments<'_>) -> Result<Option<Value>, ExpressionError> {
    let all = || -> Result<Vec<bool>, ExpressionError> {
        (0..arguments.values.len())
            .map(|at| arguments.truth(at))
            .collect()
    };
    Ok(Some(match name {
        "equals" => json!(arguments.get(0)? == arguments.get(1)?),
        "if" => {
            let at = if arguments.truth(0)? { 1 } else { 2 };
            arguments.get(at)?.clone()
        }
        "and" => json!(all()?.into_iter().all(|truth| truth)),
        "or" => json!(all()?.into_iter().any(|truth| truth)),
        "not" => json!(!arguments.truth(0)?),
        "bool" => json!(matches!(
            arguments.text(0)?.to_lowercase().as_str(),
            "true" | "1"
        )),
        "int" => json!(
            arguments
                .text(0)?
                .parse::<i64>()
                .map_err(|_| arguments.invalid())?
        ),
        "add" | "sub" | "mul" => {
            let (a, b) = (arguments.number(0)?, arguments.number(1)?);
            let result = match name {
                "add" => a.checked_add(b),
                "sub" => a.checked_sub(b),
                _ => a.checked_mul(b),
            };
            json!(result.ok_or_else(|| arguments.invalid())?)
        }
        "coalesce" => arguments
            .values
            .iter()
            .find(|value| !value.is_null())
            .cloned()
            .unwrap_or_default(),
        _ => return Ok(None),
    }))
}
