//! Asking for the decision on a sign-in, and saying it as an error of the token service.

use std::sync::Arc;

use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::facts::{Circumstances, ClientAppType, Origin, UserAction};
use entrasim_domain::enforcement::{
    Amr, Authentication, Decision, Facts, Interruption, Outcome, PolicyResult, decide,
};
use entrasim_domain::id::AppId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::attempt::SignInAttempt;
use serde_json::json;

use super::claims_request::ClaimsRequest;
use super::client::Client;
use super::error::StsError;
use super::redirect_uri::Platform;
use crate::call::Call;
use crate::circumstances;

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
    /// At the token endpoint, with what an earlier sign-in left: nobody can be asked anything.
    Silent(Origin),
    /// At the token endpoint, with what was just shown: a password.
    Direct,
}

impl Way {
    /// What everything that follows from the attempt remembers of it.
    pub(super) fn origin(self) -> Origin {
        let (client_app, device_code) = match self {
            Self::Pages(platform) => (platform.client_app(), false),
            Self::Registration => (ClientAppType::Browser, false),
            Self::Device => (ClientAppType::MobileAppsAndDesktopClients, true),
            Self::Direct => (ClientAppType::MobileAppsAndDesktopClients, false),
            Self::Silent(origin) => return origin,
        };
        Origin {
            client_app,
            device_code,
        }
    }

    /// The circumstances of whoever comes this way.
    pub(super) fn circumstances(
        self,
        call: &Call<'_>,
        tenant: &Tenant,
        user: Option<&User>,
    ) -> Circumstances {
        let origin = self.origin();
        Circumstances {
            client_app: origin.client_app,
            silent: matches!(self, Self::Silent(_)),
            device_code: origin.device_code,
            interactive: matches!(self, Self::Pages(_) | Self::Device | Self::Registration),
            user_action: (self == Self::Registration)
                .then_some(UserAction::RegisterSecurityInformation),
            ..circumstances::of(call, tenant, user)
        }
    }
}

impl Attempt<'_> {
    /// Decides, and keeps the decision for the journal.
    pub(super) fn decide(&self, call: &Call<'_>) -> Arc<Decision> {
        call.record_decision(self.judge(call))
    }

    pub(super) fn judge(&self, call: &Call<'_>) -> Decision {
        let facts = self.facts(call, self.authentication.clone());
        decide(&facts, &self.tenant.sign_in_policies(), call.now())
    }

    /// The facts, as they would be with this proof.
    pub(super) fn facts(&self, call: &Call<'_>, authentication: Authentication) -> Facts {
        let mut demanded_methods = self.demanded.to_vec();
        demanded_methods.extend_from_slice(&self.claims.methods);
        let attempt = SignInAttempt {
            user: self.user,
            client: self.client.app_id(),
            resource: self.resource,
            authentication,
            demanded_contexts: self.claims.contexts.clone(),
            demanded_methods,
            password_changed: self.password_changed,
            circumstances: self.circumstances(call),
        };
        self.tenant.sign_in_facts(attempt, call.now())
    }

    pub(super) fn circumstances(&self, call: &Call<'_>) -> Circumstances {
        self.way.circumstances(call, self.tenant, self.user)
    }

    /// The person's registering a method on the way, which policies may be about.
    pub(super) fn to_register(self) -> Self {
        Self {
            way: Way::Registration,
            ..self
        }
    }

    /// Whether the token is to be a long one that resources challenge: the client has to say so, and no policy that applies
    /// may switch continuous access evaluation off.
    pub(super) fn handles_challenges(&self, decision: &Decision) -> bool {
        let all = &self.tenant.conditional_access.policies;
        let switched_off = decision
            .applied
            .iter()
            .filter(|applied| applied.result == PolicyResult::Success)
            .filter_map(|applied| all.get(&applied.id))
            .any(|policy| policy.session.continuous_access_disabled);
        self.claims.handles_challenges && !switched_off
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
            .challenging_policies()
            .iter()
            .map(ToString::to_string)
            .collect();
        let challenge = (!policies.is_empty()).then(|| {
            json!({"access_token": {"capolids": {"essential": true, "values": policies}}})
                .to_string()
        });
        Some(error.with_claims(challenge))
    }
}
