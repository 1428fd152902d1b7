//! Writing the directory out, so that reading it in again gives the same.

use entrasim_domain::directory::group::Group;
use entrasim_domain::directory::kept::Kept;
use entrasim_domain::directory::user::{User, UserType};
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::relations::Relation;
use serde_json::{Value, json};

pub(super) fn directory(tenant: &Tenant) -> Value {
    json!({
        "users": tenant.users.iter().map(|row| user(tenant, row)).collect::<Vec<_>>(),
        "groups": tenant.groups.values().map(|row| group(tenant, row)).collect::<Vec<_>>(),
        "applications": tenant.applications.values().map(|app| json!({
            "id": app.id.to_string(),
            "appId": app.app_id.to_string(),
            "displayName": app.display_name,
            "createdDateTime": app.created.to_string(),
            "signInAudience": app.sign_in_audience.as_str(),
            "identifierUris": app.identifier_uris,
            "isFallbackPublicClient": app.allow_public_client,
            "web": {"redirectUris": app.web_redirect_uris},
            "spa": {"redirectUris": app.spa_redirect_uris},
            "publicClient": {"redirectUris": app.public_client_redirect_uris},
            "owners": links(tenant, Relation::Owner, app.id),
        })).collect::<Vec<_>>(),
        "servicePrincipals": tenant.service_principals.values().map(|principal| json!({
            "id": principal.id.to_string(),
            "appId": principal.app_id.to_string(),
            "displayName": principal.display_name,
            "appOwnerOrganizationId": principal.app_owner.to_string(),
            "createdDateTime": principal.created.to_string(),
            "accountEnabled": principal.account_enabled,
            "appRoleAssignmentRequired": principal.assignment_required,
            "tags": principal.tags,
        })).collect::<Vec<_>>(),
        "oauth2PermissionGrants": tenant.delegated_grants.values().map(|grant| json!({
            "id": grant.id,
            "clientId": grant.client.to_string(),
            "resourceId": grant.resource.to_string(),
            "consentType": if grant.principal.is_some() { "Principal" } else { "AllPrincipals" },
            "principalId": grant.principal.map(|id| id.to_string()),
            "scope": grant.scopes.join(" "),
        })).collect::<Vec<_>>(),
        "roleAssignments": tenant.role_assignments.values().map(|row| json!({
            "id": row.id.to_string(),
            "principalId": row.principal.to_string(),
            "roleDefinitionId": row.role.to_string(),
            "directoryScopeId": row.scope.text(),
        })).collect::<Vec<_>>(),
    })
}

fn links(tenant: &Tenant, relation: Relation, of: ObjectId) -> Vec<String> {
    let targets = tenant.relations.targets(relation, of, None);
    targets.map(|id| id.to_string()).collect()
}

/// Members without a value are left out: they are what reading in assumes.
fn said(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let is_said = |value: &Value| match value {
                Value::Null => false,
                Value::Array(list) => !list.is_empty(),
                Value::Object(members) => !members.is_empty(),
                _ => true,
            };
            let members = members.into_iter().filter(|(_, value)| is_said(value));
            Value::Object(members.collect())
        }
        other => other,
    }
}

fn user(tenant: &Tenant, user: &User) -> Value {
    let profile = user.profile();
    let manager = tenant
        .relations
        .targets(Relation::Manager, user.id, None)
        .next();
    let members = json!({
        "id": user.id.to_string(),
        "userPrincipalName": tenant.principal_name(user),
        "displayName": *user.display_name,
        "givenName": user.given_name.as_deref(),
        "surname": user.surname.as_deref(),
        "jobTitle": user.job_title.as_deref(),
        "department": user.department.as_deref(),
        "mail": tenant.mail(user),
        "mailNickname": user.mail_nickname(),
        "accountEnabled": user.account_enabled,
        "userType": match user.user_type { UserType::Member => "Member", UserType::Guest => "Guest" },
        "createdDateTime": user.created.to_string(),
        "passwordProfile": user.password.as_ref().map(|password| json!({
            "password": *password.value,
            "forceChangePasswordNextSignIn": password.must_change,
        })),
        "employeeId": profile.employee_id.as_deref(),
        "onPremisesImmutableId": profile.immutable_id.as_deref(),
        "manager": manager.map(|id| json!({"id": id.to_string()})),
    });
    said(with(members, &profile.kept))
}

/// What is kept of an object as it was written, beside its other members.
fn with(mut members: Value, kept: &Kept) -> Value {
    for (name, value) in kept.iter() {
        members[name] = said(value.clone());
    }
    members
}

fn group(tenant: &Tenant, group: &Group) -> Value {
    let rule = group.membership_rule.as_deref();
    let members = if group.is_dynamic() {
        Vec::new()
    } else {
        links(tenant, Relation::Member, group.id)
    };
    let members = json!({
        "id": group.id.to_string(),
        "displayName": group.display_name,
        "description": group.description,
        "mailNickname": group.mail_nickname,
        "createdDateTime": group.created.to_string(),
        "renewedDateTime": group.renewed.to_string(),
        "groupTypes": group.types(),
        "mailEnabled": group.mail_enabled,
        "securityEnabled": group.security_enabled,
        "isAssignableToRole": group.assignable_to_role,
        "uniqueName": group.unique_name,
        "membershipRule": rule.map(|rule| rule.text.as_str()),
        "membershipRuleProcessingState": rule.map(|rule| if rule.processing { "On" } else { "Paused" }),
        "members": members,
        "owners": links(tenant, Relation::Owner, group.id),
    });
    said(with(members, &group.kept))
}
