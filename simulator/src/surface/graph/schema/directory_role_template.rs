//! The `directoryRoleTemplate` entity type: every built-in role that can be activated.

use std::sync::LazyLock;

use entrasim_domain::catalogue::{self, DirectoryRole};
use entrasim_domain::tenant::Tenant;
use serde_json::json;

use super::{Access, Entities, EntityType, Kind, Property};

type P = Property<DirectoryRoleTemplate>;

/// A built-in role as a template.
#[derive(Debug)]
pub(in crate::surface::graph) struct DirectoryRoleTemplate(&'static DirectoryRole);

pub(in crate::surface::graph) static DIRECTORY_ROLE_TEMPLATE: EntityType<DirectoryRoleTemplate> =
    EntityType {
        name: "directoryRoleTemplate",
        set: "directoryRoleTemplates",
        class: "DirectoryRoleTemplate",
        properties: &[
            P::null("deletedDateTime").access(Access::ReadOnly),
            P::new("description", Kind::Text, |_, template| {
                json!(template.0.name)
            }),
            P::new("displayName", Kind::Text, |_, template| {
                json!(template.0.name)
            }),
            P::new("id", Kind::Text, |_, template| {
                json!(template.0.id.to_string())
            })
            .access(Access::ReadOnly),
        ],
        navigations: &[],
        missing: &[],
        rows: |_, _| rows(),
        size: None,
        id: |_| None,
        get: |_, key| {
            let id = key.parse().ok()?;
            rows().find(|template| template.0.id == id)
        },
    };

fn rows<'a>() -> Entities<'a, DirectoryRoleTemplate> {
    static TEMPLATES: LazyLock<Vec<DirectoryRoleTemplate>> = LazyLock::new(|| {
        catalogue::directory_roles()
            .iter()
            .map(DirectoryRoleTemplate)
            .collect()
    });
    Box::new(TEMPLATES.iter())
}

/// The template with this id.
pub(in crate::surface::graph) fn template(
    tenant: &Tenant,
    key: &str,
) -> Option<&'static DirectoryRole> {
    (DIRECTORY_ROLE_TEMPLATE.get)(tenant, key).map(|template| template.0)
}
