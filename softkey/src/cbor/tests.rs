use super::{Malformed, Value, read};
use proptest::prelude::*;

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<u64>().prop_map(Value::Unsigned),
        any::<u64>().prop_map(Value::Negative),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
        "\\PC{0,20}".prop_map(Value::Text),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Null),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::btree_map(
                prop_oneof![
                    any::<i64>().prop_map(Value::from),
                    "[a-z]{0,8}".prop_map(Value::Text)
                ],
                inner,
                0..6
            )
            .prop_map(|entries| Value::Map(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_and_written_the_same(value in value()) {
        let bytes = value.to_bytes();
        let again = read(&bytes).expect("own output");
        prop_assert_eq!(again.to_bytes(), bytes);
    }

    #[test]
    fn another_decoder_reads_what_is_written(value in value()) {
        prop_assert!(ciborium::from_reader::<ciborium::Value, _>(value.to_bytes().as_slice()).is_ok());
    }

    #[test]
    fn garbage_is_refused_or_is_canonical(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(value) = read(&bytes) {
            prop_assert_eq!(value.to_bytes(), bytes);
        }
    }

    #[test]
    fn every_prefix_of_a_message_is_refused(value in value()) {
        let bytes = value.to_bytes();
        for end in 0..bytes.len() {
            prop_assert!(read(&bytes[..end]).is_err());
        }
    }
}

#[test]
fn what_is_not_canonical_is_refused_by_name() {
    for (bytes, reason) in [
        (&[0x18, 0x17][..], Malformed::NotShortest),
        (&[0x19, 0x00, 0xff], Malformed::NotShortest),
        (&[0x1a, 0x00, 0x00, 0xff, 0xff], Malformed::NotShortest),
        (&[0x58, 0x01, 0x00], Malformed::NotShortest),
        (&[0x5f, 0x41, 0x00, 0xff], Malformed::Header),
        (&[0x9f, 0xff], Malformed::Header),
        (&[0xbf, 0xff], Malformed::Header),
        (&[0xa2, 0x02, 0x00, 0x01, 0x00], Malformed::Order),
        (&[0xa2, 0x61, 0x61, 0x00, 0x01, 0x00], Malformed::Order),
        (
            &[0xa2, 0x62, 0x61, 0x61, 0x00, 0x61, 0x62, 0x00],
            Malformed::Order,
        ),
        (&[0xa2, 0x01, 0x00, 0x01, 0x00], Malformed::Duplicate),
        (&[0xc0, 0x00], Malformed::Tag),
        (&[0x81, 0x81, 0x81, 0x81, 0x80], Malformed::Depth),
        (&[0x61, 0xff], Malformed::Text),
        (&[0x00, 0x00], Malformed::Trailing),
        (&[], Malformed::Truncated),
        (
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            Malformed::Truncated,
        ),
        (&[0xf8, 0x14], Malformed::NotShortest),
    ] {
        assert_eq!(read(bytes), Err(reason), "{bytes:02x?}");
    }
    assert!(read(&[0x81, 0x81, 0x81, 0x80]).is_ok());
}

#[test]
fn integers_of_rfc_8949_appendix_a() {
    for (number, bytes) in [
        (0_i64, &[0x00][..]),
        (23, &[0x17]),
        (24, &[0x18, 0x18]),
        (1000, &[0x19, 0x03, 0xe8]),
        (1_000_000, &[0x1a, 0x00, 0x0f, 0x42, 0x40]),
        (
            1_000_000_000_000,
            &[0x1b, 0x00, 0x00, 0x00, 0xe8, 0xd4, 0xa5, 0x10, 0x00],
        ),
        (-1, &[0x20]),
        (-100, &[0x38, 0x63]),
        (-1000, &[0x39, 0x03, 0xe7]),
    ] {
        assert_eq!(Value::from(number).to_bytes(), bytes);
        assert_eq!(read(bytes).expect("canonical").as_integer(), Some(number));
    }
}
