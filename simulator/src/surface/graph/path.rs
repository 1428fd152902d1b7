//! The path of a Graph URL: segments, keys in parentheses, function calls. Reads text, knows no entity.

use std::collections::BTreeMap;

use crate::wire::Request;
use crate::wire::form::Form;

/// One step of the path: `users`, `users('x')`, `applications(appId='x')`, `delta()`, `roleTemplateId=x`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Segment {
    pub(super) name: String,
    /// The whole segment, as it came.
    pub(super) text: String,
    pub(super) key: Option<Key>,
}

/// What stands in parentheses: a key, or the arguments of a function.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Key {
    Id(String),
    /// An alternate key, of one property or more.
    Named(Vec<Argument>),
}

/// `appId='x'`
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Argument {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) quoted: bool,
}

impl Segment {
    /// Reads one decoded segment. Whatever is not a name with something in parentheses is a name.
    pub(super) fn parse(text: &str) -> Self {
        let plain = Self {
            name: text.to_owned(),
            text: text.to_owned(),
            key: None,
        };
        let Some((name, arguments)) = text.split_once('(') else {
            return plain;
        };
        let Some(arguments) = arguments.strip_suffix(')').map(str::trim) else {
            return plain;
        };
        if name.is_empty() {
            return plain;
        }
        let key = match arguments {
            "" => None,
            arguments => match Key::parse(arguments) {
                Some(key) => Some(key),
                None => return plain,
            },
        };
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
            key,
        }
    }

    /// Whether the segment has this name; Graph ignores the case of names.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The name of the type in a cast, `graph.user` or `microsoft.graph.user`; bound operations may bear it too.
    pub(super) fn qualified(&self) -> Option<&str> {
        ["microsoft.graph.", "graph."].iter().find_map(|prefix| {
            let head = self.name.get(..prefix.len())?;
            let rest = self.name.get(prefix.len()..)?;
            head.eq_ignore_ascii_case(prefix).then_some(rest)
        })
    }

    /// A key without parentheses, `roleTemplateId=x`.
    pub(super) fn bare_key(&self) -> Option<Key> {
        let (name, value) = self.text.split_once('=')?;
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
        let value = quoted(value).unwrap_or_else(|| value.to_owned());
        is_name.then(|| {
            Key::Named(vec![Argument {
                name: name.to_owned(),
                value,
                quoted: true,
            }])
        })
    }
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        if let Some(value) = quoted(text) {
            return Some(Self::Id(value));
        }
        if !text.contains('=') {
            return Some(Self::Id(text.to_owned()));
        }
        let arguments: Option<Vec<Argument>> = parts(text)
            .into_iter()
            .map(|part| {
                let (name, value) = part.split_once('=')?;
                let value = value.trim();
                let inner = quoted(value);
                Some(Argument {
                    name: name.trim().to_owned(),
                    quoted: inner.is_some(),
                    value: inner.unwrap_or_else(|| value.to_owned()),
                })
            })
            .collect();
        arguments.map(Self::Named)
    }

    /// The key as the caller wrote it.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Id(value) => value,
            Self::Named(arguments) => arguments
                .first()
                .map_or("", |argument| argument.value.as_str()),
        }
    }
}

/// The arguments of the function that the path ends with, `f(a=1,b=@p)`; what stands for a parameter is found in the query.
pub(super) fn arguments(request: &Request) -> BTreeMap<String, String> {
    let last = request.segments().pop().unwrap_or_default();
    let Some(Key::Named(arguments)) = Segment::parse(&last).key else {
        return BTreeMap::new();
    };
    let query = Form::parse(request.query.as_bytes());
    let value = |argument: Argument| {
        // `'@p'` is how some references write `@p`.
        let value = match query.get(&argument.value) {
            Some(value) if argument.value.starts_with('@') => {
                quoted(value).unwrap_or_else(|| value.to_owned())
            }
            _ => argument.value,
        };
        (argument.name, value)
    };
    arguments.into_iter().map(value).collect()
}

/// What commas outside of quotes separate.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut inside) = (0, false);
    for (at, c) in text.char_indices() {
        match c {
            '\'' => inside = !inside,
            ',' if !inside => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// The text between single quotes, doubled quotes undoubled.
fn quoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let undoubled = inner.replace("''", "\u{0}");
    if undoubled.contains('\'') {
        None
    } else {
        Some(undoubled.replace('\u{0}', "'"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(pairs: &[(&str, &str, bool)]) -> Option<Key> {
        let argument = |(name, value, quoted): &(&str, &str, bool)| Argument {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
            quoted: *quoted,
        };
        Some(Key::Named(pairs.iter().map(argument).collect()))
    }

    #[test]
    fn keys_are_read_in_every_form() {
        let key = |text| Segment::parse(text).key;
        assert_eq!(key("users"), None);
        assert_eq!(key("delta()"), None);
        assert_eq!(key("users('$x@y')"), Some(Key::Id("$x@y".to_owned())));
        assert_eq!(key("users('o''b')"), Some(Key::Id("o'b".to_owned())));
        assert_eq!(
            key("applications(appId='1')"),
            named(&[("appId", "1", true)])
        );
        assert_eq!(
            key("applications(appId=1)"),
            named(&[("appId", "1", false)])
        );
        assert_eq!(
            key("f(a='x,y', b=@p)"),
            named(&[("a", "x,y", true), ("b", "@p", false)])
        );
        assert_eq!(
            Segment::parse("roleTemplateId=7").bare_key(),
            named(&[("roleTemplateId", "7", true)])
        );
    }

    #[test]
    fn names_of_types_are_read_with_and_without_the_product() {
        let name = |text: &str| Segment::parse(text).qualified().map(str::to_owned);
        assert_eq!(name("microsoft.graph.user"), Some("user".to_owned()));
        assert_eq!(name("Graph.Group"), Some("Group".to_owned()));
        assert_eq!(name("user"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_segment_breaks_the_reader(text: String) {
            let segment = Segment::parse(&text);
            let _ = (segment.qualified(), segment.bare_key());
        }
    }
}
