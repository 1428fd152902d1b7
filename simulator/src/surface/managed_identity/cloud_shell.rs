//! Cloud Shell: a local endpoint that hands out tokens of the person who opened the shell.

use entrasim_domain::enforcement::facts::{ClientAppType, Origin};
use entrasim_domain::enforcement::{Amr, Authentication, Factor};
use entrasim_domain::id::AppId;
use http::{Method, StatusCode};
use serde_json::json;

use super::{error, machine_tenant};
use crate::call::Call;
use crate::issue::access_token::{self, ClientProof, UserToken};
use crate::issue::resource::{Kind, Resource};
use crate::seal::sign_in::SignIn;
use crate::wire::{Form, Reply};

/// The portal's console (Microsoft Learn, first-party applications).
const CONSOLE: AppId = AppId::from_u128(0xb677_c290_cf4b_4a8e_a60e_91ba_650a_4abe);
/// Whose shell it is, unless the path names somebody.
const SOMEBODY: &str = "alice";

/// `POST` or `GET {MSI_ENDPOINT}` with `resource=…`; `who` is the last part of the path.
pub(super) fn token(call: &Call<'_>, who: Option<&str>) -> Reply {
    let bad =
        |code: &str, text: &str| Reply::json(StatusCode::BAD_REQUEST, &error(call, code, text));
    // Documented is the form by POST; MSAL for Java asks by GET.
    let parameters = match call.request.method {
        Method::POST => &call.request.body[..],
        Method::GET => call.request.query.as_bytes(),
        _ => {
            return Reply::json(
                StatusCode::METHOD_NOT_ALLOWED,
                &json!({"error": "method_not_allowed"}),
            );
        }
    };
    let meant = call
        .request
        .header("metadata")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if !meant {
        return bad("bad_request_102", "Required metadata header not specified");
    }
    let form = Form::parse(parameters);
    let named = ["client_id", "object_id", "msi_res_id", "mi_res_id"]
        .iter()
        .any(|name| form.get(name).is_some());
    if named {
        return bad(
            "invalid_request",
            "User-assigned managed identities are not supported in Cloud Shell.",
        );
    }
    let Some(name) = form.get("resource").filter(|name| !name.is_empty()) else {
        return bad("invalid_request", "Required parameter missing: resource");
    };
    let Some(cell) = machine_tenant(call) else {
        return bad("invalid_request", "Identity not found");
    };
    let tenant = call.bind(cell);
    let Some(user) = tenant.users.by_local_part(who.unwrap_or(SOMEBODY), 0) else {
        return bad("invalid_request", "Identity not found");
    };
    let Some(resource) = Resource::find(tenant, name, "") else {
        return bad(
            "invalid_resource",
            &format!(
                "AADSTS500011: The resource principal named {name} was not found in the tenant named {}.",
                tenant.display_name
            ),
        );
    };
    let now = call.now();
    // Who is in the portal has passed the portal's door.
    let sign_in = SignIn {
        tenant: tenant.id,
        user: user.id,
        origin: Origin {
            client_app: ClientAppType::Browser,
            device_code: false,
        },
        authentication: Authentication {
            methods: vec![Amr::Pwd, Amr::Mfa],
            at: Some(now),
            factors: vec![Factor::Password, Factor::MicrosoftAuthenticatorPush],
            multifactor_at: Some(now),
            epoch: user.sessions.number,
            ..Authentication::default()
        },
    };
    let scopes = match resource.kind {
        Kind::FirstParty(app) if app.graph => vec!["Directory.AccessAsUser.All".to_owned()],
        Kind::FirstParty(app) => app.scopes.clone(),
        Kind::Tenant(_) => Vec::new(),
    };
    let token = access_token::for_user(
        call,
        tenant,
        &UserToken {
            user,
            client: CONSOLE,
            client_name: "Azure Portal Console App",
            proof: ClientProof::Assertion,
            resource: &resource,
            scopes: &scopes,
            sign_in: &sign_in,
            handles_challenges: false,
        },
    );
    let seconds = token.lifetime.as_secs();
    let until = now
        .unix_seconds()
        .saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX));
    Reply::json(
        StatusCode::OK,
        &json!({
            "access_token": token.text, "refresh_token": "", "expires_in": (seconds - 1).to_string(),
            "expires_on": until.to_string(), "not_before": (now.unix_seconds() - 300).to_string(),
            "resource": name, "token_type": "Bearer",
        }),
    )
}
