//! The `administrativeUnit` entity type: parts of the directory, as what others are members of.

use std::borrow::Cow;

use entrasim_domain::directory::administrative_unit::AdministrativeUnit;
use entrasim_domain::id::ObjectId;

use super::relations::MEMBERS;
use super::scoped_role_membership::SCOPED_ROLE_MEMBERS;
use super::{Access, EntityType, Filterable, Property, Shape, Sortable};

type P = Property<AdministrativeUnit>;

pub(in crate::surface::graph) static ADMINISTRATIVE_UNIT: EntityType<AdministrativeUnit> =
    EntityType {
        name: "administrativeUnit",
        set: "directory/administrativeUnits",
        class: "AdministrativeUnit",
        properties: PROPERTIES,
        navigations: &[MEMBERS, SCOPED_ROLE_MEMBERS],
        missing: &["extensions"],
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
    P::kept("visibility", Shape::OneOf(&["HiddenMembership", "Public"])),
    P::boolean("isMemberManagementRestricted", |_, unit| {
        Some(unit.restricted)
    }),
    // Members are always added by hand here.
    P::kept("membershipType", Shape::FirstOf(&["Assigned"])),
    P::null("membershipRule"),
    P::null("membershipRuleProcessingState"),
];
