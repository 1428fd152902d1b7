//! Microsoft Graph, `v1.0` and `beta`: from a path to what is declared or written for it.
//!
//! Reading is declared (`schema`, `read`), writing is written (`write`, `action`). May use the domain and the wire layer;
//! names no other surface.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use self::error::GraphError;
use self::operation::{Handler, Route};
use self::path::Segment;
use self::query::{Query, page};
use self::resource::Resource;
use self::schema::{Row, Version, type_of};
use super::Surface;
use crate::bearer::{self, Caller};
use crate::call::Call;
use crate::wire::{Reply, cross_origin};
use entrasim_domain::tenant::Tenant;

mod action;
mod batch;
pub mod declared;
mod delta;
mod error;
mod metadata;
mod operation;
mod path;
mod permission;
mod policy;
mod query;
mod read;
mod resource;
mod schema;
mod throttle;
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
        "v1.0" => Version::V1,
        "beta" => Version::Beta,
        "oidc" => return Err(GraphError::NotSimulated("graph /oidc".to_owned())),
        _ => return Err(GraphError::Version),
    };
    if matches!(segments, [only] if only.eq_ignore_ascii_case("$metadata")) {
        return Ok(metadata::answer(version));
    }
    let caller = bearer::authenticate(call, AUDIENCES).map_err(GraphError::Unauthenticated)?;
    let is_batch = matches!(segments, [only] if only.eq_ignore_ascii_case("$batch"));
    if !is_batch {
        // Throttling applies to each part of a batch, not to the whole.
        throttle::check(call, &caller)?;
    }
    let segments: Vec<Segment> = segments
        .iter()
        .map(|segment| Segment::parse(segment))
        .collect();
    let query = Query::parse(version, &call.request.query, &call.request.headers)?;
    let graph = Graph {
        call,
        caller,
        version: version.as_str(),
        query,
    };
    if is_batch {
        return batch::answer(&graph);
    }
    let reply = route(&graph, &segments)?;
    Ok(throttle::charge(call, &graph.caller, reply))
}

/// Finds the row of the operation, asks whether the caller may, and lets its handler answer.
fn route(graph: &Graph<'_, '_>, segments: &[Segment]) -> Answer {
    let Some(last) = segments.last() else {
        let name = "graph service document".to_owned();
        return Err(GraphError::NotSimulated(name));
    };
    let tenant = graph.tenant()?;
    let method = graph.method().as_str();
    let resource = match resource::resolve(graph, tenant, segments) {
        // The first segments alone say that a path belongs to another product.
        Err(GraphError::Segment(name))
            if segments.iter().take(2).any(|segment| segment.name == name) =>
        {
            let names = segments.iter().map(|segment| segment.name.as_str());
            return Err(match operation::outside::name(method, names) {
                Some(name) => GraphError::NotSimulated(name),
                None => GraphError::Segment(name),
            });
        }
        resource => resource?.at(tenant, graph.call.now()),
    };
    answer_for(graph, tenant, &resource, last).map_err(|error| error.of(&resource.template))
}

fn answer_for(
    graph: &Graph<'_, '_>,
    tenant: &Tenant,
    resource: &Resource<'_>,
    last: &Segment,
) -> Answer {
    let row = match operation::ROUTER.find(graph.method().as_str(), resource) {
        Route::Operation(row) => row,
        Route::Method => return Err(GraphError::Method),
        Route::Nowhere if resource.is_declared() || operation::ROUTER.leads_on(resource) => {
            return Err(graph.not_simulated(resource));
        }
        Route::Nowhere => return Err(GraphError::Segment(last.name.clone())),
    };
    let only = row.allowed().only();
    if only.is_some_and(|only| only != graph.query.version) {
        return Err(GraphError::Segment(last.name.clone()));
    }
    let body = &graph.call.request.body;
    permission::check(row, &graph.caller, tenant, resource, body)?;
    if matches!(row.handler, Handler::Read | Handler::Delta) {
        permission::check_properties(&graph.caller, resource, &graph.query)?;
    }
    match row.handler {
        Handler::Read => read::answer::answer(graph, resource, row),
        Handler::Call(handler) => {
            let reply = handler(graph, resource)?;
            read::answer::size(graph, resource, reply)
        }
        Handler::Delta => delta::answer(graph, resource),
        Handler::Unsimulated => Err(graph.not_simulated(resource)),
    }
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
        let reply = Reply::with_body(status, content_type, body).header("odata-version", "4.0");
        match (status, document["id"].as_str()) {
            // Directory objects have an address of another form, which `write::created` sets.
            (StatusCode::CREATED, Some(id)) => {
                let set = fragment.trim_end_matches("/$entity");
                let origin = self.call.request.origin();
                reply.header("location", &format!("{origin}/{}/{set}/{id}", self.version))
            }
            _ => reply,
        }
    }

    /// A page as a document; `fragment` is the context without the selection.
    fn page(&self, fragment: &str, page: read::Page) -> Reply {
        let mut value = serde_json::Map::new();
        if let Some(count) = page.count {
            value.insert("@odata.count".to_owned(), json!(count));
        }
        if let Some(next) = page.next {
            value.insert("@odata.nextLink".to_owned(), json!(self.next_link(&next)));
        }
        value.insert("value".to_owned(), Value::Array(page.rows));
        let fragment = format!("{fragment}{}", page.selected);
        self.document(StatusCode::OK, &fragment, Value::Object(value))
    }

    /// 501 by the name of the operation.
    fn not_simulated(&self, resource: &Resource<'_>) -> GraphError {
        let path = resource.template.replace("()", "");
        GraphError::NotSimulated(format!("graph {} {path}", self.method()))
    }

    /// The URL that stands for an object in references.
    fn object_url(&self, row: Row<'_>) -> String {
        let key = self.call.tenant().map(|tenant| row.key(tenant));
        self.directory_url(&key.unwrap_or_default(), type_of(row).class())
    }

    /// The URL of a directory object by its id and class.
    fn directory_url(&self, id: &str, class: &str) -> String {
        let tenant = self.call.tenant();
        let directory = tenant.map_or_else(String::new, |tenant| tenant.id.to_string());
        format!(
            "{}/v2/{directory}/directoryObjects/{id}/Microsoft.DirectoryServices.{class}",
            self.call.request.origin()
        )
    }

    /// The same request with the token of the next page.
    fn next_link(&self, next: &page::Token) -> String {
        let request = self.call.request;
        let path: Vec<&str> = request
            .path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .collect();
        let kept: Vec<&str> = page::kept_options(&request.query)
            .chain(core::iter::once(""))
            .collect();
        format!(
            "{}/{}?{}$skiptoken={}",
            request.origin(),
            path.join("/"),
            kept.join("&"),
            next.encode(page::number(request))
        )
    }
}

#[cfg(test)]
mod tests;
