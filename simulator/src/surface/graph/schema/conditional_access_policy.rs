//! The `conditionalAccessPolicy` entity type.

use std::sync::Arc;

use entrasim_domain::policy::conditional_access::ConditionalAccessPolicy;
use serde_json::json;

use super::{EntityType, Filterable, Kind, Property};
use crate::surface::graph::policy::conditional_access as wire;

type P = Property<Arc<ConditionalAccessPolicy>>;

pub(in crate::surface::graph) static CONDITIONAL_ACCESS_POLICY: EntityType<
    Arc<ConditionalAccessPolicy>,
> = EntityType {
    name: "conditionalAccessPolicy",
    set: "identity/conditionalAccess/policies",
    class: "ConditionalAccessPolicy",
    properties: PROPERTIES,
    navigations: &[],
    missing: &[],
    rows: |tenant, _| Box::new(tenant.conditional_access.policies.values()),
    size: None,
    id: |_| None,
    get: |tenant, key| {
        tenant
            .conditional_access
            .policies
            .get(&key.parse::<uuid::Uuid>().ok()?)
    },
};

/// What can still be restored of them; how long that is, who reads them looks at.
pub(in crate::surface::graph) static DELETED_POLICY: EntityType<Arc<ConditionalAccessPolicy>> =
    EntityType {
        name: "conditionalAccessPolicy",
        set: "identity/conditionalAccess/deletedItems/policies",
        class: "ConditionalAccessPolicy",
        properties: PROPERTIES,
        navigations: &[],
        missing: &[],
        size: None,
        id: |_| None,
        rows: |tenant, _| {
            let deleted = &tenant.conditional_access.deleted.policies;
            Box::new(deleted.all().map(|deleted| &deleted.row))
        },
        get: |tenant, key| {
            let deleted = &tenant.conditional_access.deleted.policies;
            Some(&deleted.kept(key.parse().ok()?)?.row)
        },
    };

const PROPERTIES: &[P] = &[
    P::new("id", Kind::Text, |_, policy| json!(policy.id.to_string())).filter(Filterable::Exact),
    P::new("templateId", Kind::Text, |_, policy| {
        json!(policy.template.map(|id| id.to_string()))
    })
    .only(super::Version::V1),
    P::new("displayName", Kind::Text, |_, policy| {
        json!(policy.display_name)
    })
    .filter(Filterable::Text),
    P::new("description", Kind::Text, |_, policy| {
        json!(policy.description)
    }),
    P::new("createdDateTime", Kind::Date, |_, policy| {
        wire::date(Some(policy.created))
    })
    .filter(Filterable::Date),
    P::new("modifiedDateTime", Kind::Date, |_, policy| {
        wire::date(policy.modified)
    })
    .filter(Filterable::Date),
    P::new("deletedDateTime", Kind::Date, |tenant, policy| {
        let deleted = tenant.conditional_access.deleted.policies.kept(policy.id);
        wire::date(deleted.map(|deleted| deleted.at))
    }),
    P::new("state", Kind::Text, |_, policy| wire::show_state(policy)).filter(Filterable::Exact),
    P::new("conditions", Kind::Complex, |_, policy| {
        wire::show_conditions(policy)
    }),
    P::new("grantControls", Kind::Complex, |tenant, policy| {
        wire::show_grant(policy, &tenant.conditional_access)
    }),
    P::new("sessionControls", Kind::Complex, |_, policy| {
        wire::show_session(policy)
    }),
];
