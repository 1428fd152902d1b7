//! How far one sign-in has come. Sealed, it is the pages' `flowToken`, a new one with every page.

use core::time::Duration;

use entrasim_domain::enforcement::Authentication;
use entrasim_domain::id::{ObjectId, TenantId};
use entrasim_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::StsError;
use crate::call::Call;
use crate::seal::authentication::SealedAuthentication;
use crate::seal::{Purpose, open, seal};

/// A page that is left open longer has to start again (AADSTS50089).
const LIFETIME: Duration = Duration::from_secs(3_600);

/// The state between two pages.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Progress {
    tenant: Option<Uuid>,
    user: Option<Uuid>,
    /// The name as it was typed.
    pub name: Option<String>,
    authentication: Option<SealedAuthentication>,
    /// Something was typed or shown here, and not only remembered.
    pub fresh: bool,
    pub persistent: bool,
    pub persistence_asked: bool,
    pub consented: bool,
    pub confirmed: bool,
    pub password_changed: bool,
    /// The registration campaign has had its turn.
    pub campaign_asked: bool,
    pub pending: Option<Pending>,
    /// The authentication strength that the second factor has to satisfy.
    pub strength: Option<Uuid>,
    /// Do not choose among the sessions again.
    pub account_chosen: bool,
    /// The credential that the person wants to use instead of the preferred one.
    pub credential: Option<String>,
    session: Option<Uuid>,
    /// By the clock of the tenant, once it is known.
    issued: Option<i64>,
    /// By the machine's clock, until then.
    issued_unbound: Option<i64>,
}

/// A second factor that was begun.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Pending {
    pub method: String,
    /// The prompt or the text message on the phone, where the method has one.
    pub prompt: Uuid,
    /// The number to match, shown on the page.
    pub number: Option<u32>,
}

impl Progress {
    pub(super) fn seal(&self, call: &Call<'_>) -> String {
        let mut progress = self.clone();
        progress.issued = None;
        progress.issued_unbound = None;
        let issued = if call.tenant().is_some() {
            &mut progress.issued
        } else {
            &mut progress.issued_unbound
        };
        *issued = Some(call.now().unix_millis());
        seal(call, Purpose::SignInProgress, &progress)
    }

    /// Opens a flow token and ties the call to its tenant.
    pub(super) fn open(call: &Call<'_>, text: &str) -> Result<Self, StsError> {
        let progress: Self = open(call, Purpose::SignInProgress, text)
            .ok_or_else(|| StsError::new(9_000_411).with("name", "flowToken"))?;
        progress.bind(call)?;
        Ok(progress)
    }

    /// A page that was left open too long has to start again. The call knows its tenant by now, if there is one.
    pub(super) fn require_recent(&self, call: &Call<'_>) -> Result<(), StsError> {
        let clocks = [
            (self.issued, call.now()),
            (self.issued_unbound, call.request.arrived),
        ];
        let is_old = |(issued, now): &(Option<i64>, Timestamp)| {
            issued.is_some_and(|at| now.since(Timestamp::from_unix_millis(at)) > LIFETIME)
        };
        if clocks.iter().any(is_old) {
            return Err(StsError::new(50_089));
        }
        Ok(())
    }

    fn bind(&self, call: &Call<'_>) -> Result<(), StsError> {
        let Some(tenant) = self.tenant() else {
            return Ok(());
        };
        let cell = call
            .app
            .store
            .get(tenant)
            .ok_or_else(|| StsError::new(90002).with("tenant", tenant))?;
        call.bind(cell);
        Ok(())
    }

    pub(super) fn tenant(&self) -> Option<TenantId> {
        self.tenant.map(TenantId)
    }

    pub(super) fn user(&self) -> Option<ObjectId> {
        self.user.map(ObjectId)
    }

    /// Ties the sign-in to an account. What was shown for another account does not count for this one.
    pub(super) fn set_account(&mut self, tenant: TenantId, user: ObjectId, name: String) {
        let other = |known: Option<Uuid>, new: Uuid| known.is_some_and(|known| known != new);
        if other(self.tenant, tenant.0) || other(self.user, user.0) {
            *self = Self::default();
        }
        self.tenant = Some(tenant.0);
        self.user = Some(user.0);
        self.name = Some(name);
        self.account_chosen = true;
    }

    /// Back to the choice of an account.
    pub(super) fn forget_account(&mut self) {
        *self = Self {
            account_chosen: true,
            ..Self::default()
        };
    }

    pub(super) fn authentication(&self) -> Option<Authentication> {
        self.authentication.clone().map(Authentication::from)
    }

    pub(super) fn set_authentication(&mut self, authentication: Option<&Authentication>) {
        self.authentication = authentication.map(SealedAuthentication::from);
    }

    /// The session's id: that of the session taken up, or a new one.
    pub(super) fn session(&mut self, call: &Call<'_>) -> Uuid {
        *self
            .session
            .get_or_insert_with(|| call.draw(entrasim_domain::random::Random::guid))
    }

    pub(super) fn set_session(&mut self, session: Uuid) {
        self.session = Some(session);
    }
}
