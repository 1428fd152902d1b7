//! `/users/{id}/authentication/fido2Methods`: the options for a new passkey, and its registration by an administrator. Nobody
//! does that for themselves here: 405 (seen).

use core::time::Duration;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::credential::method::{AuthenticationMethod, MethodKind, Passkey};
use entrasim_domain::directory::user::User;
use entrasim_domain::policy::authentication_methods::MethodName;
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::authentication::PasskeyChallenge;
use http::StatusCode;
use serde_json::{Value, json};

use super::super::{body, invalid, text};
use super::{another, created, is_own};
use crate::passkey;
use crate::surface::graph::error::GraphError;
use crate::surface::graph::path;
use crate::surface::graph::read::authentication_methods::plain;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::Version;
use crate::surface::graph::schema::authentication_method::FIDO2;
use crate::surface::graph::{Answer, Graph};
use crate::wire::Form;

/// Captured answers and working clients have this one; a page of 2026 shows another.
const RELYING_PARTY: &str = "login.microsoft.com";
const TIMEOUT: &str = "challengeTimeoutInMinutes";
const CREDENTIAL: &str = "publicKeyCredential";
const DEFAULT_MINUTES: u64 = 5;

/// `GET …/creationOptions()`, in beta with `challengeTimeoutInMinutes`, 5 to 43200, in parentheses or as a query parameter.
pub(in crate::surface::graph) fn creation_options(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Answer {
    let user = for_another(graph, resource)?;
    let (tenant, now) = (graph.tenant()?, graph.call.now());
    let until = now + Duration::from_secs(minutes(graph)? * 60);
    check_policy(tenant, user)?;
    // Longer than 32 bytes: real ones are some kilobytes of sealed state, and clients must not assume a length.
    let challenge: Arc<[u8]> = graph.call.draw(Random::bytes::<384>).as_slice().into();
    let row = PasskeyChallenge {
        user: user.id,
        until,
    };
    graph.write(|tenant| {
        let state = &mut tenant.authentication;
        state.begin_passkey(Arc::clone(&challenge), row, now);
        Ok(())
    })?;
    let value = json!({
        "challengeTimeoutDateTime": until.to_string(),
        "publicKey": public_key(tenant, user, &challenge),
    });
    let fragment = "microsoft.graph.webauthnCredentialCreationOptions";
    Ok(plain(graph.document(StatusCode::OK, fragment, value)))
}

/// `POST …`: what the authenticator answered to the options. The texts of refusals are ours: the real ones are not known.
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = for_another(graph, resource)?;
    let whole: Value = serde_json::from_slice(&graph.call.request.body).unwrap_or_default();
    if !whole.is_object() {
        return Err(GraphError::BadRequest(
            "The request is missing a fido2AuthenticationMethod entity".to_owned(),
        ));
    }
    let mut members = body(graph)?;
    // It is written and never read, so the table of what is shown has it not.
    let credential = members.remove(CREDENTIAL);
    if let Some(unknown) = members.keys().find(|name| !FIDO2.has(name)) {
        return Err(GraphError::UnknownMember {
            member: unknown.clone(),
            entity: FIDO2.name,
        });
    }
    let display_name = match members.get("displayName") {
        None => "Passkey".to_owned(),
        Some(value) => text(value, "displayName", FIDO2.name, 30)?,
    };
    let credential = match credential {
        Some(credential @ Value::Object(_)) => credential,
        None | Some(Value::Null) => {
            return Err(GraphError::Required {
                member: CREDENTIAL,
                class: FIDO2.name,
            });
        }
        Some(_) => return Err(invalid(CREDENTIAL, FIDO2.name)),
    };
    check_policy(graph.tenant()?, user)?;
    let (user, now, id) = (user.id, graph.call.now(), graph.call.draw(Random::guid));
    graph.write(|tenant| {
        let data = credential["response"]["clientDataJSON"].as_str();
        let challenge = data.and_then(passkey::challenge_of).ok_or_else(|| {
            GraphError::BadRequest("The clientDataJSON of the passkey cannot be read.".to_owned())
        })?;
        if !tenant.authentication.finish_passkey(&challenge, user, now) {
            return Err(GraphError::BadRequest(
                "The challenge of the passkey is not one that was given for this user, or it has expired. Get creationOptions again."
                    .to_owned(),
            ));
        }
        let key = passkey::register(tenant, user, &challenge, &credential, display_name)
            .map_err(|refusal| GraphError::BadRequest(format!("The passkey is not accepted: {refusal}.")))?;
        let missing = || GraphError::Missing(user.to_string());
        let mut holder = User::clone(tenant.users.get(user).ok_or_else(missing)?);
        holder.register(AuthenticationMethod {
            id,
            registered: now,
            kind: MethodKind::Passkey(key),
        });
        tenant.put_user(holder, &graph.note())?;
        Ok(())
    })?;
    created(graph, user, id, &FIDO2)
}

fn for_another<'r>(graph: &Graph<'_, '_>, resource: &Resource<'r>) -> Result<&'r User, GraphError> {
    let user: &User = resource.object(0)?;
    if is_own(graph, user) {
        return Err(GraphError::Method);
    }
    // MicrosoftDocs/entra-docs how-to-authentication-passkeys-fido2.md, known issues: not supported in the resource tenant.
    if user.home.is_some() {
        return Err(GraphError::BadRequest(
            "A passkey cannot be registered for an external guest user.".to_owned(),
        ));
    }
    another(graph, resource)
}

fn minutes(graph: &Graph<'_, '_>) -> Result<u64, GraphError> {
    let request = graph.call.request;
    let called = path::arguments(request);
    let query = Form::parse(request.query.as_bytes());
    let asked = called.get(TIMEOUT).map(String::as_str);
    let asked = asked.or_else(|| query.get(TIMEOUT));
    let unknown = called.keys().any(|name| name != TIMEOUT);
    let Some(asked) = asked.filter(|_| graph.query.version == Version::Beta) else {
        // v1.0 has no such argument.
        return if called.is_empty() {
            Ok(DEFAULT_MINUTES)
        } else {
            Err(GraphError::Segment("creationOptions".to_owned()))
        };
    };
    if unknown {
        return Err(GraphError::Segment("creationOptions".to_owned()));
    }
    let minutes = asked.parse().ok();
    // The text is assumed.
    minutes
        .filter(|minutes| (5..=43_200).contains(minutes))
        .ok_or_else(|| {
            GraphError::BadRequest(format!(
                "Invalid {TIMEOUT} specified. The valid range is between 5 and 43200."
            ))
        })
}

/// Assumed: whether the options or only the registration are refused, nobody documents; the text neither.
fn check_policy(tenant: &Tenant, user: &User) -> Result<(), GraphError> {
    let groups = tenant.targets_of(user.id);
    let policy = &tenant.authentication_methods;
    if !policy.allows(MethodName::Fido2, &groups) {
        return Err(GraphError::BadRequest(
            "The user is not allowed to register passkeys (FIDO2) by the authentication methods policy."
                .to_owned(),
        ));
    }
    // An administrator is stopped by it, too: a known issue (Microsoft Learn, "Register passkeys on behalf of users").
    if !policy.passkeys.self_service {
        return Err(GraphError::BadRequest(
            "Self-service registration of passkeys (FIDO2) is not allowed by the authentication methods policy."
                .to_owned(),
        ));
    }
    Ok(())
}

fn public_key(tenant: &Tenant, user: &User, challenge: &[u8]) -> Value {
    let name = tenant.principal_name(user);
    let excluded = |key: &Passkey| json!({"type": "public-key", "id": URL_SAFE_NO_PAD.encode(&key.credential_id), "transports": ["usb", "nfc"]});
    let exclude: Vec<Value> = passkey::passkeys(user).map(excluded).collect();
    json!({
        "rp": {"id": RELYING_PARTY, "name": "Microsoft"},
        "user": {"id": passkey::handle(tenant, user), "name": name, "displayName": &*user.display_name},
        "challenge": URL_SAFE_NO_PAD.encode(challenge),
        "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -257}],
        "timeout": 60000,
        "excludeCredentials": exclude,
        "authenticatorSelection": {
            "authenticatorAttachment": "cross-platform", "requireResidentKey": true, "userVerification": "required",
        },
        "attestation": "direct",
        "extensions": {
            "hmacCreateSecret": true, "enforceCredentialProtectionPolicy": true,
            "credentialProtectionPolicy": "userVerificationOptional",
        },
    })
}
