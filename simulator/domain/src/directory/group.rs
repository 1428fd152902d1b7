//! Groups with assigned members.

use imbl::OrdSet;

use crate::id::ObjectId;
use crate::time::Timestamp;

#[derive(Clone, Debug)]
pub struct Group {
    pub id: ObjectId,
    pub display_name: String,
    pub description: Option<String>,
    pub mail_nickname: String,
    pub created: Timestamp,
    pub members: OrdSet<ObjectId>,
    pub owners: OrdSet<ObjectId>,
}
