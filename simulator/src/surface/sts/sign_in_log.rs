//! The sign-in log: one row an attempt, whatever came of it, at the token endpoint and on the pages.

use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::facts::Origin;
use entrasim_domain::enforcement::{
    Authentication, Circumstances, Decision, Factor, Interruption, Outcome, Verdict, decide,
};
use entrasim_domain::id::{AppId, ObjectId};
use entrasim_domain::sign_in::device_authorization::DeviceState;
use entrasim_domain::sign_in::record::{SignInKind, SignInRecord, Standing, Step};
use entrasim_domain::tenant::Tenant;

use super::access::{Attempt, Way};
use super::authorization_code::AuthorizationCode;
use super::client::{Client, Credentials};
use super::error::{Place, StsError};
use super::interaction::Interaction;
use super::refresh_token::RefreshToken;
use super::scope::Asked;
use super::token::TokenRequest;
use super::{Version, device, session};
use crate::call::Call;
use crate::issue::access_token::sign_in_name;
use crate::seal::sign_in::SignIn;
use crate::wire::jwt::Unverified;

impl Attempt<'_> {
    /// Writes the row of an attempt that was decided. `error` is what stood in the way.
    pub(super) fn log(
        &self,
        call: &Call<'_>,
        kind: SignInKind,
        decision: Option<&Decision>,
        error: Option<&StsError>,
    ) {
        let (subject, name) = match self.user {
            Some(user) => (Some(user.id), sign_in_name(self.tenant, user)),
            None => workload(self.tenant, self.client),
        };
        let row = Row {
            kind,
            subject,
            name,
            client: self.client.app_id(),
            client_name: self.client.display_name().to_owned(),
            resource: Some(self.resource),
            circumstances: self.circumstances(call),
            steps: self.steps(call),
        };
        let mut record = row.record(call, error);
        record.multifactor_required = self.demands_multifactor(call);
        record.applied = decision
            .map(|decision| decision.applied.clone())
            .unwrap_or_default();
        call.log_sign_in(record);
    }

    /// Whether somebody who shows one factor would be asked for more.
    fn demands_multifactor(&self, call: &Call<'_>) -> bool {
        let now = call.now();
        if self.user.is_none() {
            return false;
        }
        let facts = self.facts(call, Authentication::password(now));
        let decision = decide(&facts, &self.tenant.sign_in_policies(), now);
        decision.findings.iter().any(|finding| {
            matches!(
                &finding.verdict,
                Verdict::Fired(Outcome::Interrupt(
                    Interruption::Mfa
                        | Interruption::MfaRegistration
                        | Interruption::AuthenticationStrength(_)
                        | Interruption::AuthenticationStrengthRegistration(_)
                ))
            )
        })
    }

    /// What was shown, and what a session or a token speaks for.
    fn steps(&self, call: &Call<'_>) -> Vec<Step> {
        let known = self.user.and_then(|user| {
            session::read(call)
                .into_iter()
                .find(|live| live.session.user() == user.id)
                .map(|live| live.session.authentication())
        });
        let shown = self.authentication;
        let date = |authentication: &Authentication, first: bool| {
            if first {
                authentication.at
            } else {
                authentication.multifactor_at
            }
        };
        shown
            .factors
            .iter()
            .enumerate()
            .map(|(place, factor)| {
                let at = date(shown, place == 0);
                let remembered = match self.way {
                    Way::Silent(_) => true,
                    Way::Direct => false,
                    Way::Pages(_) | Way::Device | Way::Registration => {
                        known.as_ref().is_some_and(|known| {
                            known.factors.contains(factor) && date(known, place == 0) == at
                        })
                    }
                };
                let standing = if remembered {
                    Standing::Remembered
                } else {
                    Standing::Shown
                };
                Step {
                    factor: factor.clone(),
                    at,
                    standing,
                }
            })
            .collect()
    }
}

/// What a row says of an attempt beside the decision.
struct Row {
    kind: SignInKind,
    subject: Option<ObjectId>,
    name: String,
    client: AppId,
    client_name: String,
    resource: Option<AppId>,
    circumstances: Circumstances,
    steps: Vec<Step>,
}

impl Row {
    fn record(self, call: &Call<'_>, error: Option<&StsError>) -> SignInRecord {
        SignInRecord {
            id: call.id(),
            correlation_id: call.correlation_id(),
            at: call.now(),
            kind: self.kind,
            subject: self.subject,
            name: self.name,
            client: self.client,
            client_name: self.client_name,
            resource: self.resource,
            circumstances: self.circumstances,
            code: error.map_or(0, StsError::number),
            failure_reason: error.map_or_else(String::new, |error| {
                error.describe(call, Place::Authorize).reason
            }),
            multifactor_required: false,
            steps: self.steps,
            applied: Vec::new(),
        }
    }
}

fn workload(tenant: &Tenant, client: &Client<'_>) -> (Option<ObjectId>, String) {
    let principal = tenant.service_principal(client.app_id());
    (
        principal.map(|principal| principal.id),
        client.display_name().to_owned(),
    )
}

/// The client of a request as far as it is known, and its name.
fn named(client: Option<&Client<'_>>, id: &str) -> Option<(AppId, String)> {
    match client {
        Some(client) => Some((client.app_id(), client.display_name().to_owned())),
        None => id.parse().ok().map(|id| (id, String::new())),
    }
}

fn client<'t>(call: &Call<'_>, tenant: &'t Tenant, id: &str) -> Option<Client<'t>> {
    Client::find(call, tenant, &Credentials::public(id)).ok()
}

/// A password was typed, and it was wrong.
fn wrong_password(call: &Call<'_>, error: &StsError) -> Vec<Step> {
    const WRONG: u32 = 50_126;
    let step = Step {
        factor: Factor::Password,
        at: Some(call.now()),
        standing: Standing::Failed,
    };
    (error.number() == WRONG)
        .then_some(step)
        .into_iter()
        .collect()
}

/// The row of a token request that failed before anything was decided, as long as it says whose it was.
pub(super) fn token_refused(request: &TokenRequest<'_>, error: &StsError) {
    let call = request.call;
    let (Ok(tenant), Ok(credentials)) = (request.tenant(), request.credentials()) else {
        return;
    };
    let id = &credentials.client_id;
    let Some((client_id, client_name)) = named(client(call, tenant, id).as_ref(), id) else {
        return;
    };
    let grant = request.form.get("grant_type").unwrap_or_default();
    let (kind, way) = match grant {
        "password" => (SignInKind::InteractiveUser, Way::Direct),
        "client_credentials" => (SignInKind::ServicePrincipal, Way::Direct),
        _ => (
            SignInKind::NonInteractiveUser,
            Way::Silent(origin(request, grant)),
        ),
    };
    let (subject, name) = if grant == "client_credentials" {
        let principal = tenant.service_principal(client_id);
        (principal.map(|known| known.id), client_name.clone())
    } else {
        named_user(request, tenant, grant)
    };
    if subject.is_none() && name.is_empty() {
        return;
    }
    let user = subject.and_then(|id| tenant.users.get(id));
    let row = Row {
        kind,
        subject,
        name,
        client: client_id,
        client_name,
        resource: asked(request, tenant),
        circumstances: way.circumstances(call, tenant, user.map(|user| &**user)),
        steps: wrong_password(call, error),
    };
    call.log_sign_in(row.record(call, Some(error)));
}

/// The user that the grant is about, and the name to show.
fn named_user(
    request: &TokenRequest<'_>,
    tenant: &Tenant,
    grant: &str,
) -> (Option<ObjectId>, String) {
    let field = |name| request.form.get(name).unwrap_or_default();
    let id = match grant {
        "password" => {
            let name = field("username").trim();
            let user = tenant.user_by_sign_in_name(name);
            return (user.map(|user| user.id), name.to_lowercase());
        }
        "refresh_token" | "authorization_code" => {
            remembered(request, grant).map(|sign_in| sign_in.user)
        }
        "urn:ietf:params:oauth:grant-type:jwt-bearer" => Unverified::parse(field("assertion"))
            .and_then(|token| token.claim("oid").and_then(|id| id.parse().ok())),
        _ => approver(request),
    };
    let user: Option<&User> = id.and_then(|id| tenant.users.get(id)).map(|user| &**user);
    let name = user.map_or_else(String::new, |user| sign_in_name(tenant, user));
    (user.map(|user| user.id), name)
}

/// The sign-in behind a refresh token or a code.
fn remembered(request: &TokenRequest<'_>, grant: &str) -> Option<SignIn> {
    let (call, form) = (request.call, &request.form);
    match grant {
        "refresh_token" => RefreshToken::open(call, form.get("refresh_token")?)
            .ok()
            .map(|token| token.sign_in),
        "authorization_code" => AuthorizationCode::open(call, form.get("code")?)
            .ok()
            .map(|code| code.sign_in),
        _ => None,
    }
}

fn origin(request: &TokenRequest<'_>, grant: &str) -> Origin {
    match grant {
        "device_code" | "urn:ietf:params:oauth:grant-type:device_code" => Way::Device.origin(),
        _ => remembered(request, grant).map_or_else(Origin::default, |sign_in| sign_in.origin),
    }
}

/// Who signed in for a device.
fn approver(request: &TokenRequest<'_>) -> Option<ObjectId> {
    let code = request
        .form
        .get("device_code")
        .or_else(|| request.form.get("code"))?;
    let (_, waiting) = device::find(request.call, code).ok()?;
    match &waiting.state {
        DeviceState::Approved { user, .. } => Some(*user),
        _ => None,
    }
}

fn asked(request: &TokenRequest<'_>, tenant: &Tenant) -> Option<AppId> {
    let own = request.own_origin();
    let asked = match request.version {
        Version::V2 => Asked::parse(tenant, request.form.get("scope")?, &own),
        Version::V1 => Asked::resource(tenant, request.form.get("resource"), &own),
    };
    asked.ok().map(|asked| asked.resource.app_id)
}

/// The row of a step on the pages that failed, or of a sign-in that stopped there, unless the decision has one already.
pub(super) fn page_refused(interaction: &Interaction<'_>, typed: &str, error: &StsError) {
    let call = interaction.call;
    let Ok(tenant) = interaction.tenant() else {
        return;
    };
    let name = interaction.progress.name.as_deref().unwrap_or(typed);
    let id = &interaction.request.client;
    let client = client(call, &tenant, id);
    let Some((client_id, client_name)) = named(client.as_ref(), id) else {
        return;
    };
    if name.is_empty() {
        return;
    }
    let user = interaction.user(&tenant).ok();
    let asked = client
        .as_ref()
        .and_then(|client| interaction.asked(&tenant, client).ok());
    let row = Row {
        kind: interaction.kind(),
        subject: user.as_ref().map(|user| user.id),
        name: user
            .as_ref()
            .map_or_else(|| name.to_lowercase(), |user| sign_in_name(&tenant, user)),
        client: client_id,
        client_name,
        resource: asked.map(|asked| asked.resource.app_id),
        circumstances: interaction
            .way()
            .circumstances(call, &tenant, user.as_deref()),
        steps: wrong_password(call, error),
    };
    call.log_sign_in(row.record(call, Some(error)));
}
