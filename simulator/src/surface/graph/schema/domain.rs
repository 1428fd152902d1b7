//! The `domain` entity type: verified domains of the tenant.

use entrasim_domain::tenant::Tenant;
use serde_json::json;

use super::{EntityType, Kind, Property};

type P = Property<String>;

pub(in crate::surface::graph) static DOMAIN: EntityType<String> = EntityType {
    name: "domain",
    set: "domains",
    class: "Domain",
    properties: PROPERTIES,
    navigations: &[],
    missing: MISSING,
    rows: |tenant, _| Box::new(tenant.domains.iter()),
    size: None,
    id: |_| None,
    get: |tenant, key| tenant.domains.get(usize::from(tenant.domain_index(key)?)),
};

fn is_initial(tenant: &Tenant, name: &str) -> bool {
    tenant.initial_domain() == name
}

const PROPERTIES: &[P] = &[
    P::new("authenticationType", Kind::Text, |_, _| json!("Managed")),
    P::null("availabilityStatus"),
    P::new("id", Kind::Text, |_, name| json!(name)),
    P::new("isAdminManaged", Kind::Boolean, |_, _| json!(true)),
    P::new("isDefault", Kind::Boolean, |tenant, name| {
        json!(is_initial(tenant, name))
    }),
    P::new("isInitial", Kind::Boolean, |tenant, name| {
        json!(is_initial(tenant, name))
    }),
    P::new("isRoot", Kind::Boolean, |_, _| json!(true)),
    P::new("isVerified", Kind::Boolean, |_, _| json!(true)),
    P::new("supportedServices", Kind::Texts, |_, _| {
        json!(["Email", "OfficeCommunicationsOnline"])
    }),
    P::integer("passwordValidityPeriodInDays", |_, _| None),
    P::integer("passwordNotificationWindowInDays", |_, _| None),
    P::null("state"),
    P::null("manufacturer").only(super::Version::V1),
    P::null("model").only(super::Version::V1),
];

const MISSING: &[&str] = &[
    "domainNameReferences",
    "federationConfiguration",
    "rootDomain",
    "serviceConfigurationRecords",
    "verificationDnsRecords",
];
