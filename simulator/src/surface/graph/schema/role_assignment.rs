//! The `unifiedRoleAssignment` entity type: who holds a role, and for what.

use std::sync::Arc;

use entrasim_domain::directory::role::{DirectoryRoleAssignment, RoleScope};
use entrasim_domain::tenant::Tenant;
use serde_json::json;

use super::directory_object::DIRECTORY_OBJECT;
use super::role_definition::{ROLE_DEFINITION, role_definition};
use super::{
    Access, EntityType, Filterable, Kind, Navigation, Projected, Property, Row, Rows, object,
};

type Assignment = Arc<DirectoryRoleAssignment>;
type P = Property<Assignment>;

pub(in crate::surface::graph) static ROLE_ASSIGNMENT: EntityType<Assignment> = EntityType {
    name: "unifiedRoleAssignment",
    set: "roleManagement/directory/roleAssignments",
    class: "RoleAssignment",
    properties: &[
        P::new("id", Kind::Text, |_, held| json!(held.key()))
            .filter(Filterable::Exact)
            .access(Access::ReadOnly),
        P::new("principalId", Kind::Text, |_, held| {
            json!(held.principal.to_string())
        })
        .filter(Filterable::Exact),
        P::new("directoryScopeId", Kind::Text, |_, held| {
            json!(held.scope.text())
        })
        .filter(Filterable::Exact),
        P::new("roleDefinitionId", Kind::Text, |_, held| {
            json!(held.role.to_string())
        })
        .filter(Filterable::Exact),
        P::null("appScopeId").on_demand(),
        P::null("condition").on_demand(),
        P::null("principalOrganizationId")
            .only(super::Version::Beta)
            .on_demand(),
        P::null("resourceScope")
            .only(super::Version::Beta)
            .on_demand(),
    ],
    navigations: &[DIRECTORY_SCOPE, PRINCIPAL, ROLE],
    missing: &["appScope"],
    rows: |tenant, _| Box::new(tenant.role_assignments.values()),
    size: Some(|tenant| tenant.role_assignments.len()),
    id: |_| None,
    get: find,
};

fn find<'a>(tenant: &'a Tenant, key: &str) -> Option<&'a Assignment> {
    let principal = DirectoryRoleAssignment::principal_in(key)?;
    let mut held = tenant.role_assignments.of_principal(principal);
    held.find(|held| held.key() == key)
}

const PRINCIPAL: Navigation =
    Navigation::one("principal", &DIRECTORY_OBJECT, |tenant, of, _| match of {
        Row::RoleAssignment(held) => one(object(tenant, held.principal)),
        _ => one(None),
    });

const ROLE: Navigation =
    Navigation::one(
        "roleDefinition",
        &ROLE_DEFINITION,
        |tenant, of, _| match of {
            Row::RoleAssignment(held) => {
                one(role_definition(tenant, held.role).map(Projected::row))
            }
            _ => one(None),
        },
    );

/// Nothing where the scope is the whole directory.
const DIRECTORY_SCOPE: Navigation = Navigation::one(
    "directoryScope",
    &DIRECTORY_OBJECT,
    |tenant, of, _| match of {
        Row::RoleAssignment(held) => match held.scope {
            RoleScope::Directory => one(None),
            RoleScope::Unit(id) | RoleScope::Object(id) => one(object(tenant, id)),
        },
        _ => one(None),
    },
);

fn one(row: Option<Row<'_>>) -> Rows<'_> {
    Box::new(row.into_iter())
}
