//! Devices: what the registration service would create, changed and deleted.
//!
//! The rules: Microsoft Learn, "Create device", "Update device".

use std::sync::Arc;

use entrasim_domain::directory::device::Device;
use entrasim_domain::id::ObjectId;
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use serde_json::{Map, Value};

use super::super::error::GraphError;
use super::super::resource::Resource;
use super::super::schema::device::DEVICE;
use super::super::{Answer, Graph};
use super::{body, boolean, invalid, keep, no_content, optional_text, required, text};

const CLASS: &str = "Device";
const REQUIRED: [&str; 6] = [
    "accountEnabled",
    "alternativeSecurityIds",
    "deviceId",
    "displayName",
    "operatingSystem",
    "operatingSystemVersion",
];

/// `POST /devices`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let members = body(graph)?;
    for name in REQUIRED {
        required(&members, name, CLASS)?;
    }
    let id = ObjectId(graph.call.draw(Random::guid));
    let now = graph.call.now();
    let mut device = Device::new(id, id.0, String::new(), now);
    let device = graph.write(|tenant| {
        set_all(tenant, &mut device, &members)?;
        device
            .kept
            .set("registrationDateTime", now.to_string().into());
        tenant.put_device(device.clone(), &graph.note())?;
        Ok(device.clone())
    })?;
    graph.created(&DEVICE, DEVICE.whole(graph.tenant()?, &device))
}

/// `PATCH /devices/{id}`
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let id = resource.object::<Device>(0)?.id;
    let members = body(graph)?;
    graph.write(|tenant| {
        let device = tenant.devices.get(&id).map(Arc::clone);
        let device = device.ok_or_else(|| GraphError::Missing(id.to_string()))?;
        let mut device = Device::clone(&device);
        set_all(tenant, &mut device, &members)?;
        Ok(tenant.put_device(device, &graph.note())?)
    })?;
    Ok(no_content())
}

/// `DELETE /devices/{id}`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let id = resource.object::<Device>(0)?.id;
    graph.write(|tenant| Ok(tenant.delete(id, &graph.note())?))?;
    Ok(no_content())
}

fn set_all(
    tenant: &Tenant,
    device: &mut Device,
    members: &Map<String, Value>,
) -> Result<(), GraphError> {
    for (name, value) in members {
        let optional = |most| optional_text(value, name, CLASS, most);
        let truth = || match value {
            Value::Null => Ok(None),
            value => boolean(value, name, CLASS).map(Some),
        };
        match name.to_ascii_lowercase().as_str() {
            "displayname" => device.display_name = text(value, name, CLASS, 256)?,
            "accountenabled" => device.account_enabled = boolean(value, name, CLASS)?,
            "deviceid" => {
                let id = value.as_str().and_then(|id| id.parse().ok());
                device.device_id = id.ok_or_else(|| invalid(name, CLASS))?;
            }
            "operatingsystem" => device.operating_system = text(value, name, CLASS, 1024)?,
            "operatingsystemversion" => {
                device.operating_system_version = text(value, name, CLASS, 1024)?;
            }
            "trusttype" => device.trust_type = optional(64)?,
            "profiletype" => device.profile_type = optional(64)?,
            "manufacturer" => device.manufacturer = optional(256)?,
            "model" => device.model = optional(256)?,
            "iscompliant" => device.is_compliant = truth()?,
            "ismanaged" => device.is_managed = truth()?,
            _ => keep(&DEVICE, tenant, device, name, value)?,
        }
    }
    Ok(())
}
