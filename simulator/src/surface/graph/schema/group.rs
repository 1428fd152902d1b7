//! The `group` entity type, and a group's members.

use std::borrow::Cow;

use entrasim_domain::directory::group::Group;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::look_up::Indexed;
use serde_json::json;

use super::consent::APP_ROLE_ASSIGNMENTS;
use super::relations::{MEMBER_OF, MEMBERS, OWNERS, TRANSITIVE_MEMBER_OF, TRANSITIVE_MEMBERS};
use super::{
    Access, Entities, EntityType, Filterable, Kind, Property, Sortable, security_identifier,
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

/// The order is that of a recorded answer in the Azure CLI's tests.
const PROPERTIES: &[P] = &[
    P::new("id", Kind::Text, |_, group| json!(group.id.to_string()))
        .filter(Filterable::Exact)
        .indexed(get)
        .access(Access::ReadOnly),
    P::date("deletedDateTime", |tenant, group| {
        tenant.deleted.when(group.id)
    })
    .access(Access::ReadOnly),
    P::null("classification"),
    P::new("createdDateTime", Kind::Date, |_, group| {
        json!(group.created.to_string())
    })
    .filter(Filterable::Date)
    .sort(Sortable::Advanced)
    .access(Access::ReadOnly),
    P::empty("creationOptions"),
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
    P::null("expirationDateTime"),
    P::new("groupTypes", Kind::Texts, |_, _| json!([])).filter(Filterable::Exact),
    P::null("isAssignableToRole"),
    P::new("mail", Kind::Text, |_, _| json!(null)).filter(Filterable::TextWithEnd),
    P::new("mailEnabled", Kind::Boolean, |_, _| json!(false)).filter(Filterable::Exact),
    P::text("mailNickname", |_, group| {
        Some(Cow::Borrowed(&*group.mail_nickname))
    })
    .filter(Filterable::Text)
    .by_index(Indexed::MailNickname),
    P::null("membershipRule"),
    P::null("membershipRuleProcessingState"),
    P::null("onPremisesDomainName"),
    P::null("onPremisesLastSyncDateTime"),
    P::null("onPremisesNetBiosName"),
    P::null("onPremisesSamAccountName"),
    P::null("onPremisesSecurityIdentifier"),
    P::null("onPremisesSyncEnabled"),
    P::null("preferredDataLocation"),
    P::null("preferredLanguage"),
    P::new("proxyAddresses", Kind::Texts, |_, _| json!([])).filter(Filterable::TextWithEnd),
    P::new("renewedDateTime", Kind::Date, |_, group| {
        json!(group.created.to_string())
    })
    .filter(Filterable::Date),
    P::empty("resourceBehaviorOptions"),
    P::empty("resourceProvisioningOptions"),
    P::new("securityEnabled", Kind::Boolean, |_, _| json!(true)).filter(Filterable::Exact),
    P::new("securityIdentifier", Kind::Text, |_, group| {
        json!(security_identifier(group.id))
    })
    .filter(Filterable::Exact),
    P::null("theme"),
    P::null("uniqueName"),
    P::null("visibility"),
    P::empty("onPremisesProvisioningErrors"),
    P::empty("serviceProvisioningErrors"),
];

const MISSING: &[&str] = &[
    "accessType",
    "allowExternalSenders",
    "assignedLabels",
    "assignedLicenses",
    "autoSubscribeNewMembers",
    "hasMembersWithLicenseErrors",
    "hideFromAddressLists",
    "hideFromOutlookClients",
    "infoCatalogs",
    "isArchived",
    "isFavorite",
    "isManagementRestricted",
    "isSubscribedByMail",
    "licenseProcessingState",
    "onPremisesExtensionAttributes",
    "organizationId",
    "unseenConversationsCount",
    "unseenCount",
    "unseenMessagesCount",
    "welcomeMessageEnabled",
];
