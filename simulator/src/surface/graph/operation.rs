//! The operations of Graph, one row each: method, path, handler, and the directory action that people need. Routing, the
//! permission check, 501 by name and the coverage page all read these rows.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::resource::Resource;
use super::{Answer, Graph};

mod administrative_units;
mod applications;
mod audit_logs;
mod devices;
mod directory;
mod directory_objects;
mod directory_role_templates;
mod directory_roles;
mod domains;
mod groups;
mod identity;
mod invitations;
mod me;
mod oauth2_permission_grants;
mod organization;
pub(super) mod outside;
mod permissions;
mod policies;
mod reports;
mod role_management;
mod service_principals;
mod subscribed_skus;
mod users;

pub(super) use permissions::{Allowed, allowed};

const TABLES: &[&[Operation]] = &[
    administrative_units::ROWS,
    applications::ROWS,
    audit_logs::ROWS,
    devices::ROWS,
    directory::ROWS,
    directory::authentication_method_devices::ROWS,
    directory_objects::ROWS,
    directory_role_templates::ROWS,
    directory_roles::ROWS,
    domains::ROWS,
    groups::ROWS,
    identity::ROWS,
    invitations::ROWS,
    me::ROWS,
    oauth2_permission_grants::ROWS,
    organization::ROWS,
    policies::ROWS,
    reports::ROWS,
    role_management::ROWS,
    service_principals::ROWS,
    subscribed_skus::ROWS,
    users::ROWS,
    users::authentication::ROWS,
];

const DELETE: &str = "DELETE";
const GET: &str = "GET";
const PATCH: &str = "PATCH";
const POST: &str = "POST";
const PUT: &str = "PUT";
/// What the entity tables declare is read.
const READ: Handler = Handler::Read;
const DELTA: Handler = Handler::Delta;
const UNSIMULATED: Handler = Handler::Unsimulated;

/// What answers an operation.
#[derive(Clone, Copy)]
pub(super) enum Handler {
    Read,
    Delta,
    /// A function of its own.
    Call(fn(&Graph<'_, '_>, &Resource<'_>) -> Answer),
    /// The real service has it: 501 by name.
    Unsimulated,
}

/// One row.
#[derive(Clone, Copy)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    /// The path in the spelling of the reference, with `{id}` for each key.
    pub(super) template: &'static str,
    pub(super) handler: Handler,
    /// The action under `microsoft.directory/` that a person must be allowed, or several, of which one is enough, with `|`
    /// between them; `self` for one's own account only. `{class}`
    /// stands for the set of the object in question.
    pub(super) needs: &'static str,
    /// Resource units (Microsoft Graph throttling limits).
    pub(super) units: u8,
    /// Members of the body that people need another action for than for the rest: one of those named.
    pub(super) apart: &'static [(&'static str, &'static [&'static str])],
    /// Permissions that are enough for some members of the body only.
    pub(super) each: &'static [MemberRule],
    /// People may do it to their own account, as long as they write nothing but these members; none named: whatever they
    /// write.
    pub(super) own: Option<&'static [&'static str]>,
}

/// A permission that is enough for these members of a body.
pub(super) struct MemberRule {
    pub(super) permission: &'static str,
    pub(super) members: &'static [&'static str],
}

/// A row.
const fn op(method: &'static str, template: &'static str, handler: Handler) -> Operation {
    Operation {
        method,
        template,
        handler,
        needs: "",
        units: 1,
        apart: &[],
        each: &[],
        own: None,
    }
}

/// A row with a function of its own.
const fn call(handler: fn(&Graph<'_, '_>, &Resource<'_>) -> Answer) -> Handler {
    Handler::Call(handler)
}

impl Operation {
    const fn needs(mut self, action: &'static str) -> Self {
        self.needs = action;
        self
    }

    const fn units(mut self, units: u8) -> Self {
        self.units = units;
        self
    }

    const fn apart(mut self, members: &'static [(&'static str, &'static [&'static str])]) -> Self {
        self.apart = members;
        self
    }

    const fn each(mut self, rules: &'static [MemberRule]) -> Self {
        self.each = rules;
        self
    }

    const fn own(mut self, members: &'static [&'static str]) -> Self {
        self.own = Some(members);
        self
    }

    /// What the permissions data says of it.
    pub(super) fn allowed(&self) -> &'static Allowed {
        allowed(self.method, self.template)
    }
}

/// All rows.
pub(super) fn rows() -> impl Iterator<Item = &'static Operation> {
    TABLES.iter().flat_map(|table| table.iter())
}

/// Finds rows by path.
pub(super) struct Router {
    rows: BTreeMap<&'static str, Vec<&'static Operation>>,
    /// Every beginning of every template, folded, to its own spelling.
    beginnings: BTreeMap<String, &'static str>,
}

pub(super) static ROUTER: LazyLock<Router> = LazyLock::new(|| {
    let mut router = Router {
        rows: BTreeMap::new(),
        beginnings: BTreeMap::new(),
    };
    for row in rows() {
        router.rows.entry(row.template).or_default().push(row);
        let template = row.template;
        let ends = template
            .match_indices('/')
            .map(|(at, _)| at)
            .skip(1)
            .chain([template.len()]);
        for beginning in ends.filter_map(|end| template.get(..end)) {
            router.beginnings.insert(fold(beginning), beginning);
        }
    }
    router
});

/// A path without regard to case and to what functions take.
fn fold(template: &str) -> String {
    let names = template
        .split('/')
        .map(|segment| match segment.strip_suffix(')') {
            Some(call) => call.split('(').next().unwrap_or_default(),
            None => segment,
        });
    names.collect::<Vec<_>>().join("/").to_ascii_lowercase()
}

/// What the router says of a path.
pub(super) enum Route {
    Operation(&'static Operation),
    /// The path is there, with other methods.
    Method,
    Nowhere,
}

impl Router {
    /// The path that continues `template` by `name`, as the rows spell it.
    pub(super) fn child(&self, template: &str, name: &str) -> Option<&'static str> {
        let folded = fold(&format!("{template}/{name}"));
        self.beginnings.get(&folded).copied()
    }

    /// Whether rows stand below the path, though none for the path itself.
    pub(super) fn leads_on(&self, resource: &Resource<'_>) -> bool {
        self.beginnings.contains_key(&fold(&resource.template))
    }

    /// The row for a resource, or for what it is derived from: sizes, references, casts and values of what can be read,
    /// the signed-in user for a user, and the actions of all directory objects for each kind of them.
    pub(super) fn find(&self, method: &str, resource: &Resource<'_>) -> Route {
        let mut there = false;
        for template in forms(resource) {
            let mut shortened = template.as_str();
            loop {
                if let Some(rows) = self.rows.get(shortened) {
                    let exact = shortened.len() == template.len();
                    let row = rows.iter().find(|row| row.method == method);
                    if let Some(row) = row.filter(|_| exact || method == GET) {
                        return Route::Operation(row);
                    }
                    there |= exact || resource.is_declared();
                }
                match derived(shortened, resource) {
                    Some(base) => shortened = base,
                    None => break,
                }
            }
        }
        if there { Route::Method } else { Route::Nowhere }
    }
}

/// The templates that a path can have, the closest first.
fn forms(resource: &Resource<'_>) -> Vec<String> {
    let template = &resource.template;
    let mut forms = Vec::new();
    if let Some(rest) = template.strip_prefix("/users/{id}").filter(|_| resource.me) {
        forms.push(format!("/me{rest}"));
    }
    forms.push(template.clone());
    if let Some(set) = resource.directory_set() {
        let rest = template.get(set.len() + 1..).unwrap_or_default();
        forms.push(format!("/directoryObjects{rest}"));
    }
    forms
}

/// What a read is derived from: the path without its last segment, as long as the entity tables declare it.
fn derived<'t>(template: &'t str, resource: &Resource<'_>) -> Option<&'t str> {
    let (base, last) = template.rsplit_once('/')?;
    let follows = last.starts_with('$') || last.starts_with("graph.") || resource.is_declared();
    (follows && !base.is_empty()).then_some(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_stands_in_the_rows_once() {
        let mut names: Vec<String> = rows()
            .map(|row| format!("{} {}", row.method, row.template))
            .collect();
        names.sort();
        let all = names.len();
        names.dedup();
        assert_eq!((all, names.len()), (389, 389));
    }

    #[test]
    fn rows_and_permissions_are_about_the_same_operations() {
        let mut rows: Vec<String> = rows()
            .map(|row| format!("{} {}", row.method, row.template))
            .collect();
        rows.sort();
        let mut permissions: Vec<&str> = permissions::names().collect();
        permissions.sort_unstable();
        assert_eq!(rows, permissions);
    }
}
