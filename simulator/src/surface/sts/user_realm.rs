//! Whether a user name is managed here or federated: asked by clients before they send a password.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::wire::{Form, Reply};

/// The domain of a sign-in name, if a simulated tenant (or a guest's home that is known here) manages it.
fn managed_domain<'a>(call: &Call<'_>, user: &'a str) -> Option<&'a str> {
    let (_, domain) = user.rsplit_once('@')?;
    let guest_home = || {
        call.app
            .store
            .list()
            .iter()
            .any(|cell| cell.read().users.by_home_name(user).is_some())
    };
    (call.app.store.by_domain(domain).is_some() || guest_home()).then_some(domain)
}

/// `GET /common/userrealm/{user}`
pub(super) fn user_realm(call: &Call<'_>, user: &str) -> Reply {
    let query = Form::parse(call.request.query.as_bytes());
    let domain = managed_domain(call, user);
    if query.get("api-version") == Some("2.0") {
        return reply(call, &pascal_case(user, domain));
    }
    let mut body = Map::new();
    let mut put = |name: &str, value: &str| body.insert(name.to_owned(), json!(value));
    put("ver", "1.0");
    put(
        "account_type",
        if domain.is_some() {
            "Managed"
        } else {
            "Unknown"
        },
    );
    if let Some(domain) = domain {
        put("domain_name", domain);
    }
    put("cloud_instance_name", "microsoftonline.com");
    put("cloud_audience_urn", "urn:federation:MicrosoftOnline");
    reply(call, &Value::Object(body))
}

/// `GET /getuserrealm.srf?login={user}`
pub(super) fn srf(call: &Call<'_>) -> Reply {
    let query = Form::parse(call.request.query.as_bytes());
    if query.get("xml") == Some("1") {
        return call.unimplemented("getuserrealm.srf in XML");
    }
    let user = query.get("login").unwrap_or_default();
    reply(call, &pascal_case(user, managed_domain(call, user)))
}

fn pascal_case(user: &str, domain: Option<&str>) -> Value {
    match domain {
        Some(domain) => json!({
            "State": 4, "UserState": 1, "Login": user, "NameSpaceType": "Managed", "DomainName": domain,
            "FederationBrandName": "Contoso", "CloudInstanceName": "microsoftonline.com",
            "CloudInstanceIssuerUri": "urn:federation:MicrosoftOnline",
        }),
        None => json!({
            "State": 4, "UserState": 1, "Login": user, "NameSpaceType": "Unknown",
            "CloudInstanceName": "microsoftonline.com", "CloudInstanceIssuerUri": "urn:federation:MicrosoftOnline",
        }),
    }
}

fn reply(call: &Call<'_>, body: &Value) -> Reply {
    Reply::json(StatusCode::OK, body)
        .fixed_headers(&[
            ("cache-control", "private"),
            ("x-content-type-options", "nosniff"),
        ])
        .header("x-ms-request-id", &call.id().to_string())
}
