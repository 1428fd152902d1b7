//! Request bodies. The real service also takes comments, trailing commas and bare names, and the Azure CLI relies on it: it
//! splices a template file into its request as it stands.

use serde_json::{Map, Value};

use super::error::ArmError;

/// What the strict reader allows; the lenient one has no limit and would use up the stack.
const MAX_DEPTH: i32 = 128;

/// Reads a body that must be an object.
pub(super) fn read(bytes: &[u8]) -> Result<Map<String, Value>, ArmError> {
    let strict = serde_json::from_slice(bytes).map_err(|error| error.to_string());
    let value: Value = strict
        .or_else(|_| lenient(bytes))
        .map_err(ArmError::InvalidRequestContent)?;
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(ArmError::InvalidRequestContent(
            "Error converting value to type 'ResourceDefinition'. Path '', line 1, position 1."
                .to_owned(),
        )),
    }
}

fn lenient(bytes: &[u8]) -> Result<Value, String> {
    let text = str::from_utf8(bytes).map_err(|error| error.to_string())?;
    if is_nested_too_deeply(text) {
        return Err("the content is nested too deeply".to_owned());
    }
    json5::from_str(text).map_err(|error| error.to_string())
}

fn is_nested_too_deeply(text: &str) -> bool {
    let mut depth = 0_i32;
    text.bytes().any(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            // Unmatched closing brackets, as a text in quotes may hold, must not make room.
            b']' | b'}' => depth = (depth - 1).max(0),
            _ => {}
        }
        depth > MAX_DEPTH
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_pass_and_depth_does_not() {
        let body = read(b"{\"location\": 'westeurope', // here\n tags: {a: \"b\",},}").unwrap();
        assert_eq!(body["tags"]["a"], "b");
        for bad in ["", "[]", "1", "{", "{\"a\":}", "\u{0}"] {
            assert!(read(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(read("[".repeat(100_000).as_bytes()).is_err());
        assert!(read(&[0xff, 0xfe]).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_break_it(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }
    }
}
