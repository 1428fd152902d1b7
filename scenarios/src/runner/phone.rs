//! The other end of a second factor: the phone over the control port, and an authenticator app that was just set up.

use std::io;

use ring::hmac;
use serde_json::{Value, json};

use super::actor::{bad, percent};
use super::http::Subject;

/// Where a user's phone is on the control port.
pub(super) fn path(handout: &Value, upn: &str) -> String {
    let tenant = handout["tenant"]["id"].as_str().unwrap_or_default();
    format!("/tenants/{tenant}/users/{}/phone", percent(upn))
}

/// Answers the newest prompt, with the number of the page; `mfa` says how.
pub(super) async fn answer(
    subject: &Subject,
    handout: &Value,
    upn: &str,
    mfa: &str,
    number: Option<u32>,
) -> io::Result<()> {
    let path = path(handout, upn);
    let state = subject.control("GET", &path, None).await?;
    let prompt = state["prompts"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|prompt| prompt["state"] == "pending")
        .and_then(|prompt| prompt["id"].as_str())
        .ok_or_else(|| bad(format!("nothing waits on the phone of {upn}")))?;
    let action = match mfa {
        "deny" => "deny",
        "report" => "report",
        "timeout" => return wait(subject, handout).await,
        _ => "approve",
    };
    let body = json!({"action": action, "number": number});
    subject
        .control("POST", &format!("{path}/prompts/{prompt}"), Some(&body))
        .await
        .map(|_| ())
}

/// Nobody answers: the clock moves on until the prompt is over.
async fn wait(subject: &Subject, handout: &Value) -> io::Result<()> {
    let tenant = handout["tenant"]["id"].as_str().unwrap_or_default();
    let path = format!("/tenants/{tenant}/clock/advance");
    subject
        .control("POST", &path, Some(&json!({"seconds": 61})))
        .await
        .map(|_| ())
}

/// The code that the phone or the token shows, by the word for it.
pub(super) async fn code(
    subject: &Subject,
    handout: &Value,
    upn: &str,
    mfa: &str,
) -> io::Result<String> {
    let state = subject.control("GET", &path(handout, upn), None).await?;
    let code = match mfa {
        "text" | "register-phone" => &state["messages"][0]["code"],
        "hardware-code" => {
            let codes = state["codes"].as_array().into_iter().flatten();
            let mut tokens = codes.filter(|code| code["method"] == "Hardware token");
            tokens.next().map_or(&Value::Null, |token| &token["code"])
        }
        _ => &state["codes"][0]["code"],
    };
    code.as_str()
        .map(str::to_owned)
        .ok_or_else(|| bad(format!("the phone of {upn} shows no code")))
}

/// The code of an app that was given this secret: RFC 6238, thirty seconds, six digits.
pub(super) fn code_of(secret: &str, now: i64) -> io::Result<String> {
    let secret = unbase32(secret).ok_or_else(|| bad("the page shows no secret".to_owned()))?;
    let step = u64::try_from(now / 30).map_err(io::Error::other)?;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let at = usize::from(bytes.last().copied().unwrap_or_default() & 15);
    let word = bytes.iter().skip(at).take(4);
    let number = word.fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte)) & 0x7fff_ffff;
    Ok(format!("{:06}", number % 1_000_000))
}

fn unbase32(text: &str) -> Option<Vec<u8>> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bits, mut count, mut bytes) = (0_u32, 0_u32, Vec::new());
    for letter in text.bytes() {
        let value = LETTERS.iter().position(|known| *known == letter)?;
        bits = (bits << 5) | u32::try_from(value).ok()?;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of eight digits.
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        assert_eq!(super::code_of(secret, 59).unwrap(), "287082");
        assert_eq!(super::code_of(secret, 1_111_111_109).unwrap(), "081804");
        assert!(super::code_of("1", 59).is_err());
    }
}
