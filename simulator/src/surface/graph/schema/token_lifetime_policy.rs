//! The `tokenLifetimePolicy` entity type, and the way to it from what it is assigned to.

use std::sync::Arc;

use entrasim_domain::policy::token_lifetime::TokenLifetimePolicy;
use entrasim_domain::tenant::Tenant;
use serde_json::json;
use uuid::Uuid;

use super::directory_object::DIRECTORY_OBJECT;
use super::{EntityType, Filterable, Kind, Navigation, Projected, Property, Row, object};

type P = Property<Arc<TokenLifetimePolicy>>;

pub(in crate::surface::graph) static TOKEN_LIFETIME_POLICY: EntityType<Arc<TokenLifetimePolicy>> =
    EntityType {
        name: "tokenLifetimePolicy",
        set: "policies/tokenLifetimePolicies",
        class: "Policy",
        properties: PROPERTIES,
        navigations: &[APPLIES_TO],
        missing: &[],
        rows: |tenant, _| Box::new(tenant.token_lifetimes.policies.values()),
        size: None,
        id: |_| None,
        get: |tenant, key| {
            let policies = &tenant.token_lifetimes.policies;
            policies.get(&key.parse::<Uuid>().ok()?)
        },
    };

const PROPERTIES: &[P] = &[
    P::new("id", Kind::Text, |_, policy| json!(policy.id.to_string())).filter(Filterable::Exact),
    P::null("deletedDateTime"),
    P::new("definition", Kind::Texts, |_, policy| {
        json!([policy.definition])
    }),
    // The documented answers have none where none was written.
    P::new("description", Kind::Text, |_, policy| {
        json!(policy.description)
    })
    .sparse(),
    P::new("displayName", Kind::Text, |_, policy| {
        json!(policy.display_name)
    })
    .filter(Filterable::Text),
    P::new("isOrganizationDefault", Kind::Boolean, |_, policy| {
        json!(policy.organization_default)
    })
    .filter(Filterable::Exact),
];

const APPLIES_TO: Navigation =
    Navigation::many("appliesTo", &DIRECTORY_OBJECT, |tenant, of, after| {
        let Row::TokenLifetimePolicy(policy) = of else {
            return Box::new(core::iter::empty());
        };
        let holders = tenant.token_lifetimes.holders(policy.id, after);
        Box::new(holders.filter_map(|id| object(tenant, id)))
    });

/// The policy of an application or a service principal: one at most.
pub(super) const TOKEN_LIFETIME_POLICIES: Navigation = Navigation::many(
    "tokenLifetimePolicies",
    &TOKEN_LIFETIME_POLICY,
    |tenant, of, _| Box::new(assigned(tenant, of).into_iter().map(Projected::row)),
)
.unpaged();

fn assigned<'a>(tenant: &'a Tenant, of: Row<'a>) -> Option<&'a Arc<TokenLifetimePolicy>> {
    let id = match of {
        Row::Application(application) => application.id,
        Row::ServicePrincipal(principal) => principal.id,
        _ => return None,
    };
    tenant.token_lifetimes.of(id)
}
