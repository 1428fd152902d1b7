//! What a bad token is told: the body's code and message, and the challenge.

use entrasim_domain::id::{SubscriptionId, TenantId};
use entrasim_domain::time::Timestamp;

use crate::bearer::BearerError;
use crate::call::Call;

/// The bodies' codes and messages for bad tokens (answers quoted in public issues; `NotYetValid` is assumed).
pub(super) fn failure(failure: &BearerError, now: Timestamp) -> (&'static str, String) {
    match failure {
        BearerError::Missing => (
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is missing.".to_owned(),
        ),
        BearerError::NotBearer => (
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is provided in an invalid format."
                .to_owned(),
        ),
        BearerError::Malformed | BearerError::Signature => (
            "InvalidAuthenticationToken",
            "The access token is invalid.".to_owned(),
        ),
        BearerError::Issuer => (
            "InvalidAuthenticationTokenTenant",
            "The access token is from the wrong issuer. It must match a tenant that Azure Resource Manager knows."
                .to_owned(),
        ),
        BearerError::Audience { audience } => (
            "InvalidAuthenticationTokenAudience",
            format!(
                "The access token has been obtained for wrong audience or resource '{audience}'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'."
            ),
        ),
        BearerError::Expired { at } => (
            "ExpiredAuthenticationToken",
            format!(
                "The access token expiry UTC time '{}' is earlier than current UTC time '{}'.",
                us_form(*at),
                us_form(now)
            ),
        ),
        BearerError::Revoked { .. } => (
            "ExpiredAuthenticationToken",
            "User session has been revoked.".to_owned(),
        ),
        BearerError::NotYetValid { from } => (
            "InvalidAuthenticationToken",
            format!(
                "The access token is not valid before UTC time '{}'; the current UTC time is '{}'.",
                us_form(*from),
                us_form(now)
            ),
        ),
    }
}

pub(super) fn challenge(failure: &BearerError, tenant: Option<TenantId>, message: &str) -> String {
    // The form that every client acts on: the older one, with `invalid_token`, is ignored by most.
    if let Some(claims) = failure.claims_challenge() {
        return format!(
            "Bearer realm=\"\", authorization_uri=\"{}\", error=\"insufficient_claims\", error_description=\"User session has been revoked\", claims=\"{claims}\"",
            crate::origins::COMMON_AUTHORIZE
        );
    }
    let tenant = tenant.map(|id| id.to_string()).unwrap_or_default();
    let description = match failure {
        BearerError::Missing => {
            "The authentication failed because of missing 'Authorization' header."
        }
        BearerError::NotBearer => {
            "The authentication failed because the 'Authorization' header has an invalid format."
        }
        _ => message,
    };
    format!(
        "Bearer authorization_uri=\"https://login.windows.net/{tenant}\", error=\"invalid_token\", error_description=\"{}\"",
        description.replace('"', "'")
    )
}

/// The tenant of the subscription that the path names: the answer to a caller without a token tells it, and clients use
/// that to find the tenant of a subscription.
pub(in crate::surface::arm) fn asked_tenant(call: &Call<'_>) -> Option<TenantId> {
    let segments = call.request.segments();
    let [head, id, ..] = segments.as_slice() else {
        return None;
    };
    let id: SubscriptionId = id.parse().ok()?;
    if !head.eq_ignore_ascii_case("subscriptions") {
        return None;
    }
    let owner = call
        .app
        .store
        .list()
        .into_iter()
        .find(|cell| cell.read().azure.subscriptions.contains_key(&id));
    owner.map(|cell| cell.id())
}

/// `9/30/2025 1:05:09 PM`, the form of dates in messages.
fn us_form(at: Timestamp) -> String {
    let text = at.to_string();
    let number = |range: core::ops::Range<usize>| -> u32 {
        text.get(range)
            .and_then(|part| part.parse().ok())
            .unwrap_or(0)
    };
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let (hour, minute, second) = (number(11..13), number(14..16), number(17..19));
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("{month}/{day}/{year} {hour}:{minute:02}:{second:02} {half}")
}
