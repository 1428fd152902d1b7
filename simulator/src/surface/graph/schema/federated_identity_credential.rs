//! The `federatedIdentityCredential` entity type: contained in a registration, never a set of its own.

use entrasim_domain::credential::application_credential::FederatedCredential;
use serde_json::json;

use super::{EntityType, Filterable, Kind, Property};

type P = Property<FederatedCredential>;

pub(in crate::surface::graph) static FEDERATED_IDENTITY_CREDENTIAL: EntityType<
    FederatedCredential,
> = EntityType {
    name: "federatedIdentityCredential",
    set: "federatedIdentityCredentials",
    class: "FederatedIdentityCredential",
    properties: PROPERTIES,
    navigations: &[],
    missing: &["claimsMatchingExpression"],
    rows: |_, _| Box::new(core::iter::empty()),
    size: None,
    id: |_| None,
    get: |_, _| None,
};

const PROPERTIES: &[P] = &[
    P::new("id", Kind::Text, |_, credential| {
        json!(credential.id.to_string())
    }),
    P::new("name", Kind::Text, |_, credential| json!(credential.name)).filter(Filterable::Exact),
    P::new("issuer", Kind::Text, |_, credential| {
        json!(credential.issuer)
    }),
    P::new("subject", Kind::Text, |_, credential| {
        json!(credential.subject)
    })
    .filter(Filterable::Exact),
    P::new("description", Kind::Text, |_, credential| {
        json!(credential.description)
    }),
    P::new("audiences", Kind::Texts, |_, credential| {
        json!([credential.audience])
    }),
];
