//! `POST /{tenant}/login`: the name, and then the password or the Temporary Access Pass.
//!
//! Tools that drive the real page post name and password at once; a person without script posts one after the other.

use std::sync::Arc;

use entrasim_domain::credential::method::{MethodKind, PassUsability};
use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::{Amr, Authentication, Factor};
use entrasim_domain::id::ObjectId;
use entrasim_domain::sign_in::lockout::Lockout;
use entrasim_domain::store::TenantCell;
use entrasim_domain::tenant::Tenant;
use uuid::Uuid;

use super::authority::Authority;
use super::error::StsError;
use super::interaction::Interaction;
use super::page::sign_in::Complaint;
use super::second_factor::Shown;
use super::{page, passkey, phone_sign_in, sign_in_log};
use crate::call::Call;
use crate::wire::{Form, Reply};

pub(super) fn answer(call: &Call<'_>) -> Reply {
    let form = Form::parse(&call.request.body);
    let mut interaction = match Interaction::resume(call, &form) {
        Ok(interaction) => interaction,
        Err(error) => return page::error::show(call, &error),
    };
    if form.get("type") == Some("23") {
        return with_passkey(interaction, &form);
    }
    let field = |name| form.get(name).filter(|text: &&str| !text.is_empty());
    let name = field("login").or_else(|| field("loginfmt")).map(str::trim);
    if let Some(name) = name
        && interaction.progress.name.as_deref() != Some(name)
        && let Err(error) = identify(&mut interaction, name)
    {
        return refused(&interaction, name, &error);
    }
    if interaction.progress.user().is_none() {
        let missing = form.get("loginfmt").or_else(|| form.get("login"));
        return page::sign_in::identifier(
            &interaction,
            missing.map(|_| Complaint::Missing("name")),
        );
    }
    if let Some(credential) = field("credential") {
        interaction.progress.credential = Some(credential.to_owned());
        interaction.progress.pending = None;
        return interaction.advance();
    }
    if field("LoginOptions") == Some("1") {
        interaction.progress.persistent = true;
        interaction.progress.persistence_asked = true;
    }
    match show(&mut interaction, &form) {
        Ok(Some(authentication)) => {
            interaction.progress.fresh = true;
            interaction
                .progress
                .set_authentication(Some(&authentication));
            interaction.advance()
        }
        Ok(None) => unfinished(interaction, &form),
        Err(error) => refused(&interaction, name.unwrap_or_default(), &error),
    }
}

/// A passkey answered, on the relying party's page or in a tool.
fn with_passkey(mut interaction: Interaction<'_>, form: &Form) -> Reply {
    let assertion = form.get("assertion").unwrap_or_default();
    let assertion = serde_json::from_str(assertion).unwrap_or_default();
    let done = passkey::identify(&mut interaction, &assertion)
        .and_then(|()| passkey::sign_in(&interaction, &assertion));
    match done {
        Ok(authentication) => {
            interaction.progress.fresh = true;
            interaction.progress.pending = None;
            interaction
                .progress
                .set_authentication(Some(&authentication));
            interaction.advance()
        }
        Err(error) => refused(&interaction, "", &error),
    }
}

/// Checks the credential that was sent, if one was.
fn show(
    interaction: &mut Interaction<'_>,
    form: &Form,
) -> Result<Option<Authentication>, StsError> {
    let field = |name| form.get(name).filter(|text: &&str| !text.is_empty());
    if let Some(pass) = field("accesspass") {
        sign_in_with_pass(interaction, pass).map(Some)
    } else if form.get("psRNGCSLK").is_some() && form.get("code").is_some() {
        let code = field("code").unwrap_or_default();
        phone_sign_in::finish(interaction, code).map(Some)
    } else if let Some(password) = field("passwd") {
        check_password(interaction, password).map(Some)
    } else {
        Ok(None)
    }
}

/// Nothing was typed: on the credential's own page that is said, and counts as no attempt.
fn unfinished(interaction: Interaction<'_>, form: &Form) -> Reply {
    let tenant = interaction.tenant();
    let is_credential_page = form.get("type") == Some("11");
    let missing = ["accesspass", "passwd"]
        .into_iter()
        .find(|name| is_credential_page && form.get(name).is_some());
    if let (Ok(tenant), Some(missing)) = (tenant, missing)
        && let Ok(user) = interaction.user(&tenant)
    {
        let complaint = Some(Complaint::Missing(missing));
        return page::sign_in::credential(&interaction, &tenant, &user, complaint);
    }
    interaction.advance()
}

fn refused(interaction: &Interaction<'_>, name: &str, error: &StsError) -> Reply {
    let call = interaction.call;
    call.record_code(format!("AADSTS{}", error.number()));
    // Who presses the button too early has still to answer: nothing has failed.
    if !phone_sign_in::is_pending(interaction) {
        sign_in_log::page_refused(interaction, name, error);
    }
    if matches!(error.number(), 50057 | 53003) {
        return page::error::show_in(interaction, error);
    }
    let tenant = interaction.tenant();
    let user = tenant
        .as_ref()
        .ok()
        .and_then(|tenant| interaction.user(tenant).ok());
    match (tenant, user) {
        (Ok(tenant), Some(user)) => {
            page::sign_in::credential(interaction, &tenant, &user, Some(Complaint::Refused(error)))
        }
        _ => page::sign_in::identifier(interaction, Some(Complaint::Unknown(name, error))),
    }
}

/// Where a name signs in when no tenant is named: the tenant of its domain, or the one that it is a guest of.
pub(super) fn home(call: &Call<'_>, name: &str) -> Option<Arc<TenantCell>> {
    let domain = name.rsplit_once('@').map_or("", |(_, domain)| domain);
    call.app.store.by_domain(domain).or_else(|| {
        let mut all = call.app.store.list().into_iter();
        all.find(|cell| cell.read().users.by_home_name(name).is_some())
    })
}

/// Finds the account of a name, and ties the sign-in to its tenant.
pub(super) fn identify(interaction: &mut Interaction<'_>, name: &str) -> Result<(), StsError> {
    let call = interaction.call;
    let unknown = |tenant: &str| {
        StsError::new(50034)
            .with("user", name)
            .with("tenant", tenant)
    };
    if Authority::is_consumers(&interaction.request.authority) {
        return Err(unknown("Microsoft Services"));
    }
    if call.tenant().is_none() {
        let domain = name.rsplit_once('@').map_or("", |(_, domain)| domain);
        call.bind(home(call, name).ok_or_else(|| unknown(domain))?);
    }
    let tenant = interaction.tenant()?;
    let user = tenant
        .user_by_sign_in_name(name)
        .ok_or_else(|| unknown(&tenant.id.to_string()))?;
    interaction
        .progress
        .set_account(tenant.id, user.id, name.to_owned());
    Ok(())
}

fn check_password(
    interaction: &Interaction<'_>,
    password: &str,
) -> Result<Authentication, StsError> {
    let tenant = interaction.tenant()?;
    let user = interaction.user(&tenant)?;
    verify_password(interaction.call, &tenant, &user, password)?;
    Ok(tenant.password_shown(&user, interaction.call.now()))
}

/// Compares a password, counting failures: smart lockout (AADSTS50053). What it may lead to is decided later.
pub(super) fn verify_password(
    call: &Call<'_>,
    tenant: &Tenant,
    user: &User,
    password: &str,
) -> Result<(), StsError> {
    let now = call.now();
    let lockout = tenant.sign_in.lockouts.get(&user.id);
    if lockout.is_some_and(|lockout| lockout.is_locked(now)) {
        return Err(StsError::new(50053));
    }
    let known = user.password.as_ref().ok_or_else(|| StsError::new(50056))?;
    if *known.value == *password {
        if lockout.is_some() {
            change(call, |tenant| {
                tenant.sign_in.lockouts.remove(&user.id);
            });
        }
        return Ok(());
    }
    change(call, |tenant| {
        let mut lockout = tenant
            .sign_in
            .lockouts
            .get(&user.id)
            .map(|known| Lockout::clone(known))
            .unwrap_or_default();
        lockout.fail(password, now);
        tenant.sign_in.lockouts.insert(user.id, Arc::new(lockout));
    });
    Err(StsError::new(50126))
}

/// Changes the tenant of the call; there always is one when this is called.
pub(super) fn change(call: &Call<'_>, change: impl FnOnce(&mut Tenant)) {
    call.change(change);
}

/// A Temporary Access Pass instead of a password.
fn sign_in_with_pass(
    interaction: &Interaction<'_>,
    given: &str,
) -> Result<Authentication, StsError> {
    let Shown { factor, ends } = check_pass(interaction, given)?;
    let (tenant, now) = (interaction.tenant()?, interaction.call.now());
    Ok(Authentication {
        methods: vec![tenant.knobs.amr_for_tap, Amr::Mfa],
        at: Some(now),
        factors: vec![factor],
        multifactor_at: Some(now),
        ends,
        epoch: interaction.user(&tenant)?.sessions.number,
        ..Authentication::default()
    })
}

/// Checks a Temporary Access Pass; a one-time pass is used up by it.
pub(super) fn check_pass(interaction: &Interaction<'_>, given: &str) -> Result<Shown, StsError> {
    let call = interaction.call;
    let (tenant, now) = (interaction.tenant()?, call.now());
    let user = interaction.user(&tenant)?;
    let found = user.methods.iter().find_map(|method| match &method.kind {
        MethodKind::TemporaryAccessPass(pass) => Some((method.id, pass)),
        _ => None,
    });
    let (id, pass) = found.ok_or_else(|| StsError::new(130_503))?;
    if *pass.value != *given.trim() {
        return Err(StsError::new(130_503));
    }
    let allowed = tenant.allows_pass(pass, &user);
    match pass.usability(now) {
        PassUsability::Usable if allowed => {}
        PassUsability::Usable | PassUsability::OneTimeUsed => return Err(StsError::new(130_500)),
        PassUsability::Expired => return Err(StsError::new(130_502)),
        PassUsability::NotYetValid => return Err(StsError::new(130_501)),
    }
    let (once, ends) = (pass.once, pass.ends());
    // Two browsers at once: the change decides who was first.
    if once && !use_up(call, user.id, id) {
        return Err(StsError::new(130_500));
    }
    Ok(Shown {
        factor: Factor::TemporaryAccessPass { once },
        ends: Some(ends),
    })
}

/// Marks a one-time pass as used; `false` if it was already.
fn use_up(call: &Call<'_>, user: ObjectId, pass: Uuid) -> bool {
    let now = call.now();
    call.cell().is_some_and(|cell| {
        cell.write(|tenant| {
            let mut user = User::clone(tenant.users.get(user).ok_or(())?);
            let fresh = user
                .methods
                .iter_mut()
                .filter(|method| method.id == pass)
                .find_map(|method| match &mut method.kind {
                    MethodKind::TemporaryAccessPass(pass) if pass.used.is_none() => Some(pass),
                    _ => None,
                });
            fresh.ok_or(())?.used = Some(now);
            tenant.users.put(user);
            Ok::<(), ()>(())
        })
        .is_ok()
    })
}
