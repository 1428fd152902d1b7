//! Adding Microsoft Authenticator (a notification that has to be approved) or another app (a code).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entrasim_domain::credential::method::{AuthenticationMethod, Authenticator, MethodKind};
use entrasim_domain::credential::one_time_code::{self, Oath};
use entrasim_domain::random::Random;
use entrasim_domain::sign_in::phone::{PromptKind, PromptState};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{Failure, Kind, Refused, Step, register, with_body};
use super::session::Session;
use crate::call::Call;
use crate::seal::{Purpose, open, seal};
use crate::wire::Reply;
use crate::wire::qr_code;

/// `VerificationContext`
#[derive(Deserialize, Serialize)]
struct Begun {
    user: Uuid,
    secret: Vec<u8>,
    /// The notification that was sent, for Authenticator.
    prompt: Option<Uuid>,
}

/// `POST /api/authenticationmethods/initializemobileapp`: what the app scans.
pub(super) fn initialize(call: &Call<'_>) -> Reply {
    with_body(
        call,
        |session, body| {
            let kind = body["securityInfoType"].as_i64();
            let kind = Kind(kind.ok_or(Failure::ParameterMissing)?);
            let secret = call.draw(Random::bytes::<20>);
            let name = session.name();
            let account = format!("{}:{name}", session.tenant.display_name);
            let is_push = kind != Kind::APP_CODE;
            let code = format!("{:09}", call.draw(|random| random.below(1_000_000_000)));
            let address = "https://mobileappcommunicator.auth.microsoft.com/activate";
            let text = if is_push {
                format!("phonefactor://activate_account?code={code}&url={address}")
            } else {
                one_time_code::key_uri(&name, &secret)
            };
            Ok(json!({
                "RegistrationType": kind.0,
                "QrCode": STANDARD.encode(qr_code::png(&text)),
                "ActivationCode": is_push.then_some(code),
                "Url": is_push.then_some(address),
                "SameDeviceUrl": if is_push { text } else { String::new() },
                "AccountName": account,
                "SecretKey": one_time_code::base32(&secret).to_lowercase(),
                "AffinityRegion": null,
            }))
        },
        |_, _, why| json!({"ErrorCode": why.failure.number(), "reason": why.reason}),
    )
}

/// The secret in `Data`: a JSON text. Any secret is taken, not only one from `initializemobileapp` (seen).
fn secret(data: Option<&str>) -> Result<Vec<u8>, Failure> {
    let data: Value = data
        .and_then(|text| serde_json::from_str(text).ok())
        .ok_or(Failure::ParameterMissing)?;
    let text = data["secretKey"]
        .as_str()
        .ok_or(Failure::ParameterMissing)?;
    one_time_code::from_base32(text)
        .filter(|secret| !secret.is_empty())
        .ok_or(Failure::BadRequest)
}

fn begun(session: &Session<'_>, begun: &Begun, data: Option<String>) -> Step {
    Step::Begun {
        data,
        context: Some(seal(session.call, Purpose::Registration, begun)),
    }
}

fn reopened(session: &Session<'_>, context: &str) -> Result<Begun, Failure> {
    open::<Begun>(session.call, Purpose::Registration, context)
        .filter(|begun| begun.user == session.user.id.0)
        .ok_or(Failure::BadRequest)
}

pub(super) fn begin_code(session: &Session<'_>, data: Option<&str>) -> Result<Step, Refused> {
    let row = Begun {
        user: session.user.id.0,
        secret: secret(data)?,
        prompt: None,
    };
    Ok(begun(session, &row, None))
}

pub(super) fn verify_code(
    session: &Session<'_>,
    context: &str,
    code: &str,
) -> Result<Step, Refused> {
    let row = reopened(session, context)?;
    let now = session.call.now();
    let mut oath = Oath::new(row.secret);
    let step = oath.accepts(code.trim(), now);
    if step.is_none() {
        return Err(Failure::VerificationFailed.into());
    }
    oath.used_step = step;
    let id = session.call.draw(Random::guid);
    register(session, |_, _| {
        Some(AuthenticationMethod {
            id,
            registered: now,
            kind: MethodKind::SoftwareOath(oath),
        })
    });
    Ok(Step::Done)
}

/// Sends the test notification; `Data` is the number that has to be typed.
pub(super) fn begin_push(session: &Session<'_>, data: Option<&str>) -> Result<Step, Refused> {
    let call = session.call;
    let row = Begun {
        user: session.user.id.0,
        secret: secret(data)?,
        prompt: Some(call.draw(Random::guid)),
    };
    let number = 10 + call.draw(|random| random.below(90));
    let (user, now) = (session.user.id, call.now());
    call.change(|tenant| {
        let kind = PromptKind::Notification { number };
        let app = "Security info".to_owned();
        tenant
            .sign_in
            .ask(row.prompt.unwrap_or_default(), user, kind, app, now);
    });
    let data = json!({"entropy": number}).to_string();
    Ok(begun(session, &row, Some(data)))
}

pub(super) fn verify_push(session: &Session<'_>, context: &str) -> Result<Step, Refused> {
    let row = reopened(session, context)?;
    let now = session.call.now();
    let prompt = row
        .prompt
        .and_then(|id| session.tenant.sign_in.prompts.get(&id));
    let prompt = prompt.ok_or(Failure::AppTimedOut)?;
    match prompt.state {
        PromptState::Approved => {}
        PromptState::Denied | PromptState::Reported => return Err(Failure::Denied.into()),
        PromptState::Pending if prompt.is_over(now) => return Err(Failure::AppTimedOut.into()),
        PromptState::Pending => return Ok(Step::Waiting),
    }
    let id = prompt.id;
    register(session, |tenant, user| {
        // The approval counts once: the method has the id of its notification.
        let known = user.methods.iter().any(|method| method.id == id);
        tenant.sign_in.prompts.remove(&id);
        (!known).then(|| AuthenticationMethod {
            id,
            registered: now,
            kind: MethodKind::MicrosoftAuthenticator(Authenticator {
                display_name: "Phone".to_owned(),
                phone_sign_in: false,
                oath: Some(Oath::new(row.secret)),
            }),
        })
    });
    Ok(Step::Done)
}
