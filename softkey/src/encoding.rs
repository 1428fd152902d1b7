//! Text forms of bytes: base64url for files and JSON, hexadecimal for people.

/// Bytes as base64url without padding, for `#[serde(with = …)]`.
pub mod base64url {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Encodes.
    pub fn encode(bytes: impl AsRef<[u8]>) -> String {
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Decodes; refuses padding and any other alphabet.
    pub fn decode(text: &str) -> Option<Vec<u8>> {
        URL_SAFE_NO_PAD.decode(text).ok()
    }

    /// For serde.
    pub fn serialize<S: Serializer>(
        bytes: impl AsRef<[u8]>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encode(bytes))
    }

    /// For serde.
    pub fn deserialize<'de, D: Deserializer<'de>, T: TryFrom<Vec<u8>>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        let text = String::deserialize(deserializer)?;
        decode(&text)
            .and_then(|bytes| T::try_from(bytes).ok())
            .ok_or_else(|| D::Error::custom("expected base64url of the right length"))
    }
}

/// Optional bytes as base64url without padding, for `#[serde(with = …)]`.
pub mod optional_base64url {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// For serde.
    pub fn serialize<S: Serializer, T: AsRef<[u8]>>(
        bytes: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => serializer.serialize_some(&super::base64url::encode(bytes)),
            None => serializer.serialize_none(),
        }
    }

    /// For serde.
    pub fn deserialize<'de, D: Deserializer<'de>, T: TryFrom<Vec<u8>>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else {
            return Ok(None);
        };
        super::base64url::decode(&text)
            .and_then(|bytes| T::try_from(bytes).ok())
            .map(Some)
            .ok_or_else(|| D::Error::custom("expected base64url of the right length"))
    }
}

/// Hexadecimal.
pub mod hex {
    /// Encodes in lower case.
    pub fn encode(bytes: impl AsRef<[u8]>) -> String {
        bytes
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Decodes; refuses an odd length and anything that is no digit.
    pub fn decode(text: &str) -> Option<Vec<u8>> {
        let digits: Option<Vec<u8>> = text
            .chars()
            .map(|digit| {
                digit
                    .to_digit(16)
                    .and_then(|digit| u8::try_from(digit).ok())
            })
            .collect();
        let digits = digits?;
        let pairs = digits.chunks_exact(2);
        if !pairs.remainder().is_empty() {
            return None;
        }
        Some(
            pairs
                .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
                .collect(),
        )
    }
}
