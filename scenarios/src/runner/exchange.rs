//! Requests and answers as reports show them: what a client sees, without what would let somebody else sign in.

use bytes::Bytes;
use percent_encoding::percent_decode_str;

use super::http::Answer;

/// One request and its answer, for people. Tokens, passwords and secrets are taken out.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Exchange {
    /// The simulated host; `identity endpoint` for the address of managed identities.
    pub host: String,
    /// The verb.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The request's body.
    pub sent: String,
    /// The status of the answer.
    pub status: u16,
    /// The headers of the answer that say something, in order.
    pub headers: Vec<(String, String)>,
    /// The body of the answer; pages of HTML are left out.
    pub received: String,
}

/// Longer bodies are cut: a report is read by people.
const LONGEST: usize = 4000;

/// Headers that are worth a line in a report.
const TELLING: [&str; 9] = [
    "www-authenticate",
    "location",
    "retry-after",
    "x-ms-failure-cause",
    "x-ms-request-id",
    "request-id",
    "odata-version",
    "entrasim-unimplemented",
    "azure-asyncoperation",
];

/// Fields of forms and members of JSON that hold secrets, or what is as good as one.
const SECRET: [&str; 26] = [
    "access_token",
    "refresh_token",
    "id_token",
    "password",
    "passwd",
    "newpassword",
    "confirmnewpassword",
    "confirmpassword",
    "oldpassword",
    "currentpassword",
    "client_secret",
    "secrettext",
    "client_assertion",
    "assertion",
    "code",
    "device_code",
    "flowtoken",
    "ctx",
    "canary",
    "client_info",
    "temporaryaccesspass",
    "otc",
    "secretkey",
    "sessionctxv2",
    // What only ties a request to its answer, made anew each time.
    "nonce",
    "state",
];

impl Exchange {
    /// A request that is about to be sent.
    pub(super) fn sent(host: &str, request: &http::Request<Bytes>) -> Self {
        let target = request
            .uri()
            .path_and_query()
            .map_or("/", |all| all.as_str());
        let target = target.split_once('?').map_or_else(
            || target.to_owned(),
            |(path, query)| format!("{path}?{}", without_secrets_in_form(query)),
        );
        Self {
            host: host.to_owned(),
            method: request.method().to_string(),
            target,
            sent: body(request.headers(), request.body()),
            ..Self::default()
        }
    }

    /// What came back.
    pub(super) fn answered(&mut self, answer: &Answer) {
        self.status = answer.status;
        self.headers = TELLING
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), tokens_out(answer.header(name)?))))
            .collect();
        self.received = body(&answer.headers, &answer.body);
    }
}

fn body(headers: &http::HeaderMap, bytes: &Bytes) -> String {
    if bytes.is_empty() {
        return String::new();
    }
    let kind = headers
        .get("content-type")
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    if kind.starts_with("text/html") {
        return "(a page)".to_owned();
    }
    let text = String::from_utf8_lossy(bytes);
    let text = if kind.starts_with("application/x-www-form-urlencoded") {
        let form = without_secrets_in_form(&text).replace('&', "\n");
        percent_decode_str(&form.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    } else {
        match serde_json::from_slice(bytes) {
            Ok(mut value) => {
                without_secrets(&mut value);
                tokens_out(&format!("{value:#}"))
            }
            Err(_) => tokens_out(&text),
        }
    };
    cut(text)
}

fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// In JSON these are words: an error's code, a policy's state.
fn is_word(name: &str) -> bool {
    matches!(name, "code" | "state")
}

fn is_secret(name: &str) -> bool {
    SECRET.contains(&name.to_ascii_lowercase().as_str())
}

fn without_secrets(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                // An error's code is a word, an authorization code is a long secret; only forms bear the latter.
                if member.is_string() && is_secret(name) && !is_word(name) {
                    *member = serde_json::Value::String("…".to_owned());
                } else {
                    without_secrets(member);
                }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(without_secrets),
        _ => {}
    }
}

fn without_secrets_in_form(form: &str) -> String {
    let pairs = form.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) if is_secret(name) && !value.is_empty() => format!("{name}=…"),
        _ => tokens_out(pair),
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// Takes out everything that looks like a signed or sealed token.
fn tokens_out(text: &str) -> String {
    let is_of_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("eyJ") {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_of_token(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        out.push_str(before);
        // A claims challenge is base64 of JSON as well, and says what is asked; it has no signature.
        if word.matches('.').count() >= 2 {
            out.push_str("eyJ…");
        } else {
            out.push_str(word);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_lets_somebody_sign_in_is_kept() {
        let form = http::Request::post("/t/oauth2/v2.0/token?code=abc&state=1")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Bytes::from(
                "grant_type=password&password=x&client_secret=y",
            ))
            .unwrap();
        let mut exchange = Exchange::sent("login.microsoftonline.com", &form);
        let body = r#"{"access_token":"eyJ0.eyJh.sig","a":{"secretText":"z"},"error":{"code":"Denied"},"t":"x eyJ0.eyJh.sig y"}"#;
        exchange.answered(&Answer {
            status: 200,
            headers: http::HeaderMap::from_iter([(
                http::header::CONTENT_TYPE,
                http::HeaderValue::from_static("application/json"),
            )]),
            body: Bytes::from(body),
        });
        assert_eq!(exchange.target, "/t/oauth2/v2.0/token?code=…&state=…");
        assert_eq!(
            exchange.sent,
            "grant_type=password\npassword=…\nclient_secret=…"
        );
        let received: serde_json::Value = serde_json::from_str(&exchange.received).unwrap();
        assert_eq!(
            received,
            serde_json::json!({"access_token": "…", "a": {"secretText": "…"}, "error": {"code": "Denied"}, "t": "x eyJ… y"})
        );
    }
}
