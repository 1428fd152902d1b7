//! The `application` entity type: registrations.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entrasim_domain::credential::application_credential::{Certificate, ClientSecret, KeyUsage};
use entrasim_domain::directory::application::{
    AppRole, Application, RequiredResourceAccess, Scope,
};
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::look_up::Indexed;
use serde_json::{Value, json};

use super::extension_property::EXTENSION_PROPERTIES;
use super::relations::{FEDERATED_IDENTITY_CREDENTIALS, OWNERS};
use super::token_lifetime_policy::TOKEN_LIFETIME_POLICIES;
use super::{Access, Entities, EntityType, Filterable, Kind, Property, Shape, Sortable, Version};

type P = Property<Application>;

pub(in crate::surface::graph) static APPLICATION: EntityType<Application> = EntityType {
    name: "application",
    set: "applications",
    class: "Application",
    properties: PROPERTIES,
    navigations: &[
        EXTENSION_PROPERTIES,
        FEDERATED_IDENTITY_CREDENTIALS,
        OWNERS,
        TOKEN_LIFETIME_POLICIES,
    ],
    missing: MISSING,
    rows,
    size: Some(|tenant| tenant.applications.len()),
    id: |application| Some(application.id),
    get,
};

fn rows(tenant: &Tenant, after: Option<ObjectId>) -> Entities<'_, Application> {
    use core::ops::Bound;
    let start = after.map_or(Bound::Unbounded, Bound::Excluded);
    Box::new(
        tenant
            .applications
            .range((start, Bound::Unbounded))
            .map(|(_, application)| &**application),
    )
}

fn get<'a>(tenant: &'a Tenant, key: &str) -> Option<&'a Application> {
    tenant
        .applications
        .get(&key.parse::<ObjectId>().ok()?)
        .map(|application| &**application)
}

/// `informationalUrl`
pub(super) const INFORMATION: Shape = Shape::Record(&[
    // Set by uploading a logo.
    ("logoUrl", Shape::Text(1024)),
    ("marketingUrl", Shape::Text(1024)),
    ("privacyStatementUrl", Shape::Text(1024)),
    ("supportUrl", Shape::Text(1024)),
    ("termsOfServiceUrl", Shape::Text(1024)),
]);

/// `addIns`
pub(super) const ADD_INS: Shape = Shape::List(&Shape::Object(&[
    ("id", Shape::Guid),
    ("type", Shape::Text(256)),
    (
        "properties",
        Shape::List(&Shape::Object(&[
            ("key", Shape::Text(256)),
            ("value", Shape::Text(1024)),
        ])),
    ),
]));

/// `optionalClaims`
const OPTIONAL_CLAIMS: Shape = Shape::Object(&[
    ("accessToken", Shape::List(&OPTIONAL_CLAIM)),
    ("idToken", Shape::List(&OPTIONAL_CLAIM)),
    ("saml2Token", Shape::List(&OPTIONAL_CLAIM)),
]);

const OPTIONAL_CLAIM: Shape = Shape::Object(&[
    ("additionalProperties", Shape::List(&Shape::Text(256))),
    ("essential", Shape::Boolean),
    ("name", Shape::Text(256)),
    ("source", Shape::Text(256)),
]);

const PROPERTIES: &[P] = &[
    P::new("id", Kind::Text, |_, app| json!(app.id.to_string()))
        .filter(Filterable::Exact)
        .indexed(get)
        .access(Access::ReadOnly),
    P::date("deletedDateTime", |tenant, app| tenant.deleted.when(app.id))
        .sort(Sortable::Advanced)
        .access(Access::ReadOnly),
    P::new("appId", Kind::Text, |_, app| json!(app.app_id.to_string()))
        .filter(Filterable::Exact)
        .key(|tenant, id| {
            tenant
                .application(id.parse().ok()?)
                .map(|application| &**application)
        })
        .access(Access::ReadOnly),
    P::null("applicationTemplateId").only(Version::V1),
    P::kept(
        "authenticationBehaviors",
        Shape::Object(&[
            ("blockAzureADGraphAccess", Shape::Boolean),
            ("removeUnverifiedEmailClaim", Shape::Boolean),
            ("requireClientServicePrincipal", Shape::Boolean),
        ]),
    )
    .on_demand(),
    P::guid("createdByAppId", |_, app| app.created_by.map(|by| by.0))
        .access(Access::ReadOnly)
        .on_demand(),
    P::null("disabledByMicrosoftStatus"),
    // A registration that is switched off gets no tokens.
    P::kept("isDisabled", Shape::Boolean).on_demand(),
    P::kept("managerApplications", Shape::List(&Shape::Guid))
        .only(Version::Beta)
        .on_demand(),
    P::kept(
        "nativeAuthenticationApisEnabled",
        Shape::OneOf(&["none", "all"]),
    )
    .on_demand(),
    P::kept("oauth2RequirePostResponse", Shape::Boolean)
        .only(Version::V1)
        .on_demand(),
    P::text("uniqueName", |_, app| {
        app.unique_name.as_deref().map(Cow::Borrowed)
    })
    .key(|tenant, name| tenant.application_by_unique_name(name).map(AsRef::as_ref))
    .access(Access::ReadOnly)
    .on_demand(),
    P::new("createdDateTime", Kind::Date, |_, app| {
        json!(app.created.to_string())
    })
    .filter(Filterable::Date)
    .sort(Sortable::Advanced)
    .access(Access::ReadOnly),
    P::text("displayName", |_, app| {
        Some(Cow::Borrowed(&*app.display_name))
    })
    .filter(Filterable::Text)
    .by_index(Indexed::DisplayName)
    .sort(Sortable::Yes),
    P::kept("description", Shape::Text(1024)).filter(Filterable::Advanced),
    P::kept(
        "groupMembershipClaims",
        Shape::OneOf(&[
            "None",
            "SecurityGroup",
            "DirectoryRole",
            "ApplicationGroup",
            "All",
        ]),
    ),
    P::new("identifierUris", Kind::Texts, |_, app| {
        json!(app.identifier_uris)
    })
    .filter(Filterable::Text),
    P::kept("isDeviceOnlyAuthSupported", Shape::Boolean),
    P::new("isFallbackPublicClient", Kind::Boolean, |_, app| {
        json!(app.allow_public_client.then_some(true))
    }),
    P::kept("notes", Shape::Text(1024)),
    P::new("publisherDomain", Kind::Text, |tenant, _| {
        json!(tenant.initial_domain())
    })
    .filter(Filterable::Advanced),
    P::kept("serviceManagementReference", Shape::Text(256)),
    P::new("signInAudience", Kind::Text, |_, app| {
        json!(app.sign_in_audience.as_str())
    })
    .filter(Filterable::Text),
    P::kept("tags", Shape::List(&Shape::Text(256))).filter(Filterable::Exact),
    P::kept("tokenEncryptionKeyId", Shape::Guid),
    P::kept("samlMetadataUrl", Shape::Text(1024)),
    P::kept("defaultRedirectUri", Shape::Text(256)),
    P::null("certification"),
    P::kept("optionalClaims", OPTIONAL_CLAIMS),
    P::kept(
        "requestSignatureVerification",
        Shape::Object(&[
            ("isSignedRequestRequired", Shape::Boolean),
            ("allowedWeakAlgorithms", Shape::OneOf(&["rsaSha1"])),
        ]),
    ),
    P::kept("addIns", ADD_INS).only(Version::V1),
    P::new("api", Kind::Complex, |_, app| {
        json!({
            "acceptMappedClaims": app.accept_mapped_claims,
            "knownClientApplications": app.known_clients.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "requestedAccessTokenVersion": app.access_token_version,
            "oauth2PermissionScopes": app.scopes.iter().map(scope).collect::<Vec<_>>(),
            "preAuthorizedApplications": app.pre_authorized.iter().map(|row| json!({
                "appId": row.client.to_string(),
                "delegatedPermissionIds": row.scopes.iter().map(ToString::to_string).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        })
    }),
    P::new("appRoles", Kind::Complex, |_, app| {
        json!(app.app_roles.iter().map(app_role).collect::<Vec<_>>())
    }),
    P::kept("info", INFORMATION),
    P::new("keyCredentials", Kind::Complex, |_, app| {
        json!(
            app.certificates
                .iter()
                .map(key_credential)
                .collect::<Vec<_>>()
        )
    }),
    P::kept(
        "parentalControlSettings",
        Shape::Record(&[
            ("countriesBlockedForMinors", Shape::List(&Shape::Text(2))),
            (
                "legalAgeGroupRule",
                Shape::FirstOf(&[
                    "Allow",
                    "RequireConsentForPrivacyServices",
                    "RequireConsentForMinors",
                    "RequireConsentForKids",
                    "BlockMinors",
                ]),
            ),
        ]),
    ),
    P::new("passwordCredentials", Kind::Complex, |_, app| {
        json!(
            app.secrets
                .iter()
                .map(|secret| password_credential(secret, false))
                .collect::<Vec<_>>()
        )
    }),
    P::new(
        "publicClient",
        Kind::Complex,
        |_, app| json!({"redirectUris": app.public_client_redirect_uris}),
    ),
    P::new("requiredResourceAccess", Kind::Complex, |_, app| {
        json!(
            app.required_resource_access
                .iter()
                .map(required_resource_access)
                .collect::<Vec<_>>()
        )
    }),
    P::new("verifiedPublisher", Kind::Complex, |_, _| {
        verified_publisher()
    }),
    P::new("web", Kind::Complex, |_, app| {
        json!({
            "homePageUrl": app.home_page,
            "logoutUrl": app.logout_uri,
            "redirectUris": app.web_redirect_uris,
            "implicitGrantSettings": {
                "enableAccessTokenIssuance": app.implicit_grant.access_tokens,
                "enableIdTokenIssuance": app.implicit_grant.id_tokens,
            },
            "redirectUriSettings": app.web_redirect_uris.iter().map(|uri| redirect_uri_setting(app, uri)).collect::<Vec<_>>(),
        })
    }),
    P::kept(
        "servicePrincipalLockConfiguration",
        Shape::Object(&[
            ("isEnabled", Shape::Boolean),
            ("allProperties", Shape::Boolean),
            ("credentialsWithUsageVerify", Shape::Boolean),
            ("credentialsWithUsageSign", Shape::Boolean),
            ("tokenEncryptionKeyId", Shape::Boolean),
        ]),
    ),
    P::new(
        "spa",
        Kind::Complex,
        |_, app| json!({"redirectUris": app.spa_redirect_uris}),
    ),
];

/// A secret as `passwordCredential`; its text is shown in the answer that makes it and never again.
pub(in crate::surface::graph) fn password_credential(
    secret: &ClientSecret,
    with_text: bool,
) -> Value {
    json!({
        "customKeyIdentifier": secret.custom_id.as_ref().map(|id| STANDARD.encode(id)),
        "displayName": secret.display_name,
        "endDateTime": secret.end.to_string(),
        "hint": secret.hint(),
        "keyId": secret.key_id.to_string(),
        "secretText": with_text.then_some(&secret.value),
        "startDateTime": secret.start.to_string(),
    })
}

/// A certificate as `keyCredential`, without the certificate itself.
pub(in crate::surface::graph) fn key_credential(certificate: &Certificate) -> Value {
    let thumbprint =
        ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &certificate.der);
    let custom = certificate.custom_id.as_deref();
    let (kind, usage) = match certificate.usage {
        KeyUsage::Verify => ("AsymmetricX509Cert", "Verify"),
        KeyUsage::Sign => ("X509CertAndPassword", "Sign"),
    };
    json!({
        "customKeyIdentifier": STANDARD.encode(custom.unwrap_or(thumbprint.as_ref())),
        "displayName": certificate.display_name,
        "endDateTime": certificate.end.to_string(),
        "key": null,
        "keyId": certificate.key_id.to_string(),
        "startDateTime": certificate.start.to_string(),
        "type": kind,
        "usage": usage,
    })
}

pub(super) fn scope(scope: &Scope) -> Value {
    json!({
        "adminConsentDescription": scope.admin_consent_description,
        "adminConsentDisplayName": filled(&scope.admin_consent_display_name),
        "id": scope.id.to_string(),
        "isEnabled": scope.enabled,
        "type": if scope.admin_only { "Admin" } else { "User" },
        "userConsentDescription": scope.user_consent_description,
        "userConsentDisplayName": scope.user_consent_display_name,
        "value": filled(&scope.value),
    })
}

/// A text, or null if it is empty.
fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// A redirect URI with its place in the portal's list.
fn redirect_uri_setting(app: &Application, uri: &str) -> Value {
    let rows = app
        .kept
        .get("redirectUriSettings")
        .and_then(Value::as_array);
    let mut rows = rows.into_iter().flatten();
    let known = rows.find(|row| row.get("uri").and_then(Value::as_str) == Some(uri));
    let index = known.and_then(|row| row.get("index").cloned());
    json!({"uri": uri, "index": index})
}

pub(super) fn app_role(role: &AppRole) -> Value {
    let mut member_types = Vec::new();
    if role.for_users {
        member_types.push("User");
    }
    if role.for_applications {
        member_types.push("Application");
    }
    json!({
        "allowedMemberTypes": member_types,
        "description": role.description,
        "displayName": role.display_name,
        "id": role.id.to_string(),
        "isEnabled": role.enabled,
        "origin": "Application",
        "value": filled(&role.value),
    })
}

fn required_resource_access(access: &RequiredResourceAccess) -> Value {
    let scopes = access
        .scopes
        .iter()
        .map(|id| json!({"id": id.to_string(), "type": "Scope"}));
    let roles = access
        .roles
        .iter()
        .map(|id| json!({"id": id.to_string(), "type": "Role"}));
    json!({
        "resourceAppId": access.resource.to_string(),
        "resourceAccess": scopes.chain(roles).collect::<Vec<_>>(),
    })
}

pub(super) fn verified_publisher() -> Value {
    json!({"displayName": null, "verifiedPublisherId": null, "addedDateTime": null})
}

const MISSING: &[&str] = &["logo"];
