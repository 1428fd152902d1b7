//! The `namedLocation` entity type. The members of its two kinds stand beside the common ones.

use std::sync::Arc;

use entrasim_domain::policy::named_location::NamedLocation;
use serde_json::{Value, json};

use super::{EntityType, Filterable, Kind, Property};
use crate::surface::graph::policy::conditional_access::date;
use crate::surface::graph::policy::named_location::show;

type P = Property<Arc<NamedLocation>>;

pub(in crate::surface::graph) static NAMED_LOCATION: EntityType<Arc<NamedLocation>> = EntityType {
    name: "namedLocation",
    set: "identity/conditionalAccess/namedLocations",
    class: "NamedLocation",
    properties: PROPERTIES,
    navigations: &[],
    missing: &[],
    rows: |tenant, _| Box::new(tenant.conditional_access.named_locations.values()),
    size: None,
    id: |_| None,
    get: |tenant, key| {
        tenant
            .conditional_access
            .named_locations
            .get(&key.parse::<uuid::Uuid>().ok()?)
    },
};

/// What can still be restored of them; how long that is, who reads them looks at.
pub(in crate::surface::graph) static DELETED_LOCATION: EntityType<Arc<NamedLocation>> =
    EntityType {
        name: "namedLocation",
        set: "identity/conditionalAccess/deletedItems/namedLocations",
        class: "NamedLocation",
        properties: PROPERTIES,
        navigations: &[],
        missing: &[],
        size: None,
        id: |_| None,
        rows: |tenant, _| {
            let deleted = &tenant.conditional_access.deleted.named_locations;
            Box::new(deleted.all().map(|deleted| &deleted.row))
        },
        get: |tenant, key| {
            let deleted = &tenant.conditional_access.deleted.named_locations;
            Some(&deleted.kept(key.parse().ok()?)?.row)
        },
    };

/// A member of one of the two kinds; null on the other.
fn member(location: &NamedLocation, name: &str) -> Value {
    show(location).get(name).cloned().unwrap_or(Value::Null)
}

const PROPERTIES: &[P] = &[
    P::new("@odata.type", Kind::Text, |_, location| {
        member(location, "@odata.type")
    }),
    P::new("id", Kind::Text, |_, location| {
        json!(location.id.to_string())
    })
    .filter(Filterable::Exact),
    P::new("displayName", Kind::Text, |_, location| {
        json!(location.display_name)
    })
    .filter(Filterable::Text),
    P::new("createdDateTime", Kind::Date, |_, location| {
        date(Some(location.created))
    })
    .filter(Filterable::Date),
    P::null("modifiedDateTime"),
    P::new("deletedDateTime", Kind::Date, |tenant, location| {
        let deleted = &tenant.conditional_access.deleted.named_locations;
        date(deleted.kept(location.id).map(|deleted| deleted.at))
    }),
    P::new("isTrusted", Kind::Boolean, |_, location| {
        member(location, "isTrusted")
    })
    .sparse(),
    P::new("ipRanges", Kind::Complex, |_, location| {
        member(location, "ipRanges")
    })
    .sparse(),
    P::new("countriesAndRegions", Kind::Texts, |_, location| {
        member(location, "countriesAndRegions")
    })
    .sparse(),
    P::new(
        "includeUnknownCountriesAndRegions",
        Kind::Boolean,
        |_, location| member(location, "includeUnknownCountriesAndRegions"),
    )
    .sparse(),
    P::new("countryLookupMethod", Kind::Text, |_, location| {
        member(location, "countryLookupMethod")
    })
    .sparse(),
];
