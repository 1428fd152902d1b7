//! The `userEventsSummary` entity type (beta): registrations of methods, read off the audit log and kept as long as it.

use std::borrow::Cow;
use std::sync::Arc;

use entrasim_domain::audit::AuditRecord;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::registration_activity::registered;

use super::{Entities, EntityType, Operators, Property};

type Row = Arc<AuditRecord>;
type P = Property<Row>;

pub(in crate::surface::graph) static USER_EVENTS_SUMMARY: EntityType<Row> = EntityType {
    name: "userEventsSummary",
    set: "reports/authenticationMethods/userEventsSummary",
    class: "UserEventsSummary",
    properties: PROPERTIES,
    navigations: &[],
    missing: &[],
    rows,
    size: None,
    id: |row| Some(place(row)),
    get: |tenant, key| {
        let mut all = rows(tenant, None);
        all.find(|row| tenant.event_id(row).to_string().eq_ignore_ascii_case(key))
    },
};

fn place(row: &Row) -> ObjectId {
    ObjectId::from_u128(u128::from(row.number))
}

fn rows(tenant: &Tenant, after: Option<ObjectId>) -> Entities<'_, Row> {
    let newest_first = tenant.audit.newest_first();
    let events = newest_first.filter(|row| registered(row).is_some());
    match after {
        None => Box::new(events),
        Some(last) => Box::new(events.skip_while(move |row| place(row) >= last)),
    }
}

const NAMES: Operators = Operators::EQ.and(Operators::STARTS);

const PROPERTIES: &[P] = &[
    P::text("id", |tenant, row| {
        Some(Cow::Owned(tenant.event_id(row).to_string()))
    }),
    P::text("feature", |_, _| Some(Cow::Borrowed("registration"))).operators(Operators::EQ),
    P::text("userPrincipalName", |_, row| {
        let user = row.targets.first();
        let name = user.and_then(|user| user.principal_name.as_deref());
        Some(Cow::Borrowed(name.unwrap_or_default()))
    })
    .operators(NAMES),
    P::text("userDisplayName", |_, row| {
        let user = row.targets.first();
        let name = user.and_then(|user| user.display_name.as_deref());
        Some(Cow::Borrowed(name.unwrap_or_default()))
    })
    .operators(NAMES),
    P::boolean("isSuccess", |_, _| Some(true)).operators(Operators::EQ),
    P::text("authMethod", |_, row| registered(row).map(Cow::Borrowed)).operators(Operators::EQ),
    P::text("failureReason", |_, _| Some(Cow::Borrowed(""))).operators(Operators::EQ),
    P::date("eventDateTime", |_, row| Some(row.at)),
];
