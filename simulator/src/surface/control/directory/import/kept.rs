//! Properties that are read in as they stand.

use entrasim_domain::directory::kept::Kept;

use super::Fields;

/// What is kept of a user as it stands there.
pub(super) const OF_USERS: &[&str] = &[
    "aboutMe",
    "ageGroup",
    "birthday",
    "businessPhones",
    "city",
    "companyName",
    "consentProvidedForMinor",
    "country",
    "employeeHireDate",
    "employeeLeaveDateTime",
    "employeeOrgData",
    "employeeType",
    "faxNumber",
    "interests",
    "isResourceAccount",
    "mobilePhone",
    "mySite",
    "officeLocation",
    "onPremisesDistinguishedName",
    "onPremisesDomainName",
    "onPremisesExtensionAttributes",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "onPremisesUserPrincipalName",
    "otherMails",
    "passwordPolicies",
    "pastProjects",
    "postalCode",
    "preferredDataLocation",
    "preferredLanguage",
    "preferredName",
    "responsibilities",
    "schools",
    "showInAddressList",
    "skills",
    "state",
    "streetAddress",
    "usageLocation",
];
/// The same of a group.
pub(super) const OF_GROUPS: &[&str] = &[
    "classification",
    "preferredDataLocation",
    "preferredLanguage",
    "theme",
    "visibility",
];

pub(super) fn keep(kept: &mut Kept, names: &'static [&'static str], fields: &mut Fields<'_>) {
    for name in names {
        if let Some(value) = fields.value(name) {
            kept.set(name, value.clone());
        }
    }
}
