//! The host names that are simulated, and what stands behind each: read once from `data/hosts.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// What a simulated host is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "snake_case")]
pub enum SimulatedHost {
    SignIn,
    Graph,
    Arm,
    ManagedIdentity,
    Portal,
    SecurityInfo,
    WorkloadIssuer,
    /// One address of it leads to the page for device codes; the rest is 404.
    DeviceLogin,
    /// Known to exist, holds nothing: every path is 404.
    Empty,
    /// `localhost` and loopback addresses: the path decides.
    Loopback,
}

struct Hosts {
    exact: BTreeMap<String, SimulatedHost>,
    /// With the leading dot.
    suffixes: Vec<(String, SimulatedHost)>,
}

static HOSTS: LazyLock<Hosts> = LazyLock::new(|| {
    let table: BTreeMap<SimulatedHost, Vec<String>> =
        toml::from_str(include_str!("../data/hosts.toml"))
            .expect("the table is compiled in and read by a test");
    let mut hosts = Hosts {
        exact: BTreeMap::new(),
        suffixes: Vec::new(),
    };
    for (kind, names) in table {
        for name in names {
            match name.strip_prefix('*') {
                Some(suffix) => hosts.suffixes.push((suffix.to_owned(), kind)),
                None => {
                    hosts.exact.insert(name, kind);
                }
            }
        }
    }
    hosts
});

/// The host behind a name (in lower case, without port), or `None` if it is not simulated.
pub fn lookup(host: &str) -> Option<SimulatedHost> {
    if let Some(kind) = HOSTS.exact.get(host) {
        return Some(*kind);
    }
    if is_loopback(host) {
        return Some(SimulatedHost::Loopback);
    }
    HOSTS
        .suffixes
        .iter()
        .find(|(suffix, _)| host.ends_with(suffix.as_str()))
        .map(|(_, kind)| *kind)
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback() || address.is_unspecified())
}

/// The names that a certificate of the local authority may bear: exact ones, and parents of the patterns.
pub fn certificate_names() -> Vec<String> {
    let exact = HOSTS
        .exact
        .keys()
        .filter(|name| name.parse::<std::net::IpAddr>().is_err())
        .cloned();
    let parents = HOSTS
        .suffixes
        .iter()
        .map(|(suffix, _)| suffix.trim_start_matches('.').to_owned());
    let mut names: Vec<String> = exact
        .chain(parents)
        .chain(["localhost".to_owned()])
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The exact names, for a hosts file.
pub fn exact_names() -> impl Iterator<Item = &'static str> {
    HOSTS
        .exact
        .keys()
        .map(String::as_str)
        .filter(|name| name.parse::<std::net::IpAddr>().is_err())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_patterns_and_addresses_are_found() {
        assert_eq!(
            lookup("login.microsoftonline.com"),
            Some(SimulatedHost::SignIn)
        );
        assert_eq!(
            lookup("westeurope.login.microsoft.com"),
            Some(SimulatedHost::SignIn)
        );
        assert_eq!(lookup("127.0.0.1"), Some(SimulatedHost::Loopback));
        assert_eq!(lookup("[::1]"), Some(SimulatedHost::Loopback));
        assert_eq!(
            lookup("169.254.169.254"),
            Some(SimulatedHost::ManagedIdentity)
        );
        assert_eq!(lookup("evil-login.microsoft.com"), None);
        assert_eq!(lookup("example.com"), None);
    }
}
