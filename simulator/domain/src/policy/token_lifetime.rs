//! How long access and id tokens live (`tokenLifetimePolicy`): the policies, and what they are assigned to.

use core::time::Duration;
use std::sync::Arc;

use imbl::OrdMap;
use uuid::Uuid;

use crate::id::{AppId, ObjectId};
use crate::tenant::Tenant;

#[derive(Clone, Debug, Default)]
pub struct TokenLifetimes {
    pub policies: OrdMap<Uuid, Arc<TokenLifetimePolicy>>,
    /// By application or service principal, which has one policy at most. Of deleted ones too: they come back with it.
    pub assigned: OrdMap<ObjectId, Uuid>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TokenLifetimePolicy {
    pub id: Uuid,
    pub display_name: String,
    pub description: Option<String>,
    /// As it was written: one JSON text.
    pub definition: String,
    /// `AccessTokenLifetime` of the definition.
    pub lifetime: Option<Duration>,
    pub organization_default: bool,
}

impl TokenLifetimes {
    pub fn organization_default(&self) -> Option<&Arc<TokenLifetimePolicy>> {
        let mut all = self.policies.values();
        all.find(|policy| policy.organization_default)
    }

    pub fn of(&self, object: ObjectId) -> Option<&Arc<TokenLifetimePolicy>> {
        self.policies.get(self.assigned.get(&object)?)
    }

    /// The objects with a policy, after one of them.
    pub fn holders(
        &self,
        policy: Uuid,
        after: Option<ObjectId>,
    ) -> impl Iterator<Item = ObjectId> + '_ {
        let rest = self.assigned.iter();
        rest.filter(move |(object, held)| **held == policy && Some(**object) > after)
            .map(|(object, _)| *object)
    }

    /// Takes a policy away, and from everything that it is assigned to. `false` if it was not there.
    pub fn remove(&mut self, policy: Uuid) -> bool {
        let holders: Vec<ObjectId> = self.holders(policy, None).collect();
        for holder in holders {
            self.assigned.remove(&holder);
        }
        self.policies.remove(&policy).is_some()
    }
}

impl Tenant {
    /// What policies say of tokens that are issued for an app as resource, or as client if they are id tokens: the policy
    /// of its service principal goes before that of the organization, and this before that of the registration
    /// (MicrosoftDocs/azure-docs active-directory-configurable-token-lifetimes.md, "Policy evaluation and prioritization";
    /// the page of today names the last two only).
    pub fn token_lifetime(&self, app: AppId) -> Option<Duration> {
        let all = &self.token_lifetimes;
        let own = self.service_principal(app).and_then(|row| all.of(row.id));
        let registration = || self.application(app).and_then(|row| all.of(row.id));
        own.or_else(|| all.organization_default())
            .or_else(registration)?
            .lifetime
    }
}
