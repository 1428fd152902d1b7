//! Product licences: what a tenant owns, and what users and groups hold of it.

use thiserror::Error;

use crate::id::{PlanId, SkuId};
use crate::time::Timestamp;

/// A licence of a user or a group, without some of its plans (`assignedLicense`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Licence {
    pub sku: SkuId,
    pub disabled_plans: Vec<PlanId>,
    pub assigned: Timestamp,
}

/// Why licences are not changed.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum LicenceError {
    #[error("the tenant does not own the product {0}")]
    NotOwned(SkuId),
    #[error("the product {0} is not held")]
    NotHeld(SkuId),
    #[error("the product has no service plan {0}")]
    Plan(PlanId),
}

/// How many licences of a product the tenant owns (`subscribedSku`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SubscribedSku {
    pub sku: SkuId,
    pub enabled: u32,
}
