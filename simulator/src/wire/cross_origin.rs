//! What lets a page of another origin call a service (the Fetch standard, CORS protocol). The real services open themselves to
//! every origin: what protects them is the token, which no browser adds by itself.

use http::{Method, StatusCode};

use super::{Reply, Request};

/// What a page may read of an answer beside its body; `*` stands for nothing where a token was sent, so they are listed.
const EXPOSED: &str = "ETag, Location, Retry-After, Preference-Applied, Content-Range, WWW-Authenticate, Azure-AsyncOperation, request-id, client-request-id, x-ms-request-id, x-ms-correlation-request-id";

/// The answer to a browser that asks beforehand, without a token, whether its page may; `None` for every other request.
pub(crate) fn preflight(request: &Request, methods: &str) -> Option<Reply> {
    request.header("access-control-request-method")?;
    if request.method != Method::OPTIONS {
        return None;
    }
    let reply = Reply::empty(StatusCode::OK)
        .header("access-control-allow-origin", "*")
        .header("access-control-allow-methods", methods)
        .header("access-control-max-age", "600");
    // `*` would not cover `Authorization`: what is asked for is named back.
    Some(match request.header("access-control-request-headers") {
        Some(names) => reply.header("access-control-allow-headers", names),
        None => reply,
    })
}

/// Lets the page that asked read the answer.
pub(crate) fn open(request: &Request, reply: Reply) -> Reply {
    if request.header("origin").is_none() {
        return reply;
    }
    reply
        .header("access-control-allow-origin", "*")
        .header("access-control-expose-headers", EXPOSED)
}
