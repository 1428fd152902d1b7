//! The `oAuth2PermissionGrant` entity type: what clients may do for users.

use std::borrow::Cow;
use std::sync::Arc;

use entrasim_domain::directory::permission_grant::DelegatedGrant;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;

use super::{Access, Entities, EntityType, Operators, Property, Shape, Version};

type P = Property<DelegatedGrant>;

pub(in crate::surface::graph) static OAUTH2_PERMISSION_GRANT: EntityType<DelegatedGrant> =
    EntityType {
        name: "oAuth2PermissionGrant",
        set: "oauth2PermissionGrants",
        class: "OAuth2PermissionGrant",
        properties: PROPERTIES,
        navigations: &[],
        missing: &[],
        rows,
        size: Some(|tenant| tenant.delegated_grants.len()),
        id: |grant| Some(grant.place()),
        get: |tenant, key| tenant.delegated_grants.by_id(key).map(Arc::as_ref),
    };

fn rows(tenant: &Tenant, after: Option<ObjectId>) -> Entities<'_, DelegatedGrant> {
    use core::ops::Bound;
    let start = after.map_or(Bound::Unbounded, Bound::Excluded);
    let rows = tenant.delegated_grants.range((start, Bound::Unbounded));
    Box::new(rows.map(|(_, grant)| &**grant))
}

fn of_client<'a>(
    tenant: &'a Tenant,
    client: &str,
    after: Option<ObjectId>,
) -> Entities<'a, DelegatedGrant> {
    match client.parse() {
        Ok(client) => Box::new(
            tenant
                .delegated_grants
                .of_client(client, after)
                .map(Arc::as_ref),
        ),
        Err(_) => Box::new(core::iter::empty()),
    }
}

fn of_principal<'a>(
    tenant: &'a Tenant,
    user: &str,
    after: Option<ObjectId>,
) -> Entities<'a, DelegatedGrant> {
    match user.parse() {
        Ok(user) => Box::new(
            tenant
                .delegated_grants
                .of_principal(user, after)
                .map(Arc::as_ref),
        ),
        Err(_) => Box::new(core::iter::empty()),
    }
}

const EQ: Operators = Operators::EQ;

const PROPERTIES: &[P] = &[
    P::text("clientId", |_, grant| {
        Some(Cow::Owned(grant.client.to_string()))
    })
    .operators(EQ)
    .holders(of_client),
    P::text("consentType", |_, grant| {
        let word = if grant.principal.is_some() {
            "Principal"
        } else {
            "AllPrincipals"
        };
        Some(Cow::Borrowed(word))
    })
    .operators(EQ),
    P::kept("expiryTime", Shape::Date).only(Version::Beta),
    P::text("id", |_, grant| Some(Cow::Borrowed(&*grant.id))).access(Access::ReadOnly),
    P::text("principalId", |_, grant| {
        grant
            .principal
            .map(|principal| Cow::Owned(principal.to_string()))
    })
    .operators(EQ.and(Operators::NULL))
    .holders(of_principal),
    P::text("resourceId", |_, grant| {
        Some(Cow::Owned(grant.resource.to_string()))
    })
    .operators(EQ),
    P::text("scope", |_, grant| Some(Cow::Owned(grant.scopes.join(" ")))).operators(EQ),
    P::kept("startTime", Shape::Date).only(Version::Beta),
];
