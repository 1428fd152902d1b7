//! The `domain` entity type: the tenant's domains, verified or not. Federation is kept and read back; people of a federated domain
//! sign in here all the same.

use std::sync::Arc;

use entrasim_domain::directory::domain::Domain;
use entrasim_domain::tenant::Tenant;
use serde_json::json;

use super::directory_object::DIRECTORY_OBJECT;
use super::domain_dns_record::DOMAIN_DNS_RECORD;
use super::federation_configuration::FEDERATION_CONFIGURATIONS;
use super::{
    Access, EntityType, Kind, Navigation, Projected, Property, Row, Rows, Shape, Version, object,
};

type P = Property<Domain>;

pub(in crate::surface::graph) static DOMAIN: EntityType<Domain> = EntityType {
    name: "domain",
    set: "domains",
    class: "Domain",
    properties: PROPERTIES,
    navigations: &[
        DOMAIN_NAME_REFERENCES,
        FEDERATION_CONFIGURATIONS,
        Navigation::one("rootDomain", &DOMAIN, |tenant, of, _| {
            root_domain(tenant, of)
        }),
        SERVICE_CONFIGURATION_RECORDS,
        VERIFICATION_DNS_RECORDS,
    ],
    missing: &[],
    rows: |tenant, _| Box::new(tenant.domains.iter().map(|(_, domain)| &**domain)),
    size: None,
    id: |_| None,
    get: |tenant, key| tenant.domains.get(key).map(Arc::as_ref),
};

/// Days, or never.
const DAYS: Shape = Shape::Integer(1..=2_147_483_647);

fn is_initial(tenant: &Tenant, domain: &Domain) -> bool {
    tenant.initial_domain() == domain.name
}

const PROPERTIES: &[P] = &[
    P::new("authenticationType", Kind::Text, |_, domain| {
        json!(if domain.federation.is_some() {
            "Federated"
        } else {
            "Managed"
        })
    })
    .access(Access::ReadOnly),
    P::null("availabilityStatus").access(Access::ReadOnly),
    P::new("id", Kind::Text, |_, domain| json!(domain.name)).access(Access::ReadOnly),
    P::new("isAdminManaged", Kind::Boolean, |_, _| json!(true)).access(Access::ReadOnly),
    P::new("isDefault", Kind::Boolean, |tenant, domain| {
        json!(tenant.domains.default() == domain.name)
    }),
    P::new("isInitial", Kind::Boolean, |tenant, domain| {
        json!(is_initial(tenant, domain))
    })
    .access(Access::ReadOnly),
    P::new("isRoot", Kind::Boolean, |_, domain| json!(domain.is_root())).access(Access::ReadOnly),
    P::new("isVerified", Kind::Boolean, |_, domain| {
        json!(domain.verified)
    })
    .access(Access::ReadOnly),
    P::new("supportedServices", Kind::Texts, |_, domain| {
        json!(domain.services)
    }),
    P::kept("passwordValidityPeriodInDays", DAYS),
    P::kept("passwordNotificationWindowInDays", DAYS),
    P::null("state").access(Access::ReadOnly),
    P::kept("manufacturer", Shape::Text(256)).only(Version::V1),
    P::kept("model", Shape::Text(256)).only(Version::V1),
];

const DOMAIN_NAME_REFERENCES: Navigation = Navigation::many(
    "domainNameReferences",
    &DIRECTORY_OBJECT,
    |tenant, of, after| match of {
        Row::Domain(domain) => {
            let ids = tenant.domain_references(&domain.name, after).into_iter();
            Box::new(ids.filter_map(move |id| object(tenant, id)))
        }
        _ => Box::new(core::iter::empty()),
    },
)
.unexpandable();

/// The domain that a subdomain belongs to; a root domain's own is itself.
fn root_domain<'a>(tenant: &'a Tenant, of: Row<'a>) -> Rows<'a> {
    let root = match of {
        Row::Domain(domain) if domain.below_root => tenant.domains.root_of(&domain.name),
        Row::Domain(domain) => tenant.domains.get(&domain.name),
        _ => None,
    };
    Box::new(root.map(|root| Projected::row(&**root)).into_iter())
}

const SERVICE_CONFIGURATION_RECORDS: Navigation = Navigation::many(
    "serviceConfigurationRecords",
    &DOMAIN_DNS_RECORD,
    |_, of, _| match of {
        Row::Domain(domain) => Box::new(domain.service_records.iter().map(Projected::row)),
        _ => Box::new(core::iter::empty()),
    },
)
.contained()
.unexpandable();

const VERIFICATION_DNS_RECORDS: Navigation = Navigation::many(
    "verificationDnsRecords",
    &DOMAIN_DNS_RECORD,
    |_, of, _| match of {
        Row::Domain(domain) => Box::new(domain.verification_records.iter().map(Projected::row)),
        _ => Box::new(core::iter::empty()),
    },
)
.contained()
.unexpandable();
