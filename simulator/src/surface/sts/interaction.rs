//! The way through the pages: from what is known of a sign-in to its next page, until the app gets its answer.
//!
//! Every page posts to its own handler, which adds to the progress and comes back to `advance`.

use std::sync::Arc;

use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::{Amr, Authentication, Decision};
use entrasim_domain::sign_in::device_authorization::DeviceState;
use entrasim_domain::sign_in::record::SignInKind;
use entrasim_domain::tenant::Tenant;

use super::access::{Attempt, Way};
use super::authority::Authority;
use super::claims_request::ClaimsRequest;
use super::client::{Client, Credentials};
use super::error::StsError;
use super::progress::Progress;
use super::scope::Asked;
use super::session::{self, LiveSession};
use super::sign_in_request::{Prompt, SignInRequest};
use super::{finish, page, phone_sign_in, response};
use crate::call::Call;
use crate::wire::{Form, Reply};

mod interrupted;

/// One sign-in between two pages.
pub(super) struct Interaction<'a> {
    pub call: &'a Call<'a>,
    pub request: SignInRequest,
    pub progress: Progress,
}

/// What stops a sign-in.
pub(super) enum Stop {
    /// Shown to the person.
    Page(StsError),
    /// Handed to the app.
    App(StsError),
}

impl From<StsError> for Stop {
    /// What is wrong with the request goes to the app; what is wrong with the person is shown to the person.
    fn from(error: StsError) -> Self {
        const SHOWN: [u32; 19] = [
            50011, 50020, 50034, 50057, 50089, 50105, 50142, 50194, 53000, 53001, 53003, 53009,
            53010, 90002, 90094, 165_000, 500_113, 530_035, 700_016,
        ];
        const SHOWN_TOO: [u32; 4] = [7_000_112, 7_000_229, 9_000_411, 500_121];
        if SHOWN.contains(&error.number()) || SHOWN_TOO.contains(&error.number()) {
            Self::Page(error)
        } else {
            Self::App(error)
        }
    }
}

impl<'a> Interaction<'a> {
    pub(super) fn new(call: &'a Call<'a>, request: SignInRequest) -> Self {
        Self {
            call,
            request,
            progress: Progress::default(),
        }
    }

    /// Takes up a sign-in where a page left it: `ctx` (or `request`) and `flowToken` of a form.
    pub(super) fn resume(call: &'a Call<'a>, form: &Form) -> Result<Self, StsError> {
        let field = |names: [&'static str; 2]| {
            names
                .iter()
                .find_map(|name| form.get_ignoring_case(name).filter(|text| !text.is_empty()))
                .ok_or_else(|| StsError::new(9_000_411).with("name", names[0]))
        };
        Self::open(
            call,
            field(["ctx", "request"])?,
            field(["flowToken", "sFT"])?,
        )
    }

    pub(super) fn open(
        call: &'a Call<'a>,
        context: &str,
        flow_token: &str,
    ) -> Result<Self, StsError> {
        let request = SignInRequest::open(call, context)?;
        call.adopt_correlation(request.correlation);
        // A named tenant binds; `common` waits for the account.
        let progress = Progress::open(call, flow_token)?;
        if progress.tenant().is_none() {
            Authority::resolve(call, &request.authority)?;
        }
        progress.require_recent(call)?;
        Ok(Self {
            call,
            request,
            progress,
        })
    }

    /// The next page, or the answer to the app.
    pub(super) fn advance(mut self) -> Reply {
        match self.next() {
            Ok(reply) => reply,
            Err(stop) => self.stopped(stop),
        }
    }

    pub(super) fn stopped(&self, stop: Stop) -> Reply {
        let (error, to_app) = match stop {
            Stop::App(error) => (error, true),
            Stop::Page(error) => (error, self.request.prompt == Prompt::None),
        };
        self.call.record_code(format!("AADSTS{}", error.number()));
        super::sign_in_log::page_refused(self, "", &error);
        if to_app && self.request.device.is_none() {
            response::send_error(self.call, &self.request, &error)
        } else {
            page::error::show_in(self, &error)
        }
    }

    /// The person does not go on: the app is told, or the device that waits.
    pub(super) fn cancelled(&self) -> Reply {
        let Some(code) = &self.request.device else {
            let cancelled = StsError::new(65_004).with_suberror("cancel");
            return self.stopped(Stop::App(cancelled));
        };
        match super::device::settle(self.call, code, DeviceState::Declined) {
            Ok(()) => page::device::declined(self.call),
            Err(error) => self.stopped(Stop::Page(error)),
        }
    }

    fn next(&mut self) -> Result<Reply, Stop> {
        if self.progress.user().is_none()
            && let Some(reply) = self.choose_account()?
        {
            return Ok(reply);
        }
        let tenant = self.tenant()?;
        let user = self.user(&tenant)?;
        // What was shown before a revocation counts no more, wherever the page was left.
        if self
            .progress
            .authentication()
            .is_some_and(|shown| session::is_revoked(&user, &shown))
        {
            self.progress.set_authentication(None);
        }
        let Some(authentication) = self.progress.authentication() else {
            if self.request.prompt == Prompt::None {
                return Err(Stop::App(StsError::new(50_058)));
            }
            return Ok(phone_sign_in::ask(self, &tenant, &user));
        };
        if self.must_change_password(&user, &authentication) {
            return Ok(page::change_password::show(self, None));
        }
        let client = Client::find(
            self.call,
            &tenant,
            &Credentials::public(&self.request.client),
        )?;
        self.check_client(&tenant, &client, &user)?;
        let asked = self.asked(&tenant, &client)?;
        if let Some(reply) = self.decide(&tenant, &user, &client, &asked, &authentication)? {
            return Ok(reply);
        }
        if let Some(reply) = super::consent::step(self, &tenant, &client, &user, &asked)? {
            return Ok(reply);
        }
        if self.progress.fresh
            && !self.progress.persistence_asked
            && self.request.prompt != Prompt::None
        {
            return Ok(page::stay_signed_in::show(self));
        }
        if self.request.device.is_some() && !self.progress.confirmed {
            return Ok(page::confirm_app::show(self, client.display_name()));
        }
        finish::finish(self, &tenant, &user, &client, &asked)
    }

    /// The tenant's state of now: a page may have changed it.
    pub(super) fn tenant(&self) -> Result<Arc<Tenant>, StsError> {
        self.call
            .cell()
            .map(entrasim_domain::store::TenantCell::read)
            .ok_or_else(|| StsError::new(50_059))
    }

    pub(super) fn user(&self, tenant: &Tenant) -> Result<Arc<User>, StsError> {
        self.progress
            .user()
            .and_then(|id| tenant.users.get(id))
            .cloned()
            .ok_or_else(|| {
                StsError::new(50034)
                    .with("user", self.progress.name.as_deref().unwrap_or_default())
                    .with("tenant", tenant.id)
            })
    }

    /// Goes on with a session instead of asking.
    pub(super) fn take_up(&mut self, live: &LiveSession) {
        let session = &live.session;
        if let Some(cell) = self.call.app.store.get(session.tenant()) {
            self.call.bind(cell);
        }
        self.progress
            .set_account(session.tenant(), session.user(), session.name.clone());
        self.progress.set_session(session.id);
        self.progress.persistent = session.persistent;
        let authentication = session.authentication();
        // `max_age`: the session may be too old for this app (OpenID Connect Core, section 3.1.2.1).
        let too_old = self.request.max_age.is_some_and(|age| {
            authentication
                .at
                .is_none_or(|at| age == 0 || self.call.now().since(at).as_secs() > age)
        });
        if !too_old {
            self.progress.set_authentication(Some(&authentication));
        }
    }

    fn must_change_password(&self, user: &User, authentication: &Authentication) -> bool {
        use entrasim_domain::enforcement::Factor;
        self.progress.fresh
            && authentication.factors.contains(&Factor::Password)
            && user
                .password
                .as_ref()
                .is_some_and(|password| password.must_change)
    }

    fn check_client(&self, tenant: &Tenant, client: &Client<'_>, user: &User) -> Result<(), Stop> {
        // Consent makes the service principal of an app from elsewhere.
        if !client.is_new_here(tenant) {
            client.require_enabled(tenant)?;
        }
        if matches!(self.request.authority.as_str(), "common" | "organizations") {
            client.require_multitenant()?;
        }
        super::assignment::require(tenant, client, user).map_err(|error| {
            self.call.record_code("AADSTS50105");
            Stop::from(error)
        })
    }

    pub(super) fn asked<'t>(
        &self,
        tenant: &'t Tenant,
        client: &Client<'_>,
    ) -> Result<Asked<'t>, StsError> {
        let own = self.call.request.origin();
        if self.request.v1 {
            Asked::resource(tenant, self.request.resource.as_deref(), &own)
        } else {
            Asked::parse(tenant, &self.request.scope, &own)
        }
        .map_err(|error| error.with("name", client.display_name()))
    }

    pub(super) fn way(&self) -> Way {
        if self.request.device.is_some() {
            Way::Device
        } else {
            Way::Pages(self.request.platform)
        }
    }

    /// Without a page nobody takes part.
    pub(super) fn kind(&self) -> SignInKind {
        if self.request.prompt == Prompt::None {
            SignInKind::NonInteractiveUser
        } else {
            SignInKind::InteractiveUser
        }
    }

    fn decide(
        &mut self,
        tenant: &Tenant,
        user: &User,
        client: &Client<'_>,
        asked: &Asked<'_>,
        authentication: &Authentication,
    ) -> Result<Option<Reply>, Stop> {
        let claims = ClaimsRequest::parse(self.request.claims.as_deref())?;
        let demanded: Vec<Amr> = self
            .request
            .amr_values
            .iter()
            .filter_map(|word| Amr::parse(word))
            .collect();
        let attempt = Attempt {
            tenant,
            user: Some(user),
            client,
            resource: asked.resource.app_id,
            authentication,
            claims: &claims,
            demanded: &demanded,
            way: self.way(),
            password_changed: self.progress.password_changed,
        };
        let decision = attempt.decide(self.call);
        let Some(error) = attempt.error(&decision) else {
            self.keep_persistence(&decision);
            let campaigns = super::campaign::applies(self, tenant, user)
                && attempt.to_register().judge(self.call).aadsts().is_none();
            return Ok(campaigns.then(|| {
                let days = super::campaign::days_to_put_off(tenant, user);
                page::registration::campaign(self, days)
            }));
        };
        if self.request.prompt == Prompt::None {
            attempt.log(self.call, self.kind(), Some(&decision), Some(&error));
            return Err(Stop::App(error));
        }
        self.interrupted(attempt, &decision, error).map(Some)
    }

    /// A policy may decide about staying signed in, instead of the person.
    fn keep_persistence(&mut self, decision: &Decision) {
        use entrasim_domain::enforcement::PolicyResult;
        let word = |word: &str| {
            decision.applied.iter().any(|applied| {
                applied.result == PolicyResult::Success
                    && applied.session_controls.iter().any(|known| known == word)
            })
        };
        for (name, persistent) in [
            ("PersistentBrowserSessionModeAlways", true),
            ("PersistentBrowserSessionModeNever", false),
        ] {
            if word(name) {
                self.progress.persistence_asked = true;
                self.progress.persistent = persistent;
            }
        }
    }
}
