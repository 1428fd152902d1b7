//! The `user` entity type.

use std::borrow::Cow;
use std::sync::Arc;

use entrasim_domain::directory::user::{Mail, User, UserType};
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::look_up::Indexed;
use serde_json::{Value, json};

use super::consent::{APP_ROLE_ASSIGNMENTS, OAUTH2_PERMISSION_GRANTS};
use super::relations::{
    DIRECT_REPORTS, MANAGER, MEMBER_OF, OWNED_DEVICES, OWNED_OBJECTS, REGISTERED_DEVICES, SPONSORS,
    TRANSITIVE_MEMBER_OF,
};
use super::scoped_role_membership::SCOPED_ROLE_MEMBER_OF;
use super::{
    Access, Address, Entities, EntityType, Filterable, Kind, Operators, Property, Sortable,
    security_identifier,
};

type P = Property<User>;

pub(in crate::surface::graph) static USER: EntityType<User> = EntityType {
    name: "user",
    set: "users",
    class: "User",
    properties: PROPERTIES,
    navigations: &[
        APP_ROLE_ASSIGNMENTS,
        OAUTH2_PERMISSION_GRANTS,
        DIRECT_REPORTS,
        MANAGER,
        MEMBER_OF,
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

const PROPERTIES: &[P] = &[
    P::new("businessPhones", Kind::Texts, |_, _| json!([])).access(Access::Sensitive),
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
    P::new("mobilePhone", Kind::Text, |_, user| {
        json!(user.profile().mobile_phone.as_deref())
    })
    .filter(Filterable::Advanced)
    .access(Access::Sensitive),
    P::new("officeLocation", Kind::Text, |_, user| {
        json!(user.profile().office_location.as_deref())
    })
    .filter(Filterable::Advanced),
    P::new("preferredLanguage", Kind::Text, |_, user| {
        json!(user.profile().preferred_language.as_deref())
    })
    .filter(Filterable::Advanced),
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
    P::boolean("accountEnabled", |_, user| Some(user.account_enabled))
        .on_demand()
        .filter(Filterable::Exact)
        .access(Access::Sensitive),
    P::unset("ageGroup", Filterable::Text),
    P::empty("assignedLicenses").on_demand(),
    P::empty("assignedPlans").on_demand(),
    P::unset("city", Filterable::Text),
    P::unset("companyName", Filterable::Text),
    P::unset("consentProvidedForMinor", Filterable::Text),
    P::unset("country", Filterable::Text),
    P::date("createdDateTime", |_, user| Some(user.created))
        .on_demand()
        .filter(Filterable::Date)
        .sort(Sortable::Advanced)
        .access(Access::ReadOnly),
    P::new("creationType", Kind::Text, |_, user| {
        json!(user.home.as_ref().map(|_| "Invitation"))
    })
    .on_demand()
    .filter(Filterable::Text),
    P::date("deletedDateTime", |tenant, user| {
        tenant.deleted.when(user.id)
    })
    .access(Access::ReadOnly)
    .on_demand(),
    text("department", Indexed::Department, |_, user| {
        shared(user.department.as_ref())
    })
    .on_demand(),
    P::unset("employeeId", Filterable::Text),
    P::unset("employeeType", Filterable::Advanced),
    P::new("externalUserState", Kind::Text, |_, user| {
        json!(user.home.as_ref().map(|_| "Accepted"))
    })
    .on_demand()
    .filter(Filterable::Text),
    P::complexes("identities", identities)
        .operators(Operators::EQ)
        .members(&[
            ("issuer", Kind::Text),
            ("issuerAssignedId", Kind::Text),
            ("signInType", Kind::Text),
        ])
        .on_demand(),
    P::null("legalAgeGroupClassification").on_demand(),
    P::new("lastPasswordChangeDateTime", Kind::Date, |_, user| {
        json!(
            user.password
                .as_ref()
                .map(|password| password.set.to_string())
        )
    })
    .on_demand(),
    text("mailNickname", Indexed::MailNickname, |_, user| {
        Some(Cow::Borrowed(user.mail_nickname()))
    })
    .on_demand(),
    P::null("onPremisesDistinguishedName").on_demand(),
    P::null("onPremisesDomainName").on_demand(),
    P::unset("onPremisesImmutableId", Filterable::Text),
    P::null("onPremisesLastSyncDateTime").on_demand(),
    P::empty("onPremisesProvisioningErrors").on_demand(),
    P::unset("onPremisesSamAccountName", Filterable::Text),
    P::unset("onPremisesSecurityIdentifier", Filterable::Text),
    P::new("onPremisesSyncEnabled", Kind::Boolean, |_, _| Value::Null)
        .filter(Filterable::Exact)
        .on_demand(),
    P::null("onPremisesUserPrincipalName").on_demand(),
    P::empty("otherMails").on_demand().access(Access::Sensitive),
    P::unset("passwordPolicies", Filterable::Advanced),
    // The directory never shows a password; the member itself is null on every read.
    P::null("passwordProfile")
        .on_demand()
        .access(Access::Sensitive),
    P::unset("postalCode", Filterable::Advanced),
    P::unset("preferredDataLocation", Filterable::Text),
    P::empty("provisionedPlans").on_demand(),
    P::new("proxyAddresses", Kind::Texts, |tenant, user| {
        let address = tenant.mail(user).map(|mail| format!("SMTP:{mail}"));
        json!(address.into_iter().collect::<Vec<_>>())
    })
    .on_demand()
    .filter(Filterable::TextWithEnd),
    P::new("securityIdentifier", Kind::Text, |_, user| {
        json!(security_identifier(user.id))
    })
    .on_demand()
    .filter(Filterable::Exact),
    P::new("signInSessionsValidFromDateTime", Kind::Date, |_, user| {
        json!(user.sessions.since.to_string())
    })
    .on_demand(),
    P::unset("state", Filterable::Text),
    P::unset("streetAddress", Filterable::Advanced),
    P::unset("usageLocation", Filterable::Text),
    P::new("userType", Kind::Text, |_, user| {
        json!(match user.user_type {
            UserType::Member => "Member",
            UserType::Guest => "Guest",
        })
    })
    .on_demand()
    .filter(Filterable::Exact),
];

fn identities(tenant: &Tenant, user: &User) -> Value {
    let mut identities = vec![json!({
        "signInType": "userPrincipalName",
        "issuer": tenant.initial_domain(),
        "issuerAssignedId": tenant.principal_name(user),
    })];
    if user.home.is_some() {
        identities.insert(
            0,
            json!({
                "signInType": "federated",
                "issuer": "ExternalAzureAD",
                "issuerAssignedId": null,
            }),
        );
    }
    Value::Array(identities)
}

const MISSING: &[&str] = &[
    "aboutMe",
    "authentication",
    "authorizationInfo",
    "birthday",
    "createdObjects",
    "customSecurityAttributes",
    "deviceEnrollmentLimit",
    "employeeHireDate",
    "employeeLeaveDateTime",
    "employeeOrgData",
    "externalUserStateChangeDateTime",
    "faxNumber",
    "hireDate",
    "identityParentId",
    "imAddresses",
    "interests",
    "isManagementRestricted",
    "isResourceAccount",
    "licenseAssignmentStates",
    "licenseDetails",
    "mailboxSettings",
    "mySite",
    "onPremisesExtensionAttributes",
    "pastProjects",
    "preferredName",
    "print",
    "responsibilities",
    "schools",
    "serviceProvisioningErrors",
    "showInAddressList",
    "signInActivity",
    "skills",
];
