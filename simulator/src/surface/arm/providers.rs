//! Resource providers and a subscription's registration for them.

use entrasim_domain::id::SubscriptionId;
use http::StatusCode;
use serde_json::{Value, json};

use super::Answer;
use super::context::{Arm, log};
use super::error::ArmError;
use super::gate::Change;
use crate::wire::Reply;

/// The namespaces that lists show, with their main resource types. Resources of any other namespace are accepted too.
const PROVIDERS: [(&str, &[&str]); 22] = [
    ("Microsoft.AlertsManagement", &["actionRules"]),
    ("Microsoft.App", &["containerApps", "managedEnvironments"]),
    (
        "Microsoft.Authorization",
        &[
            "roleAssignments",
            "roleDefinitions",
            "policyAssignments",
            "policyDefinitions",
            "permissions",
            "locks",
        ],
    ),
    ("Microsoft.Automation", &["automationAccounts"]),
    ("Microsoft.Cache", &["redis"]),
    (
        "Microsoft.Compute",
        &[
            "virtualMachines",
            "virtualMachineScaleSets",
            "disks",
            "snapshots",
            "availabilitySets",
        ],
    ),
    ("Microsoft.ContainerInstance", &["containerGroups"]),
    ("Microsoft.ContainerRegistry", &["registries"]),
    ("Microsoft.ContainerService", &["managedClusters"]),
    ("Microsoft.DocumentDB", &["databaseAccounts"]),
    ("Microsoft.EventHub", &["namespaces"]),
    (
        "Microsoft.Insights",
        &[
            "eventtypes",
            "components",
            "actionGroups",
            "diagnosticSettings",
        ],
    ),
    ("Microsoft.KeyVault", &["vaults", "managedHSMs"]),
    (
        "Microsoft.ManagedIdentity",
        &["userAssignedIdentities", "identities"],
    ),
    (
        "Microsoft.Network",
        &[
            "virtualNetworks",
            "networkSecurityGroups",
            "publicIPAddresses",
            "networkInterfaces",
            "loadBalancers",
            "privateEndpoints",
            "dnsZones",
        ],
    ),
    ("Microsoft.OperationalInsights", &["workspaces"]),
    (
        "Microsoft.PolicyInsights",
        &["policyStates", "policyEvents"],
    ),
    (
        "Microsoft.Resources",
        &["subscriptions", "resourceGroups", "deployments", "tags"],
    ),
    ("Microsoft.ServiceBus", &["namespaces"]),
    ("Microsoft.Sql", &["servers"]),
    ("Microsoft.Storage", &["storageAccounts"]),
    ("Microsoft.Web", &["sites", "serverfarms"]),
];

/// Namespaces that are there for every subscription and cannot be unregistered.
const ALWAYS: [&str; 2] = ["microsoft.authorization", "microsoft.resources"];

/// `GET /subscriptions/{id}/providers` and `GET /providers`
pub(super) fn list(arm: &Arm<'_, '_>, subscription: Option<&str>) -> Answer {
    let id = asked(arm, subscription)?;
    let value: Vec<Value> = PROVIDERS
        .iter()
        .map(|(namespace, types)| resource(arm, id, namespace, types))
        .collect();
    Ok(Reply::json(StatusCode::OK, &json!({"value": value})))
}

/// `GET /subscriptions/{id}/providers/{namespace}` and `GET /providers/{namespace}`
pub(super) fn get(arm: &Arm<'_, '_>, subscription: Option<&str>, namespace: &str) -> Answer {
    let id = asked(arm, subscription)?;
    let (namespace, types) = known(namespace)?;
    Ok(Reply::json(
        StatusCode::OK,
        &resource(arm, id, namespace, types),
    ))
}

/// `POST /subscriptions/{id}/providers/{namespace}/register` and `…/unregister`: actions, so the multifactor gate does not
/// ask.
pub(super) fn register(
    arm: &Arm<'_, '_>,
    subscription: &str,
    namespace: &str,
    registered: bool,
) -> Answer {
    let id = arm.subscription(subscription)?;
    let (namespace, types) = known(namespace)?;
    let verb = if registered { "register" } else { "unregister" };
    let action = format!("{namespace}/{verb}/action");
    let scope = format!("/subscriptions/{id}");
    arm.permit(&[Change::action(&action, &scope)])?;
    let key = (id, namespace.to_lowercase());
    if !registered && ALWAYS.contains(&key.1.as_str()) {
        return Err(ArmError::BadRequest(
            "InvalidResourceProviderUnregistration",
            format!("The resource provider '{namespace}' cannot be unregistered."),
        ));
    }
    let event = arm.event(&action, &scope, StatusCode::OK);
    arm.write(|tenant| {
        if registered {
            tenant.azure.unregistered_providers.remove(&key);
        } else {
            tenant.azure.unregistered_providers.insert(key);
        }
        log(tenant, event);
        Ok(())
    })?;
    let mut body = resource(arm, Some(id), namespace, types);
    let state = if registered {
        "Registered"
    } else {
        "Unregistered"
    };
    body["registrationState"] = json!(state);
    Ok(Reply::json(StatusCode::OK, &body))
}

/// Fails for a resource of a provider that the subscription gave up, and for what is no namespace at all.
pub(super) fn check(
    arm: &Arm<'_, '_>,
    subscription: Option<&str>,
    namespace: &str,
) -> Result<(), ArmError> {
    let well_formed = namespace.contains('.')
        && namespace
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    if !well_formed {
        return Err(ArmError::InvalidNamespace(namespace.to_owned()));
    }
    let id: Option<SubscriptionId> = subscription.and_then(|id| id.parse().ok());
    let gone = id.is_some_and(|id| {
        arm.tenant
            .azure
            .unregistered_providers
            .contains(&(id, namespace.to_lowercase()))
    });
    if gone {
        Err(ArmError::NotRegistered(namespace.to_owned()))
    } else {
        Ok(())
    }
}

fn asked(
    arm: &Arm<'_, '_>,
    subscription: Option<&str>,
) -> Result<Option<SubscriptionId>, ArmError> {
    let Some(subscription) = subscription else {
        return Ok(None);
    };
    let id = arm.subscription(subscription)?;
    arm.authorize_subscription(id)?;
    Ok(Some(id))
}

type Provider = (&'static str, &'static [&'static str]);

fn known(namespace: &str) -> Result<Provider, ArmError> {
    PROVIDERS
        .into_iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(namespace))
        .ok_or_else(|| ArmError::InvalidNamespace(namespace.to_owned()))
}

fn resource(
    arm: &Arm<'_, '_>,
    subscription: Option<SubscriptionId>,
    namespace: &str,
    types: &[&str],
) -> Value {
    let types: Vec<Value> = types
        .iter()
        .map(|name| {
            json!({"resourceType": name, "locations": [], "apiVersions": ["2024-11-01"], "capabilities": "None"})
        })
        .collect();
    let Some(id) = subscription else {
        return json!({"namespace": namespace, "resourceTypes": types});
    };
    let gone = arm
        .tenant
        .azure
        .unregistered_providers
        .contains(&(id, namespace.to_lowercase()));
    json!({
        "id": format!("/subscriptions/{id}/providers/{namespace}"),
        "namespace": namespace,
        "resourceTypes": types,
        "registrationState": if gone { "NotRegistered" } else { "Registered" },
        "registrationPolicy": if ALWAYS.contains(&namespace.to_lowercase().as_str()) {
            "RegistrationFree"
        } else {
            "RegistrationRequired"
        },
    })
}
