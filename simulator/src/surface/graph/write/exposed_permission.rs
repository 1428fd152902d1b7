//! What a registration exposes: app roles and delegated permissions, and the rules for changing them.
//!
//! The rules: Microsoft Graph reference, `appRole` and `permissionScope`; that what is in force is disabled before it is taken
//! away, public issues say (microsoftgraph/msgraph-sdk-powershell#1211). Texts of a permission in force may be changed.

use entrasim_domain::directory::application::{
    AppRole, PreAuthorized, RequiredResourceAccess, Scope,
};
use entrasim_domain::id::{AppId, PermissionId};
use serde_json::{Map, Value};

use super::super::error::GraphError;
use super::super::error::application::ApplicationError;
use super::super::schema::application::APPLICATION;
use super::application::CLASS;
use super::{boolean, invalid, optional_text, required, text};

/// Characters of a permission's value.
const VALUE: usize = 120;

/// `appRoles`
pub(super) fn app_roles(before: &[AppRole], value: &Value) -> Result<Vec<AppRole>, GraphError> {
    let roles = rows(value, "appRoles", app_role)?;
    check(before, &roles, |role| Permission {
        id: role.id,
        value: &role.value,
        enabled: role.enabled,
    })?;
    Ok(roles)
}

/// `api.oauth2PermissionScopes`
pub(super) fn scopes(before: &[Scope], value: &Value) -> Result<Vec<Scope>, GraphError> {
    let scopes = rows(value, "oauth2PermissionScopes", scope)?;
    check(before, &scopes, |scope| Permission {
        id: scope.id,
        value: &scope.value,
        enabled: scope.enabled,
    })?;
    Ok(scopes)
}

/// `api.preAuthorizedApplications`
pub(super) fn pre_authorized(
    scopes: &[Scope],
    value: &Value,
) -> Result<Vec<PreAuthorized>, GraphError> {
    const NAME: &str = "preAuthorizedApplications";
    rows(value, NAME, |members| {
        known(
            members,
            &["appId", "delegatedPermissionIds", "permissionIds"],
            "preAuthorizedApplication",
        )?;
        let client = id(required(members, "appId", CLASS)?, "appId")?;
        let named = members.get("delegatedPermissionIds");
        let named = named.or_else(|| members.get("permissionIds"));
        let ids: Vec<PermissionId> = match named {
            Some(value) => ids(value, "delegatedPermissionIds")?,
            None => Vec::new(),
        };
        if !ids
            .iter()
            .all(|id| scopes.iter().any(|scope| scope.id == *id))
        {
            return Err(invalid(NAME, CLASS));
        }
        Ok(PreAuthorized {
            client,
            scopes: ids,
        })
    })
}

/// `api.knownClientApplications`
pub(super) fn known_clients(value: &Value) -> Result<Vec<AppId>, GraphError> {
    ids(value, "knownClientApplications")
}

/// `requiredResourceAccess`
pub(super) fn required_resource_access(
    value: &Value,
) -> Result<Vec<RequiredResourceAccess>, GraphError> {
    const NAME: &str = "requiredResourceAccess";
    rows(value, NAME, |members| {
        known(members, &["resourceAppId", "resourceAccess"], NAME)?;
        let mut access = RequiredResourceAccess {
            resource: id(required(members, "resourceAppId", CLASS)?, "resourceAppId")?,
            scopes: Vec::new(),
            roles: Vec::new(),
        };
        let entries = required(members, "resourceAccess", CLASS)?;
        rows(entries, "resourceAccess", |entry| {
            known(entry, &["id", "type"], "resourceAccess")?;
            let id = id(required(entry, "id", CLASS)?, "id")?;
            let list = match required(entry, "type", CLASS)?.as_str() {
                Some("Scope") => &mut access.scopes,
                Some("Role") => &mut access.roles,
                _ => return Err(invalid("type", CLASS)),
            };
            list.push(id);
            Ok(())
        })?;
        Ok(access)
    })
}

fn app_role(members: &Map<String, Value>) -> Result<AppRole, GraphError> {
    known(
        members,
        &[
            "allowedMemberTypes",
            "description",
            "displayName",
            "id",
            "isEnabled",
            "origin",
            "value",
        ],
        "appRole",
    )?;
    let member_types = required(members, "allowedMemberTypes", CLASS)?;
    let member_types = super::texts(member_types, "allowedMemberTypes", CLASS)?;
    let (mut for_users, mut for_applications) = (false, false);
    for kind in &member_types {
        match kind.as_str() {
            "User" => for_users = true,
            "Application" => for_applications = true,
            _ => return Err(invalid("allowedMemberTypes", CLASS)),
        }
    }
    if member_types.is_empty() {
        return Err(invalid("allowedMemberTypes", CLASS));
    }
    Ok(AppRole {
        id: id(required(members, "id", CLASS)?, "id")?,
        value: permission_value(members)?,
        display_name: text(
            required(members, "displayName", CLASS)?,
            "displayName",
            CLASS,
            256,
        )?,
        description: text(
            required(members, "description", CLASS)?,
            "description",
            CLASS,
            1024,
        )?,
        for_users,
        for_applications,
        enabled: enabled(members)?,
    })
}

fn scope(members: &Map<String, Value>) -> Result<Scope, GraphError> {
    known(
        members,
        &[
            "adminConsentDescription",
            "adminConsentDisplayName",
            "id",
            "isEnabled",
            "origin",
            "type",
            "userConsentDescription",
            "userConsentDisplayName",
            "value",
        ],
        "permissionScope",
    )?;
    let words = |name: &str, most| match members.get(name) {
        Some(value) => optional_text(value, name, CLASS, most),
        None => Ok(None),
    };
    let admin_only = match members.get("type").and_then(Value::as_str) {
        None | Some("User") => false,
        Some("Admin") => true,
        Some(_) => return Err(invalid("type", CLASS)),
    };
    let title = words("adminConsentDisplayName", 256)?;
    Ok(Scope {
        id: id(required(members, "id", CLASS)?, "id")?,
        value: permission_value(members)?,
        admin_consent_display_name: title.unwrap_or_default(),
        admin_consent_description: words("adminConsentDescription", 1024)?,
        user_consent_display_name: words("userConsentDisplayName", 256)?,
        user_consent_description: words("userConsentDescription", 1024)?,
        admin_only,
        enabled: enabled(members)?,
    })
}

/// What the rules compare.
struct Permission<'p> {
    id: PermissionId,
    value: &'p str,
    enabled: bool,
}

fn check<T>(
    before: &[T],
    after: &[T],
    as_permission: impl Fn(&T) -> Permission<'_>,
) -> Result<(), GraphError> {
    for (at, one) in after.iter().enumerate() {
        let one = as_permission(one);
        let twin =
            after.iter().skip(at + 1).map(&as_permission).any(|other| {
                other.id == one.id || (!one.value.is_empty() && other.value == one.value)
            });
        if twin {
            return Err(ApplicationError::DuplicateValue.into());
        }
    }
    for old in before.iter().map(&as_permission).filter(|old| old.enabled) {
        let mut kept = after.iter().map(&as_permission);
        if !kept.any(|new| new.id == old.id && new.value == old.value) {
            return Err(ApplicationError::EnabledPermission.into());
        }
    }
    Ok(())
}

fn permission_value(members: &Map<String, Value>) -> Result<String, GraphError> {
    let value = match members.get("value") {
        None | Some(Value::Null) => return Ok(String::new()),
        Some(Value::String(value)) => value,
        Some(_) => return Err(invalid("value", CLASS)),
    };
    let allowed =
        |c: char| c.is_ascii_alphanumeric() || ":!#$%&'()*+,-./;<=>?@[]^_`{|}~".contains(c);
    if value.len() <= VALUE && !value.starts_with('.') && value.chars().all(allowed) {
        Ok(value.clone())
    } else {
        Err(invalid("value", CLASS))
    }
}

fn enabled(members: &Map<String, Value>) -> Result<bool, GraphError> {
    match members.get("isEnabled") {
        None | Some(Value::Null) => Ok(true),
        Some(value) => boolean(value, "isEnabled", CLASS),
    }
}

/// A list of objects, each read by `row`.
fn rows<T>(
    value: &Value,
    name: &str,
    mut row: impl FnMut(&Map<String, Value>) -> Result<T, GraphError>,
) -> Result<Vec<T>, GraphError> {
    let rows = value.as_array().ok_or_else(|| invalid(name, CLASS))?;
    rows.iter()
        .map(|value| row(value.as_object().ok_or_else(|| invalid(name, CLASS))?))
        .collect()
}

/// Refuses members that the type does not have.
fn known(
    members: &Map<String, Value>,
    names: &[&str],
    entity: &'static str,
) -> Result<(), GraphError> {
    let strange = members
        .keys()
        .find(|name| !name.contains('@') && !names.contains(&name.as_str()));
    match strange {
        Some(member) => Err(GraphError::UnknownMember {
            member: member.clone(),
            entity,
        }),
        None => Ok(()),
    }
}

fn id<T: core::str::FromStr>(value: &Value, name: &str) -> Result<T, GraphError> {
    let id = value.as_str().and_then(|text| text.parse().ok());
    id.ok_or_else(|| invalid(name, APPLICATION.class))
}

fn ids<T: core::str::FromStr>(value: &Value, name: &str) -> Result<Vec<T>, GraphError> {
    let list = value.as_array().ok_or_else(|| invalid(name, CLASS))?;
    list.iter().map(|value| id(value, name)).collect()
}
