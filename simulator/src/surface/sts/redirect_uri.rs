//! Redirect URIs: which ones an app has registered, and which address a request may name.

use entrasim_domain::enforcement::facts::ClientAppType;
use serde::{Deserialize, Serialize};

use super::client::Client;
use super::error::StsError;

/// The platform of a redirect URI decides how the client authenticates.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) enum Platform {
    /// Confidential.
    Web,
    /// In a browser: PKCE and cross-origin redemption.
    SinglePage,
    /// Public.
    Native,
}

impl Platform {
    /// What Conditional Access calls the app: confidential clients count as browsers (MicrosoftDocs/entra-docs
    /// concept-conditional-access-conditions.md, client apps).
    pub(super) fn client_app(self) -> ClientAppType {
        match self {
            Self::Web | Self::SinglePage => ClientAppType::Browser,
            Self::Native => ClientAppType::MobileAppsAndDesktopClients,
        }
    }
}

/// The address to answer to, and its platform. Without one in the request, the first registered is meant.
pub(super) fn check(
    client: &Client<'_>,
    asked: Option<&str>,
) -> Result<(String, Platform), StsError> {
    let registered = client.redirect_uris();
    let Some(asked) = asked else {
        return registered
            .first()
            .map(|(uri, platform)| ((*uri).to_owned(), *platform))
            .ok_or_else(|| StsError::new(500_113));
    };
    registered
        .iter()
        .find(|(uri, _)| matches(uri, asked))
        .map(|(_, platform)| (asked.to_owned(), *platform))
        .ok_or_else(|| {
            StsError::new(50011)
                .with("uri", asked)
                .with("app", client.app_id())
        })
}

/// Whether a URI is one that may be registered for an app after signing out, too.
pub(super) fn is_registered(client: &Client<'_>, asked: &str) -> bool {
    client
        .redirect_uris()
        .iter()
        .any(|(uri, _)| matches(uri, asked))
}

/// Exact, but for the port of a loopback address (RFC 8252, section 7.3; MicrosoftDocs/entra-docs reply-url.md).
fn matches(registered: &str, asked: &str) -> bool {
    if registered.contains('*') {
        return in_wildcard(registered, asked);
    }
    if registered == asked
        || without_slash(registered) == without_slash(asked) && path(registered).is_empty()
    {
        return true;
    }
    match (loopback(registered), loopback(asked)) {
        (Some((known_host, known_path)), Some((host, path))) => {
            known_host == host && trimmed(known_path) == trimmed(path)
        }
        _ => false,
    }
}

fn without_slash(uri: &str) -> &str {
    uri.strip_suffix('/').unwrap_or(uri)
}

/// `https://*.contoso.com/path` stands for the hosts one label below (MicrosoftDocs/entra-docs reply-url.md).
fn in_wildcard(registered: &str, asked: &str) -> bool {
    let (Some(parent), Some((label, rest))) = (
        registered.strip_prefix("https://*."),
        asked
            .strip_prefix("https://")
            .and_then(|rest| rest.split_once('.')),
    ) else {
        return false;
    };
    let is_label = !label.is_empty()
        && label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_bare = path(registered).is_empty();
    is_label && (rest == parent || is_bare && without_slash(rest) == without_slash(parent))
}

fn trimmed(path: &str) -> &str {
    if path == "/" { "" } else { path }
}

/// What follows the authority.
fn path(uri: &str) -> &str {
    uri.split_once("://")
        .and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]))
        .map_or("", trimmed)
}

/// Host and path of `http://localhost:port/path` and `http://127.0.0.1:port/path`.
fn loopback(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (host, port) = authority.split_once(':').unwrap_or((authority, "80"));
    let is_port = port.parse::<u16>().is_ok();
    (is_port && (host == "localhost" || host == "127.0.0.1")).then_some((host, path))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn only_the_port_of_a_loopback_address_is_free() {
        for (registered, asked, same) in [
            ("http://localhost", "http://localhost:8400", true),
            ("http://localhost", "http://localhost:8400/", true),
            ("http://localhost/cb", "http://localhost:1/cb", true),
            ("http://localhost/cb", "http://localhost:1/CB", false),
            ("http://localhost", "http://127.0.0.1:1", false),
            ("http://127.0.0.1", "http://127.0.0.1:1", true),
            ("http://localhost", "http://localhost:99999", false),
            ("http://localhost", "http://localhost.evil.example", false),
            ("http://localhost", "http://localhost:1@evil.example", false),
            ("https://app.example/cb", "https://app.example/cb", true),
            ("https://app.example/cb", "https://app.example/cb/", false),
            (
                "https://app.example/cb",
                "https://app.example:8443/cb",
                false,
            ),
            ("https://app.example", "https://app.example/", true),
            ("https://app.example", "https://app.example///", false),
            (
                "https://*.app.example/cb",
                "https://one.app.example/cb",
                true,
            ),
            ("https://*.app.example", "https://one.app.example/", true),
            (
                "https://*.app.example/cb",
                "https://one.app.example/cb/",
                false,
            ),
            ("https://*.app.example/cb", "https://app.example/cb", false),
            (
                "https://*.app.example/cb",
                "https://a.b.app.example/cb",
                false,
            ),
            (
                "https://*.app.example/cb",
                "https://evil/.app.example/cb",
                false,
            ),
            (
                "https://*.app.example/cb",
                "http://one.app.example/cb",
                false,
            ),
            (
                "https://*.app.example/cb",
                "https://*.app.example/cb",
                false,
            ),
            (
                "https://app.example/cb",
                "https://app.example/cb?x=1",
                false,
            ),
        ] {
            assert_eq!(matches(registered, asked), same, "{registered} {asked}");
        }
    }
}
