//! `POST /{tenant}/GetCredentialType`: which credentials a name has. Asked by the page's script and by tools.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::credential::method::{MethodKind, PassUsability};
use entrasim_domain::directory::user::User;
use entrasim_domain::policy::authentication_methods::MethodName;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use http::StatusCode;
use serde_json::{Value, json};

use super::progress::Progress;
use super::{login, phone_sign_in};
use crate::call::Call;
use crate::passkey::passkeys;
use crate::wire::Reply;

/// `PrefCredential`
pub(super) const PASSWORD: u8 = 1;
pub(super) const AUTHENTICATOR: u8 = 2;
pub(super) const PASSKEY: u8 = 7;
pub(super) const ACCESS_PASS: u8 = 13;

/// What a user could begin a sign-in with.
pub(super) struct Credentials {
    pub password: bool,
    pub pass: bool,
    pub authenticator: bool,
    /// Credential ids, base64url.
    pub passkeys: Vec<String>,
}

impl Credentials {
    pub(super) fn of(tenant: &Tenant, user: &User, now: Timestamp) -> Self {
        let groups = tenant.targets_of(user.id);
        let allows = |name| tenant.authentication_methods.allows(name, &groups);
        let pass = user.methods.iter().any(|method| match &method.kind {
            MethodKind::TemporaryAccessPass(pass) => {
                pass.usability(now) == PassUsability::Usable
                    && allows(MethodName::TemporaryAccessPass)
            }
            _ => false,
        });
        let policy = &tenant.authentication_methods;
        let passkeys = passkeys(user)
            .filter(|key| policy.allows_passkey(key, &groups))
            .map(|key| URL_SAFE_NO_PAD.encode(&key.credential_id))
            .collect();
        Self {
            password: user.password.is_some(),
            pass,
            authenticator: phone_sign_in::is_set_up(user)
                && allows(MethodName::MicrosoftAuthenticator),
            passkeys,
        }
    }

    pub(super) fn preferred(&self) -> u8 {
        if self.pass {
            ACCESS_PASS
        } else if self.authenticator {
            AUTHENTICATOR
        } else if self.password || self.passkeys.is_empty() {
            PASSWORD
        } else {
            PASSKEY
        }
    }
}

pub(super) fn answer(call: &Call<'_>, segment: &str) -> Reply {
    // Whether the tenant exists is told by the name's answer, as the real one does.
    let _ = super::authority::Authority::resolve(call, segment);
    let body: Value = serde_json::from_slice(&call.request.body).unwrap_or(Value::Null);
    let name = body
        .get("username")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim();
    let wants_pass = body.get("isAccessPassSupported").and_then(Value::as_bool) == Some(true);
    let flow_token = body
        .get("flowToken")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let mut progress = Progress::open(call, flow_token)
        .ok()
        .filter(|progress| progress.require_recent(call).is_ok())
        .unwrap_or_default();
    Reply::json(
        StatusCode::OK,
        &credential_types(call, name, wants_pass, &mut progress),
    )
    .fixed_headers(&super::page::HEADERS)
    .header("x-ms-request-id", &call.id().to_string())
}

/// The answer's body; the same stands in the first page when the request names its user.
pub(super) fn credential_types(
    call: &Call<'_>,
    name: &str,
    wants_pass: bool,
    progress: &mut Progress,
) -> Value {
    let domain = name.rsplit_once('@').map_or("", |(_, domain)| domain);
    let cell = match call.tenant() {
        Some(tenant) => call.app.store.get(tenant.id),
        None => login::home(call, name),
    };
    let tenant = cell.map(|cell| cell.read());
    let user = tenant
        .as_ref()
        .and_then(|tenant| tenant.user_by_sign_in_name(name));
    let managed = call.app.store.by_domain(domain).is_some();
    let credentials = match (&tenant, user) {
        (Some(tenant), Some(user)) => Some(Credentials::of(
            tenant,
            user,
            tenant.now(call.request.arrived),
        )),
        _ => None,
    };
    if let (Some(tenant), Some(user)) = (&tenant, user) {
        progress.set_account(tenant.id, user.id, name.to_owned());
    }
    let passkeys = credentials
        .as_ref()
        .map(|known| known.passkeys.clone())
        .unwrap_or_default();
    let pass = wants_pass && credentials.as_ref().is_some_and(|known| known.pass);
    let preferred = match &credentials {
        Some(known) if known.pass && !pass => {
            if known.authenticator {
                AUTHENTICATOR
            } else {
                PASSWORD
            }
        }
        Some(known) => known.preferred(),
        None => PASSWORD,
    };
    json!({
        "Username": name, "Display": name,
        "IfExistsResult": i32::from(credentials.is_none()),
        "IsUnmanaged": false, "ThrottleStatus": 0,
        "Credentials": {
            "PrefCredential": preferred,
            "HasPassword": credentials.as_ref().is_none_or(|known| known.password),
            "HasFido": !passkeys.is_empty(),
            "HasAccessPass": pass,
            "HasRemoteNGC": credentials.as_ref().is_some_and(|known| known.authenticator),
            "RemoteNgcParams": null,
            "FidoParams": if passkeys.is_empty() { Value::Null } else { json!({"AllowList": passkeys}) },
            "SasParams": null, "CertAuthParams": null, "GoogleParams": null, "FacebookParams": null,
        },
        "EstsProperties": {"UserTenantBranding": null, "DomainType": if managed { 3 } else { 1 }},
        "FlowToken": progress.seal(call), "IsSignupDisallowed": true,
        "apiCanary": super::page::canary(call),
    })
}
