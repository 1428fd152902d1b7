//! Client data: what the client attests about the request.
//!
//! Source: WebAuthn Level 3, section 5.8.1, with the fixed order and escaping of section 5.8.1.1, so that
//! verifiers that compare text do not stumble. The hash is taken of exactly the bytes that are handed out.

use sha2::{Digest, Sha256};

use super::ClientError;
use super::origin::Origin;
use crate::encoding::base64url;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The origin of the page or frame.
    pub origin: String,
    /// Whether the frame has another origin than the pages around it.
    pub cross_origin: bool,
    /// The origin of the page at the top, for a cross-origin frame.
    pub top_origin: Option<String>,
}

impl Caller {
    /// A page of its own.
    pub fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            cross_origin: false,
            top_origin: None,
        }
    }
}

/// Which request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A registration.
    Create,
    /// A sign-in.
    Get,
}

/// Client data with its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientData {
    /// The bytes.
    pub json: Vec<u8>,
    /// SHA-256 of them.
    pub hash: [u8; 32],
}

/// Writes client data. `origin` has been checked; a top origin is given only for cross-origin frames.
pub fn write(
    kind: Kind,
    challenge: &[u8],
    origin: &Origin,
    caller: &Caller,
) -> Result<ClientData, ClientError> {
    let kind = match kind {
        Kind::Create => "webauthn.create",
        Kind::Get => "webauthn.get",
    };
    let mut json = format!(
        "{{\"type\":{},\"challenge\":{},\"origin\":{},\"crossOrigin\":{}",
        escape(kind),
        escape(&base64url::encode(challenge)),
        escape(origin.as_str()),
        caller.cross_origin
    );
    if let Some(top) = &caller.top_origin {
        if !caller.cross_origin {
            return Err(ClientError::type_error(
                "a top origin is told only of a cross-origin frame",
            ));
        }
        json.push_str(&format!(
            ",\"topOrigin\":{}",
            escape(Origin::parse(top)?.as_str())
        ));
    }
    json.push('}');
    let hash = Sha256::digest(json.as_bytes()).into();
    Ok(ClientData {
        json: json.into_bytes(),
        hash,
    })
}

/// `CCDToString` of section 5.8.1.1.
fn escape(text: &str) -> String {
    let mut output = String::from("\"");
    for point in text.chars() {
        match point {
            '"' => output.push_str("\\\""),
            '\\' => output.push_str("\\\\"),
            '\u{0}'..='\u{1f}' => output.push_str(&format!("\\u{:04x}", u32::from(point))),
            _ => output.push(point),
        }
    }
    output.push('"');
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_in_the_order_of_the_standard() {
        let origin = Origin::parse("https://example.org").expect("an origin");
        let mut caller = Caller::new("https://example.org");
        let text = |caller: &Caller| {
            let data = write(Kind::Get, &[0xff, 0xfe], &origin, caller).expect("written");
            String::from_utf8(data.json).expect("text")
        };
        assert_eq!(
            text(&caller),
            r#"{"type":"webauthn.get","challenge":"__4","origin":"https://example.org","crossOrigin":false}"#
        );
        caller.cross_origin = true;
        caller.top_origin = Some("https://example.com".to_owned());
        assert!(
            text(&caller).ends_with(r#""crossOrigin":true,"topOrigin":"https://example.com"}"#)
        );
    }

    #[test]
    fn only_what_must_be_is_escaped() {
        assert_eq!(escape("a\"b\\c\nü\u{7f}"), "\"a\\\"b\\\\c\\u000aü\u{7f}\"");
    }
}
