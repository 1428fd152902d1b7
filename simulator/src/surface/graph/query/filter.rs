//! `$filter`: from text to an expression. Total over any text; knows no entity.

use crate::surface::graph::error::GraphError;
use tokens::{Token, tokens};

mod tokens;

/// A filter, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::surface::graph) enum Expression {
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    Compare {
        path: String,
        operator: Operator,
        value: Literal,
    },
    In {
        path: String,
        values: Vec<Literal>,
    },
    /// `startswith(path,'x')` and its like.
    Call {
        function: Function,
        path: String,
        value: Literal,
    },
    /// A Boolean property standing alone.
    Property(String),
    /// `path/any(x:…)`; inside, the variable itself is the empty path.
    Any {
        path: String,
        condition: Option<Box<Expression>>,
    },
    /// `path/all(x:…)`.
    All {
        path: String,
        condition: Box<Expression>,
    },
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::surface::graph) enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Has,
}

impl Operator {
    /// The operator with its sides exchanged.
    fn turned(self) -> Self {
        match self {
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            same => same,
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::surface::graph) enum Function {
    StartsWith,
    EndsWith,
    Contains,
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::surface::graph) enum Literal {
    Text(String),
    Boolean(bool),
    Null,
    /// A number, date or GUID: written without quotes.
    Bare(String),
}

/// How deep parentheses and `not` may nest.
const DEPTH: usize = 50;
/// How long a filter may be; the real front end refuses longer URLs.
const LENGTH: usize = 16_384;

type Parsed<T> = Result<T, GraphError>;

/// Reads a filter.
pub(super) fn parse(text: &str) -> Parsed<Expression> {
    if text.len() > LENGTH {
        return Err(GraphError::Filter("The filter is too long.".to_owned()));
    }
    let mut parser = Parser {
        text,
        tokens: tokens(text)?,
        at: 0,
        variables: Vec::new(),
    };
    let expression = parser.or(0)?;
    if parser.at < parser.tokens.len() {
        return Err(parser.syntax());
    }
    Ok(expression)
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<(usize, Token)>,
    at: usize,
    /// The variables of the lambdas that are open.
    variables: Vec<String>,
}

impl Parser<'_> {
    fn or(&mut self, depth: usize) -> Parsed<Expression> {
        let mut left = self.and(depth)?;
        while self.take_word("or") {
            let right = self.and(depth)?;
            left = Expression::Or(Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn and(&mut self, depth: usize) -> Parsed<Expression> {
        let mut left = self.not(depth)?;
        while self.take_word("and") {
            let right = self.not(depth)?;
            left = Expression::And(Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn not(&mut self, depth: usize) -> Parsed<Expression> {
        if depth > DEPTH {
            return Err(GraphError::Filter(
                "The recursion limit has been exceeded.".to_owned(),
            ));
        }
        if self.take_word("not") {
            return Ok(Expression::Not(Box::new(self.not(depth + 1)?)));
        }
        if self.take(&Token::Open) {
            let inner = self.or(depth + 1)?;
            self.expect(&Token::Close)?;
            return Ok(inner);
        }
        self.condition(depth)
    }

    fn condition(&mut self, depth: usize) -> Parsed<Expression> {
        if let Some((_, Token::Text(_))) = self.tokens.get(self.at) {
            return self.turned();
        }
        let Some(Token::Word(path)) = self.next() else {
            return Err(self.expected());
        };
        if self.take(&Token::Open) {
            return self.call(&path, depth);
        }
        let path = self.resolve(path);
        if self.take_word("in") {
            return self.list(path);
        }
        let Some(operator) = self.operator() else {
            return Ok(Expression::Property(path));
        };
        let value = self.literal()?;
        Ok(Expression::Compare {
            path,
            operator,
            value,
        })
    }

    fn operator(&mut self) -> Option<Operator> {
        let operator = match self.peek_word()?.to_ascii_lowercase().as_str() {
            "eq" => Operator::Equal,
            "ne" => Operator::NotEqual,
            "gt" => Operator::Greater,
            "ge" => Operator::GreaterOrEqual,
            "lt" => Operator::Less,
            "le" => Operator::LessOrEqual,
            "has" => Operator::Has,
            _ => return None,
        };
        self.at += 1;
        Some(operator)
    }

    /// `'x' eq path`: the constant comes first.
    fn turned(&mut self) -> Parsed<Expression> {
        let value = self.literal()?;
        let Some(operator) = self.operator().filter(|found| *found != Operator::Has) else {
            return Err(self.syntax());
        };
        let Some(Token::Word(path)) = self.next() else {
            return Err(self.expected());
        };
        Ok(Expression::Compare {
            path: self.resolve(path),
            operator: operator.turned(),
            value,
        })
    }

    /// The rest of `name(`: a function, or the `any` or `all` at the end of a path.
    fn call(&mut self, name: &str, depth: usize) -> Parsed<Expression> {
        if let Some((path, lambda)) = name.rsplit_once('/') {
            return self.lambda(path.to_owned(), lambda, depth);
        }
        let function = match name.to_ascii_lowercase().as_str() {
            "startswith" => Function::StartsWith,
            "endswith" => Function::EndsWith,
            "contains" => Function::Contains,
            _ => {
                return Err(GraphError::Filter(format!(
                    "An unknown function with name '{name}' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed."
                )));
            }
        };
        let Some(Token::Word(path)) = self.next() else {
            return Err(self.expected());
        };
        let path = self.resolve(path);
        self.expect(&Token::Comma)?;
        let value = self.literal()?;
        self.expect(&Token::Close)?;
        // `startswith(a,'b') eq true` is the long form of the same.
        if self.take_word("eq") {
            let Literal::Boolean(positive) = self.literal()? else {
                return Err(self.syntax());
            };
            let call = Expression::Call {
                function,
                path,
                value,
            };
            return Ok(if positive {
                call
            } else {
                Expression::Not(Box::new(call))
            });
        }
        Ok(Expression::Call {
            function,
            path,
            value,
        })
    }

    fn lambda(&mut self, path: String, lambda: &str, depth: usize) -> Parsed<Expression> {
        let all = match lambda.to_ascii_lowercase().as_str() {
            "any" => false,
            "all" => true,
            _ => return Err(self.syntax()),
        };
        if !all && self.take(&Token::Close) {
            return Ok(Expression::Any {
                path,
                condition: None,
            });
        }
        let Some(Token::Word(variable)) = self.next() else {
            return Err(self.expected());
        };
        self.expect(&Token::Colon)?;
        self.variables.push(variable);
        let condition = self.or(depth + 1)?;
        self.variables.pop();
        self.expect(&Token::Close)?;
        Ok(if all {
            Expression::All {
                path,
                condition: Box::new(condition),
            }
        } else {
            Expression::Any {
                path,
                condition: Some(Box::new(condition)),
            }
        })
    }

    /// A lambda's variable stands for the member itself: the empty path.
    fn resolve(&self, path: String) -> String {
        let Some(variable) = self.variables.last() else {
            return path;
        };
        match path.strip_prefix(variable.as_str()) {
            Some("") => String::new(),
            Some(rest) if rest.starts_with('/') => rest.to_owned(),
            _ => path,
        }
    }

    fn list(&mut self, path: String) -> Parsed<Expression> {
        self.expect(&Token::Open)?;
        let mut values = vec![self.literal()?];
        while self.take(&Token::Comma) {
            values.push(self.literal()?);
        }
        self.expect(&Token::Close)?;
        Ok(Expression::In { path, values })
    }

    fn literal(&mut self) -> Parsed<Literal> {
        match self.next() {
            Some(Token::Text(text)) => Ok(Literal::Text(text)),
            Some(Token::Word(word)) => Ok(match word.as_str() {
                "true" => Literal::Boolean(true),
                "false" => Literal::Boolean(false),
                "null" => Literal::Null,
                _ => Literal::Bare(word),
            }),
            _ => Err(self.expected()),
        }
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).map(|(_, token)| token.clone());
        self.at += 1;
        token
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self
            .tokens
            .get(self.at)
            .is_some_and(|(_, next)| next == token);
        self.at += usize::from(found);
        found
    }

    fn peek_word(&self) -> Option<&str> {
        match self.tokens.get(self.at) {
            Some((_, Token::Word(word))) => Some(word),
            _ => None,
        }
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self
            .peek_word()
            .is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, token: &Token) -> Parsed<()> {
        if self.take(token) {
            Ok(())
        } else {
            Err(self.syntax())
        }
    }

    fn position(&self) -> usize {
        let end = self.text.chars().count();
        self.tokens.get(self.at).map_or(end, |(at, _)| *at)
    }

    /// The texts are those of the OData library.
    fn syntax(&self) -> GraphError {
        GraphError::Filter(format!(
            "Syntax error at position {} in '{}'.",
            self.position(),
            self.text
        ))
    }

    fn expected(&mut self) -> GraphError {
        self.at = self.at.saturating_sub(1);
        GraphError::Filter(format!(
            "Expression expected at position {} in '{}'.",
            self.position(),
            self.text
        ))
    }
}

#[cfg(test)]
mod tests;
