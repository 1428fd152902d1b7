//! Which passkeys may be registered and used: the settings of passkeys in the authentication methods policy.
//!
//! A tenant begins with one set of rules for everybody. Once it has gone over to passkey profiles, which it does for good, each
//! include target names the profiles that count for it, and one of them has to fit (MicrosoftDocs/entra-docs
//! how-to-authentication-passkey-profiles.md; Microsoft Graph, `passkeyProfile`).

use thiserror::Error;
use uuid::Uuid;

use crate::credential::method::Passkey;
use crate::id::ObjectId;

/// The profile that every tenant with profiles has.
pub const DEFAULT_PROFILE: Uuid = Uuid::from_u128(1);
/// So many profiles a tenant may have, the default one among them.
pub const MOST_PROFILES: usize = 3;

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PasskeyPolicy {
    /// Whether people may register passkeys themselves (`isSelfServiceRegistrationAllowed`); never a matter of profiles.
    pub self_service: bool,
    /// What counts for everybody while there are no profiles (`isAttestationEnforced`, `keyRestrictions`).
    pub tenant_wide: PasskeyRules,
    /// `passkeyProfiles`
    pub profiles: Vec<PasskeyProfile>,
    /// `defaultPasskeyProfile`
    pub default_profile: Option<Uuid>,
    /// `allowedPasskeyProfiles` of the include targets. No id is everybody.
    pub assigned: Vec<(Option<ObjectId>, Vec<Uuid>)>,
}

/// Rules under a name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PasskeyProfile {
    pub id: Uuid,
    pub name: String,
    pub rules: PasskeyRules,
}

/// What a passkey has to be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PasskeyRules {
    /// It has to prove its model when it is registered; later nobody asks again.
    pub attestation_enforced: bool,
    pub device_bound: bool,
    pub synced: bool,
    pub models: KeyRestrictions,
}

/// Models of passkeys by their AAGUIDs (Microsoft Graph, `fido2KeyRestrictions`): a restriction counts for the use of a key that
/// is registered already as well (MicrosoftDocs/entra-docs how-to-enable-passkey-fido2.md).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct KeyRestrictions {
    pub enforced: bool,
    /// Those named are the only ones; else they are the only ones that are not allowed.
    pub allow: bool,
    pub models: Vec<Uuid>,
}

/// What rules look at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PasskeyTraits {
    /// The AAGUID.
    pub model: Option<Uuid>,
    /// It may be copied to other devices (backup eligible).
    pub synced: bool,
    /// Why it does not prove its model; nothing if it does.
    pub unproved: Option<String>,
}

/// Why rules do not take a passkey.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum Unfit {
    #[error("the passkey does not prove its model: {0}")]
    NotAttested(String),
    #[error("the key restrictions of the policy do not permit its model ({})", .0.map_or_else(|| "none".to_owned(), |model| model.to_string()))]
    Model(Option<Uuid>),
    #[error("the policy enforces attestation, and a passkey that is synced has none")]
    SyncedAndAttested,
    #[error("passkeys that are synced are not allowed")]
    Synced,
    #[error("only passkeys that are synced are allowed")]
    DeviceBound,
}

impl Default for PasskeyPolicy {
    fn default() -> Self {
        Self {
            self_service: true,
            tenant_wide: PasskeyRules::default(),
            profiles: Vec::new(),
            default_profile: None,
            assigned: Vec::new(),
        }
    }
}

impl Default for PasskeyRules {
    fn default() -> Self {
        Self {
            attestation_enforced: false,
            device_bound: true,
            synced: true,
            models: KeyRestrictions::default(),
        }
    }
}

impl KeyRestrictions {
    /// A key that does not name its model is like one that is not listed.
    pub fn permit(&self, model: Option<Uuid>) -> bool {
        let listed = model.is_some_and(|model| self.models.contains(&model));
        !self.enforced || listed == self.allow
    }
}

impl PasskeyRules {
    /// Whether a passkey may be used that is registered.
    pub fn permit_use(&self, traits: &PasskeyTraits) -> Result<(), Unfit> {
        if !self.models.permit(traits.model) {
            return Err(Unfit::Model(traits.model));
        }
        match (traits.synced, self.synced, self.device_bound) {
            (true, false, _) => Err(Unfit::Synced),
            (false, _, false) => Err(Unfit::DeviceBound),
            _ => Ok(()),
        }
    }

    /// Whether a passkey may be registered.
    pub fn permit_registration(&self, traits: &PasskeyTraits) -> Result<(), Unfit> {
        if let Some(reason) = traits
            .unproved
            .as_ref()
            .filter(|_| self.attestation_enforced)
        {
            return Err(Unfit::NotAttested(reason.clone()));
        }
        self.permit_use(traits)?;
        if self.attestation_enforced && traits.synced {
            return Err(Unfit::SyncedAndAttested);
        }
        Ok(())
    }
}

impl PasskeyPolicy {
    /// The rules for somebody with these ids, each with the name of its profile; one of them has to fit. That a target which
    /// names no profile has the default one is assumed.
    fn rules_for(&self, ids: &[ObjectId]) -> Vec<(Option<&str>, &PasskeyRules)> {
        if self.profiles.is_empty() {
            return vec![(None, &self.tenant_wide)];
        }
        let targets = self.assigned.iter();
        let targets = targets.filter(|(target, _)| target.is_none_or(|id| ids.contains(&id)));
        let mut named: Vec<Uuid> = targets.flat_map(|(_, named)| named.clone()).collect();
        if named.is_empty() {
            named.extend(self.default_profile);
        }
        let profiles = self.profiles.iter();
        profiles
            .filter(|profile| named.contains(&profile.id))
            .map(|profile| (Some(profile.name.as_str()), &profile.rules))
            .collect()
    }

    /// Whether somebody with these ids may use a passkey that they registered.
    pub fn permits_use(&self, traits: &PasskeyTraits, ids: &[ObjectId]) -> bool {
        let rules = self.rules_for(ids);
        rules
            .iter()
            .any(|(_, rules)| rules.permit_use(traits).is_ok())
    }

    /// Whether somebody with these ids may register a passkey.
    ///
    /// # Errors
    /// What each profile has against it, with the profile's name.
    pub fn permit_registration(
        &self,
        traits: &PasskeyTraits,
        ids: &[ObjectId],
    ) -> Result<(), Vec<(Option<String>, Unfit)>> {
        let mut reasons = Vec::new();
        for (name, rules) in self.rules_for(ids) {
            match rules.permit_registration(traits) {
                Ok(()) => return Ok(()),
                Err(unfit) => reasons.push((name.map(str::to_owned), unfit)),
            }
        }
        Err(reasons)
    }
}

impl From<&Passkey> for PasskeyTraits {
    fn from(passkey: &Passkey) -> Self {
        Self {
            model: passkey.aaguid,
            synced: passkey.key.as_ref().is_some_and(|key| key.synced),
            unproved: None,
        }
    }
}

#[cfg(test)]
mod tests;
