//! `/common/SAS/BeginAuth`, `EndAuth` and `ProcessAuth`: the second factor as the pages' script and public tools drive it,
//! and the same by plain forms.

use entrasim_domain::directory::user::User;
use entrasim_domain::tenant::Tenant;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::error::StsError;
use super::interaction::Interaction;
use super::progress::Pending;
use super::second_factor::{self, Standing};
use super::{page, sign_in_log};
use crate::call::Call;
use crate::registration::Registered;
use crate::wire::{Form, Reply};

/// A JSON body whose members come with a large or a small first letter.
struct Body(Value);

impl Body {
    fn read(call: &Call<'_>) -> Self {
        if call.request.method != Method::GET {
            return Self(serde_json::from_slice(&call.request.body).unwrap_or(Value::Null));
        }
        let query = Form::parse(call.request.query.as_bytes());
        let header = |name| call.request.header(name).unwrap_or_default();
        Self(json!({
            "AuthMethodId": query.get_ignoring_case("authMethodId"),
            "PollCount": query.get_ignoring_case("pollCount"),
            "SessionId": header("x-ms-sessionid"),
            "FlowToken": header("x-ms-flowtoken"),
            "Ctx": header("x-ms-ctx"),
        }))
    }

    fn get(&self, name: &str) -> &str {
        self.0
            .as_object()
            .and_then(|members| {
                members
                    .iter()
                    .find(|(known, _)| known.eq_ignore_ascii_case(name))
            })
            .and_then(|(_, value)| value.as_str())
            .unwrap_or_default()
    }
}

/// What is not simulated of second factors.
const PASSKEY: &str = "second factor with a passkey (WebAuthn)";

/// `POST BeginAuth`
pub(super) fn begin(call: &Call<'_>) -> Reply {
    let body = Body::read(call);
    let mut interaction = match Interaction::open(call, body.get("Ctx"), body.get("FlowToken")) {
        Ok(interaction) => interaction,
        Err(error) => return failed(call, body.get("AuthMethodId"), &error),
    };
    if body.get("AuthMethodId") == second_factor::PASSKEY {
        return call.unimplemented(PASSKEY);
    }
    match second_factor::begin(&mut interaction, body.get("AuthMethodId")) {
        Ok(pending) => answer(&interaction, &pending, "Success", true, false),
        Err(error) => failed(call, body.get("AuthMethodId"), &error),
    }
}

/// `POST EndAuth`, or `GET` with the state in headers
pub(super) fn end(call: &Call<'_>) -> Reply {
    let body = Body::read(call);
    let method = body.get("AuthMethodId");
    let mut interaction = match Interaction::open(call, body.get("Ctx"), body.get("FlowToken")) {
        Ok(interaction) => interaction,
        Err(error) => return failed(call, method, &error),
    };
    if interaction.progress.authentication().is_none() {
        return failed(call, method, &StsError::new(50_058));
    }
    if method == second_factor::PASSKEY {
        return call.unimplemented(PASSKEY);
    }
    let pending = match interaction.progress.pending.clone() {
        Some(pending) => pending,
        // Codes of an app need no beginning.
        None => match second_factor::begin(&mut interaction, method) {
            Ok(pending) => pending,
            Err(error) => return failed(call, method, &error),
        },
    };
    let given = body.get("AdditionalAuthData");
    match second_factor::check(&interaction, &pending, Some(given)) {
        Ok(Standing::Pending) => {
            answer(&interaction, &pending, "AuthenticationPending", false, true)
        }
        Ok(Standing::Passed(factor)) => {
            let is_push = pending.number.is_some();
            second_factor::add(&mut interaction, factor);
            let word = if is_push {
                "AuthenticationSucceeded"
            } else {
                "Success"
            };
            answer(&interaction, &pending, word, true, false)
        }
        Ok(Standing::Failed(word)) => {
            sign_in_log::page_refused(&interaction, "", &StsError::new(500_121));
            answer(&interaction, &pending, word, false, false)
        }
        Err(error) => failed(call, method, &error),
    }
}

fn answer(
    interaction: &Interaction<'_>,
    pending: &Pending,
    result: &str,
    success: bool,
    retry: bool,
) -> Reply {
    let call = interaction.call;
    if !success && !retry {
        call.record_code("AADSTS500121");
    }
    let message = if success || retry {
        Value::Null
    } else {
        json!(result)
    };
    Reply::json(
        StatusCode::OK,
        &json!({
            "Success": success, "ResultValue": result, "Message": message, "AuthMethodId": pending.method,
            "ErrCode": if success || retry { 0 } else { 500_121 }, "Retry": retry,
            "FlowToken": interaction.progress.seal(call), "Ctx": interaction.request.seal(call),
            "SessionId": pending.prompt.to_string(),
            "CorrelationId": call.correlation_id().to_string(),
            "Timestamp": call.now().to_string(), "Entropy": pending.number.unwrap_or(0),
            "ReselectUIOption": 0,
        }),
    )
    .fixed_headers(&page::HEADERS)
}

fn failed(call: &Call<'_>, method: &str, error: &StsError) -> Reply {
    call.record_code(format!("AADSTS{}", error.number()));
    let described = error.describe(call, super::error::Place::Authorize);
    Reply::json(
        StatusCode::OK,
        &json!({
            "Success": false, "ResultValue": "Error", "Message": described.text, "AuthMethodId": method,
            "ErrCode": error.number(), "Retry": false, "FlowToken": "", "Ctx": "", "SessionId": null,
            "CorrelationId": described.correlation, "Timestamp": call.now().to_string(), "Entropy": 0,
        }),
    )
    .fixed_headers(&page::HEADERS)
}

/// `POST ProcessAuth`: the page goes on. Without script it also begins and checks.
pub(super) fn process(call: &Call<'_>) -> Reply {
    let form = Form::parse(&call.request.body);
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
    let field = |name| form.get(name).filter(|text: &&str| !text.is_empty());
    if let Some(registered) = field("registered").and_then(|text| Registered::open(call, text))
        && registered.user == user.id.0
        && call.now().since(registered.at).as_secs() < 600
    {
        second_factor::add(&mut interaction, registered.factor.into());
        interaction.progress.campaign_asked = true;
        return interaction.advance();
    }
    if field("choose").is_some() {
        interaction.progress.pending = None;
        return page::second_factor::choose(&interaction, &tenant, &user, None);
    }
    step(interaction, &tenant, &user, &form)
}

/// One step on the page of a method: it is chosen, or what was typed or answered is looked at.
fn step(mut interaction: Interaction<'_>, tenant: &Tenant, user: &User, form: &Form) -> Reply {
    use page::second_factor::{choose, waiting};
    let call = interaction.call;
    let field = |name| form.get(name).filter(|text: &&str| !text.is_empty());
    let given = field("otc").or_else(|| field("accesspass"));
    // A method chosen on the page, not yet begun, or a text message that is to be sent again.
    let begins = field("mfaAuthMethod").filter(|method| {
        let pending = interaction.progress.pending.as_ref();
        pending.is_none_or(|pending| pending.method != **method) || field("again").is_some()
    });
    if let Some(method) = begins {
        if interaction.progress.pending.is_none() && already_passed(&interaction) {
            return interaction.advance();
        }
        if second_factor::begin(&mut interaction, method).is_err() {
            return choose(
                &interaction,
                tenant,
                user,
                Some(page::second_factor::NOT_OFFERED),
            );
        }
        if given.is_none() {
            return waiting(&interaction, tenant, user, None);
        }
    }
    let Some(pending) = interaction.progress.pending.clone() else {
        return interaction.advance();
    };
    match second_factor::check(&interaction, &pending, given) {
        Ok(Standing::Passed(factor)) => {
            second_factor::add(&mut interaction, factor);
            interaction.advance()
        }
        Ok(Standing::Pending) => {
            let message = page::second_factor::unanswered(&pending.method);
            waiting(&interaction, tenant, user, Some(message))
        }
        Ok(Standing::Failed(word)) => {
            call.record_code("AADSTS500121");
            sign_in_log::page_refused(&interaction, "", &StsError::new(500_121));
            let message = page::second_factor::refused(word);
            if second_factor::is_typed(&pending.method) {
                return waiting(&interaction, tenant, user, Some(message));
            }
            interaction.progress.pending = None;
            choose(&interaction, tenant, user, Some(message))
        }
        Err(error) => page::error::show(call, &error),
    }
}

/// The script proved the factor with `EndAuth` already: its flow token says so.
fn already_passed(interaction: &Interaction<'_>) -> bool {
    let now = interaction.call.now();
    interaction
        .progress
        .authentication()
        .and_then(|authentication| authentication.multifactor_at)
        .is_some_and(|at| now.since(at).as_secs() < 600)
        && interaction.progress.fresh
}
