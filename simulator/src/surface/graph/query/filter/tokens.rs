//! A filter's words, texts and signs, each with its place.

use super::Parsed;
use crate::surface::graph::error::GraphError;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
    Comma,
    Colon,
}

pub(super) fn tokens(text: &str) -> Parsed<Vec<(usize, Token)>> {
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let token = match c {
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            ':' => Token::Colon,
            '\'' => {
                let mut value = String::new();
                loop {
                    match rest.next() {
                        Some((_, '\'')) if rest.next_if(|(_, c)| *c == '\'').is_some() => {
                            value.push('\'');
                        }
                        Some((_, '\'')) => break,
                        Some((_, c)) => value.push(c),
                        None => {
                            let detail = format!(
                                "There is an unterminated string literal at position {} in '{text}'.",
                                text.chars().count()
                            );
                            return Err(GraphError::Filter(detail));
                        }
                    }
                }
                Token::Text(value)
            }
            c if c.is_whitespace() => continue,
            c => {
                let mut word = String::from(c);
                // A colon inside a date belongs to it; after a lambda's variable it does not.
                let dated = c.is_ascii_digit();
                while let Some((_, c)) = rest.next_if(|(_, c)| {
                    !c.is_whitespace()
                        && !matches!(c, '(' | ')' | ',' | '\'')
                        && (dated || *c != ':')
                }) {
                    word.push(c);
                }
                Token::Word(word)
            }
        };
        tokens.push((at, token));
    }
    Ok(tokens)
}
