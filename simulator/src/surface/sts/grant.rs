//! The grants, one file each, and what the grants for users share.

use core::time::Duration;

use entrasim_domain::catalogue::AZURE_RESOURCE_MANAGER;
use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::{Amr, Authentication};
use entrasim_domain::sign_in::record::SignInKind;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;

use super::Version;
use super::access::{Attempt, Way};
use super::claims_request::ClaimsRequest;
use super::client::{Client, Credentials};
use super::error::StsError;
use super::redirect_uri::Platform;
use super::refresh_token::RefreshToken;
use super::scope::{Asked, Granted};
use super::token::{Issued, TokenRequest};
use crate::issue::access_token::{self, ClientProof, UserToken};
use crate::issue::id_token::{self, IdToken};
use crate::seal::sign_in::SignIn;

mod account;
pub(super) mod authorization_code;
pub(super) mod client_credentials;
pub(super) mod device_code;
pub(super) mod on_behalf_of;
pub(super) mod password;
pub(super) mod refresh_token;

/// A user who has proven an identity through a client, before access is decided.
pub(super) struct SignedIn<'a> {
    pub tenant: &'a Tenant,
    pub user: &'a User,
    pub client: Client<'a>,
    pub proof: ClientProof,
    pub sign_in: SignIn,
    /// The v2 `scope` in force.
    pub scope: String,
    /// The resource of the sign-in, for v1 requests that do not repeat it.
    pub resource: Option<String>,
    pub nonce: Option<String>,
    pub source: Source,
    pub chain: Chain,
    /// The `claims` of the sign-in: MSAL for Java does not repeat them when it redeems the code.
    pub demanded: Option<String>,
}

/// Where the proof of the user comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Source {
    /// Just now, on the pages.
    Pages,
    /// Just now, in this request.
    Direct,
    /// From an earlier sign-in.
    Silent,
}

/// What refresh tokens hand on beside the sign-in.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Chain {
    /// That of the redirect URI in the beginning, if there was one.
    pub platform: Option<Platform>,
    pub single_page_since: Option<Timestamp>,
}

/// Refresh tokens of single-page applications end so long after the first (MicrosoftDocs/entra-docs refresh-tokens.md).
pub(super) const SINGLE_PAGE_LIFETIME: Duration = Duration::from_secs(86_400);

/// The v2 `scope` in force: the request's, or else that of the sign-in, which at v1 named a resource instead.
fn scope_in_force(request: &TokenRequest<'_>, known: &str, resource: Option<&str>) -> String {
    let named = request.form.get("scope").filter(|scope| !scope.is_empty());
    match (request.version, named, resource) {
        (Version::V1, _, _) => String::new(),
        (Version::V2, Some(scope), _) => scope.to_owned(),
        (Version::V2, None, Some(resource)) if known.is_empty() => {
            format!("{resource}/.default openid offline_access")
        }
        (Version::V2, None, _) => known.to_owned(),
    }
}

/// The platform of the redirect URI decides how the client proves itself, now and at every refresh.
fn prove_client(
    request: &TokenRequest<'_>,
    client: &Client<'_>,
    credentials: &Credentials,
    platform: Option<Platform>,
) -> Result<ClientProof, StsError> {
    let tenant = request.tenant()?;
    let origin = request.call.request.header("origin");
    match platform {
        Some(Platform::SinglePage) if origin.is_none() => Err(StsError::new(9_002_327)),
        Some(Platform::Web | Platform::Native) if origin.is_some() => {
            Err(StsError::new(9_002_326).with("origin", origin.unwrap_or_default()))
        }
        Some(Platform::SinglePage | Platform::Native) if credentials.are_confidential() => {
            Err(StsError::new(700_025))
        }
        Some(Platform::SinglePage | Platform::Native) => {
            client.require_enabled(tenant)?;
            Ok(ClientProof::None)
        }
        Some(Platform::Web) if client.is_first_party() => Ok(ClientProof::None),
        Some(Platform::Web) => client.authenticate(request.call, tenant, credentials, true),
        None => client.authenticate(request.call, tenant, credentials, false),
    }
}

/// Decides, then issues everything a user's sign-in gives.
pub(super) fn issue_for_user(
    request: &TokenRequest<'_>,
    signed_in: &SignedIn<'_>,
) -> Result<Issued, StsError> {
    let (call, tenant, user) = (request.call, signed_in.tenant, signed_in.user);
    let own_origin = request.own_origin();
    let asked = match request.version {
        Version::V2 => Asked::parse(tenant, &signed_in.scope, &own_origin)
            .map_err(|error| error.with("name", signed_in.client.display_name()))?,
        Version::V1 => {
            let named = request.form.get("resource").filter(|name| !name.is_empty());
            Asked::resource(tenant, named.or(signed_in.resource.as_deref()), &own_origin)?
        }
    };
    let claims =
        ClaimsRequest::of(&request.form)?.and(ClaimsRequest::parse(signed_in.demanded.as_deref())?);
    let client = signed_in.client.clone();
    super::assignment::require(tenant, &client, user)?;
    super::assignment::require_at(tenant, asked.resource.app_id, user)?;
    // A pass that has ended takes everything with it that it led to.
    if signed_in
        .sign_in
        .authentication
        .ends
        .is_some_and(|end| call.now() >= end)
    {
        return Err(StsError::new(70_008));
    }
    let attempt = Attempt {
        tenant,
        user: Some(user),
        client: &client,
        resource: asked.resource.app_id,
        authentication: &signed_in.sign_in.authentication,
        claims: &claims,
        demanded: &[],
        way: match signed_in.source {
            Source::Direct => Way::Direct,
            Source::Pages | Source::Silent => Way::Silent(signed_in.sign_in.origin),
        },
        password_changed: false,
    };
    let kind = match signed_in.source {
        Source::Direct => SignInKind::InteractiveUser,
        Source::Pages | Source::Silent => SignInKind::NonInteractiveUser,
    };
    let decision = attempt.decide(call);
    if let Some(error) = attempt.error(&decision) {
        attempt.log(call, kind, Some(&decision), Some(&error));
        return Err(error);
    }
    let granted = match asked.granted(tenant, &client, user) {
        Ok(granted) => granted,
        Err(error) => {
            attempt.log(call, kind, Some(&decision), Some(&error));
            return Err(error);
        }
    };
    if signed_in.source != Source::Pages {
        attempt.log(call, kind, Some(&decision), None);
    }
    let challenges = attempt.handles_challenges(&decision);
    Ok(issued(
        request, signed_in, &asked, &granted, &claims, challenges,
    ))
}

/// Writes the tokens.
fn issued(
    request: &TokenRequest<'_>,
    signed_in: &SignedIn<'_>,
    asked: &Asked<'_>,
    granted: &Granted,
    claims: &ClaimsRequest,
    handles_challenges: bool,
) -> Issued {
    let (call, tenant, user) = (request.call, signed_in.tenant, signed_in.user);
    let client = &signed_in.client;
    let mut sign_in = signed_in.sign_in.clone();
    contexts_met(tenant, asked, claims, &mut sign_in.authentication);
    let refreshable = request.version == Version::V1 || asked.wants("offline_access");
    let refresh_token = refreshable.then(|| {
        let token = RefreshToken {
            sign_in: sign_in.clone(),
            client: client.app_id(),
            family: client.is_family_member(),
            issued: call.now(),
            single_page_since: signed_in.chain.single_page_since,
            platform: signed_in.chain.platform,
            scope: signed_in.scope.clone(),
            resource: asked.resource.name.clone(),
        };
        token.seal(call)
    });
    fresh_method_met(claims, &mut sign_in.authentication);
    let token = access_token::for_user(
        call,
        tenant,
        &UserToken {
            user,
            client: client.app_id(),
            client_name: client.display_name(),
            proof: signed_in.proof,
            resource: &asked.resource,
            scopes: &granted.scopes,
            sign_in: &sign_in,
            handles_challenges,
        },
    );
    let id_token = IdToken {
        user,
        client: client.app_id(),
        authentication: &sign_in.authentication,
        nonce: signed_in.nonce.as_deref().or(request.form.get("nonce")),
        email: asked.wants("email"),
        code_hash: None,
        token_hash: None,
    };
    let refresh_ends = signed_in
        .chain
        .single_page_since
        .map(|since| (since + SINGLE_PAGE_LIFETIME).since(call.now()));
    Issued {
        access_token: token.text,
        lifetime: token.lifetime,
        scope: Some(granted.echo.clone()),
        refresh_token,
        refresh_token_lifetime: refresh_ends.filter(|_| refreshable),
        family: refreshable && client.is_family_member(),
        id_token: asked.wants("openid").then(|| match request.version {
            Version::V2 => id_token::v2(call, tenant, &id_token),
            Version::V1 => id_token::v1(call, tenant, &id_token),
        }),
        client_info: request.client_info(tenant, user),
        resource: asked.resource.name.clone(),
    }
}

/// A demanded context is in the token, and in whatever follows from it, once its demand is met; whether the real service adds `p1` is a knob.
pub(super) fn contexts_met(
    tenant: &Tenant,
    asked: &Asked<'_>,
    claims: &ClaimsRequest,
    authentication: &mut Authentication,
) {
    let stepped_up =
        authentication.is_multifactor() && asked.resource.app_id == AZURE_RESOURCE_MANAGER;
    for context in &claims.contexts {
        let met = if context == "p1" {
            tenant.knobs.p1_in_acrs_after_stepup && stepped_up
        } else {
            // The decision was asked with this demand, and granted.
            true
        };
        if met && !authentication.contexts.contains(context) {
            authentication.contexts.push(context.clone());
        }
    }
}

/// `ngcmfa` says how fresh this token's second factor is, and so goes no further than this token.
pub(super) fn fresh_method_met(claims: &ClaimsRequest, authentication: &mut Authentication) {
    if claims.methods.contains(&Amr::NgcMfa) && !authentication.methods.contains(&Amr::NgcMfa) {
        authentication.methods.push(Amr::NgcMfa);
    }
}
