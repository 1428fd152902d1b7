//! The shapes in which Microsoft Entra takes the results: Graph's body, and the forms of its pages.
//!
//! Sources: Graph, "Create fido2AuthenticationMethod" (documented); the registration and sign-in pages
//! (observed by a community tool only). The pages' values for type and method follow that tool.

use serde_json::{Value as Json, json};

use crate::encoding::base64url;
use crate::profile::Aaguid;

/// The body of `POST /users/{id}/authentication/fido2Methods`.
pub fn graph_method(credential: &Json, display_name: &str) -> Json {
    let response = &credential["response"];
    json!({
        "displayName": display_name,
        "publicKeyCredential": {
            "id": credential["id"],
            "response": {
                "clientDataJSON": response["clientDataJSON"],
                "attestationObject": response["attestationObject"],
            },
        },
    })
}

/// The fields that the page at `/{tenant}/fido/create` posts.
pub fn registration_form(credential: &Json, aaguid: Aaguid) -> Json {
    let response = &credential["response"];
    let flags = response["authenticatorData"]
        .as_str()
        .and_then(base64url::decode)
        .and_then(|data| data.get(32).copied())
        .unwrap_or_default();
    let (eligible, backed_up) = (flags & 0x08 != 0, flags & 0x10 != 0);
    let results = credential["clientExtensionResults"].to_string();
    let transports: Vec<&str> = response["transports"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .collect();
    json!({
        "clientDataJson": response["clientDataJSON"],
        "attestationObject": response["attestationObject"],
        "credentialId": credential["id"],
        "clientExtensionResults": base64url::encode(results),
        "transports": transports.join(","),
        "aaguid": aaguid.to_string(),
        "authenticator": credential["authenticatorAttachment"],
        "credentialDeviceType": if eligible { "multiDevice" } else { "singleDevice" },
        "credentialBackedUp": backed_up,
    })
}

/// The fields that the sign-in page posts.
pub fn sign_in_form(credential: &Json) -> Json {
    let response = &credential["response"];
    let assertion = json!({
        "id": credential["id"],
        "clientDataJSON": response["clientDataJSON"],
        "authenticatorData": response["authenticatorData"],
        "signature": response["signature"],
        "userHandle": response["userHandle"],
    });
    json!({ "type": "23", "ps": "23", "assertion": assertion.to_string() })
}
