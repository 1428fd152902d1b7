//! The grants, one file each, and what the grants for users share.

use entrasim_domain::catalogue::AZURE_RESOURCE_MANAGER;
use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::{
    Authentication, Circumstances, Facts, IdentityType, Operation, Policies, Stage, UserFacts,
    decide,
};
use entrasim_domain::id::AppId;
use entrasim_domain::tenant::Tenant;

use super::Version;
use super::claims_request::ClaimsRequest;
use super::client::Client;
use super::error::StsError;
use super::refresh_token::RefreshToken;
use super::scope::Asked;
use super::token::{Issued, TokenRequest};
use crate::call::Call;
use crate::issue::access_token::{self, ClientProof, UserToken};
use crate::issue::id_token::{self, IdToken};

pub(super) mod client_credentials;
pub(super) mod password;
pub(super) mod refresh_token;

/// A user who has proven an identity through a client, before access is decided.
pub(super) struct SignedIn<'a> {
    pub tenant: &'a Tenant,
    pub user: &'a User,
    pub client: Client<'a>,
    pub proof: ClientProof,
    pub authentication: Authentication,
    /// The v2 `scope` in force.
    pub scope: String,
}

/// Asks for the decision on a sign-in and keeps it for the journal.
pub(super) fn decide_sign_in(
    call: &Call<'_>,
    tenant: &Tenant,
    client: AppId,
    resource: AppId,
    subject: (Option<UserFacts>, Authentication),
    demanded_contexts: Vec<String>,
) -> Result<(), StsError> {
    let (user, authentication) = subject;
    let identity = if user.is_some() {
        IdentityType::User
    } else {
        IdentityType::App
    };
    let facts = Facts {
        stage: Stage::SignIn,
        identity: Some(identity),
        user,
        client,
        resource,
        authentication,
        operation: Operation::SignIn,
        demanded_contexts,
        circumstances: Circumstances::default(),
    };
    let policies = Policies {
        enforcement: &tenant.enforcement,
        security_defaults: tenant.security_defaults,
        mfa_assignments: &[],
        conditional_access: &tenant.conditional_access,
    };
    let decision = call.record_decision(decide(&facts, &policies, call.now()));
    match decision.aadsts() {
        None => Ok(()),
        Some(number) => Err(StsError::new(number).with("resource", resource)),
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
        Version::V2 => Asked::parse(tenant, &signed_in.scope, &own_origin)?,
        Version::V1 => Asked::resource(tenant, request.form.get("resource"), &own_origin)?,
    };
    let claims = ClaimsRequest::of(&request.form)?;
    let client = signed_in.client;
    decide_sign_in(
        call,
        tenant,
        client.app_id(),
        asked.resource.app_id,
        (
            Some(tenant.user_facts(user)),
            signed_in.authentication.clone(),
        ),
        claims.contexts.clone(),
    )?;
    let granted = asked.granted(tenant, &client, user)?;
    let mut authentication = signed_in.authentication.clone();
    add_demanded_contexts(tenant, &asked, &claims, &mut authentication);
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
            authentication: &authentication,
            handles_challenges: claims.handles_challenges,
        },
    );
    let id_token = IdToken {
        user,
        client: client.app_id(),
        authentication: &authentication,
        nonce: request.form.get("nonce"),
        email: asked.wants("email"),
    };
    let refreshable = request.version == Version::V1 || asked.wants("offline_access");
    let refresh_token = RefreshToken {
        tenant: tenant.id,
        user: user.id,
        client: client.app_id(),
        family: client.is_family_member(),
        issued: call.now(),
        single_page_since: None,
        authentication: signed_in.authentication.clone(),
        scope: signed_in.scope.clone(),
    };
    Ok(Issued {
        access_token: token.text,
        lifetime: token.lifetime,
        scope: Some(granted.echo),
        refresh_token: refreshable.then(|| refresh_token.seal(call)),
        family: refreshable && client.is_family_member(),
        id_token: asked.wants("openid").then(|| match request.version {
            Version::V2 => id_token::v2(call, tenant, &id_token),
            Version::V1 => id_token::v1(call, tenant, &id_token),
        }),
        client_info: request.client_info(tenant, user),
        resource: asked.resource.name.clone(),
    })
}

/// A demanded context is in the token once its demand is met; whether the real service adds `p1` is a knob.
fn add_demanded_contexts(
    tenant: &Tenant,
    asked: &Asked<'_>,
    claims: &ClaimsRequest,
    authentication: &mut Authentication,
) {
    let stepped_up =
        authentication.is_multifactor() && asked.resource.app_id == AZURE_RESOURCE_MANAGER;
    if tenant.knobs.p1_in_acrs_after_stepup
        && stepped_up
        && claims.contexts.iter().any(|context| context == "p1")
    {
        authentication.contexts.push("p1".to_owned());
    }
}
