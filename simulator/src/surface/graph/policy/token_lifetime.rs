//! The definition of a token lifetime policy: a JSON text within the JSON.

use core::time::Duration;

use serde_json::{Map, Value};

/// One day is written as a second less (Microsoft Learn, "tokenLifetimePolicy resource type"); both are taken.
const BOUNDS: [Duration; 2] = [Duration::from_secs(600), Duration::from_secs(86_400)];

/// Lifetimes of refresh and session tokens. Since 30 January 2021 policies may name them, and nothing follows from it
/// (MicrosoftDocs/entra-docs configurable-token-lifetimes.md).
const RETIRED: [&str; 5] = [
    "MaxAgeMultiFactor",
    "MaxAgeSessionMultiFactor",
    "MaxAgeSessionSingleFactor",
    "MaxAgeSingleFactor",
    "MaxInactiveTime",
];

/// What a definition says, as far as anything follows from it.
#[derive(Debug, Eq, PartialEq)]
pub(in crate::surface::graph) struct Rules {
    /// Of access and id tokens (`AccessTokenLifetime`).
    pub(in crate::surface::graph) lifetime: Option<Duration>,
}

/// Reads a definition; `None` if it is none.
pub(in crate::surface::graph) fn rules(definition: &str) -> Option<Rules> {
    let whole: Map<String, Value> = serde_json::from_str(definition).ok()?;
    let named = whole.get("TokenLifetimePolicy")?.as_object()?;
    if whole.len() > 1 || named.get("Version").and_then(Value::as_u64) != Some(1) {
        return None;
    }
    let mut lifetime = None;
    for (name, value) in named {
        match name.as_str() {
            "Version" => {}
            "AccessTokenLifetime" => {
                let span = time_span(value.as_str()?)?;
                let within = (BOUNDS[0]..=BOUNDS[1]).contains(&span);
                lifetime = Some(within.then_some(span)?);
            }
            retired if RETIRED.contains(&retired) => {
                let text = value.as_str()?;
                if !text.eq_ignore_ascii_case("until-revoked") {
                    time_span(text)?;
                }
            }
            _ => return None,
        }
    }
    Some(Rules { lifetime })
}

/// `D.HH:MM:SS`, the days left out if there are none. Ninety minutes are `00:90:00` in the documentation.
fn time_span(text: &str) -> Option<Duration> {
    const DAYS: u64 = 36_500;
    let number = |part: &str, most: u64| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let number = part.parse().ok().filter(|_| digits)?;
        (number <= most).then_some(number)
    };
    let (days, time) = match text.split_once('.') {
        Some((days, time)) => (number(days, DAYS)?, time),
        None => (0, text),
    };
    let mut parts = time.split(':');
    let mut seconds = days;
    for (units, most) in [(24, 23), (60, 99), (60, 59)] {
        seconds = seconds * units + number(parts.next()?, most)?;
    }
    parts
        .next()
        .is_none()
        .then_some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(named: &str) -> Option<Rules> {
        rules(&format!("{{\"TokenLifetimePolicy\":{{{named}}}}}"))
    }

    fn seconds(lifetime: Option<u64>) -> Rules {
        let lifetime = lifetime.map(Duration::from_secs);
        Rules { lifetime }
    }

    #[test]
    fn lifetimes_are_from_ten_minutes_to_a_day() {
        for (span, expected) in [
            ("4:00:00", Some(14_400)),
            ("04:00:00", Some(14_400)),
            ("00:90:00", Some(5_400)),
            ("00:10:00", Some(600)),
            ("23:59:59", Some(86_399)),
            ("1.00:00:00", Some(86_400)),
            ("00:09:59", None),
            ("1.00:00:01", None),
            ("24:00:00", None),
            ("00:10:60", None),
            ("4:00", None),
            ("4:00:00:00", None),
            ("+4:00:00", None),
            ("-4:00:00", None),
            ("4 hours", None),
            ("until-revoked", None),
        ] {
            let named = format!("\"Version\":1,\"AccessTokenLifetime\":\"{span}\"");
            assert_eq!(
                of(&named),
                expected.map(|span| seconds(Some(span))),
                "{span}"
            );
        }
    }

    #[test]
    fn a_definition_has_its_version_and_known_rules() {
        assert_eq!(of("\"Version\":1"), Some(seconds(None)));
        let retired = "\"Version\":1,\"MaxInactiveTime\":\"30.00:00:00\",\"MaxAgeMultiFactor\":\"until-revoked\"";
        assert_eq!(of(retired), Some(seconds(None)));
        for wrong in [
            "",
            "\"Version\":2",
            "\"Version\":\"1\"",
            "\"Version\":1,\"Frob\":\"4:00:00\"",
            "\"Version\":1,\"AccessTokenLifetime\":4",
            "\"Version\":1,\"MaxInactiveTime\":\"soon\"",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
        for wrong in [
            "",
            "x",
            "{}",
            "[]",
            "{\"ClaimsMappingPolicy\":{\"Version\":1}}",
            "{\"Other\":1,\"TokenLifetimePolicy\":{\"Version\":1}}",
        ] {
            assert_eq!(rules(wrong), None, "{wrong}");
        }
    }
}
