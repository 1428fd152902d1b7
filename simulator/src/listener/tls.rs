//! TLS with a certificate for whatever simulated host a client names, made on the first use and kept.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use tokio_rustls::rustls::crypto::ring::{default_provider, sign};
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{ServerConfig, version};

use super::authority::Authority;
use crate::hosts::{self, SimulatedHost};

/// The server's side of TLS, HTTP/2 offered first.
pub(super) fn server_config(authority: Arc<Authority>) -> io::Result<Arc<ServerConfig>> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Certificates {
            authority,
            known: RwLock::default(),
        }));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

#[derive(Debug)]
struct Certificates {
    authority: Arc<Authority>,
    known: RwLock<BTreeMap<String, Arc<CertifiedKey>>>,
}

/// More names than are simulated exist only by pattern; this many of them are kept.
const KEPT: usize = 256;

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // Without a name the client asked for a bare address.
        let name = hello
            .server_name()
            .unwrap_or("localhost")
            .to_ascii_lowercase();
        match hosts::lookup(&name)? {
            SimulatedHost::Loopback => self.certificate("localhost"),
            _ => self.certificate(&name),
        }
    }
}

impl Certificates {
    fn certificate(&self, name: &str) -> Option<Arc<CertifiedKey>> {
        let known = self
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned();
        if known.is_some() {
            return known;
        }
        let leaf = self.authority.certify(name).ok()?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf.key));
        let key = sign::any_supported_type(&key).ok()?;
        // The authority goes along: browsers that are told its key look for it in the chain.
        let chain = vec![
            leaf.certificate.into(),
            self.authority.certificate().to_vec().into(),
        ];
        let certified = Arc::new(CertifiedKey::new(chain, key));
        let mut kept = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(name.to_owned(), Arc::clone(&certified));
        Some(certified)
    }
}
