//! A filter bound to an entity type: whether it is allowed there, and whether it holds for a row.

use core::cmp::Ordering;

use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use serde_json::{Value, json};

use super::filter::{Expression, Function, Literal, Operator};
use crate::surface::graph::error::{GraphError, QueryPart};
use crate::surface::graph::schema::{EntityType, Filterable, Kind, Property};

/// A filter whose paths are properties and whose constants have their types.
pub(in crate::surface::graph) enum Condition<T: 'static> {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Test(&'static Property<T>, Test),
    Any(&'static Property<T>, Members),
}

/// What is asked of a value.
pub(in crate::surface::graph) enum Test {
    Compare(Operator, Value),
    In(Vec<Value>),
    Call(Function, String),
}

/// What is asked of a member of a list.
pub(in crate::surface::graph) enum Members {
    Exist,
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Test(Test),
}

impl<T> Condition<T> {
    /// Binds an expression; `advanced` says whether advanced queries are on.
    pub(in crate::surface::graph) fn bind(
        entity: &EntityType<T>,
        expression: &Expression,
        advanced: bool,
    ) -> Result<Self, GraphError> {
        Binder { entity, advanced }.bind(expression)
    }

    pub(in crate::surface::graph) fn holds(&self, tenant: &Tenant, row: &T) -> bool {
        match self {
            Self::And(left, right) => left.holds(tenant, row) && right.holds(tenant, row),
            Self::Or(left, right) => left.holds(tenant, row) || right.holds(tenant, row),
            Self::Not(inner) => !inner.holds(tenant, row),
            Self::Test(property, test) => test.holds(&(property.value)(tenant, row)),
            Self::Any(property, members) => (property.value)(tenant, row)
                .as_array()
                .is_some_and(|list| list.iter().any(|member| members.hold(member))),
        }
    }

    /// What the indexes alone say about the rows that can match.
    pub(in crate::surface::graph) fn candidates<'a>(
        &self,
        tenant: &'a Tenant,
    ) -> Candidates<'a, T> {
        match self {
            Self::And(left, right) => match left.candidates(tenant) {
                Candidates::Any => right.candidates(tenant),
                found @ Candidates::AtMost(_) => found,
            },
            Self::Test(property, Test::Compare(Operator::Equal, Value::String(text))) => {
                match property.find {
                    Some(find) => Candidates::AtMost(find(tenant, text)),
                    None => Candidates::Any,
                }
            }
            _ => Candidates::Any,
        }
    }
}

/// The rows that can match a condition.
pub(in crate::surface::graph) enum Candidates<'a, T> {
    Any,
    /// This one or none.
    AtMost(Option<&'a T>),
}

impl Members {
    fn hold(&self, member: &Value) -> bool {
        match self {
            Self::Exist => true,
            Self::And(left, right) => left.hold(member) && right.hold(member),
            Self::Or(left, right) => left.hold(member) || right.hold(member),
            Self::Test(test) => test.holds(member),
        }
    }
}

impl Test {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Compare(operator, literal) => compare(value, *operator, literal),
            Self::In(literals) => literals
                .iter()
                .any(|literal| compare(value, Operator::Equal, literal)),
            Self::Call(function, text) => value.as_str().is_some_and(|value| {
                let value = value.to_lowercase();
                match function {
                    Function::StartsWith => value.starts_with(text),
                    Function::EndsWith => value.ends_with(text),
                    Function::Contains => value.contains(text),
                }
            }),
        }
    }
}

/// The directory compares texts without regard to case.
fn compare(value: &Value, operator: Operator, literal: &Value) -> bool {
    let ordering = order(value, literal);
    match operator {
        Operator::Equal => ordering == Some(Ordering::Equal),
        Operator::NotEqual => ordering != Some(Ordering::Equal),
        Operator::Greater => ordering == Some(Ordering::Greater),
        Operator::GreaterOrEqual => ordering.is_some_and(Ordering::is_ge),
        Operator::Less => ordering == Some(Ordering::Less),
        Operator::LessOrEqual => ordering.is_some_and(Ordering::is_le),
    }
}

fn order(value: &Value, literal: &Value) -> Option<Ordering> {
    match (value, literal) {
        (Value::String(value), Value::String(literal)) => {
            Some(value.to_lowercase().cmp(&literal.to_lowercase()))
        }
        (Value::Bool(value), Value::Bool(literal)) => Some(value.cmp(literal)),
        (Value::Number(value), Value::Number(literal)) => {
            Some(value.as_i64()?.cmp(&literal.as_i64()?))
        }
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        _ => None,
    }
}

struct Binder<'e, T: 'static> {
    entity: &'e EntityType<T>,
    advanced: bool,
}

/// What a test does, as far as permission to do it goes.
#[derive(Clone, Copy)]
enum Use {
    Equality,
    Inequality,
    Order,
    StrictOrder,
    Prefix,
    Suffix,
    Substring,
}

impl<T> Binder<'_, T> {
    fn bind(&self, expression: &Expression) -> Result<Condition<T>, GraphError> {
        let both = |left, right| Ok((Box::new(self.bind(left)?), Box::new(self.bind(right)?)));
        Ok(match expression {
            Expression::And(left, right) => {
                let (left, right) = both(left, right)?;
                Condition::And(left, right)
            }
            Expression::Or(left, right) => {
                let (left, right) = both(left, right)?;
                Condition::Or(left, right)
            }
            Expression::Not(inner) => {
                let inner = self.bind(inner)?;
                self.need_advanced("not")?;
                Condition::Not(Box::new(inner))
            }
            Expression::Property(path) => {
                let property = self.property(path)?;
                if property.kind != Kind::Boolean {
                    let detail = "The $filter expression must evaluate to a single boolean value.";
                    return Err(GraphError::Filter(detail.to_owned()));
                }
                self.allow(property, Use::Equality)?;
                Condition::Test(property, Test::Compare(Operator::Equal, json!(true)))
            }
            Expression::Any { path, condition } => self.any(path, condition.as_deref())?,
            Expression::All { path } => return Err(self.unsupported(path)),
            Expression::Compare { path, .. }
            | Expression::In { path, .. }
            | Expression::Call { path, .. } => {
                let property = self.property(path)?;
                if property.kind == Kind::Texts {
                    return Err(self.unsupported(path));
                }
                Condition::Test(property, self.test(property, expression)?)
            }
        })
    }

    fn any(&self, path: &str, condition: Option<&Expression>) -> Result<Condition<T>, GraphError> {
        let property = self.property(path)?;
        if property.kind != Kind::Texts {
            return Err(self.unsupported(path));
        }
        let members = if let Some(condition) = condition {
            self.members(property, condition)?
        } else {
            self.allow(property, Use::Equality)?;
            self.need_advanced("any")?;
            Members::Exist
        };
        Ok(Condition::Any(property, members))
    }

    fn members(
        &self,
        property: &'static Property<T>,
        expression: &Expression,
    ) -> Result<Members, GraphError> {
        let both = |left, right| {
            Ok((
                Box::new(self.members(property, left)?),
                Box::new(self.members(property, right)?),
            ))
        };
        match expression {
            Expression::And(left, right) => {
                both(left, right).map(|(left, right)| Members::And(left, right))
            }
            Expression::Or(left, right) => {
                both(left, right).map(|(left, right)| Members::Or(left, right))
            }
            Expression::Compare { path, .. }
            | Expression::In { path, .. }
            | Expression::Call { path, .. }
                if path.is_empty() =>
            {
                self.test(property, expression).map(Members::Test)
            }
            _ => Err(self.unsupported(property.name)),
        }
    }

    fn test(
        &self,
        property: &'static Property<T>,
        expression: &Expression,
    ) -> Result<Test, GraphError> {
        match expression {
            Expression::Compare {
                operator, value, ..
            } => {
                let need = match operator {
                    Operator::Equal => Use::Equality,
                    Operator::NotEqual => Use::Inequality,
                    Operator::GreaterOrEqual | Operator::LessOrEqual => Use::Order,
                    Operator::Greater | Operator::Less => Use::StrictOrder,
                };
                let literal = self.literal(property, value)?;
                self.allow(property, need)?;
                Ok(Test::Compare(*operator, literal))
            }
            Expression::In { values, .. } => {
                let literals: Result<_, _> = values
                    .iter()
                    .map(|value| self.literal(property, value))
                    .collect();
                self.allow(property, Use::Equality)?;
                Ok(Test::In(literals?))
            }
            Expression::Call {
                function, value, ..
            } => {
                let need = match function {
                    Function::StartsWith => Use::Prefix,
                    Function::EndsWith => Use::Suffix,
                    Function::Contains => Use::Substring,
                };
                let Literal::Text(text) = value else {
                    return Err(incompatible(property.kind, value));
                };
                self.allow(property, need)?;
                Ok(Test::Call(*function, text.to_lowercase()))
            }
            _ => Err(self.unsupported(property.name)),
        }
    }

    fn property(&self, path: &str) -> Result<&'static Property<T>, GraphError> {
        // A member of a complex property that can be asked for has a row of its own.
        let whole = |property: &&'static Property<T>| property.name.eq_ignore_ascii_case(path);
        if let Some(property) = self.entity.properties.iter().find(whole)
            && path.contains('/')
        {
            return Ok(property);
        }
        match path.split_once('/') {
            Some((first, _)) => {
                let property = self.entity.property(first, QueryPart::Filter)?;
                Err(self.not_simulated(property))
            }
            None => match self.entity.property(path, QueryPart::Filter)? {
                property if property.kind == Kind::Complex => Err(self.not_simulated(property)),
                property => Ok(property),
            },
        }
    }

    /// Whether the property can be used so (Microsoft Learn, "Advanced query capabilities on Microsoft Entra ID objects").
    fn allow(&self, property: &Property<T>, need: Use) -> Result<(), GraphError> {
        let texts = matches!(
            property.filter,
            Filterable::Text | Filterable::TextWithEnd | Filterable::Advanced
        );
        let possible = match need {
            Use::Equality | Use::Inequality => property.filter != Filterable::No,
            Use::Order => texts || property.filter == Filterable::Date,
            Use::Prefix => texts,
            Use::Suffix => property.filter == Filterable::TextWithEnd,
            Use::StrictOrder | Use::Substring => false,
        };
        if !possible || (property.filter == Filterable::Advanced && !self.advanced) {
            return Err(self.unsupported(property.name));
        }
        match need {
            Use::Inequality => self.need_advanced("ne"),
            Use::Suffix => self.need_advanced("endsWith"),
            _ => Ok(()),
        }
    }

    fn need_advanced(&self, operator: &'static str) -> Result<(), GraphError> {
        if self.advanced {
            Ok(())
        } else {
            Err(GraphError::Advanced(operator))
        }
    }

    fn not_simulated(&self, property: &Property<T>) -> GraphError {
        let name = format!("graph $filter on {}/{}", self.entity.name, property.name);
        GraphError::NotSimulated(name)
    }

    fn unsupported(&self, property: &str) -> GraphError {
        GraphError::UnsupportedFilter {
            property: property.to_owned(),
            class: self.entity.class,
        }
    }

    fn literal(&self, property: &Property<T>, literal: &Literal) -> Result<Value, GraphError> {
        let bad = || incompatible(property.kind, literal);
        match (property.kind, literal) {
            (_, Literal::Bare(word))
                if !word.starts_with(|c: char| c.is_ascii_digit() || c == '-')
                    && !is_guid(word) =>
            {
                // A word that is no constant is the name of a property.
                self.property(word)?;
                Err(self.unsupported(property.name))
            }
            (_, Literal::Null) => Ok(Value::Null),
            (Kind::Text | Kind::Texts, Literal::Text(text)) => Ok(json!(text)),
            (Kind::Boolean, Literal::Boolean(truth)) => Ok(json!(truth)),
            (Kind::Guid, Literal::Bare(word)) if is_guid(word) => Ok(json!(word)),
            (Kind::Number, Literal::Bare(word)) => word
                .parse::<i64>()
                .map(|number| json!(number))
                .map_err(|_| bad()),
            (Kind::Date, Literal::Bare(word)) => match Timestamp::parse(word) {
                Some(instant) => Ok(json!(instant.to_string())),
                None => Err(bad()),
            },
            (Kind::Complex, _) => Err(self.unsupported(property.name)),
            _ => Err(bad()),
        }
    }
}

fn is_guid(word: &str) -> bool {
    word.parse::<entrasim_domain::id::ObjectId>().is_ok()
}

/// The text of the OData library.
fn incompatible(kind: Kind, literal: &Literal) -> GraphError {
    let left = match kind {
        Kind::Text | Kind::Texts => "Edm.String",
        Kind::Boolean => "Edm.Boolean",
        Kind::Guid => "Edm.Guid",
        Kind::Date => "Edm.DateTimeOffset",
        Kind::Number => "Edm.Int32",
        Kind::Complex => "Edm.ComplexType",
    };
    let right = match literal {
        Literal::Text(_) => "Edm.String",
        Literal::Boolean(_) => "Edm.Boolean",
        Literal::Null => "null",
        Literal::Bare(word) if is_guid(word) => "Edm.Guid",
        Literal::Bare(word) if Timestamp::parse(word).is_some() => "Edm.DateTimeOffset",
        Literal::Bare(_) => "Edm.Int32",
    };
    GraphError::Filter(format!(
        "A binary operator with incompatible types was detected. Found operand types '{left}' and '{right}' for operator kind 'Equal'."
    ))
}
