//! Asks the control port of a running simulator. It speaks plain HTTP, on this machine or one nearby.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use http::StatusCode;
use serde_json::Value;

/// `POST /tenants/{tenant}/explain`
pub(super) fn ask(
    control: &str,
    tenant: &str,
    question: &Value,
) -> io::Result<(StatusCode, Value)> {
    exchange(
        control,
        "POST",
        &format!("/tenants/{tenant}/explain"),
        &question.to_string(),
    )
}

/// `GET /journal/{request_id}/explain`
pub(super) fn ask_about(control: &str, id: &str) -> io::Result<(StatusCode, Value)> {
    exchange(control, "GET", &format!("/journal/{id}/explain"), "")
}

fn exchange(
    control: &str,
    method: &str,
    path: &str,
    body: &str,
) -> io::Result<(StatusCode, Value)> {
    let address = control
        .strip_prefix("http://")
        .unwrap_or(control)
        .trim_end_matches('/');
    let unreachable = |error: io::Error| {
        let text = format!("cannot reach the control port at {control}: {error}");
        io::Error::new(error.kind(), text)
    };
    let mut stream = TcpStream::connect(address).map_err(unreachable)?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    parse(&answer).ok_or_else(|| {
        io::Error::other(format!("{control} does not answer as a control port does"))
    })
}

/// Status and body; the control port always says how long its body is.
fn parse(answer: &[u8]) -> Option<(StatusCode, Value)> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = core::str::from_utf8(answer.get(..end)?).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let body = serde_json::from_slice(answer.get(end + 4..)?).ok()?;
    Some((status, body))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn an_answer_is_a_status_and_a_json_body() {
        let answer = b"HTTP/1.1 404 Not Found\r\ncontent-length: 7\r\n\r\n{\"a\":1}";
        let (status, body) = parse(answer).unwrap();
        assert_eq!(status, 404);
        assert_eq!(body["a"], 1);
        assert!(parse(b"nonsense").is_none());
    }
}
