//! `$select`: which properties an answer shows.

use std::borrow::Cow;

use entrasim_domain::tenant::Tenant;
use serde_json::{Map, Value, json};

use super::{Row, Type, Version, id_first, type_of};
use crate::surface::graph::error::{GraphError, QueryPart};

/// Whether a name is that of a property that some registration defines, `extension_{appId}_{name}`.
pub(in crate::surface::graph) fn is_extension(name: &str) -> bool {
    let head = name.get(.."extension_".len());
    head.is_some_and(|head| head.eq_ignore_ascii_case("extension_"))
}

/// The properties to return, in their order.
pub(in crate::surface::graph) struct Selection {
    kind: &'static dyn Type,
    /// `None` for the default ones of each object.
    places: Option<Vec<usize>>,
    version: Version,
    /// What stands in parentheses in `@odata.context`, without them.
    pub(in crate::surface::graph) names: Vec<Cow<'static, str>>,
    /// Extension properties by their full names; who asks has looked whether they are defined.
    extensions: Vec<String>,
}

impl Selection {
    /// What `$select` asks for, or the default.
    pub(in crate::surface::graph) fn bind(
        kind: &'static dyn Type,
        select: Option<&[String]>,
        version: Version,
    ) -> Result<Self, GraphError> {
        let Some(asked) = select else {
            return Ok(Self {
                kind,
                places: None,
                names: Vec::new(),
                extensions: Vec::new(),
                version,
            });
        };
        let mut places: Vec<usize> = Vec::new();
        let mut names = Vec::new();
        let mut extensions = Vec::new();
        let mut all = false;
        for name in asked {
            if name == "*" {
                all = true;
                let defaults = kind
                    .all_facts()
                    .filter(|(_, facts)| facts.default && facts.is_in(version));
                places.extend(defaults.map(|(at, _)| at));
            } else if is_extension(name) && kind.name() == "user" {
                names.push(Cow::Owned(name.clone()));
                extensions.push(name.clone());
            } else if let Some(navigation) = kind.navigation(name) {
                // A navigation that is selected and not expanded shows nothing.
                names.push(Cow::Borrowed(navigation.name));
            } else {
                let (at, facts) = kind.property(name, QueryPart::Select)?;
                if !facts.is_in(version) {
                    return Err(kind.absent(name, QueryPart::Select));
                }
                if !places.contains(&at) {
                    places.push(at);
                    names.push(Cow::Borrowed(facts.name));
                }
            }
        }
        let mut seen = Vec::new();
        places.retain(|at| {
            let new = !seen.contains(at);
            seen.push(*at);
            new
        });
        Ok(Self {
            kind,
            places: Some(places),
            version,
            names: if all { vec![Cow::Borrowed("*")] } else { names },
            extensions,
        })
    }

    /// One object with what is selected of it; in a mixed collection its type comes first.
    pub(in crate::surface::graph) fn entity(
        &self,
        tenant: &Tenant,
        row: Row<'_>,
    ) -> Map<String, Value> {
        let mixed = self.kind.mixed();
        let mut members = Map::new();
        if mixed {
            let name = format!("#microsoft.graph.{}", type_of(row).name());
            members.insert("@odata.type".to_owned(), json!(name));
        }
        let mut shown = match &self.places {
            None if mixed => type_of(row).defaults(tenant, row, self.version),
            None => self.kind.defaults(tenant, row, self.version),
            Some(places) => places
                .iter()
                .filter_map(|at| {
                    let name = self.kind.facts(*at)?.name;
                    // Objects of a mixed collection have each their own properties.
                    let known = !mixed || type_of(row).place(name).is_some();
                    known.then(|| (name.to_owned(), self.kind.value(*at, tenant, row)))
                })
                .collect(),
        };
        if mixed && self.places.is_none() {
            shown = id_first(shown);
        }
        members.append(&mut shown);
        // A value that is not there is not shown as null.
        if let Row::User(user) = row {
            for name in &self.extensions {
                let mut all = user.profile().extensions.iter();
                let found = all.find(|(known, _)| known.eq_ignore_ascii_case(name));
                members.extend(found.map(|(name, value)| (name.clone(), value.clone())));
            }
        }
        members
    }
}
