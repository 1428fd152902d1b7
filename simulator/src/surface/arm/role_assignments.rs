//! `Microsoft.Authorization/roleAssignments` at any scope.

use std::sync::Arc;

use entrasim_domain::azure::role::{PrincipalType, RoleAssignment, covers};
use entrasim_domain::azure::role_definition::role_definition;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Answer;
use super::context::{Arm, log};
use super::error::ArmError;
use super::filter::{Clause, Filter, compare};
use super::gate::Change;
use super::resource_id::{ProviderPath, ResourceId};
use super::{resources, role_definitions};
use crate::wire::Reply;

const TYPE: &str = "Microsoft.Authorization/roleAssignments";

/// `{scope}/providers/Microsoft.Authorization/roleAssignments…`
pub(super) fn answer(arm: &Arm<'_, '_>, id: &ResourceId, provider: &ProviderPath) -> Answer {
    let method = arm.call.request.method.clone();
    if provider.types.len() != 1 {
        return Err(ArmError::NotSimulated(format!("{method} {TYPE}/…")));
    }
    match (&method, provider.names.first()) {
        (&Method::GET, None) => list(arm, id),
        (&Method::GET, Some(name)) => get(arm, id, name),
        (&Method::PUT, Some(name)) => put(arm, id, name),
        (&Method::DELETE, Some(name)) => delete(arm, id, name),
        _ => Err(ArmError::MethodNotAllowed(method.to_string())),
    }
}

fn scope_of(id: &ResourceId) -> &str {
    if id.scope.is_empty() { "/" } else { &id.scope }
}

fn list(arm: &Arm<'_, '_>, id: &ResourceId) -> Answer {
    let scope = scope_of(id);
    let filter = Filter::parse(arm.query.get("$filter"))?;
    // Everyone may ask for their own: the postponement script of Microsoft does so before it has any role.
    let own = filter.clauses().any(|clause| {
        matches!(clause, Clause::Compare { property, value, .. }
            if property == "principalid" && *value == arm.caller.object_id.to_string())
    });
    if !own {
        arm.authorize(&format!("{TYPE}/read"), scope)?;
    }
    let mut value = Vec::new();
    for assignment in arm.tenant.azure.role_assignments.values() {
        let related = covers(&assignment.scope, scope) || covers(scope, &assignment.scope);
        if related && filter.accepts(|clause| holds(arm, assignment, scope, clause))? {
            value.push(resource(assignment, id.subscription.as_deref()));
        }
    }
    Ok(Reply::json(StatusCode::OK, &json!({"value": value})))
}

fn holds(
    arm: &Arm<'_, '_>,
    assignment: &RoleAssignment,
    scope: &str,
    clause: &Clause,
) -> Result<bool, ArmError> {
    let holds = match clause {
        Clause::Call { name, argument } => match name.as_str() {
            // At the scope and above it, not below.
            "atscope" => Some(covers(&assignment.scope, scope)),
            // Through groups too.
            "assignedto" => argument.parse().ok().map(|principal| {
                arm.tenant
                    .principals_of(principal)
                    .contains(&assignment.principal)
            }),
            _ => None,
        },
        Clause::Compare {
            property,
            operator,
            value,
        } => match property.as_str() {
            "principalid" => compare(operator, &assignment.principal.to_string(), value),
            _ => None,
        },
    };
    holds.ok_or_else(|| clause.unknown("roleAssignments"))
}

fn find<'t>(tenant: &'t Tenant, id: &ResourceId, name: &str) -> Option<&'t Arc<RoleAssignment>> {
    let name = Uuid::parse_str(name).ok()?;
    let assignment = tenant.azure.role_assignments.get(&name)?;
    let same = |a: &str, b: &str| covers(a, b) && covers(b, a);
    same(&assignment.scope, scope_of(id)).then_some(assignment)
}

fn get(arm: &Arm<'_, '_>, id: &ResourceId, name: &str) -> Answer {
    arm.authorize(&format!("{TYPE}/read"), scope_of(id))?;
    let found = find(arm.tenant, id, name).ok_or_else(|| {
        ArmError::NotFound(
            "RoleAssignmentNotFound",
            format!("The role assignment '{name}' is not found."),
        )
    })?;
    Ok(Reply::json(
        StatusCode::OK,
        &resource(found, id.subscription.as_deref()),
    ))
}

fn put(arm: &Arm<'_, '_>, id: &ResourceId, name: &str) -> Answer {
    let body = arm.body()?;
    let audits = arm.permit(&[Change::write(&format!("{TYPE}/write"), &id.text(), None)])?;
    let wanted = read(arm, id, name, &body)?;
    if let Some(error) = resources::missing_group(arm.tenant, id) {
        return Err(error);
    }
    let status = arm.write(|tenant| {
        for audit in audits {
            log(tenant, audit);
        }
        store(arm, tenant, &wanted)
    })?;
    Ok(Reply::json(
        status,
        &resource(&wanted, id.subscription.as_deref()),
    ))
}

/// Keeps an assignment, with its event: 201 when it is new, 200 when it was there.
pub(super) fn store(
    arm: &Arm<'_, '_>,
    tenant: &mut Tenant,
    wanted: &Arc<RoleAssignment>,
) -> Result<StatusCode, ArmError> {
    let status = insert(tenant, wanted)?;
    let scope = wanted.scope.trim_end_matches('/');
    let id = format!("{scope}/providers/{TYPE}/{}", wanted.name);
    log(tenant, arm.event(&format!("{TYPE}/write"), &id, status));
    Ok(status)
}

fn insert(tenant: &mut Tenant, wanted: &Arc<RoleAssignment>) -> Result<StatusCode, ArmError> {
    let same = |other: &RoleAssignment| {
        other.principal == wanted.principal
            && other.role == wanted.role
            && other.scope.eq_ignore_ascii_case(&wanted.scope)
    };
    let table = &mut tenant.azure.role_assignments;
    if let Some(known) = table.get(&wanted.name) {
        if !same(known) {
            return Err(ArmError::BadRequest(
                "RoleAssignmentUpdateNotPermitted",
                "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
                    .to_owned(),
            ));
        }
        table.insert(wanted.name, Arc::clone(wanted));
        return Ok(StatusCode::OK);
    }
    if let Some(known) = table.values().find(|other| same(other)) {
        return Err(ArmError::RoleAssignmentExists(known.name));
    }
    table.insert(wanted.name, Arc::clone(wanted));
    Ok(StatusCode::CREATED)
}

/// Reads what a body assigns.
pub(super) fn read(
    arm: &Arm<'_, '_>,
    id: &ResourceId,
    name: &str,
    body: &Map<String, Value>,
) -> Result<Arc<RoleAssignment>, ArmError> {
    let name = Uuid::parse_str(name).map_err(|_| {
        ArmError::BadRequest(
            "InvalidRoleAssignmentId",
            format!("The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID."),
        )
    })?;
    let empty = Map::new();
    let properties = body
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let text = |name: &str| properties.get(name).and_then(Value::as_str);
    let incorrect = || {
        ArmError::BadRequest(
            "BadRequestFormat",
            "The request was incorrectly formatted.".to_owned(),
        )
    };
    let role = text("roleDefinitionId").ok_or_else(incorrect)?;
    let role = role.rsplit('/').next().unwrap_or_default();
    let role = Uuid::parse_str(role)
        .ok()
        .and_then(role_definition)
        .ok_or_else(|| role_definitions::does_not_exist(role))?;
    let principal: ObjectId = text("principalId")
        .and_then(|id| id.parse().ok())
        .ok_or_else(incorrect)?;
    let principal_type = principal_type(arm, principal, text("principalType"))?;
    Ok(Arc::new(RoleAssignment {
        name,
        role: role.id,
        principal,
        principal_type,
        scope: scope_of(id).to_owned(),
        description: text("description").map(str::to_owned),
        condition: text("condition").map(str::to_owned),
        created: arm.call.now(),
        created_by: Some(arm.caller.object_id),
    }))
}

fn principal_type(
    arm: &Arm<'_, '_>,
    principal: ObjectId,
    declared: Option<&str>,
) -> Result<PrincipalType, ArmError> {
    let tenant = arm.tenant;
    let found = if tenant.users.get(principal).is_some() {
        PrincipalType::User
    } else if tenant.groups.contains_key(&principal) {
        PrincipalType::Group
    } else if tenant.service_principals.contains_key(&principal) {
        PrincipalType::ServicePrincipal
    } else {
        return Err(ArmError::BadRequest(
            "PrincipalNotFound",
            format!(
                "Principal {} does not exist in the directory {}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
                principal.0.simple(),
                tenant.id
            ),
        ));
    };
    match declared {
        Some(declared) if !declared.eq_ignore_ascii_case(type_name(found)) => {
            Err(ArmError::BadRequest(
                "UnmatchedPrincipalType",
                format!(
                    "The PrincipalId '{}' has type '{}' , which is different from specified PrinciaplType '{declared}'.",
                    principal.0.simple(),
                    type_name(found)
                ),
            ))
        }
        _ => Ok(found),
    }
}

fn type_name(principal_type: PrincipalType) -> &'static str {
    match principal_type {
        PrincipalType::User => "User",
        PrincipalType::Group => "Group",
        PrincipalType::ServicePrincipal => "ServicePrincipal",
    }
}

fn delete(arm: &Arm<'_, '_>, id: &ResourceId, name: &str) -> Answer {
    let action = format!("{TYPE}/delete");
    let audits = arm.permit(&[Change::delete(&action, &id.text(), None)])?;
    let Some(known) = find(arm.tenant, id, name).cloned() else {
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    };
    arm.write(|tenant| {
        tenant.azure.role_assignments.remove(&known.name);
        for audit in audits {
            log(tenant, audit);
        }
        log(tenant, arm.event(&action, &id.text(), StatusCode::OK));
        Ok(())
    })?;
    let body = resource(&known, id.subscription.as_deref());
    Ok(Reply::json(StatusCode::OK, &body))
}

/// The assignment as answers have it.
pub(super) fn resource(assignment: &RoleAssignment, asked_subscription: Option<&str>) -> Value {
    let scope = assignment.scope.trim_end_matches('/');
    let own = ResourceId::parse_text(scope).and_then(|id| id.subscription);
    let subscription = own.as_deref().or(asked_subscription);
    let created = assignment.created.seven_digit_form();
    let by = assignment.created_by.map(|id| id.to_string());
    json!({
        "properties": {
            "roleDefinitionId": role_definitions::resource_id(assignment.role, subscription),
            "principalId": assignment.principal.to_string(),
            "principalType": type_name(assignment.principal_type),
            "scope": assignment.scope,
            "condition": assignment.condition,
            "conditionVersion": assignment.condition.as_ref().map(|_| "2.0"),
            "createdOn": created,
            "updatedOn": created,
            "createdBy": by,
            "updatedBy": by,
            "delegatedManagedIdentityResourceId": null,
            "description": assignment.description,
        },
        "id": format!("{scope}/providers/{TYPE}/{}", assignment.name),
        "type": TYPE,
        "name": assignment.name.to_string(),
    })
}
