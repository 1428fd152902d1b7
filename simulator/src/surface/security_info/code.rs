//! Adding a phone or an e-mail address: a code that is sent there, or a call that is answered.

use entrasim_domain::credential::method::{
    AuthenticationMethod, EMAIL, MethodKind, Phone, is_email_address,
};
use entrasim_domain::random::Random;
use entrasim_domain::sign_in::phone::{CODE_TRIES, Message, PromptKind, PromptState};
use entrasim_domain::tenant::security_info::Addable;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::answer::{Failure, Refused, Step, register};
use super::interrupt::is_phone_number;
use super::session::Session;
use crate::seal::{Purpose, open, seal};

/// `VerificationContext`
#[derive(Deserialize, Serialize)]
struct Begun {
    user: Uuid,
    /// The number or address.
    to: String,
    /// The message or the call.
    id: Uuid,
}

pub(super) fn begin(
    session: &Session<'_>,
    wanted: Addable,
    data: Option<&str>,
) -> Result<Step, Refused> {
    let call = session.call;
    let row = Begun {
        user: session.user.id.0,
        to: match wanted {
            Addable::Email => address(data)?,
            _ => number(data)?,
        },
        id: call.draw(Random::guid),
    };
    let (user, now) = (session.user.id, call.now());
    if let Addable::Call(_) = wanted {
        let app = "Security info".to_owned();
        call.change(|tenant| tenant.sign_in.ask(row.id, user, PromptKind::Call, app, now));
    } else {
        let code = format!("{:06}", call.draw(|random| random.below(1_000_000)));
        let message = Message {
            id: row.id,
            user,
            to: row.to.clone(),
            at: now,
            text: format!("entrasim: {code} registers this for your security info."),
            code: Some(code),
            tries_left: CODE_TRIES,
        };
        call.change(|tenant| tenant.sign_in.put_message(message));
    }
    Ok(Step::Begun {
        data: None,
        context: Some(seal(call, Purpose::Registration, &row)),
    })
}

pub(super) fn verify(
    session: &Session<'_>,
    wanted: Addable,
    context: &str,
    code: &str,
) -> Result<Step, Refused> {
    let (call, now) = (session.call, session.call.now());
    let row = open::<Begun>(call, Purpose::Registration, context)
        .filter(|begun| begun.user == session.user.id.0)
        .ok_or(Failure::BadRequest)?;
    if let Addable::Call(_) = wanted {
        let prompt = session.tenant.sign_in.prompts.get(&row.id);
        let prompt = prompt.ok_or(Failure::AppTimedOut)?;
        match prompt.state {
            PromptState::Approved => {}
            PromptState::Pending if !prompt.is_over(now) => return Ok(Step::Waiting),
            _ => return Err(Failure::VerificationFailed.into()),
        }
    } else {
        let mut counted = false;
        call.change(|tenant| counted = tenant.sign_in.try_code(row.id, code.trim(), now));
        if !counted {
            return Err(Failure::VerificationFailed.into());
        }
    }
    let to = row.to;
    register(session, |tenant, user| {
        Some(match wanted {
            Addable::Text(kind) | Addable::Call(kind) => {
                let mut phone = Phone {
                    number: to,
                    kind,
                    sms_sign_in: false,
                };
                // Whoever the policy lets sign in by text message does so with a new number, unless somebody else has it.
                tenant.try_sms_sign_in(user, &mut phone);
                AuthenticationMethod {
                    id: kind.id(),
                    registered: now,
                    kind: MethodKind::Phone(phone),
                }
            }
            _ => AuthenticationMethod {
                id: EMAIL,
                registered: now,
                kind: MethodKind::Email { address: to },
            },
        })
    });
    Ok(Step::Done)
}

/// `{"phoneNumber": "15112345678", "countryCode": "49"}`, as tools send it; written as Graph writes it.
fn number(data: Option<&str>) -> Result<String, Failure> {
    let data: Value = data
        .and_then(|text| serde_json::from_str(text).ok())
        .ok_or(Failure::ParameterMissing)?;
    let digits = |name: &str| -> String {
        let text = data[name].as_str().unwrap_or_default();
        text.chars().filter(char::is_ascii_digit).collect()
    };
    let number = format!("+{} {}", digits("countryCode"), digits("phoneNumber"));
    if is_phone_number(&number) && !digits("countryCode").is_empty() {
        Ok(number)
    } else {
        Err(Failure::BadPhoneNumber)
    }
}

/// The address itself.
fn address(data: Option<&str>) -> Result<String, Failure> {
    let text = data.unwrap_or_default().trim();
    if is_email_address(text) {
        Ok(text.to_owned())
    } else {
        Err(Failure::BadRequest)
    }
}
