//! The second factor: which methods a person may show, beginning one, and checking it.
//!
//! `surface/sts/sas.rs` has the three calls of the pages' script and of tools, on top of this.

use entrasim_domain::credential::method::{AuthenticationMethod, MethodKind, PhoneKind};
use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::{Amr, Factor};
use entrasim_domain::policy::authentication_methods::MethodName;
use entrasim_domain::random::Random;
use entrasim_domain::sign_in::phone::{
    CODE_TRIES, Message, Prompt, PromptKind, PromptState, Reaction,
};
use entrasim_domain::tenant::Tenant;
use uuid::Uuid;

use super::error::StsError;
use super::interaction::Interaction;
use super::login::change;
use super::progress::Pending;

/// A way to pass the second factor, as `arrUserProofs` lists it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Proof {
    /// `PhoneAppNotification`, `PhoneAppOTP`, `OneWaySMS`, …
    pub id: &'static str,
    /// What the page says, with the number mostly hidden.
    pub display: String,
    pub method: Uuid,
}

pub(super) const NOTIFICATION: &str = "PhoneAppNotification";
pub(super) const CODE: &str = "PhoneAppOTP";
pub(super) const SMS: &str = "OneWaySMS";
pub(super) const CALL: &str = "TwoWayVoiceMobile";
pub(super) const ALTERNATE_CALL: &str = "TwoWayVoiceAlternateMobile";
pub(super) const OFFICE_CALL: &str = "TwoWayVoiceOffice";
pub(super) const PASSKEY: &str = "FidoKey";
pub(super) const ACCESS_PASS: &str = "AccessPass";

/// Whether something is typed, and not answered on the phone.
pub(super) fn is_typed(id: &str) -> bool {
    matches!(id, CODE | SMS | ACCESS_PASS)
}

/// What the page offers: the user's methods, and of those only what a demanded strength accepts.
pub(super) fn offered(interaction: &Interaction<'_>, tenant: &Tenant, user: &User) -> Vec<Proof> {
    let all = proofs(tenant, user);
    let Some(strength) = interaction
        .progress
        .strength
        .and_then(|id| tenant.conditional_access.strength(id))
    else {
        return all;
    };
    let shown = interaction
        .progress
        .authentication()
        .unwrap_or_default()
        .factors;
    all.into_iter()
        .filter(|proof| {
            let method = user.methods.iter().find(|method| method.id == proof.method);
            let factor = match proof.id {
                CODE => Some(Factor::SoftwareOath),
                SMS => Some(Factor::Sms),
                CALL | ALTERNATE_CALL | OFFICE_CALL => Some(Factor::Voice),
                _ => method.and_then(AuthenticationMethod::factor),
            };
            let mut then = shown.clone();
            then.extend(factor);
            strength.is_satisfied_by(&then)
        })
        .collect()
}

/// The methods that the user has and that the policy allows, the system's preference first
/// (MicrosoftDocs/entra-docs concept-system-preferred-multifactor-authentication.md).
pub(super) fn proofs(tenant: &Tenant, user: &User) -> Vec<Proof> {
    let groups = tenant.groups_of(user.id);
    let allows = |name| tenant.authentication_methods.allows(name, &groups);
    let mut proofs: Vec<(u8, Proof)> = Vec::new();
    for method in &user.methods {
        let mut add = |rank, id, display: String| {
            proofs.push((
                rank,
                Proof {
                    id,
                    display,
                    method: method.id,
                },
            ));
        };
        if !allows(MethodName::of(&method.kind)) && !matches!(method.kind, MethodKind::Phone(_)) {
            continue;
        }
        match &method.kind {
            MethodKind::TemporaryAccessPass(_) => {
                add(0, ACCESS_PASS, "Temporary Access Pass".to_owned());
            }
            MethodKind::Passkey(key) => add(1, PASSKEY, key.display_name.clone()),
            MethodKind::MicrosoftAuthenticator(app) => {
                add(3, NOTIFICATION, app.display_name.clone());
                if app.oath.is_some() {
                    add(4, CODE, "Authenticator app".to_owned());
                }
            }
            MethodKind::SoftwareOath(_) | MethodKind::HardwareOath { .. } => {
                add(4, CODE, "One-time code".to_owned());
            }
            MethodKind::Phone(phone) => {
                let hidden = hide(&phone.number);
                if phone.kind == PhoneKind::Mobile && allows(MethodName::Sms) {
                    add(5, SMS, hidden.clone());
                }
                if allows(MethodName::Voice) {
                    let id = match phone.kind {
                        PhoneKind::Mobile => CALL,
                        PhoneKind::AlternateMobile => ALTERNATE_CALL,
                        PhoneKind::Office => OFFICE_CALL,
                    };
                    add(6, id, hidden);
                }
            }
            MethodKind::Email { .. } => {}
        }
    }
    proofs.sort_by_key(|(rank, _)| *rank);
    proofs.dedup_by(|(_, a), (_, b)| a.id == b.id && a.id == CODE);
    proofs.into_iter().map(|(_, proof)| proof).collect()
}

/// `+XX XXXXXXXXX78`: what a page may show of a number.
fn hide(number: &str) -> String {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let mut seen = 0;
    number
        .chars()
        .map(|character| {
            if !character.is_ascii_digit() {
                return character;
            }
            seen += 1;
            if seen + 2 > digits { character } else { 'X' }
        })
        .collect()
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
        let state = match tenant.sign_in.reactions.get(&user) {
            Some(Reaction::Approve) => PromptState::Approved,
            Some(Reaction::Deny) => PromptState::Denied,
            None => PromptState::Pending,
        };
        let prompt = Prompt {
            id,
            user,
            kind,
            app,
            created: now,
            state,
        };
        tenant.sign_in.put_prompt(prompt, now);
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

/// How a method that was begun stands.
#[derive(Debug)]
pub(super) enum Standing {
    Pending,
    Passed(Factor),
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
                    PromptState::Approved => Standing::Passed(factor),
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
                    Standing::Passed(Factor::Sms)
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
                Ok(shown) => Standing::Passed(
                    shown
                        .factors
                        .first()
                        .cloned()
                        .unwrap_or(Factor::TemporaryAccessPass { once: false }),
                ),
                Err(_) => Standing::Failed("InvalidAccessPass"),
            },
        },
        _ => Standing::Failed("MethodNotSupported"),
    })
}

/// Compares a code with every secret of the user; one that counted never counts again.
fn one_time_code(interaction: &Interaction<'_>, user: &User, given: &str) -> Standing {
    let now = interaction.call.now();
    let accepted = user.methods.iter().find_map(|method| {
        let (oath, factor) = oath(method)?;
        oath.accepts(given, now)
            .map(|step| (method.id, step, factor))
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
                    MethodKind::SoftwareOath(oath) | MethodKind::HardwareOath { oath, .. } => {
                        Some(oath)
                    }
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
        Standing::Passed(factor)
    } else {
        Standing::Failed("OathCodeIncorrect")
    }
}

fn oath(
    method: &AuthenticationMethod,
) -> Option<(&entrasim_domain::credential::method::Oath, Factor)> {
    match &method.kind {
        MethodKind::SoftwareOath(oath) => Some((oath, Factor::SoftwareOath)),
        MethodKind::HardwareOath { oath, .. } => Some((oath, Factor::HardwareOath)),
        MethodKind::MicrosoftAuthenticator(app) => {
            app.oath.as_ref().map(|oath| (oath, Factor::SoftwareOath))
        }
        _ => None,
    }
}

/// Adds a passed factor to what the session has shown; to nothing, nothing is added.
pub(super) fn add(interaction: &mut Interaction<'_>, factor: Factor) {
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
    interaction.progress.pending = None;
    interaction.progress.fresh = true;
    interaction
        .progress
        .set_authentication(Some(&authentication));
}
