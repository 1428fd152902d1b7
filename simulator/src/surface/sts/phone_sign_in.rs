//! Authenticator instead of a password: beginning it, how it stands, and its end. The page does it with forms alone;
//! `GetOneTimeCode.srf` and `DeviceCodeStatus` are for its script and for tools.

use entrasim_domain::credential::method::MethodKind;
use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::{Amr, Authentication, Factor};
use entrasim_domain::policy::authentication_methods::MethodName;
use entrasim_domain::random::Random;
use entrasim_domain::sign_in::phone::{Prompt, PromptKind, PromptState};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::credential_type::{AUTHENTICATOR, Credentials};
use super::error::StsError;
use super::interaction::Interaction;
use super::progress::Pending;
use super::{page, second_factor};
use crate::call::Call;
use crate::wire::{Form, Reply};

/// The name of the credential in the pages' forms.
pub(super) const CREDENTIAL: &str = "authenticator";
const METHOD: &str = "RemoteNGC";

pub(super) fn is_set_up(user: &User) -> bool {
    user.methods.iter().any(|method| {
        matches!(&method.kind, MethodKind::MicrosoftAuthenticator(app) if app.phone_sign_in)
    })
}

/// Asks for the credential. Where that is Authenticator, the request goes to the phone at once, as the real page's
/// script sends it.
pub(super) fn ask(interaction: &mut Interaction<'_>, tenant: &Tenant, user: &User) -> Reply {
    let known = Credentials::of(tenant, user, interaction.call.now());
    let wanted = match interaction.progress.credential.as_deref() {
        Some(credential) => credential == CREDENTIAL && known.authenticator,
        None => known.preferred() == AUTHENTICATOR,
    };
    if wanted && !is_pending(interaction) {
        // What stands in the way is told when the person asks for it.
        let _ = begin(interaction);
    }
    page::sign_in::credential(interaction, tenant, user, None)
}

/// Whether the person has still to answer on the phone.
pub(super) fn is_pending(interaction: &Interaction<'_>) -> bool {
    let now = interaction.call.now();
    let (Ok(tenant), Some(pending)) = (interaction.tenant(), &interaction.progress.pending) else {
        return false;
    };
    pending.method == METHOD
        && tenant
            .sign_in
            .prompts
            .get(&pending.prompt)
            .is_some_and(|prompt| prompt.state == PromptState::Pending && !prompt.is_over(now))
}

/// Begins, when the user has it and the policy allows it.
pub(super) fn begin(interaction: &mut Interaction<'_>) -> Result<Pending, StsError> {
    let call = interaction.call;
    let tenant = interaction.tenant()?;
    let user = interaction.user(&tenant)?;
    let allowed = tenant.authentication_methods.allows(
        MethodName::MicrosoftAuthenticator,
        &tenant.targets_of(user.id),
    );
    if !allowed || !is_set_up(&user) {
        return Err(StsError::new(500_121));
    }
    let number = 10 + call.draw(|random| random.below(90));
    let pending = Pending {
        method: METHOD.to_owned(),
        prompt: call.draw(Random::guid),
        number: Some(number),
    };
    let app = super::sign_in_request::with_client(call, &interaction.request.client, |client| {
        client.display_name().to_owned()
    })?;
    let kind = PromptKind::PhoneSignIn { number };
    second_factor::prompt(interaction, &user, pending.prompt, kind, app);
    interaction.progress.pending = Some(pending.clone());
    Ok(pending)
}

/// The end: the prompt with this id was approved in time.
pub(super) fn finish(
    interaction: &mut Interaction<'_>,
    code: &str,
) -> Result<Authentication, StsError> {
    let now = interaction.call.now();
    let tenant = interaction.tenant()?;
    let prompt = code
        .parse::<Uuid>()
        .ok()
        .and_then(|id| tenant.sign_in.prompts.get(&id))
        .filter(|prompt| {
            Some(prompt.user) == interaction.progress.user()
                && matches!(prompt.kind, PromptKind::PhoneSignIn { .. })
        });
    match prompt.map(|prompt| standing(prompt, now)) {
        Some(APPROVED) => {}
        Some(PENDING) => return Err(StsError::new(500_121)),
        _ => {
            interaction.progress.pending = None;
            return Err(StsError::new(500_121));
        }
    }
    interaction.progress.pending = None;
    Ok(Authentication {
        methods: vec![Amr::Rsa, Amr::Mfa],
        at: Some(now),
        factors: vec![Factor::DeviceBasedPush],
        multifactor_at: Some(now),
        epoch: interaction.user(&tenant)?.sessions.number,
        ..Authentication::default()
    })
}

/// `AuthorizationState`
const PENDING: u8 = 0;
const REFUSED: u8 = 1;
const APPROVED: u8 = 2;

fn standing(prompt: &Prompt, now: Timestamp) -> u8 {
    match prompt.state {
        PromptState::Approved => APPROVED,
        PromptState::Denied | PromptState::Reported => REFUSED,
        PromptState::Pending if prompt.is_over(now) => REFUSED,
        PromptState::Pending => PENDING,
    }
}

/// `POST /{tenant}/GetOneTimeCode.srf`
pub(super) fn send(call: &Call<'_>) -> Reply {
    let body: Value = serde_json::from_slice(&call.request.body).unwrap_or_else(|_| {
        let form = Form::parse(&call.request.body);
        json!({"FlowToken": form.get_ignoring_case("flowToken"), "OriginalRequest": form.get_ignoring_case("originalRequest")})
    });
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let begun = Interaction::open(call, text("OriginalRequest"), text("FlowToken"))
        .and_then(|mut found| begin(&mut found).map(|pending| (found, pending)));
    let answer = match begun {
        Ok((interaction, pending)) => json!({
            "State": 201, "SessionLookupKey": pending.prompt.to_string(), "DeviceCode": pending.prompt.to_string(),
            "DisplaySignForUI": pending.number.unwrap_or(0).to_string(), "Entropy": pending.number.unwrap_or(0),
            "FlowToken": interaction.progress.seal(call),
        }),
        Err(error) => {
            json!({"State": 500, "ErrorCode": error.number(), "FlowToken": text("FlowToken")})
        }
    };
    Reply::json(StatusCode::OK, &answer).fixed_headers(&page::HEADERS)
}

/// `POST /{tenant}/DeviceCodeStatus`: 0 pending, 1 denied, 2 approved.
pub(super) fn state(call: &Call<'_>) -> Reply {
    let body: Value = serde_json::from_slice(&call.request.body).unwrap_or(Value::Null);
    let query = Form::parse(call.request.query.as_bytes());
    let code = body
        .get("DeviceCode")
        .and_then(Value::as_str)
        .or_else(|| query.get("code"))
        .and_then(|text| text.parse::<Uuid>().ok());
    let state = call.app.store.list().iter().find_map(|cell| {
        let tenant = cell.read();
        let prompt = tenant.sign_in.prompts.get(&code?)?;
        Some(standing(prompt, tenant.now(call.request.arrived)))
    });
    Reply::json(
        StatusCode::OK,
        &json!({"AuthorizationState": state.unwrap_or(REFUSED), "SessionId": code.map(|id| id.to_string())}),
    )
    .fixed_headers(&page::HEADERS)
}
