//! Whose account somebody may act on: the roles of the target decide which roles of the caller are strong enough.
//!
//! The table is that of Microsoft Learn, "Privileged roles and permissions in Microsoft Entra ID" ("Who can reset
//! passwords", "Who can perform sensitive actions"). An account without a role is within everybody's reach whose own roles
//! allow the operation at all, which the operation's row has asked before.

use entrasim_domain::directory::role::GLOBAL_ADMINISTRATOR;
use entrasim_domain::id::{ObjectId, RoleTemplateId};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::relations::Relation;

use super::is_person;
use crate::bearer::Caller;
use crate::surface::graph::error::GraphError;

const PASSWORD: RoleTemplateId =
    RoleTemplateId::from_u128(0x9667_07d0_3269_4727_9be2_8c3a_10f1_9b9d);
const HELPDESK: RoleTemplateId =
    RoleTemplateId::from_u128(0x7298_27e3_9c14_49f7_bb1b_9608_f156_bbb8);
pub(super) const AUTHENTICATION: RoleTemplateId =
    RoleTemplateId::from_u128(0xc4e3_9bd9_1100_46d3_8c65_fb16_0da0_071f);
const USER: RoleTemplateId = RoleTemplateId::from_u128(0xfe93_0be7_5e62_47db_91af_98c3_a49a_38b1);
pub(super) const PRIVILEGED_AUTHENTICATION: RoleTemplateId =
    RoleTemplateId::from_u128(0x7be4_4c8a_adaf_4e2a_84d6_ab26_49e0_8a13);

const DIRECTORY_READERS: RoleTemplateId =
    RoleTemplateId::from_u128(0x88d8_e3e3_8f55_4a1e_953a_9b98_98b8_876b);
const GUEST_INVITER: RoleTemplateId =
    RoleTemplateId::from_u128(0x95e7_9109_95c0_4d8e_aee3_d01a_ccf2_d47b);
const MESSAGE_CENTER_READER: RoleTemplateId =
    RoleTemplateId::from_u128(0x790c_1fb9_7f7d_4f88_86a1_ef1f_95c0_5c1b);
const REPORTS_READER: RoleTemplateId =
    RoleTemplateId::from_u128(0x4a5d_8f65_41da_4de4_8968_e035_b653_39cf);
const USAGE_SUMMARY_REPORTS_READER: RoleTemplateId =
    RoleTemplateId::from_u128(0x7593_4031_6c7e_415a_99d7_48db_d49e_875e);
const USER_EXPERIENCE_SUCCESS_MANAGER: RoleTemplateId =
    RoleTemplateId::from_u128(0x2746_0883_1df1_4691_b032_3b79_643e_5e63);
const GROUPS: RoleTemplateId = RoleTemplateId::from_u128(0xfdd7_a751_b60b_444a_984c_0265_2fe8_fa1c);

/// What is done to an account.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::surface::graph) enum Deed {
    /// Giving it another password, and voiding its sessions.
    ResetPassword,
    /// Changing what signs it in or where it gets its mail, deleting it.
    Sensitive,
    /// Changing its authentication methods.
    Methods,
}

/// Stronger roles may act on accounts with these ones.
struct Reach {
    target: &'static [RoleTemplateId],
    by: &'static [RoleTemplateId],
}

const TABLE: &[Reach] = &[
    Reach {
        target: &[DIRECTORY_READERS, GUEST_INVITER, PASSWORD],
        by: &[
            PASSWORD,
            HELPDESK,
            AUTHENTICATION,
            USER,
            PRIVILEGED_AUTHENTICATION,
            GLOBAL_ADMINISTRATOR,
        ],
    },
    Reach {
        target: &[
            MESSAGE_CENTER_READER,
            REPORTS_READER,
            USAGE_SUMMARY_REPORTS_READER,
            USER_EXPERIENCE_SUCCESS_MANAGER,
        ],
        by: &[
            HELPDESK,
            AUTHENTICATION,
            USER,
            PRIVILEGED_AUTHENTICATION,
            GLOBAL_ADMINISTRATOR,
        ],
    },
    Reach {
        target: &[HELPDESK],
        by: &[
            HELPDESK,
            USER,
            PRIVILEGED_AUTHENTICATION,
            GLOBAL_ADMINISTRATOR,
        ],
    },
    Reach {
        target: &[AUTHENTICATION],
        by: &[
            AUTHENTICATION,
            PRIVILEGED_AUTHENTICATION,
            GLOBAL_ADMINISTRATOR,
        ],
    },
    Reach {
        target: &[GROUPS, USER],
        by: &[USER, PRIVILEGED_AUTHENTICATION, GLOBAL_ADMINISTRATOR],
    },
];

/// Who may act on everybody else: holders of other roles, and who stands under protection.
const OVER_ALL: &[RoleTemplateId] = &[PRIVILEGED_AUTHENTICATION, GLOBAL_ADMINISTRATOR];

impl Deed {
    /// The roles that do this at all.
    fn done_by(self) -> &'static [RoleTemplateId] {
        match self {
            Self::ResetPassword => &[
                PASSWORD,
                HELPDESK,
                AUTHENTICATION,
                USER,
                PRIVILEGED_AUTHENTICATION,
                GLOBAL_ADMINISTRATOR,
            ],
            Self::Sensitive => &[
                AUTHENTICATION,
                USER,
                PRIVILEGED_AUTHENTICATION,
                GLOBAL_ADMINISTRATOR,
            ],
            Self::Methods => &[
                AUTHENTICATION,
                PRIVILEGED_AUTHENTICATION,
                GLOBAL_ADMINISTRATOR,
            ],
        }
    }
}

/// How an account stands in the directory.
#[derive(Debug, Default)]
struct Standing {
    roles: Vec<RoleTemplateId>,
    /// In a role-assignable group, an owner of one, or in a restricted administrative unit with a role.
    protected: bool,
}

impl Standing {
    fn of(tenant: &Tenant, account: ObjectId) -> Self {
        let assigned = tenant.role_assignments_of(account);
        let mut roles: Vec<RoleTemplateId> = assigned.map(|held| held.role).collect();
        roles.sort_unstable();
        roles.dedup();
        let groups = [Relation::Member, Relation::Owner].into_iter();
        let mut groups =
            groups.flat_map(|relation| tenant.relations.sources(relation, account, None));
        let holds_roles = groups.any(|group| {
            let group = tenant.groups.get(&group);
            group.is_some_and(|group| group.assignable_to_role)
        });
        let restricted = !roles.is_empty() && tenant.is_management_restricted(account);
        Self {
            roles,
            protected: holds_roles || restricted,
        }
    }

    fn is_ordinary(&self) -> bool {
        self.roles.is_empty() && !self.protected
    }

    /// Whether a caller with these roles may do it.
    fn is_reached(&self, caller: &[RoleTemplateId], deed: Deed) -> bool {
        let over = |target: &RoleTemplateId| {
            let row = TABLE.iter().find(|row| row.target.contains(target));
            row.map_or(OVER_ALL, |row| row.by)
        };
        let strong_enough = |role: &RoleTemplateId| {
            deed.done_by().contains(role)
                && (!self.protected || OVER_ALL.contains(role))
                && self.roles.iter().all(|target| over(target).contains(role))
        };
        caller.iter().any(strong_enough)
    }
}

/// Refuses what is done to an account of somebody stronger. An app needs a role of its own for accounts that have any.
pub(in crate::surface::graph) fn check_reach(
    caller: &Caller,
    tenant: &Tenant,
    target: ObjectId,
    deed: Deed,
) -> Result<(), GraphError> {
    let standing = Standing::of(tenant, target);
    let roles = tenant.roles_of(caller.object_id);
    if standing.is_ordinary() || standing.is_reached(&roles, deed) {
        Ok(())
    } else {
        Err(GraphError::Denied)
    }
}

/// Whether the caller may change the sensitive properties of an account, or delete it.
pub(in crate::surface::graph) fn check_sensitive(
    caller: &Caller,
    tenant: &Tenant,
    target: ObjectId,
) -> Result<(), GraphError> {
    check_reach(caller, tenant, target, Deed::Sensitive)
}

/// Whether the caller reaches the methods of an account: a person by the table, an app by its permission alone.
pub(in crate::surface::graph) fn require_reach(
    caller: &Caller,
    tenant: &Tenant,
    target: ObjectId,
) -> Result<(), GraphError> {
    if is_person(caller) && caller.object_id != target {
        check_reach(caller, tenant, target, Deed::Methods)
    } else {
        Ok(())
    }
}

/// Refuses a caller that holds none of these permissions.
pub(in crate::surface::graph) fn require_any(
    caller: &Caller,
    permissions: &[&str],
) -> Result<(), GraphError> {
    const AS_USER: &str = "Directory.AccessAsUser.All";
    let person = is_person(caller);
    let held = if person {
        &caller.scopes
    } else {
        &caller.roles
    };
    let mut held = held.iter().map(String::as_str);
    if held.any(|held| permissions.contains(&held) || person && held == AS_USER) {
        Ok(())
    } else {
        Err(GraphError::Denied)
    }
}

/// Groups that roles can be given to take a permission of their own beside the role (Microsoft Learn, group resource type,
/// `isAssignableToRole`).
pub(in crate::surface::graph) fn require_role_management(
    caller: &Caller,
) -> Result<(), GraphError> {
    require_any(caller, &["RoleManagement.ReadWrite.Directory"])
}

/// The same, if the object is such a group.
pub(in crate::surface::graph) fn require_reach_of_group(
    caller: &Caller,
    tenant: &Tenant,
    group: ObjectId,
) -> Result<(), GraphError> {
    match tenant.groups.get(&group) {
        Some(group) if group.assignable_to_role => require_role_management(caller),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use entrasim_domain::catalogue;

    use super::*;

    const P: RoleTemplateId = PASSWORD;
    const H: RoleTemplateId = HELPDESK;
    const A: RoleTemplateId = AUTHENTICATION;
    const U: RoleTemplateId = USER;
    const X: RoleTemplateId = PRIVILEGED_AUTHENTICATION;
    const G: RoleTemplateId = GLOBAL_ADMINISTRATOR;
    const CALLERS: [(char, RoleTemplateId); 6] =
        [('P', P), ('H', H), ('A', A), ('U', U), ('X', X), ('G', G)];

    fn letters(standing: &Standing, deed: Deed) -> String {
        let reaching = CALLERS.iter();
        reaching
            .filter(|(_, role)| standing.is_reached(&[*role], deed))
            .map(|(letter, _)| *letter)
            .collect()
    }

    fn holder(roles: &[RoleTemplateId]) -> Standing {
        Standing {
            roles: roles.to_vec(),
            protected: false,
        }
    }

    fn named(name: &str) -> RoleTemplateId {
        let mut all = catalogue::directory_roles().iter();
        all.find(|role| role.name == name).unwrap().id
    }

    /// Each cell: the target's role, then who resets its password, changes its sensitive properties, manages its methods.
    #[test]
    fn the_role_of_the_target_says_whose_role_is_strong_enough() {
        let rows = [
            ("Directory Readers", "PHAUXG", "AUXG", "AXG"),
            ("Guest Inviter", "PHAUXG", "AUXG", "AXG"),
            ("Password Administrator", "PHAUXG", "AUXG", "AXG"),
            ("Message Center Reader", "HAUXG", "AUXG", "AXG"),
            ("Reports Reader", "HAUXG", "AUXG", "AXG"),
            ("Usage Summary Reports Reader", "HAUXG", "AUXG", "AXG"),
            ("User Experience Success Manager", "HAUXG", "AUXG", "AXG"),
            ("Helpdesk Administrator", "HUXG", "UXG", "XG"),
            ("Authentication Administrator", "AXG", "AXG", "AXG"),
            ("Groups Administrator", "UXG", "UXG", "XG"),
            ("User Administrator", "UXG", "UXG", "XG"),
            ("Global Administrator", "XG", "XG", "XG"),
            ("Privileged Authentication Administrator", "XG", "XG", "XG"),
            ("Privileged Role Administrator", "XG", "XG", "XG"),
            ("Security Reader", "XG", "XG", "XG"),
        ];
        for (name, password, sensitive, methods) in rows {
            let target = holder(&[named(name)]);
            assert_eq!(letters(&target, Deed::ResetPassword), password, "{name}");
            assert_eq!(letters(&target, Deed::Sensitive), sensitive, "{name}");
            assert_eq!(letters(&target, Deed::Methods), methods, "{name}");
        }
    }

    #[test]
    fn the_strongest_role_of_the_target_counts_and_protection_leaves_two() {
        let both = holder(&[named("Directory Readers"), named("Helpdesk Administrator")]);
        assert_eq!(letters(&both, Deed::ResetPassword), "HUXG");
        let apart = holder(&[
            named("Helpdesk Administrator"),
            named("Authentication Administrator"),
        ]);
        assert_eq!(letters(&apart, Deed::ResetPassword), "XG");
        let protected = Standing {
            roles: Vec::new(),
            protected: true,
        };
        assert_eq!(letters(&protected, Deed::ResetPassword), "XG");
        assert!(!holder(&[]).is_reached(&[], Deed::Sensitive));
    }
}
