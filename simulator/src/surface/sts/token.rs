//! `POST /{tenant}/oauth2[/v2.0]/token`: finds the grant, writes the answer.

use core::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::directory::user::User;
use entrasim_domain::tenant::Tenant;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::Version;
use super::authority::Authority;
use super::client::{Client, Credentials};
use super::error::{self, Place, StsError};
use super::grant;
use crate::call::Call;
use crate::wire::{Form, Reply};

/// Recorded on token answers (Azure/azure-sdk-for-js recordings).
const HEADERS: [(&str, &str); 8] = [
    ("cache-control", "no-store, no-cache"),
    ("pragma", "no-cache"),
    ("expires", "-1"),
    (
        "strict-transport-security",
        "max-age=31536000; includeSubDomains",
    ),
    ("x-content-type-options", "nosniff"),
    ("access-control-allow-origin", "*"),
    ("p3p", "CP=\"DSP CUR OTPi IND OTRi ONL FIN\""),
    ("x-xss-protection", "0"),
];

/// One token request, its parameters read.
pub(super) struct TokenRequest<'a> {
    pub call: &'a Call<'a>,
    pub version: Version,
    pub authority: Authority,
    pub form: Form,
}

/// What a grant gives.
#[derive(Clone, Debug, Default)]
pub(super) struct Issued {
    pub access_token: String,
    pub lifetime: Duration,
    /// Delegated tokens only.
    pub scope: Option<String>,
    pub refresh_token: Option<String>,
    /// Tokens of single-page applications say how long they live.
    pub refresh_token_lifetime: Option<Duration>,
    pub family: bool,
    pub id_token: Option<String>,
    pub client_info: Option<String>,
    /// The v1 `resource`.
    pub resource: String,
}

/// Answers a token request, or the preflight of a browser.
pub(super) fn answer(call: &Call<'_>, segment: &str, version: Version) -> Reply {
    if call.request.method == Method::OPTIONS {
        return preflight();
    }
    let result = request(call, segment, version).and_then(|request| {
        dispatch(&request)
            .inspect_err(|failure| super::sign_in_log::token_refused(&request, failure))
    });
    let (reply, code) = match result {
        Ok(Outcome::Issued(issued)) => (
            Reply::json(StatusCode::OK, &body(call, &issued, version)),
            0,
        ),
        Ok(Outcome::Nonce) => {
            let nonce =
                crate::seal::seal(call, crate::seal::Purpose::Canary, &call.id().to_string());
            (Reply::json(StatusCode::OK, &json!({"Nonce": nonce})), 0)
        }
        Ok(Outcome::NotSimulated(name)) => return call.unimplemented(&name),
        Err(failure) => (
            error::reply(call, &failure, Place::Token(version)),
            failure.number(),
        ),
    };
    with_headers(call, reply, code)
}

/// The answer to a browser that asks whether it may post.
pub(super) fn preflight() -> Reply {
    Reply::empty(StatusCode::NO_CONTENT).fixed_headers(&[
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "POST, OPTIONS"),
        ("access-control-allow-headers", "*"),
    ])
}

/// What every answer of the token service has.
pub(super) fn with_headers(call: &Call<'_>, reply: Reply, code: u32) -> Reply {
    let reply = reply
        .fixed_headers(&HEADERS)
        .header("x-ms-request-id", &call.id().to_string())
        .header("x-ms-ests-server", "2.1.0.0 - entrasim ProdSlices")
        .header("x-ms-clitelem", &format!("1,{code},0,,"));
    match call.request.header("return-client-request-id") {
        Some(wish) if wish.eq_ignore_ascii_case("true") => reply.header(
            "client-request-id",
            call.request.header("client-request-id").unwrap_or_default(),
        ),
        _ => reply,
    }
}

enum Outcome {
    Issued(Issued),
    /// For proofs of devices: `{"Nonce": …}`.
    Nonce,
    NotSimulated(String),
}

fn request<'a>(
    call: &'a Call<'a>,
    segment: &str,
    version: Version,
) -> Result<TokenRequest<'a>, StsError> {
    if call.request.method != Method::POST {
        return Err(StsError::new(900_561).with("method", &call.request.method));
    }
    let authority = Authority::resolve(call, segment)?;
    let is_form = call
        .request
        .has_content_type("application/x-www-form-urlencoded");
    // A body of another kind has no parameters, and fails as one that misses the first.
    let form = if is_form {
        Form::parse(&call.request.body)
    } else {
        Form::default()
    };
    StsError::require_single(&form)?;
    Ok(TokenRequest {
        call,
        version,
        authority,
        form,
    })
}

fn dispatch(request: &TokenRequest<'_>) -> Result<Outcome, StsError> {
    let kind = request.required("grant_type")?;
    if request.version == Version::V2 && request.form.get("resource").is_some_and(|r| !r.is_empty())
    {
        return Err(StsError::new(901_002));
    }
    match kind {
        "client_credentials" => grant::client_credentials::issue(request).map(Outcome::Issued),
        "password" => grant::password::issue(request).map(Outcome::Issued),
        "refresh_token" => grant::refresh_token::issue(request).map(Outcome::Issued),
        "authorization_code" => grant::authorization_code::issue(request).map(Outcome::Issued),
        "device_code" | "urn:ietf:params:oauth:grant-type:device_code" => {
            grant::device_code::issue(request).map(Outcome::Issued)
        }
        "urn:ietf:params:oauth:grant-type:jwt-bearer" if wants_saml(&request.form) => Ok(
            Outcome::NotSimulated("on-behalf-of for a SAML token".to_owned()),
        ),
        "urn:ietf:params:oauth:grant-type:jwt-bearer" => {
            grant::on_behalf_of::issue(request).map(Outcome::Issued)
        }
        "urn:ietf:params:oauth:grant-type:saml1_1-bearer"
        | "urn:ietf:params:oauth:grant-type:saml2-bearer"
        | "user_fic" => Ok(Outcome::NotSimulated(format!("grant {kind}"))),
        "srv_challenge" => Ok(Outcome::Nonce),
        other => Err(StsError::new(70003).with("grant", other)),
    }
}

/// `requested_token_type` of on-behalf-of (MicrosoftDocs/entra-docs v2-oauth2-on-behalf-of-flow.md).
fn wants_saml(form: &Form) -> bool {
    form.get("requested_token_type")
        .is_some_and(|kind| kind.starts_with("urn:ietf:params:oauth:token-type:saml"))
}

impl<'a> TokenRequest<'a> {
    /// A parameter that has to be there (900144).
    pub(super) fn required(&self, name: &'static str) -> Result<&str, StsError> {
        self.form
            .get(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| StsError::missing(name))
    }

    pub(super) fn credentials(&self) -> Result<Credentials, StsError> {
        Credentials::of(self.call, &self.form)
    }

    /// The tenant's state, once the call is tied to one.
    pub(super) fn tenant(&self) -> Result<&'a Tenant, StsError> {
        self.call.tenant().ok_or_else(|| StsError::new(50059))
    }

    /// `client_info`, for clients that ask for it.
    pub(super) fn client_info(&self, tenant: &Tenant, user: &User) -> Option<String> {
        (self.form.get("client_info") == Some("1")).then(|| client_info(tenant, user))
    }

    /// The origin under which the caller knows us, for resources named after it.
    pub(super) fn own_origin(&self) -> String {
        self.call.request.origin()
    }

    pub(super) fn client(&self, credentials: &Credentials) -> Result<Client<'a>, StsError> {
        let client = Client::find(self.call, self.tenant()?, credentials)?;
        match self.authority {
            Authority::Tenant(_) => {}
            Authority::Consumers => client.require_personal()?,
            Authority::Common | Authority::Organizations => client.require_multitenant()?,
        }
        Ok(client)
    }
}

/// The user's ids, for the client's cache: a guest's are those at home.
pub(super) fn client_info(tenant: &Tenant, user: &User) -> String {
    let (uid, utid) = match &user.home {
        Some(home) => (home.object_id, home.tenant),
        None => (user.id, tenant.id),
    };
    URL_SAFE_NO_PAD.encode(format!(r#"{{"uid":"{uid}","utid":"{utid}"}}"#))
}

/// Member order and number forms of the two versions (captured answers).
fn body(call: &Call<'_>, issued: &Issued, version: Version) -> Map<String, Value> {
    // The last second of a Temporary Access Pass leaves less than one.
    let seconds = issued.lifetime.as_secs().max(1);
    let number = |value: u64| match version {
        Version::V2 => json!(value),
        Version::V1 => json!(value.to_string()),
    };
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    put("token_type", json!("Bearer"));
    if let Some(scope) = &issued.scope {
        put("scope", json!(scope));
    }
    put("expires_in", number(seconds - 1));
    put("ext_expires_in", number(seconds - 1));
    if seconds >= 7200 {
        put("refresh_in", number(seconds / 2));
    }
    if version == Version::V1 {
        let now = call.now().unix_seconds();
        let at = |offset: i64| json!(now.saturating_add(offset).to_string());
        put("expires_on", at(i64::try_from(seconds).unwrap_or(i64::MAX)));
        put("not_before", at(-300));
        put("resource", json!(issued.resource));
    }
    put("access_token", json!(issued.access_token));
    if let Some(token) = &issued.refresh_token {
        put("refresh_token", json!(token));
    }
    if let Some(lifetime) = issued.refresh_token_lifetime {
        put("refresh_token_expires_in", number(lifetime.as_secs()));
    }
    if issued.family {
        put("foci", json!("1"));
    }
    if let Some(token) = &issued.id_token {
        put("id_token", json!(token));
    }
    if let Some(info) = &issued.client_info {
        put("client_info", json!(info));
    }
    body
}
