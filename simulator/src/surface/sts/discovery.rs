//! Instance discovery, OpenID configurations, key documents.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::Version;
use super::authority::{Authority, CONSUMERS};
use super::error::{self, Place, StsError};
use crate::call::Call;
use crate::hosts::{SimulatedHost, lookup};
use crate::origins;
use crate::wire::{Form, Reply, jwt};

/// Recorded on all discovery documents (panva/wellknown captures, Azure/azure-sdk-for-js recordings).
const HEADERS: [(&str, &str); 7] = [
    ("cache-control", "max-age=86400, private"),
    (
        "strict-transport-security",
        "max-age=31536000; includeSubDomains",
    ),
    ("x-content-type-options", "nosniff"),
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "GET, OPTIONS"),
    ("p3p", "CP=\"DSP CUR OTPi IND OTRi ONL FIN\""),
    ("x-xss-protection", "0"),
];

fn with_headers(call: &Call<'_>, reply: Reply) -> Reply {
    reply
        .fixed_headers(&HEADERS)
        .header("x-ms-request-id", &call.id().to_string())
}

fn failure(call: &Call<'_>, failure: &StsError) -> Reply {
    with_headers(call, error::reply(call, failure, Place::Discovery))
}

/// Hosts of other clouds, which clients expect in the list.
const OTHER_CLOUDS: [&[&str]; 4] = [
    &["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
    &["login.microsoftonline.de"],
    &["login.microsoftonline.us", "login.usgovcloudapi.net"],
    &["login-us.microsoftonline.com"],
];
const PUBLIC: [&str; 4] = [
    "login.microsoftonline.com",
    "login.windows.net",
    "login.microsoft.com",
    "sts.windows.net",
];

/// `GET /common/discovery/instance`
pub(super) fn instance(call: &Call<'_>) -> Reply {
    let query = Form::parse(call.request.query.as_bytes());
    let Some(endpoint) = query.get("authorization_endpoint") else {
        return failure(call, &StsError::missing("authorization_endpoint"));
    };
    let url = endpoint
        .strip_prefix("https://")
        .and_then(|rest| rest.split_once('/'));
    let Some((authority, rest)) = url else {
        return failure(call, &StsError::new(50049));
    };
    let host = authority
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let other_cloud = OTHER_CLOUDS
        .iter()
        .any(|cloud| cloud.contains(&host.as_str()));
    let own = call.request.host() == host;
    let known = matches!(
        lookup(&host),
        Some(SimulatedHost::SignIn | SimulatedHost::Loopback)
    );
    if !(known || own || other_cloud) {
        return failure(call, &StsError::new(50049));
    }
    let tenant = rest.split('/').next().unwrap_or_default();
    let version = if endpoint.to_ascii_lowercase().contains("/oauth2/v2.0/") {
        "v2.0/"
    } else {
        ""
    };
    let origin = if PUBLIC.contains(&host.as_str()) {
        origins::SIGN_IN.to_owned()
    } else {
        format!("https://{authority}")
    };
    let public =
        json!({"preferred_network": PUBLIC[0], "preferred_cache": PUBLIC[1], "aliases": PUBLIC});
    let others = OTHER_CLOUDS.iter().map(|aliases| {
        json!({"preferred_network": aliases[0], "preferred_cache": aliases[0], "aliases": aliases})
    });
    let metadata: Vec<Value> = core::iter::once(public).chain(others).collect();
    let body = json!({
        "tenant_discovery_endpoint": format!("{origin}/{tenant}/{version}.well-known/openid-configuration"),
        "api-version": query.get("api-version").unwrap_or("1.1"),
        "metadata": metadata,
    });
    with_headers(call, Reply::json(StatusCode::OK, &body))
}

/// How a tenant segment shows in metadata: its word, its issuer, its region.
fn names(authority: &Authority) -> (String, String, Value) {
    match authority {
        Authority::Common => ("common".to_owned(), "{tenantid}".to_owned(), Value::Null),
        Authority::Organizations => (
            "organizations".to_owned(),
            "{tenantid}".to_owned(),
            Value::Null,
        ),
        Authority::Consumers => ("consumers".to_owned(), CONSUMERS.to_owned(), Value::Null),
        Authority::Tenant(cell) => {
            let id = cell.id().to_string();
            (id.clone(), id, json!(cell.read().region))
        }
    }
}

/// `GET /{tenant}[/v2.0]/.well-known/openid-configuration`
pub(super) fn openid_configuration(call: &Call<'_>, segment: &str, version: Version) -> Reply {
    let authority = match Authority::resolve(call, segment) {
        Ok(authority) => authority,
        Err(error) => return failure(call, &error),
    };
    let (word, issuer, region) = names(&authority);
    let origin = error::origin(call);
    let key = format!("{version:?} {origin} {word} {region}");
    let body = call.app.documents.get(key, || {
        let body = match version {
            Version::V2 => configuration_v2(&origin, &word, &issuer, region),
            Version::V1 => configuration_v1(&origin, &word, &issuer, region),
        };
        body.to_string().into_bytes()
    });
    with_headers(
        call,
        Reply::with_body(StatusCode::OK, "application/json; charset=utf-8", body),
    )
}

/// Member order as served in October 2024 (panva/wellknown `issuers/entra-common`).
fn configuration_v2(origin: &str, tenant: &str, issuer: &str, region: Value) -> Value {
    let base = format!("{origin}/{tenant}");
    json!({
        "token_endpoint": format!("{base}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{base}/discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": format!("{origin}/{issuer}/v2.0"),
        "request_uri_parameter_supported": false,
        "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
        "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
        "device_authorization_endpoint": format!("{base}/oauth2/v2.0/devicecode"),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "end_session_endpoint": format!("{base}/oauth2/v2.0/logout"),
        "claims_supported": [
            "sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host",
            "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash",
            "c_hash", "email"
        ],
        "kerberos_endpoint": format!("{base}/kerberos"),
        "tenant_region_scope": region,
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net",
    })
}

/// Member order of the documented sample (MicrosoftDocs/entra-docs `access-tokens.md`).
fn configuration_v1(origin: &str, tenant: &str, issuer: &str, region: Value) -> Value {
    let base = format!("{origin}/{tenant}");
    json!({
        "authorization_endpoint": format!("{base}/oauth2/authorize"),
        "token_endpoint": format!("{base}/oauth2/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{origin}/common/discovery/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "end_session_endpoint": format!("{base}/oauth2/logout"),
        "response_types_supported": ["code", "id_token", "code id_token", "token id_token", "token"],
        "scopes_supported": ["openid"],
        "issuer": format!("{}/{issuer}/", origins::STS),
        "claims_supported": [
            "sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host",
            "aud", "exp", "iat", "auth_time", "acr", "amr", "nonce", "email", "given_name", "family_name", "nickname"
        ],
        "microsoft_multi_refresh_token": true,
        "check_session_iframe": format!("{base}/oauth2/checksession"),
        "userinfo_endpoint": format!("{base}/openid/userinfo"),
        "device_authorization_endpoint": format!("{base}/oauth2/devicecode"),
        "kerberos_endpoint": format!("{base}/kerberos"),
        "tenant_region_scope": region,
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net",
    })
}

/// `GET /{tenant}/discovery[/v2.0]/keys`
pub(super) fn keys(call: &Call<'_>, segment: &str, version: Version) -> Reply {
    if let Err(error) = Authority::resolve(call, segment) {
        return failure(call, &error);
    }
    let keys: Vec<Map<String, Value>> = call
        .app
        .keys
        .all()
        .iter()
        .map(|key| {
            let mut members = jwt::jwk(key);
            if version == Version::V2 {
                let issuer = format!("{}/{{tenantid}}/v2.0", origins::SIGN_IN);
                members.insert("issuer".to_owned(), json!(issuer));
            }
            members
        })
        .collect();
    with_headers(call, Reply::json(StatusCode::OK, &json!({"keys": keys})))
}
