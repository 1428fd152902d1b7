//! What comes along with the objects of a delta: who is a member or an owner, who came, who went.

use entrasim_domain::directory::object::{Class, ObjectRef};
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::relations::Relation;
use serde_json::{Map, Value, json};

use super::Delta;
use crate::surface::graph::schema::Row;

/// What a set's changes are found by.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Tracked {
    Objects(Class),
    Roles,
    Grants,
}

impl Tracked {
    pub(super) fn of(set: &str) -> Option<Self> {
        Some(match set {
            "directory/administrativeUnits" => Self::Objects(Class::AdministrativeUnit),
            "applications" => Self::Objects(Class::Application),
            "devices" => Self::Objects(Class::Device),
            "directoryRoles" => Self::Roles,
            "groups" => Self::Objects(Class::Group),
            "oauth2PermissionGrants" => Self::Grants,
            "servicePrincipals" => Self::Objects(Class::ServicePrincipal),
            "users" => Self::Objects(Class::User),
            _ => return None,
        })
    }

    /// The navigations whose changes come along.
    pub(super) fn navigations(self) -> &'static [&'static str] {
        match self {
            Self::Objects(Class::Group) => &["members", "owners"],
            Self::Roles | Self::Objects(Class::AdministrativeUnit) => &["members"],
            _ => &[],
        }
    }
}

/// A link that came or went.
pub(super) struct LinkChange {
    pub(super) navigation: &'static str,
    pub(super) object: ObjectId,
    pub(super) gone: bool,
}

impl Delta<'_> {
    pub(super) fn all_links(&self, row: Row<'_>) -> Vec<LinkChange> {
        let there = |navigation, ids: Vec<ObjectId>| {
            ids.into_iter().map(move |object| LinkChange {
                navigation,
                object,
                gone: false,
            })
        };
        let relations = &self.tenant.relations;
        match row {
            Row::Group(group) => {
                let members = relations
                    .targets(Relation::Member, group.id, None)
                    .collect();
                let owners = relations.targets(Relation::Owner, group.id, None).collect();
                there("members", members)
                    .chain(there("owners", owners))
                    .collect()
            }
            Row::AdministrativeUnit(unit) => {
                let members = relations
                    .targets(Relation::UnitMember, unit.id, None)
                    .collect();
                there("members", members).collect()
            }
            Row::DirectoryRole(role) => {
                let held = self.tenant.role_assignments.of_role(role.id);
                let mut holders: Vec<ObjectId> = held.map(|held| held.principal).collect();
                holders.sort_unstable();
                holders.dedup();
                there("members", holders).collect()
            }
            _ => Vec::new(),
        }
    }

    /// `members@delta` and its like.
    pub(super) fn add_links(&self, members: &mut Map<String, Value>, links: &[LinkChange]) {
        for navigation in &self.navigations {
            let of_it = links.iter().filter(|link| link.navigation == *navigation);
            let values: Vec<Value> = of_it.map(|link| self.link(link)).collect();
            if !values.is_empty() {
                members.insert(format!("{navigation}@delta"), Value::Array(values));
            }
        }
    }

    fn link(&self, link: &LinkChange) -> Value {
        let object = self.tenant.object(link.object);
        let mut value = json!({
            "@odata.type": format!("#microsoft.graph.{}", object.map_or("directoryObject", name)),
            "id": link.object.to_string(),
        });
        if link.gone {
            value["@removed"] = json!({"reason": "deleted"});
        }
        value
    }
}

fn name(object: ObjectRef<'_>) -> &'static str {
    match object.class() {
        Class::AdministrativeUnit => "administrativeUnit",
        Class::Application => "application",
        Class::Device => "device",
        Class::Group => "group",
        Class::ServicePrincipal => "servicePrincipal",
        Class::User => "user",
    }
}
