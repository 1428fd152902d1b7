//! The commands over hardware tokens: taken into the inventory, given to users, activated with a code of theirs
//! (Microsoft Learn, "Manage OATH tokens in Microsoft Entra ID").

use std::sync::Arc;

use thiserror::Error;
use uuid::Uuid;

use super::Tenant;
use super::authentication::AuthenticationState;
use super::changes::Note;
use crate::credential::hardware_oath::{DeviceStatus, HardwareOath, HardwareOathDevice};
use crate::credential::method::{AuthenticationMethod, MethodKind};
use crate::directory::user::User;
use crate::id::ObjectId;

/// Why a command is refused.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum TokenError {
    #[error("there is no such token")]
    NoDevice,
    #[error("there is no such user")]
    NoUser,
    #[error("a token with this serial number is there already")]
    SerialNumberTaken,
    #[error("the token belongs to a user")]
    InUse,
    #[error("the token does not belong to the user")]
    NotAssigned,
    #[error("the token is active already")]
    Active,
    #[error("the code is not one of the token")]
    WrongCode,
}

type Done = Result<(), TokenError>;

impl AuthenticationState {
    /// The token with a serial number.
    pub fn by_serial_number(&self, number: &str) -> Option<&Arc<HardwareOathDevice>> {
        let id = self.serial_numbers.get(number)?;
        self.hardware_oath_devices.get(id)
    }

    fn device(&self, id: Uuid) -> Result<HardwareOathDevice, TokenError> {
        let found = self.hardware_oath_devices.get(&id);
        found
            .map(|device| HardwareOathDevice::clone(device))
            .ok_or(TokenError::NoDevice)
    }

    fn put_device(&mut self, device: HardwareOathDevice) {
        let number = Arc::from(device.serial_number.as_str());
        self.serial_numbers.insert(number, device.id);
        self.hardware_oath_devices
            .insert(device.id, Arc::new(device));
    }

    pub(super) fn free_devices_of(&mut self, user: ObjectId) {
        let held: Vec<HardwareOathDevice> = self
            .hardware_oath_devices
            .values()
            .filter(|device| device.assigned_to == Some(user))
            .map(|device| HardwareOathDevice::clone(device))
            .collect();
        for device in held {
            self.put_device(HardwareOathDevice {
                assigned_to: None,
                status: DeviceStatus::Available,
                ..device
            });
        }
    }
}

impl Tenant {
    /// Takes a token into the inventory, or changes what is known of it.
    pub fn put_hardware_oath_device(&mut self, device: HardwareOathDevice) -> Done {
        let state = &mut self.authentication;
        let holder = state.by_serial_number(&device.serial_number);
        if holder.is_some_and(|holder| holder.id != device.id) {
            return Err(TokenError::SerialNumberTaken);
        }
        if let Some(before) = state.hardware_oath_devices.get(&device.id) {
            let number = before.serial_number.clone();
            state.serial_numbers.remove(number.as_str());
        }
        state.put_device(device);
        Ok(())
    }

    /// Takes a token out of the inventory; not while somebody has it.
    pub fn remove_hardware_oath_device(&mut self, id: Uuid) -> Done {
        let device = self.authentication.device(id)?;
        if device.assigned_to.is_some() {
            return Err(TokenError::InUse);
        }
        let state = &mut self.authentication;
        state.hardware_oath_devices.remove(&id);
        state.serial_numbers.remove(device.serial_number.as_str());
        Ok(())
    }

    /// Gives a token to a user, not active yet.
    pub fn assign_hardware_oath_device(&mut self, id: Uuid, user: ObjectId, note: &Note) -> Done {
        let mut device = self.authentication.device(id)?;
        if device.assigned_to.is_some() {
            return Err(TokenError::InUse);
        }
        let mut user = self.holder(user)?;
        device.assigned_to = Some(user.id);
        device.status = DeviceStatus::Assigned;
        user.methods.push(AuthenticationMethod {
            id,
            registered: note.at,
            kind: MethodKind::HardwareOath(HardwareOath {
                serial_number: device.serial_number.clone(),
                oath: None,
            }),
        });
        self.authentication.put_device(device);
        self.users.put(user);
        Ok(())
    }

    /// Makes a user's token good for sign-ins, if `code` is one of its codes; a wrong one is remembered. The code counts for
    /// nothing else afterwards.
    pub fn activate_hardware_oath_device(
        &mut self,
        id: Uuid,
        user: ObjectId,
        code: &str,
        note: &Note,
    ) -> Done {
        let mut device = self.held_device(id, user)?;
        if device.status == DeviceStatus::Activated {
            return Err(TokenError::Active);
        }
        let Some(step) = device.accepts(code, note.at) else {
            device.status = DeviceStatus::FailedActivation;
            self.authentication.put_device(device);
            return Err(TokenError::WrongCode);
        };
        let mut oath = device.oath();
        oath.used_step = Some(step);
        let mut holder = self.holder(user)?;
        let method = holder.methods.iter().position(|method| method.id == id);
        let mut method = holder
            .methods
            .remove(method.ok_or(TokenError::NotAssigned)?);
        method.kind = MethodKind::HardwareOath(HardwareOath {
            serial_number: device.serial_number.clone(),
            oath: Some(oath),
        });
        // The first second factor turns per-user multifactor authentication from enabled to enforced.
        holder.register(method);
        device.status = DeviceStatus::Activated;
        self.authentication.put_device(device);
        self.users.put(holder);
        Ok(())
    }

    /// Makes a user's token void for sign-ins; it stays theirs.
    pub fn deactivate_hardware_oath_device(&mut self, id: Uuid, user: ObjectId) -> Done {
        let mut device = self.held_device(id, user)?;
        let mut holder = self.holder(user)?;
        for method in holder.methods.iter_mut().filter(|method| method.id == id) {
            if let MethodKind::HardwareOath(token) = &mut method.kind {
                token.oath = None;
            }
        }
        device.status = DeviceStatus::Assigned;
        self.authentication.put_device(device);
        self.users.put(holder);
        Ok(())
    }

    /// Takes a token from a user, back into the inventory.
    pub fn unassign_hardware_oath_device(&mut self, id: Uuid, user: ObjectId) -> Done {
        let mut device = self.held_device(id, user)?;
        let mut holder = self.holder(user)?;
        holder.methods.retain(|method| method.id != id);
        device.assigned_to = None;
        device.status = DeviceStatus::Available;
        self.authentication.put_device(device);
        self.users.put(holder);
        Ok(())
    }

    fn held_device(&self, id: Uuid, user: ObjectId) -> Result<HardwareOathDevice, TokenError> {
        let device = self.authentication.device(id)?;
        match device.assigned_to {
            Some(holder) if holder == user => Ok(device),
            _ => Err(TokenError::NotAssigned),
        }
    }

    fn holder(&self, user: ObjectId) -> Result<User, TokenError> {
        let user = self.users.get(user);
        user.map(|user| User::clone(user)).ok_or(TokenError::NoUser)
    }
}
