//! Origins, and which relying-party ids they may use.
//!
//! Sources: WebAuthn Level 3, section 5.1.3, steps 7 and 8 (effective domain, registrable suffix); HTML,
//! "is a registrable domain suffix of or is equal to"; the Public Suffix List. Related origins (section 5.11)
//! would need the network and are not followed.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::ClientError;

/// An origin with a host name: scheme, host, and perhaps a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    text: String,
    host: String,
}

impl Origin {
    /// Reads an origin as the browser serialises it, such as `https://login.microsoft.com`.
    pub fn parse(text: &str) -> Result<Self, ClientError> {
        let refuse = |reason: &str| {
            ClientError::security(format!(
                "{text:?} is no origin that can use credentials: {reason}. It looks like https://login.example.com"
            ))
        };
        let (scheme, rest) = text
            .split_once("://")
            .ok_or_else(|| refuse("it has no scheme"))?;
        // A trailing slash is what people paste; anything after it is not part of an origin.
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '?', '#', '@', '\\']) {
            return Err(refuse("it has more than scheme, host and port"));
        }
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !rest.ends_with(']') => (host, Some(port)),
            _ => (rest, None),
        };
        let port_number = port
            .map(str::parse::<u16>)
            .transpose()
            .map_err(|_| refuse("the port is no number"))?;
        let host = host.to_ascii_lowercase();
        if host.parse::<Ipv4Addr>().is_ok()
            || host.starts_with('[')
            || host.parse::<Ipv6Addr>().is_ok()
        {
            return Err(refuse("an IP address is no domain"));
        }
        if !is_domain(&host) {
            return Err(refuse(
                "the host is no domain name; write international names in punycode",
            ));
        }
        let secure = scheme == "https" || (scheme == "http" && is_localhost(&host));
        if !secure {
            return Err(refuse(
                "only https, or http on localhost, is a secure context",
            ));
        }
        let usual = if scheme == "https" { 443 } else { 80 };
        let text = match port_number {
            Some(port) if port != usual => format!("{scheme}://{host}:{port}"),
            _ => format!("{scheme}://{host}"),
        };
        Ok(Self { text, host })
    }

    /// As it stands in client data.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The effective domain.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The relying-party id to use: the one asked for, if it is the host or a registrable suffix of it, or
    /// the host.
    pub fn rp_id(&self, asked: Option<&str>) -> Result<String, ClientError> {
        let Some(asked) = asked else {
            return Ok(self.host.clone());
        };
        let refuse = |reason: &str| {
            Err(ClientError::security(format!(
                "the relying party ID {asked:?} cannot be used on {}: {reason}",
                self.text
            )))
        };
        if asked == self.host {
            return Ok(asked.to_owned());
        }
        if !is_domain(asked) {
            return refuse("it is no domain name in lower case");
        }
        let suffix = self
            .host
            .strip_suffix(asked)
            .is_some_and(|rest| rest.ends_with('.'));
        if !suffix {
            return refuse("it is neither the host nor a suffix of it");
        }
        if is_public_suffix(asked) {
            return refuse("it is a public suffix, which many parties share");
        }
        Ok(asked.to_owned())
    }
}

/// Whether anybody can register names below this one. A single label that is on no list counts as one.
fn is_public_suffix(domain: &str) -> bool {
    psl::suffix_str(domain) == Some(domain)
}

fn is_localhost(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

/// Labels of letters, digits, hyphens and underscores, as the URL standard's domain parser leaves them.
fn is_domain(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte)
            })
    };
    let numeric_end = host
        .rsplit('.')
        .next()
        .is_some_and(|last| !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()));
    host.len() <= 253 && !numeric_end && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn an_origin_is_scheme_host_and_an_unusual_port() {
        let serialised = |text: &str| Origin::parse(text).map(|origin| origin.as_str().to_owned());
        assert_eq!(
            serialised("https://Login.Example.com/"),
            Ok("https://login.example.com".to_owned())
        );
        assert_eq!(
            serialised("https://example.com:443"),
            Ok("https://example.com".to_owned())
        );
        assert_eq!(
            serialised("https://example.com:8443"),
            Ok("https://example.com:8443".to_owned())
        );
        assert_eq!(
            serialised("http://localhost:8080"),
            Ok("http://localhost:8080".to_owned())
        );
        for wrong in [
            "example.com",
            "http://example.com",
            "https://",
            "https://192.0.2.1",
            "https://[2001:db8::1]",
            "https://[2001:db8::1]:443",
            "https://example.com/path",
            "https://user@example.com",
            "https://example.com:99999",
            "https://exa mple.com",
            "https://bücher.example",
            "https://.example.com",
            "https://1.2.3",
            "null",
            "",
        ] {
            let error = Origin::parse(wrong).expect_err(wrong);
            assert_eq!(error.name, "SecurityError", "{wrong}");
        }
    }

    #[test]
    fn the_relying_party_id_is_the_host_or_a_registrable_suffix() {
        let allowed = |origin: &str, rp_id: Option<&str>| {
            Origin::parse(origin).expect("an origin").rp_id(rp_id).ok()
        };
        let login = "https://login.microsoft.com";
        assert_eq!(allowed(login, None).as_deref(), Some("login.microsoft.com"));
        assert_eq!(
            allowed(login, Some("login.microsoft.com")).as_deref(),
            Some("login.microsoft.com")
        );
        assert_eq!(
            allowed(login, Some("microsoft.com")).as_deref(),
            Some("microsoft.com")
        );
        for wrong in [
            "com",
            "icrosoft.com",
            "a.login.microsoft.com",
            "example.com",
            "",
            "Microsoft.com",
            ".com",
        ] {
            assert_eq!(allowed(login, Some(wrong)), None, "{wrong}");
        }
        assert_eq!(allowed("https://a.github.io", Some("github.io")), None);
        assert_eq!(allowed("https://shop.example.co.uk", Some("co.uk")), None);
        assert_eq!(
            allowed("https://shop.example.co.uk", Some("example.co.uk")).as_deref(),
            Some("example.co.uk")
        );
        assert_eq!(
            allowed("http://localhost", Some("localhost")).as_deref(),
            Some("localhost")
        );
        assert_eq!(
            allowed(
                "https://login.microsoftonline.com",
                Some("login.microsoft.com")
            ),
            None
        );
        assert_eq!(
            allowed("http://app.localhost", Some("localhost")),
            None,
            "unlisted, so public"
        );
    }
}
