//! `application/x-www-form-urlencoded`, for bodies and queries.

use percent_encoding::percent_decode;

/// Names and values in the order in which they came; a name may come twice.
#[derive(Clone, Debug, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form. Broken percent-encoding stays as it is, and bytes that are not UTF-8 are replaced, as the
    /// WHATWG URL standard has it.
    pub fn parse(bytes: &[u8]) -> Self {
        let pairs = bytes
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let mut halves = pair.splitn(2, |byte| *byte == b'=');
                let mut half = || decode(halves.next().unwrap_or_default());
                (half(), half())
            });
        Self(pairs.collect())
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The first value of a name, the name's case ignored.
    pub fn get_ignoring_case(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The first name that comes twice.
    pub fn duplicated(&self) -> Option<&str> {
        self.0.iter().enumerate().find_map(|(at, (name, _))| {
            let before = self.0.iter().take(at).any(|(known, _)| known == name);
            before.then_some(name.as_str())
        })
    }

    /// Its own fields, and of another form those that it lacks.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        let more: Vec<_> = other
            .0
            .into_iter()
            .filter(|(name, _)| self.get(name).is_none())
            .collect();
        self.0.extend(more);
        self
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn decode(bytes: &[u8]) -> String {
    let spaced: Vec<u8> = bytes
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    percent_decode(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_whatever_their_shape() {
        let form = Form::parse(b"a=1&b=x+y%26z&a=2&c&=&%zz=%");
        assert_eq!(form.get("a"), Some("1"));
        assert_eq!(form.get("b"), Some("x y&z"));
        assert_eq!(form.get("c"), Some(""));
        assert_eq!(form.get("%zz"), Some("%"));
        assert_eq!(form.get("d"), None);
        assert_eq!(form.duplicated(), Some("a"));
        assert_eq!(Form::parse(b"a=1&b=1").duplicated(), None);
        let both = form.or(Form::parse(b"a=3&d=4"));
        assert_eq!((both.get("a"), both.get("d")), (Some("1"), Some("4")));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_break_it(bytes: Vec<u8>) {
            let _ = Form::parse(&bytes);
        }
    }
}
