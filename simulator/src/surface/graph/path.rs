//! The path of a Graph URL: segments, keys in parentheses, function calls. Reads text, knows no entity.

use super::error::GraphError;

/// One step of the path: `users`, `users('x')`, `applications(appId='x')`, `delta()`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Segment {
    pub(super) name: String,
    /// The whole segment, as it came.
    pub(super) text: String,
    pub(super) key: Option<Key>,
}

/// What picks one entity out of a set.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Key {
    Id(String),
    Alternate { property: String, value: String },
}

impl Segment {
    /// Reads one decoded segment. Whatever is not a name with a key in parentheses is a name.
    pub(super) fn parse(text: &str) -> Result<Self, GraphError> {
        let plain = || Self {
            name: text.to_owned(),
            text: text.to_owned(),
            key: None,
        };
        let Some((name, arguments)) = text.split_once('(') else {
            return Ok(plain());
        };
        let Some(arguments) = arguments.strip_suffix(')') else {
            return Ok(plain());
        };
        if name.is_empty() {
            return Ok(plain());
        }
        let key = match arguments.trim() {
            "" => None,
            arguments => {
                Some(Key::parse(arguments).ok_or_else(|| GraphError::Segment(text.to_owned()))?)
            }
        };
        Ok(Self {
            name: name.to_owned(),
            text: text.to_owned(),
            key,
        })
    }

    /// Whether the segment has this name; Graph ignores the case of names.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        if let Some(value) = quoted(text) {
            return Some(Self::Id(value));
        }
        match text.split_once('=') {
            Some((property, value)) => Some(Self::Alternate {
                property: property.trim().to_owned(),
                value: quoted(value.trim())?,
            }),
            None => Some(Self::Id(text.to_owned())),
        }
    }

    /// The key as the caller wrote it.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Id(value) | Self::Alternate { value, .. } => value,
        }
    }
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

    #[test]
    fn keys_are_read_in_every_form() {
        let key = |text| Segment::parse(text).unwrap().key;
        assert_eq!(key("users"), None);
        assert_eq!(key("delta()"), None);
        assert_eq!(key("users('$x@y')"), Some(Key::Id("$x@y".to_owned())));
        assert_eq!(key("users('o''b')"), Some(Key::Id("o'b".to_owned())));
        assert_eq!(
            key("applications(appId='1')"),
            Some(Key::Alternate {
                property: "appId".to_owned(),
                value: "1".to_owned()
            })
        );
        assert!(Segment::parse("applications(appId=1)").is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_segment_breaks_the_reader(text: String) {
            let _ = Segment::parse(&text);
        }
    }
}
