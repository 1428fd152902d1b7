//! A user's phone over the control port: what arrived, what waits, answering it; and the same as a page.

use entrasim_domain::credential::method::MethodKind;
use entrasim_domain::credential::one_time_code::{self, STEP};
use entrasim_domain::sign_in::phone::{Prompt, PromptKind, PromptState, Reaction};
use entrasim_domain::tenant::Tenant;
use http::{Method, StatusCode};
use uuid::Uuid;

use super::model::{
    AnswerAction, CodeView, MessageView, PhonePatch, PhoneView, PromptAnswer, PromptView,
    ReactionWord,
};
use super::tenants::find_user;
use super::{ControlCall, ControlError, Handler, Route, ok, openapi};
use crate::wire::html::{STYLE, escape};
use crate::wire::{Form, Reply};

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
            "What the phone does by itself with every prompt",
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
            page,
        ),
        route(
            Method::POST,
            "/phone/{tenant}/{user}",
            "A button of that page",
            None,
            (StatusCode::SEE_OTHER, None),
            press,
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
    let left = STEP - now.unix_seconds().rem_euclid(STEP);
    let codes = user
        .methods
        .iter()
        .filter_map(|method| {
            let (word, oath) = match &method.kind {
                MethodKind::MicrosoftAuthenticator(app) => ("Authenticator", app.oath.as_ref()?),
                MethodKind::SoftwareOath(oath) => ("one-time codes", oath),
                MethodKind::HardwareOath { oath, .. } => ("hardware token", oath),
                _ => return None,
            };
            Some(CodeView {
                method: word,
                code: one_time_code::code(&oath.secret, now),
                seconds_left: left,
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
    let user = find_user(&cell.read(), call.parameter(1))?.id;
    cell.write(|tenant| {
        match body.automatic {
            Some(ReactionWord::Approve) => {
                tenant.sign_in.reactions.insert(user, Reaction::Approve);
            }
            Some(ReactionWord::Deny) => {
                tenant.sign_in.reactions.insert(user, Reaction::Deny);
            }
            None => {
                tenant.sign_in.reactions.remove(&user);
            }
        }
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
        tenant
            .sign_in
            .prompts
            .insert(id, std::sync::Arc::new(prompt));
        Ok(())
    })
}

fn page(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let tenant = call.tenant()?.read();
    let phone = view(&tenant, call.parameter(1), call.request.arrived)?;
    let mut body = String::new();
    for prompt in phone
        .prompts
        .iter()
        .filter(|prompt| prompt.state == "pending")
    {
        let field = if prompt.needs_number {
            "<label for=\"number\">Number on the sign-in page</label><input type=\"tel\" id=\"number\" name=\"number\" inputmode=\"numeric\" autocomplete=\"off\" autofocus>"
        } else {
            "<p>Answer the call.</p>"
        };
        body.push_str(&format!(
            "<form method=\"post\"><h2>Approve sign-in? <small>{}</small></h2>{field}<input type=\"hidden\" name=\"prompt\" value=\"{}\">\
             <div class=\"buttons\"><button name=\"action\" value=\"report\">No, it's not me</button><button name=\"action\" value=\"deny\">Deny</button>\
             <button class=\"primary\" id=\"approve\" name=\"action\" value=\"approve\">Yes</button></div></form>",
            escape(&prompt.app),
            prompt.id
        ));
    }
    if body.is_empty() {
        body.push_str("<p>Nothing waits for an answer.</p>");
    }
    for code in &phone.codes {
        body.push_str(&format!(
            "<p>{}</p><p class=\"number\">{}</p><p class=\"note\">good for {} seconds</p>",
            code.method, code.code, code.seconds_left
        ));
    }
    for message in phone.messages.iter().take(5) {
        body.push_str(&format!(
            "<p><small class=\"note\">{} to {}</small><br>{}</p>",
            escape(&message.at),
            escape(&message.to),
            escape(&message.text)
        ));
    }
    Ok(Reply::html(
        StatusCode::OK,
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Phone of {0}</title>\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><link rel=\"icon\" href=\"data:,\"><style>{STYLE}</style></head>\
             <body><main><div class=\"card\"><p class=\"brand\">Phone of {0}</p><h1>Authenticator</h1>{body}<p><a href=\"\">Look again</a></p></div></main><script>setInterval(function(){{var n=document.getElementById(\"number\");if(!n||!n.value)location.reload()}},3000)</script><footer>entrasim: a simulated phone.</footer></body></html>",
            escape(&phone.user)
        ),
    ))
}

fn press(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let form = Form::parse(&call.request.body);
    let action = match form.get("action") {
        Some("approve") => AnswerAction::Approve,
        Some("deny") => AnswerAction::Deny,
        Some("report") => AnswerAction::Report,
        _ => {
            return Err(ControlError::bad_request(
                "`action` is approve, deny or report",
            ));
        }
    };
    let number = form.get("number").and_then(|text| text.trim().parse().ok());
    settle(call, form.get("prompt").unwrap_or_default(), action, number)?;
    Ok(Reply::empty(StatusCode::SEE_OTHER).header("location", &call.request.path))
}
