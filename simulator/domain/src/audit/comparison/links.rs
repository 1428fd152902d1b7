//! What ties objects together: members, owners, roles, permissions. What merely comes or goes with an object has no entry of
//! its own.

use std::sync::Arc;

use super::super::activity::{self, Activity};
use super::super::{Actor, Change, Initiator, Named, Target};
use super::{Comparison, changed};
use crate::catalogue;
use crate::directory::object::{Class, ObjectRef};
use crate::directory::permission_grant::{AppRoleAssignment, DelegatedGrant};
use crate::directory::role::{DirectoryRoleAssignment, RoleScope};
use crate::id::{ObjectId, RoleTemplateId};
use crate::tenant::relations::{Link, Relation};

/// Who keeps the members of dynamic groups (assumed).
const DYNAMIC: Actor = Actor::Service("Microsoft Entra Dynamic Membership");

/// The activities of a link of this kind from an object of this class: when it is made and when it is undone.
fn names(relation: Relation, class: Class) -> Option<[&'static Activity; 2]> {
    Some(match (relation, class) {
        (Relation::Member, _) => [
            &activity::ADD_MEMBER_TO_GROUP,
            &activity::REMOVE_MEMBER_FROM_GROUP,
        ],
        (Relation::Owner, Class::Application) => [
            &activity::ADD_OWNER_TO_APPLICATION,
            &activity::REMOVE_OWNER_FROM_APPLICATION,
        ],
        (Relation::Owner, Class::ServicePrincipal) => [
            &activity::ADD_OWNER_TO_PRINCIPAL,
            &activity::REMOVE_OWNER_FROM_PRINCIPAL,
        ],
        (Relation::Owner, _) => [
            &activity::ADD_OWNER_TO_GROUP,
            &activity::REMOVE_OWNER_FROM_GROUP,
        ],
        (Relation::Manager, _) => [&activity::SET_MANAGER, &activity::REMOVE_MANAGER],
        (Relation::Sponsor, _) => [&activity::ADD_SPONSOR, &activity::REMOVE_SPONSOR],
        (Relation::UnitMember, _) => [
            &activity::ADD_MEMBER_TO_UNIT,
            &activity::REMOVE_MEMBER_FROM_UNIT,
        ],
        (Relation::RegisteredOwner, _) => {
            [&activity::ADD_DEVICE_OWNER, &activity::REMOVE_DEVICE_OWNER]
        }
        (Relation::RegisteredUser, _) => {
            [&activity::ADD_DEVICE_USER, &activity::REMOVE_DEVICE_USER]
        }
        // Follows from who made the object.
        (Relation::Creator, _) => return None,
    })
}

/// What a class of objects is called in the names of properties.
fn prefix(class: Class) -> [&'static str; 2] {
    match class {
        Class::AdministrativeUnit => [
            "AdministrativeUnit.ObjectID",
            "AdministrativeUnit.DisplayName",
        ],
        Class::Application => ["Application.ObjectID", "Application.DisplayName"],
        Class::Device => ["Device.ObjectID", "Device.DisplayName"],
        Class::Group => ["Group.ObjectID", "Group.DisplayName"],
        Class::ServicePrincipal => ["ServicePrincipal.ObjectID", "ServicePrincipal.DisplayName"],
        Class::User => ["User.ObjectID", "User.DisplayName"],
    }
}

/// A property that is there after the change or was there before it.
pub(super) fn tied(name: &'static str, value: &str, is_new: bool) -> Named {
    if is_new {
        Named::new(name, None, Some(value))
    } else {
        Named::new(name, Some(value), None)
    }
}

impl Comparison<'_> {
    pub(super) fn links(&self) {
        for relation in Relation::ALL {
            let all = self
                .before
                .relations
                .changed(&self.after.relations, relation);
            for (link, is_new) in all {
                self.link(link, is_new);
            }
        }
        self.roles();
        self.app_roles();
        self.grants();
    }

    /// Whether both ends are there before and after, or the one is new.
    fn stays(&self, id: ObjectId) -> bool {
        self.after.object(id).is_some() && self.before.deleted.kept(id).is_none()
    }

    fn link(&self, link: Link, is_new: bool) {
        let Some(from) = self.after.object(link.from) else {
            return;
        };
        if !self.stays(link.from) || !self.stays(link.to) {
            return;
        }
        let class = from.class();
        let Some([add, remove]) = names(link.relation, class) else {
            return;
        };
        let (from, to) = (self.target_of(link.from), self.target_of(link.to));
        let [id, name] = prefix(class);
        let display_name = from.display_name.clone().unwrap_or_default();
        let named = vec![
            tied(id, &from.id, is_new),
            tied(name, &display_name, is_new),
        ];
        let dynamic = Arc::new(Initiator {
            actor: DYNAMIC,
            ip: None,
            agent: None,
        });
        let group = self.after.groups.get(&link.from);
        let follows =
            link.relation == Relation::Member && group.is_some_and(|row| row.is_dynamic());
        let initiator = if follows {
            &dynamic
        } else {
            &self.occasion.initiator
        };
        let activity = if is_new { add } else { remove };
        self.enter_by(
            initiator,
            activity,
            "",
            vec![to, from],
            Change::Named(named),
        );
    }

    fn roles(&self) {
        for (old, new) in changed(&self.before.role_assignments, &self.after.role_assignments) {
            if let Some(old) = old {
                self.role(old, false);
            }
            if let Some(new) = new {
                self.role(new, true);
            }
        }
        let (before, after) = (&self.before.activated_roles, &self.after.activated_roles);
        if !before.ptr_eq(after) {
            for role in after.iter().filter(|role| !before.contains(*role)) {
                let target = Target::new("Role", &role.to_string(), &self.role_name(*role));
                let named = vec![Named::new("Role.TemplateId", None, Some(&role.to_string()))];
                let change = Change::Named(named);
                self.enter(&activity::ADD_ROLE_FROM_TEMPLATE, vec![target], change);
            }
        }
    }

    fn role_name(&self, role: RoleTemplateId) -> String {
        let own = self.after.role_definitions.get(&role);
        let own = own.or_else(|| self.before.role_definitions.get(&role));
        let own = own.map(|role| role.display_name.clone());
        own.or_else(|| {
            let mut built_in = catalogue::built_in_role_definitions().iter();
            let found = built_in.find(|known| known.id == role);
            found.map(|role| role.display_name.clone())
        })
        .unwrap_or_default()
    }

    fn role(&self, assignment: &DirectoryRoleAssignment, is_new: bool) {
        if !self.stays(assignment.principal) {
            return;
        }
        let name = self.role_name(assignment.role);
        let id = assignment.role.to_string();
        let mut named = vec![
            tied("Role.ObjectID", &id, is_new),
            tied("Role.DisplayName", &name, is_new),
            tied("Role.TemplateId", &id, is_new),
        ];
        let activity = match (assignment.scope == RoleScope::Directory, is_new) {
            (true, true) => &activity::ADD_MEMBER_TO_ROLE,
            (true, false) => &activity::REMOVE_MEMBER_FROM_ROLE,
            (false, true) => &activity::ADD_SCOPED_MEMBER_TO_ROLE,
            (false, false) => &activity::REMOVE_SCOPED_MEMBER_FROM_ROLE,
        };
        if assignment.scope != RoleScope::Directory {
            let scope = assignment.scope.text();
            named.push(tied("Role.Scope", &scope, is_new));
        }
        let targets = vec![
            self.target_of(assignment.principal),
            Target::new("Role", &id, &name),
        ];
        self.enter(activity, targets, Change::Named(named));
    }

    fn app_roles(&self) {
        let (before, after) = (
            &self.before.app_role_assignments,
            &self.after.app_role_assignments,
        );
        for (old, new) in changed(before, after) {
            if let Some(old) = old {
                self.app_role(old, false);
            }
            if let Some(new) = new {
                self.app_role(new, true);
            }
        }
    }

    fn app_role(&self, assignment: &AppRoleAssignment, is_new: bool) {
        if !self.stays(assignment.principal) || !self.stays(assignment.resource) {
            return;
        }
        let class = self
            .after
            .object(assignment.principal)
            .map(ObjectRef::class);
        let [add, remove] = match class {
            Some(Class::User) => [
                &activity::ADD_APP_ROLE_TO_USER,
                &activity::REMOVE_APP_ROLE_FROM_USER,
            ],
            Some(Class::Group) => [
                &activity::ADD_APP_ROLE_TO_GROUP,
                &activity::REMOVE_APP_ROLE_FROM_GROUP,
            ],
            _ => [&activity::ADD_APP_ROLE, &activity::REMOVE_APP_ROLE],
        };
        let (principal, resource) = (
            self.target_of(assignment.principal),
            self.target_of(assignment.resource),
        );
        let name = principal.display_name.clone().unwrap_or_default();
        let mut named = vec![tied("AppRole.Id", &assignment.role.to_string(), is_new)];
        if let Some((value, display_name)) = self.app_role_names(assignment) {
            named.push(tied("AppRole.Value", &value, is_new));
            named.push(tied("AppRole.DisplayName", &display_name, is_new));
        }
        let class = class.unwrap_or(Class::ServicePrincipal);
        let [id, display_name] = prefix(class);
        named.push(tied(id, &principal.id, is_new));
        named.push(tied(display_name, &name, is_new));
        let activity = if is_new { add } else { remove };
        self.enter(activity, vec![resource, principal], Change::Named(named));
    }

    /// The value and the name of an app role, if it is known.
    fn app_role_names(&self, assignment: &AppRoleAssignment) -> Option<(String, String)> {
        let resource = self.after.service_principals.get(&assignment.resource)?;
        if resource.app_id == catalogue::GRAPH {
            let mut all = catalogue::graph_permissions().values();
            let name = all.find(|known| known.role == Some(assignment.role))?;
            return Some((name.name.clone(), name.name.clone()));
        }
        let application = self.after.application(resource.app_id)?;
        let mut roles = application.app_roles.iter();
        let role = roles.find(|role| role.id == assignment.role)?;
        Some((role.value.clone(), role.display_name.clone()))
    }

    fn grants(&self) {
        let mut agreed: Vec<ObjectId> = Vec::new();
        for (old, new) in changed(&self.before.delegated_grants, &self.after.delegated_grants) {
            let (old, new) = (old.map(|row| &**row), new.map(|row| &**row));
            let Some(row) = new.or(old) else { continue };
            if !self.stays(row.client) || !self.stays(row.resource) {
                continue;
            }
            self.grant(old, new);
            if self.occasion.consent && new.is_some() && !agreed.contains(&row.client) {
                agreed.push(row.client);
                self.consent(row);
            }
        }
    }

    fn grant(&self, old: Option<&DelegatedGrant>, new: Option<&DelegatedGrant>) {
        let Some(row) = new.or(old) else { return };
        let activity = match (old, new) {
            (None, _) => &activity::ADD_GRANT,
            (Some(_), Some(_)) => &activity::UPDATE_GRANT,
            (Some(_), None) => &activity::REMOVE_GRANT,
        };
        let scopes = |row: Option<&DelegatedGrant>| row.map(|row| row.scopes.join(" "));
        let kind = |row: &DelegatedGrant| match row.principal {
            None => "AllPrincipals",
            Some(_) => "Principal",
        };
        let client = self.target_of(row.client);
        let named = vec![
            Named::new(
                "DelegatedPermissionGrant.Scope",
                scopes(old).as_deref(),
                scopes(new).as_deref(),
            ),
            Named::new(
                "DelegatedPermissionGrant.ConsentType",
                old.map(kind),
                new.map(kind),
            ),
            Named::new("ServicePrincipal.ObjectID", None, Some(&client.id)),
        ];
        let targets = vec![self.target_of(row.resource), client];
        self.enter(activity, targets, Change::Named(named));
    }

    /// Somebody agreed: for everybody, or for themselves.
    fn consent(&self, grant: &DelegatedGrant) {
        let for_all = if grant.principal.is_none() {
            "True"
        } else {
            "False"
        };
        let named = vec![
            Named::new("ConsentContext.IsAdminConsent", None, Some(for_all)),
            Named::new("ConsentContext.IsAppOnly", None, Some("False")),
            Named::new("ConsentContext.OnBehalfOfAll", None, Some(for_all)),
            Named::new(
                "ConsentAction.Permissions",
                None,
                Some(&grant.scopes.join(" ")),
            ),
        ];
        let targets = vec![self.target_of(grant.client)];
        self.enter(&activity::CONSENT, targets, Change::Named(named));
    }
}
