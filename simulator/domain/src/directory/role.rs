//! Directory roles held by users, groups and service principals, and roles that the tenant defines itself.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::catalogue::{self, DirectoryRole};
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

/// A role as what it allows (`unifiedRoleDefinition`): built in, or defined by the tenant itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RoleDefinition {
    /// The template's id too, unless the creator chose another.
    pub id: RoleTemplateId,
    pub built_in: bool,
    pub template: RoleTemplateId,
    pub display_name: String,
    pub description: Option<String>,
    pub enabled: bool,
    pub version: Option<String>,
    /// `rolePermissions`, each a list of `allowedResourceActions` and a condition.
    pub permissions: Vec<RolePermission>,
    /// Roles whose permissions it has too.
    pub inherits: Vec<RoleTemplateId>,
}

/// What a role allows.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RolePermission {
    /// `microsoft.directory/applications/basic/update`, …
    pub actions: Vec<String>,
    pub condition: Option<String>,
}

impl RoleDefinition {
    /// A built-in role. Of its permissions those are known that are about what is simulated.
    pub(crate) fn built_in(role: &DirectoryRole) -> Self {
        let actions = catalogue::directory_role_actions(role.id).iter();
        let named = actions.map(|action| format!("microsoft.directory/{action}"));
        Self {
            id: role.id,
            built_in: true,
            template: role.id,
            display_name: role.name.clone(),
            description: Some(role.name.clone()),
            enabled: true,
            version: Some("1".to_owned()),
            permissions: vec![RolePermission {
                actions: named.collect(),
                condition: None,
            }],
            inherits: role.inherits.clone(),
        }
    }
}

impl DirectoryRoleAssignment {
    /// The id in Graph: the role's and the principal's in one, and a number that tells the scopes apart; 1 is the whole
    /// directory. The form is that of the documented examples.
    pub fn key(&self) -> String {
        let mut bytes = self.role.0.to_bytes_le().to_vec();
        bytes.extend(self.principal.0.to_bytes_le());
        let scope = match self.scope {
            RoleScope::Directory => 1,
            // Any number but 1 that does not change.
            RoleScope::Unit(id) | RoleScope::Object(id) => id.0.as_fields().0.max(2),
        };
        format!("{}-{scope}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The principal that an id in Graph names.
    pub fn principal_in(key: &str) -> Option<ObjectId> {
        let bytes = URL_SAFE_NO_PAD.decode(key.get(..43)?).ok()?;
        let principal: [u8; 16] = bytes.get(16..32)?.try_into().ok()?;
        Some(ObjectId(Uuid::from_bytes_le(principal)))
    }
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
