//! `GET|POST /{tenant}/oauth2[/v2.0]/logout`: the session ends, the apps in it are told, the browser goes on.

use http::Method;

use super::client::{Client, Credentials};
use super::session::{self, LiveSession};
use super::{page, redirect_uri};
use crate::call::Call;
use crate::wire::jwt::Unverified;
use crate::wire::{Form, Reply};

pub(super) fn answer(call: &Call<'_>, segment: &str) -> Reply {
    // An unknown tenant does not keep anybody signed in.
    let _ = super::authority::Authority::resolve(call, segment);
    let query = Form::parse(call.request.query.as_bytes());
    let body = if call.request.method == Method::POST {
        Form::parse(&call.request.body)
    } else {
        Form::default()
    };
    let field = |name: &str| {
        body.get(name)
            .or_else(|| query.get(name))
            .filter(|text| !text.is_empty())
    };
    let sessions = session::read(call);
    let hint = field("logout_hint").map(str::to_owned).or_else(|| {
        let token = Unverified::parse(field("id_token_hint")?)?;
        token
            .claim("preferred_username")
            .or_else(|| token.claim("unique_name"))
            .map(str::to_owned)
    });
    let chosen: Vec<&LiveSession> = sessions
        .iter()
        .filter(|live| {
            let by_id = field("sessionid").or_else(|| field("sid"));
            match (by_id, hint.as_deref()) {
                (Some(id), _) => live.session.id.to_string() == id,
                (None, Some(hint)) => live.session.name.eq_ignore_ascii_case(hint),
                (None, None) => true,
            }
        })
        .collect();
    if chosen.len() > 1 {
        return page::sign_out::pick(call, &sessions, &body.or(query));
    }
    let ended = chosen.first().copied();
    // Who names an account that is not here signs nobody out.
    let names_one = hint.is_some() || field("sessionid").or_else(|| field("sid")).is_some();
    let next = field("post_logout_redirect_uri").and_then(|uri| onward(call, ended, field, uri));
    let front_channel = ended
        .map(|live| front_channel(call, live))
        .unwrap_or_default();
    let reply = page::sign_out::done(call, &front_channel, next.as_deref());
    match ended {
        None if names_one && !sessions.is_empty() => reply,
        _ => session::forget(call, reply, ended.map(|live| live.session.id)),
    }
}

/// Where the app wants the browser, if it is an address of the app's.
fn onward<'f>(
    call: &Call<'_>,
    ended: Option<&LiveSession>,
    field: impl Fn(&str) -> Option<&'f str>,
    uri: &str,
) -> Option<String> {
    let token = field("id_token_hint").and_then(Unverified::parse);
    let named = field("client_id")
        .map(str::to_owned)
        .or_else(|| token.and_then(|token| token.claim("aud").map(str::to_owned)));
    let clients: Vec<String> = match (named, ended) {
        (Some(client), _) => vec![client],
        (None, Some(live)) => live.session.apps.clone(),
        (None, None) => Vec::new(),
    };
    let tenants: Vec<_> = match ended {
        Some(live) => vec![live.tenant.clone()],
        None => call
            .app
            .store
            .list()
            .iter()
            .map(|cell| cell.read())
            .collect(),
    };
    let registered = tenants.iter().any(|tenant| {
        clients.iter().any(|client| {
            Client::find(call, tenant, &Credentials::public(client))
                .is_ok_and(|client| redirect_uri::is_registered(&client, uri))
        })
    });
    registered.then(|| match field("state") {
        Some(state) => {
            let separator = if uri.contains('?') { '&' } else { '?' };
            let state =
                percent_encoding::utf8_percent_encode(state, percent_encoding::NON_ALPHANUMERIC);
            format!("{uri}{separator}state={state}")
        }
        None => uri.to_owned(),
    })
}

/// The sign-out addresses of the apps in a session.
fn front_channel(call: &Call<'_>, live: &LiveSession) -> Vec<String> {
    live.session
        .apps
        .iter()
        .filter_map(|app| {
            Client::find(call, &live.tenant, &Credentials::public(app))
                .ok()?
                .registration()?
                .logout_uri
                .clone()
        })
        .collect()
}
