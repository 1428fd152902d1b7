//! A filter bound to an entity type: whether it holds for a row.

use core::cmp::Ordering;

use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::bind::Binder;
use super::filter::{Expression, Function, Operator};
use super::text;
use crate::surface::graph::error::GraphError;
use crate::surface::graph::query::Query;
use crate::surface::graph::schema::{Field, Kind, Navigation, Row, Rows, Type};

/// A filter whose paths are properties and whose constants have their types.
pub(in crate::surface::graph) enum Condition {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Test(Source, Test),
    Any(Source, Option<Box<Self>>),
    All(Source, Box<Self>),
    /// `path/$count`
    Count(Source, Operator, i64),
    /// The same of a navigation.
    Linked(&'static Navigation, Operator, i64),
}

/// Where a value comes from.
#[derive(Clone, Debug)]
pub(in crate::surface::graph) enum Source {
    /// A property, by its place.
    Property(usize),
    /// A member of a complex property.
    Inner(usize, &'static str, Kind),
    /// The member that a lambda is about.
    Member,
    /// A member of it.
    MemberInner(&'static str, Kind),
}

/// What is asked of a value.
pub(in crate::surface::graph) enum Test {
    Compare(Operator, Constant),
    In(Vec<Constant>),
    Call(Function, String),
}

/// A constant with the type of what it is compared to.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::surface::graph) enum Constant {
    Null,
    Text(String),
    Boolean(bool),
    Integer(i64),
    Guid(Uuid),
    Date(Timestamp),
}

/// What a condition is asked about.
#[derive(Clone, Copy)]
struct Scope<'s, 'a> {
    kind: &'static dyn Type,
    tenant: &'a Tenant,
    row: Row<'a>,
    member: Option<&'s Field<'s>>,
}

impl Condition {
    /// Binds an expression.
    pub(in crate::surface::graph) fn bind(
        kind: &'static dyn Type,
        expression: &Expression,
        query: &Query,
    ) -> Result<Self, GraphError> {
        Binder::new(kind, query).bind(expression)
    }

    pub(in crate::surface::graph) fn holds(
        &self,
        kind: &'static dyn Type,
        tenant: &Tenant,
        row: Row<'_>,
    ) -> bool {
        self.holds_in(&Scope {
            kind,
            tenant,
            row,
            member: None,
        })
    }

    fn holds_in(&self, scope: &Scope<'_, '_>) -> bool {
        match self {
            Self::And(left, right) => left.holds_in(scope) && right.holds_in(scope),
            Self::Or(left, right) => left.holds_in(scope) || right.holds_in(scope),
            Self::Not(inner) => !inner.holds_in(scope),
            Self::Test(source, test) => test.holds(&scope.read(source)),
            Self::Any(source, condition) => {
                let holds = |member: &Field<'_>| {
                    let condition = condition.as_ref();
                    condition.is_none_or(|condition| condition.holds_in(&scope.inside(member)))
                };
                members(scope.read(source)).iter().any(holds)
            }
            Self::All(source, condition) => members(scope.read(source))
                .iter()
                .all(|member| condition.holds_in(&scope.inside(member))),
            Self::Count(source, operator, number) => {
                let count = members(scope.read(source)).len();
                decide(*operator, Some(integer(count).cmp(number)))
            }
            Self::Linked(navigation, operator, number) => {
                let count = (navigation.from)(scope.tenant, scope.row, None).count();
                decide(*operator, Some(integer(count).cmp(number)))
            }
        }
    }

    /// The rows after `after` that the indexes alone leave over, in the order of their ids; `None` if that is all.
    pub(in crate::surface::graph) fn candidates<'a>(
        &self,
        kind: &'static dyn Type,
        tenant: &'a Tenant,
        after: Option<ObjectId>,
    ) -> Option<Rows<'a>> {
        match self {
            Self::And(left, right) => left
                .candidates(kind, tenant, after)
                .or_else(|| right.candidates(kind, tenant, after)),
            Self::Or(left, right) => {
                let left = left.candidates(kind, tenant, after)?;
                let right = right.candidates(kind, tenant, after)?;
                Some(merged(kind, tenant, left.chain(right)))
            }
            Self::Test(Source::Property(at), test) => match test {
                Test::Compare(Operator::Equal, constant) => {
                    kind.equal(*at, tenant, &constant.text()?, after)
                }
                Test::In(constants) => {
                    let mut all = Vec::new();
                    for constant in constants {
                        all.extend(kind.equal(*at, tenant, &constant.text()?, after)?);
                    }
                    Some(merged(kind, tenant, all.into_iter()))
                }
                Test::Call(Function::StartsWith, prefix) => {
                    few(kind, tenant, kind.beginning(*at, tenant, prefix)?, after)
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// How many candidates an index may give before looking at every row is the better plan.
const FEW: usize = 20_000;

/// Rows in any order, put in the order of their ids; `None` if there are many.
fn few<'a>(
    kind: &'static dyn Type,
    tenant: &'a Tenant,
    rows: Rows<'a>,
    after: Option<ObjectId>,
) -> Option<Rows<'a>> {
    let found: Vec<Row<'a>> = rows.take(FEW + 1).collect();
    (found.len() <= FEW).then(|| {
        let rest = found.into_iter();
        let rest = rest.filter(move |row| after.is_none() || kind.id(tenant, *row) > after);
        merged(kind, tenant, rest)
    })
}

fn merged<'a>(
    kind: &'static dyn Type,
    tenant: &'a Tenant,
    rows: impl Iterator<Item = Row<'a>>,
) -> Rows<'a> {
    let mut rows: Vec<(Option<ObjectId>, Row<'a>)> =
        rows.map(|row| (kind.id(tenant, row), row)).collect();
    rows.sort_by_key(|(id, _)| *id);
    rows.dedup_by_key(|(id, _)| *id);
    Box::new(rows.into_iter().map(|(_, row)| row))
}

impl<'a> Scope<'_, 'a> {
    fn read(&self, source: &Source) -> Field<'a> {
        match source {
            Source::Property(at) => self.kind.read(*at, self.tenant, self.row),
            Source::Inner(at, path, kind) => {
                let value = self.kind.value(*at, self.tenant, self.row);
                Field::of_json(*kind, inner(value, path))
            }
            Source::Member => self.member.map_or(Field::Null, |member| owned(member)),
            Source::MemberInner(path, kind) => match self.member {
                Some(Field::Complex(value)) => Field::of_json(*kind, inner(value.clone(), path)),
                _ => Field::Null,
            },
        }
    }

    fn inside<'m>(&self, member: &'m Field<'m>) -> Scope<'m, 'a> {
        Scope {
            kind: self.kind,
            tenant: self.tenant,
            row: self.row,
            member: Some(member),
        }
    }
}

fn owned(field: &Field<'_>) -> Field<'static> {
    match field {
        Field::Text(text) => Field::Text(std::borrow::Cow::Owned(text.to_string())),
        Field::Address(address) => Field::Text(std::borrow::Cow::Owned(address.to_string())),
        Field::Complex(value) => Field::Complex(value.clone()),
        Field::Boolean(truth) => Field::Boolean(*truth),
        Field::Integer(number) => Field::Integer(*number),
        Field::Guid(id) => Field::Guid(*id),
        Field::Date(instant) => Field::Date(*instant),
        Field::Null | Field::Texts(_) => Field::Null,
    }
}

/// The value at a path of members.
fn inner(value: Value, path: &str) -> Value {
    let mut value = value;
    for name in path.split('/') {
        let Value::Object(mut members) = value else {
            return Value::Null;
        };
        value = members.remove(name).unwrap_or(Value::Null);
    }
    value
}

fn members(field: Field<'_>) -> Vec<Field<'_>> {
    match field {
        Field::Texts(texts) => texts.into_iter().map(Field::Text).collect(),
        Field::Complex(Value::Array(values)) => values.into_iter().map(Field::Complex).collect(),
        _ => Vec::new(),
    }
}

fn integer(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Constant {
    /// The constant as an index knows it.
    fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Guid(id) => Some(id.to_string()),
            _ => None,
        }
    }
}

impl Test {
    fn holds(&self, value: &Field<'_>) -> bool {
        match self {
            Self::Compare(Operator::Has, Constant::Text(flag)) => match value {
                // Flags are one text, with commas.
                Field::Text(flags) => flags.split(',').any(|known| known.trim() == flag),
                _ => false,
            },
            Self::Compare(operator, constant) => decide(*operator, order(value, constant)),
            Self::In(constants) => constants
                .iter()
                .any(|constant| order(value, constant) == Some(Ordering::Equal)),
            Self::Call(function, asked) => match value {
                Field::Text(value) => match function {
                    Function::StartsWith => text::starts_with(value, asked),
                    Function::EndsWith => text::ends_with(value, asked),
                    Function::Contains => text::contains(value, asked),
                },
                Field::Address(value) => match function {
                    Function::StartsWith => text::address_starts_with(*value, asked),
                    Function::EndsWith => text::address_ends_with(*value, asked),
                    Function::Contains => text::contains(&value.to_string(), asked),
                },
                _ => false,
            },
        }
    }
}

fn decide(operator: Operator, ordering: Option<Ordering>) -> bool {
    match operator {
        Operator::Equal | Operator::Has => ordering == Some(Ordering::Equal),
        Operator::NotEqual => ordering != Some(Ordering::Equal),
        Operator::Greater => ordering == Some(Ordering::Greater),
        Operator::GreaterOrEqual => ordering.is_some_and(Ordering::is_ge),
        Operator::Less => ordering == Some(Ordering::Less),
        Operator::LessOrEqual => ordering.is_some_and(Ordering::is_le),
    }
}

/// How a value stands to a constant; `None` where they cannot be compared, as with null.
fn order(value: &Field<'_>, constant: &Constant) -> Option<Ordering> {
    match (value, constant) {
        (Field::Text(value), Constant::Text(constant)) => Some(text::compare(value, constant)),
        (Field::Address(value), Constant::Text(constant)) => {
            Some(text::compare_address(*value, constant))
        }
        (Field::Boolean(value), Constant::Boolean(constant)) => Some(value.cmp(constant)),
        (Field::Integer(value), Constant::Integer(constant)) => Some(value.cmp(constant)),
        (Field::Guid(value), Constant::Guid(constant)) => Some(value.cmp(constant)),
        (Field::Date(value), Constant::Date(constant)) => Some(value.cmp(constant)),
        (Field::Text(value), Constant::Date(constant)) => {
            Timestamp::parse(value).map(|value| value.cmp(constant))
        }
        (Field::Null, Constant::Null) => Some(Ordering::Equal),
        _ => None,
    }
}
