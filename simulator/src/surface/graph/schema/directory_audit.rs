//! The `directoryAudit` entity type: who changed what, the newest entry first.

use std::sync::Arc;

use entrasim_domain::audit::{Actor, AuditRecord, Initiator, Target};
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use serde_json::{Value, json};

use super::{Entities, EntityType, Filterable, Kind, Property, Sortable, Version};

mod modified;

type Row = Arc<AuditRecord>;
type P = Property<Row>;

pub(in crate::surface::graph) static DIRECTORY_AUDIT: EntityType<Row> = EntityType {
    name: "directoryAudit",
    set: "auditLogs/directoryAudits",
    class: "DirectoryAudit",
    properties: PROPERTIES,
    navigations: &[],
    missing: &[],
    rows,
    size: None,
    id: |row| Some(place(row)),
    get: |tenant, key| rows(tenant, None).find(|row| id(row) == key),
};

/// Where a page ends: entries are numbered.
fn place(row: &Row) -> ObjectId {
    ObjectId::from_u128(u128::from(row.number))
}

fn rows(tenant: &Tenant, after: Option<ObjectId>) -> Entities<'_, Row> {
    let all = tenant.audit.newest_first();
    match after {
        None => Box::new(all),
        Some(last) => Box::new(all.skip_while(move |row| place(row) >= last)),
    }
}

/// In the form of the real ones: the request, five characters, a number.
fn id(row: &AuditRecord) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bytes = row.correlation_id.as_bytes().iter().take(5);
    let letters: String = bytes
        .map(|byte| char::from(LETTERS[usize::from(byte & 31)]))
        .collect();
    let (request, number) = (row.correlation_id, 10_000_000 + row.number);
    format!("Directory_{request}_{letters}_{number}")
}

fn initiated_by(initiator: &Initiator, version: Version) -> Value {
    let address = || initiator.ip.map(|ip| ip.to_string()).unwrap_or_default();
    match (&initiator.actor, version) {
        (
            Actor::User {
                id,
                display_name,
                principal_name,
            },
            version,
        ) => {
            let mut user = json!({
                "id": id.to_string(), "displayName": display_name, "userPrincipalName": principal_name,
                "ipAddress": address(),
            });
            if let (Version::Beta, Some(members)) = (version, user.as_object_mut()) {
                members.insert("homeTenantId".to_owned(), Value::Null);
                members.insert("homeTenantName".to_owned(), Value::Null);
            }
            json!({"app": null, "user": user})
        }
        (
            Actor::App {
                id,
                app,
                display_name,
            },
            _,
        ) => json!({
            "app": {
                "appId": app.to_string(), "displayName": display_name, "servicePrincipalId": id.to_string(),
                "servicePrincipalName": null,
            },
            "user": null,
        }),
        (Actor::Service(name), _) => json!({
            "app": {"appId": null, "displayName": name, "servicePrincipalId": null, "servicePrincipalName": null},
            "user": null,
        }),
    }
}

fn target(target: &Target, modified: &Value) -> Value {
    json!({
        "id": target.id, "displayName": target.display_name, "type": target.kind,
        "userPrincipalName": target.principal_name, "groupType": target.group_type, "modifiedProperties": modified,
    })
}

/// The first target is the one that was changed.
fn targets(tenant: &Tenant, row: &Row) -> Value {
    let mut modified = modified::modified(tenant, row);
    let mut list = Vec::new();
    for one in &row.targets {
        list.push(target(one, &modified.take()));
        modified = json!([]);
    }
    Value::Array(list)
}

fn details(row: &AuditRecord) -> Value {
    let user_type = row.targets.iter().find_map(|target| target.user_type);
    let agent = row.initiator.agent.as_deref();
    let rows = [("UserType", user_type), ("User-Agent", agent)];
    let rows = rows
        .iter()
        .filter_map(|(key, value)| Some((key, (*value)?)));
    rows.map(|(key, value)| json!({"key": key, "value": value}))
        .collect()
}

const TARGET_MEMBERS: &[(&str, Kind)] = &[
    ("id", Kind::Text),
    ("displayName", Kind::Text),
    ("type", Kind::Text),
    ("userPrincipalName", Kind::Text),
];

const INITIATOR_MEMBERS: &[(&str, Kind)] = &[
    ("user/id", Kind::Text),
    ("user/displayName", Kind::Text),
    ("user/userPrincipalName", Kind::Text),
    ("user/ipAddress", Kind::Text),
    ("app/appId", Kind::Text),
    ("app/displayName", Kind::Text),
    ("app/servicePrincipalId", Kind::Text),
];

const PROPERTIES: &[P] = &[
    P::new("id", Kind::Text, |_, row| json!(id(row))).filter(Filterable::Exact),
    P::new("category", Kind::Text, |_, row| {
        json!(row.activity.category)
    })
    .filter(Filterable::Text),
    P::new("correlationId", Kind::Text, |_, row| {
        json!(row.correlation_id.to_string())
    })
    .filter(Filterable::Exact),
    P::new("result", Kind::Text, |_, _| json!("success")).filter(Filterable::Exact),
    P::new("resultReason", Kind::Text, |_, row| json!(row.reason)),
    P::new("activityDisplayName", Kind::Text, |_, row| {
        json!(row.activity.name)
    })
    .filter(Filterable::Text),
    P::new("activityDateTime", Kind::Date, |_, row| {
        json!(row.at.to_string())
    })
    .filter(Filterable::Date)
    .sort(Sortable::Yes),
    P::new("loggedByService", Kind::Text, |_, row| {
        json!(row.activity.service)
    })
    .filter(Filterable::Text),
    P::new("operationType", Kind::Text, |_, row| {
        json!(row.activity.operation)
    }),
    P::new("userAgent", Kind::Text, |_, row| json!(row.initiator.agent)).only(Version::Beta),
    P::new("initiatedBy", Kind::Complex, |_, row| {
        initiated_by(&row.initiator, Version::V1)
    })
    .members(INITIATOR_MEMBERS)
    .filter(Filterable::Text)
    .only(Version::V1),
    P::new("initiatedBy", Kind::Complex, |_, row| {
        initiated_by(&row.initiator, Version::Beta)
    })
    .members(INITIATOR_MEMBERS)
    .filter(Filterable::Text)
    .only(Version::Beta),
    // Of agents only.
    P::null("performedBy").only(Version::Beta),
    P::new("targetResources", Kind::Complexes, targets)
        .members(TARGET_MEMBERS)
        .filter(Filterable::Text),
    P::new("additionalDetails", Kind::Complexes, |_, row| details(row)),
];
