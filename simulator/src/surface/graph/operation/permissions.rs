//! Who may call an operation: the published permissions data, as a table beside the rows.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::surface::graph::schema::Version;

/// The permissions of one operation.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::surface::graph) struct Allowed {
    /// Scopes of which one is enough; `None` if no person can call it.
    pub(in crate::surface::graph) delegated: Option<Vec<String>>,
    /// App roles of which one is enough; `None` if no app can call it.
    pub(in crate::surface::graph) application: Option<Vec<String>>,
    /// With the permission on the left, one of those on the right is needed too.
    #[serde(default)]
    pub(in crate::surface::graph) and: BTreeMap<String, Vec<String>>,
    only: Option<String>,
    /// Not from the published permissions data but from this page.
    pub(in crate::surface::graph) source: Option<String>,
}

impl Allowed {
    /// The version that has it, if the other has not.
    pub(in crate::surface::graph) fn only(&self) -> Option<Version> {
        match self.only.as_deref() {
            Some("beta") => Some(Version::Beta),
            Some(_) => Some(Version::V1),
            None => None,
        }
    }
}

static TABLE: LazyLock<BTreeMap<String, Allowed>> = LazyLock::new(|| {
    let text = include_str!("../../../../data/graph_operations.toml");
    toml::from_str(text).unwrap_or_default()
});

/// The permissions of an operation; nobody may call one that has no row.
pub(in crate::surface::graph) fn allowed(method: &str, template: &str) -> &'static Allowed {
    static NOBODY: LazyLock<Allowed> = LazyLock::new(Allowed::default);
    TABLE
        .get(&format!("{method} {template}"))
        .unwrap_or(&NOBODY)
}

/// The operations that have permissions.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TABLE.keys().map(String::as_str)
}
