//! A batch: each part is an answer of its own.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::head::envelope;
use super::{Exchange, Faults, answer};

pub(crate) fn check(exchange: &Exchange<'_>, faults: &mut Faults) {
    let asked: Value = serde_json::from_slice(exchange.sent).unwrap_or_default();
    let answered: Value = serde_json::from_slice(exchange.body).unwrap_or_default();
    let (Some(requests), Some(responses)) = (
        asked["requests"].as_array(),
        answered["responses"].as_array(),
    ) else {
        return faults.push("a batch has no responses".to_owned());
    };
    if requests.len() != responses.len() {
        faults.push(format!(
            "{} requests have {} responses",
            requests.len(),
            responses.len()
        ));
    }
    for response in responses {
        let id = response["id"].as_str().unwrap_or_default();
        let request = requests.iter().find(|request| {
            // Ids are written as numbers by some clients.
            request["id"]
                .as_str()
                .map_or_else(|| request["id"].to_string(), str::to_owned)
                .eq_ignore_ascii_case(id)
        });
        let Some(request) = request else {
            faults.push(format!("response {id:?} answers no request"));
            continue;
        };
        let mut of_part = Faults::new();
        part(exchange, request, response, &mut of_part);
        faults.extend(
            of_part
                .into_iter()
                .map(|fault| format!("part {id}: {fault}")),
        );
    }
}

fn part(exchange: &Exchange<'_>, request: &Value, response: &Value, faults: &mut Faults) {
    let status = response["status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok());
    let Some(status) = status else {
        return faults.push("it has no status".to_owned());
    };
    let body = response.get("body").filter(|body| !body.is_null());
    match status {
        204 if body.is_some() => return faults.push("a 204 has a body".to_owned()),
        501 | 424 => return,
        400.. => {
            let wrong = &mut |text: String| faults.push(text);
            return match body.and_then(Value::as_object) {
                Some(body) => envelope(body, wrong),
                None => wrong("an error is no JSON".to_owned()),
            };
        }
        _ => {}
    }
    let version = exchange.version().map_or("", super::Version::as_str);
    let url = request["url"].as_str().unwrap_or_default();
    let path = url.split('?').next().unwrap_or_default();
    // A whole URL says its version itself.
    let path = match path.strip_prefix("https://graph.microsoft.com/") {
        Some(whole) => format!("/{}", whole.replace("//", "/")),
        None => format!("/{version}/{}", path.trim_start_matches('/')),
    };
    // What is no JSON is text in base64, or a number.
    let body = match body {
        Some(Value::String(text)) => decoded(text),
        Some(body) => serde_json::to_vec(body).unwrap_or_default(),
        None => Vec::new(),
    };
    let headers: HeaderMap = response["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| {
            Some((
                HeaderName::try_from(name).ok()?,
                HeaderValue::try_from(value.as_str()?).ok()?,
            ))
        })
        .collect();
    if status == 201 && !headers.contains_key("location") {
        faults.push("a 201 has no Location".to_owned());
    }
    let sent = request["body"].to_string();
    let part = Exchange {
        method: &request["method"]
            .as_str()
            .unwrap_or_default()
            .to_ascii_uppercase(),
        path: &path,
        sent: sent.as_bytes(),
        status,
        headers: &headers,
        body: &body,
        ..*exchange
    };
    answer::check(&part, faults);
}

fn decoded(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    let decoded = base64::engine::general_purpose::STANDARD.decode(text);
    decoded.unwrap_or_else(|_| text.as_bytes().to_vec())
}
