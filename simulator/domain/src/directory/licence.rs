//! Product licences: what a tenant owns, and what users and groups hold of it.

use crate::id::{PlanId, SkuId};

/// A licence of a user or a group, without some of its plans (`assignedLicense`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Licence {
    pub sku: SkuId,
    pub disabled_plans: Vec<PlanId>,
}

/// How many licences of a product the tenant owns (`subscribedSku`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SubscribedSku {
    pub sku: SkuId,
    pub enabled: u32,
}
