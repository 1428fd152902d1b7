//! Device codes: `POST /{tenant}/oauth2[/v2.0]/devicecode`, and `/common/oauth2/deviceauth` where the code is typed.

use std::sync::Arc;

use entrasim_domain::id::TenantId;
use entrasim_domain::sign_in::device_authorization::{DeviceAuthorization, DeviceState, LIFETIME};
use entrasim_domain::store::TenantCell;
use entrasim_domain::tenant::Tenant;
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Version;
use super::authority::Authority;
use super::claims_request::ClaimsRequest;
use super::error::{self, Place, StsError};
use super::interaction::Interaction;
use super::redirect_uri::Platform;
use super::response::ResponseMode;
use super::scope::Asked;
use super::sign_in_request::{Prompt, ResponseType, SignInRequest, with_client};
use super::{page, token};
use crate::call::Call;
use crate::seal::{Purpose, open, seal};
use crate::wire::{Form, Reply};

/// Without letters and digits that look alike.
const ALPHABET: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const INTERVAL: u64 = 5;
/// The address in the message.
const VERIFICATION: &str = "https://login.microsoft.com/device";

/// What a device code is: where the authorization is kept.
#[derive(Deserialize, Serialize)]
struct Sealed {
    tenant: Uuid,
    user_code: String,
}

/// `POST devicecode`
pub(super) fn authorize(call: &Call<'_>, segment: &str, version: Version) -> Reply {
    if call.request.method == Method::OPTIONS {
        return token::preflight();
    }
    match issue(call, segment, version) {
        Ok(body) => token::with_headers(call, Reply::json(StatusCode::OK, &body), 0),
        Err(error) => {
            let reply = error::reply(call, &error, Place::Token(version));
            token::with_headers(call, reply, error.number())
        }
    }
}

fn issue(call: &Call<'_>, segment: &str, version: Version) -> Result<Map<String, Value>, StsError> {
    if call.request.method != Method::POST {
        return Err(StsError::new(900_561).with("method", &call.request.method));
    }
    let authority = Authority::resolve(call, segment)?;
    let form = Form::parse(&call.request.body);
    StsError::require_single(&form)?;
    let field = |name: &'static str| form.get(name).filter(|text| !text.is_empty());
    if version == Version::V2 && field("resource").is_some() {
        return Err(StsError::new(901_002));
    }
    let client = field("client_id").ok_or_else(|| StsError::missing("client_id"))?;
    let scope = match version {
        Version::V2 => field("scope").ok_or_else(|| StsError::missing("scope"))?,
        Version::V1 => field("resource").unwrap_or_default(),
    };
    ClaimsRequest::parse(field("claims"))?;
    let (client, name) = with_client(call, client, |client| {
        if matches!(authority, Authority::Consumers) {
            client.require_personal()?;
        }
        client
            .require_public()
            .map(|()| (client.app_id(), client.display_name().to_owned()))
    })??;
    // Where no tenant is named, the code is kept in the first one; who signs in decides the rest.
    let cell = match call.tenant() {
        Some(tenant) => call.app.store.get(tenant.id),
        None => call.app.default_tenant(),
    }
    .ok_or_else(|| StsError::new(50_059))?;
    require_meaning(call, &name, scope, version)?;
    let now = cell.read().now(call.request.arrived);
    let user_code = call.draw(|random| random.text(ALPHABET, 9));
    let device = DeviceAuthorization {
        user_code: user_code.clone(),
        client,
        authority: segment.to_owned(),
        scope: scope.to_owned(),
        v1: version == Version::V1,
        claims: field("claims").map(str::to_owned),
        amr_values: field("amr_values")
            .map(|values| values.split_whitespace().map(str::to_owned).collect())
            .unwrap_or_default(),
        created: now,
        state: DeviceState::Pending,
    };
    let _ = cell.write(|tenant| {
        tenant.sign_in.put_device(device, now);
        Ok::<(), core::convert::Infallible>(())
    });
    let sealed = Sealed {
        tenant: cell.id().0,
        user_code: user_code.clone(),
    };
    let mut body = Map::new();
    let number = |value: u64| match version {
        Version::V2 => json!(value),
        Version::V1 => json!(value.to_string()),
    };
    let uri = match version {
        Version::V2 => "verification_uri",
        Version::V1 => "verification_url",
    };
    for (name, value) in [
        ("user_code", json!(user_code)),
        (
            "device_code",
            json!(seal(call, Purpose::DeviceCode, &sealed)),
        ),
        (uri, json!(VERIFICATION)),
        ("expires_in", number(LIFETIME.as_secs())),
        ("interval", number(INTERVAL)),
        (
            "message",
            json!(format!(
                "To sign in, use a web browser to open the page {VERIFICATION} and enter the code {user_code} to authenticate."
            )),
        ),
    ] {
        body.insert(name.to_owned(), value);
    }
    Ok(body)
}

/// What the device asks for has to mean something: in the tenant that it names, or else in any, since who signs in decides that.
fn require_meaning(
    call: &Call<'_>,
    name: &str,
    asked: &str,
    version: Version,
) -> Result<(), StsError> {
    let own = call.request.origin();
    let check = |tenant: &Tenant| {
        match version {
            Version::V2 => Asked::parse(tenant, asked, &own)?.require_known(),
            Version::V1 => Asked::resource(tenant, Some(asked), &own).map(|_| ()),
        }
        .map_err(|error| error.with("name", name))
    };
    if let Some(tenant) = call.tenant() {
        return check(tenant);
    }
    let mut verdicts = call
        .app
        .store
        .list()
        .into_iter()
        .map(|cell| check(&cell.read()));
    let first = verdicts.next().unwrap_or(Ok(()));
    if first.is_ok() || verdicts.any(|verdict| verdict.is_ok()) {
        Ok(())
    } else {
        first
    }
}

/// The authorization that a device code stands for, and where it is kept.
pub(super) fn find(
    call: &Call<'_>,
    device_code: &str,
) -> Result<(Arc<TenantCell>, Arc<DeviceAuthorization>), StsError> {
    let unknown = || StsError::new(70_018);
    let sealed: Sealed = open(call, Purpose::DeviceCode, device_code).ok_or_else(unknown)?;
    let cell = call
        .app
        .store
        .get(TenantId(sealed.tenant))
        .ok_or_else(unknown)?;
    let device = cell
        .read()
        .sign_in
        .devices
        .get(&sealed.user_code)
        .cloned()
        .ok_or_else(unknown)?;
    Ok((cell, device))
}

fn by_user_code(
    call: &Call<'_>,
    user_code: &str,
) -> Option<(Arc<TenantCell>, Arc<DeviceAuthorization>)> {
    call.app.store.list().into_iter().find_map(|cell| {
        let device = cell.read().sign_in.devices.get(user_code).cloned()?;
        Some((cell, device))
    })
}

/// Ends the wait of a device, if it still waits.
pub(super) fn settle(call: &Call<'_>, user_code: &str, state: DeviceState) -> Result<(), StsError> {
    let (cell, device) = by_user_code(call, user_code).ok_or_else(|| StsError::new(70_018))?;
    let now = cell.read().now(call.request.arrived);
    if device.has_expired(now) {
        return Err(StsError::new(70_019));
    }
    cell.write(|tenant| {
        let Some(device) = tenant.sign_in.devices.get(user_code) else {
            return Err(StsError::new(70_018));
        };
        if !matches!(device.state, DeviceState::Pending) {
            return Err(StsError::new(90_120));
        }
        let mut device = DeviceAuthorization::clone(device);
        device.state = state;
        tenant
            .sign_in
            .devices
            .insert(user_code.to_owned(), Arc::new(device));
        Ok(())
    })
}

/// Marks a device as served; `false` if another request was faster.
pub(super) fn redeem(cell: &TenantCell, user_code: &str) -> bool {
    cell.write(|tenant| {
        let Some(device) = tenant.sign_in.devices.get(user_code) else {
            return Err(());
        };
        if !matches!(device.state, DeviceState::Approved { .. }) {
            return Err(());
        }
        let mut device = DeviceAuthorization::clone(device);
        device.state = DeviceState::Redeemed;
        tenant
            .sign_in
            .devices
            .insert(user_code.to_owned(), Arc::new(device));
        Ok(())
    })
    .is_ok()
}

/// `/device` and `microsoft.com/devicelogin`: the addresses that people type lead to the page.
pub(super) fn short_address(call: &Call<'_>) -> Reply {
    let query = &call.request.query;
    let mark = if query.is_empty() { "" } else { "?" };
    let location = format!(
        "{}/common/oauth2/deviceauth{mark}{query}",
        error::origin(call)
    );
    Reply::empty(StatusCode::FOUND).header("location", &location)
}

/// `GET|POST /common/oauth2/deviceauth`
pub(super) fn verify(call: &Call<'_>) -> Reply {
    let form = if call.request.method == Method::POST {
        Form::parse(&call.request.body)
    } else {
        Form::parse(call.request.query.as_bytes())
    };
    let Some(code) = form.get("otc").or_else(|| form.get("user_code")) else {
        return page::device::ask(call, None);
    };
    let code: String = code
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect::<String>()
        .to_uppercase();
    let found = by_user_code(call, &code).filter(|(cell, device)| {
        matches!(device.state, DeviceState::Pending)
            && !device.has_expired(cell.read().now(call.request.arrived))
    });
    let Some((_, device)) = found else {
        call.record_code("AADSTS70018");
        return page::device::ask(
            call,
            Some("No device waits with this code. Compare it with the one on the device."),
        );
    };
    // A named tenant binds, as it does on `authorize`.
    if let Err(error) = Authority::resolve(call, &device.authority) {
        return page::error::show(call, &error);
    }
    let request = SignInRequest {
        v1: device.v1,
        authority: device.authority.clone(),
        client: device.client.to_string(),
        redirect_uri: String::new(),
        redirect_uri_named: false,
        platform: Platform::Native,
        response_type: ResponseType {
            code: false,
            id_token: false,
            token: false,
        },
        response_mode: ResponseMode::Query,
        scope: device.scope.clone(),
        resource: device.v1.then(|| device.scope.clone()),
        state: None,
        nonce: None,
        challenge: None,
        claims: device.claims.clone(),
        prompt: Prompt::SelectAccount,
        admin_consent: false,
        login_hint: None,
        domain_hint: None,
        max_age: None,
        amr_values: device.amr_values.clone(),
        client_info: false,
        session: None,
        correlation: call.correlation_id(),
        device: Some(code),
    };
    Interaction::new(call, request).advance()
}
