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
    /// Overrides of the effect, the way to stage a rollout; the first that selects the resource counts.
    pub overrides: Vec<EffectOverride>,
    /// `enforcementMode` is `DoNotEnforce`: nothing is refused and nothing recorded.
    pub do_not_enforce: bool,
    /// The assignment binds only resources that one of these selects whole; empty for all.
    pub resource_selectors: Vec<Vec<Selector>>,
    pub non_compliance_message: Option<String>,
    /// The body as written, for reading back.
    pub body: serde_json::Map<String, serde_json::Value>,
}

/// Another effect, possibly for some resources only.
#[derive(Clone, Debug)]
pub struct EffectOverride {
    pub effect: MfaEffect,
    pub selectors: Vec<Selector>,
}

/// Which resources an assignment or an override is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Selector {
    pub kind: SelectorKind,
    pub values: Vec<String>,
    /// `notIn` instead of `in`.
    pub negated: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SelectorKind {
    ResourceLocation,
    ResourceType,
    /// Resources that have no location at all.
    ResourceWithoutLocation,
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
            && (self.resource_selectors.is_empty()
                || self
                    .resource_selectors
                    .iter()
                    .any(|selectors| select(selectors, target)))
    }

    /// The effect on this resource.
    pub fn effect(&self, target: &Target) -> MfaEffect {
        self.overrides
            .iter()
            .find(|other| select(&other.selectors, target))
            .map_or(self.effect, |other| other.effect)
    }
}

/// All selectors of one list must agree.
fn select(selectors: &[Selector], target: &Target) -> bool {
    selectors.iter().all(|selector| selector.selects(target))
}

impl Selector {
    fn selects(&self, target: &Target) -> bool {
        let listed = |value: &str| {
            self.values
                .iter()
                .any(|known| known.eq_ignore_ascii_case(value))
                != self.negated
        };
        match self.kind {
            SelectorKind::ResourceLocation => target.location.as_deref().is_some_and(listed),
            SelectorKind::ResourceType => listed(&resource_type(&target.resource_id)),
            SelectorKind::ResourceWithoutLocation => target.location.is_none(),
        }
    }
}

/// `Microsoft.Storage/storageAccounts/blobServices` of a resource id.
pub fn resource_type(id: &str) -> String {
    let segments: Vec<&str> = id.split('/').filter(|part| !part.is_empty()).collect();
    let provider = segments
        .iter()
        .rposition(|segment| segment.eq_ignore_ascii_case("providers"));
    match provider.and_then(|at| segments.get(at + 1..)) {
        Some([namespace, rest @ ..]) => rest
            .iter()
            .step_by(2)
            .fold((*namespace).to_owned(), |found, name| {
                format!("{found}/{name}")
            }),
        _ if segments.len() > 2 => "Microsoft.Resources/subscriptions/resourceGroups".to_owned(),
        _ => "Microsoft.Resources/subscriptions".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::resource_type;

    #[test]
    fn the_type_of_a_resource_follows_from_its_id() {
        assert_eq!(
            resource_type("/subscriptions/s/resourceGroups/g/providers/A.B/c/1/d/2"),
            "A.B/c/d"
        );
        assert_eq!(
            resource_type("/subscriptions/s/resourceGroups/g"),
            "Microsoft.Resources/subscriptions/resourceGroups"
        );
        assert_eq!(
            resource_type("/subscriptions/s/resourceGroups/g/providers/A.B/c/1/providers/X.Y/z/2"),
            "X.Y/z"
        );
        assert_eq!(resource_type(""), "Microsoft.Resources/subscriptions");
    }
}
