//! Between hyper's messages and ours: bodies are read whole, within bounds.

use core::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::ext::ReasonPhrase;

use crate::system_clock;
use crate::wire::{Reply, Request, Scheme};

pub(super) type Body = Full<Bytes>;

/// The real services take a few megabytes at most; nothing simulated needs more.
const BODY_BYTES: usize = 4 * 1024 * 1024;
/// How long a body may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);

/// Reads a request whole; an error is the answer to give instead.
pub(super) async fn read(
    request: hyper::Request<Incoming>,
    scheme: Scheme,
) -> Result<Request, Reply> {
    let arrived = system_clock::now();
    let (head, body) = request.into_parts();
    let authority = head
        .uri
        .authority()
        .map(|authority| authority.as_str().to_owned())
        .or_else(|| {
            head.headers
                .get("host")
                .and_then(|host| host.to_str().ok())
                .map(str::to_owned)
        });
    let Some(authority) = authority.filter(|authority| !authority.is_empty()) else {
        return Err(refusal(
            StatusCode::BAD_REQUEST,
            "the request names no host",
        ));
    };
    let declared = head
        .headers
        .get("content-length")
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > BODY_BYTES) {
        // Who asks before sending is told at once; others may not read before they have written.
        if !head.headers.contains_key("expect") {
            discard(body).await;
        }
        return Err(too_large());
    }
    let collected =
        tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, BODY_BYTES).collect()).await;
    let body = match collected {
        Err(_) => {
            return Err(refusal(
                StatusCode::REQUEST_TIMEOUT,
                "the request's body took too long",
            ));
        }
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => return Err(too_large()),
        Ok(Err(_)) => {
            return Err(refusal(
                StatusCode::BAD_REQUEST,
                "the request's body ended early",
            ));
        }
        Ok(Ok(body)) => body.to_bytes(),
    };
    Ok(Request {
        method: head.method,
        scheme,
        authority,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body,
        arrived,
        proxy_user: None,
    })
}

/// Reads and drops a body, so that a client that writes all of it before it reads gets the answer and not a broken pipe.
async fn discard(mut body: Incoming) {
    const BYTES: usize = 64 * 1024 * 1024;
    const SILENCE: Duration = Duration::from_secs(1);
    let mut seen = 0;
    while let Ok(Some(Ok(frame))) = tokio::time::timeout(SILENCE, body.frame()).await {
        seen += frame.data_ref().map_or(0, Bytes::len);
        if seen > BYTES {
            return;
        }
    }
}

fn too_large() -> Reply {
    refusal(
        StatusCode::PAYLOAD_TOO_LARGE,
        "the request's body is larger than 4 MiB",
    )
    .header("connection", "close")
}

/// A refusal by the edge itself, marked as the simulator's own.
pub(super) fn refusal(status: StatusCode, message: &str) -> Reply {
    Reply::json(
        status,
        &serde_json::json!({"error": {"code": "entrasim", "message": message}}),
    )
}

pub(super) fn response(reply: Reply) -> hyper::Response<Body> {
    let mut response = hyper::Response::new(Full::new(reply.body));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    // A client behind a proxy often shows nothing of a refusal but its reason phrase.
    let refused = response
        .headers()
        .get("x-entrasim-refused")
        .and_then(|host| host.to_str().ok());
    let reason = refused.map(|host| format!("entrasim does not simulate {host}"));
    if let Some(Ok(reason)) = reason.map(|reason| ReasonPhrase::try_from(reason.into_bytes())) {
        response.extensions_mut().insert(reason);
    }
    // So that nobody takes an answer for the real service's.
    response.headers_mut().insert(
        "x-entrasim",
        HeaderValue::from_static(env!("CARGO_PKG_VERSION")),
    );
    response
}
