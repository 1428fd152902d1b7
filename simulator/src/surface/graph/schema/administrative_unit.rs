//! The `administrativeUnit` entity type: parts of the directory, as what others are members of.

use std::borrow::Cow;

use entrasim_domain::directory::administrative_unit::AdministrativeUnit;
use entrasim_domain::id::ObjectId;

use super::relations::MEMBERS;
use super::{Access, EntityType, Filterable, Property, Sortable};

type P = Property<AdministrativeUnit>;

pub(in crate::surface::graph) static ADMINISTRATIVE_UNIT: EntityType<AdministrativeUnit> =
    EntityType {
        name: "administrativeUnit",
        set: "directory/administrativeUnits",
        class: "AdministrativeUnit",
        properties: PROPERTIES,
        navigations: &[MEMBERS],
        missing: &[
            "extensions",
            "membershipRule",
            "membershipRuleProcessingState",
            "membershipType",
            "scopedRoleMembers",
        ],
        rows: |tenant, after| {
            let units = tenant.administrative_units.after(after);
            Box::new(units.map(|unit| &**unit))
        },
        size: Some(|tenant| tenant.administrative_units.len()),
        id: |unit| Some(unit.id),
        get: |tenant, key| {
            let unit = tenant
                .administrative_units
                .get(&key.parse::<ObjectId>().ok()?);
            unit.map(|unit| &**unit)
        },
    };

const PROPERTIES: &[P] = &[
    P::text("id", |_, unit| Some(Cow::Owned(unit.id.to_string())))
        .filter(Filterable::Exact)
        .access(Access::ReadOnly),
    P::null("deletedDateTime").access(Access::ReadOnly),
    P::text("displayName", |_, unit| {
        Some(Cow::Borrowed(&*unit.display_name))
    })
    .filter(Filterable::Text)
    .sort(Sortable::Yes)
    .search(),
    P::text("description", |_, unit| {
        unit.description.as_deref().map(Cow::Borrowed)
    })
    .filter(Filterable::Text),
    P::text("visibility", |_, unit| {
        unit.visibility.as_deref().map(Cow::Borrowed)
    }),
    P::boolean("isMemberManagementRestricted", |_, unit| {
        Some(unit.restricted)
    }),
];
