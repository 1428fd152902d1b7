//! The expressions of deployment templates: `[concat(parameters('name'), '-', uniqueString(resourceGroup().id))]`.
//!
//! A recursive-descent reader and evaluator in one; what it does not know is named, so that the caller can say so.

use serde_json::{Map, Value, json};

use functions::plain;

mod derived;
mod functions;

/// What expressions can refer to.
pub(super) struct Scope {
    pub(super) parameters: Map<String, Value>,
    pub(super) variables: Map<String, Value>,
    pub(super) resource_group: Value,
    pub(super) subscription: Value,
    pub(super) tenant: Value,
    pub(super) deployment: Value,
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
        self.resolve_at(value, 0)
    }

    /// As `resolve`, with how deep the expression that refers to the value is: variables may refer to each other.
    fn resolve_at(&self, value: &Value, depth: usize) -> Result<Value, ExpressionError> {
        match value {
            Value::String(text) => self.text(text, depth),
            Value::Array(items) => items
                .iter()
                .map(|item| self.resolve_at(item, depth))
                .collect::<Result<Vec<_>, _>>()
                .map(Value::Array),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| Ok((name.clone(), self.resolve_at(value, depth)?)))
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
    fn variables_that_refer_to_themselves_end() {
        let mut scope = scope();
        let own = json!({"inside": ["[variables('full')]", "[variables('full')]"]});
        scope.variables.insert("full".to_owned(), own);
        assert!(scope.resolve(&json!("[variables('full')]")).is_err());
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
