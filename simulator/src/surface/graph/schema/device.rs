//! The `device` entity type.

use std::borrow::Cow;

use entrasim_domain::directory::device::Device;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::look_up::Indexed;

use uuid::Uuid;

use super::relations::{MEMBER_OF, REGISTERED_OWNERS, REGISTERED_USERS, TRANSITIVE_MEMBER_OF};
use super::user::ATTRIBUTES;
use super::{Access, EntityType, Filterable, Operators, Property, Shape, Sortable, Version};

type P = Property<Device>;

pub(in crate::surface::graph) static DEVICE: EntityType<Device> = EntityType {
    name: "device",
    set: "devices",
    class: "Device",
    properties: PROPERTIES,
    navigations: &[
        MEMBER_OF,
        REGISTERED_OWNERS,
        REGISTERED_USERS,
        TRANSITIVE_MEMBER_OF,
    ],
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
    P::kept("complianceExpirationDateTime", Shape::Date).access(Access::ReadOnly),
    P::date("createdDateTime", |_, device| Some(device.created)).access(Access::ReadOnly),
    P::kept("deviceCategory", Shape::Text(1024)),
    P::text("deviceId", |_, device| {
        Some(Cow::Owned(device.device_id.to_string()))
    })
    .operators(Operators::EXACT.and(Operators::STARTS))
    .by_index(Indexed::DeviceId)
    .key(|tenant, id| {
        let id: Uuid = id.parse().ok()?;
        let id = tenant.devices.index().by_device.get(&id)?;
        tenant.devices.get(id).map(|device| &**device)
    }),
    P::kept("deviceMetadata", Shape::Text(4096)),
    P::kept(
        "deviceOwnership",
        Shape::OneOf(&["unknown", "company", "personal"]),
    ),
    P::kept("deviceVersion", Shape::Integer(0..=2_147_483_647)),
    P::text("displayName", |_, device| text(Some(&device.display_name)))
        .filter(Filterable::Text)
        .sort(Sortable::Yes)
        .search(),
    P::kept("domainName", Shape::Text(1024)).only(Version::Beta),
    P::kept("enrollmentProfileName", Shape::Text(1024)),
    P::kept("enrollmentType", Shape::Text(1024)),
    P::boolean("isCompliant", |_, device| device.is_compliant).filter(Filterable::Exact),
    P::boolean("isManaged", |_, device| device.is_managed).filter(Filterable::Exact),
    P::kept("isRooted", Shape::Boolean),
    P::kept("managementType", Shape::Text(1024)),
    P::text("manufacturer", |_, device| {
        text(device.manufacturer.as_deref())
    }),
    P::kept("mdmAppId", Shape::Guid),
    P::text("model", |_, device| text(device.model.as_deref())),
    P::kept("onPremisesLastSyncDateTime", Shape::Date).access(Access::ReadOnly),
    P::kept("onPremisesSyncEnabled", Shape::Boolean).access(Access::ReadOnly),
    P::text("operatingSystem", |_, device| {
        text(Some(&device.operating_system))
    })
    .filter(Filterable::Text),
    P::text("operatingSystemVersion", |_, device| {
        text(Some(&device.operating_system_version))
    })
    .filter(Filterable::Text),
    P::kept("physicalIds", TEXTS),
    P::text("profileType", |_, device| {
        text(device.profile_type.as_deref())
    }),
    P::kept("registrationDateTime", Shape::Date).access(Access::ReadOnly),
    P::kept("systemLabels", TEXTS),
    P::text("trustType", |_, device| text(device.trust_type.as_deref())).filter(Filterable::Exact),
    P::kept("extensionAttributes", ATTRIBUTES),
    P::kept("alternativeSecurityIds", Shape::List(&SECURITY_ID)),
];

const TEXTS: Shape = Shape::List(&Shape::Text(1024));
const SECURITY_ID: Shape = Shape::Object(&[
    ("type", Shape::Integer(0..=255)),
    ("identityProvider", Shape::Text(1024)),
    ("key", Shape::Bytes),
]);

const MISSING: &[&str] = &[
    "alternativeNames",
    "commands",
    "hostNames",
    "isManagementRestricted",
    "kind",
    "name",
    "onPremisesSecurityIdentifier",
    "platform",
    "status",
    "usageRights",
];
