//! First segments of the real service that are outside of what is simulated: answered with 501 by name. Tables only.

const OUTSIDE: &[&str] = &[
    "admin",
    "administrativeUnits",
    "agreements",
    "applicationTemplates",
    "appCatalogs",
    "auditLogs",
    "certificateBasedAuthConfiguration",
    "chats",
    "communications",
    "compliance",
    "connections",
    "contacts",
    "contracts",
    "deviceAppManagement",
    "deviceManagement",
    "directory",
    "drives",
    "education",
    "external",
    "functions",
    "groupLifecyclePolicies",
    "groupSettings",
    "groupSettingTemplates",
    "identity",
    "identityGovernance",
    "identityProtection",
    "informationProtection",
    "permissionGrants",
    "places",
    "planner",
    "policies",
    "print",
    "privacy",
    "reports",
    "roleManagement",
    "schemaExtensions",
    "scopedRoleMemberships",
    "search",
    "security",
    "servicePrincipalsByAppId",
    "shares",
    "sites",
    "solutions",
    "storage",
    "subscriptions",
    "teams",
    "teamsTemplates",
    "tenantRelationships",
];

/// Segments after an object that belong to products beyond the directory.
pub(in crate::surface::graph) const BELOW: &[&str] = &[
    "activities",
    "authentication",
    "branding",
    "calendar",
    "calendars",
    "certificateBasedAuthConfiguration",
    "chats",
    "contacts",
    "conversations",
    "drive",
    "drives",
    "events",
    "extensions",
    "homeRealmDiscoveryPolicies",
    "claimsMappingPolicies",
    "insights",
    "joinedTeams",
    "logo",
    "mailFolders",
    "messages",
    "onenote",
    "onlineMeetings",
    "outlook",
    "people",
    "photo",
    "photos",
    "planner",
    "presence",
    "sendMail",
    "serviceConfigurationRecords",
    "setVerifiedPublisher",
    "settings",
    "sites",
    "synchronization",
    "team",
    "teamwork",
    "threads",
    "todo",
    "tokenIssuancePolicies",
    "transitiveReports",
    "unsetVerifiedPublisher",
];

/// The name of an operation of another product, with `{id}` where an id stands, so that equal operations have equal names.
pub(in crate::surface::graph) fn name<'s>(
    method: &str,
    segments: impl Iterator<Item = &'s str>,
) -> Option<String> {
    let mut segments = segments;
    let first = segments.next()?;
    let mut known = OUTSIDE.iter();
    let set = known.find(|known| known.eq_ignore_ascii_case(first))?;
    Some(joined(method, set, segments))
}

/// The same of any path.
pub(in crate::surface::graph) fn joined<'s>(
    method: &str,
    set: &str,
    segments: impl Iterator<Item = &'s str>,
) -> String {
    const LEVELS: usize = 4;
    let mut name = format!("graph {method} /{set}");
    for segment in segments.take(LEVELS) {
        let is_name = segment.len() <= 48
            && segment
                .chars()
                .all(|c| c.is_ascii_alphabetic() || c == '$' || c == '.');
        name.push('/');
        name.push_str(if is_name { segment } else { "{id}" });
    }
    name
}
