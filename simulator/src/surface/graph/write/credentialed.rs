//! What registrations and service principals have in common: secrets and certificates, and how one of them is changed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entrasim_domain::credential::application_credential::{Certificate, ClientSecret, KeyUsage};
use entrasim_domain::directory::application::Application;
use entrasim_domain::directory::service_principal::ServicePrincipal;
use entrasim_domain::id::{KeyId, ObjectId};
use entrasim_domain::random::Random;
use entrasim_domain::seed;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::changes::Note;
use entrasim_domain::tenant::error::DirectoryError;
use entrasim_domain::time::Timestamp;
use serde_json::{Map, Value};

use super::super::Graph;
use super::super::error::GraphError;
use super::super::resource::Resource;
use super::super::schema::Projected;
use super::{invalid, optional_text};
use crate::keys;

/// A registration or a service principal.
pub(in crate::surface::graph) trait Credentialed:
    Projected + Clone
{
    fn find(tenant: &Tenant, id: ObjectId) -> Option<&Self>;
    fn object_id(&self) -> ObjectId;
    fn secrets(&mut self) -> &mut Vec<ClientSecret>;
    fn certificates(&mut self) -> &mut Vec<Certificate>;
    fn put(self, tenant: &mut Tenant, note: &Note) -> Result<(), DirectoryError>;
}

impl Credentialed for Application {
    fn find(tenant: &Tenant, id: ObjectId) -> Option<&Self> {
        tenant.applications.get(&id).map(AsRef::as_ref)
    }

    fn object_id(&self) -> ObjectId {
        self.id
    }

    fn secrets(&mut self) -> &mut Vec<ClientSecret> {
        &mut self.secrets
    }

    fn certificates(&mut self) -> &mut Vec<Certificate> {
        &mut self.certificates
    }

    fn put(self, tenant: &mut Tenant, note: &Note) -> Result<(), DirectoryError> {
        tenant.put_application(self, note)
    }
}

impl Credentialed for ServicePrincipal {
    fn find(tenant: &Tenant, id: ObjectId) -> Option<&Self> {
        tenant.service_principals.get(&id).map(AsRef::as_ref)
    }

    fn object_id(&self) -> ObjectId {
        self.id
    }

    fn secrets(&mut self) -> &mut Vec<ClientSecret> {
        &mut self.secrets
    }

    fn certificates(&mut self) -> &mut Vec<Certificate> {
        &mut self.certificates
    }

    fn put(self, tenant: &mut Tenant, note: &Note) -> Result<(), DirectoryError> {
        tenant.put_service_principal(self, note)
    }
}

/// Changes the first object of a path, as it is when the change is made.
pub(in crate::surface::graph) fn change<T: Credentialed, R>(
    graph: &Graph<'_, '_>,
    path: &Resource<'_>,
    change: impl FnOnce(&Tenant, &mut T) -> Result<R, GraphError>,
) -> Result<R, GraphError> {
    let id = path.object::<T>(0)?.object_id();
    graph.write(|tenant| {
        let found = T::find(tenant, id).ok_or_else(|| GraphError::Missing(id.to_string()))?;
        let mut row = found.clone();
        let result = change(tenant, &mut row)?;
        row.put(tenant, &graph.note())?;
        Ok(result)
    })
}

const PASSWORD: &str = "PasswordCredential";
const KEY: &str = "KeyCredential";

/// Two years, unless asked for otherwise (Microsoft Learn, application: addPassword).
const LIFETIME: core::time::Duration = core::time::Duration::from_secs(2 * 365 * 24 * 60 * 60);

/// A new secret. Its text is made here; callers do not choose it.
pub(in crate::surface::graph) fn new_secret(
    graph: &Graph<'_, '_>,
    asked: &Map<String, Value>,
) -> Result<ClientSecret, GraphError> {
    let display_name = match asked.get("displayName") {
        Some(value) => optional_text(value, "displayName", PASSWORD, 120)?,
        None => None,
    };
    if asked.get("secretText").is_some_and(|text| !text.is_null()) {
        return Err(invalid("secretText", PASSWORD));
    }
    let (start, end) = validity(graph, asked, PASSWORD)?;
    let (key_id, value) = graph
        .call
        .draw(|random| (KeyId(random.guid()), seed::client_secret(random)));
    Ok(ClientSecret {
        key_id,
        display_name,
        value,
        custom_id: bytes(asked, "customKeyIdentifier", PASSWORD)?,
        start,
        end,
    })
}

/// `passwordCredentials`: those that are there stay by their ids, and those without an id are made.
pub(super) fn secrets(
    graph: &Graph<'_, '_>,
    known: &[ClientSecret],
    value: &Value,
) -> Result<Vec<ClientSecret>, GraphError> {
    let rows = value.as_array();
    let rows = rows.ok_or_else(|| invalid("passwordCredentials", PASSWORD))?;
    rows.iter()
        .map(|row| {
            let members = row.as_object();
            let members = members.ok_or_else(|| invalid("passwordCredentials", PASSWORD))?;
            match key_id(members) {
                Some(id) => {
                    let found = known.iter().find(|known| known.key_id == id).cloned();
                    found.ok_or_else(|| invalid("keyId", PASSWORD))
                }
                None => new_secret(graph, members),
            }
        })
        .collect()
}

/// `keyCredentials`: those that are there stay by their ids, new ones come with their `key`.
pub(super) fn certificates(
    graph: &Graph<'_, '_>,
    known: &[Certificate],
    value: &Value,
) -> Result<Vec<Certificate>, GraphError> {
    let rows = value.as_array();
    let rows = rows.ok_or_else(|| invalid("keyCredentials", KEY))?;
    rows.iter()
        .map(|row| {
            let members = row
                .as_object()
                .ok_or_else(|| invalid("keyCredentials", KEY))?;
            if members.get("key").is_some_and(|key| !key.is_null()) {
                return new_certificate(graph, members);
            }
            let id = key_id(members);
            let found = known.iter().find(|known| Some(known.key_id) == id);
            found.cloned().ok_or_else(|| invalid("key", KEY))
        })
        .collect()
}

/// A certificate from a body. Its dates are its own unless they are given.
pub(in crate::surface::graph) fn new_certificate(
    graph: &Graph<'_, '_>,
    asked: &Map<String, Value>,
) -> Result<Certificate, GraphError> {
    let usage = match asked.get("usage").and_then(Value::as_str) {
        None => KeyUsage::Verify,
        Some(word) if word.eq_ignore_ascii_case("Verify") => KeyUsage::Verify,
        Some(word) if word.eq_ignore_ascii_case("Sign") => KeyUsage::Sign,
        Some(_) => return Err(invalid("usage", KEY)),
    };
    let kind = asked.get("type").and_then(Value::as_str);
    let known = match usage {
        KeyUsage::Verify => "AsymmetricX509Cert",
        KeyUsage::Sign => "X509CertAndPassword",
    };
    if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case(known)) {
        return Err(invalid("type", KEY));
    }
    let der = bytes(asked, "key", KEY)?.filter(|der| !der.is_empty());
    // Some clients send the text of a PEM file, encoded once more.
    let der = der.map(|der| match core::str::from_utf8(&der) {
        Ok(pem) if pem.contains("BEGIN CERTIFICATE") => {
            keys::pem_block(pem, "CERTIFICATE").unwrap_or_default()
        }
        _ => der,
    });
    let der = der
        .filter(|der| usage == KeyUsage::Sign || is_certificate(der))
        .ok_or_else(|| invalid("key", KEY))?;
    let (start, end) = validity(graph, asked, KEY)?;
    let display_name = match asked.get("displayName") {
        Some(value) => optional_text(value, "displayName", KEY, 120)?,
        None => None,
    };
    Ok(Certificate {
        key_id: key_id(asked).unwrap_or_else(|| KeyId(graph.call.draw(Random::guid))),
        display_name,
        custom_id: bytes(asked, "customKeyIdentifier", KEY)?,
        usage,
        der,
        start,
        end,
    })
}

fn is_certificate(der: &[u8]) -> bool {
    webpki::EndEntityCert::try_from(&der.into()).is_ok()
}

fn key_id(members: &Map<String, Value>) -> Option<KeyId> {
    members.get("keyId")?.as_str()?.parse().ok()
}

/// Base64, in either alphabet; a certificate's thumbprint is also written in hexadecimal.
fn bytes(
    members: &Map<String, Value>,
    name: &str,
    class: &'static str,
) -> Result<Option<Vec<u8>>, GraphError> {
    let text = match members.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text,
        Some(_) => return Err(invalid(name, class)),
    };
    let standard = text.replace('-', "+").replace('_', "/");
    let decoded = STANDARD.decode(standard);
    decoded.map(Some).map_err(|_| invalid(name, class))
}

fn validity(
    graph: &Graph<'_, '_>,
    asked: &Map<String, Value>,
    class: &'static str,
) -> Result<(Timestamp, Timestamp), GraphError> {
    let start = date(asked, "startDateTime", class)?.unwrap_or_else(|| graph.call.now());
    let end = date(asked, "endDateTime", class)?.unwrap_or(start + LIFETIME);
    if end <= start {
        return Err(invalid("endDateTime", class));
    }
    Ok((start, end))
}

pub(in crate::surface::graph) fn date(
    members: &Map<String, Value>,
    name: &str,
    class: &'static str,
) -> Result<Option<Timestamp>, GraphError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_str().and_then(Timestamp::parse) {
            Some(instant) => Ok(Some(instant)),
            None => Err(invalid(name, class)),
        },
    }
}
