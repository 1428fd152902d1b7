//! The `api-version` that every request must name. Any version that could be one is accepted: clients of many years call.

use entrasim_domain::time::Timestamp;

use super::error::ArmError;
use crate::wire::Form;

/// Checks that there is one and that it is a date, possibly with `-preview` or its like behind it.
pub(super) fn check(query: &Form) -> Result<(), ArmError> {
    match query.get_ignoring_case("api-version") {
        None | Some("") => Err(ArmError::MissingApiVersion),
        Some(version) if is_plausible(version) => Ok(()),
        Some(version) => Err(ArmError::InvalidApiVersion(version.to_owned())),
    }
}

fn is_plausible(version: &str) -> bool {
    let Some((date, label)) = version.split_at_checked(10) else {
        return false;
    };
    Timestamp::parse(date).is_some()
        && (label.is_empty()
            || label.strip_prefix('-').is_some_and(|label| {
                label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'.')
            }))
}

#[cfg(test)]
mod tests {
    use super::is_plausible;

    #[test]
    fn only_dates_are_versions() {
        for good in ["2024-11-01", "2020-04-01-preview", "2016-09-01-Alpha"] {
            assert!(is_plausible(good), "{good}");
        }
        for bad in [
            "1.0",
            "latest",
            "2024-13-01",
            "2024-11-01preview",
            "2024-11-01-ä",
            "äääääääää",
        ] {
            assert!(!is_plausible(bad), "{bad}");
        }
    }
}
