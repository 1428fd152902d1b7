//! Bytes in JSON, in each of the encodings that Microsoft Graph uses for ids.
//!
//! base64url without padding (v1.0), standard base64 with padding (as observed in beta), and base64url with a
//! trailing digit that counts the padding (as its documentation mentions). Graph's challenge is base64url.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};

/// Every reading of the text; the likeliest first. Empty if there is none.
///
/// A text of base64url can, by chance, also be read as one with a padding digit. Lists of credentials take all
/// readings; where one is needed, the first is the plain one.
pub fn readings(text: &str) -> Vec<Vec<u8>> {
    let mut readings = Vec::new();
    readings.extend(URL_SAFE_NO_PAD.decode(text).ok());
    readings.extend(STANDARD.decode(text).ok());
    readings.extend(URL_SAFE.decode(text).ok());
    readings.extend(with_padding_digit(text));
    readings.dedup();
    readings
}

/// The likeliest reading. In strict mode only base64url without padding, as browsers take it.
pub fn decode(text: &str, strict: bool) -> Option<Vec<u8>> {
    if strict {
        return URL_SAFE_NO_PAD.decode(text).ok();
    }
    readings(text).into_iter().next()
}

/// `HttpServerUtility.UrlTokenEncode` of .NET: base64url, then the number of padding characters it lacks.
fn with_padding_digit(text: &str) -> Option<Vec<u8>> {
    let (body, digit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let padding: usize = digit.parse().ok()?;
    let fits = !body.is_empty() && padding <= 2 && (body.len() + padding).is_multiple_of(4);
    if fits {
        URL_SAFE_NO_PAD.decode(body).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, readings};
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_encoding_is_read_as_what_was_written(bytes in prop::collection::vec(any::<u8>(), 1..80)) {
            let plain = URL_SAFE_NO_PAD.encode(&bytes);
            let padding = (4 - plain.len() % 4) % 4;
            let digit = format!("{plain}{padding}");
            prop_assert_eq!(decode(&plain, false), Some(bytes.clone()));
            prop_assert_eq!(decode(&STANDARD.encode(&bytes), false), Some(bytes.clone()));
            prop_assert!(readings(&digit).contains(&bytes));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            readings(&text);
        }
    }

    #[test]
    fn a_browser_takes_base64url_only() {
        assert_eq!(decode("_-8", true), Some(vec![0xff, 0xef]));
        assert_eq!(decode("/+8=", true), None);
        assert_eq!(decode("/+8=", false), Some(vec![0xff, 0xef]));
        assert_eq!(decode("not base64!", false), None);
    }
}
