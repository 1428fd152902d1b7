//! Time-based one-time codes (RFC 6238) of six digits. Apps use SHA-1 and steps of thirty seconds; hardware tokens may use
//! SHA-256 and steps of sixty.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;

use crate::time::Timestamp;

/// Steps of difference that are tolerated: a code is good for its own time and the step on each side.
const DRIFT: i64 = 1;

/// The secret of one-time codes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Oath {
    pub secret: Arc<[u8]>,
    /// Seconds a code is shown.
    pub interval: u8,
    pub hash: OathHash,
    /// The last time step whose code was accepted: no code counts twice (RFC 6238, section 5.2).
    pub used_step: Option<i64>,
}

/// `hardwareOathTokenHashFunction`
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum OathHash {
    #[default]
    Sha1,
    Sha256,
}

/// The code of an app's secret at an instant.
pub fn code(secret: &[u8], at: Timestamp) -> String {
    Oath::new(secret).code(at)
}

/// Dynamic truncation (RFC 4226, section 5.3).
fn truncated(digest: &[u8]) -> u32 {
    let offset = digest.last().map_or(0, |last| usize::from(last & 0x0f));
    let word = digest
        .get(offset..offset + 4)
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, u32::from_be_bytes);
    word & 0x7fff_ffff
}

impl Oath {
    pub fn new(secret: impl Into<Arc<[u8]>>) -> Self {
        Self {
            secret: secret.into(),
            interval: 30,
            hash: OathHash::Sha1,
            used_step: None,
        }
    }

    /// The time step of an instant.
    pub fn step(&self, at: Timestamp) -> i64 {
        at.unix_seconds()
            .div_euclid(i64::from(self.interval.max(1)))
    }

    /// Seconds until the code of an instant is no longer shown.
    pub fn seconds_left(&self, at: Timestamp) -> i64 {
        let interval = i64::from(self.interval.max(1));
        interval - at.unix_seconds().rem_euclid(interval)
    }

    /// The code that is shown at an instant.
    pub fn code(&self, at: Timestamp) -> String {
        self.code_of_step(self.step(at))
    }

    /// The step whose code this is, if it may still be used: no code counts twice.
    pub fn accepts(&self, given: &str, at: Timestamp) -> Option<i64> {
        let now = self.step(at);
        (now - DRIFT..=now + DRIFT)
            .filter(|step| self.used_step.is_none_or(|used| *step > used))
            .find(|step| self.code_of_step(*step) == given)
    }

    fn code_of_step(&self, step: i64) -> String {
        const ANY_LENGTH: &str = "HMAC takes keys of every length";
        let message = step.to_be_bytes();
        let word = match self.hash {
            OathHash::Sha1 => {
                let mut mac = Hmac::<Sha1>::new_from_slice(&self.secret).expect(ANY_LENGTH);
                mac.update(&message);
                truncated(&mac.finalize().into_bytes())
            }
            OathHash::Sha256 => {
                let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect(ANY_LENGTH);
                mac.update(&message);
                truncated(&mac.finalize().into_bytes())
            }
        };
        format!("{:06}", word % 1_000_000)
    }
}

/// The bytes of a text in the alphabet of RFC 4648, upper or lower case, with or without padding.
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut buffer, mut bits) = (Vec::new(), 0_u32, 0_u32);
    for letter in text.trim_end_matches('=').bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        buffer = (buffer << 5) | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((buffer >> bits) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

/// RFC 4648 without padding, as authenticator apps take a secret.
pub fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    for chunk in bytes.chunks(5) {
        let mut buffer = [0_u8; 8];
        for (place, byte) in buffer.iter_mut().skip(3).zip(chunk) {
            *place = *byte;
        }
        let word = u64::from_be_bytes(buffer);
        let letters = (chunk.len() * 8).div_ceil(5);
        for at in 0..letters {
            let index = usize::try_from((word >> (35 - 5 * at)) & 31).unwrap_or(0);
            text.push(char::from(ALPHABET[index]));
        }
    }
    text
}

/// What authenticator apps read from a QR code (the Key URI format of Google Authenticator).
pub fn key_uri(account: &str, secret: &[u8]) -> String {
    let account: String = account
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'@' | b'.' | b'-' | b'_' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    format!(
        "otpauth://totp/entrasim:{account}?secret={}&issuer=entrasim",
        base32(secret)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_rfc_6238_appendix_b_come_out() {
        let secret = b"12345678901234567890";
        for (second, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(secret, Timestamp::from_unix_seconds(second)), expected);
        }
    }

    /// RFC 6238, appendix B gives eight digits; the last six of them are the code of six.
    #[test]
    fn tokens_with_sha_256_and_longer_steps_have_codes_of_their_own() {
        let mut oath = Oath::new(b"12345678901234567890123456789012".as_slice());
        oath.hash = OathHash::Sha256;
        for (second, expected) in [
            (59, "119246"),
            (1_111_111_109, "084774"),
            (2_000_000_000, "698825"),
        ] {
            assert_eq!(oath.code(Timestamp::from_unix_seconds(second)), expected);
        }
        oath.interval = 60;
        let at = Timestamp::from_unix_seconds(3_600);
        assert_eq!((oath.step(at), oath.seconds_left(at)), (60, 60));
    }

    #[test]
    fn secrets_are_written_as_rfc_4648_has_it() {
        for (bytes, text) in [
            (&b"f"[..], "MY"),
            (b"fo", "MZXQ"),
            (b"foo", "MZXW6"),
            (b"foob", "MZXW6YQ"),
            (b"fooba", "MZXW6YTB"),
            (b"foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes), text);
            assert_eq!(from_base32(&text.to_lowercase()).as_deref(), Some(bytes));
        }
        assert_eq!(from_base32("MZXW6==="), Some(b"foo".to_vec()));
        assert_eq!(from_base32("018"), None);
        assert_eq!(
            key_uri("pat#EXT#@contoso.com", b"foobar"),
            "otpauth://totp/entrasim:pat%23EXT%23@contoso.com?secret=MZXW6YTBOI&issuer=entrasim"
        );
    }

    #[test]
    fn a_code_counts_once_and_for_its_neighbours_only() {
        let at = Timestamp::from_unix_seconds(1_111_111_111);
        let mut oath = Oath::new(b"12345678901234567890".as_slice());
        let shown = code(&oath.secret, at);
        let later = |seconds: i64| Timestamp::from_unix_seconds(1_111_111_111 + seconds);
        assert_eq!(oath.accepts(&shown, later(30)), Some(oath.step(at)));
        assert_eq!(oath.accepts(&shown, later(61)), None);
        oath.used_step = oath.accepts(&shown, at);
        assert_eq!(oath.accepts(&shown, at), None);
    }
}
