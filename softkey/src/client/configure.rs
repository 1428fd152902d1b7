//! The settings of the authenticator: CTAP 2.3, section 6.11, from the platform's side.

use super::platform::translate;
use super::{Client, ClientError};
use crate::authenticator::command;
use crate::cbor::Value;
use crate::pin_uv_auth::authenticate;
use crate::store::Store;

/// The permission for settings (CTAP 2.3, section 6.5.5.7).
const ACFG: u64 = 0x20;

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Enterprise attestation is given on request; only a reset takes this back.
    EnterpriseAttestation,
    /// Whether the user is always verified.
    AlwaysUv(bool),
    /// What PINs must be; what is absent stays as it is, and nothing gets weaker but by a reset.
    MinPinLength {
        /// The least number of characters.
        length: Option<u64>,
        /// The relying parties that may learn it, in place of those before.
        rp_ids: Option<Vec<String>>,
        /// Whether the PIN must be changed before it is of use again.
        force_change: bool,
    },
}

impl<S: Store> Client<'_, S> {
    /// Changes a setting.
    pub fn configure(&mut self, setting: &Setting) -> Result<(), ClientError> {
        let info = self.info()?;
        if info.option("authnrCfg") != Some(true) {
            return Err(ClientError::not_supported("this key has no settings"));
        }
        let (subcommand, parameters) = match setting {
            Setting::EnterpriseAttestation => (1, None),
            Setting::AlwaysUv(on) if info.option("alwaysUv") == Some(*on) => return Ok(()),
            Setting::AlwaysUv(_) => (2, None),
            Setting::MinPinLength {
                length,
                rp_ids,
                force_change,
            } => {
                let rp_ids = rp_ids.as_ref().map(|ids| {
                    let ids = ids.iter().map(|id| Value::from(id.as_str()));
                    Value::from(ids.collect::<Vec<_>>())
                });
                let parameters = Value::map_of([
                    length.map(|length| (1_i64, Value::from(length))),
                    rp_ids.map(|ids| (2, ids)),
                    force_change.then_some((3, Value::Bool(true))),
                ]);
                (3, Some(parameters))
            }
        };
        let mut message = vec![0xff; 32];
        message.extend([command::CONFIG, subcommand]);
        message.extend(parameters.iter().flat_map(Value::to_bytes));
        let proof = match self.pin.clone() {
            _ if !info.can_verify() => None,
            None => {
                return Err(ClientError::not_allowed(
                    "this key has a PIN; give it with --pin",
                ));
            }
            Some(pin) => {
                let protocol = Self::protocol(&info);
                let token = self.token(&info, &pin, ACFG, None)?;
                Some((protocol, authenticate(protocol, &token, &message)))
            }
        };
        let protocol = proof.as_ref().map(|(protocol, _)| protocol.number());
        let request = Value::map_of([
            Some((1_i64, Value::from(u64::from(subcommand)))),
            parameters.map(|parameters| (2, parameters)),
            protocol.map(|protocol| (3, Value::from(protocol))),
            proof.map(|(_, proof)| (4, Value::from(proof))),
        ]);
        self.call(command::CONFIG, Some(&request))
            .map(|_| ())
            .map_err(translate)
    }
}
