//! The controls of a policy in the words of the sign-in log.

use crate::policy::conditional_access::{GrantControl, GrantControls, SessionControls};

pub(super) fn of_grant(grant: Option<&GrantControls>) -> Vec<String> {
    let Some(grant) = grant else {
        return Vec::new();
    };
    let mut words: Vec<String> = grant
        .controls
        .iter()
        .map(|control| {
            match control {
                GrantControl::Block => "Block",
                GrantControl::Mfa => "Mfa",
                GrantControl::CompliantDevice => "RequireCompliantDevice",
                GrantControl::DomainJoinedDevice => "RequireDomainJoinedDevice",
                GrantControl::ApprovedApplication => "RequireApprovedApp",
                GrantControl::CompliantApplication => "RequireCompliantApp",
                GrantControl::PasswordChange => "RequirePasswordChange",
            }
            .to_owned()
        })
        .collect();
    if grant.strength.is_some() {
        words.push("RequireAuthenticationStrength".to_owned());
    }
    words
}

pub(super) fn of_session(session: &SessionControls) -> Vec<String> {
    let mut words = Vec::new();
    if session.sign_in_frequency.is_some() {
        words.push("SignInFrequency".to_owned());
    }
    match session.persistent_browser {
        Some(true) => words.push("PersistentBrowserSessionModeAlways".to_owned()),
        Some(false) => words.push("PersistentBrowserSessionModeNever".to_owned()),
        None => {}
    }
    words
}
