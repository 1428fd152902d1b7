//! Graph's throttling, for clients that are to be seen waiting: refuse the next requests, or set a limit.

use http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ControlCall, ControlError, Route, ok, openapi};
use crate::wire::Reply;

/// Graph's throttling.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ThrottlingView {
    /// So many requests to Graph that are still to come are answered 429.
    #[serde(default)]
    pub refuse_next: u32,
    /// The `Retry-After` of those, in seconds.
    #[serde(default = "ten")]
    pub retry_after: u32,
    /// Resource units that each app may use in ten seconds; null for no limit.
    #[serde(default)]
    pub units: Option<u32>,
}

fn ten() -> u32 {
    10
}

pub(super) fn routes() -> Vec<Route> {
    let view: (StatusCode, Option<openapi::Schema>) =
        (StatusCode::OK, Some(openapi::of::<ThrottlingView>));
    vec![
        Route {
            method: Method::GET,
            path: "/tenants/{tenant}/throttling",
            summary: "What Graph refuses for being asked too much",
            request: None,
            response: view,
            handler: get,
        },
        Route {
            method: Method::PUT,
            path: "/tenants/{tenant}/throttling",
            summary: "Refuse the next requests to Graph, or limit each app",
            request: Some(openapi::of::<ThrottlingView>),
            response: view,
            handler: put,
        },
    ]
}

fn get(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let tenant = call.tenant()?.read();
    let throttle = &tenant.throttle;
    Ok(ok(&ThrottlingView {
        refuse_next: throttle.refuse_next,
        retry_after: throttle.retry_after,
        units: throttle.units,
    }))
}

fn put(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let body: ThrottlingView = call.body()?;
    call.tenant()?.write(|tenant| {
        tenant.throttle.refuse_next = body.refuse_next;
        tenant.throttle.retry_after = body.retry_after;
        tenant.throttle.units = body.units;
        Ok::<(), ControlError>(())
    })?;
    get(call)
}
