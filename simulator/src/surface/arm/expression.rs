//! The expressions of deployment templates: `[concat(parameters('name'), '-', uniqueString(resourceGroup().id))]`.
//!
//! A recursive-descent reader and evaluator in one; what it does not know is named, so that the caller can say so.

use serde_json::{Map, Value, json};

/// What expressions can refer to.
pub(super) struct Scope {
    pub parameters: Map<String, Value>,
    pub variables: Map<String, Value>,
    pub resource_group: Value,
    pub subscription: Value,
    pub tenant: Value,
    pub deployment: Value,
}

/// How deep expressions may nest: templates of people stay below ten.
const DEPTH: usize = 64;

/// Why an expression has no value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum ExpressionError {
    Invalid(String),
    /// A function that the real service has, or may have.
    Unknown(String),
}

impl Scope {
    /// Replaces every expression inside a value.
    pub(super) fn resolve(&self, value: &Value) -> Result<Value, ExpressionError> {
        match value {
            Value::String(text) => self.text(text, 0),
            Value::Array(items) => items
                .iter()
                .map(|item| self.resolve(item))
                .collect::<Result<Vec<_>, _>>()
                .map(Value::Array),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| Ok((name.clone(), self.resolve(value)?)))
                .collect::<Result<Map<_, _>, _>>()
                .map(Value::Object),
            other => Ok(other.clone()),
        }
    }

    fn text(&self, text: &str, depth: usize) -> Result<Value, ExpressionError> {
        if depth > DEPTH {
            return Err(ExpressionError::Invalid(
                "expressions refer to each other without end".to_owned(),
            ));
        }
        match text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            // A doubled bracket stands for one.
            Some(inner) if inner.starts_with('[') => Ok(json!(text.get(1..).unwrap_or_default())),
            Some(inner) => {
                let mut reader = Reader {
                    scope: self,
                    text: inner,
                    at: 0,
                    depth,
                };
                let value = reader.expression()?;
                reader.end()?;
                Ok(value)
            }
            None => Ok(json!(text)),
        }
    }

    fn call(
        &self,
        name: &str,
        arguments: &[Value],
        depth: usize,
    ) -> Result<Value, ExpressionError> {
        let texts: Vec<String> = arguments.iter().map(plain).collect();
        let first = texts.first().map_or("", String::as_str);
        let named = |place: &Map<String, Value>, what: &str| {
            let found = place
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(first))
                .map(|(_, value)| value.clone());
            found.ok_or_else(|| {
                ExpressionError::Invalid(format!("The template {what} '{first}' is not found."))
            })
        };
        Ok(match name.to_lowercase().as_str() {
            "parameters" => named(&self.parameters, "parameter")?,
            "variables" => match named(&self.variables, "variable")? {
                Value::String(text) => self.text(&text, depth + 1)?,
                other => self.resolve(&other)?,
            },
            "resourcegroup" => self.resource_group.clone(),
            "subscription" => self.subscription.clone(),
            "tenant" => self.tenant.clone(),
            "deployment" => self.deployment.clone(),
            "concat" if arguments.iter().all(Value::is_array) && !arguments.is_empty() => {
                Value::Array(
                    arguments
                        .iter()
                        .filter_map(Value::as_array)
                        .flatten()
                        .cloned()
                        .collect(),
                )
            }
            "concat" => json!(texts.concat()),
            "format" => json!(
                texts
                    .iter()
                    .skip(1)
                    .enumerate()
                    .fold(first.to_owned(), |text, (at, value)| text
                        .replace(&format!("{{{at}}}"), value))
            ),
            "tolower" => json!(first.to_lowercase()),
            "toupper" => json!(first.to_uppercase()),
            "string" => json!(first),
            "uniquestring" => json!(unique_string(&texts.join("-"))),
            "guid" => json!(guid(&texts.join("-"))),
            "resourceid" => json!(self.resource_id(&texts)),
            "equals" => json!(arguments.first() == arguments.get(1)),
            "if" => arguments
                .get(if arguments.first() == Some(&json!(true)) {
                    1
                } else {
                    2
                })
                .cloned()
                .unwrap_or_default(),
            "empty" => json!(first.is_empty()),
            "createarray" => json!(arguments),
            "length" => json!(arguments.first().map_or(0, |value| {
                value
                    .as_array()
                    .map_or(plain(value).chars().count(), Vec::len)
            })),
            "replace" => json!(first.replace(
                texts.get(1).map_or("", String::as_str),
                texts.get(2).map_or("", String::as_str)
            )),
            "json" => serde_json::from_str(first)
                .map_err(|error| ExpressionError::Invalid(error.to_string()))?,
            _ => return Err(ExpressionError::Unknown(name.to_owned())),
        })
    }

    /// `resourceId([subscription, [group,]] type, name…)`
    fn resource_id(&self, texts: &[String]) -> String {
        let at = texts
            .iter()
            .position(|text| text.contains('/'))
            .unwrap_or_default();
        let base = match texts.get(..at).unwrap_or_default() {
            [subscription, group] => {
                format!("/subscriptions/{subscription}/resourceGroups/{group}")
            }
            [group] => format!("{}/resourceGroups/{group}", plain(&self.subscription["id"])),
            _ => plain(&self.resource_group["id"]),
        };
        let kinds = texts.get(at).map_or("", String::as_str);
        let (namespace, types) = kinds.split_once('/').unwrap_or((kinds, ""));
        let pairs: String = types
            .split('/')
            .zip(texts.iter().skip(at + 1))
            .map(|(kind, name)| format!("/{kind}/{name}"))
            .collect();
        format!("{base}/providers/{namespace}{pairs}")
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// 13 letters and digits that follow from the text; the real function's hash is not published.
fn unique_string(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest
        .as_ref()
        .iter()
        .take(13)
        .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
        .collect()
}

fn guid(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    let bytes: [u8; 16] = core::array::from_fn(|at| digest.as_ref()[at]);
    uuid::Builder::from_bytes(bytes)
        .with_version(uuid::Version::Sha1)
        .into_uuid()
        .to_string()
}

struct Reader<'a> {
    scope: &'a Scope,
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, mark: char) -> bool {
        self.skip_blanks();
        let found = self.rest().starts_with(mark);
        if found {
            self.at += mark.len_utf8();
        }
        found
    }

    fn invalid(&self) -> ExpressionError {
        ExpressionError::Invalid(format!(
            "Unable to parse language expression '{}': at position {}.",
            self.text, self.at
        ))
    }

    fn end(&mut self) -> Result<(), ExpressionError> {
        self.skip_blanks();
        if self.rest().is_empty() {
            Ok(())
        } else {
            Err(self.invalid())
        }
    }

    fn expression(&mut self) -> Result<Value, ExpressionError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.invalid());
        }
        let mut value = self.primary()?;
        loop {
            if self.take('.') {
                let name = self.name();
                let found = value.get(name).cloned();
                value = found.ok_or_else(|| {
                    ExpressionError::Invalid(format!(
                        "The language expression property '{name}' doesn't exist."
                    ))
                })?;
            } else if self.take('[') {
                let index = self.expression()?;
                let found = match &index {
                    Value::Number(number) => number
                        .as_u64()
                        .and_then(|at| value.get(usize::try_from(at).ok()?)),
                    other => value.get(plain(other).as_str()),
                };
                value = found.cloned().ok_or_else(|| {
                    ExpressionError::Invalid(format!(
                        "The language expression property '{}' doesn't exist.",
                        plain(&index)
                    ))
                })?;
                if !self.take(']') {
                    return Err(self.invalid());
                }
            } else {
                self.depth -= 1;
                return Ok(value);
            }
        }
    }

    fn primary(&mut self) -> Result<Value, ExpressionError> {
        if self.take('\'') {
            return self.literal();
        }
        let digits: &str = self
            .rest()
            .split(|c: char| !c.is_ascii_digit() && c != '-')
            .next()
            .unwrap_or_default();
        if let Ok(number) = digits.parse::<i64>() {
            self.at += digits.len();
            return Ok(json!(number));
        }
        let name = self.name();
        if name.is_empty() || !self.take('(') {
            return Err(self.invalid());
        }
        let mut arguments = Vec::new();
        if !self.take(')') {
            loop {
                arguments.push(self.expression()?);
                if self.take(')') {
                    break;
                }
                if !self.take(',') {
                    return Err(self.invalid());
                }
            }
        }
        match name.to_lowercase().as_str() {
            "true" => Ok(json!(true)),
            "false" => Ok(json!(false)),
            "null" => Ok(Value::Null),
            _ => self.scope.call(name, &arguments, self.depth),
        }
    }

    fn name(&mut self) -> &'a str {
        let name = self
            .rest()
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
            .unwrap_or_default();
        self.at += name.len();
        name
    }

    /// A quote inside is written twice.
    fn literal(&mut self) -> Result<Value, ExpressionError> {
        let mut text = String::new();
        loop {
            let Some(end) = self.rest().find('\'') else {
                return Err(self.invalid());
            };
            text.push_str(self.rest().get(..end).unwrap_or_default());
            self.at += end + 1;
            if !self.rest().starts_with('\'') {
                return Ok(json!(text));
            }
            text.push('\'');
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        Scope {
            parameters: Map::from_iter([
                ("name".to_owned(), json!("web")),
                ("tags".to_owned(), json!({"a": ["x", "y"]})),
            ]),
            variables: Map::from_iter([(
                "full".to_owned(),
                json!("[concat(parameters('name'), '-it''s')]"),
            )]),
            resource_group: json!({"id": "/subscriptions/s/resourceGroups/g", "location": "westeurope"}),
            subscription: json!({"id": "/subscriptions/s"}),
            tenant: json!({}),
            deployment: json!({}),
        }
    }

    #[test]
    fn expressions_have_their_values() {
        for (text, value) in [
            ("plain", json!("plain")),
            ("[[literal]", json!("[literal]")),
            ("[variables('full')]", json!("web-it's")),
            ("[resourceGroup().location]", json!("westeurope")),
            ("[parameters('tags').a[1]]", json!("y")),
            ("[toLower(format('{0}-{1}', 'A', 2))]", json!("a-2")),
            (
                "[resourceId('Microsoft.Sql/servers/databases', 'a', 'b')]",
                json!(
                    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/a/databases/b"
                ),
            ),
        ] {
            assert_eq!(scope().resolve(&json!(text)).unwrap(), value, "{text}");
        }
    }

    #[test]
    fn what_is_unknown_is_named_and_what_is_broken_refused() {
        assert_eq!(
            scope().resolve(&json!("[copyIndex()]")).unwrap_err(),
            ExpressionError::Unknown("copyIndex".to_owned())
        );
        for text in [
            "[]",
            "[concat('a')",
            "[concat('a)]",
            "[parameters('none')]",
            "[1 2]",
            "[concat(]",
        ] {
            let refused = matches!(
                scope().resolve(&json!(text)),
                Err(ExpressionError::Invalid(_))
            );
            // Without its closing bracket a text is no expression.
            assert_eq!(refused, text.ends_with(']'), "{text}");
        }
        let deep = format!("[{}1{}]", "concat(".repeat(5000), ")".repeat(5000));
        assert!(scope().resolve(&json!(deep)).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "\\[[a-z('),.\\[\\]0-9 é]{0,40}\\]") {
            let _ = scope().resolve(&json!(text));
        }
    }
}
