//! Settings of configurations that the domain acts on: the bounds of passes and of QR codes, and what passkeys have to be.

use core::time::Duration;

use entrasim_domain::policy::authentication_methods::{
    AuthenticationMethodsPolicy, MethodName, PassBounds,
};
use serde_json::{Value, json};

use super::passkey;

const MINUTE: u64 = 60;
const DAY: u64 = 86_400;

/// The value of such a setting.
pub(in crate::surface::graph) fn read(
    policy: &AuthenticationMethodsPolicy,
    method: MethodName,
    name: &str,
) -> Option<Value> {
    let pass = &policy.pass;
    let qr = &policy.qr_code_pin;
    Some(match (method, name) {
        (MethodName::TemporaryAccessPass, "defaultLifetimeInMinutes") => {
            json!(pass.default_lifetime.as_secs() / MINUTE)
        }
        (MethodName::TemporaryAccessPass, "minimumLifetimeInMinutes") => {
            json!(pass.minimum_lifetime.as_secs() / MINUTE)
        }
        (MethodName::TemporaryAccessPass, "maximumLifetimeInMinutes") => {
            json!(pass.maximum_lifetime.as_secs() / MINUTE)
        }
        (MethodName::TemporaryAccessPass, "defaultLength") => json!(pass.default_length),
        (MethodName::TemporaryAccessPass, "isUsableOnce") => json!(pass.once_only),
        (MethodName::QrCodePin, "standardQRCodeLifetimeInDays") => {
            json!(qr.standard_lifetime.as_secs() / DAY)
        }
        (MethodName::QrCodePin, "pinLength") => json!(qr.pin_length),
        (MethodName::Fido2, name) => return passkey::read(&policy.passkeys, name),
        _ => return None,
    })
}

/// Sets one, to a value of its shape; whether that can be.
pub(in crate::surface::graph) fn write(
    policy: &mut AuthenticationMethodsPolicy,
    method: MethodName,
    name: &str,
    value: &Value,
) -> bool {
    let pass = &mut policy.pass;
    let qr = &mut policy.qr_code_pin;
    let number = value.as_u64().unwrap_or_default();
    let count = usize::try_from(number).unwrap_or_default();
    let minutes = Duration::from_secs(number * MINUTE);
    match (method, name) {
        (MethodName::TemporaryAccessPass, "defaultLifetimeInMinutes") => {
            pass.default_lifetime = minutes;
        }
        (MethodName::TemporaryAccessPass, "minimumLifetimeInMinutes") => {
            pass.minimum_lifetime = minutes;
        }
        (MethodName::TemporaryAccessPass, "maximumLifetimeInMinutes") => {
            pass.maximum_lifetime = minutes;
        }
        (MethodName::TemporaryAccessPass, "defaultLength") => pass.default_length = count,
        (MethodName::TemporaryAccessPass, "isUsableOnce") => {
            pass.once_only = value.as_bool().unwrap_or_default();
        }
        (MethodName::QrCodePin, "standardQRCodeLifetimeInDays") => {
            qr.standard_lifetime = Duration::from_secs(number * DAY);
        }
        (MethodName::QrCodePin, "pinLength") => qr.pin_length = count,
        (MethodName::Fido2, name) => return passkey::write(&mut policy.passkeys, name, value),
        _ => return false,
    }
    true
}

/// Whether the bounds of passes go together.
pub(in crate::surface::graph) fn is_in_order(pass: &PassBounds) -> bool {
    pass.minimum_lifetime <= pass.default_lifetime && pass.default_lifetime <= pass.maximum_lifetime
}
