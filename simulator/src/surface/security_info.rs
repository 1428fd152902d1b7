//! Security info: where people see, add and delete their own methods (`mysignins.microsoft.com`).
//!
//! The page is a script over the same JSON calls that public tools use. What of the calls is known from those tools is written
//! as they have it; the rest is marked as assumed where it stands. A sign-in that needs a second factor sends people to the
//! interrupt mode instead, which needs no script.

use http::{Method, StatusCode};

use super::Surface;
use crate::call::Call;
use crate::wire::Reply;

mod answer;
mod app;
mod change;
mod code;
mod interrupt;
mod methods;
mod page;
mod passkey;
mod session;

/// This surface.
pub static SURFACE: Surface = Surface {
    name: "security-info",
    answer,
};

fn answer(call: &Call<'_>) -> Reply {
    call.keep_query_private();
    let path = call.request.path.to_ascii_lowercase();
    let path = path.trim_end_matches('/');
    let is_get = matches!(call.request.method, Method::GET | Method::HEAD);
    match path {
        "" | "/security-info" if is_get => page::show(call),
        "/api/authenticationmethods/availablemethods" if is_get => methods::available(call),
        _ if call.request.method == Method::POST => posted(call, path),
        _ if POSTED.contains(&path) => Reply::empty(StatusCode::METHOD_NOT_ALLOWED),
        _ => call.unimplemented(&format!("security info {path}")),
    }
}

const POSTED: [&str; 9] = [
    "/api/authenticationmethods/delete",
    "/api/authenticationmethods/initializemobileapp",
    "/api/authenticationmethods/new",
    "/api/authenticationmethods/setdefault",
    "/api/authenticationmethods/verify",
    "/api/password/change",
    "/api/post/newfido",
    "/api/post/registermfamethods",
    "/api/session/authorize",
];

fn posted(call: &Call<'_>, path: &str) -> Reply {
    match path {
        "/api/post/registermfamethods" => interrupt::register(call),
        "/api/post/newfido" => passkey::returned(call),
        "/api/session/authorize" => session::authorize(call),
        "/api/authenticationmethods/initializemobileapp" => app::initialize(call),
        "/api/authenticationmethods/new" => answer::begin(call),
        "/api/authenticationmethods/verify" => answer::verify(call),
        "/api/authenticationmethods/delete" => change::delete(call),
        "/api/authenticationmethods/setdefault" => change::set_default(call),
        "/api/password/change" => change::password(call),
        _ => call.unimplemented(&format!("security info {path}")),
    }
}
