//! `POST /servicePrincipals/{id}/addTokenSigningCertificate`: a certificate that signs itself, for the tokens of a SAML app. The key
//! is one of the simulator's own, so that a second run gives the same bytes; SAML tokens are not simulated.

use core::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entrasim_domain::credential::application_credential::{Certificate, ClientSecret, KeyUsage};
use entrasim_domain::directory::service_principal::ServicePrincipal;
use entrasim_domain::id::KeyId;
use entrasim_domain::random::Random;
use entrasim_domain::seed;
use serde_json::json;

use crate::surface::graph::resource::Resource;
use crate::surface::graph::write::credentialed::{change, date};
use crate::surface::graph::write::{body, invalid, required, text};
use crate::surface::graph::{Answer, Graph};

const CLASS: &str = "SelfSignedCertificate";
/// Three years, unless asked for otherwise (Microsoft Graph reference).
const LIFETIME: Duration = Duration::from_secs(3 * 365 * 86_400);

pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    path.present()?;
    let members = body(graph)?;
    let name = required(&members, "displayName", CLASS)?;
    let name = text(name, "displayName", CLASS, 256)?;
    if !name.starts_with("CN=") {
        return Err(invalid("displayName", CLASS));
    }
    let start = graph.call.now();
    let end = date(&members, "endDateTime", CLASS)?.unwrap_or(start + LIFETIME);
    if end <= start {
        return Err(invalid("endDateTime", CLASS));
    }
    let common_name = name.trim_start_matches("CN=");
    let serial = graph.call.draw(Random::guid);
    let key = graph.call.app.keys.current();
    let der = key.self_signed(common_name, serial.as_bytes(), start, end);
    let der = der.ok_or_else(|| invalid("displayName", CLASS))?;
    let thumbprint = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &der);
    let thumbprint = thumbprint.as_ref().to_vec();
    let (ids, password) = graph.call.draw(|random| {
        let ids = [(); 3].map(|()| KeyId(random.guid()));
        (ids, seed::client_secret(random))
    });
    let [signing, verifying, secret] = ids;
    let half = |key_id, usage| Certificate {
        key_id,
        display_name: Some(name.clone()),
        custom_id: Some(thumbprint.clone()),
        usage,
        der: der.clone(),
        start,
        end,
    };
    change(graph, path, |_, principal: &mut ServicePrincipal| {
        principal.certificates.push(half(signing, KeyUsage::Sign));
        principal
            .certificates
            .push(half(verifying, KeyUsage::Verify));
        principal.secrets.push(ClientSecret {
            key_id: secret,
            display_name: Some(name.clone()),
            value: password,
            custom_id: Some(thumbprint.clone()),
            start,
            end,
        });
        Ok(())
    })?;
    let hexadecimal: String = thumbprint
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    Ok(graph.action_result(
        "microsoft.graph.selfSignedCertificate",
        json!({
            "customKeyIdentifier": STANDARD.encode(&thumbprint),
            "displayName": name,
            "endDateTime": end.to_string(),
            "key": STANDARD.encode(&der),
            "keyId": verifying.to_string(),
            "startDateTime": start.to_string(),
            "thumbprint": hexadecimal,
            "type": "AsymmetricX509Cert",
            "usage": "Verify",
        }),
    ))
}
