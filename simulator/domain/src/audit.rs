//! The directory's audit log: who changed what, from which state to which (`directoryAudit` in Graph).
//!
//! Nobody writes entries by hand. A change is made under an `Occasion`, and what it did is read off the two states of the
//! tenant (`comparison`): no write can forget its entry, and what failed leaves none.

use core::net::IpAddr;
use core::time::Duration;
use std::sync::Arc;

use imbl::Vector;
use uuid::Uuid;

use self::activity::Activity;
use crate::credential::hardware_oath::HardwareOathDevice;
use crate::credential::method::AuthenticationMethod;
use crate::directory::domain::Domain;
use crate::directory::kept::Kept;
use crate::directory::object::Object;
use crate::directory::role::RoleDefinition;
use crate::id::{AppId, ObjectId};
use crate::policy::AuthenticationMethodsPolicy;
use crate::policy::authentication_strength::AuthenticationStrength;
use crate::policy::conditional_access::{AuthenticationContext, ConditionalAccessPolicy};
use crate::policy::cross_tenant_access::{CrossTenantAccess, Partner};
use crate::policy::named_location::NamedLocation;
use crate::policy::token_lifetime::TokenLifetimePolicy;
use crate::tenant::Tenant;
use crate::time::Timestamp;

pub mod activity;
mod comparison;

pub(crate) use comparison::changed;

/// How long the log is kept with a premium licence (Microsoft Learn, "Microsoft Entra data retention").
pub const KEPT: Duration = Duration::from_secs(30 * 86_400);
/// Older entries are forgotten whatever their age.
const MOST: usize = 50_000;

/// When, by whom and from where something is changed.
#[derive(Clone, Debug)]
pub struct Occasion {
    pub at: Timestamp,
    pub initiator: Arc<Initiator>,
    pub correlation_id: Uuid,
    /// A person agreed to what an app asked for.
    pub consent: bool,
}

/// Who changed something, as the log names them ever after.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Initiator {
    pub actor: Actor,
    pub ip: Option<IpAddr>,
    /// `User-Agent`
    pub agent: Option<String>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Actor {
    User {
        id: ObjectId,
        display_name: String,
        principal_name: String,
    },
    App {
        /// Its service principal.
        id: ObjectId,
        app: AppId,
        display_name: String,
    },
    /// The service itself, by this name.
    Service(&'static str),
}

/// One entry.
#[derive(Clone, Debug)]
pub struct AuditRecord {
    /// Entries are numbered as they come.
    pub number: u64,
    pub at: Timestamp,
    pub correlation_id: Uuid,
    pub initiator: Arc<Initiator>,
    pub activity: &'static Activity,
    /// `resultReason`
    pub reason: String,
    pub targets: Vec<Target>,
    pub change: Change,
}

/// What was changed, as it was named at the time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    /// `User`, `Group`, …
    pub kind: &'static str,
    pub id: String,
    pub display_name: Option<String>,
    /// Of a user.
    pub principal_name: Option<String>,
    /// Of a user: `Member` or `Guest`.
    pub user_type: Option<&'static str>,
    /// Of a group: `unifiedGroups` or `azureAD`.
    pub group_type: Option<&'static str>,
}

/// What is known of the properties of the first target.
#[derive(Clone, Debug)]
pub enum Change {
    /// Names and values that say it all.
    Named(Vec<Named>),
    /// Two states; who reads the entry finds what differs. Absent: it was not there, or no longer.
    States(Option<Box<State>>, Option<Box<State>>),
}

/// A property of a link.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Named {
    pub name: &'static str,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// A state of something.
#[derive(Clone, Debug)]
pub enum State {
    Object(Object),
    /// A method and whose it is.
    Method(ObjectId, AuthenticationMethod),
    HardwareToken(Arc<HardwareOathDevice>),
    MethodsPolicy(Arc<AuthenticationMethodsPolicy>),
    SecurityDefaults(bool),
    AuthorizationPolicy(Kept),
    ConditionalAccessPolicy(Arc<ConditionalAccessPolicy>),
    NamedLocation(Arc<NamedLocation>),
    Strength(Arc<AuthenticationStrength>),
    AuthenticationContext(Arc<AuthenticationContext>),
    /// What is believed of all tenants of which nothing else is said.
    CrossTenantDefault(CrossTenantAccess),
    Partner(Arc<Partner>),
    TokenLifetimePolicy(Arc<TokenLifetimePolicy>),
    RoleDefinition(Arc<RoleDefinition>),
    Domain(Arc<Domain>),
    /// The organisation's own name and properties.
    Company(String, Kept),
}

/// The log, the oldest entry first.
#[derive(Clone, Debug, Default)]
pub struct AuditLog {
    records: Vector<Arc<AuditRecord>>,
    next: u64,
}

impl Change {
    fn states(before: Option<State>, after: Option<State>) -> Self {
        Self::States(before.map(Box::new), after.map(Box::new))
    }
}

impl AuditLog {
    /// The entries, the newest first. What is older than thirty days goes when the next one comes.
    pub fn newest_first(&self) -> impl Iterator<Item = &Arc<AuditRecord>> {
        self.records.iter().rev()
    }

    /// How many entries there ever were.
    pub fn count(&self) -> u64 {
        self.next
    }

    pub(crate) fn push(&mut self, mut record: AuditRecord) {
        record.number = self.next;
        self.next += 1;
        let horizon = record.at - KEPT;
        self.records.push_back(Arc::new(record));
        while self.records.len() > MOST
            || self.records.front().is_some_and(|first| first.at < horizon)
        {
            self.records.pop_front();
        }
    }
}

impl Actor {
    /// Who this is: a person, or the service principal of an app.
    pub fn of(tenant: &Tenant, id: ObjectId) -> Option<Self> {
        if let Some(user) = tenant.users.get(id) {
            return Some(Self::User {
                id,
                display_name: user.display_name.to_string(),
                principal_name: tenant.principal_name(user),
            });
        }
        let principal = tenant.service_principals.get(&id)?;
        Some(Self::App {
            id,
            app: principal.app_id,
            display_name: principal.display_name.clone(),
        })
    }
}

impl Tenant {
    /// Enters into the log what differs from this earlier state.
    pub fn enter_differences(&mut self, before: &Self, occasion: &Occasion) {
        for record in comparison::records(before, self, occasion) {
            self.audit.push(record);
        }
    }
}
