//! The `organization` entity type: the tenant itself.

use entrasim_domain::tenant::Tenant;
use serde_json::{Value, json};

use super::{Access, EntityType, Kind, Property, Shape};

type P = Property<Tenant>;

pub(in crate::surface::graph) static ORGANIZATION: EntityType<Tenant> = EntityType {
    name: "organization",
    set: "organization",
    class: "Organization",
    properties: PROPERTIES,
    navigations: &[],
    missing: MISSING,
    rows: |tenant, _| Box::new(core::iter::once(tenant)),
    size: None,
    id: |_| None,
    get: |tenant, key| (key.parse() == Ok(tenant.id)).then_some(tenant),
};

const ADDRESSES: Shape = Shape::List(&Shape::Text(320));

const PROPERTIES: &[P] = &[
    P::new("id", Kind::Text, |_, tenant| json!(tenant.id.to_string())).access(Access::ReadOnly),
    P::null("deletedDateTime").access(Access::ReadOnly),
    P::kept("businessPhones", Shape::List(&Shape::Text(64))),
    P::null("city").access(Access::ReadOnly),
    P::null("country").access(Access::ReadOnly),
    P::null("countryLetterCode").access(Access::ReadOnly),
    P::new("createdDateTime", Kind::Date, |_, tenant| {
        json!(tenant.created.to_string())
    })
    .access(Access::ReadOnly),
    P::kept("defaultUsageLocation", Shape::Text(2)),
    P::new("displayName", Kind::Text, |_, tenant| {
        json!(tenant.display_name)
    })
    .access(Access::ReadOnly),
    P::null("isMultipleDataLocationsForServicesEnabled").access(Access::ReadOnly),
    P::kept("marketingNotificationEmails", ADDRESSES),
    P::null("onPremisesLastSyncDateTime").access(Access::ReadOnly),
    P::null("onPremisesSyncEnabled"),
    P::null("partnerTenantType").access(Access::ReadOnly),
    P::null("postalCode").access(Access::ReadOnly),
    P::kept("preferredLanguage", Shape::Text(32)).otherwise(|_, _| json!("en")),
    P::kept("securityComplianceNotificationMails", ADDRESSES),
    P::kept(
        "securityComplianceNotificationPhones",
        Shape::List(&Shape::Text(64)),
    ),
    P::null("state").access(Access::ReadOnly),
    P::null("street").access(Access::ReadOnly),
    P::kept("technicalNotificationMails", ADDRESSES),
    P::new("tenantType", Kind::Text, |_, _| json!("AAD")).access(Access::ReadOnly),
    P::new(
        "directorySizeQuota",
        Kind::Complex,
        |_, tenant| json!({"used": tenant.users.len(), "total": 300_000}),
    ),
    P::kept(
        "privacyProfile",
        Shape::Object(&[
            ("contactEmail", Shape::Text(255)),
            ("statementUrl", Shape::Text(255)),
        ]),
    ),
    P::empty("assignedPlans"),
    P::empty("onPremisesSyncStatus"),
    P::empty("provisionedPlans"),
    P::new("verifiedDomains", Kind::Complex, verified_domains),
];

fn verified_domains(_: &Tenant, tenant: &Tenant) -> Value {
    let domains = tenant.domains.verified().map(|(at, domain)| {
        json!({
            "capabilities": domain.services.join(", "),
            "isDefault": tenant.domains.default() == domain.name,
            "isInitial": at == 0,
            "name": domain.name,
            "type": if domain.federation.is_some() { "Federated" } else { "Managed" },
        })
    });
    Value::Array(domains.collect())
}

/// What other services of the tenant keep.
const MISSING: &[&str] = &[
    "certificateBasedAuthConfiguration",
    "mobileDeviceManagementAuthority",
];
