//! Microsoft's published operations and permissions beside the simulator's tables: which row an operation falls under.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use entrasim::surface::graph::declared::{self, DeclaredOperation};
use serde_json::Value;

use crate::contract::schema::{Contract, Version};

/// An operation of the published description, of the published permissions, or of both.
#[derive(Clone, Debug, Default)]
pub(crate) struct Published {
    pub(crate) method: String,
    /// `/users/{user-id}`
    pub(crate) path: String,
    pub(crate) versions: Vec<Version>,
    /// It has a row in the published permissions.
    pub(crate) has_permissions: bool,
    pub(crate) delegated: Option<Vec<String>>,
    pub(crate) application: Option<Vec<String>>,
    pub(crate) and: BTreeMap<String, Vec<String>>,
}

/// All of them, by path and method.
pub(crate) static PUBLISHED: LazyLock<Vec<Published>> = LazyLock::new(|| {
    let mut all: BTreeMap<(String, String), Published> = BTreeMap::new();
    let mut entry = |method: &str, path: &str, fill: &dyn Fn(&mut Published)| {
        let published = all.entry((path.to_owned(), method.to_owned())).or_default();
        method.clone_into(&mut published.method);
        path.clone_into(&mut published.path);
        fill(published);
    };
    for version in [Version::V1, Version::Beta] {
        for operation in &Contract::of(version).operations {
            entry(&operation.method, &operation.path, &|published| {
                published.versions.push(version);
            });
        }
    }
    let mut lines = include_str!("../../data/graph_permissions.jsonl")
        .lines()
        .skip(1);
    let names: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    for line in lines {
        let line: Value = serde_json::from_str(line).unwrap();
        let (method, path) = line["op"].as_str().unwrap().split_once(' ').unwrap();
        let names = |member: &str| {
            let numbers = line[member].as_array()?.iter();
            let name =
                |number: &Value| names["names"][usize::try_from(number.as_u64()?).ok()?].as_str();
            Some(
                numbers
                    .map(|number| name(number).unwrap().to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        let companions = names("companions").unwrap_or_default();
        // What never suffices alone, and agents and other clouds, which are not simulated.
        let counts = |name: &String| {
            !companions.contains(name)
                && !name.starts_with("AgentId")
                && !name.ends_with(".CrossCloud")
        };
        let kept = |member: &str| {
            names(member).map(|names| names.into_iter().filter(counts).collect::<Vec<_>>())
        };
        entry(method, path, &|published| {
            published.has_permissions = true;
            published.delegated = kept("delegated");
            published.application = kept("application");
            published.and = serde_json::from_value(line["and"].clone()).unwrap_or_default();
            // All of them are needed: what cannot do anything alone stands beside what can.
            let all: Vec<String> = serde_json::from_value(line["all"].clone()).unwrap_or_default();
            let (beside, alone): (Vec<_>, Vec<_>) =
                all.into_iter().partition(|name| companions.contains(name));
            published
                .and
                .extend(alone.into_iter().map(|name| (name, beside.clone())));
        });
    }
    all.into_values().collect()
});

/// First segments of what the simulator is said to have whole; `$batch` is routed before the table is asked.
pub(crate) const WHOLE: &[&str] = &[
    "applications",
    "directory",
    "directoryObjects",
    "directoryRoleTemplates",
    "directoryRoles",
    "domains",
    "groups",
    "me",
    "oauth2PermissionGrants",
    "organization",
    "roleManagement",
    "servicePrincipals",
    "subscribedSkus",
    "users",
];

impl Published {
    /// The path with `{id}` for each key, `/users/{id}` for `/me`, and nothing between the parentheses of a function.
    pub(crate) fn template(&self) -> String {
        template(&self.path)
    }

    /// The row of the table that it falls under.
    pub(crate) fn declared(&self) -> Option<DeclaredOperation> {
        let mut path = self.template();
        loop {
            let row = self
                .forms(&path)
                .iter()
                .find_map(|form| find(&self.method, form));
            if row.is_some() || self.method != "GET" {
                return row;
            }
            let (base, last) = path.rsplit_once('/')?;
            if !(last == "$count" || last == "$ref" || last.starts_with("graph.")) {
                return None;
            }
            path = base.to_owned();
        }
    }

    /// The paths that a row for this one may have.
    fn forms(&self, template: &str) -> Vec<String> {
        // The actions of all directory objects are those of every set of them.
        const SETS: &[&str] = &[
            "users",
            "me",
            "groups",
            "applications",
            "servicePrincipals",
            "directoryRoles",
            "organization",
        ];
        let mut forms = Vec::new();
        if let Some(rest) = template
            .strip_prefix("/users/{id}")
            .filter(|_| first(&self.path) == "me")
        {
            forms.push(format!("/me{rest}"));
        }
        forms.push(template.to_owned());
        // The strengths have two addresses.
        for other in ["authenticationStrength", "authenticationStrengths"] {
            let root = format!("/identity/conditionalAccess/{other}");
            if let Some(rest) = template.strip_prefix(&format!("{root}/policies")) {
                forms.push(format!("/policies/authenticationStrengthPolicies{rest}"));
            }
            if let Some(rest) = template.strip_prefix(&root) {
                forms.push(format!(
                    "/identity/conditionalAccess/authenticationStrength{rest}"
                ));
            }
        }
        if SETS.contains(&first(&self.path)) {
            let rest = template
                .split('/')
                .skip(2)
                .map(|segment| format!("/{segment}"));
            forms.push(format!("/directoryObjects{}", rest.collect::<String>()));
        }
        forms
    }
}

fn find(method: &str, template: &str) -> Option<DeclaredOperation> {
    static ROWS: LazyLock<BTreeMap<String, DeclaredOperation>> = LazyLock::new(|| {
        let name =
            |row: &DeclaredOperation| format!("{} {}", row.method, without_arguments(row.template));
        declared::operations()
            .map(|row| (name(&row), row))
            .collect()
    });
    ROWS.get(&format!("{method} {}", without_arguments(template)))
        .copied()
}

/// Whether two paths are the same but for what a function at their ends takes.
pub(crate) fn same_function(path: &str, other: &str) -> bool {
    path == other
        || (path.contains(')')
            && without_arguments(&template(path)) == without_arguments(&template(other)))
}

/// A path without what its functions take.
fn without_arguments(template: &str) -> String {
    let segments = template
        .split('/')
        .map(|segment| segment.split('(').next().unwrap_or_default());
    segments.collect::<Vec<_>>().join("/")
}

pub(crate) fn first(path: &str) -> &str {
    let first = path
        .split('/')
        .find(|segment| !segment.is_empty())
        .unwrap_or_default();
    first.split('(').next().unwrap_or_default()
}

pub(crate) fn template(path: &str) -> String {
    let mut template = String::new();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let (name, arguments) = match segment.split_once('(') {
            Some((name, arguments)) => (name, arguments.trim_end_matches(')')),
            None => (segment, ""),
        };
        if segment.starts_with('{') {
            template.push_str("/{id}");
        } else if template.is_empty() && name == "me" {
            template.push_str("/users/{id}");
        } else if is_key(arguments) || (template.is_empty() && !arguments.is_empty()) {
            template.push_str(&format!("/{name}/{{id}}"));
        } else {
            template.push_str(&format!("/{segment}"));
        }
    }
    template
}

/// `name='{name}'`: an alternate key, and not what a function takes.
fn is_key(arguments: &str) -> bool {
    let period = arguments.starts_with("period=");
    !period
        && arguments
            .split_once("='{")
            .is_some_and(|(name, rest)| rest == format!("{name}}}'"))
}
