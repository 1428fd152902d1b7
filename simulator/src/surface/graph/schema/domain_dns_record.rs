//! The `domainDnsRecord` entity type with its four kinds: contained in a domain.

use std::borrow::Cow;

use entrasim_domain::directory::domain::{DnsData, DnsRecord};

use super::{EntityType, Property};

type P = Property<DnsRecord>;

pub(super) static DOMAIN_DNS_RECORD: EntityType<DnsRecord> = EntityType {
    name: "domainDnsRecord",
    set: "domainDnsRecords",
    class: "DomainDnsRecord",
    properties: PROPERTIES,
    navigations: &[],
    missing: &[],
    rows: |_, _| Box::new(core::iter::empty()),
    size: None,
    id: |_| None,
    get: |_, _| None,
};

/// How long a record may be kept (documented examples).
const SECONDS: i64 = 3600;

fn kind(record: &DnsRecord) -> (&'static str, &'static str) {
    match record.data {
        DnsData::Mx { .. } => ("#microsoft.graph.domainDnsMxRecord", "Mx"),
        DnsData::Txt { .. } => ("#microsoft.graph.domainDnsTxtRecord", "Txt"),
        DnsData::CName { .. } => ("#microsoft.graph.domainDnsCnameRecord", "CName"),
        DnsData::Srv { .. } => ("#microsoft.graph.domainDnsSrvRecord", "Srv"),
    }
}

const PROPERTIES: &[P] = &[
    P::text("@odata.type", |_, record| {
        Some(Cow::Borrowed(kind(record).0))
    }),
    P::text("id", |_, record| Some(Cow::Owned(record.id.to_string()))),
    P::boolean("isOptional", |_, record| Some(record.optional)),
    P::text("label", |_, record| Some(Cow::Borrowed(&*record.label))),
    P::text("recordType", |_, record| {
        Some(Cow::Borrowed(kind(record).1))
    }),
    // The record that proves the domain belongs to no service; the word for that is the reference's.
    P::text("supportedService", |_, record| {
        Some(Cow::Borrowed(record.service.unwrap_or("null")))
    }),
    P::integer("ttl", |_, _| Some(SECONDS)),
    P::text("canonicalName", |_, record| match &record.data {
        DnsData::CName { canonical_name } => Some(Cow::Borrowed(&**canonical_name)),
        _ => None,
    })
    .sparse(),
    P::text("mailExchange", |_, record| match &record.data {
        DnsData::Mx { exchange, .. } => Some(Cow::Borrowed(&**exchange)),
        _ => None,
    })
    .sparse(),
    P::integer("preference", |_, record| match record.data {
        DnsData::Mx { preference, .. } => Some(preference),
        _ => None,
    })
    .sparse(),
    P::text("text", |_, record| match &record.data {
        DnsData::Txt { text } => Some(Cow::Borrowed(&**text)),
        _ => None,
    })
    .sparse(),
    P::text("nameTarget", |_, record| match &record.data {
        DnsData::Srv { target, .. } => Some(Cow::Borrowed(&**target)),
        _ => None,
    })
    .sparse(),
    P::integer("port", |_, record| match record.data {
        DnsData::Srv { port, .. } => Some(port),
        _ => None,
    })
    .sparse(),
    P::integer("priority", |_, record| match record.data {
        DnsData::Srv { priority, .. } => Some(priority),
        _ => None,
    })
    .sparse(),
    P::text("protocol", |_, record| match record.data {
        DnsData::Srv { protocol, .. } => Some(Cow::Borrowed(protocol)),
        _ => None,
    })
    .sparse(),
    P::text("service", |_, record| match record.data {
        DnsData::Srv { service, .. } => Some(Cow::Borrowed(service)),
        _ => None,
    })
    .sparse(),
    P::integer("weight", |_, record| match record.data {
        DnsData::Srv { weight, .. } => Some(weight),
        _ => None,
    })
    .sparse(),
];
