//! The local certificate authority: made once, kept for its owner alone, and of no use against other hosts.
//!
//! May use the machine's clock (certificates are dated for real clients). Its name constraints let it speak for the simulated
//! hosts, `localhost` and loopback addresses only, so that trusting it cannot be abused.

use std::fs::{self, File};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints, SanType,
};
use time::{Duration, OffsetDateTime};

use crate::hosts;
use crate::keys::pem_block;
use crate::system_clock;
use crate::whole_file::{self, Readers};

/// The authority, ready to certify.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// The authority's own certificate, in DER.
    certificate: Vec<u8>,
    folder: PathBuf,
}

/// A leaf certificate with its key, in DER.
#[derive(Debug)]
pub struct Leaf {
    pub certificate: Vec<u8>,
    pub key: Vec<u8>,
}

/// Key and certificate together, so that nobody ever sees one without the other.
const SECRET_FILE: &str = "authority.pem";
/// The certificate alone: what clients trust.
const CERTIFICATE_FILE: &str = "ca.pem";
const YEARS: i64 = 10;
/// Below the 398 days that browsers accept.
const LEAF_DAYS: i64 = 390;

impl Authority {
    /// Opens the authority in this folder, and makes it on the first use, when it has expired, or when the list of
    /// simulated hosts has changed.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let _lock = lock(folder)?;
        match fs::read_to_string(folder.join(SECRET_FILE)) {
            Ok(text) if is_current(&text) => Self::load(folder, &text),
            _ => Self::create(folder),
        }
    }

    /// Makes a new authority in place of the old one.
    pub fn replace(folder: &Path) -> io::Result<Self> {
        let _lock = lock(folder)?;
        Self::create(folder)
    }

    /// Under the lock.
    fn create(folder: &Path) -> io::Result<Self> {
        let text = create_pem()?;
        whole_file::replace(&folder.join(SECRET_FILE), &text, Readers::Owner)?;
        Self::load(folder, &text)
    }

    fn load(folder: &Path, text: &str) -> io::Result<Self> {
        let broken = |what: &str| {
            let path = folder.join(SECRET_FILE);
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "{} cannot be read ({what}); `entrasim ca rotate` makes a new one",
                    path.display()
                ),
            )
        };
        let key = pem_text(text, "PRIVATE KEY").ok_or_else(|| broken("no private key"))?;
        let certificate = pem_text(text, "CERTIFICATE").ok_or_else(|| broken("no certificate"))?;
        let pair = KeyPair::from_pem(&key).map_err(|error| broken(&error.to_string()))?;
        let authority = Self {
            issuer: Issuer::new(parameters(OffsetDateTime::UNIX_EPOCH), pair),
            certificate: pem_block(&certificate, "CERTIFICATE").unwrap_or_default(),
            folder: folder.to_owned(),
        };
        whole_file::keep(
            &authority.certificate_path(),
            &certificate,
            Readers::Anybody,
        )?;
        Ok(authority)
    }

    /// The authority's own certificate, in DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The certificate that clients trust, a PEM file.
    pub fn certificate_path(&self) -> PathBuf {
        self.folder.join(CERTIFICATE_FILE)
    }

    /// Certifies a host for a year; `localhost` and bare addresses share one certificate.
    pub fn certify(&self, host: &str) -> Result<Leaf, rcgen::Error> {
        let mut params = CertificateParams::default();
        let mut name = DistinguishedName::new();
        name.push(
            DnType::CommonName,
            host.chars().take(64).collect::<String>(),
        );
        name.push(
            DnType::OrganizationName,
            "entrasim simulator, not Microsoft",
        );
        params.distinguished_name = name;
        params.subject_alt_names = if host == "localhost" {
            vec![
                SanType::DnsName("localhost".try_into()?),
                SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
                SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
            ]
        } else {
            vec![SanType::DnsName(host.to_owned().try_into()?)]
        };
        let today = machine_now();
        params.not_before = today - Duration::days(1);
        params.not_after = today + Duration::days(LEAF_DAYS);
        // Explicitly no authority: this form also writes the subject key identifier, which strict checking wants.
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let pair = KeyPair::generate()?;
        let certificate = params.signed_by(&pair, &self.issuer)?;
        Ok(Leaf {
            certificate: certificate.der().to_vec(),
            key: pair.serialize_der(),
        })
    }
}

fn machine_now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(system_clock::now().unix_seconds())
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// The authority's own certificate: critical constraints and usages, as strict X.509 checking (Python 3.13) demands.
fn parameters(today: OffsetDateTime) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(
        DnType::CommonName,
        "entrasim local authority (a simulator's, not Microsoft's)",
    );
    name.push(DnType::OrganizationName, "entrasim");
    params.distinguished_name = name;
    params.not_before = today - Duration::days(1);
    params.not_after = today + Duration::days(365 * YEARS);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let v4 =
        |octets: [u8; 4], mask: [u8; 4]| GeneralSubtree::IpAddress(CidrSubnet::V4(octets, mask));
    let mut permitted: Vec<GeneralSubtree> = hosts::certificate_names()
        .into_iter()
        .map(GeneralSubtree::DnsName)
        .collect();
    permitted.push(v4([127, 0, 0, 0], [255, 0, 0, 0]));
    permitted.push(v4([169, 254, 169, 254], [255; 4]));
    permitted.push(GeneralSubtree::IpAddress(CidrSubnet::V6(
        Ipv6Addr::LOCALHOST.octets(),
        [255; 16],
    )));
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: permitted,
        excluded_subtrees: Vec::new(),
    });
    params
}

/// Key, certificate, and what tells whether they are still right.
fn create_pem() -> io::Result<String> {
    let today = machine_now();
    let params = parameters(today);
    let until = params.not_after.unix_timestamp();
    let pair = KeyPair::generate().map_err(io::Error::other)?;
    let certificate = params.self_signed(&pair).map_err(io::Error::other)?;
    Ok(format!(
        "{}{}{}{}",
        stamp_names(),
        stamp_end(until),
        pair.serialize_pem(),
        certificate.pem()
    ))
}

fn stamp_names() -> String {
    format!("# hosts: {}\n", hosts::certificate_names().join(" "))
}

fn stamp_end(until: i64) -> String {
    format!("# until: {until}\n")
}

fn is_current(text: &str) -> bool {
    let end = text
        .lines()
        .find_map(|line| line.strip_prefix("# until: ")?.parse::<i64>().ok());
    let names = stamp_names();
    text.lines().any(|line| line == names.trim_end())
        && end.is_some_and(|end| end > system_clock::now().unix_seconds() + 86_400 * LEAF_DAYS)
}

/// The PEM block of this kind, with its marks.
fn pem_text(text: &str, kind: &'static str) -> Option<String> {
    pem_block(text, kind).ok()?;
    let (begin, end) = (
        format!("-----BEGIN {kind}-----"),
        format!("-----END {kind}-----"),
    );
    let from = text.find(&begin)?;
    let until = text.get(from..)?.find(&end)? + from + end.len();
    Some(format!("{}\n", text.get(from..until)?))
}

/// One process at a time looks and decides: of several that start at once, all use what the first one has made. The lock ends
/// with the file handle, however the process ends.
fn lock(folder: &Path) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    let file = File::create(folder.join("authority.lock"))?;
    file.lock()?;
    Ok(file)
}
