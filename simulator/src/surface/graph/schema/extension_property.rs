//! The `extensionProperty` entity type: what a registration adds to users and other objects; contained in the registration.

use std::borrow::Cow;

use entrasim_domain::directory::application::ExtensionProperty;
use serde_json::json;

use super::{Access, EntityType, Filterable, Kind, Navigation, Projected, Property, Row};

type P = Property<ExtensionProperty>;

pub(in crate::surface::graph) static EXTENSION_PROPERTY: EntityType<ExtensionProperty> =
    EntityType {
        name: "extensionProperty",
        set: "extensionProperties",
        class: "ExtensionProperty",
        properties: PROPERTIES,
        navigations: &[],
        missing: &[],
        rows: |_, _| Box::new(core::iter::empty()),
        size: None,
        id: |property| Some(property.id),
        get: |_, _| None,
    };

const PROPERTIES: &[P] = &[
    P::text("id", |_, property| {
        Some(Cow::Owned(property.id.to_string()))
    })
    .access(Access::ReadOnly),
    P::date("deletedDateTime", |_, _| None).access(Access::ReadOnly),
    P::text("appDisplayName", |tenant, property| {
        let app = tenant.application(property.app)?;
        Some(Cow::Borrowed(&*app.display_name))
    })
    .access(Access::ReadOnly),
    P::text("dataType", |_, property| {
        Some(Cow::Borrowed(&*property.data_type))
    }),
    P::boolean("isMultiValued", |_, property| Some(property.multi_valued)),
    P::boolean("isSyncedFromOnPremises", |_, _| Some(false)).access(Access::ReadOnly),
    P::text("name", |_, property| Some(Cow::Owned(property.full_name()))).filter(Filterable::Exact),
    P::new("targetObjects", Kind::Texts, |_, property| {
        json!(property.targets)
    }),
];

/// The properties that a registration defines, in the order of their ids.
pub(super) const EXTENSION_PROPERTIES: Navigation = Navigation::many(
    "extensionProperties",
    &EXTENSION_PROPERTY,
    |_, of, after| match of {
        Row::Application(application) => {
            let mut rows: Vec<&ExtensionProperty> =
                application.extension_properties.iter().collect();
            rows.retain(|row| after.is_none_or(|after| row.id > after));
            rows.sort_unstable_by_key(|row| row.id);
            Box::new(rows.into_iter().map(Projected::row))
        }
        _ => Box::new(core::iter::empty()),
    },
)
.contained();
