//! `GET|POST /{tenant}/oauth2[/v2.0]/authorize`: an app sends a person here.

use http::Method;

use super::Version;
use super::authority::Authority;
use super::error::StsError;
use super::interaction::Interaction;
use super::page;
use super::response;
use super::sign_in_request::{Refusal, SignInRequest};
use crate::call::Call;
use crate::wire::{Form, Reply};

/// Where the real limit lies is not documented; every known client stays below this, and the listener takes twice as much.
const QUERY_BYTES: usize = 32 * 1024;

pub(super) fn answer(call: &Call<'_>, segment: &str, version: Version) -> Reply {
    let query = Form::parse(call.request.query.as_bytes());
    let form = if call.request.method == Method::POST {
        Form::parse(&call.request.body).or(query)
    } else {
        query
    };
    if call.request.query.len() > QUERY_BYTES {
        call.record_code("AADSTS90015");
        return page::error::show(call, &StsError::new(90_015));
    }
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
        return interaction.cancelled();
    }
    interaction.advance()
}
