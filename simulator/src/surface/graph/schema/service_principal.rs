//! The `servicePrincipal` entity type: applications in this tenant, first-party ones and managed identities included.

use std::borrow::Cow;

use entrasim_domain::catalogue;
use entrasim_domain::directory::service_principal::{ServicePrincipal, ServicePrincipalKind};
use entrasim_domain::id::{AppId, ObjectId, PermissionId};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::look_up::Indexed;
use serde_json::{Value, json};

use super::application::{
    ADD_INS, INFORMATION, app_role, key_credential, password_credential, scope, verified_publisher,
};
use super::consent::{APP_ROLE_ASSIGNED_TO, APP_ROLE_ASSIGNMENTS, OAUTH2_PERMISSION_GRANTS};
use super::permission_classification::PERMISSION_CLASSIFICATIONS;
use super::relations::{MEMBER_OF, OWNED_OBJECTS, OWNERS, TRANSITIVE_MEMBER_OF};
use super::token_lifetime_policy::TOKEN_LIFETIME_POLICIES;
use super::{Access, Entities, EntityType, Filterable, Kind, Property, Shape, Sortable, Version};

type P = Property<ServicePrincipal>;

pub(in crate::surface::graph) static SERVICE_PRINCIPAL: EntityType<ServicePrincipal> = EntityType {
    name: "servicePrincipal",
    set: "servicePrincipals",
    class: "ServicePrincipal",
    properties: PROPERTIES,
    navigations: &[
        APP_ROLE_ASSIGNED_TO,
        APP_ROLE_ASSIGNMENTS,
        MEMBER_OF,
        PERMISSION_CLASSIFICATIONS,
        OAUTH2_PERMISSION_GRANTS,
        OWNED_OBJECTS,
        OWNERS,
        TOKEN_LIFETIME_POLICIES,
        TRANSITIVE_MEMBER_OF,
    ],
    missing: MISSING,
    rows,
    size: Some(|tenant| tenant.service_principals.len()),
    id: |principal| Some(principal.id),
    get,
};

fn rows(tenant: &Tenant, after: Option<ObjectId>) -> Entities<'_, ServicePrincipal> {
    use core::ops::Bound;
    let start = after.map_or(Bound::Unbounded, Bound::Excluded);
    Box::new(
        tenant
            .service_principals
            .range((start, Bound::Unbounded))
            .map(|(_, principal)| &**principal),
    )
}

fn get<'a>(tenant: &'a Tenant, key: &str) -> Option<&'a ServicePrincipal> {
    tenant
        .service_principals
        .get(&key.parse::<ObjectId>().ok()?)
        .map(|principal| &**principal)
}

fn by_app_id<'a>(tenant: &'a Tenant, id: &str) -> Option<&'a ServicePrincipal> {
    tenant
        .service_principal(id.parse().ok()?)
        .map(|principal| &**principal)
}

const fn text(name: &'static str, value: fn(&Tenant, &ServicePrincipal) -> Value) -> P {
    P::new(name, Kind::Text, value).filter(Filterable::Text)
}

const PROPERTIES: &[P] = &[
    P::new("id", Kind::Text, |_, principal| {
        json!(principal.id.to_string())
    })
    .filter(Filterable::Exact)
    .indexed(get)
    .access(Access::ReadOnly),
    P::date("deletedDateTime", |tenant, principal| {
        tenant.deleted.when(principal.id)
    })
    .sort(Sortable::Advanced)
    .access(Access::ReadOnly),
    P::new("accountEnabled", Kind::Boolean, |_, principal| {
        json!(principal.account_enabled)
    })
    .filter(Filterable::Exact),
    P::new("alternativeNames", Kind::Texts, alternative_names).filter(Filterable::Text),
    text("appDisplayName", |tenant, principal| {
        let application = tenant.application(principal.app_id);
        json!(application.map_or(&principal.display_name, |app| &app.display_name))
    }),
    P::new("appDescription", Kind::Text, |tenant, principal| {
        let application = tenant.application(principal.app_id);
        json!(application.and_then(|app| app.kept.text("description")))
    })
    .access(Access::ReadOnly),
    P::new("appId", Kind::Text, |_, principal| {
        json!(principal.app_id.to_string())
    })
    .filter(Filterable::Exact)
    .key(by_app_id)
    .access(Access::ReadOnly),
    P::null("applicationTemplateId").only(Version::V1),
    P::guid("appOwnerOrganizationId", |_, principal| {
        Some(principal.app_owner.0)
    })
    .filter(Filterable::Exact),
    P::new(
        "appRoleAssignmentRequired",
        Kind::Boolean,
        |_, principal| json!(principal.assignment_required),
    ),
    P::new("createdDateTime", Kind::Date, |_, principal| {
        json!(principal.created.to_string())
    })
    .filter(Filterable::Date)
    .sort(Sortable::Advanced)
    .access(Access::ReadOnly),
    P::guid("createdByAppId", |_, principal| {
        principal.created_by.map(|by| by.0)
    })
    .access(Access::ReadOnly)
    .on_demand(),
    P::kept("description", Shape::Text(1024)).filter(Filterable::Advanced),
    P::null("disabledByMicrosoftStatus"),
    P::kept("errorUrl", Shape::Text(1024)).only(Version::Beta),
    // A service principal that is switched off gets no tokens.
    P::kept("isDisabled", Shape::Boolean).on_demand(),
    P::text("displayName", |_, principal| {
        Some(Cow::Borrowed(&*principal.display_name))
    })
    .filter(Filterable::Text)
    .by_index(Indexed::DisplayName)
    .sort(Sortable::Yes),
    P::kept("homepage", Shape::Text(1024)).otherwise(|tenant, principal| {
        let application = tenant.application(principal.app_id);
        json!(application.and_then(|app| app.home_page.as_deref()))
    }),
    P::kept("loginUrl", Shape::Text(1024)),
    P::kept("logoutUrl", Shape::Text(1024)).otherwise(|tenant, principal| {
        let application = tenant.application(principal.app_id);
        json!(application.and_then(|app| app.logout_uri.as_deref()))
    }),
    P::kept("notes", Shape::Text(1024)),
    P::kept("notificationEmailAddresses", Shape::List(&Shape::Text(320))),
    P::kept(
        "preferredSingleSignOnMode",
        Shape::OneOf(&["password", "saml", "notSupported", "oidc"]),
    ),
    P::kept("preferredTokenSigningKeyEndDateTime", Shape::Date).only(Version::Beta),
    P::kept("preferredTokenSigningKeyThumbprint", Shape::Text(256)),
    P::new("replyUrls", Kind::Texts, reply_urls),
    P::new("servicePrincipalNames", Kind::Texts, |tenant, principal| {
        json!(names(tenant, principal))
    })
    .filter(Filterable::Text),
    P::new("servicePrincipalType", Kind::Text, |_, principal| {
        json!(match principal.kind {
            ServicePrincipalKind::Application => "Application",
            ServicePrincipalKind::ManagedIdentity { .. } => "ManagedIdentity",
        })
    })
    .filter(Filterable::Exact),
    P::new(
        "signInAudience",
        Kind::Text,
        |tenant, principal| match tenant.application(principal.app_id) {
            Some(application) => json!(application.sign_in_audience.as_str()),
            None if catalogue::first_party_app(principal.app_id).is_some() => {
                json!("AzureADMultipleOrgs")
            }
            None => Value::Null,
        },
    ),
    P::texts("tags", |_, principal| {
        principal
            .tags
            .iter()
            .map(|tag| Cow::Borrowed(&**tag))
            .collect()
    })
    .filter(Filterable::Text),
    P::kept("tokenEncryptionKeyId", Shape::Guid),
    P::kept("samlMetadataUrl", Shape::Text(1024)).only(Version::Beta),
    P::kept(
        "samlSingleSignOnSettings",
        Shape::Object(&[("relayState", Shape::Text(1024))]),
    ),
    P::kept("addIns", ADD_INS),
    P::new("appRoles", Kind::Complex, app_roles),
    P::kept("info", INFORMATION),
    P::complexes("keyCredentials", |_, principal| {
        principal.certificates.iter().map(key_credential).collect()
    }),
    P::new("oauth2PermissionScopes", Kind::Complex, scopes)
        .access(Access::ReadOnly)
        .only(Version::V1),
    P::complexes("passwordCredentials", |_, principal| {
        let secrets = principal.secrets.iter();
        secrets.map(|one| password_credential(one, false)).collect()
    }),
    P::new("publishedPermissionScopes", Kind::Complex, scopes)
        .access(Access::ReadOnly)
        .only(Version::Beta),
    P::empty("resourceSpecificApplicationPermissions").only(Version::V1),
    P::new("verifiedPublisher", Kind::Complex, |_, _| {
        verified_publisher()
    }),
];

/// The app id, and every URI that names the application.
pub(in crate::surface::graph) fn names(
    tenant: &Tenant,
    principal: &ServicePrincipal,
) -> Vec<String> {
    let mut names = match catalogue::first_party_app(principal.app_id) {
        Some(app) => app.uris.clone(),
        None => Vec::new(),
    };
    if let Some(application) = tenant.application(principal.app_id) {
        names.extend(application.identifier_uris.iter().cloned());
    }
    names.insert(0, principal.app_id.to_string());
    names.extend(principal.names.iter().cloned());
    names
}

fn alternative_names(_: &Tenant, principal: &ServicePrincipal) -> Value {
    match &principal.kind {
        ServicePrincipalKind::Application => json!(principal.alternative_names),
        ServicePrincipalKind::ManagedIdentity {
            resource_id,
            user_assigned,
        } => {
            let explicit = if *user_assigned { "True" } else { "False" };
            json!([format!("isExplicit={explicit}"), resource_id])
        }
    }
}

fn reply_urls(tenant: &Tenant, principal: &ServicePrincipal) -> Value {
    if let Some(own) = principal.kept.get("replyUrls") {
        return own.clone();
    }
    let uris = tenant.application(principal.app_id).map(|application| {
        let all = application
            .web_redirect_uris
            .iter()
            .chain(&application.spa_redirect_uris);
        all.chain(&application.public_client_redirect_uris)
            .cloned()
            .collect()
    });
    let first_party =
        || catalogue::first_party_app(principal.app_id).map(|app| app.redirect_uris.clone());
    json!(uris.or_else(first_party).unwrap_or_default())
}

fn is_graph(app: AppId) -> bool {
    app == catalogue::GRAPH
}

fn app_roles(tenant: &Tenant, principal: &ServicePrincipal) -> Value {
    if is_graph(principal.app_id) {
        let roles = catalogue::graph_permissions()
            .values()
            .filter_map(|permission| {
                Some(json!({
                    "allowedMemberTypes": ["Application"],
                    "description": permission.name,
                    "displayName": permission.name,
                    "id": permission.role?.to_string(),
                    "isEnabled": true,
                    "origin": "Application",
                    "value": permission.name,
                }))
            });
        return Value::Array(roles.collect());
    }
    match tenant.application(principal.app_id) {
        Some(application) => Value::Array(application.app_roles.iter().map(app_role).collect()),
        None => json!([]),
    }
}

/// The delegated permissions that a service principal offers: ids and values.
pub(in crate::surface::graph) fn offered_scopes(
    tenant: &Tenant,
    principal: &ServicePrincipal,
) -> Vec<(PermissionId, String)> {
    if is_graph(principal.app_id) {
        let all = catalogue::graph_permissions().values();
        let offered = all.filter_map(|one| Some((one.scope?, one.name.clone())));
        return offered.collect();
    }
    let application = tenant.application(principal.app_id);
    let scopes = application.into_iter().flat_map(|app| &app.scopes);
    scopes
        .map(|scope| (scope.id, scope.value.clone()))
        .collect()
}

fn scopes(tenant: &Tenant, principal: &ServicePrincipal) -> Value {
    if is_graph(principal.app_id) {
        let scopes = catalogue::graph_permissions()
            .values()
            .filter_map(|permission| {
                Some(json!({
                    "adminConsentDescription": permission.name,
                    "adminConsentDisplayName": permission.name,
                    "id": permission.scope?.to_string(),
                    "isEnabled": true,
                    "type": if permission.admin { "Admin" } else { "User" },
                    "userConsentDescription": permission.name,
                    "userConsentDisplayName": permission.name,
                    "value": permission.name,
                }))
            });
        return Value::Array(scopes.collect());
    }
    match tenant.application(principal.app_id) {
        Some(application) => Value::Array(application.scopes.iter().map(scope).collect()),
        None => json!([]),
    }
}

const MISSING: &[&str] = &[
    "createdObjects",
    "customSecurityAttributes",
    "federatedIdentityCredentials",
];
