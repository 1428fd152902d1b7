//! From the text of a rule to its condition.

use super::properties::{DEVICE_PROPERTIES, USER_PROPERTIES};
use super::{Condition, Kind, Literal, Operator, Property, Quantifier, RuleError, Test};

/// Rules are no longer than this (Microsoft Learn).
const LONGEST: usize = 3072;
const DEEPEST: usize = 64;

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A property, a keyword, `true`, `null`.
    Word(String),
    /// `-eq`, without its dash, in lower case.
    Operator(String),
    Text(String),
    Open,
    Close,
    OpenList,
    CloseList,
    Comma,
}

pub(super) fn rule(text: &str) -> Result<Condition, RuleError> {
    if text.len() > LONGEST {
        return Err(RuleError::Syntax(text.chars().take(40).collect()));
    }
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
    };
    let condition = parser.either()?;
    match parser.peek() {
        None => Ok(condition),
        Some(token) => Err(RuleError::Syntax(shown(token))),
    }
}

fn shown(token: &Token) -> String {
    match token {
        Token::Word(word) => word.clone(),
        Token::Operator(name) => format!("-{name}"),
        Token::Text(text) => format!("\"{text}\""),
        Token::Open => "(".to_owned(),
        Token::Close => ")".to_owned(),
        Token::OpenList => "[".to_owned(),
        Token::CloseList => "]".to_owned(),
        Token::Comma => ",".to_owned(),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, RuleError> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let single = match first {
            '(' => Some(Token::Open),
            ')' => Some(Token::Close),
            '[' | '{' => Some(Token::OpenList),
            ']' | '}' => Some(Token::CloseList),
            ',' => Some(Token::Comma),
            _ => None,
        };
        let length = if let Some(token) = single {
            tokens.push(token);
            1
        } else if first == '"' || first == '\'' {
            let (value, length) = quoted(rest, first)?;
            tokens.push(Token::Text(value));
            length
        } else {
            let end = rest
                .find(|c: char| c.is_whitespace() || "()[]{},\"'".contains(c))
                .unwrap_or(rest.len());
            let word = &rest[..end];
            tokens.push(match word.strip_prefix('-') {
                Some(name) => Token::Operator(name.to_lowercase()),
                None => Token::Word(word.to_owned()),
            });
            end
        };
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// A text in quotes; a backquote takes the next quote as a character. Hands back how long it was.
fn quoted(text: &str, quote: char) -> Result<(String, usize), RuleError> {
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '`' if !escaped => escaped = true,
            c if c == quote && !escaped => return Ok((value, at + 1)),
            c => {
                value.push(c);
                escaped = false;
            }
        }
    }
    Err(RuleError::Syntax(text.chars().take(40).collect()))
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Result<Token, RuleError> {
        let token = self.peek().cloned();
        self.at += 1;
        token.ok_or_else(|| RuleError::Syntax("the end".to_owned()))
    }

    /// Whether the next token is one of these words, with or without a dash; then it is taken.
    fn takes(&mut self, name: &str) -> bool {
        let found = match self.peek() {
            Some(Token::Operator(word)) => word == name,
            Some(Token::Word(word)) => word.eq_ignore_ascii_case(name),
            _ => false,
        };
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: &Token) -> Result<(), RuleError> {
        let token = self.next()?;
        if token == *wanted {
            Ok(())
        } else {
            Err(RuleError::Syntax(shown(&token)))
        }
    }

    fn either(&mut self) -> Result<Condition, RuleError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(RuleError::Syntax("(".to_owned()));
        }
        let mut parts = vec![self.all()?];
        while self.takes("or") {
            parts.push(self.all()?);
        }
        self.depth -= 1;
        Ok(one(parts, Condition::Either))
    }

    fn all(&mut self) -> Result<Condition, RuleError> {
        let mut parts = vec![self.negation()?];
        while self.takes("and") {
            parts.push(self.negation()?);
        }
        Ok(one(parts, Condition::All))
    }

    fn negation(&mut self) -> Result<Condition, RuleError> {
        let mut negative = false;
        while self.takes("not") {
            negative = !negative;
        }
        let inner = if self.peek() == Some(&Token::Open) {
            self.at += 1;
            let inner = self.either()?;
            self.expect(&Token::Close)?;
            inner
        } else {
            Condition::Test(self.test()?)
        };
        Ok(if negative {
            Condition::Not(Box::new(inner))
        } else {
            inner
        })
    }

    fn test(&mut self) -> Result<Test, RuleError> {
        let word = match self.next()? {
            Token::Word(word) => word,
            token => return Err(RuleError::Syntax(shown(&token))),
        };
        let property = property(&word)?;
        let quantifier = if self.takes("any") {
            Some(Quantifier::Any)
        } else if self.takes("all") {
            Some(Quantifier::All)
        } else {
            None
        };
        if quantifier.is_none() {
            let (operator, values) = self.comparison()?;
            return Ok(Test {
                property,
                quantifier,
                operator,
                values,
            });
        }
        self.expect(&Token::Open)?;
        match self.next()? {
            Token::Word(word) if word == "_" => {}
            Token::Word(word) => {
                return Err(RuleError::NotSimulated(format!(
                    "{word} inside -any and -all"
                )));
            }
            token => return Err(RuleError::Syntax(shown(&token))),
        }
        let (operator, values) = self.comparison()?;
        self.expect(&Token::Close)?;
        Ok(Test {
            property,
            quantifier,
            operator,
            values,
        })
    }

    fn comparison(&mut self) -> Result<(Operator, Vec<Literal>), RuleError> {
        let name = match self.next()? {
            Token::Operator(name) => name,
            // The operators were also written without a dash.
            Token::Word(word) => word.to_lowercase(),
            token => return Err(RuleError::Syntax(shown(&token))),
        };
        let operator = match name.as_str() {
            "eq" => Operator::Equal,
            "ne" => Operator::NotEqual,
            "startswith" => Operator::StartsWith,
            "notstartswith" => Operator::NotStartsWith,
            "endswith" => Operator::EndsWith,
            "notendswith" => Operator::NotEndsWith,
            "contains" => Operator::Contains,
            "notcontains" => Operator::NotContains,
            "in" => Operator::In,
            "notin" => Operator::NotIn,
            "match" | "notmatch" | "le" | "ge" | "lt" | "gt" => {
                return Err(RuleError::NotSimulated(format!("-{name}")));
            }
            _ => return Err(RuleError::Syntax(format!("-{name}"))),
        };
        let values = if self.peek() == Some(&Token::OpenList) {
            self.list()?
        } else {
            vec![self.literal()?]
        };
        Ok((operator, values))
    }

    fn list(&mut self) -> Result<Vec<Literal>, RuleError> {
        self.expect(&Token::OpenList)?;
        let mut values = vec![self.literal()?];
        loop {
            match self.next()? {
                Token::Comma => values.push(self.literal()?),
                Token::CloseList => return Ok(values),
                token => return Err(RuleError::Syntax(shown(&token))),
            }
        }
    }

    fn literal(&mut self) -> Result<Literal, RuleError> {
        match self.next()? {
            Token::Text(text) => Ok(Literal::Text(text)),
            Token::Word(word) => match word.to_lowercase().as_str() {
                "null" | "$null" => Ok(Literal::Null),
                "true" => Ok(Literal::Boolean(true)),
                "false" => Ok(Literal::Boolean(false)),
                number if number.chars().all(|c| c.is_ascii_digit()) => {
                    Ok(Literal::Text(number.to_owned()))
                }
                _ => Err(RuleError::Syntax(word)),
            },
            token => Err(RuleError::Syntax(shown(&token))),
        }
    }
}

fn one(mut parts: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            parts.push(last);
            many(parts)
        }
        (_, None) => many(parts),
    }
}

fn property(word: &str) -> Result<Property, RuleError> {
    let (of, name) = word
        .split_once('.')
        .ok_or_else(|| RuleError::Property(word.to_owned()))?;
    let name = name.to_lowercase();
    let (of, known): (Kind, &[&str]) = match of.to_lowercase().as_str() {
        "user" => (Kind::User, USER_PROPERTIES),
        "device" => (Kind::Device, DEVICE_PROPERTIES),
        _ => return Err(RuleError::Property(word.to_owned())),
    };
    let is_attribute = name
        .strip_prefix("extensionattribute")
        .and_then(|number| number.parse().ok())
        .is_some_and(|number: u8| (1..=15).contains(&number));
    if is_attribute || name.starts_with("extension_") || known.contains(&name.as_str()) {
        Ok(Property { of, name })
    } else if ["assignedplans", "memberof", "serviceplans", "directreports"]
        .contains(&name.as_str())
    {
        Err(RuleError::NotSimulated(format!("user.{name}")))
    } else {
        Err(RuleError::Property(word.to_owned()))
    }
}
