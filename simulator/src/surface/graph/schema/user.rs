//! The `user` entity type.

use entrasim_domain::directory::user::{User, UserType};
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use serde_json::{Value, json};

use super::{EntityType, Filterable, Kind, Property, Rows, Sortable, security_identifier};

type P = Property<User>;

pub(in crate::surface::graph) static USER: EntityType<User> = EntityType {
    name: "user",
    set: "users",
    class: "User",
    properties: PROPERTIES,
    missing: MISSING,
    rows,
    id: |user| Some(user.id),
    get,
};

fn rows(tenant: &Tenant, after: Option<ObjectId>) -> Rows<'_, User> {
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

const fn text(name: &'static str, value: fn(&Tenant, &User) -> Value) -> P {
    P::new(name, Kind::Text, value).filter(Filterable::Text)
}

const PROPERTIES: &[P] = &[
    P::new("businessPhones", Kind::Texts, |_, _| json!([])),
    text("displayName", |_, user| json!(*user.display_name)).sort(Sortable::Yes),
    text("givenName", |_, user| json!(user.given_name.as_deref())),
    text("jobTitle", |_, user| json!(user.job_title.as_deref())),
    text("mail", |tenant, user| json!(tenant.mail(user))).filter(Filterable::TextWithEnd),
    P::new("mobilePhone", Kind::Text, |_, user| {
        json!(user.mobile_phone.as_deref())
    })
    .filter(Filterable::Advanced),
    P::new("officeLocation", Kind::Text, |_, user| {
        json!(user.office_location.as_deref())
    })
    .filter(Filterable::Advanced),
    P::new("preferredLanguage", Kind::Text, |_, user| {
        json!(user.preferred_language.as_deref())
    })
    .filter(Filterable::Advanced),
    text("surname", |_, user| json!(user.surname.as_deref())),
    text("userPrincipalName", |tenant, user| {
        json!(tenant.principal_name(user))
    })
    .filter(Filterable::TextWithEnd)
    .sort(Sortable::Yes)
    .key(|tenant, name| tenant.user_by_principal_name(name).map(|user| &**user)),
    P::new("id", Kind::Text, |_, user| json!(user.id.to_string()))
        .filter(Filterable::Exact)
        .indexed(|tenant, id| tenant.users.get(id.parse().ok()?).map(|user| &**user)),
    P::new("accountEnabled", Kind::Boolean, |_, user| {
        json!(user.account_enabled)
    })
    .on_demand()
    .filter(Filterable::Exact),
    P::unset("ageGroup", Filterable::Text),
    P::empty("assignedLicenses").on_demand(),
    P::empty("assignedPlans").on_demand(),
    P::unset("city", Filterable::Text),
    P::unset("companyName", Filterable::Text),
    P::unset("consentProvidedForMinor", Filterable::Text),
    P::unset("country", Filterable::Text),
    P::new("createdDateTime", Kind::Date, |_, user| {
        json!(user.created.to_string())
    })
    .on_demand()
    .filter(Filterable::Date)
    .sort(Sortable::Advanced),
    P::new("creationType", Kind::Text, |_, user| {
        json!(user.home.as_ref().map(|_| "Invitation"))
    })
    .on_demand()
    .filter(Filterable::Text),
    P::null("deletedDateTime").on_demand(),
    text("department", |_, user| json!(user.department.as_deref())).on_demand(),
    P::unset("employeeId", Filterable::Text),
    P::unset("employeeType", Filterable::Advanced),
    P::new("externalUserState", Kind::Text, |_, user| {
        json!(user.home.as_ref().map(|_| "Accepted"))
    })
    .on_demand()
    .filter(Filterable::Text),
    P::new("identities", Kind::Complex, identities).on_demand(),
    P::null("legalAgeGroupClassification").on_demand(),
    P::new("lastPasswordChangeDateTime", Kind::Date, |_, user| {
        json!(
            user.password
                .as_ref()
                .map(|password| password.set.to_string())
        )
    })
    .on_demand(),
    text("mailNickname", |_, user| json!(user.mail_nickname())).on_demand(),
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
    P::empty("otherMails").on_demand(),
    P::unset("passwordPolicies", Filterable::Advanced),
    // The directory never shows a password; the member itself is null on every read.
    P::null("passwordProfile").on_demand(),
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
    "appRoleAssignments",
    "authentication",
    "authorizationInfo",
    "birthday",
    "createdObjects",
    "customSecurityAttributes",
    "deviceEnrollmentLimit",
    "directReports",
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
    "manager",
    "memberOf",
    "mySite",
    "oauth2PermissionGrants",
    "onPremisesExtensionAttributes",
    "ownedDevices",
    "ownedObjects",
    "pastProjects",
    "preferredName",
    "print",
    "registeredDevices",
    "responsibilities",
    "schools",
    "scopedRoleMemberOf",
    "serviceProvisioningErrors",
    "showInAddressList",
    "signInActivity",
    "skills",
    "sponsors",
    "transitiveMemberOf",
];
