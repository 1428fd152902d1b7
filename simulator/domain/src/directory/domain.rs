//! Domains of a tenant: names after the `@`, verified or not, managed or federated.

use std::sync::Arc;

use uuid::Uuid;

use super::kept::Kept;
use super::permission_grant::place;

/// One domain.
#[derive(Clone, Debug, PartialEq)]
pub struct Domain {
    /// In lower case.
    pub name: String,
    /// Its owner has proved to own it.
    pub verified: bool,
    /// A verified domain above it answers for it.
    pub below_root: bool,
    /// `supportedServices`: what the domain is used for.
    pub services: Vec<String>,
    /// The identity provider that signs its people in (`federationConfiguration`).
    pub federation: Option<Arc<Federation>>,
    /// What the owner writes into the zone file to prove it.
    pub verification_records: Vec<DnsRecord>,
    /// What its services need in the zone file.
    pub service_records: Vec<DnsRecord>,
    /// What nothing here acts on.
    pub kept: Kept,
}

/// The settings of a federated domain (`internalDomainFederation`).
#[derive(Clone, Debug, PartialEq)]
pub struct Federation {
    pub id: Uuid,
    pub kept: Kept,
}

/// A record of a zone file.
#[derive(Clone, Debug, PartialEq)]
pub struct DnsRecord {
    pub id: Uuid,
    pub label: String,
    pub service: Option<&'static str>,
    pub optional: bool,
    pub data: DnsData,
}

#[derive(Clone, Debug, PartialEq)]
pub enum DnsData {
    Mx {
        exchange: String,
        preference: i64,
    },
    Txt {
        text: String,
    },
    CName {
        canonical_name: String,
    },
    Srv {
        target: String,
        port: i64,
        priority: i64,
        protocol: &'static str,
        service: &'static str,
        weight: i64,
    },
}

/// The services that a domain can have (Microsoft Graph reference, `domain`).
pub const SERVICES: &[&str] = &[
    "Email",
    "Sharepoint",
    "EmailInternalRelayOnly",
    "OfficeCommunicationsOnline",
    "SharePointDefaultDomain",
    "FullRedelegation",
    "SharePointPublic",
    "OrgIdAuthentication",
    "Yammer",
    "Intune",
    "CustomUrlDomain",
];

impl Domain {
    /// A domain without services.
    pub fn new(name: &str, verified: bool) -> Self {
        let name = name.to_lowercase();
        Self {
            verification_records: verification_records(&name),
            name,
            verified,
            below_root: false,
            services: Vec::new(),
            federation: None,
            service_records: Vec::new(),
            kept: Kept::default(),
        }
    }

    /// Sets what the domain is used for.
    pub fn serve(&mut self, services: Vec<String>) {
        let all = services.iter();
        self.service_records = all
            .flat_map(|service| service_records(&self.name, service))
            .collect();
        self.services = services;
    }

    /// A verified domain that no other one answers for.
    pub fn is_root(&self) -> bool {
        self.verified && !self.below_root
    }
}

fn record(domain: &str, label: String, service: Option<&'static str>, data: DnsData) -> DnsRecord {
    let seed = format!("{domain} {label} {data:?}");
    DnsRecord {
        id: place(&seed).0,
        label,
        service,
        optional: false,
        data,
    }
}

/// The code that stands for the domain: eight digits that follow from its name.
fn verification_records(name: &str) -> Vec<DnsRecord> {
    let code = place(name).0.as_u128() % 100_000_000;
    let data = [
        DnsData::Txt {
            text: format!("MS=ms{code:08}"),
        },
        DnsData::Mx {
            exchange: format!("ms{code:08}.msv1.invalid"),
            preference: 32_767,
        },
    ];
    let records = data.into_iter();
    records
        .map(|data| record(name, name.to_owned(), None, data))
        .collect()
}

/// The records of Microsoft 365 (Microsoft Learn, "External Domain Name System records for Office 365").
fn service_records(name: &str, service: &str) -> Vec<DnsRecord> {
    let alias = |label: &str, target: &str, service| {
        let data = DnsData::CName {
            canonical_name: target.to_owned(),
        };
        record(name, format!("{label}.{name}"), Some(service), data)
    };
    match service {
        "Email" => {
            let host = name.replace('.', "-");
            let exchange = DnsData::Mx {
                exchange: format!("{host}.mail.protection.outlook.com"),
                preference: 0,
            };
            let policy = DnsData::Txt {
                text: "v=spf1 include:spf.protection.outlook.com -all".to_owned(),
            };
            vec![
                record(name, name.to_owned(), Some("Email"), exchange),
                record(name, name.to_owned(), Some("Email"), policy),
                alias("autodiscover", "autodiscover.outlook.com", "Email"),
            ]
        }
        "OfficeCommunicationsOnline" => {
            const SERVICE: &str = "OfficeCommunicationsOnline";
            let srv = |label: &str, target: &str, port, protocol, service| {
                let data = DnsData::Srv {
                    target: target.to_owned(),
                    port,
                    priority: 100,
                    protocol,
                    service,
                    weight: 1,
                };
                record(name, format!("{label}.{name}"), Some(SERVICE), data)
            };
            vec![
                srv("_sip._tls", "sipdir.online.lync.com", 443, "_tls", "_sip"),
                srv(
                    "_sipfederationtls._tcp",
                    "sipfed.online.lync.com",
                    5061,
                    "_tcp",
                    "_sipfederationtls",
                ),
                alias("sip", "sipdir.online.lync.com", SERVICE),
                alias("lyncdiscover", "webdir.online.lync.com", SERVICE),
            ]
        }
        "Intune" => vec![
            alias(
                "enterpriseregistration",
                "enterpriseregistration.windows.net",
                "Intune",
            ),
            alias(
                "enterpriseenrollment",
                "enterpriseenrollment.manage.microsoft.com",
                "Intune",
            ),
        ],
        _ => Vec::new(),
    }
}
