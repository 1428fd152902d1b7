//! The `authenticationContextClassReference` entity type.

use std::sync::Arc;

use entrasim_domain::policy::conditional_access::AuthenticationContext;
use serde_json::json;

use super::{EntityType, Filterable, Kind, Property};

type Row = Arc<AuthenticationContext>;
type P = Property<Row>;

pub(in crate::surface::graph) static AUTHENTICATION_CONTEXT: EntityType<Row> = EntityType {
    name: "authenticationContextClassReference",
    set: "identity/conditionalAccess/authenticationContextClassReferences",
    class: "AuthenticationContextClassReference",
    properties: PROPERTIES,
    navigations: &[],
    missing: &[],
    rows: |tenant, _| Box::new(tenant.conditional_access.authentication_contexts.values()),
    size: None,
    id: |_| None,
    get: |tenant, key| {
        let contexts = &tenant.conditional_access.authentication_contexts;
        contexts.get(&key.to_ascii_lowercase())
    },
};

const PROPERTIES: &[P] = &[
    P::new("id", Kind::Text, |_, context| json!(context.id)).filter(Filterable::Exact),
    P::new("displayName", Kind::Text, |_, context| {
        json!(context.display_name)
    })
    .filter(Filterable::Text),
    P::new("description", Kind::Text, |_, context| {
        json!(context.description)
    }),
    P::new("isAvailable", Kind::Boolean, |_, context| {
        json!(context.available)
    })
    .filter(Filterable::Exact),
];
