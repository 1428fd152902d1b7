//! The `authenticationStrengthPolicy` entity type: the built-in ones, then the tenant's own.

use std::sync::{Arc, LazyLock};

use entrasim_domain::policy::authentication_strength::AuthenticationStrength;
use serde_json::json;

use super::{EntityType, Filterable, Kind, Property};
use crate::surface::graph::policy::authentication_strength as wire;
use crate::surface::graph::policy::conditional_access::date;

type Row = Arc<AuthenticationStrength>;
type P = Property<Row>;

static BUILT_IN: LazyLock<[Row; 3]> =
    LazyLock::new(|| AuthenticationStrength::built_in().map(Arc::new));

pub(in crate::surface::graph) static AUTHENTICATION_STRENGTH: EntityType<Row> = EntityType {
    name: "authenticationStrengthPolicy",
    set: "policies/authenticationStrengthPolicies",
    class: "AuthenticationStrengthPolicy",
    properties: PROPERTIES,
    navigations: &[],
    missing: &[],
    rows: |tenant, _| {
        let own = tenant.conditional_access.strengths.values();
        Box::new(BUILT_IN.iter().chain(own))
    },
    size: None,
    id: |_| None,
    get: |tenant, key| {
        let id = key.parse::<uuid::Uuid>().ok()?;
        let built_in = BUILT_IN.iter().find(|strength| strength.id == id);
        built_in.or_else(|| tenant.conditional_access.strengths.get(&id))
    },
};

const PROPERTIES: &[P] = &[
    P::new("id", Kind::Text, |_, strength| {
        json!(strength.id.to_string())
    })
    .filter(Filterable::Exact),
    P::new("createdDateTime", Kind::Date, |_, strength| {
        date(Some(strength.created))
    }),
    P::new("modifiedDateTime", Kind::Date, |_, strength| {
        date(Some(strength.modified))
    }),
    P::new("displayName", Kind::Text, |_, strength| {
        json!(strength.display_name)
    })
    .filter(Filterable::Exact),
    P::new("description", Kind::Text, |_, strength| {
        json!(strength.description)
    }),
    P::new("policyType", Kind::Text, |_, strength| {
        wire::show_type(strength)
    })
    .filter(Filterable::Exact),
    P::new("requirementsSatisfied", Kind::Text, |_, strength| {
        wire::show_requirements(strength)
    }),
    P::new("allowedCombinations", Kind::Complex, |_, strength| {
        json!(wire::texts(&strength.combinations))
    }),
    P::new("combinationConfigurations", Kind::Complex, |_, strength| {
        wire::show_configurations(strength)
    }),
];
