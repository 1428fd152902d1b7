//! Which second factors a person is offered, and in what words.

use entrasim_domain::credential::method::{MethodKind, PhoneKind};
use entrasim_domain::credential::secondary::SecondFactor;
use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::Factor;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::proofs::UsableFactor;
use entrasim_domain::time::Timestamp;
use uuid::Uuid;

use super::super::interaction::Interaction;

/// A way to pass the second factor, as `arrUserProofs` lists it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in super::super) struct Proof {
    /// `PhoneAppNotification`, `PhoneAppOTP`, `OneWaySMS`, …
    pub id: &'static str,
    /// What the page says, with the number mostly hidden.
    pub display: String,
    pub method: Uuid,
    pub factor: Factor,
}

pub(in super::super) const NOTIFICATION: &str = "PhoneAppNotification";
pub(in super::super) const CODE: &str = "PhoneAppOTP";
pub(in super::super) const SMS: &str = "OneWaySMS";
pub(in super::super) const CALL: &str = "TwoWayVoiceMobile";
pub(in super::super) const ALTERNATE_CALL: &str = "TwoWayVoiceAlternateMobile";
pub(in super::super) const OFFICE_CALL: &str = "TwoWayVoiceOffice";
pub(in super::super) const PASSKEY: &str = "FidoKey";
pub(in super::super) const ACCESS_PASS: &str = "AccessPass";

/// What the page offers: the user's methods, and of those only what a demanded strength accepts.
pub(in super::super) fn offered(
    interaction: &Interaction<'_>,
    tenant: &Tenant,
    user: &User,
) -> Vec<Proof> {
    let mut offered = sufficient(interaction, tenant, user);
    // One box takes the codes of every app and token.
    offered.dedup_by(|a, b| a.id == b.id && a.id == CODE);
    offered
}

fn sufficient(interaction: &Interaction<'_>, tenant: &Tenant, user: &User) -> Vec<Proof> {
    let all = proofs(tenant, user, interaction.call.now());
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
            let mut then = shown.clone();
            then.push(proof.factor.clone());
            strength.is_satisfied_by(&then)
        })
        .collect()
}

/// What the user has and the policy allows, the system's preference first
/// (MicrosoftDocs/entra-docs concept-system-preferred-multifactor-authentication.md).
fn proofs(tenant: &Tenant, user: &User, now: Timestamp) -> Vec<Proof> {
    let mut proofs: Vec<(u8, Proof)> = tenant
        .usable_factors(user, now)
        .into_iter()
        .filter_map(|usable| {
            let (rank, id, display) = shape(&usable)?;
            let proof = Proof {
                id,
                display,
                method: usable.method.id,
                factor: usable.factor,
            };
            Some((rank, proof))
        })
        .collect();
    proofs.sort_by_key(|(rank, _)| *rank);
    let preferences = user.sign_in_preferences;
    if !tenant.system_chooses_factor(user)
        && let Some(wished) = preferences.second_factor
    {
        // The person's own default goes first where the system does not choose.
        proofs.sort_by_key(|(_, proof)| second_factor(proof.id) != Some(wished));
    }
    proofs.into_iter().map(|(_, proof)| proof).collect()
}

/// What the settings of a user call a way to pass.
fn second_factor(id: &str) -> Option<SecondFactor> {
    Some(match id {
        NOTIFICATION => SecondFactor::Push,
        CODE => SecondFactor::Oath,
        SMS => SecondFactor::Sms,
        CALL => SecondFactor::VoiceMobile,
        ALTERNATE_CALL => SecondFactor::VoiceAlternateMobile,
        OFFICE_CALL => SecondFactor::VoiceOffice,
        _ => return None,
    })
}

/// The rank of a factor, its word and its words.
fn shape(usable: &UsableFactor<'_>) -> Option<(u8, &'static str, String)> {
    let kind = &usable.method.kind;
    Some(match (&usable.factor, kind) {
        (Factor::TemporaryAccessPass { .. }, _) => {
            (0, ACCESS_PASS, "Temporary Access Pass".to_owned())
        }
        (_, MethodKind::Passkey(key)) => (1, PASSKEY, key.display_name.clone()),
        (Factor::MicrosoftAuthenticatorPush, MethodKind::MicrosoftAuthenticator(app)) => {
            (3, NOTIFICATION, app.display_name.clone())
        }
        (_, MethodKind::MicrosoftAuthenticator(_)) => (4, CODE, "Authenticator app".to_owned()),
        (Factor::SoftwareOath | Factor::HardwareOath, _) => (4, CODE, "One-time code".to_owned()),
        (Factor::Sms, MethodKind::Phone(phone)) => (5, SMS, hide(&phone.number)),
        (_, MethodKind::Phone(phone)) => {
            let id = match phone.kind {
                PhoneKind::Mobile => CALL,
                PhoneKind::AlternateMobile => ALTERNATE_CALL,
                PhoneKind::Office => OFFICE_CALL,
            };
            (6, id, hide(&phone.number))
        }
        _ => return None,
    })
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
