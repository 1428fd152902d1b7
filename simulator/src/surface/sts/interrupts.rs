//! The posts of the short pages: stay signed in, confirm the app, change the password.

use entrasim_domain::credential::password::is_complex;
use entrasim_domain::directory::user::{Password, User};
use entrasim_domain::enforcement::{Authentication, Risk};
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use http::StatusCode;
use serde_json::{Value, json};

use super::error::StsError;
use super::interaction::Interaction;
use super::login::verify_password;
use super::page;
use crate::call::Call;
use crate::wire::{Form, Reply};

/// `POST /kmsi`
pub(super) fn stay_signed_in(call: &Call<'_>) -> Reply {
    let form = Form::parse(&call.request.body);
    match Interaction::resume(call, &form) {
        Ok(mut interaction) => {
            interaction.progress.persistence_asked = true;
            interaction.progress.persistent = form.get("LoginOptions") == Some("1");
            interaction.advance()
        }
        Err(error) => page::error::show(call, &error),
    }
}

/// `POST /appverify`
pub(super) fn confirm_app(call: &Call<'_>) -> Reply {
    let form = Form::parse(&call.request.body);
    let mut interaction = match Interaction::resume(call, &form) {
        Ok(interaction) => interaction,
        Err(error) => return page::error::show(call, &error),
    };
    if form.get("ContinueAuth") == Some("true") {
        interaction.progress.confirmed = true;
        return interaction.advance();
    }
    interaction.cancelled()
}

/// What stands in the way of a new password. The box of the current one is no way around smart lockout.
fn refusal(
    call: &Call<'_>,
    tenant: &Tenant,
    user: &User,
    [current, new, confirmed]: [&str; 3],
) -> Option<&'static str> {
    user.password.as_ref()?;
    if let Err(error) = verify_password(call, tenant, user, current) {
        call.record_code(format!("AADSTS{}", error.number()));
        Some(match error.number() {
            50053 => {
                "The account is locked for a while, because a wrong password was typed too often."
            }
            _ => "The current password is incorrect.",
        })
    } else if new != confirmed {
        Some("The new passwords do not match.")
    } else if new == current {
        Some("Choose a password that is not the current one.")
    } else if !is_complex(new) {
        Some(
            "Choose a password of 8 characters or more, with three of: lower case, upper case, digits, symbols.",
        )
    } else {
        None
    }
}

/// Changes the password. It ends what was signed in before, and this sign-in begins anew with it. After a second factor that
/// is a secure change, and remediates the user's risk
/// (MicrosoftDocs/entra-docs id-protection/howto-identity-protection-remediate-unblock.md).
fn set_password(interaction: &mut Interaction<'_>, user: ObjectId, new: &str) {
    let now = interaction.call.now();
    let shown = interaction.progress.authentication();
    let secure = shown.as_ref().is_some_and(Authentication::is_multifactor);
    let mut epoch = 0;
    let occasion = interaction.call.occasion(Some(user));
    interaction.call.change_on(&occasion, |tenant| {
        if let Some(known) = tenant.users.get(user) {
            let mut known = User::clone(known);
            let password = Password {
                value: new.into(),
                set: now,
                must_change: false,
            };
            known.set_password(password, now);
            if secure {
                known.set_risk(Risk::None, now);
            }
            epoch = known.sessions.number;
            tenant.users.put(known);
        }
    });
    if let Some(mut authentication) = shown {
        authentication.at = Some(now);
        authentication.epoch = epoch;
        interaction
            .progress
            .set_authentication(Some(&authentication));
    }
    interaction.progress.password_changed = true;
}

/// `POST /{tenant}/login/changepassword`
pub(super) fn change_password(call: &Call<'_>) -> Reply {
    let form = Form::parse(&call.request.body);
    let mut interaction = match Interaction::resume(call, &form) {
        Ok(interaction) => interaction,
        Err(error) => return page::error::show(call, &error),
    };
    let (Ok(tenant), Some(_)) = (interaction.tenant(), interaction.progress.authentication())
    else {
        return interaction.advance();
    };
    let Ok(user) = interaction.user(&tenant) else {
        return interaction.advance();
    };
    let field = |name| form.get(name).unwrap_or_default();
    let new = form
        .get("newpasswd")
        .unwrap_or_else(|| field("confirmnewpasswd"));
    let given = [field("currentpasswd"), new, field("confirmnewpasswd")];
    if let Some(message) = refusal(call, &tenant, &user, given) {
        return page::change_password::show(&interaction, Some(message));
    }
    set_password(&mut interaction, user.id, new);
    interaction.advance()
}

/// `POST /{tenant}/SSPR/Begin`: the same from a script.
pub(super) fn begin_password_change(call: &Call<'_>) -> Reply {
    let body: Value = serde_json::from_slice(&call.request.body).unwrap_or(Value::Null);
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let result = Interaction::open(call, text("Ctx"), text("FlowToken")).and_then(|mut found| {
        let tenant = found.tenant()?;
        let user = found.user(&tenant)?;
        if found.progress.authentication().is_none() {
            return Err(StsError::new(50_058));
        }
        let (old, new) = (text("OldPassword"), text("NewPassword"));
        if let Some(message) = refusal(call, &tenant, &user, [old, new, new]) {
            return Ok((found, Some(message)));
        }
        set_password(&mut found, user.id, new);
        Ok((found, None))
    });
    let body = match result {
        Ok((interaction, message)) => json!({
            "IsJobPending": false, "Success": message.is_none(), "ErrorMessage": message,
            "ErrCode": if message.is_some() { 50_126 } else { 0 },
            "Ctx": interaction.request.seal(call), "FlowToken": interaction.progress.seal(call),
            "CoupledDataCenter": "SIM", "CoupledScaleUnit": "sim01",
        }),
        Err(error) => json!({
            "IsJobPending": false, "Success": false, "ErrCode": error.number(),
            "ErrorMessage": error.describe(call, super::error::Place::Authorize).text,
        }),
    };
    Reply::json(StatusCode::OK, &body).fixed_headers(&page::HEADERS)
}

/// `POST /{tenant}/SSPR/Poll`: a change is done when it was begun.
pub(super) fn poll_password_change(call: &Call<'_>) -> Reply {
    let body: Value = serde_json::from_slice(&call.request.body).unwrap_or(Value::Null);
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let answer = match Interaction::open(call, text("Ctx"), text("FlowToken")) {
        Ok(interaction) => json!({
            "IsJobPending": false, "Success": interaction.progress.password_changed,
            "Ctx": interaction.request.seal(call), "FlowToken": interaction.progress.seal(call),
        }),
        Err(error) => json!({"IsJobPending": false, "Success": false, "ErrCode": error.number()}),
    };
    Reply::json(StatusCode::OK, &answer).fixed_headers(&page::HEADERS)
}
