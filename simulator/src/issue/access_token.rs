//! Access tokens: for a user through a client, for an app, for a managed identity.

use core::time::Duration;

use entrasim_domain::directory::service_principal::{ServicePrincipal, ServicePrincipalKind};
use entrasim_domain::directory::user::User;
use entrasim_domain::id::AppId;
use entrasim_domain::tenant::Tenant;
use serde_json::{Map, Value, json};

use super::resource::Resource;
use super::{Behind, Claims, aio, capped, pairwise_subject, rh, uti};
use crate::call::Call;
use crate::origins;
use crate::seal::sign_in::SignIn;
use crate::wire::jwt::{self, HeaderForm};

/// A signed token and how long it lives.
#[derive(Clone, Debug)]
pub struct AccessToken {
    pub text: String,
    pub lifetime: Duration,
}

/// How the client proved itself: `appidacr` and `azpacr`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ClientProof {
    /// A public client.
    None,
    Secret,
    /// A certificate or another assertion; managed identities show this too.
    Assertion,
}

impl ClientProof {
    fn as_str(self) -> &'static str {
        match self {
            Self::None => "0",
            Self::Secret => "1",
            Self::Assertion => "2",
        }
    }
}

/// What a user's token says.
#[derive(Clone, Copy, Debug)]
pub struct UserToken<'a> {
    pub user: &'a User,
    pub client: AppId,
    pub client_name: &'a str,
    pub proof: ClientProof,
    pub resource: &'a Resource<'a>,
    /// Permission names without prefix, sorted.
    pub scopes: &'a [String],
    pub sign_in: &'a SignIn,
    /// The client declared `cp1`.
    pub handles_challenges: bool,
}

/// What an app's token says.
#[derive(Clone, Copy, Debug)]
pub struct AppToken<'a> {
    pub principal: &'a ServicePrincipal,
    pub proof: ClientProof,
    pub resource: &'a Resource<'a>,
    pub handles_challenges: bool,
}

/// Marks a user without directory roles in `wids` (widely reported; no document).
const NO_ROLES: &str = "b79fbf4d-3ef9-4689-8143-76b194e85509";
/// Stands in `wids` of apps at Graph (captured token).
const APP_WIDS: &str = "0997a1d0-0d1d-4acb-b408-d5ca73121e90";
const DAY: Duration = Duration::from_secs(86_400);

/// A token for a user. The caller has bound the tenant.
pub fn for_user(call: &Call<'_>, tenant: &Tenant, token: &UserToken<'_>) -> AccessToken {
    let continuous = token.handles_challenges && token.resource.evaluates_access_continuously();
    // Policies of token lifetimes are those of the app that is accessed, and not for clients that handle challenges
    // (MicrosoftDocs/entra-docs configurable-token-lifetimes.md, concept-continuous-access-evaluation.md).
    let lifetime = if continuous {
        // 20 to 28 hours
        Duration::from_secs(u64::from(72_000 + call.draw(|random| random.below(28_800))))
    } else if let Some(configured) = tenant.token_lifetime(token.resource.app_id) {
        configured
    } else {
        // 60 to 90 minutes
        Duration::from_secs(u64::from(3_600 + call.draw(|random| random.below(1_800))))
    };
    let authentication = &token.sign_in.authentication;
    let lifetime = capped(lifetime, authentication, call.now());
    let behind = Behind {
        sign_in: token.sign_in.clone(),
        epoch: token.user.tokens.number,
    };
    let mut claims = Claims::new();
    claims.put("aio", behind.seal(call));
    common(call, tenant, token.resource, &mut claims);
    claims.put("oid", token.user.id.to_string());
    claims.put("sub", pairwise_subject(token.user.id.0, token.client));
    claims.put("scp", token.scopes.join(" "));
    claims.put("name", &*token.user.display_name);
    if continuous {
        claims.put("xms_cc", json!(["CP1"]));
    }
    if !authentication.contexts.is_empty() {
        claims.put("acrs", json!(authentication.contexts));
    }
    let roles = token.resource.roles_of(tenant, token.user.id);
    if !roles.is_empty() {
        claims.put("roles", json!(roles));
    }
    if token.resource.takes_v2_tokens() {
        claims.put("azp", token.client.to_string());
        claims.put("azpacr", token.proof.as_str());
        claims.put("preferred_username", sign_in_name(tenant, token.user));
    } else {
        user_v1(tenant, token, &mut claims);
    }
    finish(call, tenant, token.resource, claims, lifetime)
}

/// The claims of a user that only v1 tokens have.
fn user_v1(tenant: &Tenant, token: &UserToken<'_>, claims: &mut Claims) {
    let user = token.user;
    claims.put("acct", i32::from(user.home.is_some()));
    claims.put("acr", "1");
    let methods: Vec<&str> = token
        .sign_in
        .authentication
        .methods
        .iter()
        .map(|amr| amr.as_str())
        .collect();
    claims.put("amr", json!(methods));
    claims.put("appid", token.client.to_string());
    claims.put("appidacr", token.proof.as_str());
    if token.resource.is_graph() {
        claims.put("app_displayname", token.client_name);
    }
    claims.put_some("family_name", user.surname.as_deref());
    claims.put_some("given_name", user.given_name.as_deref());
    if let Some(home) = &user.home {
        claims.put("idp", format!("{}/{}/", origins::STS, home.tenant));
    }
    claims.put("idtyp", "user");
    claims.put("ipaddr", tenant.location.ip.to_string());
    claims.put("puid", puid(user));
    let name = sign_in_name(tenant, user);
    claims.put("unique_name", name.as_str());
    if user.home.is_none() {
        claims.put("upn", name);
    }
    let roles = tenant.roles_of(user.id);
    let mut wids: Vec<String> = roles.iter().map(ToString::to_string).collect();
    wids.push(NO_ROLES.to_owned());
    claims.put("wids", json!(wids));
    claims.put(
        "xms_idrel",
        if user.home.is_some() { "5 30" } else { "1 30" },
    );
}

/// A token for an app or a managed identity. The caller has bound the tenant.
pub fn for_app(call: &Call<'_>, tenant: &Tenant, token: &AppToken<'_>) -> AccessToken {
    let principal = token.principal;
    let continuous = token.handles_challenges && token.resource.evaluates_access_continuously();
    let managed = match &principal.kind {
        ServicePrincipalKind::ManagedIdentity { resource_id, .. } => Some(resource_id.as_str()),
        ServicePrincipalKind::Application => None,
    };
    // No lifetimes are configured for managed identities (MicrosoftDocs/entra-docs configurable-token-lifetimes.md).
    let lifetime = if continuous || managed.is_some() {
        DAY
    } else {
        tenant
            .token_lifetime(token.resource.app_id)
            .unwrap_or(Duration::from_secs(3600))
    };
    let mut claims = Claims::new();
    claims.put("aio", aio(call));
    common(call, tenant, token.resource, &mut claims);
    claims.put("oid", principal.id.to_string());
    claims.put("sub", principal.id.to_string());
    claims.put("idtyp", "app");
    claims.put_some("xms_mirid", managed);
    if continuous {
        claims.put("xms_cc", json!(["CP1"]));
    }
    let roles = token.resource.roles_of(tenant, principal.id);
    if !roles.is_empty() {
        claims.put("roles", json!(roles));
    }
    if token.resource.takes_v2_tokens() {
        claims.put("azp", principal.app_id.to_string());
        claims.put("azpacr", token.proof.as_str());
    } else {
        claims.put("appid", principal.app_id.to_string());
        claims.put("appidacr", token.proof.as_str());
        claims.put("idp", format!("{}/{}/", origins::STS, tenant.id));
        claims.put("xms_idrel", "7 10");
        if token.resource.is_graph() {
            claims.put("app_displayname", principal.display_name.as_str());
            let mut wids: Vec<String> = tenant
                .roles_of(principal.id)
                .iter()
                .map(ToString::to_string)
                .collect();
            wids.push(APP_WIDS.to_owned());
            claims.put("wids", json!(wids));
        }
    }
    finish(call, tenant, token.resource, claims, lifetime)
}

/// What every access token has.
fn common(call: &Call<'_>, tenant: &Tenant, resource: &Resource<'_>, claims: &mut Claims) {
    claims.put("rh", rh(call, tenant.id, resource.app_id));
    claims.put("tid", tenant.id.to_string());
    claims.put("uti", uti(call.id()));
    if resource.takes_v2_tokens() {
        claims.put("ver", "2.0");
        return;
    }
    claims.put("ver", "1.0");
    if resource.is_graph() {
        claims.put("tenant_region_scope", tenant.region);
    }
    // A number in Graph's tokens, a string in captured Resource Manager tokens.
    let created = tenant.created.unix_seconds();
    claims.put(
        "xms_tcdt",
        if resource.is_graph() {
            json!(created)
        } else {
            json!(created.to_string())
        },
    );
}

fn finish(
    call: &Call<'_>,
    tenant: &Tenant,
    resource: &Resource<'_>,
    claims: Claims,
    lifetime: Duration,
) -> AccessToken {
    let (form, issuer) = if resource.takes_v2_tokens() {
        (
            HeaderForm::V2,
            format!("{}/{}/v2.0", origins::SIGN_IN, tenant.id),
        )
    } else {
        (HeaderForm::V1, format!("{}/{}/", origins::STS, tenant.id))
    };
    let now = call.now();
    let claims: Map<String, Value> =
        claims.finish(&resource.audience(), issuer, now, now + lifetime);
    AccessToken {
        text: jwt::sign(form, &claims, call.app.keys.current()),
        lifetime,
    }
}

/// The name a user signs in with: the principal name, or a guest's name at home.
pub fn sign_in_name(tenant: &Tenant, user: &User) -> String {
    user.home.as_ref().map_or_else(
        || tenant.principal_name(user),
        |home| home.principal_name.clone(),
    )
}

/// `puid`: 16 hexadecimal digits that begin with 10032.
fn puid(user: &User) -> String {
    format!("10032{:011X}", user.id.0.as_u128() & 0xFFF_FFFF_FFFF)
}
