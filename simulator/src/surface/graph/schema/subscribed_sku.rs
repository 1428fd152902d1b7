//! The `subscribedSku` entity type: the products that the tenant owns licences of.

use std::borrow::Cow;

use entrasim_domain::catalogue::product;
use entrasim_domain::directory::licence::SubscribedSku;
use entrasim_domain::tenant::Tenant;
use serde_json::json;

use super::licence::service_plans;
use super::{Access, EntityType, Kind, Property};

type P = Property<SubscribedSku>;

pub(in crate::surface::graph) static SUBSCRIBED_SKU: EntityType<SubscribedSku> = EntityType {
    name: "subscribedSku",
    set: "subscribedSkus",
    class: "SubscribedSku",
    properties: PROPERTIES,
    navigations: &[],
    missing: &[],
    rows: |tenant, _| Box::new(tenant.subscribed_skus.values()),
    size: Some(|tenant| tenant.subscribed_skus.len()),
    id: |_| None,
    get: |tenant, key| {
        let mut all = tenant.subscribed_skus.values();
        all.find(|sku| id(tenant, sku).eq_ignore_ascii_case(key))
    },
};

/// The tenant's id and the product's.
fn id(tenant: &Tenant, sku: &SubscribedSku) -> String {
    format!("{}_{}", tenant.id, sku.sku)
}

const PROPERTIES: &[P] = &[
    P::text("accountId", |tenant, _| {
        Some(Cow::Owned(tenant.id.to_string()))
    })
    .access(Access::ReadOnly),
    P::text("accountName", |tenant, _| {
        let name = tenant.initial_domain().split('.').next();
        name.map(Cow::Borrowed)
    })
    .access(Access::ReadOnly),
    P::text("appliesTo", |_, _| Some(Cow::Borrowed("User"))).access(Access::ReadOnly),
    P::text("capabilityStatus", |_, _| Some(Cow::Borrowed("Enabled"))).access(Access::ReadOnly),
    P::integer("consumedUnits", |tenant, sku| {
        i64::try_from(tenant.consumed(sku.sku)).ok()
    })
    .access(Access::ReadOnly),
    P::text("id", |tenant, sku| Some(Cow::Owned(id(tenant, sku)))).access(Access::ReadOnly),
    P::new("skuId", Kind::Guid, |_, sku| json!(sku.sku.to_string())).access(Access::ReadOnly),
    P::text("skuPartNumber", |_, sku| {
        let product = product::product(sku.sku)?;
        Some(Cow::Borrowed(&*product.name))
    })
    .access(Access::ReadOnly),
    P::new("subscriptionIds", Kind::Texts, |tenant, sku| {
        json!([subscription(tenant, sku)])
    })
    .access(Access::ReadOnly),
    P::complex(
        "prepaidUnits",
        |_, sku| json!({"enabled": sku.enabled, "suspended": 0, "warning": 0, "lockedOut": 0}),
    )
    .access(Access::ReadOnly),
    P::complexes("servicePlans", |_, sku| service_plans(sku.sku, &[])).access(Access::ReadOnly),
];

/// The id of the purchase follows from tenant and product.
fn subscription(tenant: &Tenant, sku: &SubscribedSku) -> String {
    let mixed = tenant.id.0.as_u128() ^ sku.sku.0.as_u128().rotate_left(64);
    uuid::Builder::from_random_bytes(mixed.to_be_bytes())
        .into_uuid()
        .to_string()
}
