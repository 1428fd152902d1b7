//! Where the published description and the service differ, each with the reason. Nothing stands here because the simulator
//! does not do it.

/// Schema, member, why it may be null although the description says otherwise.
pub(crate) const NULLS: &[(&str, &str, &str)] = &[(
    "qrPin",
    "code",
    "null on every read, as the page of the type says",
)];

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
        "qrCodePinAuthenticationMethod",
        "isUsable",
        "in the documented answer of authentication-put-qrcodepinmethod",
    ),
    (
        "qrCodePinAuthenticationMethod",
        "methodUsabilityReason",
        "in the documented answer of authentication-put-qrcodepinmethod",
    ),
    (
        "servicePrincipal",
        "createdDateTime",
        "in recorded answers to the Azure CLI; not described",
    ),
    (
        "temporaryAccessPassAuthenticationMethod",
        "isUsable",
        "described in v1.0, answered by beta",
    ),
    (
        "temporaryAccessPassAuthenticationMethod",
        "methodUsabilityReason",
        "described in v1.0, answered by beta",
    ),
    (
        "webauthnAuthenticationExtensionsClientInputs",
        "credentialProtectionPolicy",
        "in captured answers; an open type",
    ),
    (
        "webauthnAuthenticationExtensionsClientInputs",
        "enforceCredentialProtectionPolicy",
        "in captured answers; an open type",
    ),
    (
        "webauthnAuthenticationExtensionsClientInputs",
        "hmacCreateSecret",
        "in captured answers; an open type",
    ),
];

/// Schema, member: what the simulator answers and should not. May only shrink.
pub(crate) const WRONG: &[(&str, &str)] = &[
    // Members of the Temporary Access Pass, which the method with a QR code has not.
    ("qrCodePinAuthenticationMethod", "isUsable"),
    ("qrCodePinAuthenticationMethod", "methodUsabilityReason"),
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
    (
        "PATCH /users/{user-id}/authentication/qrCodePinMethod/pin",
        201,
        "documented: qrpin-update",
    ),
    (
        "PATCH /users/{user-id}/authentication/qrCodePinMethod/standardQRCode",
        201,
        "documented: qrcode-update",
    ),
    (
        "PATCH /users/{user-id}/authentication/qrCodePinMethod/temporaryQRCode",
        201,
        "documented: qrcode-update",
    ),
    (
        "POST /users/{user-id}/authentication/methods/{authenticationMethod-id}/disableSmsSignIn",
        200,
        "the documented answer of phoneauthenticationmethod-disablesmssignin, in beta too",
    ),
    (
        "POST /users/{user-id}/authentication/phoneMethods/{phoneAuthenticationMethod-id}/disableSmsSignIn",
        200,
        "the documented answer of phoneauthenticationmethod-disablesmssignin, in beta too",
    ),
];

/// Methods that the description lacks at paths with this segment, and where they are documented.
pub(crate) const OPERATIONS: &[(&str, &str, &str)] = &[
    (
        "PATCH",
        "hardwareOathDevices",
        "many tokens at once: authenticationmethoddevice-post-hardwareoathdevices",
    ),
    (
        "PUT",
        "emailMethods",
        "emailauthenticationmethod-update, until 2023",
    ),
    (
        "PUT",
        "phoneMethods",
        "phoneauthenticationmethod-update, until 2023",
    ),
    (
        "DELETE",
        "tokenLifetimePolicies",
        "tokenlifetimepolicy resource type",
    ),
    (
        "GET",
        "tokenLifetimePolicies",
        "tokenlifetimepolicy resource type",
    ),
    (
        "PATCH",
        "tokenLifetimePolicies",
        "tokenlifetimepolicy resource type",
    ),
    (
        "POST",
        "tokenLifetimePolicies",
        "tokenlifetimepolicy resource type",
    ),
];

/// Beginnings of paths that the description lacks, and where they are documented.
pub(crate) const PATHS: &[(&str, &str)] = &[
    (
        "/directory/administrativeUnits",
        "administrativeunit resource type",
    ),
    ("/devices", "device resource type"),
    ("/invitations", "invitation-post"),
    (
        "/policies/crossTenantAccessPolicy",
        "crosstenantaccesspolicy resource type",
    ),
];
