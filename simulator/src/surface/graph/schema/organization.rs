//! The `organization` entity type: the tenant itself.

use entrasim_domain::tenant::Tenant;
use serde_json::{Value, json};

use super::{Access, EntityType, Kind, Property};

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

const PROPERTIES: &[P] = &[
    P::new("id", Kind::Text, |_, tenant| json!(tenant.id.to_string())).access(Access::ReadOnly),
    P::null("deletedDateTime").access(Access::ReadOnly),
    P::empty("businessPhones"),
    P::null("city"),
    P::null("country"),
    P::null("countryLetterCode"),
    P::new("createdDateTime", Kind::Date, |_, tenant| {
        json!(tenant.created.to_string())
    })
    .access(Access::ReadOnly),
    P::null("defaultUsageLocation"),
    P::new("displayName", Kind::Text, |_, tenant| {
        json!(tenant.display_name)
    }),
    P::null("isMultipleDataLocationsForServicesEnabled"),
    P::empty("marketingNotificationEmails"),
    P::null("onPremisesLastSyncDateTime"),
    P::null("onPremisesSyncEnabled"),
    P::null("partnerTenantType"),
    P::null("postalCode"),
    P::new("preferredLanguage", Kind::Text, |_, _| json!("en")),
    P::empty("securityComplianceNotificationMails"),
    P::empty("securityComplianceNotificationPhones"),
    P::null("state"),
    P::null("street"),
    P::empty("technicalNotificationMails"),
    P::new("tenantType", Kind::Text, |_, _| json!("AAD")),
    P::new(
        "directorySizeQuota",
        Kind::Complex,
        |_, tenant| json!({"used": tenant.users.len(), "total": 300_000}),
    ),
    P::null("privacyProfile"),
    P::empty("assignedPlans"),
    P::empty("onPremisesSyncStatus"),
    P::empty("provisionedPlans"),
    P::new("verifiedDomains", Kind::Complex, verified_domains),
];

fn verified_domains(_: &Tenant, tenant: &Tenant) -> Value {
    let domains = tenant.domains.iter().enumerate().map(|(at, name)| {
        json!({
            "capabilities": "Email, OfficeCommunicationsOnline",
            "isDefault": at == 0,
            "isInitial": at == 0,
            "name": name,
            "type": "Managed",
        })
    });
    Value::Array(domains.collect())
}

const MISSING: &[&str] = &["mobileDeviceManagementAuthority"];
