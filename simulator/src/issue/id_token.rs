//! Id tokens, in both versions.

use core::time::Duration;

use entrasim_domain::catalogue::GRAPH;
use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::Authentication;
use entrasim_domain::id::AppId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use serde_json::json;

use super::access_token::sign_in_name;
use super::{Claims, aio, capped, pairwise_subject, rh, uti};
use crate::call::Call;
use crate::origins;
use crate::wire::jwt::{self, HeaderForm};

/// What an id token says.
#[derive(Clone, Copy, Debug)]
pub struct IdToken<'a> {
    pub user: &'a User,
    pub client: AppId,
    pub authentication: &'a Authentication,
    pub nonce: Option<&'a str>,
    /// The `email` scope was asked for.
    pub email: bool,
    /// `c_hash` and `at_hash`, where a code or an access token goes along through the browser.
    pub code_hash: Option<&'a str>,
    pub token_hash: Option<&'a str>,
}

const LIFETIME: Duration = Duration::from_secs(3600);

/// How long a token lives, from what policies say of its client.
fn lifetime(tenant: &Tenant, token: &IdToken<'_>, now: Timestamp) -> Duration {
    let configured = tenant.token_lifetime(token.client);
    capped(configured.unwrap_or(LIFETIME), token.authentication, now)
}

/// From a v2 endpoint.
pub fn v2(call: &Call<'_>, tenant: &Tenant, token: &IdToken<'_>) -> String {
    let mut claims = common(call, tenant, token);
    claims.put("preferred_username", sign_in_name(tenant, token.user));
    claims.put("ver", "2.0");
    if token.email {
        claims.put_some("email", tenant.mail(token.user));
    }
    let issuer = format!("{}/{}/v2.0", origins::SIGN_IN, tenant.id);
    let now = call.now();
    let claims = claims.finish(
        &token.client.to_string(),
        issuer,
        now,
        now + lifetime(tenant, token, now),
    );
    jwt::sign(HeaderForm::V2, &claims, call.app.keys.current())
}

/// From a v1 endpoint.
pub fn v1(call: &Call<'_>, tenant: &Tenant, token: &IdToken<'_>) -> String {
    let mut claims = common(call, tenant, token);
    let methods: Vec<&str> = token
        .authentication
        .methods
        .iter()
        .map(|amr| amr.as_str())
        .collect();
    claims.put("amr", json!(methods));
    claims.put_some("family_name", token.user.surname.as_deref());
    claims.put_some("given_name", token.user.given_name.as_deref());
    claims.put("ipaddr", "127.0.0.1");
    let name = sign_in_name(tenant, token.user);
    claims.put("unique_name", name.as_str());
    if token.user.home.is_none() {
        claims.put("upn", name);
    }
    claims.put("ver", "1.0");
    let issuer = format!("{}/{}/", origins::STS, tenant.id);
    let now = call.now();
    let claims = claims.finish(
        &token.client.to_string(),
        issuer,
        now,
        now + lifetime(tenant, token, now),
    );
    jwt::sign(HeaderForm::V1, &claims, call.app.keys.current())
}

fn common(call: &Call<'_>, tenant: &Tenant, token: &IdToken<'_>) -> Claims {
    let mut claims = Claims::new();
    claims.put("aio", aio(call));
    claims.put("name", &*token.user.display_name);
    claims.put_some("nonce", token.nonce);
    claims.put("oid", token.user.id.to_string());
    claims.put_some("c_hash", token.code_hash);
    claims.put_some("at_hash", token.token_hash);
    claims.put("rh", rh(call, tenant.id, GRAPH));
    claims.put("sub", pairwise_subject(token.user.id.0, token.client));
    claims.put("tid", tenant.id.to_string());
    claims.put("uti", uti(call.id()));
    if let Some(home) = &token.user.home {
        claims.put("idp", format!("{}/{}/", origins::STS, home.tenant));
    }
    claims
}
