//! The registration campaign: whoever has passed a second factor and has no Authenticator is asked to register it, and may
//! put it off three times (MicrosoftDocs/entra-docs how-to-mfa-registration-campaign.md).

use entrasim_domain::credential::method::MethodKind;
use entrasim_domain::directory::user::{Snooze, User};
use entrasim_domain::policy::authentication_methods::{MethodName, SNOOZES};
use entrasim_domain::tenant::Tenant;

use super::interaction::Interaction;
use super::login::change;
use super::page;
use super::redirect_uri::Platform;
use super::sign_in_request::Prompt;
use crate::call::Call;
use crate::wire::{Form, Reply};

/// Whether it is this person's turn. It is not asked of native apps, nor of who has Authenticator already.
pub(super) fn applies(interaction: &Interaction<'_>, tenant: &Tenant, user: &User) -> bool {
    let policy = &tenant.authentication_methods;
    let progress = &interaction.progress;
    let has_app = user
        .methods
        .iter()
        .any(|method| matches!(method.kind, MethodKind::MicrosoftAuthenticator(_)));
    let ids = &tenant.targets_of(user.id);
    policy.campaign.enabled
        && progress.fresh
        && !progress.campaign_asked
        && interaction.request.prompt != Prompt::None
        && interaction.request.platform != Platform::Native
        && progress
            .authentication()
            .is_some_and(|shown| shown.is_multifactor() && shown.ends.is_none())
        && !has_app
        && policy.allows(MethodName::MicrosoftAuthenticator, ids)
        && policy.campaign.audience.has(ids)
        && user
            .snooze
            .as_ref()
            .is_none_or(|snooze| interaction.call.now() >= snooze.until)
}

/// Whether the person may say "not now" once more.
pub(super) fn may_put_off(tenant: &Tenant, user: &User) -> bool {
    !tenant.authentication_methods.campaign.enforced
        || user
            .snooze
            .as_ref()
            .is_none_or(|snooze| snooze.times < SNOOZES)
}

/// How many days it would be quiet then; none where it cannot be put off.
pub(super) fn days_to_put_off(tenant: &Tenant, user: &User) -> Option<u64> {
    let days = tenant.authentication_methods.campaign.snooze.as_secs() / 86_400;
    may_put_off(tenant, user).then_some(days)
}

/// `GET|POST /{tenant}/skipmfaregistration`
pub(super) fn put_off(call: &Call<'_>) -> Reply {
    let form = if call.request.body.is_empty() {
        Form::parse(call.request.query.as_bytes())
    } else {
        Form::parse(&call.request.body)
    };
    let mut interaction = match Interaction::resume(call, &form) {
        Ok(interaction) => interaction,
        Err(error) => return page::error::show(call, &error),
    };
    let (Ok(tenant), true) = (
        interaction.tenant(),
        interaction.progress.authentication().is_some(),
    ) else {
        return interaction.advance();
    };
    let Ok(user) = interaction.user(&tenant) else {
        return interaction.advance();
    };
    if applies(&interaction, &tenant, &user) && may_put_off(&tenant, &user) {
        let snooze = Snooze {
            until: call.now() + tenant.authentication_methods.campaign.snooze,
            times: user.snooze.as_ref().map_or(0, |snooze| snooze.times) + 1,
        };
        let mut user = User::clone(&user);
        user.snooze = Some(Box::new(snooze));
        change(call, |tenant| tenant.users.put(user));
        interaction.progress.campaign_asked = true;
    }
    interaction.advance()
}
