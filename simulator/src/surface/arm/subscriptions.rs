//! `/tenants` and `/subscriptions`: where a client begins.

use entrasim_domain::azure::Subscription;
use entrasim_domain::id::SubscriptionId;
use http::StatusCode;
use serde_json::{Value, json};

use super::Answer;
use super::context::Arm;
use super::error::ArmError;
use crate::wire::Reply;

impl Arm<'_, '_> {
    /// Whoever holds any role in a subscription may look at it.
    pub(super) fn authorize_subscription(&self, id: SubscriptionId) -> Result<(), ArmError> {
        if self.tenant.azure.sees_subscription(&self.principals, id) {
            return Ok(());
        }
        self.authorize(
            "Microsoft.Resources/subscriptions/read",
            &format!("/subscriptions/{id}"),
        )
    }
}

/// `GET /tenants`
pub(super) fn tenants(arm: &Arm<'_, '_>) -> Answer {
    let tenant = arm.tenant;
    let verified = tenant.domains.verified();
    let domains: Vec<&str> = verified.map(|(_, domain)| &*domain.name).collect();
    let value = json!([{
        "id": format!("/tenants/{}", tenant.id),
        "tenantId": tenant.id.to_string(),
        "displayName": tenant.display_name,
        "domains": domains,
        "tenantCategory": "Home",
        "defaultDomain": tenant.domains.default(),
        "tenantType": "AAD",
    }]);
    Ok(Reply::json(StatusCode::OK, &json!({"value": value})))
}

/// `GET /subscriptions`
pub(super) fn list(arm: &Arm<'_, '_>) -> Answer {
    let azure = &arm.tenant.azure;
    let value: Vec<Value> = azure
        .subscriptions
        .values()
        .filter(|subscription| azure.sees_subscription(&arm.principals, subscription.id))
        .map(|subscription| resource(arm, subscription))
        .collect();
    let count = json!({"type": "Total", "value": value.len()});
    Ok(Reply::json(
        StatusCode::OK,
        &json!({"value": value, "count": count}),
    ))
}

/// `GET /subscriptions/{id}`
pub(super) fn get(arm: &Arm<'_, '_>, id: &str) -> Answer {
    let id = arm.subscription(id)?;
    arm.authorize_subscription(id)?;
    let subscription = arm.tenant.azure.subscriptions.get(&id);
    let subscription =
        subscription.ok_or_else(|| ArmError::SubscriptionNotFound(id.to_string()))?;
    Ok(Reply::json(StatusCode::OK, &resource(arm, subscription)))
}

fn resource(arm: &Arm<'_, '_>, subscription: &Subscription) -> Value {
    let id = subscription.id.to_string();
    json!({
        "id": format!("/subscriptions/{id}"),
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": id,
        "tenantId": arm.tenant.id.to_string(),
        "displayName": subscription.display_name,
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    })
}
