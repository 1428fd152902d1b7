//! What directory roles allow: actions under `microsoft.directory/`.

use entrasim_domain::catalogue;
use entrasim_domain::directory::role::{DirectoryRoleAssignment, GLOBAL_ADMINISTRATOR, RoleScope};
use entrasim_domain::directory::user::UserType;
use entrasim_domain::id::{ObjectId, RoleTemplateId};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::relations::Relation;

use crate::surface::graph::policy::authorization::{GUEST_ROLE, PERMISSIONS};

/// The role that every member holds.
const USER: RoleTemplateId = RoleTemplateId::from_u128(0xa0b1_b346_4d3e_4e8b_98f8_7539_87be_4970);
/// The role that every guest holds.
const GUEST_USER: RoleTemplateId =
    RoleTemplateId::from_u128(0x10da_e51f_b6af_4016_8d66_8c2a_99b9_29b3);

/// What somebody may do by the roles they hold.
pub(super) struct Actions<'t> {
    built_in: Vec<&'static [String]>,
    /// Of roles that the tenant defines itself; these have their prefix.
    own: Vec<&'t str>,
    /// By being in the directory at all, but for what the authorization policy withholds.
    by_default: &'static [String],
    withheld: Vec<&'static str>,
    /// Global Administrators do everything.
    all: bool,
}

impl<'t> Actions<'t> {
    /// By roles that were assigned, for the whole directory or for the object in question.
    pub(super) fn assigned(
        tenant: &'t Tenant,
        principal: ObjectId,
        object: Option<ObjectId>,
    ) -> Self {
        let counts = |assignment: &DirectoryRoleAssignment| match assignment.scope {
            RoleScope::Directory => true,
            RoleScope::Object(scope) => object == Some(scope),
            RoleScope::Unit(unit) => object
                .is_some_and(|object| tenant.relations.has(Relation::UnitMember, unit, object)),
        };
        let assignments = tenant.role_assignments_of(principal);
        let mut actions = Self {
            built_in: Vec::new(),
            own: Vec::new(),
            by_default: &[],
            withheld: Vec::new(),
            all: false,
        };
        for assignment in assignments.filter(|assignment| counts(assignment)) {
            actions.all |= assignment.role == GLOBAL_ADMINISTRATOR;
            actions
                .built_in
                .push(catalogue::directory_role_actions(assignment.role));
            let defined = tenant.role_definitions.get(&assignment.role);
            let defined = defined.filter(|definition| definition.enabled);
            let permissions = defined.into_iter().flat_map(|role| &role.permissions);
            let named = permissions.flat_map(|permission| &permission.actions);
            actions
                .own
                .extend(named.filter_map(|name| name.strip_prefix("microsoft.directory/")));
        }
        actions
    }

    /// By roles that were assigned, and by being in the directory at all.
    pub(super) fn of_person(
        tenant: &'t Tenant,
        person: ObjectId,
        object: Option<ObjectId>,
    ) -> Self {
        let mut actions = Self::assigned(tenant, person, object);
        let by_being_there = tenant.users.get(person).map(|user| match user.user_type {
            UserType::Member => USER,
            UserType::Guest => guest_role(tenant),
        });
        if let Some(role) = by_being_there {
            actions.by_default = catalogue::directory_role_actions(role);
            actions.withheld = withheld(tenant);
        }
        actions
    }

    /// Whether one of them covers an action, `users/basic/update`: it is the same, or it is the whole of its class, or all
    /// reading of it.
    pub(super) fn cover(&self, needed: &str) -> bool {
        let class = needed.split('/').next().unwrap_or_default();
        let whole = needed.rsplit_once('/').map(|(part, _)| part);
        self.all
            || self.has(needed)
            || whole.is_some_and(|part| self.has(&format!("{part}/allTasks")))
            || self.has(&format!("{class}/allProperties/allTasks"))
            || (needed.ends_with("/read") && self.has(&format!("{class}/allProperties/read")))
    }

    pub(super) fn has(&self, action: &str) -> bool {
        let has = |table: &[String]| {
            let found = table.binary_search_by(|known| known.as_str().cmp(action));
            found.is_ok()
        };
        self.built_in.iter().any(|table| has(table))
            || self.own.contains(&action)
            || (has(self.by_default) && !self.withheld.contains(&action))
    }
}

/// What the authorization policy withholds from everybody who has it by being there only, by the member that says so
/// (Microsoft Learn, "Default user permissions in Microsoft Entra ID").
const WITHHELD: [(&str, &[&str]); 4] = [
    (
        "allowedToCreateApps",
        &[
            "applications/createAsOwner",
            "servicePrincipals/createAsOwner",
        ],
    ),
    ("allowedToCreateSecurityGroups", &["groups/createAsOwner"]),
    (
        "allowedToCreateTenants",
        &["tenantManagement/tenants/create"],
    ),
    ("allowedToReadOtherUsers", &["users/standard/read"]),
];

fn withheld(tenant: &Tenant) -> Vec<&'static str> {
    let written = tenant.authorization_policy.get(PERMISSIONS);
    let off = WITHHELD
        .iter()
        .filter(|(member, _)| written.is_some_and(|permissions| permissions[*member] == false));
    off.flat_map(|(_, actions)| actions.iter().copied())
        .collect()
}

/// The role that guests hold by being there.
fn guest_role(tenant: &Tenant) -> RoleTemplateId {
    let written = tenant.authorization_policy.text(GUEST_ROLE);
    let role = written.and_then(|id| id.parse().ok());
    role.unwrap_or(GUEST_USER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_tasks_of_a_class_cover_each_and_reading_all_covers_reading() {
        let actions = Actions {
            built_in: Vec::new(),
            all: false,
            by_default: &[],
            withheld: Vec::new(),
            own: vec!["users/allProperties/read", "groups/allProperties/allTasks"],
        };
        assert!(actions.cover("users/standard/read"));
        assert!(!actions.cover("users/basic/update"));
        assert!(actions.cover("groups/members/update"));
        assert!(!actions.cover("applications/standard/read"));
    }
}
