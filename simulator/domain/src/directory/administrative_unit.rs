//! Administrative units: parts of a directory that roles can be limited to.

use super::kept::Kept;
use crate::id::ObjectId;
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq)]
pub struct AdministrativeUnit {
    pub id: ObjectId,
    pub display_name: String,
    pub description: Option<String>,
    /// Only administrators of the unit manage its members (`isMemberManagementRestricted`).
    pub restricted: bool,
    pub created: Timestamp,
    /// What nothing here acts on.
    pub kept: Kept,
}

impl AdministrativeUnit {
    /// A unit with a name and nothing else.
    pub fn new(id: ObjectId, display_name: String, created: Timestamp) -> Self {
        Self {
            id,
            display_name,
            description: None,
            restricted: false,
            created,
            kept: Kept::default(),
        }
    }
}
