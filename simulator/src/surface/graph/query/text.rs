//! Comparing texts as the directory does: without regard to case. No copies are made of plain ASCII.

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
    }
}
