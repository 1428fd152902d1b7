//! Contoso's subscription: two resource groups, a build machine, two managed identities, who may do what.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    AppId, Arc, CREATED, DEPLOY_APP, ObjectId, ServicePrincipal, ServicePrincipalKind, Tenant,
    named,
};
use crate::azure::role::{
    CONTRIBUTOR, OWNER, PrincipalType, READER, RoleAssignment, USER_ACCESS_ADMINISTRATOR,
};
use crate::azure::{Resource, ResourceGroup, Subscription};
use crate::id::SubscriptionId;

const LOCATION: &str = "westeurope";

type Holder = (ObjectId, PrincipalType);

pub(super) fn add(tenant: &mut Tenant) {
    let subscription = SubscriptionId(named(tenant.seed, "subscription").guid());
    tenant.azure.subscriptions.insert(
        subscription,
        Subscription {
            id: subscription,
            display_name: "Contoso production".to_owned(),
        },
    );
    let shared = resource_group(tenant, subscription, "rg-shared");
    resource_group(tenant, subscription, "rg-app");
    managed_identities(tenant, &shared);
    role_assignments(tenant, subscription);
}

fn resource_group(tenant: &mut Tenant, subscription: SubscriptionId, name: &str) -> String {
    let id = format!("/subscriptions/{subscription}/resourceGroups/{name}");
    let group = ResourceGroup {
        name: name.to_owned(),
        subscription,
        location: LOCATION.to_owned(),
        tags: None,
        managed_by: None,
    };
    tenant
        .azure
        .resource_groups
        .insert(id.to_lowercase(), Arc::new(group));
    id
}

fn managed_identities(tenant: &mut Tenant, group: &str) {
    let machine = format!("{group}/providers/Microsoft.Compute/virtualMachines/vm-build");
    let (machine_principal, _) = identity(tenant, "vm-build", &machine, false);
    resource(
        tenant,
        &machine,
        "Microsoft.Compute/virtualMachines",
        &json!({
            "location": LOCATION,
            "identity": {"type": "SystemAssigned", "principalId": machine_principal.to_string(), "tenantId": tenant.id.to_string()},
            "properties": {"provisioningState": "Succeeded", "hardwareProfile": {"vmSize": "Standard_B2s"}},
        }),
    );
    let shared =
        format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-deploy");
    let (principal, client) = identity(tenant, "id-deploy", &shared, true);
    resource(
        tenant,
        &shared,
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        &json!({
            "location": LOCATION,
            "properties": {"tenantId": tenant.id.to_string(), "principalId": principal.to_string(), "clientId": client.to_string()},
        }),
    );
}

fn identity(
    tenant: &mut Tenant,
    name: &str,
    resource_id: &str,
    user_assigned: bool,
) -> (ObjectId, AppId) {
    let mut random = named(tenant.seed, &format!("managed identity {name}"));
    let (id, app_id) = (ObjectId(random.guid()), AppId(random.guid()));
    tenant.service_principals.put(Arc::new(ServicePrincipal {
        kind: ServicePrincipalKind::ManagedIdentity {
            resource_id: resource_id.to_owned(),
            user_assigned,
        },
        ..ServicePrincipal::new(id, app_id, name.to_owned(), tenant.id, CREATED)
    }));
    (id, app_id)
}

fn resource(tenant: &mut Tenant, id: &str, resource_type: &str, body: &Value) {
    let resource = Resource {
        id: id.to_owned(),
        name: id.rsplit('/').next().unwrap_or_default().to_owned(),
        resource_type: resource_type.to_owned(),
        location: Some(LOCATION.to_owned()),
        body: body.as_object().cloned().unwrap_or_else(Map::new),
        created: CREATED,
        changed: CREATED,
    };
    tenant
        .azure
        .resources
        .insert(id.to_lowercase(), Arc::new(resource));
}

fn role_assignments(tenant: &mut Tenant, subscription: SubscriptionId) {
    let scope = format!("/subscriptions/{subscription}");
    let user = |tenant: &Tenant, name: &str| {
        tenant
            .users
            .by_local_part(name, 0)
            .map(|user| (user.id, PrincipalType::User))
    };
    let principal = |tenant: &Tenant, name: &str| {
        tenant
            .service_principals
            .values()
            .find(|principal| principal.display_name == name)
            .map(|principal| (principal.id, PrincipalType::ServicePrincipal))
    };
    let rows: [(&str, Uuid, Option<Holder>); 9] = [
        ("admin", OWNER, user(tenant, "admin")),
        ("alice", CONTRIBUTOR, user(tenant, "alice")),
        ("bob", CONTRIBUTOR, user(tenant, "bob")),
        ("svc-deploy", CONTRIBUTOR, user(tenant, "svc-deploy")),
        (
            "svc-deploy assigns",
            USER_ACCESS_ADMINISTRATOR,
            user(tenant, "svc-deploy"),
        ),
        ("student", READER, user(tenant, "student")),
        ("deploy", CONTRIBUTOR, principal(tenant, DEPLOY_APP)),
        ("vm-build", CONTRIBUTOR, principal(tenant, "vm-build")),
        ("id-deploy", CONTRIBUTOR, principal(tenant, "id-deploy")),
    ];
    for (name, role, held_by) in rows {
        let Some((principal, principal_type)) = held_by else {
            continue;
        };
        let name = named(tenant.seed, &format!("role assignment {name}")).guid();
        let assignment = RoleAssignment {
            name,
            role,
            principal,
            principal_type,
            scope: scope.clone(),
            description: None,
            condition: None,
            created: CREATED,
            created_by: None,
        };
        tenant
            .azure
            .role_assignments
            .insert(name, Arc::new(assignment));
    }
}
