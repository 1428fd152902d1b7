//! Why the directory refuses a change.

use thiserror::Error;

use crate::id::ObjectId;

#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum DirectoryError {
    #[error("there is no object {0}")]
    NotFound(ObjectId),
    /// Another object has this value of a property that must be unique.
    #[error("another object with the same value for property {0} already exists")]
    Conflict(&'static str),
    /// The navigation has this object already.
    #[error("the link is there already in {0}")]
    AlreadyLinked(&'static str),
    #[error("the link is not there")]
    NotLinked,
    /// The members follow from a rule.
    #[error("the members of a dynamic group cannot be changed by hand")]
    DynamicGroup,
    /// An object of this type cannot be at that end of the navigation.
    #[error("an object of this type cannot be linked so in {0}")]
    WrongType(&'static str),
    /// A group may not be a member of itself.
    #[error("an object cannot be linked to itself in {0}")]
    Itself(&'static str),
    /// A group that holds roles takes no groups.
    #[error("a role-assignable group cannot have groups as members")]
    NestedInRoleAssignable,
}
