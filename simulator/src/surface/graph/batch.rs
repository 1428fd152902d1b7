//! `POST /$batch`: up to twenty requests in one, each answered as if it had come alone, with the token of the whole
//! (Microsoft Learn, "Combine multiple HTTP requests using JSON batching").

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::{Answer, Graph};
use crate::call::Call;
use crate::wire::{Reply, Request};

const MOST: usize = 20;

/// One request of a batch.
struct Part {
    id: String,
    request: Request,
    depends_on: Vec<String>,
}

pub(super) fn answer(graph: &Graph<'_, '_>) -> Answer {
    if graph.method() != Method::POST {
        return Err(GraphError::Method);
    }
    let parts = parts(graph)?;
    let mut done: BTreeMap<String, bool> = BTreeMap::new();
    let mut waiting: Vec<&Part> = parts.iter().collect();
    let mut responses = Vec::new();
    // Each round answers at least one part, or the parts wait for each other.
    while !waiting.is_empty() {
        let (now, later): (Vec<&Part>, Vec<&Part>) = waiting.into_iter().partition(|part| {
            let mut needed = part.depends_on.iter();
            needed.all(|id| done.contains_key(&id.to_lowercase()))
        });
        if now.is_empty() {
            return Err(bad(
                "The dependsOn relationships of the batch form a circle.",
            ));
        }
        for part in now {
            let mut needed = part.depends_on.iter();
            let succeeded = needed.all(|id| done.get(&id.to_lowercase()) == Some(&true));
            let (response, fine) = if succeeded {
                let reply = send(graph, part);
                (shown(&part.id, &reply), reply.status.as_u16() < 400)
            } else {
                let failed = StatusCode::FAILED_DEPENDENCY.as_u16();
                (json!({"id": part.id, "status": failed}), false)
            };
            responses.push(response);
            done.insert(part.id.to_lowercase(), fine);
        }
        waiting = later;
    }
    let body = serde_json::to_vec(&json!({"responses": responses})).unwrap_or_default();
    Ok(Reply::with_body(StatusCode::OK, "application/json", body))
}

fn bad(text: &str) -> GraphError {
    GraphError::BadRequest(text.to_owned())
}

/// What the real service says of a batch that it cannot read (msgraph-sdk-javascript, issue 1451).
const FORMAT: &str = "Invalid batch payload format.";

fn parts(graph: &Graph<'_, '_>) -> Result<Vec<Part>, GraphError> {
    let body: Value = serde_json::from_slice(&graph.call.request.body).map_err(|_| bad(FORMAT))?;
    let requests = body.get("requests").and_then(Value::as_array);
    let requests = requests
        .filter(|list| !list.is_empty())
        .ok_or_else(|| bad(FORMAT))?;
    if requests.len() > MOST {
        return Err(bad(
            "The number of requests in a batch exceeds the limit of 20.",
        ));
    }
    let mut parts: Vec<Part> = Vec::new();
    for request in requests {
        let part = part(graph, request)?;
        if parts
            .iter()
            .any(|known| known.id.to_lowercase() == part.id.to_lowercase())
        {
            return Err(bad(&format!(
                "Request Id {} is not unique in the batch.",
                part.id
            )));
        }
        parts.push(part);
    }
    for part in &parts {
        for needed in &part.depends_on {
            let known = |other: &Part| other.id.to_lowercase() == needed.to_lowercase();
            if !parts.iter().any(known) {
                return Err(bad(&format!(
                    "Request Id {} depends on request Id {needed}, which is not in the batch.",
                    part.id
                )));
            }
        }
    }
    Ok(parts)
}

fn part(graph: &Graph<'_, '_>, value: &Value) -> Result<Part, GraphError> {
    let text = |name| value.get(name).and_then(Value::as_str);
    let (Some(id), Some(method), Some(url)) = (text("id"), text("method"), text("url")) else {
        return Err(bad(FORMAT));
    };
    // Members that the format does not have are ignored; msgraph-sdk for Python writes `depends_on` beside it.
    let depends_on = match value.get("dependsOn") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(ids)) => ids
            .iter()
            .map(|id| id.as_str().map(str::to_owned).ok_or_else(|| bad(FORMAT)))
            .collect::<Result<_, _>>()?,
        Some(_) => return Err(bad(FORMAT)),
    };
    let headers = headers(graph, value)?;
    let body = match value.get("body") {
        None | Some(Value::Null) => Bytes::new(),
        Some(_) if !headers.contains_key("content-type") => {
            return Err(bad(&format!(
                "Write request id : {id} does not contain Content-Type header or body."
            )));
        }
        // What is no JSON comes in base64.
        Some(Value::String(text)) => match STANDARD.decode(text) {
            Ok(bytes) => Bytes::from(bytes),
            Err(_) => Bytes::copy_from_slice(text.as_bytes()),
        },
        Some(body) => Bytes::from(body.to_string()),
    };
    Ok(Part {
        id: id.to_owned(),
        request: request(graph, method, url, headers, body)?,
        depends_on,
    })
}

fn headers(graph: &Graph<'_, '_>, value: &Value) -> Result<HeaderMap, GraphError> {
    let mut headers = HeaderMap::new();
    let outer = &graph.call.request.headers;
    for name in ["authorization", "client-request-id"] {
        if let Some(value) = outer.get(name) {
            headers.insert(HeaderName::from_static(name), value.clone());
        }
    }
    for (name, value) in value
        .get("headers")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let name = HeaderName::try_from(name.as_str()).map_err(|_| bad(FORMAT))?;
        let value = value
            .as_str()
            .and_then(|value| HeaderValue::try_from(value).ok());
        headers.insert(name, value.ok_or_else(|| bad(FORMAT))?);
    }
    Ok(headers)
}

/// The request that a part stands for. Its URL is relative to the version; msgraph-sdk for Python writes it in full, with
/// the version, once the client has made a request.
fn request(
    graph: &Graph<'_, '_>,
    method: &str,
    url: &str,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Request, GraphError> {
    let outer = graph.call.request;
    let origin = url.split_once("://").map(|(_, rest)| rest);
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let is_absolute = origin.is_some() && !path.contains('(') && !path.starts_with('/');
    let (version, path) = if is_absolute {
        let whole = origin.and_then(|rest| rest.split_once('/'));
        let (authority, path) = whole.ok_or_else(|| bad(FORMAT))?;
        if !authority.eq_ignore_ascii_case(&outer.authority) {
            return Err(bad(FORMAT));
        }
        let path = path.split('?').next().unwrap_or_default();
        path.split_once('/').ok_or_else(|| bad(FORMAT))?
    } else {
        (graph.version, path)
    };
    let path = path.trim_start_matches('/');
    let first = path
        .split('/')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    // A version in a relative URL is refused (msgraph-sdk-javascript, issue 1451).
    if ["", "v1.0", "beta"].contains(&first.as_str()) {
        return Err(bad(FORMAT));
    }
    if first == "$batch" || first == "%24batch" {
        return Err(bad("A batch cannot contain a batch."));
    }
    let method = Method::try_from(method.to_ascii_uppercase().as_str());
    Ok(Request {
        method: method.map_err(|_| bad(FORMAT))?,
        scheme: outer.scheme,
        authority: outer.authority.clone(),
        path: format!("/{version}/{path}"),
        query: query.to_owned(),
        headers,
        body,
        arrived: outer.arrived,
        proxy_user: outer.proxy_user.clone(),
    })
}

fn send(graph: &Graph<'_, '_>, part: &Part) -> Reply {
    let app = graph.call.app;
    let call = Call::new(app, &part.request);
    let reply = super::answer(&call);
    app.journal.push(call.entry(super::SURFACE.name, &reply));
    reply
}

/// The headers that a part's answer shows, in the spelling of the real service.
const SHOWN: [(&str, &str); 10] = [
    ("cache-control", "Cache-Control"),
    ("content-type", "Content-Type"),
    ("location", "Location"),
    ("odata-version", "OData-Version"),
    ("retry-after", "Retry-After"),
    ("www-authenticate", "WWW-Authenticate"),
    ("x-entrasim-not-simulated", "x-entrasim-not-simulated"),
    ("x-ms-resource-unit", "x-ms-resource-unit"),
    ("x-ms-throttle-information", "x-ms-throttle-information"),
    ("x-ms-throttle-scope", "x-ms-throttle-scope"),
];

fn shown(id: &str, reply: &Reply) -> Value {
    let headers: Map<String, Value> = SHOWN
        .iter()
        .filter_map(|(name, shown)| {
            let value = reply.headers.get(*name)?.to_str().ok()?;
            Some(((*shown).to_owned(), json!(value)))
        })
        .collect();
    let is_json = headers
        .get("Content-Type")
        .and_then(Value::as_str)
        .is_some_and(|kind| kind.starts_with("application/json"));
    let mut response = json!({"id": id, "status": reply.status.as_u16(), "headers": headers});
    if !reply.body.is_empty() {
        response["body"] = match serde_json::from_slice(&reply.body) {
            Ok(body) if is_json => body,
            _ => json!(STANDARD.encode(&reply.body)),
        };
    }
    response
}
