//! Licences: how `assignedLicenses` and its like are read, and the `licenseDetails` of a user.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::catalogue::product::{self, Plan};
use entrasim_domain::directory::licence::Licence;
use entrasim_domain::directory::user::User;
use entrasim_domain::id::PlanId;
use entrasim_domain::tenant::Tenant;
use serde_json::{Value, json};

use super::{Access, EntityType, Kind, Property};

type P = Property<Licence>;

/// What filters can name of `assignedLicenses`.
pub(super) const ASSIGNED_MEMBERS: &[(&str, Kind)] =
    &[("disabledPlans", Kind::Texts), ("skuId", Kind::Guid)];
/// The same of `assignedPlans`.
pub(super) const PLAN_MEMBERS: &[(&str, Kind)] = &[
    ("assignedDateTime", Kind::Date),
    ("capabilityStatus", Kind::Text),
    ("service", Kind::Text),
    ("servicePlanId", Kind::Guid),
];

fn texts(plans: &[PlanId]) -> Vec<String> {
    plans.iter().map(ToString::to_string).collect()
}

/// `assignedLicenses`
pub(super) fn assigned<'l>(licences: impl IntoIterator<Item = &'l Licence>) -> Value {
    let rows = licences.into_iter().map(|licence| {
        json!({
            "disabledPlans": texts(&licence.disabled_plans),
            "skuId": licence.sku.to_string(),
        })
    });
    rows.collect()
}

pub(super) fn of_user(tenant: &Tenant, user: &User) -> Value {
    assigned(tenant.products_of(user).values())
}

/// `licenseAssignmentStates`: one row for each side that gives a licence. Nothing ever fails here, since seats are
/// counted when a licence is given.
pub(super) fn states(tenant: &Tenant, user: &User) -> Value {
    let rows = tenant.licences_of(user).into_iter().map(|held| {
        json!({
            "skuId": held.licence.sku.to_string(),
            "disabledPlans": texts(&held.licence.disabled_plans),
            "assignedByGroup": held.group.map(|group| group.to_string()),
            "state": "Active",
            "error": "None",
            "lastUpdatedDateTime": held.licence.assigned.to_string(),
        })
    });
    rows.collect()
}

/// The plans of a licence that are on.
fn plans(licence: &Licence) -> impl Iterator<Item = &'static Plan> {
    let product = product::product(licence.sku);
    let plans = product.into_iter().flat_map(|product| &product.plans);
    plans
        .copied()
        .filter(|plan| !licence.disabled_plans.contains(&plan.id))
}

/// `assignedPlans`
pub(super) fn assigned_plans(tenant: &Tenant, user: &User) -> Value {
    let products = tenant.products_of(user);
    let mut rows: Vec<Value> = Vec::new();
    let mut seen: Vec<PlanId> = Vec::new();
    for licence in products.values() {
        for plan in plans(licence) {
            if !seen.contains(&plan.id) {
                seen.push(plan.id);
                rows.push(json!({
                    "assignedDateTime": licence.assigned.to_string(),
                    "capabilityStatus": "Enabled",
                    "service": plan.service,
                    "servicePlanId": plan.id.to_string(),
                }));
            }
        }
    }
    rows.into()
}

/// `provisionedPlans`: one row for each workload.
pub(super) fn provisioned_plans(tenant: &Tenant, user: &User) -> Value {
    let products = tenant.products_of(user);
    let mut services: Vec<&str> = products
        .values()
        .flat_map(plans)
        .map(|plan| plan.service.as_str())
        .collect();
    services.sort_unstable();
    services.dedup();
    let rows = services.into_iter().map(|service| {
        json!({"capabilityStatus": "Enabled", "provisioningStatus": "Success", "service": service})
    });
    rows.collect()
}

/// `servicePlans` of a product, all on but these.
pub(super) fn service_plans(sku: entrasim_domain::id::SkuId, disabled: &[PlanId]) -> Value {
    let product = product::product(sku);
    let plans = product.into_iter().flat_map(|product| &product.plans);
    let rows = plans.map(|plan| {
        let off = disabled.contains(&plan.id);
        json!({
            "servicePlanId": plan.id.to_string(),
            "servicePlanName": plan.name,
            "provisioningStatus": if off { "Disabled" } else { "Success" },
            "appliesTo": if plan.company { "Company" } else { "User" },
        })
    });
    rows.collect()
}

pub(in crate::surface::graph) static LICENSE_DETAILS: EntityType<Licence> = EntityType {
    name: "licenseDetails",
    set: "licenseDetails",
    class: "LicenseDetail",
    properties: &[
        P::text("id", |tenant, licence| {
            Some(Cow::Owned(id(tenant, licence)))
        })
        .access(Access::ReadOnly),
        P::new("skuId", Kind::Guid, |_, licence| {
            json!(licence.sku.to_string())
        })
        .access(Access::ReadOnly),
        P::text("skuPartNumber", |_, licence| {
            let product = product::product(licence.sku)?;
            Some(Cow::Borrowed(&*product.name))
        })
        .access(Access::ReadOnly),
        P::complexes("servicePlans", |_, licence| {
            service_plans(licence.sku, &licence.disabled_plans)
        })
        .access(Access::ReadOnly),
    ],
    navigations: &[],
    missing: &[],
    // They exist only in their users.
    rows: |_, _| Box::new(core::iter::empty()),
    size: None,
    id: |_| None,
    get: |_, _| None,
};

/// Tenant and product in one, as recorded ids are.
fn id(tenant: &Tenant, licence: &Licence) -> String {
    let mut bytes = tenant.id.0.to_bytes_le().to_vec();
    bytes.extend(licence.sku.0.to_bytes_le());
    URL_SAFE_NO_PAD.encode(bytes)
}
