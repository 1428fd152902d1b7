//! What the real service has and the simulator has not: segments that are answered with 501 by name. Tables only.

/// First segments that the real service has and the simulator has not.
pub(super) const SETS: &[&str] = &[
    "$batch",
    "$metadata",
    "auditLogs",
    "devices",
    "directory",
    "directoryRoleTemplates",
    "identity",
    "oauth2PermissionGrants",
    "policies",
    "reports",
    "roleManagement",
    "subscribedSkus",
    "administrativeUnits",
    "identityGovernance",
    "identityProtection",
    "informationProtection",
    "invitations",
    "security",
    "sites",
    "drives",
    "teams",
    "subscriptions",
    "contacts",
    "contracts",
    "deviceManagement",
    "deviceAppManagement",
    "applicationTemplates",
    "groupSettings",
    "tenantRelationships",
    "permissionGrants",
    "schemaExtensions",
    "servicePrincipalsByAppId",
    "search",
    "places",
    "planner",
    "privacy",
    "print",
    "education",
    "external",
    "chats",
    "communications",
    "connections",
    "agreements",
    "admin",
    "compliance",
    "functions",
    "certificateBasedAuthConfiguration",
];

/// Segments after an object that the real service has and the simulator has not.
pub(super) const BELOW: &[&str] = &[
    "addKey",
    "addTokenSigningCertificate",
    "appRoleAssignedTo",
    "appRoleAssignments",
    "assignLicense",
    "authentication",
    "calendar",
    "changePassword",
    "checkMemberGroups",
    "checkMemberObjects",
    "claimsMappingPolicies",
    "contacts",
    "convertExternalToInternalMemberUser",
    "createdObjects",
    "delegatedPermissionClassifications",
    "directReports",
    "domainNameReferences",
    "drive",
    "events",
    "extensionProperties",
    "federationConfiguration",
    "forceDelete",
    "getMemberObjects",
    "homeRealmDiscoveryPolicies",
    "invalidateAllRefreshTokens",
    "licenseDetails",
    "logo",
    "mailFolders",
    "manager",
    "messages",
    "oauth2PermissionGrants",
    "ownedDevices",
    "ownedObjects",
    "owners",
    "photo",
    "promote",
    "registeredDevices",
    "removeKey",
    "reprocessLicenseAssignment",
    "restore",
    "rootDomain",
    "scopedMembers",
    "scopedRoleMemberOf",
    "serviceConfigurationRecords",
    "setVerifiedPublisher",
    "sponsors",
    "synchronization",
    "tokenIssuancePolicies",
    "tokenLifetimePolicies",
    "transitiveMembers",
    "transitiveReports",
    "unsetVerifiedPublisher",
    "verificationDnsRecords",
    "verify",
    "sendMail",
    "onlineMeetings",
    "presence",
    "settings",
    "todo",
    "branding",
    "certificateBasedAuthConfiguration",
];

/// Segments after a set that the real service has and the simulator has not.
pub(super) const BESIDE: &[&str] = &[
    "delta",
    "getAvailableExtensionProperties",
    "getByIds",
    "getUserOwnedObjects",
    "validatePassword",
    "validateProperties",
];

pub(super) fn contains(list: &[&str], name: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The name of an operation, with `{id}` where an id stands, so that equal operations have equal names.
pub(super) fn name<'s>(
    method: &str,
    set: &str,
    has_key: bool,
    rest: impl Iterator<Item = &'s str>,
) -> String {
    const LEVELS: usize = 3;
    let is_name = |segment: &&str| {
        segment.len() <= 48
            && segment
                .chars()
                .all(|c| c.is_ascii_alphabetic() || c == '$' || c == '.')
    };
    let key = has_key.then_some("{id}");
    let rest = rest.map(|segment| Some(segment).filter(is_name).unwrap_or("{id}"));
    let mut name = format!("graph {method} /{set}");
    for segment in key.into_iter().chain(rest).take(LEVELS) {
        name.push('/');
        name.push_str(segment);
    }
    name
}
