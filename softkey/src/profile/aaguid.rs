//! The AAGUID, which names the model of an authenticator (WebAuthn Level 3, section 6.5.1).

use serde::{Deserialize, Serialize};

use crate::encoding::hex;

/// The model of an authenticator.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Aaguid(pub [u8; 16]);

impl Aaguid {
    /// Reads the form with hyphens.
    pub fn parse(text: &str) -> Option<Self> {
        let hyphens = [8, 13, 18, 23]
            .iter()
            .all(|place| text.as_bytes().get(*place) == Some(&b'-'));
        let bytes = hex::decode(&text.replace('-', ""))?.try_into().ok()?;
        (hyphens && text.len() == 36).then_some(Self(bytes))
    }
}

impl std::fmt::Display for Aaguid {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                formatter.write_str("-")?;
            }
            write!(formatter, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Aaguid {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{self}")
    }
}

impl Serialize for Aaguid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Aaguid {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "{text:?} is no AAGUID, which looks like 00000000-0000-0000-0000-000000000000"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Aaguid;

    #[test]
    fn an_aaguid_is_written_as_it_is_read() {
        let text = "a25342c0-3cdc-4414-8e46-f4807fca511c";
        assert_eq!(Aaguid::parse(text).expect("an AAGUID").to_string(), text);
        for wrong in [
            "a25342c03cdc44148e46f4807fca511c",
            "a25342c0-3cdc-4414-8e46-f4807fca511",
            "",
        ] {
            assert_eq!(Aaguid::parse(wrong), None);
        }
    }
}
