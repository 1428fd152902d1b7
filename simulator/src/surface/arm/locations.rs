//! The regions that resources can be in.

use http::StatusCode;
use serde_json::{Value, json};

use super::Answer;
use super::context::Arm;
use crate::wire::Reply;

/// Name, display name, geography group (Microsoft Learn, Azure regions list).
const LOCATIONS: [(&str, &str, &str); 31] = [
    ("eastus", "East US", "US"),
    ("eastus2", "East US 2", "US"),
    ("southcentralus", "South Central US", "US"),
    ("westus2", "West US 2", "US"),
    ("westus3", "West US 3", "US"),
    ("australiaeast", "Australia East", "Asia Pacific"),
    ("southeastasia", "Southeast Asia", "Asia Pacific"),
    ("northeurope", "North Europe", "Europe"),
    ("swedencentral", "Sweden Central", "Europe"),
    ("uksouth", "UK South", "Europe"),
    ("westeurope", "West Europe", "Europe"),
    ("centralus", "Central US", "US"),
    ("southafricanorth", "South Africa North", "Africa"),
    ("centralindia", "Central India", "Asia Pacific"),
    ("eastasia", "East Asia", "Asia Pacific"),
    ("japaneast", "Japan East", "Asia Pacific"),
    ("koreacentral", "Korea Central", "Asia Pacific"),
    ("canadacentral", "Canada Central", "Canada"),
    ("francecentral", "France Central", "Europe"),
    ("germanywestcentral", "Germany West Central", "Europe"),
    ("italynorth", "Italy North", "Europe"),
    ("norwayeast", "Norway East", "Europe"),
    ("polandcentral", "Poland Central", "Europe"),
    ("spaincentral", "Spain Central", "Europe"),
    ("switzerlandnorth", "Switzerland North", "Europe"),
    ("uaenorth", "UAE North", "Middle East"),
    ("brazilsouth", "Brazil South", "South America"),
    ("israelcentral", "Israel Central", "Middle East"),
    ("westus", "West US", "US"),
    ("northcentralus", "North Central US", "US"),
    ("ukwest", "UK West", "Europe"),
];

/// A region as it is stored: lower case, without blanks (`West Europe` becomes `westeurope`).
pub(super) fn normal_form(location: &str) -> String {
    location.to_lowercase().replace(' ', "")
}

pub(super) fn is_known(normal_form: &str) -> bool {
    LOCATIONS.iter().any(|(name, ..)| *name == normal_form)
}

/// The names, joined as error messages have them.
pub(super) fn names() -> String {
    LOCATIONS.map(|(name, ..)| name).join(",")
}

/// `GET /subscriptions/{id}/locations`
pub(super) fn list(arm: &Arm<'_, '_>, subscription: &str) -> Answer {
    let id = arm.subscription(subscription)?;
    arm.authorize_subscription(id)?;
    let value: Vec<Value> = LOCATIONS
        .iter()
        .map(|(name, display_name, group)| {
            json!({
                "id": format!("/subscriptions/{id}/locations/{name}"),
                "name": name,
                "type": "Region",
                "displayName": display_name,
                "regionalDisplayName": format!("({group}) {display_name}"),
                "metadata": {
                    "regionType": "Physical",
                    "regionCategory": "Recommended",
                    "geography": group,
                    "geographyGroup": group,
                },
            })
        })
        .collect();
    Ok(Reply::json(StatusCode::OK, &json!({"value": value})))
}
