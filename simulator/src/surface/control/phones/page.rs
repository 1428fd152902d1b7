//! The phone as a page: what waits, with its buttons, the codes that the apps show, the messages.

use http::StatusCode;

use super::super::model::phone::{AnswerAction, CodeView, PhoneView, PromptView};
use super::super::{ControlCall, ControlError};
use super::{set_phone_sign_in, settle, view};
use crate::wire::html::{STYLE, escape};
use crate::wire::{Form, Reply};

/// `GET /phone/{tenant}/{user}`
pub(super) fn get(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    Ok(show(call, None))
}

/// `POST /phone/{tenant}/{user}`: a button. What went wrong is said on the page itself.
pub(super) fn press(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let form = Form::parse(&call.request.body);
    let number = form.get("number").unwrap_or_default().trim();
    let settle = |action| {
        let prompt = form.get("prompt").unwrap_or_default();
        settle(call, prompt, action, number.parse().ok())
    };
    let done = match form.get("action") {
        Some("approve") => settle(AnswerAction::Approve),
        Some("deny") => settle(AnswerAction::Deny),
        Some("report") => settle(AnswerAction::Report),
        Some("passwordless-on") => set_phone_sign_in(call, true),
        Some("passwordless-off") => set_phone_sign_in(call, false),
        _ => Err(ControlError::bad_request("`action` is one of the page's")),
    };
    Ok(match done {
        Ok(()) => Reply::empty(StatusCode::SEE_OTHER).header("location", &call.request.path),
        Err(error) => show(call, Some(&words(&form, number, &error))),
    })
}

fn words(form: &Form, number: &str, error: &ControlError) -> String {
    if form.get("action") == Some("approve") && error.is_bad_request() {
        return if number.is_empty() {
            "Type the number that the sign-in page shows.".to_owned()
        } else {
            format!("{number} is not the number on the sign-in page. Look again.")
        };
    }
    let said = error.message();
    let mut letters = said.chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}.", first.to_uppercase(), letters.as_str())
    })
}

fn show(call: &ControlCall<'_>, message: Option<&str>) -> Reply {
    let phone = call
        .tenant()
        .and_then(|cell| view(&cell.read(), call.parameter(1), call.request.arrived));
    match phone {
        Ok(phone) => {
            let state = format!(
                "/tenants/{}/users/{}/phone",
                call.parameter(0),
                percent_encoding::utf8_percent_encode(
                    call.parameter(1),
                    percent_encoding::NON_ALPHANUMERIC
                )
            );
            html(
                StatusCode::OK,
                &format!("Phone of {}", phone.user),
                &body(&phone, &state, message),
            )
        }
        Err(error) => html(
            error.status(),
            "No phone",
            &format!("<h1>No phone here</h1><p>{}.</p>", escape(error.message())),
        ),
    }
}

fn body(phone: &PhoneView, state: &str, message: Option<&str>) -> String {
    let mut body = message.map_or_else(String::new, |text| {
        format!(
            "<div id=\"alert\" class=\"alert\" role=\"alert\">{}</div>",
            escape(text)
        )
    });
    let waiting: Vec<&PromptView> = phone
        .prompts
        .iter()
        .filter(|prompt| prompt.state == "pending")
        .collect();
    for (at, prompt) in waiting.iter().enumerate() {
        body.push_str(&prompt_form(at + 1, prompt, message.is_some()));
    }
    if waiting.is_empty() {
        body.push_str("<p>Nothing waits for an answer.</p>");
    }
    body.extend(phone.codes.iter().map(code));
    for message in phone.messages.iter().take(5) {
        body.push_str(&format!(
            "<p class=\"message\"><small class=\"note\">Text message at {} to {}</small><br>{}</p>",
            escape(&message.at),
            escape(&message.to),
            escape(&message.text)
        ));
    }
    if let Some(on) = phone.phone_sign_in {
        let (word, text) = if on {
            ("off", "Ask for the password again")
        } else {
            ("on", "Sign in with this app instead of the password")
        };
        body.push_str(&format!(
            "<form method=\"post\"><button class=\"link\" name=\"action\" value=\"passwordless-{word}\">{text}</button></form>"
        ));
    }
    format!(
        "<h1>Phone</h1>{body}<p><a href=\"\">Look again</a></p><script>var phone={};{}</script>",
        serde_json::json!(state).to_string().replace('<', "\\u003c"),
        include_str!("poll.js")
    )
}

/// One prompt. The approval comes first in the document: Enter in the box presses the first button.
fn prompt_form(at: usize, prompt: &PromptView, is_wrong: bool) -> String {
    let is_call = prompt.kind == "call";
    let focus = if at == 1 { " autofocus" } else { "" };
    let wrong = if is_wrong {
        " aria-invalid=\"true\" aria-describedby=\"alert\""
    } else {
        ""
    };
    let (heading, field) = if is_call {
        ("Incoming call", String::new())
    } else {
        let field = format!(
            "<label for=\"number-{at}\">Number on the sign-in page</label><input type=\"tel\" id=\"number-{at}\" name=\"number\" inputmode=\"numeric\" autocomplete=\"off\"{focus}{wrong}>"
        );
        ("Approve the sign-in?", field)
    };
    let (yes, no, fraud) = if is_call {
        ("Answer and press #", "Hang up", "Press 0: it was not me")
    } else {
        ("Approve", "Deny", "It was not me")
    };
    format!(
        "<form method=\"post\" class=\"prompt\" data-prompt=\"{id}\"><h2>{heading}</h2><p>{} <small class=\"note\">at {}</small></p>{field}\
         <input type=\"hidden\" name=\"prompt\" value=\"{id}\"><div class=\"buttons stack\">\
         <button class=\"primary\" id=\"approve-{at}\" name=\"action\" value=\"approve\">{yes}</button>\
         <button name=\"action\" value=\"deny\">{no}</button><button name=\"action\" value=\"report\">{fraud}</button></div></form>",
        escape(&prompt.app),
        escape(&prompt.at),
        id = escape(&prompt.id),
    )
}

fn code(code: &CodeView) -> String {
    format!(
        "<h2>{}</h2><p class=\"number\" data-code>{}</p><p class=\"note\">for <span data-left>{}</span> more seconds</p>\
         <details><summary>Secret</summary><p class=\"secret\">{}</p><p class=\"note secret\">{}</p></details>",
        code.method,
        code.code,
        code.seconds_left,
        code.secret,
        escape(&code.uri)
    )
}

fn html(status: StatusCode, title: &str, body: &str) -> Reply {
    Reply::html(
        status,
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title>\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><link rel=\"icon\" href=\"data:,\"><style>{STYLE}</style></head>\
             <body><main><div class=\"card\"><p class=\"brand\">{0}</p>{body}</div></main><footer>entrasim: a simulated phone.</footer></body></html>",
            escape(title)
        ),
    )
    .header("cache-control", "no-store")
}
