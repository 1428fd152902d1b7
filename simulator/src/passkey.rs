//! Passkeys between the verifier and the tenant: what Graph and the pages register, and what signs in.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::credential::method::{MethodKind, Passkey, PasskeyKey};
use entrasim_domain::directory::user::User;
use entrasim_domain::id::ObjectId;
use entrasim_domain::policy::passkey::{PasskeyTraits, Unfit};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::security_info::MOST_PASSKEYS;
use entrasim_webauthn::{Refusal, Registration, RelyingParty, Root, Shown, TrustList};
use ring::digest;
use serde_json::Value;
use thiserror::Error;

static RELYING_PARTY: LazyLock<RelyingParty> = LazyLock::new(RelyingParty::default);

/// Why a passkey is not registered.
#[derive(Debug, Error)]
pub(crate) enum NotRegistered {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("{}", reasons(.0))]
    Unfit(Vec<(Option<String>, Unfit)>),
    #[error("somebody has registered it already")]
    Taken,
    #[error("the user has {MOST_PASSKEYS} passkeys already")]
    Full,
}

/// What each set of rules says, with the name of its profile.
fn reasons(unfit: &[(Option<String>, Unfit)]) -> String {
    if unfit.is_empty() {
        return "no passkey profile counts for the user".to_owned();
    }
    let reasons = unfit.iter().map(|(profile, unfit)| match profile {
        Some(profile) => format!("by the passkey profile '{profile}', {unfit}"),
        None => unfit.to_string(),
    });
    reasons.collect::<Vec<_>>().join("; ")
}

/// Checks a new passkey of a user against the policy as it is now. Attestation is asked for here only; the models that the
/// policy permits are looked at again at each sign-in.
pub(crate) fn register(
    tenant: &Tenant,
    user: ObjectId,
    challenge: &[u8],
    credential: &Value,
    display_name: String,
) -> Result<Passkey, NotRegistered> {
    let holder = tenant.users.get(user);
    let held = holder.into_iter().flat_map(|user| passkeys(user));
    let exclude: Vec<&[u8]> = held.map(|key| &*key.credential_id).collect();
    if exclude.len() >= MOST_PASSKEYS {
        return Err(NotRegistered::Full);
    }
    let trust = trust(tenant);
    let expected = Registration {
        challenge,
        exclude: &exclude,
        trust: &trust,
    };
    let made = RELYING_PARTY.register(&expected, credential)?;
    let attested = made.unproved.is_none();
    let traits = PasskeyTraits {
        model: made.aaguid,
        synced: made.backup_eligible,
        unproved: made.unproved,
    };
    let rules = &tenant.authentication_methods.passkeys;
    rules
        .permit_registration(&traits, &tenant.targets_of(user))
        .map_err(NotRegistered::Unfit)?;
    if tenant.users.by_passkey(&made.credential_id).is_some() {
        return Err(NotRegistered::Taken);
    }
    let thumbprint = |certificate: &Vec<u8>| {
        let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, certificate);
        hash.as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    };
    Ok(Passkey {
        display_name,
        credential_id: made.credential_id.as_slice().into(),
        aaguid: made.aaguid,
        key: Some(Box::new(PasskeyKey {
            verifier: made.key.as_str().into(),
            counter: made.counter,
            synced: made.backup_eligible,
            backed_up: made.backed_up,
            attested,
            certificates: made.certificates.iter().map(thumbprint).collect(),
        })),
    })
}

/// The challenge that a client says it was given: a member of its `clientDataJSON`, which is base64url without padding.
pub(crate) fn challenge_of(client_data: &str) -> Option<Vec<u8>> {
    let data = URL_SAFE_NO_PAD.decode(client_data).ok()?;
    let data: Value = serde_json::from_slice(&data).ok()?;
    URL_SAFE_NO_PAD.decode(data["challenge"].as_str()?).ok()
}

/// The passkeys that a user has.
pub(crate) fn passkeys(user: &User) -> impl Iterator<Item = &Passkey> {
    let methods = user.methods.iter();
    methods.filter_map(|method| match &method.kind {
        MethodKind::Passkey(key) => Some(key),
        _ => None,
    })
}

/// Checks what a passkey answered at a sign-in; one that was only counted from the beginning answers nothing.
pub(crate) fn authenticate(
    key: &Passkey,
    challenge: &[u8],
    assertion: &Value,
) -> Result<Shown, Refusal> {
    let known = key.key.as_ref().ok_or(Refusal::Unknown)?;
    RELYING_PARTY.authenticate(challenge, &known.verifier, known.counter, assertion)
}

/// What user handles begin with: the first is handed out (recorded in creation options of Graph and of security info), the
/// second is what public tools send.
const HANDLES: [&[u8]; 2] = [b"OF:", b"ON:"];

/// Who a passkey is of, as authenticators keep it, base64url: a mark, the tenant, and a hash of the user (public tooling; the
/// tenants in recorded handles are in this place). GUIDs are in their little-endian form.
pub(crate) fn handle(tenant: &Tenant, user: &User) -> String {
    let [mark, _] = HANDLES;
    URL_SAFE_NO_PAD.encode([mark, &owner(tenant, user)].concat())
}

/// Whether a handle that came with an answer is the user's.
pub(crate) fn is_handle_of(handle: &str, tenant: &Tenant, user: &User) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(handle.trim_end_matches('=')) else {
        return false;
    };
    let owner = owner(tenant, user);
    let mut marks = HANDLES.iter();
    marks.any(|mark| bytes.strip_prefix(*mark) == Some(&owner))
}

fn owner(tenant: &Tenant, user: &User) -> Vec<u8> {
    let hash = digest::digest(&digest::SHA256, &user.id.0.to_bytes_le());
    [&tenant.id.0.to_bytes_le(), hash.as_ref()].concat()
}

/// Nobody is believed if a root cannot be read.
fn trust(tenant: &Tenant) -> TrustList {
    let models = tenant.authentication.trust_list.iter();
    let roots = models.flat_map(|(model, trusted)| {
        trusted.roots.iter().map(|certificate| Root {
            certificate,
            model: *model,
            name: &trusted.name,
        })
    });
    TrustList::new(roots).unwrap_or_default()
}
