//! The `delegatedPermissionClassification` entity type: contained in the service principal that offers the permission.

use std::borrow::Cow;

use entrasim_domain::directory::service_principal::PermissionClassification;

use super::{Access, EntityType, Navigation, Projected, Property, Row};
use crate::directory_ids::permission_classification_id;

type P = Property<PermissionClassification>;

pub(in crate::surface::graph) static PERMISSION_CLASSIFICATION: EntityType<
    PermissionClassification,
> = EntityType {
    name: "delegatedPermissionClassification",
    set: "delegatedPermissionClassifications",
    class: "DelegatedPermissionClassification",
    properties: PROPERTIES,
    navigations: &[],
    missing: &[],
    rows: |_, _| Box::new(core::iter::empty()),
    size: None,
    id: |_| None,
    get: |_, _| None,
};

const PROPERTIES: &[P] = &[
    P::text("id", |_, row| {
        Some(Cow::Owned(permission_classification_id(row)))
    })
    .access(Access::ReadOnly),
    P::text("classification", |_, row| {
        Some(Cow::Borrowed(&*row.classification))
    }),
    P::text("permissionId", |_, row| {
        Some(Cow::Owned(row.permission.to_string()))
    }),
    P::text("permissionName", |_, row| Some(Cow::Borrowed(&*row.name))),
];

pub(super) const PERMISSION_CLASSIFICATIONS: Navigation = Navigation::many(
    "delegatedPermissionClassifications",
    &PERMISSION_CLASSIFICATION,
    |_, of, _| match of {
        Row::ServicePrincipal(principal) => {
            Box::new(principal.classifications.iter().map(Projected::row))
        }
        _ => Box::new(core::iter::empty()),
    },
)
.contained()
.unpaged()
.unexpandable();
