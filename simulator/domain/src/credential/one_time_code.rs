//! Time-based one-time codes (RFC 6238): SHA-1, six digits, steps of thirty seconds.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::method::Oath;
use crate::time::Timestamp;

/// Seconds a code is shown.
pub const STEP: i64 = 30;
/// Steps of difference that are tolerated: a code is good for its own time and the step on each side.
const DRIFT: i64 = 1;

/// The time step of an instant.
pub fn step(at: Timestamp) -> i64 {
    at.unix_seconds().div_euclid(STEP)
}

/// The code of a secret at an instant.
pub fn code(secret: &[u8], at: Timestamp) -> String {
    code_of_step(secret, step(at))
}

fn code_of_step(secret: &[u8], step: i64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes keys of every length");
    mac.update(&step.to_be_bytes());
    let digest: [u8; 20] = mac.finalize().into_bytes().into();
    // Dynamic truncation (RFC 4226, section 5.3).
    let offset = usize::from(digest[19] & 0x0f);
    let word = digest
        .get(offset..offset + 4)
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, u32::from_be_bytes);
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

impl Oath {
    pub fn new(secret: impl Into<std::sync::Arc<[u8]>>) -> Self {
        Self {
            secret: secret.into(),
            used_step: None,
        }
    }

    /// The step whose code this is, if it may still be used: no code counts twice.
    pub fn accepts(&self, given: &str, at: Timestamp) -> Option<i64> {
        let now = step(at);
        (now - DRIFT..=now + DRIFT)
            .filter(|step| self.used_step.is_none_or(|used| *step > used))
            .find(|step| code_of_step(&self.secret, *step) == given)
    }
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
        }
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
        assert_eq!(oath.accepts(&shown, later(30)), Some(step(at)));
        assert_eq!(oath.accepts(&shown, later(61)), None);
        oath.used_step = oath.accepts(&shown, at);
        assert_eq!(oath.accepts(&shown, at), None);
    }
}
