//! Assignments of the two built-in policy definitions about multifactor authentication.

use uuid::Uuid;

use crate::azure::role::covers;
use crate::enforcement::facts::Target;
use crate::id::KeyId;

/// Users must authenticate with multi-factor authentication to create or update resources.
pub const CREATE_OR_UPDATE_DEFINITION: Uuid =
    Uuid::from_u128(0x4e6c_27d5_a6ee_49cf_b2b4_d8fe_90fa_2b8b);
/// Users must authenticate with multi-factor authentication to delete resources.
pub const DELETE_DEFINITION: Uuid = Uuid::from_u128(0xdb4a_9d17_db75_4f46_9fcb_9f95_2660_4417);

/// Which of the two (Azure/azure-policy `built-in-policies/policyDefinitions/General/`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MfaDefinition {
    /// `MFA_Deny.json`
    CreateOrUpdate,
    /// `MFA_DenyAction.json`
    Delete,
}

/// What an assignment does; `DenyAction` and `AuditAction` are the delete definition's words for the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MfaEffect {
    Audit,
    Deny,
    Disabled,
}

/// One assignment.
#[derive(Clone, Debug)]
pub struct MfaAssignment {
    /// Stands for it in decisions and in the activity log.
    pub id: KeyId,
    /// The full resource id.
    pub resource_id: String,
    pub name: String,
    pub display_name: Option<String>,
    pub description: Option<String>,
    pub scope: String,
    pub not_scopes: Vec<String>,
    pub definition: MfaDefinition,
    /// The `effect` parameter, or the definition's default.
    pub effect: MfaEffect,
    /// An override of the effect, the way to stage a rollout.
    pub effect_override: Option<EffectOverride>,
    /// `enforcementMode` is `DoNotEnforce`: nothing is refused and nothing recorded.
    pub do_not_enforce: bool,
    /// The assignment binds only resources in these regions; empty for all.
    pub locations: Vec<String>,
    pub non_compliance_message: Option<String>,
    /// The body as written, for reading back.
    pub body: serde_json::Map<String, serde_json::Value>,
}

/// Another effect, possibly for some regions only.
#[derive(Clone, Debug)]
pub struct EffectOverride {
    pub effect: MfaEffect,
    pub locations: Vec<String>,
}

impl MfaDefinition {
    pub const ALL: [Self; 2] = [Self::CreateOrUpdate, Self::Delete];

    pub fn id(self) -> Uuid {
        match self {
            Self::CreateOrUpdate => CREATE_OR_UPDATE_DEFINITION,
            Self::Delete => DELETE_DEFINITION,
        }
    }

    pub fn display_name(self) -> &'static str {
        match self {
            Self::CreateOrUpdate => {
                "Users must authenticate with multi-factor authentication to create or update resources"
            }
            Self::Delete => {
                "Users must authenticate with multi-factor authentication to delete resources"
            }
        }
    }

    /// The effect's name in this definition.
    pub fn effect_name(self, effect: MfaEffect) -> &'static str {
        match (self, effect) {
            (_, MfaEffect::Disabled) => "Disabled",
            (Self::CreateOrUpdate, MfaEffect::Audit) => "Audit",
            (Self::CreateOrUpdate, MfaEffect::Deny) => "Deny",
            (Self::Delete, MfaEffect::Audit) => "AuditAction",
            (Self::Delete, MfaEffect::Deny) => "DenyAction",
        }
    }

    /// The effect by its name in this definition, case ignored.
    pub fn effect_by_name(self, name: &str) -> Option<MfaEffect> {
        [MfaEffect::Audit, MfaEffect::Deny, MfaEffect::Disabled]
            .into_iter()
            .find(|effect| self.effect_name(*effect).eq_ignore_ascii_case(name))
    }
}

impl MfaAssignment {
    /// Whether the assignment speaks about this resource at all.
    pub fn covers(&self, target: &Target) -> bool {
        !self.do_not_enforce
            && covers(&self.scope, &target.resource_id)
            && !self
                .not_scopes
                .iter()
                .any(|scope| covers(scope, &target.resource_id))
            && selects(&self.locations, target)
    }

    /// The effect on this resource.
    pub fn effect(&self, target: &Target) -> MfaEffect {
        match &self.effect_override {
            Some(other) if selects(&other.locations, target) => other.effect,
            _ => self.effect,
        }
    }
}

fn selects(locations: &[String], target: &Target) -> bool {
    locations.is_empty()
        || target
            .location
            .as_ref()
            .is_some_and(|at| locations.iter().any(|l| l.eq_ignore_ascii_case(at)))
}
