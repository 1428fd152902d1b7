//! Rules that say who is a member of a dynamic group (Microsoft Learn, "Manage rules for dynamic membership groups").
//!
//! A rule is a condition over properties of users or of devices: `user.department -eq "Sales" -and -not (user.country
//! -in ["DE","AT"])`. Operators bind as documented: `-eq` and its like before `-not`, that before `-and`, that before `-or`.

use serde_json::Value;

use super::device::Device;
use super::user::User;

mod parse;
mod properties;

/// A rule, and whether it is at work (`membershipRuleProcessingState`).
#[derive(Clone, Debug, PartialEq)]
pub struct MembershipRule {
    pub text: String,
    pub processing: bool,
    condition: Condition,
}

/// Why a text is no rule.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RuleError {
    #[error("the rule cannot be read near '{0}'")]
    Syntax(String),
    /// No such property of users or devices, or none that rules know.
    #[error("'{0}' is no property for rules")]
    Property(String),
    /// The real service has it.
    #[error("membership rules with {0}")]
    NotSimulated(String),
}

#[derive(Clone, Debug, PartialEq)]
enum Condition {
    Either(Vec<Condition>),
    All(Vec<Condition>),
    Not(Box<Condition>),
    Test(Test),
}

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
struct Test {
    /// `user` or `device`, and the property, in lower case.
    property: Property,
    /// For a property with many values: `-any` (any of them fits) or `-all`, around the comparison.
    quantifier: Option<Quantifier>,
    operator: Operator,
    values: Vec<Literal>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Property {
    of: Kind,
    name: String,
}

/// Whom a rule is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    User,
    Device,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Quantifier {
    Any,
    All,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Operator {
    Equal,
    NotEqual,
    StartsWith,
    NotStartsWith,
    EndsWith,
    NotEndsWith,
    Contains,
    NotContains,
    In,
    NotIn,
}

#[derive(Clone, Debug, PartialEq)]
enum Literal {
    Null,
    Boolean(bool),
    Text(String),
}

/// What a property holds.
enum Held {
    Null,
    Boolean(bool),
    Text(String),
    Many(Vec<String>),
}

impl MembershipRule {
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        Ok(Self {
            condition: parse::rule(text)?,
            text: text.to_owned(),
            processing: true,
        })
    }

    /// Whom the rule is about: users, unless it names properties of devices.
    pub fn kind(&self) -> Kind {
        self.condition.kind().unwrap_or(Kind::User)
    }

    /// Whether a user with this principal name and address fits.
    pub fn fits_user(&self, user: &User, names: &Names<'_>) -> bool {
        self.processing
            && self.kind() == Kind::User
            && self
                .condition
                .holds(&|name| properties::of_user(user, names, name))
    }

    pub fn fits_device(&self, device: &Device) -> bool {
        self.processing
            && self.kind() == Kind::Device
            && self
                .condition
                .holds(&|name| properties::of_device(device, name))
    }

    /// The value that a property must have, if the whole rule is one comparison: what an index can answer.
    pub fn single_value(&self) -> Option<(&str, &str)> {
        match &self.condition {
            Condition::Test(Test {
                property,
                quantifier: None,
                operator: Operator::Equal,
                values,
            }) if property.of == Kind::User => match values.as_slice() {
                [Literal::Text(value)] => Some((&property.name, value)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// What a user's own record does not say.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    pub principal_name: &'a str,
    pub mail: Option<&'a str>,
}

impl Condition {
    fn kind(&self) -> Option<Kind> {
        match self {
            Self::Either(parts) | Self::All(parts) => parts.iter().find_map(Self::kind),
            Self::Not(inner) => inner.kind(),
            Self::Test(test) => Some(test.property.of),
        }
    }

    fn holds(&self, read: &dyn Fn(&str) -> Held) -> bool {
        match self {
            Self::Either(parts) => parts.iter().any(|part| part.holds(read)),
            Self::All(parts) => parts.iter().all(|part| part.holds(read)),
            Self::Not(inner) => !inner.holds(read),
            Self::Test(test) => test.holds(read(&test.property.name)),
        }
    }
}

impl Test {
    fn holds(&self, held: Held) -> bool {
        match held {
            Held::Many(values) => {
                let fits = |value: &String| self.compare(Some(value));
                match self.quantifier {
                    Some(Quantifier::All) => values.iter().all(fits),
                    None if self.is_negative() => values.iter().all(fits),
                    Some(Quantifier::Any) | None => values.iter().any(fits),
                }
            }
            Held::Text(value) => self.compare(Some(&value)),
            Held::Null => self.compare(None),
            Held::Boolean(value) => {
                let equal = self.values.iter().any(|literal| match literal {
                    Literal::Boolean(wanted) => *wanted == value,
                    Literal::Text(wanted) => wanted.eq_ignore_ascii_case(&value.to_string()),
                    Literal::Null => false,
                });
                equal != self.is_negative()
            }
        }
    }

    fn is_negative(&self) -> bool {
        matches!(
            self.operator,
            Operator::NotEqual
                | Operator::NotStartsWith
                | Operator::NotEndsWith
                | Operator::NotContains
                | Operator::NotIn
        )
    }

    /// Case is ignored everywhere.
    fn compare(&self, value: Option<&String>) -> bool {
        let folded = value.map(|value| value.to_lowercase());
        let any = self.values.iter().any(|literal| match (literal, &folded) {
            (Literal::Null, None) => true,
            (Literal::Text(wanted), Some(value)) => {
                let wanted = wanted.to_lowercase();
                match self.operator {
                    Operator::Equal | Operator::NotEqual | Operator::In | Operator::NotIn => {
                        *value == wanted
                    }
                    Operator::StartsWith | Operator::NotStartsWith => value.starts_with(&wanted),
                    Operator::EndsWith | Operator::NotEndsWith => value.ends_with(&wanted),
                    Operator::Contains | Operator::NotContains => value.contains(&wanted),
                }
            }
            (Literal::Boolean(wanted), Some(value)) => *value == wanted.to_string(),
            (Literal::Null, Some(_)) | (Literal::Text(_) | Literal::Boolean(_), None) => false,
        });
        any != self.is_negative()
    }
}

impl From<&Value> for Held {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Boolean(*value),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(list) => Self::Many(
                list.iter()
                    .filter_map(|value| value.as_str().map(str::to_owned))
                    .collect(),
            ),
            other => Self::Text(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
