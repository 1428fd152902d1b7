//! `/users/{id}/authentication/hardwareOathMethods`: tokens of the inventory in the hands of a user (beta). A token proves
//! something once it is activated with one of its codes.

use entrasim_domain::credential::hardware_oath::HardwareOathDevice;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::hardware_oath::TokenError;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::{invalid, no_content, optional_text};
use super::{created, members, named_id, parameters, required, subject, unprotected};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::authentication_method::{DEVICE_CLASS, HARDWARE_OATH};
use crate::surface::graph::{Answer, Graph};

const CODE: &str = "verificationCode";
const NAME: &str = "displayName";

/// `POST …`: `{"device": {"id"}}`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = subject(graph, resource)?.id;
    let id = device_id(&members(graph, &HARDWARE_OATH)?)?;
    graph.write(|tenant| Ok(tenant.assign_hardware_oath_device(id, user, &graph.note())?))?;
    created(graph, user, id, &HARDWARE_OATH)
}

/// `POST …/assignAndActivate`
pub(in crate::surface::graph) fn assign_and_activate(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Answer {
    let user = subject(graph, resource)?.id;
    let members = parameters(graph, &["device", NAME, CODE])?;
    let id = device_id(&members)?;
    assign_with_code(graph, id, user, &members)
}

/// `POST …/assignAndActivateBySerialNumber`
pub(in crate::surface::graph) fn assign_and_activate_by_serial_number(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Answer {
    let user = subject(graph, resource)?.id;
    let members = parameters(graph, &["serialNumber", NAME, CODE])?;
    let number = required(&members, "serialNumber", DEVICE_CLASS)?;
    let state = &graph.tenant()?.authentication;
    let device = state.by_serial_number(number);
    let id = device.map(|device| device.id);
    let id = id.ok_or_else(|| GraphError::Missing(number.to_owned()))?;
    assign_with_code(graph, id, user, &members)
}

/// Both or neither: a wrong code leaves the token where it was.
fn assign_with_code(
    graph: &Graph<'_, '_>,
    id: Uuid,
    user: ObjectId,
    members: &Map<String, Value>,
) -> Answer {
    let code = required(members, CODE, DEVICE_CLASS)?;
    graph.write(|tenant| {
        let note = graph.note();
        tenant.assign_hardware_oath_device(id, user, &note)?;
        tenant.activate_hardware_oath_device(id, user, code, &note)?;
        name(tenant, id, members)
    })?;
    Ok(no_content())
}

/// `POST …/{id}/activate`
pub(in crate::surface::graph) fn activate(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Answer {
    let user = subject(graph, resource)?;
    let id = named_id(resource, user, &HARDWARE_OATH)?;
    let members = parameters(graph, &[NAME, CODE])?;
    let code = required(&members, CODE, DEVICE_CLASS)?;
    let activated = graph.write(|tenant| {
        tenant.activate_hardware_oath_device(id, user.id, code, &graph.note())?;
        name(tenant, id, &members)
    });
    if activated.is_err() {
        // A wrong code is remembered in the token's status.
        graph.remember(|tenant| {
            let _ = tenant.activate_hardware_oath_device(id, user.id, code, &graph.note());
        });
    }
    activated?;
    Ok(no_content())
}

/// `POST …/{id}/deactivate`
pub(in crate::surface::graph) fn deactivate(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Answer {
    let user = subject(graph, resource)?;
    let id = named_id(resource, user, &HARDWARE_OATH)?;
    graph.write(|tenant| Ok(tenant.deactivate_hardware_oath_device(id, user.id)?))?;
    Ok(no_content())
}

/// `DELETE …/{id}`: the token goes back into the inventory.
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = subject(graph, resource)?;
    let id = named_id(resource, user, &HARDWARE_OATH)?;
    graph.write(|tenant| {
        let known = tenant.users.get(user.id);
        if let Some(user) = known {
            let mut methods = user.methods.iter();
            if let Some(method) = methods.find(|method| method.id == id) {
                unprotected(user, method)?;
            }
        }
        Ok(tenant.unassign_hardware_oath_device(id, user.id)?)
    })?;
    Ok(no_content())
}

/// `device.id`
fn device_id(members: &Map<String, Value>) -> Result<Uuid, GraphError> {
    let device = members.get("device").filter(|device| !device.is_null());
    let device = device.ok_or(GraphError::Required {
        member: "device",
        class: HARDWARE_OATH.name,
    })?;
    let id = device.get("id").and_then(Value::as_str);
    let id = id.ok_or_else(|| invalid("device", HARDWARE_OATH.name))?;
    id.parse().map_err(|_| GraphError::Missing(id.to_owned()))
}

/// The name that comes with an activation.
fn name(tenant: &mut Tenant, id: Uuid, members: &Map<String, Value>) -> Result<(), GraphError> {
    let Some(value) = members.get(NAME) else {
        return Ok(());
    };
    let display_name = optional_text(value, NAME, DEVICE_CLASS, 256)?;
    let device = tenant.authentication.hardware_oath_devices.get(&id);
    if let Some(device) = device {
        let device = HardwareOathDevice {
            display_name,
            ..HardwareOathDevice::clone(device)
        };
        tenant.put_hardware_oath_device(device)?;
    }
    Ok(())
}

/// The texts are assumed.
impl From<TokenError> for GraphError {
    fn from(error: TokenError) -> Self {
        let text = match error {
            TokenError::NoDevice | TokenError::NoUser | TokenError::NotAssigned => {
                return Self::Missing(String::new());
            }
            TokenError::SerialNumberTaken => {
                "A hardware OATH token with the same serial number already exists."
            }
            TokenError::InUse => "The hardware OATH token is assigned to a user.",
            TokenError::Active => "The hardware OATH token is already activated.",
            TokenError::WrongCode => {
                "The verification code is not valid for the hardware OATH token."
            }
        };
        Self::BadRequest(text.to_owned())
    }
}
