//! Managed identities: what a written resource gets a service principal for.

use entrasim_domain::azure::Resource;
use entrasim_domain::directory::service_principal::{ServicePrincipal, ServicePrincipalKind};
use entrasim_domain::id::{AppId, ObjectId};
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::changes::Note;
use serde_json::{Value, json};

use super::context::Arm;

const USER_ASSIGNED: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";

/// Gives a resource the identity that it asks for, or takes a system-assigned one away that it no longer does.
pub(super) fn attach(arm: &Arm<'_, '_>, tenant: &mut Tenant, resource: &mut Resource) {
    let tenant_id = tenant.id.to_string();
    if resource.resource_type.eq_ignore_ascii_case(USER_ASSIGNED) {
        let (principal, client) = ensure(arm, tenant, resource, true);
        if let Some(Value::Object(properties)) = resource.body.get_mut("properties") {
            // The provider has no provisioning state.
            properties.shift_remove("provisioningState");
            properties.insert("tenantId".to_owned(), json!(tenant_id));
            properties.insert("principalId".to_owned(), json!(principal.to_string()));
            properties.insert("clientId".to_owned(), json!(client.to_string()));
        }
        return;
    }
    let kind = resource
        .body
        .get("identity")
        .and_then(|identity| identity.get("type")?.as_str());
    let wants_own = kind.is_some_and(|kind| kind.to_lowercase().contains("systemassigned"));
    if !wants_own {
        if let Some((own, _)) = find(tenant, &resource.id) {
            tenant.remove_service_principal(own);
        }
        if let Some(Value::Object(identity)) = resource.body.get_mut("identity") {
            identity.shift_remove("principalId");
            identity.shift_remove("tenantId");
        }
        return;
    }
    let (principal, _) = ensure(arm, tenant, resource, false);
    if let Some(Value::Object(identity)) = resource.body.get_mut("identity") {
        identity.insert("principalId".to_owned(), json!(principal.to_string()));
        identity.insert("tenantId".to_owned(), json!(tenant_id));
    }
}

fn find(tenant: &Tenant, resource: &str) -> Option<(ObjectId, AppId)> {
    tenant
        .service_principals
        .values()
        .find(|principal| match &principal.kind {
            ServicePrincipalKind::ManagedIdentity { resource_id, .. } => {
                resource_id.eq_ignore_ascii_case(resource)
            }
            ServicePrincipalKind::Application => false,
        })
        .map(|principal| (principal.id, principal.app_id))
}

fn ensure(
    arm: &Arm<'_, '_>,
    tenant: &mut Tenant,
    resource: &Resource,
    user_assigned: bool,
) -> (ObjectId, AppId) {
    if let Some(found) = find(tenant, &resource.id) {
        return found;
    }
    let id = ObjectId(arm.call.draw(Random::guid));
    let app_id = AppId(arm.call.draw(Random::guid));
    let principal = ServicePrincipal {
        kind: ServicePrincipalKind::ManagedIdentity {
            resource_id: resource.id.clone(),
            user_assigned,
        },
        ..ServicePrincipal::new(id, app_id, resource.name.clone(), tenant.id, arm.call.now())
    };
    let note = Note::new(arm.call.now(), arm.caller.object_id);
    // Its ids were drawn just now: nothing holds them.
    let _ = tenant.put_service_principal(principal, &note);
    (id, app_id)
}
