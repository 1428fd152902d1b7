//! Options of a request, read from JSON in both spellings: that of
//! `PublicKeyCredential.parseCreationOptionsFromJSON` and that of Microsoft Graph.
//!
//! Sources: WebAuthn Level 3, sections 5.4, 5.5 and 5.1.8; Graph's `webauthnCredentialCreationOptions`, which
//! wraps the options in `publicKey`. Members that are not known are ignored, as section 5 says.

use serde::Deserialize;
use serde_json::Value as Json;

use super::ClientError;
use super::bytes;

/// How much user verification is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserVerification {
    /// Without it the request fails.
    Required,
    /// If it can be had.
    #[default]
    Preferred,
    /// Rather not.
    Discouraged,
}

impl UserVerification {
    /// An unknown value counts as the default (section 5.4.6).
    fn read(text: Option<&str>) -> Self {
        match text {
            Some("required") => Self::Required,
            Some("discouraged") => Self::Discouraged,
            _ => Self::Preferred,
        }
    }
}

/// The options of a registration.
#[derive(Clone, Debug)]
pub struct CreationOptions {
    /// The relying party's id, if named.
    pub rp_id: Option<String>,
    /// Its name.
    pub rp_name: String,
    /// The user handle.
    pub user_id: Vec<u8>,
    /// The account name.
    pub user_name: String,
    /// The name for people.
    pub user_display_name: String,
    /// The challenge.
    pub challenge: Vec<u8>,
    /// The algorithms, best first.
    pub algorithms: Vec<i64>,
    /// Credentials that must not be there already, in every reading of their ids.
    pub exclude: Vec<Vec<u8>>,
    /// `platform` or `cross-platform`, if only one will do.
    pub attachment: Option<String>,
    /// Whether a discoverable credential is required.
    pub discoverable_required: bool,
    /// Whether one is wanted.
    pub discoverable_preferred: bool,
    /// How much user verification is wanted.
    pub user_verification: UserVerification,
    /// `none`, `indirect`, `direct` or `enterprise`.
    pub attestation: String,
    /// The extension inputs.
    pub extensions: serde_json::Map<String, Json>,
}

/// The options of a sign-in.
#[derive(Clone, Debug)]
pub struct RequestOptions {
    /// The challenge.
    pub challenge: Vec<u8>,
    /// The relying party's id, if named.
    pub rp_id: Option<String>,
    /// Credentials that may answer, in every reading of their ids; absent or empty means any.
    pub allow: Vec<Vec<u8>>,
    /// How much user verification is wanted.
    pub user_verification: UserVerification,
    /// The extension inputs.
    pub extensions: serde_json::Map<String, Json>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RelyingParty {
    id: Option<String>,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserEntity {
    id: String,
    name: String,
    display_name: Option<String>,
}

#[derive(Deserialize)]
struct Parameter {
    #[serde(rename = "type", default = "public_key")]
    kind: String,
    alg: i64,
}

#[derive(Deserialize)]
struct Descriptor {
    #[serde(rename = "type", default = "public_key")]
    kind: String,
    id: String,
}

fn public_key() -> String {
    "public-key".to_owned()
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Selection {
    authenticator_attachment: Option<String>,
    resident_key: Option<String>,
    require_resident_key: Option<bool>,
    user_verification: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreationJson {
    rp: RelyingParty,
    user: UserEntity,
    challenge: String,
    #[serde(default)]
    pub_key_cred_params: Vec<Parameter>,
    #[serde(default)]
    exclude_credentials: Option<Vec<Descriptor>>,
    #[serde(default)]
    authenticator_selection: Option<Selection>,
    attestation: Option<String>,
    #[serde(default)]
    extensions: Option<serde_json::Map<String, Json>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestJson {
    challenge: String,
    rp_id: Option<String>,
    #[serde(default)]
    allow_credentials: Option<Vec<Descriptor>>,
    user_verification: Option<String>,
    #[serde(default)]
    extensions: Option<serde_json::Map<String, Json>>,
}

/// The options themselves, out of the wrapping that `navigator.credentials` and Graph put around them.
fn unwrap_options(json: &Json) -> &Json {
    json.get("publicKey").unwrap_or(json)
}

fn read<'de, T: Deserialize<'de>>(json: &'de Json) -> Result<T, ClientError> {
    T::deserialize(unwrap_options(json))
        .map_err(|error| ClientError::type_error(format!("the options cannot be read: {error}")))
}

fn one(text: &str, member: &str, strict: bool) -> Result<Vec<u8>, ClientError> {
    bytes::decode(text, strict)
        .ok_or_else(|| ClientError::type_error(format!("{member} is not base64url")))
}

fn ids(
    list: Option<Vec<Descriptor>>,
    member: &str,
    strict: bool,
) -> Result<Vec<Vec<u8>>, ClientError> {
    let mut ids = Vec::new();
    for descriptor in list
        .into_iter()
        .flatten()
        .filter(|one| one.kind == "public-key")
    {
        let readings = if strict {
            bytes::decode(&descriptor.id, true).into_iter().collect()
        } else {
            bytes::readings(&descriptor.id)
        };
        if readings.is_empty() {
            return Err(ClientError::type_error(format!(
                "an id of {member} is not base64url"
            )));
        }
        ids.extend(readings);
    }
    Ok(ids)
}

impl CreationOptions {
    /// Reads the options of a registration.
    pub fn read(json: &Json, strict: bool) -> Result<Self, ClientError> {
        let options: CreationJson = read(json)?;
        let selection = options.authenticator_selection.unwrap_or_default();
        let required_by_flag = selection.require_resident_key.unwrap_or(false);
        // `residentKey` wins over the older flag (section 5.4.4).
        let (required, preferred) = match selection.resident_key.as_deref() {
            Some("required") => (true, true),
            Some("preferred") => (false, true),
            Some("discouraged") => (false, false),
            _ => (required_by_flag, required_by_flag),
        };
        let asked = !options.pub_key_cred_params.is_empty();
        let mut algorithms: Vec<i64> = options
            .pub_key_cred_params
            .iter()
            .filter(|parameter| parameter.kind == "public-key")
            .map(|parameter| parameter.alg)
            .collect();
        if !asked {
            // Section 5.1.3, step 10.
            algorithms = vec![-7, -257];
        }
        let display_name = options.user.display_name.unwrap_or_default();
        Ok(Self {
            rp_id: options.rp.id,
            rp_name: options.rp.name,
            user_id: one(&options.user.id, "user.id", strict)?,
            user_name: options.user.name,
            user_display_name: display_name,
            challenge: one(&options.challenge, "challenge", strict)?,
            algorithms,
            exclude: ids(options.exclude_credentials, "excludeCredentials", strict)?,
            attachment: selection.authenticator_attachment,
            discoverable_required: required,
            discoverable_preferred: preferred,
            user_verification: UserVerification::read(selection.user_verification.as_deref()),
            attestation: options.attestation.unwrap_or_else(|| "none".to_owned()),
            extensions: options.extensions.unwrap_or_default(),
        })
    }
}

impl RequestOptions {
    /// Reads the options of a sign-in.
    pub fn read(json: &Json, strict: bool) -> Result<Self, ClientError> {
        let options: RequestJson = read(json)?;
        Ok(Self {
            challenge: one(&options.challenge, "challenge", strict)?,
            rp_id: options.rp_id,
            allow: ids(options.allow_credentials, "allowCredentials", strict)?,
            user_verification: UserVerification::read(options.user_verification.as_deref()),
            extensions: options.extensions.unwrap_or_default(),
        })
    }
}
