//! Who may do what: a permission of the token, and for people also what their place in the directory allows. The table of
//! operations is asked in `check`; the rows here are those of the paths that are matched by hand, and of older handlers.
//!
//! The permissions of each operation are those of Microsoft's published permissions data
//! (microsoftgraph/microsoft-graph-devx-content), without those of device management and agents.

use entrasim_domain::directory::role::GLOBAL_ADMINISTRATOR;
use entrasim_domain::directory::user::UserType;
use entrasim_domain::enforcement::IdentityType;
use entrasim_domain::id::{ObjectId, RoleTemplateId};
use entrasim_domain::tenant::Tenant;

use super::error::GraphError;
use crate::bearer::Caller;

mod actions;
mod check;

pub(super) use check::check;

/// One operation's row.
#[derive(Debug)]
pub(super) struct Operation {
    /// Any one of them, as a scope or as an app role.
    any: &'static [&'static str],
    /// Enough as a scope for one's own object, or as an app role for an object one owns.
    own: &'static [&'static str],
    /// Enough as an app role.
    app_only: &'static [&'static str],
    people: People,
    /// Directory roles that allow it beyond that; Global Administrator always does.
    roles: &'static [RoleTemplateId],
}

/// Which people may, before any directory role (Microsoft Learn, "What are the default user permissions?").
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum People {
    Everybody,
    Members,
    /// The person themselves, or the owner.
    Owners,
    Administrators,
}

const APPLICATION_ADMINISTRATOR: RoleTemplateId =
    RoleTemplateId::from_u128(0x9b89_5d92_2cd3_44c7_9d02_a6ac_2d5e_a5c3);
const CLOUD_APPLICATION_ADMINISTRATOR: RoleTemplateId =
    RoleTemplateId::from_u128(0x158c_047a_c907_4556_b7ef_4465_51a6_b5f7);
const USER_ADMINISTRATOR: RoleTemplateId =
    RoleTemplateId::from_u128(0xfe93_0be7_5e62_47db_91af_98c3_a49a_38b1);
const PRIVILEGED_AUTHENTICATION_ADMINISTRATOR: RoleTemplateId =
    RoleTemplateId::from_u128(0x7be4_4c8a_adaf_4e2a_84d6_ab26_49e0_8a13);
const DIRECTORY_READERS: RoleTemplateId =
    RoleTemplateId::from_u128(0x88d8_e3e3_8f55_4a1e_953a_9b98_98b8_876b);
const GLOBAL_READER: RoleTemplateId =
    RoleTemplateId::from_u128(0xf2ef_992c_3afb_46b9_b7cf_a126_ee74_c451);

const READERS: &[RoleTemplateId] = &[
    DIRECTORY_READERS,
    GLOBAL_READER,
    USER_ADMINISTRATOR,
    APPLICATION_ADMINISTRATOR,
    CLOUD_APPLICATION_ADMINISTRATOR,
];
const USER_ADMINISTRATORS: &[RoleTemplateId] = &[USER_ADMINISTRATOR];
/// Who may act on the accounts of administrators.
const OVER_ADMINISTRATORS: &[RoleTemplateId] = &[PRIVILEGED_AUTHENTICATION_ADMINISTRATOR];

const SESSION_ADMINISTRATORS: &[RoleTemplateId] =
    &[USER_ADMINISTRATOR, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR];

/// Stands for the person: every delegated directory operation takes it.
const AS_USER: &str = "Directory.AccessAsUser.All";

const fn read(
    any: &'static [&'static str],
    own: &'static [&'static str],
    people: People,
) -> Operation {
    Operation {
        any,
        own,
        app_only: &[],
        people,
        roles: READERS,
    }
}

const fn write(
    any: &'static [&'static str],
    own: &'static [&'static str],
    people: People,
    roles: &'static [RoleTemplateId],
) -> Operation {
    Operation {
        any,
        own,
        app_only: &[],
        people,
        roles,
    }
}

pub(super) static CREATE_USER: Operation = write(
    &["User.ReadWrite.All", "Directory.ReadWrite.All"],
    &[],
    People::Administrators,
    USER_ADMINISTRATORS,
);
pub(super) static UPDATE_USER: Operation = write(
    &["User.ReadWrite.All", "Directory.ReadWrite.All"],
    &["User.ReadWrite"],
    People::Administrators,
    USER_ADMINISTRATORS,
);
/// Changing nothing but what people may change of themselves.
pub(super) static UPDATE_OWN_PROFILE: Operation = write(
    &["User.ReadWrite.All", "Directory.ReadWrite.All"],
    &["User.ReadWrite"],
    People::Owners,
    USER_ADMINISTRATORS,
);
pub(super) static DELETE_USER: Operation = write(
    &["User.DeleteRestore.All", "User.ReadWrite.All"],
    &[],
    People::Administrators,
    USER_ADMINISTRATORS,
);
pub(super) static REVOKE_SESSIONS: Operation = write(
    &[
        "User.RevokeSessions.All",
        "User.ReadWrite.All",
        "Directory.ReadWrite.All",
    ],
    &["User.ReadWrite"],
    People::Owners,
    SESSION_ADMINISTRATORS,
);
pub(super) static GET_BY_IDS: Operation = read(&["Directory.Read.All"], &[], People::Everybody);

/// Whether the object in question belongs to the caller.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Whose {
    Own,
    Other,
}

impl Whose {
    pub(super) fn of(own: bool) -> Self {
        if own { Self::Own } else { Self::Other }
    }
}

impl Operation {
    pub(super) fn check(
        &'static self,
        caller: &Caller,
        tenant: &Tenant,
        whose: Whose,
    ) -> Result<(), GraphError> {
        let allowed = if is_person(caller) {
            self.scope_allows(caller, whose) && self.person_may(caller, tenant, whose)
        } else {
            self.app_may(caller, tenant, whose)
        };
        if allowed {
            Ok(())
        } else {
            Err(GraphError::Denied)
        }
    }

    fn scope_allows(&self, caller: &Caller, whose: Whose) -> bool {
        caller.scopes.iter().any(|scope| {
            scope == AS_USER
                || self.any.contains(&scope.as_str())
                || (whose == Whose::Own && self.own.contains(&scope.as_str()))
        })
    }

    fn person_may(&self, caller: &Caller, tenant: &Tenant, whose: Whose) -> bool {
        let by_default = match self.people {
            People::Everybody => true,
            People::Members => tenant
                .users
                .get(caller.object_id)
                .is_some_and(|user| user.user_type == UserType::Member),
            People::Owners => whose == Whose::Own,
            People::Administrators => false,
        };
        by_default || self.role_allows(tenant, caller.object_id)
    }

    /// An app needs an app role; a directory role that was assigned to it does as well.
    fn app_may(&self, caller: &Caller, tenant: &Tenant, whose: Whose) -> bool {
        let by_role = caller.roles.iter().any(|role| {
            self.any.contains(&role.as_str())
                || (whose == Whose::Own && self.own.contains(&role.as_str()))
                || self.app_only.contains(&role.as_str())
        });
        by_role || self.role_allows(tenant, caller.object_id)
    }

    fn role_allows(&self, tenant: &Tenant, principal: ObjectId) -> bool {
        holds_any(tenant, principal, self.roles)
    }
}

/// Whether a token stands for a person: `idtyp` says so, and where it is missing, `scp`.
pub(super) fn is_person(caller: &Caller) -> bool {
    match caller.identity {
        Some(identity) => identity == IdentityType::User,
        None => !caller.scopes.is_empty(),
    }
}

fn holds_any(tenant: &Tenant, principal: ObjectId, roles: &[RoleTemplateId]) -> bool {
    tenant
        .roles_of(principal)
        .iter()
        .any(|role| *role == GLOBAL_ADMINISTRATOR || roles.contains(role))
}

/// Whether the caller reaches the methods of an account: a person by the same rule, an app by its permission alone.
pub(super) fn require_reach(
    caller: &Caller,
    tenant: &Tenant,
    target: ObjectId,
) -> Result<(), GraphError> {
    if is_person(caller) && caller.object_id != target {
        check_sensitive(caller, tenant, target)
    } else {
        Ok(())
    }
}

/// Whether the caller may change the sensitive properties of an account, or delete it: those of administrators need a
/// stronger role, whatever the token's permission (Microsoft Learn, user resource type, "Who can perform sensitive
/// actions").
pub(super) fn check_sensitive(
    caller: &Caller,
    tenant: &Tenant,
    target: ObjectId,
) -> Result<(), GraphError> {
    let harmless = [DIRECTORY_READERS];
    let target_is_administrator = tenant
        .roles_of(target)
        .iter()
        .any(|role| !harmless.contains(role));
    if target_is_administrator && !holds_any(tenant, caller.object_id, OVER_ADMINISTRATORS) {
        Err(GraphError::Denied)
    } else {
        Ok(())
    }
}
