//! Administrative units: parts of a directory that roles can be limited to.

use crate::id::ObjectId;
use crate::time::Timestamp;

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AdministrativeUnit {
    pub id: ObjectId,
    pub display_name: String,
    pub description: Option<String>,
    /// `HiddenMembership`, or nothing.
    pub visibility: Option<String>,
    /// Only administrators of the unit manage its members (`isMemberManagementRestricted`).
    pub restricted: bool,
    pub created: Timestamp,
}
