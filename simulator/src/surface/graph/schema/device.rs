//! The `device` entity type: devices as owners, members and what people own.

use std::borrow::Cow;

use entrasim_domain::directory::device::Device;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use serde_json::{Value, json};

use super::relations::{MEMBER_OF, TRANSITIVE_MEMBER_OF};
use super::{Access, EntityType, Filterable, Operators, Property, Sortable, Version};

type P = Property<Device>;

pub(in crate::surface::graph) static DEVICE: EntityType<Device> = EntityType {
    name: "device",
    set: "devices",
    class: "Device",
    properties: PROPERTIES,
    navigations: &[MEMBER_OF, TRANSITIVE_MEMBER_OF],
    missing: MISSING,
    rows: |tenant, after| Box::new(tenant.devices.after(after).map(|device| &**device)),
    size: Some(|tenant| tenant.devices.len()),
    id: |device| Some(device.id),
    get: |tenant, key| {
        tenant
            .devices
            .get(&key.parse::<ObjectId>().ok()?)
            .map(|device| &**device)
    },
};

fn text(value: Option<&str>) -> Option<Cow<'_, str>> {
    value.map(Cow::Borrowed)
}

const PROPERTIES: &[P] = &[
    P::text("id", |_, device| Some(Cow::Owned(device.id.to_string())))
        .filter(Filterable::Exact)
        .access(Access::ReadOnly),
    P::null("deletedDateTime").access(Access::ReadOnly),
    P::boolean("accountEnabled", |_, device| Some(device.account_enabled))
        .filter(Filterable::Exact),
    P::date("approximateLastSignInDateTime", |_, device| {
        device.last_sign_in
    })
    .filter(Filterable::Date)
    .sort(Sortable::Yes),
    P::null("complianceExpirationDateTime"),
    P::date("createdDateTime", |_, device| Some(device.created)).access(Access::ReadOnly),
    P::null("deviceCategory"),
    P::text("deviceId", |_, device| {
        Some(Cow::Owned(device.device_id.to_string()))
    })
    .operators(Operators::EXACT.and(Operators::STARTS)),
    P::null("deviceMetadata"),
    P::null("deviceOwnership"),
    P::null("deviceVersion"),
    P::text("displayName", |_, device| text(Some(&device.display_name)))
        .filter(Filterable::Text)
        .sort(Sortable::Yes)
        .search(),
    P::null("domainName").only(Version::Beta),
    P::null("enrollmentProfileName"),
    P::null("enrollmentType"),
    P::boolean("isCompliant", |_, device| device.is_compliant).filter(Filterable::Exact),
    P::boolean("isManaged", |_, device| device.is_managed).filter(Filterable::Exact),
    P::null("isRooted"),
    P::null("managementType"),
    P::text("manufacturer", |_, device| {
        text(device.manufacturer.as_deref())
    }),
    P::null("mdmAppId"),
    P::text("model", |_, device| text(device.model.as_deref())),
    P::null("onPremisesLastSyncDateTime"),
    P::null("onPremisesSyncEnabled"),
    P::text("operatingSystem", |_, device| {
        text(Some(&device.operating_system))
    })
    .filter(Filterable::Text),
    P::text("operatingSystemVersion", |_, device| {
        text(Some(&device.operating_system_version))
    })
    .filter(Filterable::Text),
    P::empty("physicalIds"),
    P::text("profileType", |_, device| {
        text(device.profile_type.as_deref())
    }),
    P::null("registrationDateTime"),
    P::empty("systemLabels"),
    P::text("trustType", |_, device| text(device.trust_type.as_deref())).filter(Filterable::Exact),
    P::complex("extensionAttributes", attributes),
    P::empty("alternativeSecurityIds"),
];

fn attributes(_: &Tenant, device: &Device) -> Value {
    let attributes = device.extension_attributes.iter().enumerate();
    attributes
        .map(|(at, value)| (format!("extensionAttribute{}", at + 1), json!(value)))
        .collect::<serde_json::Map<String, Value>>()
        .into()
}

const MISSING: &[&str] = &[
    "alternativeNames",
    "commands",
    "hostNames",
    "isManagementRestricted",
    "kind",
    "name",
    "onPremisesSecurityIdentifier",
    "platform",
    "registeredOwners",
    "registeredUsers",
    "status",
    "usageRights",
];
