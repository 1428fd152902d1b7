//! `GET|POST /{tenant}/oauth2[/v2.0]/authorize`: an app sends a person here.

use http::Method;

use super::Version;
use super::authority::Authority;
use super::interaction::{Interaction, Stop};
use super::page;
use super::response;
use super::sign_in_request::{Refusal, SignInRequest};
use crate::call::Call;
use crate::wire::{Form, Reply};

pub(super) fn answer(call: &Call<'_>, segment: &str, version: Version) -> Reply {
    let form = if call.request.method == Method::POST {
        Form::parse(&call.request.body)
    } else {
        Form::parse(call.request.query.as_bytes())
    };
    if let Err(error) = Authority::resolve(call, segment) {
        call.record_code(format!("AADSTS{}", error.number()));
        return page::error::show(call, &error);
    }
    match SignInRequest::read(call, segment, version, &form) {
        Ok(request) => Interaction::new(call, request).advance(),
        Err(Refusal::Page(error)) => {
            call.record_code(format!("AADSTS{}", error.number()));
            page::error::show(call, &error)
        }
        Err(Refusal::App(request, error)) => {
            call.record_code(format!("AADSTS{}", error.number()));
            response::send_error(call, &request, &error)
        }
    }
}

/// `GET /{tenant}/reprocess?ctx=…` and `/resume?ctx=…`: starts the sign-in again, with the session that `sessionid` names.
pub(super) fn again(call: &Call<'_>) -> Reply {
    let query = Form::parse(call.request.query.as_bytes());
    let request = match SignInRequest::open(call, query.get("ctx").unwrap_or_default()) {
        Ok(request) => request,
        Err(error) => return page::error::show(call, &error),
    };
    if let Err(error) = Authority::resolve(call, &request.authority) {
        return page::error::show(call, &error);
    }
    let mut interaction = Interaction::new(call, request);
    if let Some(id) = query.get("sessionid") {
        let chosen = super::session::read(call)
            .into_iter()
            .find(|live| live.session.id.to_string() == id);
        match chosen {
            Some(live) => interaction.take_up(&live),
            None => interaction.progress.forget_account(),
        }
        if interaction.progress.authentication().is_some() {
            return interaction.advance();
        }
    }
    if query.get("cancel").is_some() {
        let error = super::error::StsError::new(65_004).with_error("access_denied");
        return interaction.stopped(Stop::App(error));
    }
    interaction.advance()
}
