//! The `group` entity type, and a group's members.

use std::borrow::Cow;

use entrasim_domain::directory::group::Group;
use entrasim_domain::directory::object::Class;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::look_up::Indexed;
use serde_json::{Value, json};

use super::consent::APP_ROLE_ASSIGNMENTS;
use super::relations::{MEMBER_OF, MEMBERS, OWNERS, TRANSITIVE_MEMBER_OF, TRANSITIVE_MEMBERS};
use super::{
    Access, Entities, EntityType, Filterable, Kind, Operators, Property, Shape, Sortable, licence,
    security_identifier,
};

type P = Property<Group>;

pub(in crate::surface::graph) static GROUP: EntityType<Group> = EntityType {
    name: "group",
    set: "groups",
    class: "Group",
    properties: PROPERTIES,
    navigations: &[
        APP_ROLE_ASSIGNMENTS,
        MEMBERS,
        MEMBER_OF,
        OWNERS,
        TRANSITIVE_MEMBERS,
        TRANSITIVE_MEMBER_OF,
    ],
    missing: MISSING,
    rows,
    size: Some(|tenant| tenant.groups.len()),
    id: |group| Some(group.id),
    get,
};

fn rows(tenant: &Tenant, after: Option<ObjectId>) -> Entities<'_, Group> {
    use core::ops::Bound;
    let start = after.map_or(Bound::Unbounded, Bound::Excluded);
    Box::new(
        tenant
            .groups
            .range((start, Bound::Unbounded))
            .map(|(_, group)| &**group),
    )
}

fn get<'a>(tenant: &'a Tenant, key: &str) -> Option<&'a Group> {
    tenant
        .groups
        .get(&key.parse::<ObjectId>().ok()?)
        .map(|group| &**group)
}

/// The order is that of a recorded answer in the Azure CLI's tests; what follows is only returned when selected.
const PROPERTIES: &[P] = &[
    P::new("id", Kind::Text, |_, group| json!(group.id.to_string()))
        .filter(Filterable::Exact)
        .indexed(get)
        .access(Access::ReadOnly),
    P::date("deletedDateTime", |tenant, group| {
        tenant.deleted.when(group.id)
    })
    .sort(Sortable::Advanced)
    .access(Access::ReadOnly),
    P::kept("classification", Shape::Text(64)).filter(Filterable::Text),
    P::new("createdDateTime", Kind::Date, |_, group| {
        json!(group.created.to_string())
    })
    .filter(Filterable::Date)
    .sort(Sortable::Advanced)
    .access(Access::ReadOnly),
    P::kept("creationOptions", TEXTS),
    P::new("description", Kind::Text, |_, group| {
        json!(group.description)
    })
    .filter(Filterable::Text),
    P::text("displayName", |_, group| {
        Some(Cow::Borrowed(&*group.display_name))
    })
    .filter(Filterable::Text)
    .by_index(Indexed::DisplayName)
    .sort(Sortable::Yes),
    P::kept("expirationDateTime", Shape::Date)
        .filter(Filterable::Date)
        .access(Access::ReadOnly),
    P::new("groupTypes", Kind::Texts, |_, group| json!(group.types())).filter(Filterable::Exact),
    P::new("isAssignableToRole", Kind::Boolean, |_, group| {
        // Recorded answers say null rather than false.
        json!(group.assignable_to_role.then_some(true))
    })
    .filter(Filterable::Exact),
    P::text("mail", |tenant, group| {
        group.mail(tenant.initial_domain()).map(Cow::Owned)
    })
    .filter(Filterable::TextWithEnd)
    .access(Access::ReadOnly),
    P::boolean("mailEnabled", |_, group| Some(group.mail_enabled)).filter(Filterable::Exact),
    P::text("mailNickname", |_, group| {
        Some(Cow::Borrowed(&*group.mail_nickname))
    })
    .filter(Filterable::Text)
    .by_index(Indexed::MailNickname),
    P::text("membershipRule", |_, group| {
        let rule = group.membership_rule.as_ref()?;
        Some(Cow::Borrowed(&*rule.text))
    })
    .filter(Filterable::Text),
    P::text("membershipRuleProcessingState", |_, group| {
        let rule = group.membership_rule.as_ref()?;
        Some(Cow::Borrowed(if rule.processing { "On" } else { "Paused" }))
    })
    .filter(Filterable::Exact),
    P::kept("onPremisesDomainName", Shape::Text(1024)).access(Access::ReadOnly),
    P::kept("onPremisesLastSyncDateTime", Shape::Date)
        .filter(Filterable::Date)
        .access(Access::ReadOnly),
    P::kept("onPremisesNetBiosName", Shape::Text(1024)).access(Access::ReadOnly),
    P::kept("onPremisesSamAccountName", Shape::Text(256))
        .filter(Filterable::Text)
        .access(Access::ReadOnly),
    P::kept("onPremisesSecurityIdentifier", Shape::Text(256))
        .filter(Filterable::Exact)
        .access(Access::ReadOnly),
    P::kept("onPremisesSyncEnabled", Shape::Boolean)
        .filter(Filterable::Exact)
        .access(Access::ReadOnly),
    P::kept("preferredDataLocation", Shape::Text(3)).filter(Filterable::Text),
    P::kept("preferredLanguage", Shape::Text(64)).filter(Filterable::Text),
    P::texts("proxyAddresses", |tenant, group| {
        let mail = group.mail(tenant.initial_domain());
        mail.into_iter()
            .map(|mail| Cow::Owned(format!("SMTP:{mail}")))
            .collect()
    })
    .filter(Filterable::TextWithEnd)
    .access(Access::ReadOnly),
    P::new("renewedDateTime", Kind::Date, |_, group| {
        json!(group.renewed.to_string())
    })
    .filter(Filterable::Date)
    .access(Access::ReadOnly),
    P::kept("resourceBehaviorOptions", TEXTS),
    P::kept("resourceProvisioningOptions", TEXTS).filter(Filterable::Exact),
    P::boolean("securityEnabled", |_, group| Some(group.security_enabled))
        .filter(Filterable::Exact),
    P::new("securityIdentifier", Kind::Text, |_, group| {
        json!(security_identifier(group.id))
    })
    .filter(Filterable::Exact)
    .access(Access::ReadOnly),
    P::kept("theme", Shape::OneOf(THEMES)),
    P::text("uniqueName", |_, group| {
        group.unique_name.as_deref().map(Cow::Borrowed)
    })
    .filter(Filterable::Exact)
    .by_index(Indexed::UniqueName)
    .key(|tenant, name| {
        let mut found = tenant.equal(Class::Group, Indexed::UniqueName, name, None)?;
        get(tenant, &found.next()?.to_string())
    }),
    P::kept("visibility", Shape::OneOf(VISIBILITIES)).filter(Filterable::Exact),
    P::empty("onPremisesProvisioningErrors").access(Access::ReadOnly),
    P::empty("serviceProvisioningErrors").access(Access::ReadOnly),
    P::kept("allowExternalSenders", Shape::Boolean).on_demand(),
    P::kept("assignedLabels", Shape::List(&LABEL)).on_demand(),
    P::complexes("assignedLicenses", |_, group| {
        licence::assigned(&group.licences)
    })
    .operators(Operators::EQ.and(Operators::NOT).and(Operators::COUNT))
    .members(licence::ASSIGNED_MEMBERS)
    .access(Access::ReadOnly)
    .on_demand(),
    P::kept("autoSubscribeNewMembers", Shape::Boolean).on_demand(),
    // What a group gives is never refused to a member here, not even for want of seats.
    P::boolean("hasMembersWithLicenseErrors", |_, _| Some(false))
        .filter(Filterable::Exact)
        .access(Access::ReadOnly)
        .on_demand(),
    P::kept("hideFromAddressLists", Shape::Boolean).on_demand(),
    P::kept("hideFromOutlookClients", Shape::Boolean).on_demand(),
    P::kept("isArchived", Shape::Boolean)
        .access(Access::ReadOnly)
        .on_demand(),
    P::kept("isFavorite", Shape::Boolean).on_demand(),
    P::boolean("isManagementRestricted", |tenant, group| {
        Some(tenant.is_management_restricted(group.id))
    })
    .access(Access::ReadOnly)
    .on_demand(),
    P::kept("isSubscribedByMail", Shape::Boolean).on_demand(),
    // Licences are there at once, so that nothing is ever queued.
    P::complex("licenseProcessingState", |_, group| {
        let state = (!group.licences.is_empty()).then_some("ProcessingComplete");
        state.map_or(Value::Null, |state| json!({"state": state}))
    })
    .access(Access::ReadOnly)
    .on_demand(),
    P::kept("unseenCount", Shape::Integer(0..=1_000_000)).on_demand(),
];

const TEXTS: Shape = Shape::List(&Shape::Text(1024));
const LABEL: Shape = Shape::Object(&[
    ("labelId", Shape::Text(256)),
    ("displayName", Shape::Text(256)),
]);
const THEMES: &[&str] = &["Teal", "Purple", "Green", "Blue", "Pink", "Orange", "Red"];
const VISIBILITIES: &[&str] = &["Private", "Public", "HiddenMembership"];

const MISSING: &[&str] = &[
    "accessType",
    "infoCatalogs",
    "onPremisesExtensionAttributes",
    "organizationId",
    "unseenConversationsCount",
    "unseenMessagesCount",
    "welcomeMessageEnabled",
];
