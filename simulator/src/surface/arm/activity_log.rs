//! Not written yet.

use super::Answer;
use super::context::Arm;
use super::error::ArmError;
use super::resource_id::{ProviderPath, ResourceId};

pub(super) fn answer(_: &Arm<'_, '_>, _: &ResourceId, _: &ProviderPath) -> Answer {
    Err(ArmError::NotSimulated("activity_log".to_owned()))
}
