//! What a password has to be like.

use crate::directory::user::User;

/// Whether a password is strong enough for this user: some are exempt (`DisableStrongPassword`).
pub fn suffices(user: &User, password: &str) -> bool {
    let policies = user.profile().kept.text("passwordPolicies");
    let weak = policies.is_some_and(|policies| policies.contains("DisableStrongPassword"));
    if weak {
        (1..=256).contains(&password.chars().count())
    } else {
        is_complex(password)
    }
}

/// 8 to 256 characters of at least three of four kinds (Microsoft Learn, "Microsoft Entra password policies").
pub fn is_complex(password: &str) -> bool {
    let has = |test: fn(char) -> bool| usize::from(password.chars().any(test));
    let kinds = has(|c| c.is_ascii_lowercase())
        + has(|c| c.is_ascii_uppercase())
        + has(|c| c.is_ascii_digit())
        + has(|c| !c.is_ascii_alphanumeric());
    (8..=256).contains(&password.chars().count()) && kinds >= 3
}
