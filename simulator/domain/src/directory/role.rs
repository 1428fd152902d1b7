//! Directory roles held by users, groups and service principals, and roles that the tenant defines itself.

use uuid::Uuid;

use crate::id::{ObjectId, RoleTemplateId};

/// Global Administrator.
pub const GLOBAL_ADMINISTRATOR: RoleTemplateId =
    RoleTemplateId::from_u128(0x62e9_0394_69f5_4237_9190_0121_7714_5e10);

/// One role assignment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DirectoryRoleAssignment {
    pub id: Uuid,
    pub principal: ObjectId,
    pub role: RoleTemplateId,
    pub scope: RoleScope,
}

/// Where a role counts (`directoryScopeId`).
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum RoleScope {
    /// `/`
    #[default]
    Directory,
    /// `/administrativeUnits/{id}`
    Unit(ObjectId),
    /// `/{id}`: one object, an application for instance.
    Object(ObjectId),
}

/// A role that the tenant defines itself (`unifiedRoleDefinition` that is not built in).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RoleDefinition {
    /// The template's id too, unless the creator chose another.
    pub id: RoleTemplateId,
    pub template: RoleTemplateId,
    pub display_name: String,
    pub description: Option<String>,
    pub enabled: bool,
    pub version: Option<String>,
    /// `rolePermissions`, each a list of `allowedResourceActions` and a condition.
    pub permissions: Vec<RolePermission>,
}

/// What a role allows.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RolePermission {
    /// `microsoft.directory/applications/basic/update`, …
    pub actions: Vec<String>,
    pub condition: Option<String>,
}

impl RoleScope {
    /// `directoryScopeId`
    pub fn text(self) -> String {
        match self {
            Self::Directory => "/".to_owned(),
            Self::Unit(id) => format!("/administrativeUnits/{id}"),
            Self::Object(id) => format!("/{id}"),
        }
    }

    /// Reads a `directoryScopeId`.
    pub fn parse(text: &str) -> Option<Self> {
        let path = text.strip_prefix('/')?;
        if path.is_empty() {
            return Some(Self::Directory);
        }
        match path.split_once('/') {
            Some((set, id)) if set.eq_ignore_ascii_case("administrativeUnits") => {
                id.parse().ok().map(Self::Unit)
            }
            Some(_) => None,
            None => path.parse().ok().map(Self::Object),
        }
    }
}
