//! One HTTP answer, whole: what a surface hands back to the listener.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde::Serialize;

/// An answer with its body in memory.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Reply {
    /// An answer without a body.
    pub fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// `body` as `application/json; charset=utf-8`.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Self {
        // Our wire types hold only strings, numbers, lists and string-keyed maps: they always serialise.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self::with_body(status, "application/json; charset=utf-8", body)
    }

    pub fn html(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::with_body(status, "text/html; charset=utf-8", body)
    }

    pub fn text(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::with_body(status, "text/plain; charset=utf-8", body)
    }

    pub fn with_body(
        status: StatusCode,
        content_type: &'static str,
        body: impl Into<Bytes>,
    ) -> Self {
        let mut reply = Self {
            status,
            // Room for what every surface adds, so that the map does not grow on the way.
            headers: HeaderMap::with_capacity(24),
            body: body.into(),
        };
        reply
            .headers
            .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        reply
    }

    /// Sets a header; a value that cannot stand in a header is dropped rather than sent broken.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    /// Adds a `Set-Cookie`.
    #[must_use]
    pub fn cookie(mut self, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.append(http::header::SET_COOKIE, value);
        }
        self
    }

    /// Sets headers whose values are known at compile time.
    #[must_use]
    pub fn fixed_headers(mut self, headers: &[(&'static str, &'static str)]) -> Self {
        for (name, value) in headers {
            self.headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        self
    }
}
