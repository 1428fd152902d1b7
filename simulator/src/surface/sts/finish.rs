//! The end of a sign-in on the pages: the app gets its code or tokens, the browser its session; a waiting device is let go.

use core::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::directory::user::User;
use entrasim_domain::random::Random;
use entrasim_domain::sign_in::device_authorization::DeviceState;
use entrasim_domain::tenant::Tenant;
use uuid::Uuid;

use super::access::Attempt;
use super::authorization_code::AuthorizationCode;
use super::claims_request::ClaimsRequest;
use super::client::Client;
use super::grant::{contexts_met, fresh_method_met};
use super::interaction::{Interaction, Stop};
use super::redirect_uri::Platform;
use super::scope::Asked;
use super::session::{self, Session};
use super::sign_in_request::Prompt;
use super::{Version, page, response};
use crate::issue::access_token::{self, ClientProof, UserToken, sign_in_name};
use crate::issue::id_token::{self, IdToken};
use crate::seal::sign_in::SignIn;
use crate::wire::Reply;

/// About ten minutes (MicrosoftDocs/entra-docs v2-oauth2-auth-code-flow.md).
pub(super) const CODE_LIFETIME: Duration = Duration::from_secs(600);

/// Half of a hash, as `c_hash` and `at_hash` want it (OpenID Connect Core, section 3.3.2.11).
fn half_hash(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    URL_SAFE_NO_PAD.encode(&digest.as_ref()[..16])
}

/// Answers the app.
pub(super) fn finish(
    interaction: &mut Interaction<'_>,
    tenant: &Tenant,
    user: &User,
    client: &Client<'_>,
    asked: &Asked<'_>,
) -> Result<Reply, Stop> {
    let call = interaction.call;
    if interaction.request.admin_consent {
        let reply = super::admin_consent::done(&interaction.request, tenant);
        let session = interaction.progress.session(call);
        return Ok(with_session(interaction, tenant, user, session, reply));
    }
    let granted = asked.granted(tenant, client, user)?;
    let mut authentication = interaction.progress.authentication().unwrap_or_default();
    let claims = ClaimsRequest::parse(interaction.request.claims.as_deref())?;
    contexts_met(tenant, asked, &claims, &mut authentication);
    interaction
        .progress
        .set_authentication(Some(&authentication));
    let session = interaction.progress.session(call);
    Attempt {
        tenant,
        user: Some(user),
        client,
        resource: asked.resource.app_id,
        authentication: &authentication,
        claims: &claims,
        demanded: &[],
        way: interaction.way(),
        password_changed: false,
    }
    .log(call, interaction.kind(), call.decision().as_deref(), None);
    if let Some(code) = interaction.request.device.clone() {
        approve_device(interaction, &code, tenant, user)?;
        let reply = page::device::done(call, client.display_name());
        return Ok(with_session(interaction, tenant, user, session, reply));
    }
    let sign_in = SignIn {
        tenant: tenant.id,
        user: user.id,
        authentication: authentication.clone(),
        origin: interaction.way().origin(),
    };
    let request = &interaction.request;
    let mut members: Vec<(&str, String)> = Vec::new();
    if request.response_type.code {
        let code = AuthorizationCode {
            id: call.draw(Random::guid),
            sign_in: sign_in.clone(),
            client: client.app_id(),
            redirect_uri: request.redirect_uri.clone(),
            redirect_uri_named: request.redirect_uri_named,
            platform: request.platform,
            challenge: request.challenge.clone(),
            // At v1 the resource says what is wanted, and `scope` no more than `openid`.
            scope: match request.version() {
                Version::V1 => String::new(),
                Version::V2 => request.scope.clone(),
            },
            resource: Some(asked.resource.name.clone()),
            nonce: request.nonce.clone(),
            expires: call.now() + CODE_LIFETIME,
            client_info: request.client_info,
            claims: request.claims.clone(),
        };
        members.push(("code", code.seal(call)));
    }
    if request.response_type.token {
        let mut shown = sign_in.clone();
        fresh_method_met(&claims, &mut shown.authentication);
        let token = access_token::for_user(
            call,
            tenant,
            &UserToken {
                user,
                client: client.app_id(),
                client_name: client.display_name(),
                proof: ClientProof::None,
                resource: &asked.resource,
                scopes: &granted.scopes,
                sign_in: &shown,
                handles_challenges: claims.handles_challenges,
            },
        );
        members.push(("access_token", token.text));
        members.push(("token_type", "Bearer".to_owned()));
        members.push((
            "expires_in",
            token.lifetime.as_secs().saturating_sub(1).to_string(),
        ));
        members.push(("scope", granted.echo.clone()));
    }
    if request.response_type.id_token {
        let hash = |name: &str| {
            members
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| half_hash(value))
        };
        let (c_hash, at_hash) = (hash("code"), hash("access_token"));
        let token = IdToken {
            user,
            client: client.app_id(),
            authentication: &authentication,
            nonce: request.nonce.as_deref(),
            email: asked.wants("email"),
            code_hash: c_hash.as_deref(),
            token_hash: at_hash.as_deref(),
        };
        members.push((
            "id_token",
            match request.version() {
                Version::V2 => id_token::v2(call, tenant, &token),
                Version::V1 => id_token::v1(call, tenant, &token),
            },
        ));
    }
    if request.client_info {
        members.push(("client_info", super::token::client_info(tenant, user)));
    }
    if request.prompt == Prompt::AdminConsent && interaction.progress.consented {
        members.push(("admin_consent", "True".to_owned()));
    }
    members.push(("session_state", session.to_string()));
    let reply = response::send(request, &members);
    Ok(with_session(interaction, tenant, user, session, reply))
}

fn with_session(
    interaction: &Interaction<'_>,
    tenant: &Tenant,
    user: &User,
    id: Uuid,
    reply: Reply,
) -> Reply {
    let call = interaction.call;
    let authentication = interaction.progress.authentication().unwrap_or_default();
    let mut session = Session::new(
        id,
        tenant.id,
        user.id,
        sign_in_name(tenant, user),
        &authentication,
        call.now(),
        interaction.progress.persistent,
    );
    session.apps = session::read(call)
        .into_iter()
        .find(|live| live.session.user() == user.id)
        .map(|live| live.session.apps)
        .unwrap_or_default();
    // Devices and native apps have no address to sign out at.
    if interaction.request.platform != Platform::Native {
        session.add_app(&interaction.request.client);
    }
    session::write(call, reply, session)
}

fn approve_device(
    interaction: &Interaction<'_>,
    code: &str,
    tenant: &Tenant,
    user: &User,
) -> Result<(), Stop> {
    let authentication = interaction.progress.authentication().unwrap_or_default();
    let approved = DeviceState::Approved {
        tenant: tenant.id,
        user: user.id,
        authentication: Box::new(authentication),
    };
    super::device::settle(interaction.call, code, approved).map_err(Stop::from)
}
