//! Taking methods away, choosing the default, changing the password. Other than the names of the calls and of `Deleted`, what
//! they take and answer is assumed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::credential::method::{AuthenticationMethod, MethodKind};
use entrasim_domain::credential::password;
use entrasim_domain::credential::secondary::SecondFactor;
use entrasim_domain::directory::user::{Password, User};
use entrasim_domain::enforcement::Operation;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{Failure, Refused, permit, with_body};
use super::methods::is_deletable;
use super::session::Session;
use crate::call::Call;
use crate::wire::Reply;

fn plain(_: &Session<'_>, body: &Value, why: Refused) -> Value {
    json!({"Type": body["Type"], "Deleted": false, "ErrorCode": why.failure.number(), "reason": why.reason})
}

/// `POST /api/authenticationmethods/delete`: `Data` is the id of the method; for passkeys the id of the credential does as well.
pub(super) fn delete(call: &Call<'_>) -> Reply {
    with_body(
        call,
        |session, body| {
            permit(session, Operation::ChangeSecurityInfo)?;
            let named = body["Data"].as_str().ok_or(Failure::ParameterMissing)?;
            let id = find(&session.user, named).ok_or(Failure::DataNotFound)?;
            let user = &session.user;
            let method = user.methods.iter().find(|method| method.id == id);
            let method = method.ok_or(Failure::DataNotFound)?;
            if !is_deletable(&method.kind) {
                return Err(Failure::BadRequest.into());
            }
            if user.sign_in_preferences.protects(&user.methods, method) {
                return Err(Refused::because(
                    Failure::OtherDefaultAvailable,
                    "It is your default sign-in method. Choose another default first.",
                ));
            }
            session.change(|_, user| {
                user.methods.retain(|method| method.id != id);
            });
            Ok(json!({"Type": body["Type"], "Deleted": true, "ErrorCode": 0}))
        },
        plain,
    )
}

fn find(user: &User, named: &str) -> Option<Uuid> {
    if let Ok(id) = named.parse() {
        return Some(id);
    }
    let credential = URL_SAFE_NO_PAD.decode(named.trim_end_matches('=')).ok()?;
    let mut methods = user.methods.iter();
    let is_it = |method: &&AuthenticationMethod| matches!(&method.kind, MethodKind::Passkey(key) if *key.credential_id == *credential);
    methods.find(is_it).map(|method| method.id)
}

/// `POST /api/authenticationmethods/setdefault`: `Data` is the word for it (`push`, `oath`, `sms`, `voiceMobile`, …).
pub(super) fn set_default(call: &Call<'_>) -> Reply {
    with_body(
        call,
        |session, body| {
            permit(session, Operation::ChangeSecurityInfo)?;
            let word = body["Data"].as_str().ok_or(Failure::ParameterMissing)?;
            let factor = SecondFactor::ALL
                .into_iter()
                .find(|factor| factor.word() == word)
                .ok_or(Failure::BadRequest)?;
            let mut methods = session.user.methods.iter();
            if !methods.any(|method| factor.is_of(&method.kind)) {
                return Err(Failure::DataNotFound.into());
            }
            session.change(|_, user| {
                user.sign_in_preferences.second_factor = Some(factor);
            });
            Ok(json!({"DefaultMethod": word, "ErrorCode": 0}))
        },
        plain,
    )
}

/// `POST /api/password/change`: `{"currentPassword", "newPassword"}`.
pub(super) fn password(call: &Call<'_>) -> Reply {
    with_body(
        call,
        |session, body| {
            permit(session, Operation::ChangeSecurityInfo)?;
            let text = |name: &str| body[name].as_str().ok_or(Failure::ParameterMissing);
            let (current, new) = (text("currentPassword")?, text("newPassword")?);
            let known = session.user.password.as_ref();
            if known.is_none_or(|known| *known.value != *current) {
                return Err(Refused::because(
                    Failure::VerificationFailed,
                    "The current password is not right.",
                ));
            }
            if current == new || !password::suffices(&session.user, new) {
                return Err(Refused::because(
                    Failure::BadRequest,
                    "The new password has to be another one, of 8 to 256 characters, with three of: small letters, capitals, digits, others.",
                ));
            }
            let now = session.call.now();
            session.change(|_, user| {
                let password = Password {
                    value: new.into(),
                    set: now,
                    must_change: false,
                };
                user.set_password(password, now);
            });
            Ok(json!({"ErrorCode": 0}))
        },
        |_, _, why| json!({"ErrorCode": why.failure.number(), "reason": why.reason}),
    )
}
