//! Whatever the strict reader takes, the writer writes back byte for byte. (Floating-point numbers are the exception: no
//! member of CTAP has one, and the reader keeps their arguments only.)
#![no_main]

use libfuzzer_sys::fuzz_target;
use softkey::cbor::{Value, read};

fn has_simple(value: &Value) -> bool {
    match value {
        Value::Simple(_) => true,
        Value::Array(items) => items.iter().any(has_simple),
        Value::Map(entries) => entries
            .iter()
            .any(|(key, value)| has_simple(key) || has_simple(value)),
        _ => false,
    }
}

fuzz_target!(|input: &[u8]| {
    if let Ok(value) = read(input)
        && !has_simple(&value)
    {
        assert_eq!(value.to_bytes(), input);
    }
});
