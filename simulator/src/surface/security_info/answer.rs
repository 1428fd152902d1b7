//! `POST /api/authenticationmethods/new` and `…/verify`: a method is begun, and proved. The numbers are those that public
//! tools list.

use entrasim_domain::credential::method::{AuthenticationMethod, PhoneKind};
use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::{Decision, Denial, Operation, Outcome};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::security_info::Addable;
use http::StatusCode;
use serde_json::{Value, json};

use super::session::{Session, reason, told};
use super::{app, code, passkey};
use crate::call::Call;
use crate::wire::Reply;

/// What kind of method a call is about (`Type`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Kind(pub i64);

impl Kind {
    pub(super) const AUTHENTICATOR: Self = Self(1);
    pub(super) const AUTHENTICATOR_PUSH: Self = Self(2);
    pub(super) const APP_CODE: Self = Self(3);
    pub(super) const MOBILE_PHONE: Self = Self(4);
    pub(super) const MOBILE_CALL: Self = Self(5);
    pub(super) const MOBILE_TEXT: Self = Self(6);
    pub(super) const OFFICE_PHONE: Self = Self(7);
    pub(super) const EMAIL: Self = Self(8);
    pub(super) const ALTERNATE_CALL: Self = Self(11);
    /// Passkeys, as older pages have it.
    pub(super) const FIDO: Self = Self(12);
    pub(super) const ACCESS_PASS: Self = Self(14);
    pub(super) const HARDWARE_TOKEN: Self = Self(15);
    pub(super) const PASSWORD: Self = Self(16);
    pub(super) const PASSKEY: Self = Self(18);
    pub(super) const OTHER: Self = Self(100);

    /// What is added by this kind, where that can be.
    fn adds(self) -> Option<Addable> {
        Some(match self {
            Self::AUTHENTICATOR | Self::AUTHENTICATOR_PUSH => Addable::Authenticator,
            Self::APP_CODE => Addable::AuthenticatorApp,
            Self::MOBILE_CALL => Addable::Call(PhoneKind::Mobile),
            Self::MOBILE_TEXT | Self::MOBILE_PHONE => Addable::Text(PhoneKind::Mobile),
            Self::OFFICE_PHONE => Addable::Call(PhoneKind::Office),
            Self::ALTERNATE_CALL => Addable::Call(PhoneKind::AlternateMobile),
            Self::EMAIL => Addable::Email,
            Self::FIDO | Self::PASSKEY => Addable::Passkey,
            _ => return None,
        })
    }
}

/// `ErrorCode`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Failure {
    InvalidCanary,
    BadRequest,
    DataNotFound,
    FreshMfaRequired,
    KeyDisallowedByPolicy,
    ChallengeExpired,
    ParameterMissing,
    DisallowedByPolicy,
    InvalidKeyData,
    AttestationInvalid,
    VerificationFailed,
    AppTimedOut,
    BadPhoneNumber,
    Denied,
    OtherDefaultAvailable,
}

impl Failure {
    /// The number, and the word that pages and tools have for it.
    fn row(self) -> (u8, &'static str) {
        match self {
            Self::InvalidCanary => (3, "invalidCanary"),
            Self::BadRequest => (4, "badRequest"),
            Self::DataNotFound => (5, "dataNotFound"),
            Self::FreshMfaRequired => (6, "ngcMfaRequired"),
            Self::KeyDisallowedByPolicy => (7, "keyDisallowedByPolicy"),
            Self::ChallengeExpired => (8, "challengeExpired"),
            Self::ParameterMissing => (14, "requiredParamMissing"),
            Self::DisallowedByPolicy => (21, "featureDisallowedByPolicy"),
            Self::InvalidKeyData => (22, "invalidKeyDataFormat"),
            Self::AttestationInvalid => (23, "attestationValidationFailed"),
            Self::VerificationFailed => (24, "verificationFailed"),
            Self::AppTimedOut => (27, "appRequestTimedOut"),
            Self::BadPhoneNumber => (29, "badPhoneNumber"),
            Self::Denied => (31, "phoneAppNotificationDenied"),
            Self::OtherDefaultAvailable => (34, "otherDefaultAvailable"),
        }
    }

    pub(super) fn number(self) -> u8 {
        self.row().0
    }

    pub(super) fn word(self) -> &'static str {
        self.row().1
    }
}

/// How far a method is.
pub(super) enum Step {
    /// `Data`, and what has to come back with the proof.
    Begun {
        data: Option<String>,
        context: Option<String>,
    },
    /// Somebody still has to answer.
    Waiting,
    /// It is registered.
    Done,
}

/// `POST /api/authenticationmethods/new`
pub(super) fn begin(call: &Call<'_>) -> Reply {
    handled(call, |session, kind, body| {
        let wanted = allowed(session, kind)?;
        let data = body["Data"].as_str();
        match wanted {
            Addable::Passkey => Ok(passkey::begin(session, kind)),
            Addable::Authenticator => app::begin_push(session, data),
            Addable::AuthenticatorApp => app::begin_code(session, data),
            Addable::Text(_) | Addable::Call(_) | Addable::Email => {
                code::begin(session, wanted, data)
            }
        }
    })
}

/// `POST /api/authenticationmethods/verify`
pub(super) fn verify(call: &Call<'_>) -> Reply {
    handled(call, |session, kind, body| {
        let wanted = allowed(session, kind)?;
        let context = body["VerificationContext"].as_str().unwrap_or_default();
        let data = body["VerificationData"].as_str().unwrap_or_default();
        match wanted {
            Addable::Passkey => passkey::verify(session, data),
            Addable::Authenticator => app::verify_push(session, context),
            Addable::AuthenticatorApp => app::verify_code(session, context, data),
            Addable::Text(_) | Addable::Call(_) | Addable::Email => {
                code::verify(session, wanted, context, data)
            }
        }
    })
}

/// What came of a call, where it failed.
pub(super) struct Refused {
    pub failure: Failure,
    /// Ours: why, and the way out.
    pub reason: Value,
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            reason: Value::Null,
        }
    }
}

impl Refused {
    pub(super) fn because(failure: Failure, message: &str) -> Self {
        Self {
            failure,
            reason: json!({"message": message}),
        }
    }

    /// A decision that lets nobody pass.
    pub(super) fn by(decision: &Decision) -> Self {
        let failure = match decision.outcome {
            Outcome::Deny(Denial::MethodNotAllowed) => Failure::DisallowedByPolicy,
            Outcome::Deny(_) => Failure::BadRequest,
            _ => Failure::FreshMfaRequired,
        };
        Self {
            failure,
            reason: reason(decision),
        }
    }
}

fn allowed(session: &Session<'_>, kind: Kind) -> Result<Addable, Refused> {
    let wanted = kind.adds().ok_or(Failure::BadRequest)?;
    let mut method = session.tenant.new_method(&session.user, wanted);
    // A mobile number that is texted may be called as well.
    if let Addable::Text(phone) = wanted
        && kind == Kind::MOBILE_PHONE
        && !method.allowed
    {
        method = session
            .tenant
            .new_method(&session.user, Addable::Call(phone));
    }
    permit(session, Operation::Register(method))?;
    Ok(wanted)
}

/// Asks the decision, and keeps it for the journal.
pub(super) fn permit(session: &Session<'_>, operation: Operation) -> Result<(), Refused> {
    let decision = session.call.record_decision(session.ask(operation));
    if decision.outcome == Outcome::Grant {
        Ok(())
    } else {
        Err(Refused::by(&decision))
    }
}

/// Opens the session, reads the body and words what comes of it.
pub(super) fn with_body(
    call: &Call<'_>,
    answer: impl FnOnce(&Session<'_>, &Value) -> Result<Value, Refused>,
    refused: impl FnOnce(&Session<'_>, &Value, Refused) -> Value,
) -> Reply {
    let Some(session) = Session::of_request(call) else {
        return Reply::empty(StatusCode::UNAUTHORIZED);
    };
    let body: Value = serde_json::from_slice(&call.request.body).unwrap_or_default();
    let value = match answer(&session, &body) {
        Ok(value) => value,
        Err(why) => {
            call.record_code(why.failure.word());
            refused(&session, &body, why)
        }
    };
    told(call, &value)
}

fn handled(
    call: &Call<'_>,
    step: impl FnOnce(&Session<'_>, Kind, &Value) -> Result<Step, Refused>,
) -> Reply {
    let kind_of = |body: &Value| Kind(body["Type"].as_i64().unwrap_or_default());
    with_body(
        call,
        |session, body| {
            let kind = kind_of(body);
            let value = |state: u8, data: Option<String>, context: Option<String>| {
                json!({
                    "Type": kind.0, "VerificationState": state, "Data": data,
                    "VerificationContext": context, "ErrorCode": 0,
                })
            };
            Ok(match step(session, kind, body)? {
                Step::Begun { data, context } => value(1, data, context),
                Step::Waiting => value(
                    5,
                    None,
                    body["VerificationContext"].as_str().map(str::to_owned),
                ),
                Step::Done => {
                    let mut value = value(2, None, None);
                    value["DataUpdates"] = super::methods::updates(session);
                    value
                }
            })
        },
        |_, body, why| {
            let state = match why.failure {
                Failure::VerificationFailed | Failure::Denied | Failure::AttestationInvalid => 3,
                Failure::ChallengeExpired | Failure::AppTimedOut => 8,
                _ => 0,
            };
            json!({
                "Type": kind_of(body).0, "VerificationState": state, "Data": null,
                "VerificationContext": null, "ErrorCode": why.failure.number(), "reason": why.reason,
            })
        },
    )
}

/// Puts a method of the person's own into the directory.
pub(super) fn register(
    session: &Session<'_>,
    make: impl FnOnce(&mut Tenant, &User) -> Option<AuthenticationMethod>,
) {
    session.change(|tenant, user| {
        if let Some(method) = make(tenant, user) {
            user.register(method);
        }
    });
}
