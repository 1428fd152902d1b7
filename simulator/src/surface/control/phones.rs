//! A user's phone over the control port: what arrived, what waits, answering it; and the same as a page.

use entrasim_domain::credential::method::MethodKind;
use entrasim_domain::credential::one_time_code;
use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::facts::Risk;
use entrasim_domain::sign_in::phone::{Prompt, PromptKind, PromptState, Reaction};
use entrasim_domain::tenant::Tenant;
use http::{Method, StatusCode};
use uuid::Uuid;

use super::model::phone::{
    AnswerAction, CodeView, MessageView, PhonePatch, PhoneView, PromptAnswer, PromptView,
    ReactionWord,
};
use super::tenants::find_user;
use super::{ControlCall, ControlError, Handler, Route, ok, openapi};
use crate::wire::Reply;

mod page;

pub(super) fn routes() -> Vec<Route> {
    let route = |method, path, summary, request, response, handler: Handler| Route {
        method,
        path,
        summary,
        request,
        response,
        handler,
    };
    let view: (StatusCode, Option<openapi::Schema>) =
        (StatusCode::OK, Some(openapi::of::<PhoneView>));
    vec![
        route(
            Method::GET,
            "/tenants/{tenant}/users/{user}/phone",
            "A user's phone: messages, prompts, one-time codes",
            None,
            view,
            get,
        ),
        route(
            Method::PATCH,
            "/tenants/{tenant}/users/{user}/phone",
            "What the phone does by itself with every prompt; whether it signs in without a password",
            Some(openapi::of::<PhonePatch>),
            view,
            patch,
        ),
        route(
            Method::POST,
            "/tenants/{tenant}/users/{user}/phone/prompts/{prompt}",
            "Answer a prompt: approve (with the number), deny, report",
            Some(openapi::of::<PromptAnswer>),
            view,
            answer,
        ),
        route(
            Method::GET,
            "/phone/{tenant}/{user}",
            "The phone as a page",
            None,
            (StatusCode::OK, None),
            page::get,
        ),
        route(
            Method::POST,
            "/phone/{tenant}/{user}",
            "A button of that page",
            None,
            (StatusCode::SEE_OTHER, None),
            page::press,
        ),
    ]
}

fn view(
    tenant: &Tenant,
    name: &str,
    system: entrasim_domain::time::Timestamp,
) -> Result<PhoneView, ControlError> {
    let user = find_user(tenant, name)?;
    let now = tenant.now(system);
    let state = &tenant.sign_in;
    let codes = user
        .methods
        .iter()
        .filter_map(|method| {
            let (word, oath) = match &method.kind {
                MethodKind::MicrosoftAuthenticator(app) => {
                    ("Microsoft Authenticator", app.oath.as_ref()?)
                }
                MethodKind::SoftwareOath(oath) => ("Authenticator app", oath),
                MethodKind::HardwareOath(token) => ("Hardware token", token.oath.as_ref()?),
                _ => return None,
            };
            Some(CodeView {
                method: word,
                code: oath.code(now),
                secret: one_time_code::base32(&oath.secret),
                uri: one_time_code::key_uri(&tenant.principal_name(&user), &oath.secret),
                seconds_left: oath.seconds_left(now),
            })
        })
        .collect();
    Ok(PhoneView {
        user: tenant.principal_name(&user),
        automatic: state
            .reactions
            .get(&user.id)
            .map(|reaction| match reaction {
                Reaction::Approve => ReactionWord::Approve,
                Reaction::Deny => ReactionWord::Deny,
            }),
        prompts: state
            .prompts
            .values()
            .filter(|prompt| prompt.user == user.id)
            .map(|prompt| prompt_view(prompt, now))
            .collect(),
        messages: state
            .messages
            .iter()
            .rev()
            .filter(|message| message.user == user.id)
            .map(|message| MessageView {
                to: message.to.clone(),
                at: message.at.to_string(),
                text: message.text.clone(),
                code: message.code.clone(),
            })
            .collect(),
        codes,
        phone_sign_in: user.methods.iter().find_map(|method| match &method.kind {
            MethodKind::MicrosoftAuthenticator(app) => Some(app.phone_sign_in),
            _ => None,
        }),
    })
}

fn prompt_view(prompt: &Prompt, now: entrasim_domain::time::Timestamp) -> PromptView {
    PromptView {
        id: prompt.id.to_string(),
        kind: match prompt.kind {
            PromptKind::Notification { .. } => "notification",
            PromptKind::PhoneSignIn { .. } => "phone-sign-in",
            PromptKind::Call => "call",
        },
        app: prompt.app.clone(),
        at: prompt.created.to_string(),
        needs_number: prompt.number().is_some(),
        state: match prompt.state {
            PromptState::Pending if prompt.is_over(now) => "timed-out",
            PromptState::Pending => "pending",
            PromptState::Approved => "approved",
            PromptState::Denied => "denied",
            PromptState::Reported => "reported",
        },
    }
}

fn get(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let tenant = call.tenant()?.read();
    Ok(ok(&view(&tenant, call.parameter(1), call.request.arrived)?))
}

fn patch(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let body: PhonePatch = call.body()?;
    let cell = call.tenant()?;
    if let Some(on) = body.phone_sign_in {
        set_phone_sign_in(call, on)?;
    }
    let user = find_user(&cell.read(), call.parameter(1))?.id;
    cell.write(|tenant| {
        let reactions = &mut tenant.sign_in.reactions;
        match body.automatic {
            Some(Some(ReactionWord::Approve)) => reactions.insert(user, Reaction::Approve),
            Some(Some(ReactionWord::Deny)) => reactions.insert(user, Reaction::Deny),
            Some(None) => reactions.remove(&user),
            None => None,
        };
        Ok::<(), ControlError>(())
    })?;
    get(call)
}

fn answer(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let body: PromptAnswer = call.body()?;
    settle(call, call.parameter(2), body.action, body.number)?;
    get(call)
}

/// Answers a prompt that still waits; an approval needs the number of the page.
fn settle(
    call: &ControlCall<'_>,
    prompt: &str,
    action: AnswerAction,
    number: Option<u32>,
) -> Result<(), ControlError> {
    let cell = call.tenant()?;
    let user = find_user(&cell.read(), call.parameter(1))?.id;
    let id: Uuid = prompt
        .parse()
        .map_err(|_| ControlError::bad_request(format!("`{prompt}` is no prompt's id")))?;
    cell.write(|tenant| {
        let now = tenant.now(call.request.arrived);
        let prompt = tenant
            .sign_in
            .prompts
            .get(&id)
            .filter(|prompt| prompt.user == user)
            .ok_or_else(|| ControlError::not_found(format!("there is no prompt {id}")))?;
        if prompt.state != PromptState::Pending || prompt.is_over(now) {
            return Err(ControlError::conflict(
                "the prompt is over or answered already",
            ));
        }
        let state = match action {
            AnswerAction::Deny => PromptState::Denied,
            AnswerAction::Report => PromptState::Reported,
            AnswerAction::Approve if prompt.number().is_some() && prompt.number() != number => {
                return Err(ControlError::bad_request(
                    "`number` has to be the number that the sign-in page shows",
                ));
            }
            AnswerAction::Approve => PromptState::Approved,
        };
        let mut prompt = Prompt::clone(prompt);
        prompt.state = state;
        let policy = &tenant.authentication_methods.report_suspicious;
        if state == PromptState::Reported && policy.is_on(false, &tenant.targets_of(user)) {
            // MicrosoftDocs/entra-docs howto-mfa-mfasettings.md, "Report suspicious activity". That it is off where Microsoft
            // manages it is assumed.
            let mut reporter = User::clone(&*find_user(tenant, call.parameter(1))?);
            reporter.set_risk(Risk::High, now);
            tenant.users.put(reporter);
        }
        tenant
            .sign_in
            .prompts
            .insert(id, std::sync::Arc::new(prompt));
        Ok(())
    })
}

/// Lets the user's Authenticator sign in without a password, or no more.
fn set_phone_sign_in(call: &ControlCall<'_>, on: bool) -> Result<(), ControlError> {
    let cell = call.tenant()?;
    let user = find_user(&cell.read(), call.parameter(1))?.id;
    cell.write(|tenant| {
        let mut user = tenant
            .users
            .get(user)
            .map(|user| User::clone(user))
            .ok_or_else(|| ControlError::not_found("the user is gone"))?;
        let mut apps = user
            .methods
            .iter_mut()
            .filter_map(|method| match &mut method.kind {
                MethodKind::MicrosoftAuthenticator(app) => Some(app),
                _ => None,
            });
        let Some(app) = apps.next() else {
            return Err(ControlError::conflict("the user has no Authenticator app"));
        };
        app.phone_sign_in = on;
        tenant.users.put(user);
        Ok(())
    })
}
