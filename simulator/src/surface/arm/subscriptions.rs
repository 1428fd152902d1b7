//! Tenants and subscriptions.

use entrasim_domain::azure::Subscription;
use serde_json::{Value, json};

use super::error::ArmError;
use super::{Answer, Arm, list_of, ok};

/// `GET /tenants`
pub(super) fn tenants(arm: &Arm<'_>) -> Answer {
    let tenant = arm.tenant;
    let domains: Vec<&String> = tenant.domains.iter().collect();
    list_of(vec![json!({
        "id": format!("/tenants/{}", tenant.id),
        "tenantId": tenant.id.to_string(),
        "countryCode": "NL",
        "displayName": tenant.display_name,
        "domains": domains,
        "tenantCategory": "Home",
        "defaultDomain": tenant.initial_domain(),
        "tenantType": "AAD",
    })])
}

fn view(arm: &Arm<'_>, subscription: &Subscription) -> Value {
    json!({
        "id": format!("/subscriptions/{}", subscription.id),
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": subscription.id.to_string(),
        "tenantId": arm.tenant.id.to_string(),
        "displayName": subscription.display_name,
        "state": "Enabled",
        "subscriptionPolicies": {"locationPlacementId": "Public_2014-09-01", "quotaId": "PayAsYouGo_2014-09-01", "spendingLimit": "Off"},
    })
}

/// `GET /subscriptions`: those in which the caller has any role.
pub(super) fn list(arm: &Arm<'_>) -> Answer {
    let seen = arm
        .tenant
        .azure
        .subscriptions
        .values()
        .filter(|one| arm.sees(&format!("/subscriptions/{}", one.id)));
    let values: Vec<Value> = seen.map(|subscription| view(arm, subscription)).collect();
    let count = json!({"type": "Total", "value": values.len()});
    ok(&json!({"value": values, "count": count}))
}

/// `GET /subscriptions/{id}`
pub(super) fn get(arm: &Arm<'_>) -> Answer {
    let id = arm.subscription()?;
    arm.authorize(
        "Microsoft.Resources/subscriptions/read",
        &format!("/subscriptions/{id}"),
    )?;
    match arm.tenant.azure.subscriptions.get(&id) {
        Some(subscription) => ok(&view(arm, subscription)),
        None => Err(ArmError::subscription_not_found(&id.to_string())),
    }
}

/// Name, display name, geography group.
const LOCATIONS: [(&str, &str, &str); 8] = [
    ("eastus", "East US", "US"),
    ("westus2", "West US 2", "US"),
    ("westeurope", "West Europe", "Europe"),
    ("northeurope", "North Europe", "Europe"),
    ("germanywestcentral", "Germany West Central", "Europe"),
    ("swedencentral", "Sweden Central", "Europe"),
    ("southeastasia", "Southeast Asia", "Asia Pacific"),
    ("australiaeast", "Australia East", "Asia Pacific"),
];

/// `GET /subscriptions/{id}/locations`
pub(super) fn locations(arm: &Arm<'_>) -> Answer {
    let id = arm.subscription()?;
    arm.authorize(
        "Microsoft.Resources/subscriptions/locations/read",
        &format!("/subscriptions/{id}"),
    )?;
    let view = |(name, display, group): &(&str, &str, &str)| {
        json!({
            "id": format!("/subscriptions/{id}/locations/{name}"), "name": name, "type": "Region", "displayName": display,
            "regionalDisplayName": format!("({group}) {display}"),
            "metadata": {"regionType": "Physical", "regionCategory": "Recommended", "geographyGroup": group},
        })
    };
    list_of(LOCATIONS.iter().map(view).collect())
}
