//! The second factor: which methods a person may show, beginning one, and checking it.
//!
//! `surface/sts/sas.rs` has the three calls of the pages' script and of tools, on top of this.

use entrasim_domain::credential::method::MethodKind;
use entrasim_domain::credential::one_time_code::Oath;
use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::{Amr, Factor};
use entrasim_domain::random::Random;
use entrasim_domain::sign_in::phone::{CODE_TRIES, Message, PromptKind, PromptState};
use entrasim_domain::tenant::proofs::UsableFactor;
use entrasim_domain::time::Timestamp;
use uuid::Uuid;

use super::error::StsError;
use super::interaction::Interaction;
use super::login::change;
use super::progress::Pending;

mod offered;

pub(super) use offered::{
    ACCESS_PASS, ALTERNATE_CALL, CALL, CODE, NOTIFICATION, OFFICE_CALL, PASSKEY, Proof, SMS,
    offered,
};

/// Whether something is typed, and not answered on the phone.
pub(super) fn is_typed(id: &str) -> bool {
    matches!(id, CODE | SMS | ACCESS_PASS)
}

/// Begins a method: sends a code, calls, or prompts. Methods with nothing to send begin by being chosen.
pub(super) fn begin(interaction: &mut Interaction<'_>, id: &str) -> Result<Pending, StsError> {
    let call = interaction.call;
    // A second factor comes second: alone it signs nobody in.
    if interaction.progress.authentication().is_none() {
        return Err(StsError::new(50_058));
    }
    let tenant = interaction.tenant()?;
    let user = interaction.user(&tenant)?;
    let offered = offered(interaction, &tenant, &user);
    // Tools name a text message by the method that the registration combined.
    let id = if id == "ConsolidatedTelephony" {
        SMS
    } else {
        id
    };
    let proof = offered
        .iter()
        .find(|proof| proof.id == id)
        .ok_or_else(|| StsError::new(500_121))?;
    let mut pending = Pending {
        method: proof.id.to_owned(),
        prompt: call.draw(Random::guid),
        number: None,
    };
    let app = super::sign_in_request::with_client(call, &interaction.request.client, |client| {
        client.display_name().to_owned()
    })?;
    match proof.id {
        NOTIFICATION => {
            let number = 10 + call.draw(|random| random.below(90));
            pending.number = Some(number);
            let kind = PromptKind::Notification { number };
            prompt(interaction, &user, pending.prompt, kind, app);
        }
        CALL | ALTERNATE_CALL | OFFICE_CALL => {
            prompt(interaction, &user, pending.prompt, PromptKind::Call, app);
        }
        SMS => text_code(interaction, &user, proof, pending.prompt),
        _ => {}
    }
    interaction.progress.pending = Some(pending.clone());
    Ok(pending)
}

/// Puts a prompt on the user's phone, which may answer by itself.
pub(super) fn prompt(
    interaction: &Interaction<'_>,
    user: &User,
    id: Uuid,
    kind: PromptKind,
    app: String,
) {
    let now = interaction.call.now();
    let user = user.id;
    change(interaction.call, |tenant| {
        tenant.sign_in.ask(id, user, kind, app, now);
    });
}

fn text_code(interaction: &Interaction<'_>, user: &User, proof: &Proof, id: Uuid) {
    let call = interaction.call;
    let code = format!("{:06}", call.draw(|random| random.below(1_000_000)));
    let to = user
        .methods
        .iter()
        .find(|method| method.id == proof.method)
        .and_then(|method| match &method.kind {
            MethodKind::Phone(phone) => Some(phone.number.clone()),
            _ => None,
        })
        .unwrap_or_default();
    let message = Message {
        id,
        user: user.id,
        to,
        at: call.now(),
        text: format!("entrasim: {code} is your sign-in code."),
        code: Some(code),
        tries_left: CODE_TRIES,
    };
    change(call, |tenant| tenant.sign_in.put_message(message));
}

/// A factor that was shown, and the end of everything that follows from it, where it has one.
#[derive(Debug)]
pub(super) struct Shown {
    pub factor: Factor,
    pub ends: Option<Timestamp>,
}

impl From<Factor> for Shown {
    fn from(factor: Factor) -> Self {
        Self { factor, ends: None }
    }
}

/// How a method that was begun stands.
#[derive(Debug)]
pub(super) enum Standing {
    Pending,
    Passed(Shown),
    /// AADSTS500121, with a word for the script.
    Failed(&'static str),
}

/// Looks after what was begun; `given` is a code, where the method has one.
pub(super) fn check(
    interaction: &Interaction<'_>,
    pending: &Pending,
    given: Option<&str>,
) -> Result<Standing, StsError> {
    let call = interaction.call;
    if interaction.progress.authentication().is_none() {
        return Err(StsError::new(50_058));
    }
    let tenant = interaction.tenant()?;
    let user = interaction.user(&tenant)?;
    let given = given.map(str::trim).filter(|text| !text.is_empty());
    Ok(match pending.method.as_str() {
        NOTIFICATION | CALL | ALTERNATE_CALL | OFFICE_CALL => {
            let factor = if pending.method == NOTIFICATION {
                Factor::MicrosoftAuthenticatorPush
            } else {
                Factor::Voice
            };
            match tenant.sign_in.prompts.get(&pending.prompt) {
                None => Standing::Failed("PhoneAppNoResponse"),
                Some(prompt) => match prompt.state {
                    PromptState::Approved => Standing::Passed(factor.into()),
                    PromptState::Denied => Standing::Failed("PhoneAppDenied"),
                    PromptState::Reported => Standing::Failed("FraudCodeEntered"),
                    PromptState::Pending if prompt.is_over(call.now()) => {
                        Standing::Failed("PhoneAppNoResponse")
                    }
                    PromptState::Pending => Standing::Pending,
                },
            }
        }
        SMS => match given {
            None => Standing::Pending,
            Some(given) => {
                let mut counted = false;
                change(call, |tenant| {
                    counted = tenant.sign_in.try_code(pending.prompt, given, call.now());
                });
                if counted {
                    Standing::Passed(Factor::Sms.into())
                } else {
                    Standing::Failed("SMSAuthFailedWrongCodeEntered")
                }
            }
        },
        CODE => match given {
            None => Standing::Pending,
            Some(given) => one_time_code(interaction, &user, given),
        },
        ACCESS_PASS => match given {
            None => Standing::Pending,
            Some(given) => match super::login::check_pass(interaction, given) {
                Ok(pass) => Standing::Passed(pass),
                Err(_) => Standing::Failed("InvalidAccessPass"),
            },
        },
        _ => Standing::Failed("MethodNotSupported"),
    })
}

/// Compares a code with every secret of the user; one that counted never counts again.
fn one_time_code(interaction: &Interaction<'_>, user: &User, given: &str) -> Standing {
    let now = interaction.call.now();
    let accepted = interaction.tenant().ok().and_then(|tenant| {
        tenant
            .usable_factors(user, now)
            .into_iter()
            .find_map(|usable| {
                let step = oath(&usable)?.accepts(given, now)?;
                Some((usable.method.id, step, usable.factor))
            })
    });
    let Some((id, step, factor)) = accepted else {
        return Standing::Failed("OathCodeIncorrect");
    };
    // Two posts at once: the change decides which of them counted.
    let user = user.id;
    let counted = interaction.call.cell().is_some_and(|cell| {
        cell.write(|tenant| {
            let mut user = User::clone(tenant.users.get(user).ok_or(())?);
            let oath = user
                .methods
                .iter_mut()
                .filter(|method| method.id == id)
                .find_map(|method| match &mut method.kind {
                    MethodKind::SoftwareOath(oath) => Some(oath),
                    MethodKind::HardwareOath(token) => token.oath.as_mut(),
                    MethodKind::MicrosoftAuthenticator(app) => app.oath.as_mut(),
                    _ => None,
                })
                .filter(|oath| oath.used_step.is_none_or(|used| used < step));
            oath.ok_or(())?.used_step = Some(step);
            tenant.users.put(user);
            Ok::<(), ()>(())
        })
        .is_ok()
    });
    if counted {
        Standing::Passed(factor.into())
    } else {
        Standing::Failed("OathCodeIncorrect")
    }
}

fn oath<'u>(usable: &UsableFactor<'u>) -> Option<&'u Oath> {
    match (&usable.factor, &usable.method.kind) {
        (_, MethodKind::SoftwareOath(oath)) => Some(oath),
        (_, MethodKind::HardwareOath(token)) => token.oath.as_ref(),
        (Factor::SoftwareOath, MethodKind::MicrosoftAuthenticator(app)) => app.oath.as_ref(),
        _ => None,
    }
}

/// Adds a passed factor to what the session has shown; to nothing, nothing is added.
pub(super) fn add(interaction: &mut Interaction<'_>, shown: Shown) {
    let Shown { factor, ends } = shown;
    let now = interaction.call.now();
    let Some(mut authentication) = interaction.progress.authentication() else {
        return;
    };
    if !authentication.methods.contains(&Amr::Mfa) {
        authentication.methods.push(Amr::Mfa);
    }
    if !authentication.factors.contains(&factor) {
        authentication.factors.push(factor);
    }
    authentication.multifactor_at = Some(now);
    authentication.end_by(ends);
    interaction.progress.pending = None;
    interaction.progress.fresh = true;
    interaction
        .progress
        .set_authentication(Some(&authentication));
}
