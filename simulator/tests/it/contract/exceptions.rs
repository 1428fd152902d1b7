//! Where the published description and the service differ, each with the reason. Nothing stands here because the simulator
//! does not do it.

/// Schema, member, why it may be null although the description says otherwise.
pub(crate) const NULLS: &[(&str, &str, &str)] = &[];

/// Schema, member, why it is there although the description lacks it.
pub(crate) const MEMBERS: &[(&str, &str, &str)] = &[
    (
        "device",
        "createdDateTime",
        "answered by the service; not described",
    ),
    (
        "device",
        "extensionAttributes",
        "answered by v1.0; described in beta",
    ),
    (
        "group",
        "creationOptions",
        "in the documented answer of group-get",
    ),
    (
        "organization",
        "directorySizeQuota",
        "in recorded answers; not described",
    ),
    (
        "organization",
        "isMultipleDataLocationsForServicesEnabled",
        "in recorded answers; not described",
    ),
    (
        "organization",
        "onPremisesSyncStatus",
        "in recorded answers; not described",
    ),
    (
        "servicePrincipal",
        "createdDateTime",
        "in recorded answers to the Azure CLI; not described",
    ),
];

/// Schema, member: what the simulator answers and should not. May only shrink.
pub(crate) const WRONG: &[(&str, &str)] = &[
    // Beta has it; the way that shows a policy does not know the version.
    (
        "conditionalAccessSessionControls",
        "continuousAccessEvaluation",
    ),
];

/// Operation, status, why it is answered although the description lacks it.
pub(crate) const STATUSES: &[(&str, u16, &str)] = &[
    (
        "POST /users/{user-id}/appRoleAssignments",
        201,
        "the description's 200 is that of agent users; groups and service principals have 201",
    ),
    (
        "PATCH /applications/{application-id}",
        201,
        "an alternate key that finds nothing makes it (Microsoft Learn, \"Upsert\")",
    ),
    (
        "PATCH /applications/{application-id}/federatedIdentityCredentials/{federatedIdentityCredential-id}",
        201,
        "an alternate key that finds nothing makes it (Microsoft Learn, \"Upsert\")",
    ),
    (
        "PATCH /groups/{group-id}",
        201,
        "an alternate key that finds nothing makes it (Microsoft Learn, \"Upsert\")",
    ),
    (
        "PATCH /servicePrincipals/{servicePrincipal-id}",
        201,
        "an alternate key that finds nothing makes it (Microsoft Learn, \"Upsert\")",
    ),
];

/// Beginnings of paths that the description lacks, and where they are documented.
pub(crate) const PATHS: &[(&str, &str)] = &[];
