//! The headers that every answer of Resource Manager bears (public recordings in Azure/azure-cli test recordings, 2025).

use http::Method;
use uuid::Uuid;

use crate::call::Call;
use crate::wire::Reply;

/// What ties the answer and its events in the activity log together: the client's own id, else the request's.
pub(super) fn correlation_id(call: &Call<'_>) -> Uuid {
    call.request
        .header("x-ms-correlation-request-id")
        .and_then(|text| Uuid::parse_str(text.trim()).ok())
        .unwrap_or_else(|| call.id())
}

pub(super) fn add(call: &Call<'_>, reply: Reply) -> Reply {
    let id = call.id();
    let correlation = correlation_id(call);
    let moment: String = call
        .now()
        .to_string()
        .chars()
        .filter(|character| !matches!(character, '-' | ':'))
        .collect();
    let (kind, left, left_globally) = match call.request.method {
        Method::GET | Method::HEAD => ("reads", "249", "3749"),
        Method::DELETE => ("deletes", "199", "2999"),
        _ => ("writes", "199", "2999"),
    };
    let failed = reply.status.is_client_error() || reply.status.is_server_error();
    let mut reply = reply
        .fixed_headers(&[
            ("cache-control", "no-cache"),
            ("pragma", "no-cache"),
            ("expires", "-1"),
            (
                "strict-transport-security",
                "max-age=31536000; includeSubDomains",
            ),
            ("x-content-type-options", "nosniff"),
            ("x-cache", "CONFIG_NOCACHE"),
        ])
        .header("x-ms-request-id", &id.to_string())
        .header("x-ms-correlation-request-id", &correlation.to_string())
        .header(
            "x-ms-routing-request-id",
            &format!("WESTEUROPE:{moment}:{correlation}"),
        );
    if failed {
        reply = reply.header("x-ms-failure-cause", "gateway");
    } else {
        let (one, global) = match kind {
            "reads" => (
                "x-ms-ratelimit-remaining-subscription-reads",
                "x-ms-ratelimit-remaining-subscription-global-reads",
            ),
            "deletes" => (
                "x-ms-ratelimit-remaining-subscription-deletes",
                "x-ms-ratelimit-remaining-subscription-global-deletes",
            ),
            _ => (
                "x-ms-ratelimit-remaining-subscription-writes",
                "x-ms-ratelimit-remaining-subscription-global-writes",
            ),
        };
        reply = reply.header(one, left).header(global, left_globally);
    }
    if call
        .request
        .header("x-ms-return-client-request-id")
        .is_some_and(|wanted| wanted.eq_ignore_ascii_case("true"))
        && let Some(theirs) = call.request.header("x-ms-client-request-id")
    {
        reply = reply.header("x-ms-client-request-id", theirs);
    }
    reply
}
