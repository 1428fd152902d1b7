//! Not written yet.

use super::Answer;
use super::context::Arm;
use super::error::ArmError;
use super::resource_id::{ProviderPath, ResourceId};

pub(super) fn answer(_: &Arm<'_, '_>, _: &ResourceId, _: &ProviderPath) -> Answer {
    Err(ArmError::NotSimulated("policy_definitions".to_owned()))
}

/// The resource id of a built-in definition.
pub(super) fn resource_id(definition: entrasim_domain::azure::policy::MfaDefinition) -> String {
    format!(
        "/providers/Microsoft.Authorization/policyDefinitions/{}",
        definition.id()
    )
}
