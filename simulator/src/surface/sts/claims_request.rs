//! The `claims` parameter: what a client can do, and what it demands of the token.

use entrasim_domain::enforcement::Amr;
use entrasim_domain::time::Timestamp;
use serde_json::Value;

use super::error::StsError;
use crate::wire::Form;

/// The parts of the parameter that mean something here.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct ClaimsRequest {
    /// The client handles claims challenges (`xms_cc` has `cp1`).
    pub handles_challenges: bool,
    /// Authentication contexts that the token must have.
    pub contexts: Vec<String>,
    /// `amr` values that a token must have.
    pub methods: Vec<Amr>,
    /// The token has to be issued after this instant: the session was revoked.
    pub not_before: Option<Timestamp>,
}

impl ClaimsRequest {
    /// Reads the parameter; what is not known in it is ignored, what is not JSON is refused.
    pub(super) fn of(form: &Form) -> Result<Self, StsError> {
        Self::parse(form.get("claims"))
    }

    /// What either of two demands.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.handles_challenges |= other.handles_challenges;
        for context in other.contexts {
            if !self.contexts.contains(&context) {
                self.contexts.push(context);
            }
        }
        self.methods.extend(other.methods);
        self.not_before = self.not_before.max(other.not_before);
        self
    }

    /// The same, from the parameter's text.
    pub(super) fn parse(text: Option<&str>) -> Result<Self, StsError> {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return Ok(Self::default());
        };
        let claims: Value = serde_json::from_str(text).map_err(|_| StsError::new(9_002_313))?;
        let access_token = claims.get("access_token");
        let capabilities = values(access_token.and_then(|token| token.get("xms_cc")));
        Ok(Self {
            handles_challenges: capabilities
                .iter()
                .any(|value| value.eq_ignore_ascii_case("cp1")),
            contexts: values(access_token.and_then(|token| token.get("acrs"))),
            methods: [access_token, claims.get("id_token")]
                .into_iter()
                .flat_map(|token| values(token.and_then(|token| token.get("amr"))))
                .filter_map(|word| Amr::parse(&word))
                .collect(),
            not_before: values(access_token.and_then(|token| token.get("nbf")))
                .first()
                .and_then(|text| text.parse().ok())
                .map(Timestamp::from_unix_seconds),
        })
    }
}

/// `value` and `values` of one claim's request: both spellings are in use.
fn values(request: Option<&Value>) -> Vec<String> {
    let Some(request) = request else {
        return Vec::new();
    };
    let many = request
        .get("values")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    request
        .get("value")
        .into_iter()
        .chain(many)
        .filter_map(|v| v.as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ClaimsRequest, u32> {
        let encoded =
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
        ClaimsRequest::of(&Form::parse(format!("claims={encoded}").as_bytes()))
            .map_err(|e| e.number())
    }

    #[test]
    fn both_spellings_of_a_demand_are_read() {
        let challenge = r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]},"xms_cc":{"values":["CP1"]}}}"#;
        let read_challenge = read(challenge).unwrap();
        assert_eq!(read_challenge.contexts, ["p1"]);
        assert!(read_challenge.handles_challenges);
        assert_eq!(
            read(r#"{"access_token":{"acrs":{"value":"c1"}}}"#)
                .unwrap()
                .contexts,
            ["c1"]
        );
    }

    #[test]
    fn what_is_not_json_is_refused_and_strange_json_is_ignored() {
        assert_eq!(read("{").unwrap_err(), 9_002_313);
        assert_eq!(
            read(r#"{"access_token":[1,{"acrs":3}]}"#),
            Ok(ClaimsRequest::default())
        );
    }
}
