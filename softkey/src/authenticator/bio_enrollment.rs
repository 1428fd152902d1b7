//! authenticatorBioEnrollment (0x09): CTAP 2.3, section 6.7. The sensor is simulated: a sample is a gesture.

use super::parameters::PinUvAuth;
use super::{Authenticator, Channel, Pending};
use crate::cbor::{Fields, Value};
use crate::env::{Env, Gesture, Prompt, Reason, random};
use crate::pin_uv_auth::Permissions;
use crate::status::Status;
use crate::store::{Fingerprint, Store};

const ENROLL_BEGIN: u8 = 0x01;
const ENROLL_CAPTURE_NEXT_SAMPLE: u8 = 0x02;
const CANCEL_CURRENT_ENROLLMENT: u8 = 0x03;
const ENUMERATE_ENROLLMENTS: u8 = 0x04;
const SET_FRIENDLY_NAME: u8 = 0x05;
const REMOVE_ENROLLMENT: u8 = 0x06;
const GET_FINGERPRINT_SENSOR_INFO: u8 = 0x07;

/// The only modality: fingerprint.
const FINGERPRINT: u64 = 1;
/// A sensor that is touched, not swiped.
const TOUCH_SENSOR: u64 = 1;
/// Samples for one finger.
const SAMPLES: u8 = 3;
/// How many fingers fit.
const MAX_FINGERS: usize = 5;
/// The longest name.
const MAX_NAME: usize = 64;
/// `CTAP2_ENROLL_FEEDBACK_FP_GOOD`, and what is said when no finger came.
const GOOD: u64 = 0x00;
const NO_USER_ACTIVITY: u64 = 0x0d;

/// A finger being enrolled.
#[derive(Debug)]
pub(super) struct Enrollment {
    id: Vec<u8>,
    remaining: u8,
}

impl<S: Store> Authenticator<S> {
    pub(super) fn bio_enrollment(
        &mut self,
        channel: Channel,
        fields: Fields<'_>,
        pending: Option<Pending>,
        env: &mut dyn Env,
    ) -> Result<Option<Value>, Status> {
        let modality = fields.unsigned(1_i64)?;
        let subcommand = fields.unsigned(2_i64)?;
        let parameters = fields.map(3_i64)?;
        let auth = PinUvAuth {
            param: fields.bytes(5_i64)?,
            protocol: fields.unsigned(4_i64)?,
        };
        if fields.boolean(6_i64)? == Some(true) {
            return Ok(Some(Value::map([(1_i64, Value::from(FINGERPRINT))])));
        }
        if modality.ok_or(Status::MissingParameter)? != FINGERPRINT {
            return Err(Status::UnsupportedOption);
        }
        let subcommand = u8::try_from(subcommand.ok_or(Status::MissingParameter)?)
            .map_err(|_| Status::InvalidSubcommand)?;
        match subcommand {
            CANCEL_CURRENT_ENROLLMENT => return Ok(None),
            GET_FINGERPRINT_SENSOR_INFO => {
                return Ok(Some(Value::map([
                    (2_i64, Value::from(TOUCH_SENSOR)),
                    (3, Value::from(u64::from(SAMPLES))),
                    (8, Value::from(MAX_NAME)),
                ])));
            }
            ENROLL_BEGIN..=REMOVE_ENROLLMENT => {}
            _ => return Err(Status::InvalidSubcommand),
        }
        let mut message = vec![0x01, subcommand];
        if let Some(parameters) = fields.value(3_i64) {
            message.extend_from_slice(&parameters.to_bytes());
        }
        self.require_token(auth, &message, Permissions::BE)?;
        match subcommand {
            ENROLL_BEGIN => self.enroll_begin(channel, env).map(Some),
            ENROLL_CAPTURE_NEXT_SAMPLE => self
                .enroll_next(channel, parameters, pending, env)
                .map(Some),
            ENUMERATE_ENROLLMENTS => self.enumerate_fingers().map(Some),
            SET_FRIENDLY_NAME => self.name_finger(parameters).map(|()| None),
            _ => self.remove_finger(parameters).map(|()| None),
        }
    }

    fn enroll_begin(&mut self, channel: Channel, env: &mut dyn Env) -> Result<Value, Status> {
        if self.device()?.fingerprints.len() >= MAX_FINGERS {
            return Err(Status::KeyStoreFull);
        }
        let id = random::<4>(env).to_vec();
        self.sample(
            channel,
            Enrollment {
                id,
                remaining: SAMPLES,
            },
            true,
            env,
        )
    }

    fn enroll_next(
        &mut self,
        channel: Channel,
        parameters: Option<Fields<'_>>,
        pending: Option<Pending>,
        env: &mut dyn Env,
    ) -> Result<Value, Status> {
        let id = template_id(parameters)?;
        match pending {
            Some(Pending::Enrollment(enrollment)) if enrollment.id == id => {
                self.sample(channel, enrollment, false, env)
            }
            _ => Err(Status::InvalidOption),
        }
    }

    /// Takes one sample; the last one makes the finger known.
    fn sample(
        &mut self,
        channel: Channel,
        mut enrollment: Enrollment,
        first: bool,
        env: &mut dyn Env,
    ) -> Result<Value, Status> {
        let prompt = Prompt {
            reason: Reason::Enroll,
            rp_id: None,
            user: None,
        };
        let status = match env.user_presence(&prompt) {
            Gesture::Approved => {
                enrollment.remaining -= 1;
                GOOD
            }
            Gesture::Denied | Gesture::TimedOut => NO_USER_ACTIVITY,
            Gesture::Cancelled => return Err(Status::KeepaliveCancel),
        };
        let response = Value::map_of([
            first.then(|| (4_i64, Value::from(enrollment.id.as_slice()))),
            Some((5, Value::from(status))),
            Some((6, Value::from(u64::from(enrollment.remaining)))),
        ]);
        if enrollment.remaining == 0 {
            let finger = Fingerprint {
                id: enrollment.id,
                name: None,
            };
            self.change_device(|device| device.fingerprints.push(finger), Vec::new())?;
        } else {
            self.wait_for(channel, Pending::Enrollment(enrollment), env);
        }
        Ok(response)
    }

    fn enumerate_fingers(&self) -> Result<Value, Status> {
        let infos: Vec<Value> = self
            .device()?
            .fingerprints
            .iter()
            .map(|finger| {
                // A finger without a name has an empty one: platforms look for the member.
                let name = finger.name.as_deref().unwrap_or_default();
                Value::map([
                    (1_i64, Value::from(finger.id.as_slice())),
                    (2, Value::from(name)),
                ])
            })
            .collect();
        if infos.is_empty() {
            return Err(Status::InvalidOption);
        }
        Ok(Value::map([(7_i64, Value::from(infos))]))
    }

    fn name_finger(&mut self, parameters: Option<Fields<'_>>) -> Result<(), Status> {
        let id = template_id(parameters)?.to_vec();
        let name = parameters
            .map(|fields| fields.text(2_i64))
            .transpose()?
            .flatten();
        let name = name.ok_or(Status::MissingParameter)?.to_owned();
        if name.len() > MAX_NAME {
            return Err(Status::InvalidLength);
        }
        self.find_finger(&id)?;
        self.change_device(
            |device| {
                if let Some(finger) = device
                    .fingerprints
                    .iter_mut()
                    .find(|finger| finger.id == id)
                {
                    finger.name = Some(name);
                }
            },
            Vec::new(),
        )
    }

    fn remove_finger(&mut self, parameters: Option<Fields<'_>>) -> Result<(), Status> {
        let id = template_id(parameters)?.to_vec();
        self.find_finger(&id)?;
        self.change_device(
            |device| device.fingerprints.retain(|finger| finger.id != id),
            Vec::new(),
        )
    }

    fn find_finger(&self, id: &[u8]) -> Result<(), Status> {
        let known = self
            .device()?
            .fingerprints
            .iter()
            .any(|finger| finger.id == id);
        if known {
            Ok(())
        } else {
            Err(Status::InvalidOption)
        }
    }
}

fn template_id(parameters: Option<Fields<'_>>) -> Result<&[u8], Status> {
    parameters
        .ok_or(Status::MissingParameter)?
        .bytes(1_i64)?
        .ok_or(Status::MissingParameter)
}
