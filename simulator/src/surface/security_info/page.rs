//! The page: one script over the JSON calls. It signs in as the real one does, as a single-page application.

use http::StatusCode;

use super::session::CLIENT;
use crate::call::Call;
use crate::origins;
use crate::wire::Reply;
use crate::wire::html::{STYLE, escape};

/// Hands what the relying party's page brings back to the script of the page.
pub(super) const RETURNED: &str = include_str!("page/returned.js");

pub(super) fn show(call: &Call<'_>) -> Reply {
    let own = call.request.origin();
    let sign_in = if own == origins::SECURITY_INFO {
        origins::SIGN_IN
    } else {
        own.as_str()
    };
    Reply::html(
        StatusCode::OK,
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Security info - entrasim</title>\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"none\">\
             <link rel=\"icon\" href=\"data:,\"><style>{STYLE}{}</style></head>\
             <body data-client=\"{CLIENT}\" data-sign-in=\"{}\">{}<script>{}</script></body></html>",
            include_str!("page/style.css"),
            escape(sign_in),
            include_str!("page/body.html"),
            include_str!("page/script.js"),
        ),
    )
    .fixed_headers(&[
        ("cache-control", "no-store, no-cache"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
    ])
}
