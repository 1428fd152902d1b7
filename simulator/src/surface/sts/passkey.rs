//! Signing in with a passkey: the challenge of the sign-in pages, the page of the relying party
//! (`https://login.microsoft.com/{tenant}/fido/get`), and the assertion that is posted back to `/{tenant}/login` with `type=23`
//! (public tooling; facts of the wire in `tests/it/sts/passkeys.rs`).

use core::time::Duration;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::credential::method::{MethodKind, Passkey};
use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::{Amr, Authentication, Factor};
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use entrasim_webauthn::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::StsError;
use super::interaction::Interaction;
use super::login::change;
use super::page;
use crate::call::Call;
use crate::passkey;
use crate::seal::{Purpose, open, seal};
use crate::wire::{Form, Reply};

/// A challenge is good for so long (assumed; the page itself gives up after ten minutes).
const LIFETIME: Duration = Duration::from_secs(600);
/// Nobody's key, or not this user's, or one that the policy does not permit.
const NO_KEY: u32 = 135_010;
/// The signature, or what was signed, does not hold.
const BAD_SIGNATURE: u32 = 130_005;

/// What a passkey signs, sealed: nothing of it is kept here but that it was used.
#[derive(Deserialize, Serialize)]
struct Challenge {
    id: Uuid,
    /// Milliseconds since 1970 by the tenant's clock. While no tenant is known nobody knows what time it is there: then the
    /// page's own age is the limit.
    at: Option<i64>,
}

impl Challenge {
    /// The first instant at which it is void.
    fn ends(&self, now: Timestamp) -> Timestamp {
        self.at.map_or(now, Timestamp::from_unix_millis) + LIFETIME
    }
}

/// A new `sFidoChallenge`. The bytes that are signed are those of this text.
pub(super) fn challenge(call: &Call<'_>) -> String {
    let challenge = Challenge {
        id: call.draw(Random::guid),
        at: call.tenant().map(|_| call.now().unix_millis()),
    };
    seal(call, Purpose::PasskeyChallenge, &challenge)
}

/// `POST /{tenant}/fido/get`: the page that asks the browser for the passkey.
pub(super) fn ask(call: &Call<'_>) -> Reply {
    let form = Form::parse(&call.request.body);
    let field = |name| form.get_ignoring_case(name).unwrap_or_default();
    let flow_token = [field("canary"), field("serverChallenge")]
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or_default();
    match Interaction::open(call, field("ctx"), flow_token) {
        Ok(interaction) => page::passkey::ask(&interaction, field("credentialsJson")),
        Err(error) => page::error::show(call, &error),
    }
}

/// The user whose passkey answered, tied to this sign-in where nobody has been named yet.
pub(super) fn identify(
    interaction: &mut Interaction<'_>,
    assertion: &Value,
) -> Result<(), StsError> {
    let call = interaction.call;
    let id = credential_id(assertion)?;
    if call.tenant().is_none() {
        let mut tenants = call.app.store.list().into_iter();
        let holder = tenants.find(|cell| cell.read().users.by_passkey(&id).is_some());
        call.bind(holder.ok_or_else(|| StsError::new(NO_KEY))?);
    }
    let tenant = interaction.tenant()?;
    let user = tenant.users.by_passkey(&id);
    let user = user.ok_or_else(|| StsError::new(NO_KEY))?;
    match interaction.progress.user() {
        Some(named) if named != user.id => Err(StsError::new(NO_KEY)),
        Some(_) => Ok(()),
        None => {
            let name = tenant.principal_name(user);
            interaction.progress.set_account(tenant.id, user.id, name);
            Ok(())
        }
    }
}

fn credential_id(assertion: &Value) -> Result<Vec<u8>, StsError> {
    let id = assertion["id"].as_str().unwrap_or_default();
    URL_SAFE_NO_PAD
        .decode(id.trim_end_matches('='))
        .map_err(|_| StsError::new(NO_KEY))
}

/// Checks what a passkey answered. It is more than one factor: the key, and what unlocks it.
pub(super) fn sign_in(
    interaction: &Interaction<'_>,
    assertion: &Value,
) -> Result<Authentication, StsError> {
    let (call, now) = (interaction.call, interaction.call.now());
    let tenant = interaction.tenant()?;
    let user = interaction.user(&tenant)?;
    if !user.account_enabled {
        return Err(StsError::new(50_057));
    }
    let id = credential_id(assertion)?;
    let key = passkey::passkeys(&user)
        .find(|key| *key.credential_id == *id)
        .filter(|key| is_permitted(&tenant, &user, key))
        .ok_or_else(|| StsError::new(NO_KEY))?;
    let (text, challenge) = given_challenge(call, assertion)?;
    let handle = assertion["userHandle"].as_str().unwrap_or_default();
    if !handle.is_empty() && !passkey::is_handle_of(handle, &tenant, &user) {
        return Err(StsError::new(NO_KEY));
    }
    let shown = passkey::authenticate(key, text.as_bytes(), &credential(assertion))
        .map_err(|refusal| refused(call, &refusal))?;
    let mut fresh = false;
    change(call, |tenant| {
        fresh = tenant
            .sign_in
            .redeem(challenge.id, challenge.ends(now), now);
        if fresh {
            remember(tenant, &user, &id, shown.counter, shown.backed_up);
        }
    });
    if !fresh {
        return Err(StsError::new(BAD_SIGNATURE));
    }
    Ok(Authentication {
        methods: vec![Amr::Fido, Amr::Mfa],
        at: Some(now),
        factors: vec![Factor::Fido2 { aaguid: key.aaguid }],
        multifactor_at: Some(now),
        epoch: user.sessions.number,
        ..Authentication::default()
    })
}

/// Removing a model from the list also stops the keys of it that are registered already.
fn is_permitted(tenant: &Tenant, user: &User, key: &Passkey) -> bool {
    let policy = &tenant.authentication_methods;
    policy.allows_passkey(key, &tenant.targets_of(user.id))
}

/// The text that the client says it was given, and what is sealed in it.
fn given_challenge(call: &Call<'_>, assertion: &Value) -> Result<(String, Challenge), StsError> {
    let wrong = || StsError::new(BAD_SIGNATURE);
    let data = assertion["clientDataJSON"].as_str().unwrap_or_default();
    let bytes = passkey::challenge_of(data.trim_end_matches('=')).ok_or_else(wrong)?;
    let text = String::from_utf8(bytes).map_err(|_| wrong())?;
    let challenge: Challenge = open(call, Purpose::PasskeyChallenge, &text).ok_or_else(wrong)?;
    if call.now() >= challenge.ends(call.now()) {
        return Err(wrong());
    }
    Ok((text, challenge))
}

/// The members that the form posts, as the JSON form of a `PublicKeyCredential`.
fn credential(assertion: &Value) -> Value {
    let member = |name: &str| {
        let text = assertion[name].as_str().unwrap_or_default();
        json!(text.trim_end_matches('='))
    };
    let handle = match assertion["userHandle"].as_str() {
        Some(text) if !text.is_empty() => json!(text.trim_end_matches('=')),
        _ => Value::Null,
    };
    json!({
        "id": member("id"),
        "response": {
            "clientDataJSON": member("clientDataJSON"), "authenticatorData": member("authenticatorData"),
            "signature": member("signature"), "userHandle": handle,
        },
    })
}

fn refused(call: &Call<'_>, refusal: &Refusal) -> StsError {
    tracing::info!(target: "entrasim::passkey", request = %call.id(), "a passkey was refused: {refusal}");
    match refusal {
        Refusal::Unknown => StsError::new(NO_KEY),
        _ => StsError::new(BAD_SIGNATURE),
    }
}

/// Keeps the counter and whether the key is backed up.
fn remember(tenant: &mut Tenant, user: &Arc<User>, id: &[u8], counter: u32, backed_up: bool) {
    let Some(known) = tenant.users.get(user.id) else {
        return;
    };
    let mut known = User::clone(known);
    for method in &mut known.methods {
        if let MethodKind::Passkey(passkey) = &mut method.kind
            && *passkey.credential_id == *id
            && let Some(key) = &mut passkey.key
        {
            key.counter = counter;
            key.backed_up = backed_up;
        }
    }
    tenant.users.put(known);
}
