//! Role definitions and role assignments at any scope.

use std::sync::Arc;

use entrasim_domain::azure::role::{PrincipalType, RoleAssignment, covers};
use entrasim_domain::catalogue::{self, AzureRole};
use entrasim_domain::enforcement::Operation;
use entrasim_domain::enforcement::facts::Target;
use entrasim_domain::id::ObjectId;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::authorize::held_by;
use super::error::ArmError;
use super::{Answer, Arm, list_of, ok};
use crate::wire::Reply;

const ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments";

/// The subscription of a scope, as ids of definitions repeat it.
fn subscription_prefix(scope: &str) -> String {
    let mut parts = scope.split('/').skip(1);
    match (parts.next(), parts.next()) {
        (Some(word), Some(id)) if word.eq_ignore_ascii_case("subscriptions") => {
            format!("/subscriptions/{id}")
        }
        _ => String::new(),
    }
}

fn definition_view(role: &AzureRole, scope: &str) -> Value {
    json!({
        "properties": {
            "roleName": role.name, "type": "BuiltInRole", "description": role.description, "assignableScopes": ["/"],
            "permissions": [{"actions": role.actions, "notActions": role.not_actions, "dataActions": [], "notDataActions": []}],
            "createdOn": "2015-02-02T21:55:09.8806423Z", "updatedOn": "2024-01-01T00:00:00.0000000Z", "createdBy": null, "updatedBy": null,
        },
        "id": format!("{}/providers/Microsoft.Authorization/roleDefinitions/{}", subscription_prefix(scope), role.id),
        "type": "Microsoft.Authorization/roleDefinitions",
        "name": role.id.to_string(),
    })
}

/// `{property} eq '{value}'`
fn equality<'a>(filter: &'a str, property: &str) -> Option<&'a str> {
    let (name, value) = filter.trim().split_once(" eq ")?;
    let value = value.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    name.trim().eq_ignore_ascii_case(property).then_some(value)
}

pub(super) fn definitions(arm: &Arm<'_>, scope: &str, rest: &[&str]) -> Answer {
    if *arm.method() != Method::GET {
        return Err(ArmError::not_simulated("custom Azure roles"));
    }
    arm.authorize("Microsoft.Authorization/roleDefinitions/read", scope)?;
    if let [name] = rest {
        let role = catalogue::azure_roles()
            .iter()
            .find(|role| role.id.to_string() == *name);
        let role = role.ok_or_else(|| {
            let message = format!("The specified role definition with ID '{name}' does not exist.");
            ArmError::new(StatusCode::NOT_FOUND, "RoleDefinitionDoesNotExist", message)
        })?;
        return ok(&definition_view(role, scope));
    }
    let filter = arm.query.get("$filter").unwrap_or_default();
    let wanted: Box<dyn Fn(&AzureRole) -> bool> = if let Some(name) = equality(filter, "roleName") {
        Box::new(move |role| role.name.eq_ignore_ascii_case(name))
    } else if filter.is_empty()
        || filter.eq_ignore_ascii_case("atScopeAndBelow()")
        || equality(filter, "type").is_some_and(|t| t == "BuiltInRole")
    {
        Box::new(|_| true)
    } else if equality(filter, "type").is_some() {
        Box::new(|_| false)
    } else {
        return Err(ArmError::not_simulated(format!(
            "role definition $filter {filter}"
        )));
    };
    list_of(
        catalogue::azure_roles()
            .iter()
            .filter(|role| wanted(role))
            .map(|role| definition_view(role, scope))
            .collect(),
    )
}

fn view(assignment: &RoleAssignment) -> Value {
    let scope = if assignment.scope == "/" {
        ""
    } else {
        assignment.scope.as_str()
    };
    let created = assignment.created.seven_digit_form();
    json!({
        "properties": {
            "roleDefinitionId": format!("{}/providers/Microsoft.Authorization/roleDefinitions/{}", subscription_prefix(&assignment.scope), assignment.role),
            "principalId": assignment.principal.to_string(),
            "principalType": principal_type(assignment.principal_type),
            "scope": assignment.scope,
            "condition": assignment.condition,
            "conditionVersion": assignment.condition.as_ref().map(|_| "2.0"),
            "createdOn": created,
            "updatedOn": created,
            "createdBy": assignment.created_by.map(|by| by.to_string()),
            "updatedBy": assignment.created_by.map(|by| by.to_string()),
            "delegatedManagedIdentityResourceId": null,
            "description": assignment.description,
        },
        "id": format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{}", assignment.name),
        "type": ASSIGNMENTS,
        "name": assignment.name.to_string(),
    })
}

fn principal_type(kind: PrincipalType) -> &'static str {
    match kind {
        PrincipalType::User => "User",
        PrincipalType::Group => "Group",
        PrincipalType::ServicePrincipal => "ServicePrincipal",
    }
}

pub(super) fn assignments(arm: &Arm<'_>, scope: &str, rest: &[&str]) -> Answer {
    if let Some(first) = scope.split('/').nth(1)
        && first.eq_ignore_ascii_case("subscriptions")
    {
        arm.subscription()?;
    }
    match (rest, arm.method()) {
        ([], &Method::GET) => list(arm, scope),
        ([name], &Method::GET) => get(arm, scope, name),
        ([name], &Method::PUT) => put(arm, scope, name),
        ([name], &Method::DELETE) => delete(arm, scope, name),
        (_, other) => Err(ArmError::method(other)),
    }
}

/// `atScope()`: at the scope and above; without it, at the scope and below as well.
fn list(arm: &Arm<'_>, scope: &str) -> Answer {
    arm.authorize(&format!("{ASSIGNMENTS}/read"), scope)?;
    let filter = arm.query.get("$filter").unwrap_or_default();
    let (mut at_scope, mut of): (bool, Option<Vec<Uuid>>) = (false, None);
    for part in filter
        .split(" and ")
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let assigned_to = part
            .strip_prefix("assignedTo('")
            .and_then(|rest| rest.strip_suffix("')"));
        if part.eq_ignore_ascii_case("atScope()") {
            at_scope = true;
        } else if let Some(principal) = equality(part, "principalId") {
            let names = |one: &&Arc<RoleAssignment>| {
                one.principal.to_string().eq_ignore_ascii_case(principal)
            };
            of = Some(
                arm.tenant
                    .azure
                    .role_assignments
                    .values()
                    .filter(names)
                    .map(|one| one.name)
                    .collect(),
            );
        } else if let Some(principal) = assigned_to {
            let principal = principal.parse().map(ObjectId).ok();
            of = Some(principal.map_or_else(Vec::new, |id| {
                held_by(arm.tenant, id).map(|one| one.name).collect()
            }));
        } else {
            return Err(ArmError::not_simulated(format!(
                "role assignment $filter {part}"
            )));
        }
    }
    let values = arm
        .tenant
        .azure
        .role_assignments
        .values()
        .filter(|one| covers(&one.scope, scope) || (!at_scope && covers(scope, &one.scope)))
        .filter(|one| of.as_ref().is_none_or(|names| names.contains(&one.name)));
    list_of(values.map(|one| view(one)).collect())
}

fn find<'a>(arm: &'a Arm<'_>, name: &str) -> Result<&'a Arc<RoleAssignment>, ArmError> {
    let id = Uuid::parse_str(name).ok();
    id.and_then(|id| arm.tenant.azure.role_assignments.get(&id))
        .ok_or_else(|| {
            let message = format!("The role assignment '{name}' is not found.");
            ArmError::new(StatusCode::NOT_FOUND, "RoleAssignmentNotFound", message)
        })
}

fn get(arm: &Arm<'_>, scope: &str, name: &str) -> Answer {
    arm.authorize(&format!("{ASSIGNMENTS}/read"), scope)?;
    ok(&view(find(arm, name)?))
}

fn put(arm: &Arm<'_>, scope: &str, name: &str) -> Answer {
    let target = Target {
        resource_id: arm.path_id(),
        location: None,
    };
    arm.may_change(
        &format!("{ASSIGNMENTS}/write"),
        Operation::CreateOrUpdate(target),
    )?;
    let assignment = Arc::new(read(arm, scope, name)?);
    arm.change(|tenant| {
        let all = &mut tenant.azure.role_assignments;
        let same = |one: &Arc<RoleAssignment>| {
            one.principal == assignment.principal
                && one.role == assignment.role
                && one.scope.eq_ignore_ascii_case(&assignment.scope)
        };
        if all.values().any(same) {
            let message = "The role assignment already exists.";
            return Err(ArmError::new(
                StatusCode::CONFLICT,
                "RoleAssignmentExists",
                message,
            ));
        }
        if all.contains_key(&assignment.name) {
            let message =
                "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.";
            return Err(ArmError::bad_request(
                "RoleAssignmentUpdateNotPermitted",
                message,
            ));
        }
        all.insert(assignment.name, Arc::clone(&assignment));
        Ok(())
    })?;
    arm.log(
        &format!("{ASSIGNMENTS}/write"),
        &arm.path_id(),
        true,
        Vec::new(),
    )?;
    Ok(Reply::json(StatusCode::CREATED, &view(&assignment)))
}

fn read(arm: &Arm<'_>, scope: &str, name: &str) -> Result<RoleAssignment, ArmError> {
    let body = arm.body()?;
    // The oldest contracts have the members at the top, all others under `properties`.
    let properties = body
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&body);
    let text = |name: &str| properties.get(name).and_then(Value::as_str);
    let bad = |message: String| ArmError::bad_request("BadRequestFormat", message);
    let name = Uuid::parse_str(name).map_err(|_| {
        ArmError::bad_request("InvalidRoleAssignmentId", format!("The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID."))
    })?;
    let role = text("roleDefinitionId")
        .and_then(|id| id.rsplit('/').next())
        .unwrap_or_default();
    let role = catalogue::azure_roles()
        .iter()
        .find(|known| known.id.to_string().eq_ignore_ascii_case(role))
        .ok_or_else(|| {
            ArmError::bad_request(
                "RoleDefinitionDoesNotExist",
                format!("The specified role definition with ID '{role}' does not exist."),
            )
        })?;
    let principal = text("principalId").unwrap_or_default();
    let id = principal.parse().map(ObjectId).map_err(|_| {
        bad(format!(
            "The principal ID '{principal}' is not valid. Principal ID must be a GUID."
        ))
    })?;
    let kind = if arm.tenant.users.get(id).is_some() {
        PrincipalType::User
    } else if arm.tenant.groups.contains_key(&id) {
        PrincipalType::Group
    } else if arm.tenant.service_principals.contains_key(&id) {
        PrincipalType::ServicePrincipal
    } else {
        let message = format!(
            "Principal {} does not exist in the directory {}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
            id.0.simple(),
            arm.tenant.id
        );
        return Err(ArmError::bad_request("PrincipalNotFound", message));
    };
    Ok(RoleAssignment {
        name,
        role: role.id,
        principal: id,
        principal_type: kind,
        scope: scope.to_owned(),
        description: text("description").map(str::to_owned),
        condition: text("condition").map(str::to_owned),
        created: arm.call.now(),
        created_by: Some(arm.caller.object_id),
    })
}

fn delete(arm: &Arm<'_>, scope: &str, name: &str) -> Answer {
    let target = Target {
        resource_id: arm.path_id(),
        location: None,
    };
    arm.may_change(&format!("{ASSIGNMENTS}/delete"), Operation::Delete(target))?;
    let Ok(assignment) = find(arm, name) else {
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    };
    if !assignment.scope.eq_ignore_ascii_case(scope) {
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    }
    let assignment = Arc::clone(assignment);
    arm.change(|tenant| {
        tenant.azure.role_assignments.remove(&assignment.name);
        Ok(())
    })?;
    arm.log(
        &format!("{ASSIGNMENTS}/delete"),
        &arm.path_id(),
        true,
        Vec::new(),
    )?;
    ok(&view(&assignment))
}

/// What the caller may do in a scope.
pub(super) fn permissions(arm: &Arm<'_>, scope: &str) -> Answer {
    let held = held_by(arm.tenant, arm.caller.object_id).filter(|one| covers(&one.scope, scope));
    let roles = held.filter_map(|one| {
        catalogue::azure_roles()
            .iter()
            .find(|role| role.id == one.role)
    });
    list_of(roles.map(|role| json!({"actions": role.actions, "notActions": role.not_actions, "dataActions": [], "notDataActions": []})).collect())
}
