//! The canonical writer. In debug builds whatever it writes is read back by the strict reader.

use super::Value;

/// Writes one item in CTAP2 canonical form.
pub fn write(value: &Value) -> Vec<u8> {
    let mut output = Vec::with_capacity(128);
    item(value, &mut output);
    debug_assert!(
        super::read(&output).is_ok(),
        "the writer produced what the strict reader refuses: {:?}",
        super::read(&output)
    );
    output
}

fn item(value: &Value, output: &mut Vec<u8>) {
    match value {
        Value::Unsigned(number) => header(0, *number, output),
        Value::Negative(number) => header(1, *number, output),
        Value::Bytes(bytes) => {
            header(2, length(bytes.len()), output);
            output.extend_from_slice(bytes);
        }
        Value::Text(text) => {
            header(3, length(text.len()), output);
            output.extend_from_slice(text.as_bytes());
        }
        Value::Array(items) => {
            header(4, length(items.len()), output);
            for value in items {
                item(value, output);
            }
        }
        Value::Map(entries) => map(entries, output),
        Value::Bool(false) => output.push(0xf4),
        Value::Bool(true) => output.push(0xf5),
        Value::Null => output.push(0xf6),
        Value::Simple(number) => simple(*number, output),
    }
}

fn map(entries: &[(Value, Value)], output: &mut Vec<u8>) {
    header(5, length(entries.len()), output);
    let mut encoded: Vec<(Vec<u8>, &Value)> = entries
        .iter()
        .map(|(key, value)| {
            let mut bytes = Vec::new();
            item(key, &mut bytes);
            (bytes, value)
        })
        .collect();
    encoded.sort_by(|left, right| left.0.cmp(&right.0));
    for (key, value) in encoded {
        output.extend_from_slice(&key);
        item(value, output);
    }
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// A value that was read and is written again: its argument says how wide it must be.
fn simple(number: u64, output: &mut Vec<u8>) {
    match number {
        0..=31 => output.push(0xe0 | low_byte(number)),
        32..=0xff => output.extend([0xf8, low_byte(number)]),
        0x100..=0xffff => {
            output.push(0xf9);
            output.extend(number.to_be_bytes().get(6..).unwrap_or_default());
        }
        0x1_0000..=0xffff_ffff => {
            output.push(0xfa);
            output.extend(number.to_be_bytes().get(4..).unwrap_or_default());
        }
        _ => {
            output.push(0xfb);
            output.extend(number.to_be_bytes());
        }
    }
}

fn header(major: u8, argument: u64, output: &mut Vec<u8>) {
    let major = major << 5;
    let bytes = argument.to_be_bytes();
    let (info, from) = match argument {
        0..=23 => {
            output.push(major | low_byte(argument));
            return;
        }
        24..=0xff => (24, 7),
        0x100..=0xffff => (25, 6),
        0x1_0000..=0xffff_ffff => (26, 4),
        _ => (27, 0),
    };
    output.push(major | info);
    output.extend(bytes.get(from..).unwrap_or_default());
}

fn low_byte(number: u64) -> u8 {
    let [.., low] = number.to_be_bytes();
    low
}
