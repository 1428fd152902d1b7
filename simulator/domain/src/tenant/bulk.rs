//! Filling tables and indexes with many rows at once.

use core::cmp::Ordering;

/// Hands sorted rows over in an order that leaves a B-tree's nodes full. Ascending insertion splits each node at its end
/// and leaves both halves half empty; here the first round does that, and the second one fills what it left.
pub(super) fn dense<T>(rows: Vec<T>, mut insert: impl FnMut(T)) {
    let mut second = Vec::with_capacity(rows.len() / 2);
    for (at, row) in rows.into_iter().enumerate() {
        if at % 2 == 0 {
            insert(row);
        } else {
            second.push(row);
        }
    }
    second.into_iter().for_each(insert);
}

/// Sorts rows by a text without regard to case. Most comparisons are decided by the first sixteen bytes, which lie beside
/// each other; the texts themselves are scattered over the memory.
pub(super) fn sort_by_text<T>(
    rows: Vec<T>,
    text: impl Fn(&T) -> &str,
    end: &str,
    compare: impl Fn(&T, &T) -> Ordering,
) -> Vec<T> {
    let mut keyed: Vec<(u128, T)> = rows
        .into_iter()
        .map(|row| (head(text(&row), end), row))
        .collect();
    keyed.sort_unstable_by(|left, right| {
        let by_head = left.0.cmp(&right.0);
        by_head.then_with(|| compare(&left.1, &right.1))
    });
    keyed.into_iter().map(|(_, row)| row).collect()
}

/// The first sixteen bytes of a text and its end, in lower case. UTF-8 sorts as its characters do.
fn head(text: &str, end: &str) -> u128 {
    let mut bytes = [0; 16];
    let mut put = |source: &mut dyn Iterator<Item = u8>| {
        for (place, byte) in bytes.iter_mut().zip(source) {
            *place = byte;
        }
    };
    if text.is_ascii() {
        let folded = text.bytes().map(|byte| byte.to_ascii_lowercase());
        put(&mut folded.chain(end.bytes()));
    } else {
        let folded: String = text.chars().flat_map(char::to_lowercase).collect();
        put(&mut folded.bytes().chain(end.bytes()));
    }
    u128::from_be_bytes(bytes)
}
