//! `/directory/authenticationMethodDevices/hardwareOathDevices`: the inventory of hardware tokens (beta; Microsoft Learn,
//! "Create hardwareOathTokenAuthenticationMethodDevice").

use entrasim_domain::credential::hardware_oath::{DeviceStatus, HardwareOathDevice};
use entrasim_domain::credential::one_time_code::{OathHash, from_base32};
use entrasim_domain::id::ObjectId;
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::{body, invalid, no_content, optional_text, text};
use super::url;
use crate::surface::graph::error::GraphError;
use crate::surface::graph::permission;
use crate::surface::graph::read::authentication_methods::plain;
use crate::surface::graph::resource::{Resource, Tail};
use crate::surface::graph::schema::authentication_method::{DEVICE_CLASS, show_device};
use crate::surface::graph::{Answer, Graph};
use crate::wire::Reply;

const SET: &str = "directory/authenticationMethodDevices/hardwareOathDevices";

/// `GET …`
pub(in crate::surface::graph) fn list(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let tenant = graph.tenant()?;
    let devices = &tenant.authentication.hardware_oath_devices;
    match resource.tail {
        Tail::None => {}
        Tail::Count => {
            let count = devices.len().to_string();
            let reply = Reply::with_body(StatusCode::OK, "text/plain", count);
            return Ok(reply.header("odata-version", "4.0"));
        }
        Tail::Ref | Tail::Value => return Err(GraphError::Segment("$ref".to_owned())),
    }
    if graph.query.filter.is_some() || graph.query.select.is_some() {
        return Err(GraphError::NotSimulated(
            "graph $filter and $select of hardwareOathDevices".to_owned(),
        ));
    }
    let rows: Vec<Value> = devices
        .values()
        .map(|device| Value::Object(show_device(tenant, device)))
        .collect();
    Ok(plain(graph.document(
        StatusCode::OK,
        SET,
        json!({"value": rows}),
    )))
}

/// `GET …/{id}`
pub(in crate::surface::graph) fn one(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let tenant = graph.tenant()?;
    let device = known(tenant, resource)?;
    let value = Value::Object(show_device(tenant, &device));
    let fragment = format!("{SET}/$entity");
    Ok(plain(graph.document(StatusCode::OK, &fragment, value)))
}

fn known(tenant: &Tenant, resource: &Resource<'_>) -> Result<HardwareOathDevice, GraphError> {
    let key = resource.last_key();
    let id: Option<Uuid> = key.parse().ok();
    let device = id.and_then(|id| tenant.authentication.hardware_oath_devices.get(&id));
    device
        .map(|device| HardwareOathDevice::clone(device))
        .ok_or_else(|| GraphError::Missing(key.to_owned()))
}

/// `POST …`: one token, and who gets it, if `assignTo` says so.
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let wish = Wish::of(graph, &body(graph)?)?;
    let device = graph.write(|tenant| wish.apply(graph, tenant))?;
    let id = device.get("id").and_then(Value::as_str).unwrap_or_default();
    let location = url(graph, &format!("{SET}/{id}"));
    let fragment = format!("{SET}/$entity");
    let reply = graph.document(StatusCode::CREATED, &fragment, Value::Object(device));
    Ok(plain(reply).header("location", &location))
}

/// `PATCH …`: many tokens at once, all or none (assumed), each with the `@contentId` that it came with.
pub(in crate::surface::graph) fn upload(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let members = body(graph)?;
    let rows = members.get("value").and_then(Value::as_array);
    let rows = rows.ok_or(GraphError::Required {
        member: "value",
        class: DEVICE_CLASS,
    })?;
    let wishes: Result<Vec<(Value, Wish)>, GraphError> = rows
        .iter()
        .map(|row| {
            let mut row = row.as_object().cloned().ok_or(GraphError::Body)?;
            let content = row.get("@contentId").cloned().unwrap_or_default();
            row.retain(|name, _| !name.starts_with('@'));
            Ok((content, Wish::of(graph, &row)?))
        })
        .collect();
    let wishes = wishes?;
    let made: Vec<Value> = graph.write(|tenant| {
        let rows = wishes.iter().map(|(content, wish)| {
            let mut device = wish.apply(graph, tenant)?;
            if !content.is_null() {
                device.insert("@contentId".to_owned(), content.clone());
            }
            Ok(Value::Object(device))
        });
        rows.collect::<Result<Vec<Value>, GraphError>>()
    })?;
    let fragment = format!("{SET}/$delta");
    Ok(plain(graph.document(
        StatusCode::OK,
        &fragment,
        json!({"value": made}),
    )))
}

/// `PATCH …/{id}`: what the token is like; not while somebody has it.
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let members = body(graph)?;
    graph.write(|tenant| {
        let mut device = known(tenant, resource)?;
        if device.assigned_to.is_some() {
            return Err(entrasim_domain::tenant::hardware_oath::TokenError::InUse.into());
        }
        for (name, value) in &members {
            match name.as_str() {
                "serialNumber" | "secretKey" | "assignTo" => {
                    return Err(GraphError::ReadOnly {
                        member: name.clone(),
                        class: DEVICE_CLASS,
                    });
                }
                _ => set(&mut device, name, value)?,
            }
        }
        Ok(tenant.put_hardware_oath_device(device)?)
    })?;
    Ok(no_content())
}

/// `DELETE …/{id}`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    graph.write(|tenant| {
        let id = known(tenant, resource)?.id;
        Ok(tenant.remove_hardware_oath_device(id)?)
    })?;
    Ok(no_content())
}

/// A token to be taken in.
struct Wish {
    device: HardwareOathDevice,
    assign_to: Option<ObjectId>,
}

impl Wish {
    fn of(graph: &Graph<'_, '_>, members: &Map<String, Value>) -> Result<Self, GraphError> {
        for member in [
            "serialNumber",
            "manufacturer",
            "model",
            "secretKey",
            "timeIntervalInSeconds",
        ] {
            if members.get(member).is_none_or(Value::is_null) {
                return Err(GraphError::Required {
                    member,
                    class: DEVICE_CLASS,
                });
            }
        }
        let mut device = HardwareOathDevice {
            id: graph.call.draw(Random::guid),
            display_name: None,
            serial_number: String::new(),
            manufacturer: String::new(),
            model: String::new(),
            secret: [].into(),
            interval: 30,
            hash: OathHash::Sha1,
            assigned_to: None,
            status: DeviceStatus::Available,
        };
        let mut assign_to = None;
        for (name, value) in members {
            match (name.as_str(), value) {
                ("assignTo", Value::Null) => {}
                ("assignTo", value) => {
                    let id = value.get("id").and_then(Value::as_str);
                    let id = id.ok_or_else(|| invalid(name, DEVICE_CLASS))?;
                    let holder = id.parse().map_err(|_| GraphError::Missing(id.to_owned()))?;
                    permission::require_method_administrator(
                        &graph.caller,
                        graph.tenant()?,
                        holder,
                    )?;
                    assign_to = Some(holder);
                }
                _ => set(&mut device, name, value)?,
            }
        }
        Ok(Self { device, assign_to })
    }

    fn apply(
        &self,
        graph: &Graph<'_, '_>,
        tenant: &mut Tenant,
    ) -> Result<Map<String, Value>, GraphError> {
        tenant.put_hardware_oath_device(self.device.clone())?;
        let id = self.device.id;
        if let Some(holder) = self.assign_to {
            tenant.assign_hardware_oath_device(id, holder, &graph.note())?;
        }
        let device = tenant.authentication.hardware_oath_devices.get(&id);
        let device = device.ok_or_else(|| GraphError::Missing(id.to_string()))?;
        Ok(show_device(tenant, device))
    }
}

fn set(device: &mut HardwareOathDevice, name: &str, value: &Value) -> Result<(), GraphError> {
    let wrong = || invalid(name, DEVICE_CLASS);
    match name {
        "displayName" => device.display_name = optional_text(value, name, DEVICE_CLASS, 256)?,
        "serialNumber" => device.serial_number = text(value, name, DEVICE_CLASS, 256)?,
        "manufacturer" => device.manufacturer = text(value, name, DEVICE_CLASS, 256)?,
        "model" => device.model = text(value, name, DEVICE_CLASS, 256)?,
        "secretKey" => {
            let secret = value.as_str().and_then(from_base32);
            let secret = secret
                .filter(|secret| !secret.is_empty())
                .ok_or_else(wrong)?;
            device.secret = secret.into();
        }
        "timeIntervalInSeconds" => {
            // Documented samples have it as a text, too.
            let mut intervals = [30_u8, 60].into_iter();
            let interval =
                intervals.find(|interval| *value == *interval || *value == *interval.to_string());
            device.interval = interval.ok_or_else(wrong)?;
        }
        "hashFunction" => {
            // Public scripts write it in other cases than the reference.
            let word = value.as_str().map(str::to_ascii_lowercase);
            device.hash = match word.as_deref() {
                Some("hmacsha1") => OathHash::Sha1,
                Some("hmacsha256") => OathHash::Sha256,
                _ => return Err(wrong()),
            };
        }
        // Clients send back what they read.
        "id" | "status" | "assignedTo" | "lastUsedDateTime" => {}
        _ => {
            return Err(GraphError::UnknownMember {
                member: name.to_owned(),
                entity: DEVICE_CLASS,
            });
        }
    }
    Ok(())
}
