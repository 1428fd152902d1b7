//! What the tables declare, for the tests that hold them against the published description, and for the coverage page.
//! Reads the tables and nothing else.

use std::collections::BTreeMap;

use super::operation::{self, Handler, Operation};
use super::schema::{DIRECTORY_OBJECTS, REPORTS, SETS, Type, Version};

/// One row of the table of operations.
#[derive(Clone, Copy, Debug)]
pub struct DeclaredOperation {
    pub method: &'static str,
    /// The path, with `{id}` for each key.
    pub template: &'static str,
    /// Whether it is answered; 501 by name otherwise.
    pub simulated: bool,
    /// The directory action that people need, under `microsoft.directory/`.
    pub needs: &'static str,
    /// Whether people may do it to their own account.
    pub own: bool,
    /// The version that has it, if the other has not.
    pub only: Option<&'static str>,
    /// Scopes of which one is enough.
    pub delegated: Option<&'static [String]>,
    /// App roles of which one is enough.
    pub application: Option<&'static [String]>,
    /// With the permission on the left, one of those on the right is needed too.
    pub and: &'static BTreeMap<String, Vec<String>>,
    /// Where it is documented, if it is not in the published permissions.
    pub source: Option<&'static str>,
}

/// One entity type.
#[derive(Clone, Debug)]
pub struct DeclaredType {
    pub name: &'static str,
    pub properties: Vec<DeclaredProperty>,
    pub navigations: Vec<DeclaredNavigation>,
    /// What the real type has beyond that.
    pub missing: Vec<&'static str>,
}

#[derive(Clone, Debug)]
pub struct DeclaredProperty {
    pub name: &'static str,
    /// `Text`, `Boolean`, …
    pub kind: String,
    /// The version that has it, if the other has not.
    pub only: Option<&'static str>,
}

#[derive(Clone, Copy, Debug)]
pub struct DeclaredNavigation {
    pub name: &'static str,
    pub target: &'static str,
    pub many: bool,
}

/// The table of operations.
pub fn operations() -> impl Iterator<Item = DeclaredOperation> {
    operation::rows().map(|row| {
        let allowed = row.allowed();
        DeclaredOperation {
            method: row.method,
            template: row.template,
            simulated: !matches!(row.handler, Handler::Unsimulated),
            needs: row.needs,
            own: is_for_oneself(row),
            only: allowed.only().map(Version::as_str),
            delegated: allowed.delegated.as_deref(),
            application: allowed.application.as_deref(),
            and: &allowed.and,
            source: allowed.source.as_deref(),
        }
    })
}

fn is_for_oneself(row: &Operation) -> bool {
    row.own.is_some() || row.needs == "self"
}

/// Every entity type that a path can lead to.
pub fn types() -> Vec<DeclaredType> {
    let mut found: BTreeMap<&str, &'static dyn Type> = BTreeMap::new();
    let mut open: Vec<&'static dyn Type> = SETS
        .iter()
        .chain(DIRECTORY_OBJECTS)
        .chain(REPORTS)
        .copied()
        .collect();
    while let Some(kind) = open.pop() {
        if found.insert(kind.name(), kind).is_none() {
            open.extend(
                kind.navigations()
                    .iter()
                    .map(|navigation| navigation.target),
            );
        }
    }
    found
        .into_values()
        .filter(|kind| !kind.mixed())
        .map(declared)
        .collect()
}

fn declared(kind: &'static dyn Type) -> DeclaredType {
    let properties = kind.all_facts().map(|(_, facts)| DeclaredProperty {
        name: facts.name,
        kind: format!("{:?}", facts.kind),
        only: facts.only.map(Version::as_str),
    });
    let navigations = kind
        .navigations()
        .iter()
        .map(|navigation| DeclaredNavigation {
            name: navigation.name,
            target: navigation.target.name(),
            many: navigation.many,
        });
    DeclaredType {
        name: kind.name(),
        properties: properties.collect(),
        navigations: navigations.collect(),
        missing: kind
            .missing()
            .iter()
            .chain(kind.beyond())
            .copied()
            .collect(),
    }
}
