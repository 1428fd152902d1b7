//! One HTTP request, whole: what the listener hands to routing. Nothing here knows a surface.

use bytes::Bytes;
use entrasim_domain::time::Timestamp;
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;

/// A request as the simulated host sees it, its body already read (and bounded) by the listener.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    /// `https` or `http`, as the client believes it.
    pub scheme: Scheme,
    /// Host with the port if the client named one (from the `Host` header, `:authority`, or the absolute URL).
    pub authority: String,
    /// The raw path, still percent-encoded, starting with `/`.
    pub path: String,
    /// The raw query without `?`; empty if there is none.
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// The one instant of this request by the machine's clock; a tenant's own clock is derived from it.
    pub arrived: Timestamp,
    /// The user name given to the proxy, if any: it selects the tenant whose machine the client runs on.
    pub proxy_user: Option<String>,
}

/// How the client reached us.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scheme {
    Http,
    Https,
}

impl Scheme {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl Request {
    /// The host without its port, in lower case.
    pub fn host(&self) -> String {
        let authority = self.authority.as_str();
        let host = match authority.rsplit_once(':') {
            Some((host, port))
                if port.bytes().all(|b| b.is_ascii_digit()) && !host.ends_with(':') =>
            {
                host
            }
            _ => authority,
        };
        host.to_ascii_lowercase()
    }

    /// `https://host:port`, as the caller wrote it: absolute URLs in answers start with it.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme.as_str(), self.authority)
    }

    /// A header's text, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.headers
            .get_all("cookie")
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.to_owned())
    }

    /// Whether the body is declared as `media_type` (parameters and case ignored).
    pub fn has_content_type(&self, media_type: &str) -> bool {
        self.header("content-type")
            .and_then(|value| value.split(';').next())
            .is_some_and(|value| value.trim().eq_ignore_ascii_case(media_type))
    }

    /// The path's segments, percent-decoded; empty ones (from doubled slashes) are dropped.
    pub fn segments(&self) -> Vec<String> {
        self.path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect()
    }
}
