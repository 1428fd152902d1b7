//! Comparing texts as the directory does: without regard to case. No copies are made of plain ASCII.

use core::cmp::Ordering;

use crate::surface::graph::schema::Address;

fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

pub(in crate::surface::graph) use entrasim_domain::tenant::index::compare;

pub(in crate::surface::graph) fn starts_with(text: &str, prefix: &str) -> bool {
    if text.is_ascii() && prefix.is_ascii() {
        let head = text.get(..prefix.len());
        return head.is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    }
    let mut text = folded(text);
    folded(prefix).all(|c| text.next() == Some(c))
}

pub(in crate::surface::graph) fn ends_with(text: &str, suffix: &str) -> bool {
    if text.is_ascii() && suffix.is_ascii() {
        let start = text.len().checked_sub(suffix.len());
        let tail = start.and_then(|start| text.get(start..));
        return tail.is_some_and(|tail| tail.eq_ignore_ascii_case(suffix));
    }
    let (text, suffix): (String, String) = (folded(text).collect(), folded(suffix).collect());
    text.ends_with(&suffix)
}

pub(in crate::surface::graph) fn contains(text: &str, part: &str) -> bool {
    if part.is_empty() {
        return true;
    }
    if text.is_ascii() && part.is_ascii() {
        let mut windows = text.as_bytes().windows(part.len());
        return windows.any(|window| window.eq_ignore_ascii_case(part.as_bytes()));
    }
    let (text, part): (String, String) = (folded(text).collect(), folded(part).collect());
    text.contains(&part)
}

/// As `starts_with`, of an address in its parts.
pub(in crate::surface::graph) fn address_starts_with(address: Address<'_>, prefix: &str) -> bool {
    match prefix.split_once('@') {
        _ if !is_plain(address) || !prefix.is_ascii() => starts_with(&address.to_string(), prefix),
        Some((local, domain)) => {
            address.local.eq_ignore_ascii_case(local) && starts_with(address.domain, domain)
        }
        None => starts_with(address.local, prefix),
    }
}

/// As `ends_with`, of an address in its parts. What comes before the `@` lies elsewhere in memory, and is looked at last.
pub(in crate::surface::graph) fn address_ends_with(address: Address<'_>, suffix: &str) -> bool {
    let whole = || ends_with(&address.to_string(), suffix);
    let plain_domain = address.domain.is_ascii() && !address.domain.as_bytes().contains(&b'@');
    match suffix.rsplit_once('@') {
        _ if !plain_domain || !suffix.is_ascii() => whole(),
        Some((local, domain)) => {
            address.domain.eq_ignore_ascii_case(domain) && ends_with(address.local, local)
        }
        None => ends_with(address.domain, suffix),
    }
}

/// As `compare`, of an address in its parts.
pub(in crate::surface::graph) fn compare_address(address: Address<'_>, text: &str) -> Ordering {
    if let Some((local, domain)) = text.split_once('@')
        && is_plain(address)
        && address.local.eq_ignore_ascii_case(local)
        && address.domain.eq_ignore_ascii_case(domain)
    {
        return Ordering::Equal;
    }
    compare(&address.to_string(), text)
}

/// Whether the parts can be looked at one by one: their only `@` is the one between them.
fn is_plain(address: Address<'_>) -> bool {
    let plain = |part: &str| part.is_ascii() && !part.as_bytes().contains(&b'@');
    plain(address.local) && plain(address.domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn the_quick_way_and_the_slow_one_agree(left in "[a-cA-CÄäß]{0,6}", right in "[a-cA-CÄäß]{0,3}") {
            let lower = |text: &str| folded(text).collect::<String>();
            let (l, r) = (lower(&left), lower(&right));
            proptest::prop_assert_eq!(compare(&left, &right), l.chars().cmp(r.chars()));
            proptest::prop_assert_eq!(starts_with(&left, &right), l.starts_with(&r));
            proptest::prop_assert_eq!(ends_with(&left, &right), l.ends_with(&r));
            proptest::prop_assert_eq!(contains(&left, &right), l.contains(&r));
        }

        #[test]
        fn an_address_in_parts_is_as_the_whole(local in "[abA@ä]{0,3}", domain in "[abB]{0,3}", asked in "[abAB@ä]{0,5}") {
            let address = Address { local: &local, domain: &domain };
            let whole = address.to_string();
            proptest::prop_assert_eq!(compare_address(address, &asked), compare(&whole, &asked));
            proptest::prop_assert_eq!(address_starts_with(address, &asked), starts_with(&whole, &asked));
            proptest::prop_assert_eq!(address_ends_with(address, &asked), ends_with(&whole, &asked));
        }
    }
}
