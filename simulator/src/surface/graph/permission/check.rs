//! Whether a caller may do an operation, from its row: the permissions of the token, and for people also what their roles
//! in the directory allow. Asked before every handler.

use entrasim_domain::directory::group::{Group, GroupKind};
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::relations::Relation;
use serde_json::{Map, Value};

use super::actions::Actions;
use super::is_person;
use crate::bearer::Caller;
use crate::surface::graph::error::GraphError;
use crate::surface::graph::operation::{Allowed, Operation};
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::{Row, type_of};

/// Stands for the person: every delegated directory operation takes it.
const AS_USER: &str = "Directory.AccessAsUser.All";

/// Refuses what the caller may not do.
pub(in crate::surface::graph) fn check(
    operation: &Operation,
    caller: &Caller,
    tenant: &Tenant,
    resource: &Resource<'_>,
    body: &[u8],
) -> Result<(), GraphError> {
    let question = Question {
        operation,
        allowed: operation.allowed(),
        caller,
        tenant,
        resource,
        body: serde_json::from_slice(body).unwrap_or_default(),
    };
    let (token, roles) = if is_person(caller) {
        (question.scopes_allow(), question.person_may())
    } else {
        (question.app_may(), true)
    };
    match (token, roles) {
        (true, true) => Ok(()),
        (true, false) => Err(GraphError::NotInRole),
        (false, _) => Err(GraphError::Denied),
    }
}

struct Question<'q> {
    operation: &'q Operation,
    allowed: &'static Allowed,
    caller: &'q Caller,
    tenant: &'q Tenant,
    resource: &'q Resource<'q>,
    /// What the request would write, as far as it can be read.
    body: Map<String, Value>,
}

impl Question<'_> {
    fn reads(&self) -> bool {
        self.operation.method == "GET"
    }

    /// The object that the operation is about, if it is there.
    fn object(&self) -> Option<Row<'_>> {
        self.resource.first()?.row
    }

    fn object_id(&self) -> Option<ObjectId> {
        self.object()?.key(self.tenant).parse().ok()
    }

    /// Whether the object is the caller's own account.
    fn is_self(&self) -> bool {
        matches!(self.object(), Some(Row::User(user)) if user.id == self.caller.object_id)
    }

    /// Whether the caller owns the object, or the registration that the object to be made is for.
    fn owns(&self) -> bool {
        let id = self.caller.object_id;
        let owns = |object| self.tenant.relations.has(Relation::Owner, object, id);
        let owns_app = |app| {
            let registration = self.tenant.application(app);
            registration.is_some_and(|registration| owns(registration.id))
        };
        match self.object() {
            Some(Row::Application(application)) => owns(application.id),
            Some(Row::ServicePrincipal(principal)) => {
                owns(principal.id) || owns_app(principal.app_id)
            }
            Some(Row::Group(group)) => owns(group.id),
            Some(_) => false,
            None => {
                self.resource.chain.is_empty()
                    && self
                        .body
                        .get("appId")
                        .and_then(|app| app.as_str()?.parse().ok())
                        .is_some_and(owns_app)
            }
        }
    }

    fn scopes_allow(&self) -> bool {
        let Some(sufficient) = &self.allowed.delegated else {
            return false;
        };
        let scopes = &self.caller.scopes;
        scopes.iter().any(|scope| {
            scope == AS_USER
                || (sufficient.contains(scope)
                    && (self.is_self() || !self.is_for_oneself(scope))
                    && self.reaches_members(scope)
                    && self.accompanied(scope, scopes))
        })
    }

    /// Permissions without `.All` are about the caller's own account, where accounts are concerned.
    fn is_for_oneself(&self, scope: &str) -> bool {
        let on_account = self.resource.template.starts_with("/users/{id}");
        on_account
            && !scope.ends_with(".All")
            && !scope.starts_with("RoleManagement.")
            && !scope.starts_with("Policy.")
    }

    /// Some permissions are enough for some members of the body only.
    fn reaches_members(&self, permission: &str) -> bool {
        let mut rules = self.operation.each.iter();
        let rule = rules.find(|rule| rule.permission == permission);
        rule.is_none_or(|rule| self.writes_only(rule.members))
    }

    /// The members of the body; annotations of the whole are none.
    fn written(&self) -> impl Iterator<Item = &String> {
        self.body.keys().filter(|name| !name.starts_with('@'))
    }

    fn writes_only(&self, members: &[&str]) -> bool {
        let named = |name: &String| {
            members
                .iter()
                .any(|member| member.eq_ignore_ascii_case(name))
        };
        self.written().all(named)
    }

    /// Some permissions need another one beside them.
    fn accompanied(&self, permission: &str, held: &[String]) -> bool {
        let companions = self.allowed.and.get(permission);
        companions.is_none_or(|companions| held.iter().any(|held| companions.contains(held)))
    }

    fn person_may(&self) -> bool {
        let needs = self.operation.needs;
        if needs == "self" {
            return self.resource.chain.is_empty() || self.is_self();
        }
        if self.is_self() && self.own_account_allows() {
            return true;
        }
        if self.owns() && !needs.ends_with("/create") || needs.is_empty() {
            return true;
        }
        let actions = Actions::of_person(self.tenant, self.caller.object_id, self.object_id());
        self.actions_allow(&actions)
    }

    /// People read their own account, and do with it what the row says.
    fn own_account_allows(&self) -> bool {
        self.operation.needs.ends_with("/read")
            || self
                .operation
                .own
                .is_some_and(|members| members.is_empty() || self.writes_only(members))
    }

    fn actions_allow(&self, actions: &Actions<'_>) -> bool {
        if !self.operation.apart.is_empty() && !self.body.is_empty() {
            return self.written().all(|name| self.member_allows(actions, name));
        }
        let mut alternatives = self.operation.needs.split('|');
        alternatives.any(|needs| self.one_allows(actions, needs))
    }

    fn one_allows(&self, actions: &Actions<'_>, needs: &str) -> bool {
        let Some(rest) = needs.strip_prefix("{class}") else {
            let class = needs.split('/').next().unwrap_or_default();
            return self.action_allows(actions, class, needs)
                || needs
                    .strip_suffix("deletedItems.{class}/delete")
                    .is_some_and(|_| actions.has("deletedItems/delete"));
        };
        match self.object() {
            Some(row) => {
                let set = type_of(row).set();
                self.action_allows(actions, set, &format!("{set}{rest}"))
            }
            // What is not there, or is said in the body, is nobody's secret before it is looked at.
            None => true,
        }
    }

    /// Whether a member of the body may be written: some have actions of their own.
    fn member_allows(&self, actions: &Actions<'_>, name: &str) -> bool {
        let name = name.strip_suffix("@odata.bind").unwrap_or(name);
        let mut apart = self.operation.apart.iter();
        let own = apart.find(|(member, _)| member.eq_ignore_ascii_case(name));
        let needs = [self.operation.needs];
        let needed = own.map_or(&needs[..], |(_, needed)| needed);
        let class = self.operation.needs.split('/').next().unwrap_or_default();
        let mut needed = needed.iter();
        needed.any(|needed| self.action_allows(actions, class, needed))
    }

    fn action_allows(&self, actions: &Actions<'_>, class: &str, needed: &str) -> bool {
        if class == "groups" {
            let rest = needed.strip_prefix("groups").unwrap_or_default();
            let classes = self.group_classes();
            let named = classes.iter().map(|class| format!("{class}{rest}"));
            if named.into_iter().any(|needed| actions.cover(&needed)) {
                return true;
            }
        } else if actions.cover(needed) || tenant_profile(actions, needed) {
            return true;
        }
        if needed.ends_with("/create") {
            // Who makes an object without more rights than that becomes its owner; a service principal needs a registration
            // of one's own.
            let own = class != "servicePrincipals" || self.owns();
            let kinds = match class {
                "groups" => self.group_classes(),
                _ => &[],
            };
            let as_owner = |class: &str| actions.has(&format!("{class}/createAsOwner"));
            return own && (as_owner(class) || kinds.iter().any(|class| as_owner(class)));
        }
        self.reads() && self.limited_read(actions, class, needed)
    }

    /// What the actions on groups call the kind of the group at hand, or of the one to be made.
    fn group_classes(&self) -> &'static [&'static str] {
        let classes = |assignable, unified| match (assignable, unified) {
            // Only roles that say so change groups that roles are assigned to.
            (true, _) if !self.reads() => &["groupsAssignableToRoles"][..],
            (_, true) => &["groups", "groups.unified"],
            (_, false) => &["groups", "groups.security"],
        };
        match self.object() {
            Some(Row::Group(Group {
                assignable_to_role,
                kind,
                ..
            })) => classes(*assignable_to_role, *kind == GroupKind::Unified),
            Some(_) => &["groups"],
            None => {
                let assignable = self.body.get("isAssignableToRole") == Some(&Value::Bool(true));
                let kinds = self.body.get("groupTypes").and_then(Value::as_array);
                let unified = kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == "Unified"));
                classes(assignable, unified)
            }
        }
    }

    /// What guests may read: registrations, single accounts, and the groups they are in (Microsoft Learn, "What are the
    /// default user permissions?").
    fn limited_read(&self, actions: &Actions<'_>, class: &str, needed: &str) -> bool {
        let limited = needed
            .strip_suffix("/read")
            .map(|part| format!("{part}/limitedRead"));
        match class {
            // Without telephone numbers in some views of the portal; Graph shows the same.
            "users" if needed == "users/authenticationMethods/standard/read" => {
                actions.has("users/authenticationMethods/standard/restrictedRead")
            }
            "users" => {
                needed == "users/standard/read"
                    && self.object().is_some()
                    && actions.has("users/guestBasicProfile/limitedRead")
            }
            "groups" => {
                let within = match self.object() {
                    Some(Row::Group(group)) => {
                        let groups = self.tenant.groups_of(self.caller.object_id);
                        groups.contains(&group.id)
                    }
                    _ => false,
                };
                within && limited.is_some_and(|limited| actions.has(&limited))
            }
            _ => limited.is_some_and(|limited| actions.has(&limited)),
        }
    }

    /// An app needs an app role; a directory role that was assigned to it does as well.
    fn app_may(&self) -> bool {
        let Some(sufficient) = &self.allowed.application else {
            return false;
        };
        let roles = &self.caller.roles;
        let by_permission = roles.iter().any(|role| {
            sufficient.contains(role)
                && (!role.ends_with(".OwnedBy") || self.owned_suffices())
                && self.reaches_members(role)
                && self.accompanied(role, roles)
        });
        let needs = self.operation.needs;
        by_permission || {
            let actions = Actions::assigned(self.tenant, self.caller.object_id, self.object_id());
            !needs.is_empty()
                && needs != "self"
                && !needs.starts_with('{')
                && self.actions_allow(&actions)
        }
    }

    /// Whether a permission over what one owns is enough: to read, to make, and for what one owns.
    fn owned_suffices(&self) -> bool {
        let makes_registration = self.operation.template == "/applications";
        self.reads() || makes_registration || self.owns()
    }
}

/// Guests read the tenant's name and domains.
fn tenant_profile(actions: &Actions<'_>, needed: &str) -> bool {
    needed == "organization/standard/read" && actions.has("organization/basicProfile/read")
}
