//! The built-in Azure roles and what they allow. Reads the table under `data/`.

use std::sync::LazyLock;

use serde::Deserialize;
use uuid::Uuid;

use crate::catalogue;

/// A built-in role.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleDefinition {
    #[serde(deserialize_with = "catalogue::guid")]
    pub id: Uuid,
    pub name: String,
    pub description: String,
    pub actions: Vec<String>,
    #[serde(default)]
    pub not_actions: Vec<String>,
    #[serde(default)]
    pub data_actions: Vec<String>,
}

/// The built-in roles, in the order of the table.
pub fn role_definitions() -> &'static [RoleDefinition] {
    #[derive(Deserialize)]
    struct Table {
        role: Vec<RoleDefinition>,
    }
    static TABLE: LazyLock<Vec<RoleDefinition>> = LazyLock::new(|| {
        catalogue::parse::<Table>(include_str!("../../data/azure_roles.toml")).role
    });
    &TABLE
}

/// The built-in role with this id.
pub fn role_definition(id: Uuid) -> Option<&'static RoleDefinition> {
    role_definitions().iter().find(|role| role.id == id)
}

impl RoleDefinition {
    /// Whether the role allows an action: one of its actions matches and none of its exceptions does.
    pub fn allows(&self, action: &str) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, action));
        any(&self.actions) && !any(&self.not_actions)
    }
}

/// `*` stands for any text, slashes included; case is ignored (Microsoft Learn, role definitions).
fn matches(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = action.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut tail = None;
    for part in parts {
        if let Some(middle) = tail.replace(part) {
            let Some(at) = rest.find(middle) else {
                return false;
            };
            rest = &rest[at + middle.len()..];
        }
    }
    match tail {
        None => rest.is_empty(),
        Some(tail) => rest.ends_with(tail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::azure::role::{CONTRIBUTOR, OWNER, READER, USER_ACCESS_ADMINISTRATOR};

    #[test]
    fn patterns_match_by_stars_and_without_case() {
        assert!(matches("*", "Microsoft.Storage/storageAccounts/write"));
        assert!(matches("*/read", "Microsoft.Storage/storageAccounts/READ"));
        assert!(matches("a/*/b/*/c", "A/x/b/y/z/c"));
        assert!(!matches("a/*/b/*/c", "a/x/b/c"));
        assert!(!matches("*/read", "x/write"));
        assert!(!matches("a/read", "a/readmore"));
        assert!(matches("**é*", "xÉéy") && !matches("é*é", "é") && matches("", ""));
    }

    #[test]
    fn each_role_allows_what_its_name_says() {
        let allows = |role, action| role_definition(role).unwrap().allows(action);
        let assign = "Microsoft.Authorization/roleAssignments/write";
        assert!(allows(OWNER, assign));
        assert!(allows(USER_ACCESS_ADMINISTRATOR, assign));
        assert!(!allows(CONTRIBUTOR, assign));
        assert!(allows(
            CONTRIBUTOR,
            "Microsoft.Storage/storageAccounts/write"
        ));
        assert!(!allows(READER, "Microsoft.Storage/storageAccounts/write"));
        assert!(allows(READER, "Microsoft.Storage/storageAccounts/read"));
    }
}
