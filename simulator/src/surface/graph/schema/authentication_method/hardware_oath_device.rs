//! A hardware token of the inventory (Microsoft Learn, hardwareOathTokenAuthenticationMethodDevice resource type).

use entrasim_domain::credential::hardware_oath::{DeviceStatus, HardwareOathDevice};
use entrasim_domain::credential::one_time_code::OathHash;
use entrasim_domain::tenant::Tenant;
use serde_json::{Map, Value, json};

pub(in crate::surface::graph) const DEVICE_CLASS: &str =
    "hardwareOathTokenAuthenticationMethodDevice";

/// All properties; the secret is written and never read.
pub(in crate::surface::graph) fn show_device(
    tenant: &Tenant,
    device: &HardwareOathDevice,
) -> Map<String, Value> {
    let status = match device.status {
        DeviceStatus::Available => "available",
        DeviceStatus::Assigned => "assigned",
        DeviceStatus::Activated => "activated",
        DeviceStatus::FailedActivation => "failedActivation",
    };
    let hash = match device.hash {
        OathHash::Sha1 => "hmacsha1",
        OathHash::Sha256 => "hmacsha256",
    };
    let assigned = device.assigned_to.map(|id| {
        let name = tenant
            .users
            .get(id)
            .map(|user| user.display_name.to_string());
        json!({"id": id.to_string(), "displayName": name})
    });
    let value = json!({
        "id": device.id.to_string(), "displayName": device.display_name, "serialNumber": device.serial_number,
        "manufacturer": device.manufacturer, "model": device.model, "secretKey": null,
        "timeIntervalInSeconds": device.interval, "status": status, "lastUsedDateTime": null,
        "hashFunction": hash, "assignedTo": assigned,
    });
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
