//! The `user` entity type. Lengths are those of the property table of the reference.

use std::borrow::Cow;
use std::sync::Arc;

use entrasim_domain::directory::user::{Mail, User, UserType};
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::look_up::Indexed;
use serde_json::json;

use super::consent::{APP_ROLE_ASSIGNMENTS, OAUTH2_PERMISSION_GRANTS};
use super::relations::{
    CREATED_OBJECTS, DIRECT_REPORTS, LICENSE_DETAILS, MANAGER, MEMBER_OF, OWNED_DEVICES,
    OWNED_OBJECTS, REGISTERED_DEVICES, SPONSORS, TRANSITIVE_MEMBER_OF,
};
use super::scoped_role_membership::SCOPED_ROLE_MEMBER_OF;
use super::{
    Access, Address, Entities, EntityType, Filterable, Kind, Operators, Property, Shape, Sortable,
    Version, licence, security_identifier,
};

mod values;

type P = Property<User>;

pub(in crate::surface::graph) static USER: EntityType<User> = EntityType {
    name: "user",
    set: "users",
    class: "User",
    properties: PROPERTIES,
    navigations: &[
        APP_ROLE_ASSIGNMENTS,
        CREATED_OBJECTS,
        DIRECT_REPORTS,
        LICENSE_DETAILS,
        MANAGER,
        MEMBER_OF,
        OAUTH2_PERMISSION_GRANTS,
        OWNED_DEVICES,
        OWNED_OBJECTS,
        REGISTERED_DEVICES,
        SCOPED_ROLE_MEMBER_OF,
        SPONSORS,
        TRANSITIVE_MEMBER_OF,
    ],
    missing: MISSING,
    rows,
    size: Some(|tenant| tenant.users.len()),
    id: |user| Some(user.id),
    get,
};

fn rows(tenant: &Tenant, after: Option<ObjectId>) -> Entities<'_, User> {
    Box::new(tenant.users.after(after).map(|user| &**user))
}

/// By object id or principal name.
fn get<'a>(tenant: &'a Tenant, key: &str) -> Option<&'a User> {
    let user = match key.parse() {
        Ok(id) => tenant.users.get(id),
        Err(_) => tenant.user_by_principal_name(key),
    };
    user.map(|user| &**user)
}

type ReadText = for<'a> fn(&'a Tenant, &'a User) -> Option<Cow<'a, str>>;

/// A text with an index.
const fn text(name: &'static str, index: Indexed, read: ReadText) -> P {
    P::text(name, read).filter(Filterable::Text).by_index(index)
}

fn shared(text: Option<&Arc<str>>) -> Option<Cow<'_, str>> {
    text.map(|text| Cow::Borrowed(&**text))
}

/// A text that is kept, filtered for as most texts are, and only shown when selected.
const fn more(name: &'static str, most: usize) -> P {
    P::kept(name, Shape::Text(most))
        .filter(Filterable::Text)
        .on_demand()
}

/// A text that directory synchronisation brings.
const fn synchronised(name: &'static str, filter: Filterable) -> P {
    P::kept(name, Shape::Text(1024))
        .filter(filter)
        .access(Access::ReadOnly)
        .on_demand()
}

/// A list of texts about the person.
const fn about(name: &'static str) -> P {
    P::kept(name, TEXTS).on_demand()
}

/// The properties that are returned without being asked for come first, in the order of recorded answers.
const PROPERTIES: &[P] = &[
    P::kept("businessPhones", TEXTS)
        .filter(Filterable::Text)
        .access(Access::Sensitive),
    text("displayName", Indexed::DisplayName, |_, user| {
        Some(Cow::Borrowed(&*user.display_name))
    })
    .sort(Sortable::Yes),
    text("givenName", Indexed::GivenName, |_, user| {
        shared(user.given_name.as_ref())
    }),
    text("jobTitle", Indexed::JobTitle, |_, user| {
        shared(user.job_title.as_ref())
    }),
    P::address("mail", |tenant, user| match &user.mail {
        Mail::None => None,
        Mail::PrincipalName => Some(Address::of_parts(tenant.principal_name_parts(user))),
        // Every address has an `@`: what is written is checked.
        Mail::Other(address) => address.split_once('@').map(Address::of_parts),
    })
    .by_index(Indexed::Mail)
    .filter(Filterable::TextWithEnd),
    P::kept("mobilePhone", Shape::Text(64))
        .filter(Filterable::Advanced)
        .search()
        .access(Access::Sensitive),
    P::kept("officeLocation", Shape::Text(128)).filter(Filterable::Advanced),
    P::kept("preferredLanguage", Shape::Text(64)).filter(Filterable::Advanced),
    text("surname", Indexed::Surname, |_, user| {
        shared(user.surname.as_ref())
    }),
    P::address("userPrincipalName", |tenant, user| {
        Some(Address::of_parts(tenant.principal_name_parts(user)))
    })
    .by_index(Indexed::UserPrincipalName)
    .filter(Filterable::TextWithEnd)
    .sort(Sortable::Yes)
    .key(|tenant, name| tenant.user_by_principal_name(name).map(|user| &**user))
    .access(Access::Sensitive),
    P::new("id", Kind::Text, |_, user| json!(user.id.to_string()))
        .filter(Filterable::Exact)
        .indexed(|tenant, id| tenant.users.get(id.parse().ok()?).map(|user| &**user))
        .access(Access::ReadOnly),
    P::kept("aboutMe", Shape::Text(4096)).on_demand(),
    P::boolean("accountEnabled", |_, user| Some(user.account_enabled))
        .on_demand()
        .filter(Filterable::Exact)
        .access(Access::Sensitive),
    P::kept(
        "ageGroup",
        Shape::OneOf(&["Minor", "NotAdult", "Adult", "null"]),
    )
    .filter(Filterable::Exact)
    .on_demand(),
    P::complexes("assignedLicenses", licence::of_user)
        .operators(Operators::EQ.and(Operators::NOT).and(Operators::COUNT))
        .members(licence::ASSIGNED_MEMBERS)
        .access(Access::ReadOnly)
        .on_demand(),
    P::complexes("assignedPlans", licence::assigned_plans)
        .operators(Operators::EQ.and(Operators::NOT))
        .members(licence::PLAN_MEMBERS)
        .access(Access::ReadOnly)
        .on_demand(),
    P::kept("authorizationInfo", AUTHORIZATION_INFO).on_demand(),
    P::kept("birthday", Shape::Date).on_demand(),
    more("city", 128),
    more("companyName", 64),
    P::kept(
        "consentProvidedForMinor",
        Shape::OneOf(&["Granted", "Denied", "NotRequired"]),
    )
    .filter(Filterable::Exact)
    .on_demand(),
    more("country", 128),
    P::date("createdDateTime", |_, user| Some(user.created))
        .on_demand()
        .filter(Filterable::Date)
        .sort(Sortable::Advanced)
        .access(Access::ReadOnly),
    P::new("creationType", Kind::Text, |_, user| {
        let kept = user.profile().kept.text("creationType");
        json!(kept.or(user.home.as_ref().map(|_| "Invitation")))
    })
    .on_demand()
    .filter(Filterable::Text)
    .access(Access::ReadOnly),
    P::date("deletedDateTime", |tenant, user| {
        tenant.deleted.when(user.id)
    })
    .sort(Sortable::Advanced)
    .access(Access::ReadOnly)
    .on_demand(),
    text("department", Indexed::Department, |_, user| {
        shared(user.department.as_ref())
    })
    .on_demand(),
    P::kept("employeeHireDate", Shape::Date)
        .filter(Filterable::Date)
        .on_demand(),
    text("employeeId", Indexed::EmployeeId, |_, user| {
        shared(user.profile().employee_id.as_ref())
    })
    .on_demand(),
    P::kept("employeeLeaveDateTime", Shape::Date)
        .filter(Filterable::Date)
        .guarded(&[
            "User-LifeCycleInfo.Read.All",
            "User-LifeCycleInfo.ReadWrite.All",
        ])
        .on_demand(),
    P::kept("employeeOrgData", ORG_DATA)
        .operators(Operators::EXACT)
        .members(&[("costCenter", Kind::Text), ("division", Kind::Text)])
        .on_demand(),
    P::kept("employeeType", Shape::Text(256))
        .filter(Filterable::Advanced)
        .on_demand(),
    P::new("externalUserState", Kind::Text, |_, user| {
        let kept = user.profile().kept.text("externalUserState");
        json!(kept.or(user.home.as_ref().map(|_| "Accepted")))
    })
    .on_demand()
    .filter(Filterable::Exact)
    .access(Access::ReadOnly),
    // Beta says that it is a text.
    P::kept("externalUserStateChangeDateTime", Shape::Date)
        .only(Version::V1)
        .filter(Filterable::Date)
        .access(Access::ReadOnly)
        .on_demand(),
    more("faxNumber", 64),
    P::kept("hireDate", Shape::Date).on_demand(),
    P::complexes("identities", values::identities)
        .operators(Operators::EQ)
        .members(&[
            ("issuer", Kind::Text),
            ("issuerAssignedId", Kind::Text),
            ("signInType", Kind::Text),
        ])
        .on_demand(),
    P::kept("imAddresses", TEXTS)
        .filter(Filterable::Text)
        .access(Access::ReadOnly)
        .on_demand(),
    about("interests"),
    P::boolean("isManagementRestricted", |tenant, user| {
        Some(tenant.is_management_restricted(user.id))
    })
    .access(Access::ReadOnly)
    .on_demand(),
    P::kept("isResourceAccount", Shape::Boolean).on_demand(),
    P::new("lastPasswordChangeDateTime", Kind::Date, |_, user| {
        json!(
            user.password
                .as_ref()
                .map(|password| password.set.to_string())
        )
    })
    .access(Access::ReadOnly)
    .on_demand(),
    P::new(
        "legalAgeGroupClassification",
        Kind::Text,
        values::legal_age_group,
    )
    .access(Access::ReadOnly)
    .on_demand(),
    P::complexes("licenseAssignmentStates", licence::states)
        .access(Access::ReadOnly)
        .on_demand(),
    text("mailNickname", Indexed::MailNickname, |_, user| {
        Some(Cow::Borrowed(user.mail_nickname()))
    })
    .on_demand(),
    P::kept("mySite", Shape::Text(2048)).on_demand(),
    synchronised("onPremisesDistinguishedName", Filterable::Text),
    synchronised("onPremisesDomainName", Filterable::Text),
    P::kept("onPremisesExtensionAttributes", ATTRIBUTES)
        .operators(Operators::TEXT.and(Operators::ADVANCED))
        .members(ATTRIBUTE_NAMES)
        .on_demand(),
    text("onPremisesImmutableId", Indexed::ImmutableId, |_, user| {
        shared(user.profile().immutable_id.as_ref())
    })
    .access(Access::Sensitive)
    .on_demand(),
    P::kept("onPremisesLastSyncDateTime", Shape::Date)
        .filter(Filterable::Date)
        .access(Access::ReadOnly)
        .on_demand(),
    P::empty("onPremisesProvisioningErrors").on_demand(),
    synchronised("onPremisesSamAccountName", Filterable::Text),
    synchronised("onPremisesSecurityIdentifier", Filterable::Exact),
    P::kept("onPremisesSyncEnabled", Shape::Boolean)
        .filter(Filterable::Exact)
        .access(Access::ReadOnly)
        .on_demand(),
    synchronised("onPremisesUserPrincipalName", Filterable::Text),
    P::kept("otherMails", TEXTS)
        .filter(Filterable::TextWithEnd)
        .access(Access::Sensitive)
        .on_demand(),
    P::kept("passwordPolicies", Shape::Text(256))
        .filter(Filterable::Advanced)
        .on_demand(),
    // The directory never shows a password; the member itself is null on every read.
    P::null("passwordProfile")
        .on_demand()
        .access(Access::Sensitive),
    about("pastProjects"),
    P::kept("postalCode", Shape::Text(40))
        .filter(Filterable::Advanced)
        .on_demand(),
    more("preferredDataLocation", 3),
    P::kept("preferredName", Shape::Text(256)).on_demand(),
    P::complexes("provisionedPlans", licence::provisioned_plans)
        .access(Access::ReadOnly)
        .on_demand(),
    P::texts("proxyAddresses", values::proxy_addresses)
        .on_demand()
        .filter(Filterable::TextWithEnd)
        .access(Access::ReadOnly),
    about("responsibilities"),
    about("schools"),
    P::new("securityIdentifier", Kind::Text, |_, user| {
        json!(security_identifier(user.id))
    })
    .on_demand()
    .filter(Filterable::Exact)
    .access(Access::ReadOnly),
    P::empty("serviceProvisioningErrors").on_demand(),
    P::kept("showInAddressList", Shape::Boolean).on_demand(),
    P::complex("signInActivity", values::sign_in_activity)
        .operators(Operators::ORDERED)
        .members(&[
            ("lastNonInteractiveSignInDateTime", Kind::Date),
            ("lastSignInDateTime", Kind::Date),
            ("lastSuccessfulSignInDateTime", Kind::Date),
        ])
        .guarded(&["AuditLog.Read.All"])
        .access(Access::ReadOnly)
        .on_demand(),
    P::new("signInSessionsValidFromDateTime", Kind::Date, |_, user| {
        json!(user.sessions.since.to_string())
    })
    .access(Access::ReadOnly)
    .on_demand(),
    about("skills"),
    more("state", 128),
    P::kept("streetAddress", Shape::Text(1024))
        .filter(Filterable::Advanced)
        .on_demand(),
    more("usageLocation", 2),
    P::new("userType", Kind::Text, |_, user| {
        json!(match user.user_type {
            UserType::Member => "Member",
            UserType::Guest => "Guest",
        })
    })
    .on_demand()
    .filter(Filterable::Exact),
];

const TEXTS: Shape = Shape::List(&Shape::Text(256));
const ORG_DATA: Shape = Shape::Object(&[
    ("costCenter", Shape::Text(1024)),
    ("division", Shape::Text(1024)),
]);
const AUTHORIZATION_INFO: Shape =
    Shape::Record(&[("certificateUserIds", Shape::List(&Shape::Text(1024)))]);

/// `extensionAttribute1` to `15`
macro_rules! attributes {
    ($($name:literal)+) => {
        pub(super) const ATTRIBUTES: Shape = Shape::Record(&[$(($name, Shape::Text(1024))),+]);
        pub(super) const ATTRIBUTE_NAMES: &[(&str, Kind)] = &[$(($name, Kind::Text)),+];
    };
}

attributes! {
    "extensionAttribute1" "extensionAttribute2" "extensionAttribute3" "extensionAttribute4" "extensionAttribute5"
    "extensionAttribute6" "extensionAttribute7" "extensionAttribute8" "extensionAttribute9" "extensionAttribute10"
    "extensionAttribute11" "extensionAttribute12" "extensionAttribute13" "extensionAttribute14" "extensionAttribute15"
}

const MISSING: &[&str] = &[
    "activities",
    "authentication",
    "customSecurityAttributes",
    "deviceEnrollmentLimit",
    "identityParentId",
    "mailboxSettings",
    "print",
];
