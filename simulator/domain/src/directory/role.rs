//! Directory roles held by users and service principals.

use uuid::Uuid;

use crate::id::{ObjectId, RoleTemplateId};

/// Global Administrator.
pub const GLOBAL_ADMINISTRATOR: RoleTemplateId =
    RoleTemplateId::from_u128(0x62e9_0394_69f5_4237_9190_0121_7714_5e10);

/// One role assignment in the scope of the whole directory.
#[derive(Clone, Debug)]
pub struct DirectoryRoleAssignment {
    pub id: Uuid,
    pub principal: ObjectId,
    pub role: RoleTemplateId,
}
