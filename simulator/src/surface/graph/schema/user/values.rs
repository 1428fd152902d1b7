//! What is worked out of a user.

use std::borrow::Cow;

use entrasim_domain::directory::user::User;
use entrasim_domain::tenant::Tenant;
use serde_json::{Map, Value, json};

/// The names that the person signs in with: the principal name always, and what was written beside it.
pub(super) fn identities(tenant: &Tenant, user: &User) -> Value {
    let written = user.profile().kept.get("identities");
    let mut identities = written
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if user.home.is_some() && identities.is_empty() {
        identities.push(json!({
            "signInType": "federated",
            "issuer": "ExternalAzureAD",
            "issuerAssignedId": null,
        }));
    }
    identities.push(json!({
        "signInType": "userPrincipalName",
        "issuer": tenant.initial_domain(),
        "issuerAssignedId": tenant.principal_name(user),
    }));
    Value::Array(identities)
}

/// The main address first; others follow in lower case.
pub(super) fn proxy_addresses<'a>(tenant: &'a Tenant, user: &'a User) -> Vec<Cow<'a, str>> {
    let main = tenant.mail(user).map(|mail| format!("SMTP:{mail}"));
    let kept = user.profile().kept.texts("proxyAddresses");
    let others = kept.filter(|address| {
        main.as_ref()
            .is_none_or(|main| !main.eq_ignore_ascii_case(address))
    });
    let others: Vec<Cow<'a, str>> = others.map(Cow::Borrowed).collect();
    main.map(Cow::Owned).into_iter().chain(others).collect()
}

/// Follows from `ageGroup` and `consentProvidedForMinor` (Microsoft Learn, user resource type, "Legal age group property
/// definitions").
pub(super) fn legal_age_group(_: &Tenant, user: &User) -> Value {
    let kept = &user.profile().kept;
    let class = match (kept.text("ageGroup"), kept.text("consentProvidedForMinor")) {
        (Some("Adult"), _) => "Adult",
        (Some("NotAdult"), _) => "NotAdult",
        (Some("Minor"), Some("Granted")) => "MinorWithParentalConsent",
        (Some("Minor"), Some("NotRequired")) => "MinorNoParentalConsentRequired",
        (Some("Minor"), _) => "MinorWithOutParentalConsent",
        _ => return Value::Null,
    };
    json!(class)
}

pub(super) fn sign_in_activity(tenant: &Tenant, user: &User) -> Value {
    let Some(activity) = tenant.sign_in.activity.get(&user.id) else {
        return Value::Null;
    };
    let mut shown = Map::new();
    for (name, last) in [
        ("lastSignIn", activity.interactive),
        ("lastNonInteractiveSignIn", activity.non_interactive),
        ("lastSuccessfulSignIn", activity.successful),
    ] {
        let (at, id) = last.unzip();
        let at = at.map(|at| at.to_string());
        shown.insert(format!("{name}DateTime"), json!(at));
        shown.insert(
            format!("{name}RequestId"),
            json!(id.map(|id| id.to_string())),
        );
    }
    Value::Object(shown)
}
