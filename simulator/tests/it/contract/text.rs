//! The forms of texts that the contract names.

/// Whether a text has a form such as `dddd-dd-ddTdd:dd:dd`: `d` is a digit, `x` one of a hexadecimal number, and the rest
/// stands for itself.
pub(crate) fn has_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text
            .bytes()
            .zip(form.bytes())
            .all(|(is, wanted)| match wanted {
                b'd' => is.is_ascii_digit(),
                b'x' => is.is_ascii_hexdigit(),
                literal => is == literal,
            })
}

pub(crate) fn is_guid(text: &str) -> bool {
    has_form(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
}

/// `2025-10-01T00:00:00Z`, with or without parts of a second.
pub(crate) fn is_instant(text: &str) -> bool {
    let Some(text) = text.strip_suffix('Z') else {
        return false;
    };
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    has_form(seconds, "dddd-dd-ddTdd:dd:dd")
        && (1..=7).contains(&fraction.len())
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text has the format of a type.
pub(crate) fn has_format(text: &str, format: &str) -> bool {
    match format {
        "uuid" => is_guid(text),
        "date-time" => is_instant(text),
        "date" => has_form(text, "dddd-dd-dd"),
        "duration" => text.trim_start_matches('-').starts_with('P'),
        "time" => has_form(text.split('.').next().unwrap_or_default(), "dd:dd:dd"),
        "base64url" => text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte)),
        _ => true,
    }
}
