//! Policies, role definitions, hardware tokens: what is written whole.

use std::sync::Arc;

use super::super::activity;
use super::super::{Change, State, Target};
use super::links::tied;
use super::{Comparison, Life, changed, entries};
use crate::credential::hardware_oath::HardwareOathDevice;
use crate::directory::object::Class;
use crate::id::ObjectId;
use crate::policy::authentication_strength::AuthenticationStrength;
use crate::policy::token_lifetime::TokenLifetimePolicy;

const POLICIES: Life = Life {
    add: &activity::ADD_POLICY,
    update: &activity::UPDATE_POLICY,
    remove: &activity::DELETE_POLICY,
};

/// Those that were deleted.
const RESTORED_POLICIES: Life = Life {
    add: &activity::RESTORE_POLICY,
    ..POLICIES
};

const RESTORED_LOCATIONS: Life = Life {
    add: &activity::RESTORE_LOCATION,
    ..LOCATIONS
};

const LOCATIONS: Life = Life {
    add: &activity::ADD_LOCATION,
    update: &activity::UPDATE_LOCATION,
    remove: &activity::DELETE_LOCATION,
};

const CONTEXTS: Life = Life {
    add: &activity::ADD_CONTEXT,
    update: &activity::UPDATE_CONTEXT,
    remove: &activity::DELETE_CONTEXT,
};

const PARTNERS: Life = Life {
    add: &activity::ADD_PARTNER,
    update: &activity::UPDATE_PARTNER,
    remove: &activity::DELETE_PARTNER,
};

const TOKEN_LIFETIMES: Life = Life {
    add: &activity::ADD_TOKEN_POLICY,
    update: &activity::UPDATE_TOKEN_POLICY,
    remove: &activity::DELETE_TOKEN_POLICY,
};

const STRENGTHS: Life = Life {
    add: &activity::CREATE_STRENGTH,
    update: &activity::UPDATE_STRENGTH,
    remove: &activity::DELETE_STRENGTH,
};

const ROLE_DEFINITIONS: Life = Life {
    add: &activity::ADD_ROLE_DEFINITION,
    update: &activity::UPDATE_ROLE_DEFINITION,
    remove: &activity::DELETE_ROLE_DEFINITION,
};

impl Comparison<'_> {
    pub(super) fn policies(&self) {
        let (before, after) = (
            &self.before.conditional_access,
            &self.after.conditional_access,
        );
        for (old, new) in changed(&before.policies, &after.policies) {
            let Some(row) = new.or(old) else { continue };
            let target = Target::new("Policy", &row.id.to_string(), &row.display_name);
            let was_deleted = before.deleted.policies.kept(row.id).is_some();
            let life = if was_deleted {
                &RESTORED_POLICIES
            } else {
                &POLICIES
            };
            let state = |row: &Arc<_>| State::ConditionalAccessPolicy(Arc::clone(row));
            self.enter_life(life, target, old.map(state), new.map(state));
        }
        for (old, new) in changed(&before.named_locations, &after.named_locations) {
            let Some(row) = new.or(old) else { continue };
            let target = Target::new("Policy", &row.id.to_string(), &row.display_name);
            let was_deleted = before.deleted.named_locations.kept(row.id).is_some();
            let life = if was_deleted {
                &RESTORED_LOCATIONS
            } else {
                &LOCATIONS
            };
            let state = |row: &Arc<_>| State::NamedLocation(Arc::clone(row));
            self.enter_life(life, target, old.map(state), new.map(state));
        }
        self.thrown_away();
        let contexts = [
            &before.authentication_contexts,
            &after.authentication_contexts,
        ];
        for (old, new) in changed(contexts[0], contexts[1]) {
            let Some(row) = new.or(old) else { continue };
            let target = Target::new("Policy", &row.id, &row.display_name);
            let state = |row: &Arc<_>| State::AuthenticationContext(Arc::clone(row));
            self.enter_life(&CONTEXTS, target, old.map(state), new.map(state));
        }
        for (old, new) in changed(&before.strengths, &after.strengths) {
            self.strength(old, new);
        }
        self.methods_policy();
        self.tenant_wide();
        self.cross_tenant();
        self.token_lifetimes();
        let (before, after) = (&self.before.role_definitions, &self.after.role_definitions);
        for (old, new) in changed(before, after) {
            let Some(row) = new.or(old) else { continue };
            let target = Target::new("RoleDefinition", &row.id.to_string(), &row.display_name);
            let state = |row: &Arc<_>| State::RoleDefinition(Arc::clone(row));
            self.enter_life(&ROLE_DEFINITIONS, target, old.map(state), new.map(state));
        }
        let (before, after) = (&self.before.authentication, &self.after.authentication);
        let tokens = [&before.hardware_oath_devices, &after.hardware_oath_devices];
        for (old, new) in changed(tokens[0], tokens[1]) {
            self.hardware_token(old, new);
        }
    }

    /// Deleted ones that are gone for good.
    fn thrown_away(&self) {
        let (before, after) = (
            &self.before.conditional_access,
            &self.after.conditional_access,
        );
        let now = self.occasion.at;
        let (old, new) = (&before.deleted, &after.deleted);
        for row in old.policies.gone_in(&new.policies, now) {
            if !after.policies.contains_key(&row.id) {
                let target = Target::new("Policy", &row.id.to_string(), &row.display_name);
                let state = State::ConditionalAccessPolicy(Arc::clone(row));
                let change = Change::states(Some(state), None);
                self.enter(&activity::HARD_DELETE_POLICY, vec![target], change);
            }
        }
        for row in old.named_locations.gone_in(&new.named_locations, now) {
            if !after.named_locations.contains_key(&row.id) {
                let target = Target::new("Policy", &row.id.to_string(), &row.display_name);
                let state = State::NamedLocation(Arc::clone(row));
                let change = Change::states(Some(state), None);
                self.enter(&activity::HARD_DELETE_LOCATION, vec![target], change);
            }
        }
    }

    fn strength(
        &self,
        old: Option<&Arc<AuthenticationStrength>>,
        new: Option<&Arc<AuthenticationStrength>>,
    ) {
        let Some(row) = new.or(old) else { return };
        let target = Target::new("Policy", &row.id.to_string(), &row.display_name);
        let state = |row: &Arc<_>| State::Strength(Arc::clone(row));
        let change = Change::states(old.map(state), new.map(state));
        let activity = match (old, new) {
            (Some(old), Some(new)) if old.configurations != new.configurations => {
                match old.configurations.len().cmp(&new.configurations.len()) {
                    core::cmp::Ordering::Less => &activity::CREATE_COMBINATION,
                    core::cmp::Ordering::Equal => &activity::UPDATE_COMBINATION,
                    core::cmp::Ordering::Greater => &activity::DELETE_COMBINATION,
                }
            }
            (None, _) => STRENGTHS.add,
            (Some(_), Some(_)) => STRENGTHS.update,
            (Some(_), None) => STRENGTHS.remove,
        };
        self.enter(activity, vec![target], change);
    }

    fn methods_policy(&self) {
        let (before, after) = (
            &self.before.authentication_methods,
            &self.after.authentication_methods,
        );
        if before != after {
            let target = Target::new(
                "Policy",
                "authenticationMethodsPolicy",
                "Authentication Methods Policy",
            );
            let state = |policy: &_| State::MethodsPolicy(Arc::new(Clone::clone(policy)));
            let change = Change::states(Some(state(before)), Some(state(after)));
            self.enter(&activity::UPDATE_METHODS_POLICY, vec![target], change);
        }
    }

    /// The two policies of which each tenant has one.
    fn tenant_wide(&self) {
        let (before, after) = (self.before, self.after);
        if before.security_defaults != after.security_defaults {
            let target = Target::new(
                "Policy",
                "00000000-0000-0000-0000-000000000005",
                "Security Defaults",
            );
            let change = Change::states(
                Some(State::SecurityDefaults(before.security_defaults)),
                Some(State::SecurityDefaults(after.security_defaults)),
            );
            self.enter(&activity::UPDATE_SECURITY_DEFAULTS, vec![target], change);
        }
        if before.authorization_policy != after.authorization_policy {
            let target = Target::new("Policy", "authorizationPolicy", "Authorization Policy");
            let state = |kept: &_| State::AuthorizationPolicy(Clone::clone(kept));
            let change = Change::states(
                Some(state(&before.authorization_policy)),
                Some(state(&after.authorization_policy)),
            );
            self.enter(&activity::UPDATE_AUTHORIZATION_POLICY, vec![target], change);
        }
    }

    fn cross_tenant(&self) {
        let (before, after) = (
            &self.before.cross_tenant_access,
            &self.after.cross_tenant_access,
        );
        if before.trust != after.trust || before.kept != after.kept {
            let target = Target::new("Policy", "default", "Cross-tenant access default");
            let activity = if after.is_service_default() {
                &activity::RESET_CROSS_TENANT_DEFAULT
            } else {
                &activity::UPDATE_CROSS_TENANT_DEFAULT
            };
            let state = |access: &_| State::CrossTenantDefault(Clone::clone(access));
            let change = Change::states(Some(state(before)), Some(state(after)));
            self.enter(activity, vec![target], change);
        }
        for (old, new) in changed(&before.partners, &after.partners) {
            let Some(row) = new.or(old) else { continue };
            let id = row.tenant.to_string();
            let target = Target::new("Policy", &id, &id);
            let state = |row: &Arc<_>| State::Partner(Arc::clone(row));
            self.enter_life(&PARTNERS, target, old.map(state), new.map(state));
        }
    }

    fn token_lifetimes(&self) {
        let (before, after) = (&self.before.token_lifetimes, &self.after.token_lifetimes);
        for (old, new) in changed(&before.policies, &after.policies) {
            let Some(row) = new.or(old) else { continue };
            let target = Target::new("Policy", &row.id.to_string(), &row.display_name);
            let state = |row: &Arc<_>| State::TokenLifetimePolicy(Arc::clone(row));
            self.enter_life(&TOKEN_LIFETIMES, target, old.map(state), new.map(state));
        }
        for (object, old, new) in entries(&before.assigned, &after.assigned) {
            let old = old.and_then(|policy| before.policies.get(policy));
            let new = new.and_then(|policy| after.policies.get(policy));
            for (policy, is_new) in [(old, false), (new, true)] {
                if let Some(policy) = policy {
                    self.assigned_policy(*object, policy, is_new);
                }
            }
        }
    }

    /// A policy that an object has now, or had before. What goes with the object has no entry of its own.
    fn assigned_policy(&self, id: ObjectId, policy: &TokenLifetimePolicy, is_new: bool) {
        let Some(object) = self.after.object(id) else {
            return;
        };
        let activity = match (object.class() == Class::Application, is_new) {
            (true, true) => &activity::ADD_POLICY_TO_APPLICATION,
            (true, false) => &activity::REMOVE_POLICY_FROM_APPLICATION,
            (false, true) => &activity::ADD_POLICY_TO_PRINCIPAL,
            (false, false) => &activity::REMOVE_POLICY_FROM_PRINCIPAL,
        };
        let id_of_policy = policy.id.to_string();
        let named = vec![
            tied("Policy.ObjectID", &id_of_policy, is_new),
            tied("Policy.DisplayName", &policy.display_name, is_new),
        ];
        let targets = vec![
            self.target_of(id),
            Target::new("Policy", &id_of_policy, &policy.display_name),
        ];
        self.enter(activity, targets, Change::Named(named));
    }

    fn hardware_token(
        &self,
        old: Option<&Arc<HardwareOathDevice>>,
        new: Option<&Arc<HardwareOathDevice>>,
    ) {
        let Some(row) = new.or(old) else { return };
        let holder = |row: Option<&Arc<HardwareOathDevice>>| row.and_then(|row| row.assigned_to);
        let activity = match (old, new) {
            (None, _) => &activity::CREATE_HARDWARE_TOKEN,
            (Some(_), None) => &activity::DELETE_HARDWARE_TOKEN,
            (Some(_), Some(_)) if holder(old) != holder(new) && holder(new).is_some() => {
                &activity::ASSIGN_HARDWARE_TOKEN
            }
            (Some(_), Some(_)) => &activity::UPDATE_HARDWARE_TOKEN,
        };
        let name = row.display_name.as_deref().unwrap_or(&row.serial_number);
        let mut targets = vec![Target::new("Other", &row.id.to_string(), name)];
        targets.extend(holder(new).map(|user| self.target_of(user)));
        let state = |row: &Arc<_>| State::HardwareToken(Arc::clone(row));
        let change = Change::states(old.map(state), new.map(state));
        self.enter(activity, targets, change);
    }
}
