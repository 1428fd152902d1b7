//! Passwords: what may be one, and setting one for somebody else.

use entrasim_domain::credential::password::suffices;
use entrasim_domain::directory::user::{Password, User};
use entrasim_domain::time::Timestamp;
use serde_json::Value;

use super::super::super::error::GraphError;
use super::super::{boolean, invalid};
use super::CLASS;

const POLICIES: [&str; 3] = ["DisablePasswordExpiration", "DisableStrongPassword", "None"];

/// Sets `passwordProfile`.
pub(in crate::surface::graph) fn set(
    user: &mut User,
    value: &Value,
    now: Timestamp,
) -> Result<(), GraphError> {
    let profile = value
        .as_object()
        .ok_or_else(|| invalid("passwordProfile", CLASS))?;
    let before = user.password.take();
    let mut password = Password {
        value: before
            .as_ref()
            .map_or_else(|| "".into(), |before| before.value.clone()),
        set: before.as_ref().map_or(now, |before| before.set),
        // Graph's default for a password that somebody else sets.
        must_change: true,
    };
    let mut chosen_anew = false;
    for (name, value) in profile.iter().filter(|(name, _)| !name.starts_with('@')) {
        match name.as_str() {
            "password" => {
                let chosen = value.as_str().unwrap_or_default();
                if !suffices(user, chosen) {
                    return Err(GraphError::WeakPassword);
                }
                password.value = chosen.into();
                password.set = now;
                chosen_anew = true;
            }
            "forceChangePasswordNextSignIn" => password.must_change = boolean(value, name, CLASS)?,
            "forceChangePasswordNextSignInWithMfa"
                if value == &Value::Bool(false) || value.is_null() => {}
            "forceChangePasswordNextSignInWithMfa" => {
                return Err(GraphError::NotSimulated(
                    "graph write of user/passwordProfile/forceChangePasswordNextSignInWithMfa"
                        .to_owned(),
                ));
            }
            _ => {
                return Err(GraphError::UnknownMember {
                    member: name.clone(),
                    entity: "passwordProfile",
                });
            }
        }
    }
    if password.value.is_empty() {
        return Err(GraphError::PasswordRequired);
    }
    if chosen_anew {
        user.set_password(password, now);
    } else {
        user.password = Some(Box::new(password));
    }
    Ok(())
}

/// Whether a text is a list of password policies.
pub(super) fn are_policies(text: &str) -> bool {
    let known = |policy: &str| POLICIES.contains(&policy.trim());
    text.split(',').all(known)
}
