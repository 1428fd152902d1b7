//! Asking for the decision on a sign-in, saying it as an error of the token service, and writing the sign-in log.

use std::sync::Arc;

use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::facts::{Circumstances, ClientAppType, UserAction};
use entrasim_domain::enforcement::{
    Amr, Authentication, Decision, Facts, IdentityType, Interruption, Operation, Outcome, Policies,
    Stage, decide,
};
use entrasim_domain::id::AppId;
use entrasim_domain::sign_in::record::{SignInKind, SignInRecord};
use entrasim_domain::tenant::Tenant;
use serde_json::json;

use super::claims_request::ClaimsRequest;
use super::client::Client;
use super::error::{Place, StsError};
use super::redirect_uri::Platform;
use crate::call::Call;

/// One attempt to get a token.
#[derive(Clone, Copy)]
pub(super) struct Attempt<'a> {
    pub tenant: &'a Tenant,
    /// Absent for an app as itself.
    pub user: Option<&'a User>,
    pub client: &'a Client<'a>,
    pub resource: AppId,
    pub authentication: &'a Authentication,
    pub claims: &'a ClaimsRequest,
    /// `amr` values that the request demands beside those in `claims`.
    pub demanded: &'a [Amr],
    pub way: Way,
    /// The password was changed on the way.
    pub password_changed: bool,
}

/// How the attempt reached us.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Way {
    /// On the pages.
    Pages(Platform),
    /// On the pages, for a device that waits.
    Device,
    /// On the pages, on the way to registering a method.
    Registration,
    /// At the token endpoint: nobody can be asked anything.
    Silent,
    /// At the token endpoint, with what was just shown: a password.
    Direct,
}

impl Attempt<'_> {
    /// Decides, and keeps the decision for the journal.
    pub(super) fn decide(&self, call: &Call<'_>) -> Arc<Decision> {
        let user = self.user.map(|user| self.tenant.user_facts(user));
        let user_known = user.is_some();
        let mut demanded = self.demanded.to_vec();
        demanded.extend_from_slice(&self.claims.methods);
        let facts = Facts {
            stage: Stage::SignIn,
            identity: Some(if user.is_some() {
                IdentityType::User
            } else {
                IdentityType::App
            }),
            user,
            client: self.client.app_id(),
            resource: self.resource,
            authentication: self.authentication.clone(),
            operation: Operation::SignIn,
            demanded_contexts: self.claims.contexts.clone(),
            workload: if user_known {
                None
            } else {
                self.tenant
                    .service_principal(self.client.app_id())
                    .map(|principal| principal.id)
            },
            password_changed: self.password_changed,
            demanded_methods: demanded,
            circumstances: self.circumstances(),
        };
        let policies = Policies {
            enforcement: &self.tenant.enforcement,
            security_defaults: self.tenant.security_defaults,
            mfa_assignments: &[],
            conditional_access: &self.tenant.conditional_access,
        };
        call.record_decision(decide(&facts, &policies, call.now()))
    }

    pub(super) fn circumstances(&self) -> Circumstances {
        let location = &self.tenant.location;
        Circumstances {
            client_app: match self.way {
                Way::Pages(Platform::Web | Platform::SinglePage) | Way::Registration => {
                    ClientAppType::Browser
                }
                Way::Pages(Platform::Native) | Way::Device | Way::Silent | Way::Direct => {
                    ClientAppType::MobileAppsAndDesktopClients
                }
            },
            ip: Some(location.ip),
            country: location.country.clone(),
            sign_in_risk: self.user.map(|user| user.sign_in_risk).unwrap_or_default(),
            silent: self.way == Way::Silent,
            device_code: self.way == Way::Device,
            interactive: matches!(self.way, Way::Pages(_) | Way::Device | Way::Registration),
            user_action: (self.way == Way::Registration)
                .then_some(UserAction::RegisterSecurityInformation),
            ..Circumstances::default()
        }
    }

    /// The decision in the words of the token service.
    pub(super) fn error(&self, decision: &Decision) -> Option<StsError> {
        let number = decision.aadsts()?;
        let mut error = StsError::new(number).with("resource", self.resource);
        if let Outcome::Interrupt(Interruption::Reauthenticate(allowed)) = &decision.outcome {
            let issued = self.authentication.at.unwrap_or(self.tenant.created);
            error = error
                .with("issued", issued.seven_digit_form())
                .with("seconds", allowed.as_secs());
        }
        let policies: Vec<String> = decision
            .applied
            .iter()
            .filter(|applied| applied.result == entrasim_domain::enforcement::PolicyResult::Failure)
            .map(|applied| applied.id.to_string())
            .collect();
        let challenge = (!policies.is_empty()).then(|| {
            json!({"access_token": {"capolids": {"essential": true, "values": policies}}})
                .to_string()
        });
        Some(error.with_claims(challenge))
    }

    /// Writes a row of the sign-in log. `error` is what stood in the way.
    pub(super) fn log(
        &self,
        call: &Call<'_>,
        kind: SignInKind,
        decision: Option<&Decision>,
        error: Option<&StsError>,
    ) {
        let (subject, name) = match self.user {
            Some(user) => (
                Some(user.id),
                crate::issue::access_token::sign_in_name(self.tenant, user),
            ),
            None => (
                self.tenant
                    .service_principal(self.client.app_id())
                    .map(|principal| principal.id),
                self.client.display_name().to_owned(),
            ),
        };
        let asked = |decision: &Decision| {
            decision.findings.iter().any(|finding| {
                matches!(
                    finding.verdict,
                    entrasim_domain::enforcement::Verdict::Fired(Outcome::Interrupt(_))
                )
            })
        };
        let record = SignInRecord {
            id: call.id(),
            correlation_id: call.correlation_id("client-request-id"),
            at: call.now(),
            kind,
            subject,
            name,
            client: self.client.app_id(),
            client_name: self.client.display_name().to_owned(),
            resource: Some(self.resource),
            circumstances: self.circumstances(),
            code: error.map_or(0, StsError::number),
            failure_reason: error.map_or_else(String::new, |error| {
                error.describe(call, Place::Authorize).text
            }),
            multifactor_required: self.authentication.is_multifactor()
                || decision.is_some_and(asked),
            factors: self.authentication.factors.clone(),
            applied: decision
                .map(|decision| decision.applied.clone())
                .unwrap_or_default(),
        };
        append(call, record);
    }
}

/// Adds a row to the tenant's log.
pub(super) fn append(call: &Call<'_>, record: SignInRecord) {
    if let Some(cell) = call.cell() {
        let _ = cell.write(|tenant| {
            tenant.sign_in.log(record);
            Ok::<(), core::convert::Infallible>(())
        });
    }
}
