//! Who may do what: a permission of the token, and for people also what their place in the directory allows. `check` asks
//! the row of an operation; `reach` says whose accounts somebody may act on; `guarded` knows properties that take more.
//!
//! The permissions of each operation are those of Microsoft's published permissions data
//! (microsoftgraph/microsoft-graph-devx-content), without those of device management and agents.

use entrasim_domain::directory::role::GLOBAL_ADMINISTRATOR;
use entrasim_domain::enforcement::IdentityType;

use crate::bearer::Caller;

mod actions;
mod check;
mod guarded;
mod methods;
mod reach;

pub(super) use check::check;
pub(super) use guarded::check_properties;
pub(super) use methods::{require_method_administrator, require_reading_reach};
pub(super) use reach::{
    Deed, check_reach, check_sensitive, require_any, require_reach, require_reach_of_group,
    require_role_management,
};

/// Whether a token stands for a person: `idtyp` says so, and where it is missing, `scp`.
pub(super) fn is_person(caller: &Caller) -> bool {
    match caller.identity {
        Some(identity) => identity == IdentityType::User,
        None => !caller.scopes.is_empty(),
    }
}
