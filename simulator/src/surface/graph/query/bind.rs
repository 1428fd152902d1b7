//! Binding a filter to an entity type: names to properties, constants to their types, and whether the directory allows it.

use entrasim_domain::time::Timestamp;
use uuid::Uuid;

use super::Query;
use super::condition::{Condition, Constant, Source, Test};
use super::filter::{Expression, Function, Literal, Operator};
use crate::surface::graph::error::{GraphError, QueryPart};
use crate::surface::graph::schema::{Facts, Kind, Operators, Type};

pub(super) struct Binder<'q> {
    kind: &'static dyn Type,
    query: &'q Query,
    /// The list whose members the lambda at hand is about.
    list: Option<&'static Facts>,
    /// Inside of `not`.
    negated: bool,
}

/// What a path leads to.
struct Bound {
    source: Source,
    kind: Kind,
    facts: &'static Facts,
}

impl<'q> Binder<'q> {
    pub(super) fn new(kind: &'static dyn Type, query: &'q Query) -> Self {
        Self {
            kind,
            query,
            list: None,
            negated: false,
        }
    }

    pub(super) fn bind(&self, expression: &Expression) -> Result<Condition, GraphError> {
        let both = |left, right| {
            Ok::<_, GraphError>((Box::new(self.bind(left)?), Box::new(self.bind(right)?)))
        };
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
                let negated = Self {
                    negated: true,
                    ..*self
                };
                let inner = negated.bind(inner)?;
                self.need_advanced("not")?;
                Condition::Not(Box::new(inner))
            }
            Expression::Property(path) => {
                let bound = self.path(path)?;
                if bound.kind != Kind::Boolean {
                    let detail = "The $filter expression must evaluate to a single boolean value.";
                    return Err(GraphError::Filter(detail.to_owned()));
                }
                self.allow(bound.facts, Operators::EQ)?;
                let test = Test::Compare(Operator::Equal, Constant::Boolean(true));
                Condition::Test(bound.source, test)
            }
            Expression::Any { path, condition } => {
                let (bound, condition) = self.lambda(path, condition.as_deref(), "any")?;
                Condition::Any(bound.source, condition)
            }
            Expression::All { path, condition } => {
                let (bound, condition) = self.lambda(path, Some(condition), "all")?;
                match condition {
                    Some(condition) => Condition::All(bound.source, condition),
                    None => return Err(self.unsupported(path)),
                }
            }
            Expression::Compare {
                path,
                operator,
                value,
            } => match path.strip_suffix("/$count") {
                Some(list) => self.count(list, *operator, value)?,
                None => self.test(path, expression)?,
            },
            Expression::In { path, .. } | Expression::Call { path, .. } => {
                self.test(path, expression)?
            }
        })
    }

    fn lambda(
        &self,
        path: &str,
        condition: Option<&Expression>,
        name: &'static str,
    ) -> Result<(Bound, Option<Box<Condition>>), GraphError> {
        if let Some(navigation) = self.kind.navigation(path) {
            return Err(self.not_simulated(navigation.name));
        }
        let bound = self.path_of_any_kind(path)?;
        if !matches!(bound.source, Source::Property(_)) {
            return Err(self.unsupported(path));
        }
        match bound.kind {
            Kind::Texts => {}
            Kind::Complexes if !bound.facts.members.is_empty() => {}
            Kind::Complex | Kind::Complexes => return Err(self.not_simulated(bound.facts.name)),
            _ => return Err(self.unsupported(path)),
        }
        let Some(condition) = condition else {
            self.allow(bound.facts, Operators::EQ)?;
            self.need_advanced(name)?;
            return Ok((bound, None));
        };
        if name == "all" {
            // Only `any` is among the operators of the directory.
            return Err(self.unsupported(path));
        }
        let inside = Self {
            list: Some(bound.facts),
            ..*self
        };
        let condition = inside.bind(condition)?;
        Ok((bound, Some(Box::new(condition))))
    }

    /// `path/$count eq 0`
    fn count(
        &self,
        path: &str,
        operator: Operator,
        value: &Literal,
    ) -> Result<Condition, GraphError> {
        let number = match value {
            Literal::Bare(word) => word.parse().ok(),
            _ => None,
        };
        let number: i64 = number.ok_or_else(|| incompatible(Kind::Integer, value))?;
        if let Some(navigation) = self.kind.navigation(path).filter(|found| found.many) {
            self.need_advanced("$count")?;
            return Ok(Condition::Linked(navigation, operator, number));
        }
        let bound = self.path_of_any_kind(path)?;
        if !bound.facts.operators.has(Operators::COUNT) {
            return Err(self.unsupported(path));
        }
        self.need_advanced("$count")?;
        Ok(Condition::Count(bound.source, operator, number))
    }

    fn test(&self, path: &str, expression: &Expression) -> Result<Condition, GraphError> {
        let bound = self.path(path)?;
        if bound.kind == Kind::Texts {
            return Err(self.unsupported(path));
        }
        let test = match expression {
            Expression::Compare {
                operator, value, ..
            } => self.compare(&bound, *operator, value)?,
            Expression::In { values, .. } => {
                let constants: Result<_, _> = values
                    .iter()
                    .map(|value| self.constant(&bound, value))
                    .collect();
                let constants: Vec<Constant> = constants?;
                self.allow(bound.facts, Operators::IN)?;
                Test::In(constants)
            }
            Expression::Call {
                function, value, ..
            } => {
                let need = match function {
                    Function::StartsWith => Operators::STARTS,
                    Function::EndsWith => Operators::ENDS,
                    Function::Contains => Operators::CONTAINS,
                };
                let Literal::Text(text) = value else {
                    return Err(incompatible(bound.kind, value));
                };
                self.allow(bound.facts, need)?;
                Test::Call(*function, text.clone())
            }
            _ => return Err(self.unsupported(path)),
        };
        Ok(Condition::Test(bound.source, test))
    }

    fn compare(
        &self,
        bound: &Bound,
        operator: Operator,
        value: &Literal,
    ) -> Result<Test, GraphError> {
        let need = match operator {
            Operator::Equal => Operators::EQ,
            Operator::NotEqual => Operators::NE,
            Operator::GreaterOrEqual | Operator::LessOrEqual => Operators::ORDER,
            Operator::Greater | Operator::Less => Operators::STRICT,
            Operator::Has => Operators::HAS,
        };
        let constant = self.constant(bound, value)?;
        self.allow(bound.facts, need)?;
        if constant == Constant::Null && !bound.facts.operators.has(Operators::NULL) {
            return Err(self.unsupported(bound.facts.name));
        }
        Ok(Test::Compare(operator, constant))
    }

    fn path(&self, path: &str) -> Result<Bound, GraphError> {
        match self.path_of_any_kind(path)? {
            bound if matches!(bound.kind, Kind::Complex | Kind::Complexes) => {
                Err(self.not_simulated(bound.facts.name))
            }
            bound => Ok(bound),
        }
    }

    fn path_of_any_kind(&self, path: &str) -> Result<Bound, GraphError> {
        if let Some(facts) = self.list {
            return self.member(path, facts);
        }
        // A member of a complex property can have a row of its own.
        if let Some(at) = self.kind.place(path)
            && let Some(facts) = self.kind.facts(at)
        {
            return Ok(Bound {
                source: Source::Property(at),
                kind: facts.kind,
                facts,
            });
        }
        let (first, rest) = match path.split_once('/') {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        };
        if let Some(navigation) = self.kind.navigation(first) {
            return Err(self.not_simulated(navigation.name));
        }
        let (at, facts) = self.kind.property(first, QueryPart::Filter)?;
        let Some(rest) = rest else {
            return Ok(Bound {
                source: Source::Property(at),
                kind: facts.kind,
                facts,
            });
        };
        if facts.kind != Kind::Complex || facts.members.is_empty() {
            return Err(self.not_simulated(facts.name));
        }
        let (name, kind) = self.inner(rest, facts)?;
        Ok(Bound {
            source: Source::Inner(at, name, kind),
            kind,
            facts,
        })
    }

    /// A path inside of a lambda: its variable, or a member of that.
    fn member(&self, path: &str, facts: &'static Facts) -> Result<Bound, GraphError> {
        let path = path.strip_prefix('/').unwrap_or(path);
        if path.is_empty() {
            let (source, kind) = match facts.kind {
                Kind::Texts => (Source::Member, Kind::Text),
                kind => (Source::Member, kind),
            };
            return Ok(Bound {
                source,
                kind,
                facts,
            });
        }
        if facts.kind != Kind::Complexes {
            return Err(self.unsupported(facts.name));
        }
        let (name, kind) = self.inner(path, facts)?;
        Ok(Bound {
            source: Source::MemberInner(name, kind),
            kind,
            facts,
        })
    }

    fn inner(&self, path: &str, facts: &'static Facts) -> Result<(&'static str, Kind), GraphError> {
        let mut members = facts.members.iter();
        let found = members.find(|(name, _)| name.eq_ignore_ascii_case(path));
        found.copied().ok_or_else(|| GraphError::UnknownProperty {
            property: path.to_owned(),
            entity: self.kind.name(),
            option: QueryPart::Filter,
        })
    }

    /// Whether the property can be used so (Microsoft Learn, "Advanced query capabilities on Microsoft Entra ID objects").
    fn allow(&self, facts: &Facts, need: Operators) -> Result<(), GraphError> {
        let operators = facts.operators;
        let refused = !operators.has(need)
            || (operators.has(Operators::ADVANCED) && !self.query.advanced())
            || (self.negated && !operators.has(Operators::NOT));
        if refused {
            return Err(self.unsupported(facts.name));
        }
        if need == Operators::NE {
            self.need_advanced("ne")
        } else if need == Operators::ENDS {
            self.need_advanced("endsWith")
        } else {
            Ok(())
        }
    }

    fn need_advanced(&self, operator: &'static str) -> Result<(), GraphError> {
        if self.query.advanced() {
            Ok(())
        } else {
            Err(GraphError::Advanced(operator))
        }
    }

    fn not_simulated(&self, property: &str) -> GraphError {
        let name = format!("graph $filter on {}/{property}", self.kind.name());
        GraphError::NotSimulated(name)
    }

    fn unsupported(&self, property: &str) -> GraphError {
        let property = match self.list {
            Some(facts) => facts.name,
            None => property,
        };
        GraphError::UnsupportedFilter {
            property: property.to_owned(),
            class: self.kind.class(),
        }
    }

    fn constant(&self, bound: &Bound, literal: &Literal) -> Result<Constant, GraphError> {
        let bad = || incompatible(bound.kind, literal);
        match (bound.kind, literal) {
            (_, Literal::Bare(word))
                if !word.starts_with(|c: char| c.is_ascii_digit() || c == '-')
                    && guid(word).is_none() =>
            {
                // A word that is no constant is the name of a property.
                self.path(word)?;
                Err(self.unsupported(bound.facts.name))
            }
            (_, Literal::Null) => Ok(Constant::Null),
            (Kind::Text | Kind::Texts, Literal::Text(text)) => Ok(Constant::Text(text.clone())),
            (Kind::Boolean, Literal::Boolean(truth)) => Ok(Constant::Boolean(*truth)),
            (Kind::Integer, Literal::Bare(word)) => {
                word.parse().map(Constant::Integer).map_err(|_| bad())
            }
            (Kind::Guid, Literal::Bare(word)) => guid(word).map(Constant::Guid).ok_or_else(bad),
            (Kind::Date, Literal::Bare(word)) => {
                Timestamp::parse(word).map(Constant::Date).ok_or_else(bad)
            }
            (Kind::Complex | Kind::Complexes, _) => Err(self.unsupported(bound.facts.name)),
            _ => Err(bad()),
        }
    }
}

fn guid(word: &str) -> Option<Uuid> {
    (word.len() == 36).then(|| word.parse().ok()).flatten()
}

/// The text of the OData library.
fn incompatible(kind: Kind, literal: &Literal) -> GraphError {
    let left = match kind {
        Kind::Text | Kind::Texts => "Edm.String",
        Kind::Boolean => "Edm.Boolean",
        Kind::Integer => "Edm.Int32",
        Kind::Guid => "Edm.Guid",
        Kind::Date => "Edm.DateTimeOffset",
        Kind::Complex | Kind::Complexes => "Edm.ComplexType",
    };
    let right = match literal {
        Literal::Text(_) => "Edm.String",
        Literal::Boolean(_) => "Edm.Boolean",
        Literal::Null => "null",
        Literal::Bare(word) if guid(word).is_some() => "Edm.Guid",
        Literal::Bare(word) if Timestamp::parse(word).is_some() => "Edm.DateTimeOffset",
        Literal::Bare(_) => "Edm.Int32",
    };
    GraphError::Filter(format!(
        "A binary operator with incompatible types was detected. Found operand types '{left}' and '{right}' for operator kind 'Equal'."
    ))
}
