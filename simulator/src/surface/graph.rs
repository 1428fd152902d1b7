//! Microsoft Graph, `v1.0` and `beta`: from a path to what is declared or written for it.
//!
//! Reading is declared (`schema`, `read`), writing is written (`write`, `action`). May use the domain and the wire layer;
//! names no other surface.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use self::error::GraphError;
use self::path::Segment;
use self::query::Query;
use super::Surface;
use crate::bearer::{self, Caller};
use crate::call::Call;
use crate::wire::{Reply, cross_origin};
use entrasim_domain::tenant::Tenant;

mod action;
mod error;
mod path;
mod permission;
mod policy;
mod query;
mod read;
mod route;
mod schema;
mod write;

/// This surface.
pub static SURFACE: Surface = Surface {
    name: "graph",
    answer,
};

/// The audiences of Graph's tokens.
const AUDIENCES: &[&str] = &[
    "https://graph.microsoft.com",
    "00000003-0000-0000-c000-000000000000",
];

/// One authenticated request to Graph.
struct Graph<'c, 'a> {
    call: &'c Call<'a>,
    caller: Caller,
    version: &'static str,
    query: Query,
}

type Answer = Result<Reply, GraphError>;

fn answer(call: &Call<'_>) -> Reply {
    const METHODS: &str = "GET, POST, PUT, PATCH, DELETE, OPTIONS";
    if let Some(reply) = cross_origin::preflight(call.request, METHODS) {
        return finish(call, reply);
    }
    let reply = respond(call).unwrap_or_else(|error| error.reply(call));
    cross_origin::open(call.request, finish(call, reply))
}

fn respond(call: &Call<'_>) -> Answer {
    let segments = call.request.segments();
    let Some((version, segments)) = segments.split_first() else {
        return Err(GraphError::Version);
    };
    let version = match version.to_ascii_lowercase().as_str() {
        "v1.0" => "v1.0",
        "beta" => "beta",
        "oidc" => return Err(GraphError::NotSimulated("graph /oidc".to_owned())),
        _ => return Err(GraphError::Version),
    };
    let caller = bearer::authenticate(call, AUDIENCES).map_err(GraphError::Unauthenticated)?;
    let segments: Vec<Segment> = segments
        .iter()
        .map(|segment| Segment::parse(segment))
        .collect::<Result<_, _>>()?;
    let query = Query::parse(&call.request.query, &call.request.headers)?;
    let graph = Graph {
        call,
        caller,
        version,
        query,
    };
    route::answer(&graph, segments)
}

/// The caller's id for the request if one was sent, else the request's.
fn client_request_id(call: &Call<'_>) -> String {
    match call.request.header("client-request-id") {
        Some(id) if !id.trim().is_empty() => id.trim().to_owned(),
        _ => call.id().to_string(),
    }
}

/// The headers of every answer, as public recordings have them.
fn finish(call: &Call<'_>, reply: Reply) -> Reply {
    const DIAGNOSTIC: &str = r#"{"ServerInfo":{"DataCenter":"West Europe","Slice":"E","Ring":"5","ScaleUnit":"000","RoleInstance":"ENTRASIM000000"}}"#;
    let reply = reply
        .header("cache-control", "no-cache")
        .header("strict-transport-security", "max-age=31536000")
        .header("request-id", &call.id().to_string())
        .header("client-request-id", &client_request_id(call))
        .header("x-ms-ags-diagnostic", DIAGNOSTIC);
    if reply.body.is_empty() {
        reply
    } else {
        reply.header("vary", "Accept-Encoding")
    }
}

impl<'a> Graph<'_, 'a> {
    fn tenant(&self) -> Result<&Tenant, GraphError> {
        // `bearer::authenticate` ties the request to the token's tenant.
        self.call
            .tenant()
            .ok_or(GraphError::Unauthenticated(bearer::BearerError::Issuer))
    }

    fn method(&self) -> &'a Method {
        &self.call.request.method
    }

    /// `https://graph.microsoft.com/v1.0/$metadata#users`
    fn context(&self, fragment: &str) -> String {
        let origin = self.call.request.origin();
        format!("{origin}/{}/$metadata#{fragment}", self.version)
    }

    /// An OData document.
    fn document(&self, status: StatusCode, fragment: &str, value: Value) -> Reply {
        let document = read::with_context(&self.context(fragment), value);
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let content_type = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
        Reply::with_body(status, content_type, body).header("odata-version", "4.0")
    }

    /// A page as a document; `fragment` is the context without the selection.
    fn page(&self, fragment: &str, page: read::Page) -> Reply {
        let mut value = serde_json::Map::new();
        if let Some(count) = page.count {
            value.insert("@odata.count".to_owned(), json!(count));
        }
        if let Some(next) = page.next {
            value.insert("@odata.nextLink".to_owned(), json!(self.next_link(next)));
        }
        value.insert("value".to_owned(), Value::Array(page.rows));
        let fragment = format!("{fragment}{}", page.selected);
        self.document(StatusCode::OK, &fragment, Value::Object(value))
            .header("x-ms-resource-unit", "1")
    }

    /// The same request with the token of the next page.
    fn next_link(&self, next: query::page::Token) -> String {
        let request = self.call.request;
        let path: Vec<&str> = request
            .path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .collect();
        let kept: Vec<&str> = request
            .query
            .split('&')
            .filter(|pair| {
                let name = pair.split('=').next().unwrap_or_default();
                let name = name.replace("%24", "$");
                !pair.is_empty()
                    && !name
                        .trim_start_matches('$')
                        .eq_ignore_ascii_case("skiptoken")
            })
            .chain(core::iter::once(""))
            .collect();
        format!(
            "{}/{}?{}$skiptoken={}",
            request.origin(),
            path.join("/"),
            kept.join("&"),
            next.encode()
        )
    }
}

#[cfg(test)]
mod tests;
