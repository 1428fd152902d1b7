//! Single sign-on: who is signed in to the sign-in host in this browser. Cookies hold it, sealed; the server keeps nothing.

use core::time::Duration;
use std::sync::Arc;

use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::Authentication;
use entrasim_domain::id::{ObjectId, TenantId};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::call::Call;
use crate::hosts::{SimulatedHost, lookup};
use crate::seal::authentication::SealedAuthentication;
use crate::seal::{Purpose, open, seal};
use crate::wire::Reply;

/// Unused for this long, a session ends (MicrosoftDocs/entra-docs, session lifetime).
const TRANSIENT: Duration = Duration::from_secs(24 * 3_600);
const PERSISTENT: Duration = Duration::from_secs(90 * 86_400);
/// More accounts, or apps of an account, do not fit into a cookie of four kilobytes.
const ACCOUNTS: usize = 5;
const APPS: usize = 6;

/// One signed-in account.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Session {
    pub id: Uuid,
    tenant: Uuid,
    user: Uuid,
    pub name: String,
    authentication: SealedAuthentication,
    used: i64,
    pub persistent: bool,
    /// Apps that were signed in to, for signing out everywhere.
    #[serde(default)]
    pub apps: Vec<String>,
}

/// A session whose account is still good.
#[derive(Clone, Debug)]
pub(super) struct LiveSession {
    pub session: Session,
    pub tenant: Arc<Tenant>,
}

impl Session {
    pub(super) fn new(
        id: Uuid,
        tenant: TenantId,
        user: ObjectId,
        name: String,
        authentication: &Authentication,
        now: Timestamp,
        persistent: bool,
    ) -> Self {
        Self {
            id,
            tenant: tenant.0,
            user: user.0,
            name,
            authentication: authentication.into(),
            used: now.unix_millis(),
            persistent,
            apps: Vec::new(),
        }
    }

    /// Remembers an app for signing out; the oldest makes room.
    pub(super) fn add_app(&mut self, app: &str) {
        self.apps.retain(|known| known != app);
        self.apps.push(app.to_owned());
        if self.apps.len() > APPS {
            self.apps.remove(0);
        }
    }

    pub(super) fn tenant(&self) -> TenantId {
        TenantId(self.tenant)
    }

    pub(super) fn user(&self) -> ObjectId {
        ObjectId(self.user)
    }

    pub(super) fn authentication(&self) -> Authentication {
        self.authentication.clone().into()
    }

    fn live(&self, call: &Call<'_>) -> Option<LiveSession> {
        let tenant = call.app.store.get(self.tenant())?.read();
        let now = tenant.now(call.request.arrived);
        let user = tenant.users.get(self.user())?;
        let authentication = self.authentication();
        let lifetime = if self.persistent {
            PERSISTENT
        } else {
            TRANSIENT
        };
        let alive = user.account_enabled
            && !is_revoked(user, &authentication)
            && now.since(Timestamp::from_unix_millis(self.used)) < lifetime
            && authentication.ends.is_none_or(|end| now < end);
        alive.then(|| LiveSession {
            session: self.clone(),
            tenant,
        })
    }
}

/// Whether the user's sessions were revoked after this sign-in.
pub(super) fn is_revoked(user: &User, authentication: &Authentication) -> bool {
    authentication.epoch != user.sessions.number
}

const TRANSIENT_COOKIE: &str = "ESTSAUTH";
const PERSISTENT_COOKIE: &str = "ESTSAUTHPERSISTENT";

/// The sessions of this browser that are still good, in the order in which they were made.
///
/// The cookie that ends with the window holds them all; the other one is for the time after, and holds those of the people
/// who wanted to stay signed in.
pub(super) fn read(call: &Call<'_>) -> Vec<LiveSession> {
    let sessions: Vec<Session> = [TRANSIENT_COOKIE, PERSISTENT_COOKIE]
        .iter()
        .find_map(|name| open(call, Purpose::Session, &call.request.cookie(name)?))
        .unwrap_or_default();
    sessions
        .iter()
        .filter_map(|session| session.live(call))
        .collect()
}

/// Writes the cookies: `sessions` with `current` added or renewed.
pub(super) fn write(call: &Call<'_>, reply: Reply, current: Session) -> Reply {
    let mut sessions: Vec<Session> = read(call)
        .into_iter()
        .map(|live| live.session)
        .filter(|known| known.user != current.user || known.tenant != current.tenant)
        .collect();
    sessions.push(current);
    if sessions.len() > ACCOUNTS {
        sessions.remove(0);
    }
    store(call, reply, &sessions)
}

/// Forgets the sessions: all of them, or one.
pub(super) fn forget(call: &Call<'_>, reply: Reply, one: Option<Uuid>) -> Reply {
    let left: Vec<Session> = read(call)
        .into_iter()
        .map(|live| live.session)
        .filter(|known| one.is_some_and(|id| known.id != id))
        .collect();
    store(call, reply, &left)
}

/// Writes every cookie, or takes it away: none is left that says something else than the others.
fn store(call: &Call<'_>, reply: Reply, sessions: &[Session]) -> Reply {
    let sealed = |sessions: &[Session]| {
        (!sessions.is_empty()).then(|| seal(call, Purpose::Session, &sessions))
    };
    let staying: Vec<Session> = sessions
        .iter()
        .filter(|known| known.persistent)
        .cloned()
        .collect();
    let light: String = sessions
        .iter()
        .map(|known| format!("+{}", known.id))
        .collect();
    let age = format!("; HttpOnly; max-age={}", PERSISTENT.as_secs());
    [
        (TRANSIENT_COOKIE, sealed(sessions), "; HttpOnly"),
        (PERSISTENT_COOKIE, sealed(&staying), &age),
        ("ESTSAUTHLIGHT", (!light.is_empty()).then_some(light), ""),
        (
            "SignInStateCookie",
            (!sessions.is_empty()).then(|| "1".to_owned()),
            "; HttpOnly",
        ),
    ]
    .into_iter()
    .fold(reply, |reply, (name, value, more)| match value {
        Some(value) => reply.cookie(&cookie(call, name, &value, more)),
        None => reply.cookie(&cookie(call, name, "", "; max-age=0")),
    })
}

fn cookie(call: &Call<'_>, name: &str, value: &str, more: &str) -> String {
    let domain = match lookup(&call.request.host()) {
        Some(SimulatedHost::SignIn) => {
            format!("; domain=.{}", call.request.host())
        }
        _ => String::new(),
    };
    format!("{name}={value}{domain}; path=/; secure{more}; SameSite=None")
}
