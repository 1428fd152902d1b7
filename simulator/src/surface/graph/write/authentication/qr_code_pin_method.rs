//! `/users/{id}/authentication/qrCodePinMethod`: a QR code to scan and a PIN to type, one of each a user (beta; Microsoft
//! Learn, "Create qrCodePinAuthenticationMethod", "Update qrCode", "Update qrPin").

use core::time::Duration;

use entrasim_domain::credential::method::{AuthenticationMethod, MethodKind};
use entrasim_domain::credential::qr_code_pin::{QrCode, QrCodePin, QrPin};
use entrasim_domain::directory::user::User;
use entrasim_domain::id::ObjectId;
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use http::StatusCode;
use serde_json::{Map, Value};

use super::super::{invalid, no_content};
use super::{change, members, parameters, required, subject, url};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::read::authentication_methods::{self, plain};
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::authentication_method::{QR_CODE_PIN, show_code, show_pin};
use crate::surface::graph::{Answer, Graph};

mod code;
mod pin;

pub(in crate::surface::graph) use code::{
    STANDARD, TEMPORARY, delete as delete_code, read as read_code, update as update_code,
};
pub(in crate::surface::graph) use pin::{
    change as change_pin, delete as delete_pin, read as read_pin, reset as reset_pin,
};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// `PUT …`: the standard code and a PIN. Not while there is one whose code is good.
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = subject(graph, resource)?.id;
    let members = match members(graph, &QR_CODE_PIN) {
        Err(GraphError::EmptyBody) => Map::new(),
        members => members?,
    };
    let (tenant, now) = (graph.tenant()?, graph.call.now());
    let given = members.get("pin").and_then(Value::as_object);
    let pin = pin::new(graph, tenant, given.and_then(|pin| pin.get("code")))?;
    let dates = members.get("standardQRCode").and_then(Value::as_object);
    let code = STANDARD.new_code(graph, tenant, dates)?;
    let id = graph.call.draw(Random::guid);
    change(graph, user, |_, user| {
        let is_good = |qr: &QrCodePin| {
            qr.standard
                .as_ref()
                .is_some_and(|code| !code.has_expired(now))
        };
        let mut methods = user.methods.iter();
        if methods.any(|method| matches!(&method.kind, MethodKind::QrCodePin(qr) if is_good(qr))) {
            // The text is assumed.
            return Err(GraphError::BadRequest(
                "An active QR code authentication method already exists for this user.".to_owned(),
            ));
        }
        user.methods
            .retain(|method| !matches!(method.kind, MethodKind::QrCodePin(_)));
        user.methods.push(AuthenticationMethod {
            id,
            registered: now,
            kind: MethodKind::QrCodePin(Box::new(QrCodePin {
                standard: Some(code),
                temporary: None,
                pin: Some(pin),
            })),
        });
        Ok(())
    })?;
    let members = super::show(graph, user, id, &QR_CODE_PIN)?;
    let path = format!("users/{user}/authentication/qrCodePinMethod");
    let fragment = format!("users('{user}')/authentication/qrCodePinMethod/$entity");
    let reply = graph.document(StatusCode::CREATED, &fragment, Value::Object(members));
    Ok(plain(reply.header("location", &url(graph, &path))))
}

/// `DELETE …`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = subject(graph, resource)?;
    of(user)?;
    change(graph, user.id, |_, user| {
        user.methods
            .retain(|method| !matches!(method.kind, MethodKind::QrCodePin(_)));
        Ok(())
    })?;
    Ok(no_content())
}

/// What the user has.
fn of(user: &User) -> Result<&QrCodePin, GraphError> {
    let mut methods = user.methods.iter();
    methods
        .find_map(|method| match &method.kind {
            MethodKind::QrCodePin(qr) => Some(&**qr),
            _ => None,
        })
        .ok_or_else(|| GraphError::Missing(QR_CODE_PIN.set.to_owned()))
}

fn change_qr<T>(
    graph: &Graph<'_, '_>,
    user: ObjectId,
    with: impl FnOnce(&mut QrCodePin) -> Result<T, GraphError>,
) -> Result<T, GraphError> {
    change(graph, user, |_, user| {
        let mut methods = user.methods.iter_mut();
        let qr = methods.find_map(|method| match &mut method.kind {
            MethodKind::QrCodePin(qr) => Some(&mut **qr),
            _ => None,
        });
        with(qr.ok_or_else(|| GraphError::Missing(QR_CODE_PIN.set.to_owned()))?)
    })
}
