//! `…/qrCodePinMethod/pin`: a PIN that an administrator gives is to be changed at the next sign-in, and shown once.

use super::{
    Answer, Graph, GraphError, QrPin, Random, Resource, StatusCode, Tenant, User, Value,
    authentication_methods, change_qr, invalid, no_content, of, parameters, plain, required,
    show_pin, subject, url,
};

const CLASS: &str = "qrPin";
const LONGEST: usize = 20;

/// A temporary PIN, given or made up.
pub(super) fn new(
    graph: &Graph<'_, '_>,
    tenant: &Tenant,
    given: Option<&Value>,
) -> Result<QrPin, GraphError> {
    let length = tenant.authentication_methods.qr_code_pin.pin_length;
    let code = match given.filter(|given| !given.is_null()) {
        Some(given) => {
            let code = given.as_str().ok_or_else(|| invalid("code", CLASS))?;
            check(code, length)?;
            code.to_owned()
        }
        None => graph.call.draw(|random| random.text("0123456789", length)),
    };
    let now = graph.call.now();
    Ok(QrPin {
        id: graph.call.draw(Random::guid),
        code: code.into(),
        must_change: true,
        created: now,
        updated: now,
    })
}

fn check(code: &str, length: usize) -> Result<(), GraphError> {
    let is_long_enough = (length..=LONGEST).contains(&code.len());
    if is_long_enough && code.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(())
    } else {
        Err(invalid("code", CLASS))
    }
}

/// `GET …`: without the code.
pub(in crate::surface::graph) fn read(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = authentication_methods::subject(graph, resource)?;
    let pin = of(user)?.pin.as_ref();
    let pin = pin.ok_or_else(|| GraphError::Missing("pin".to_owned()))?;
    let value = show_pin(pin, false);
    Ok(plain(graph.document(
        StatusCode::OK,
        &fragment(user),
        value,
    )))
}

/// `PATCH …`: another temporary PIN; the reference says that it is made up, and its sample gives one.
pub(in crate::surface::graph) fn reset(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = subject(graph, resource)?;
    let members = parameters(graph, &["code", "forceChangePinNextSignIn", "id"])?;
    let pin = new(graph, graph.tenant()?, members.get("code"))?;
    let value = show_pin(&pin, true);
    change_qr(graph, user.id, |qr| {
        qr.pin = Some(pin);
        Ok(())
    })?;
    let path = format!("users/{}/authentication/qrCodePinMethod/pin", user.id);
    let reply = graph.document(StatusCode::CREATED, &fragment(user), value);
    Ok(plain(reply.header("location", &url(graph, &path))))
}

/// `PATCH …/updatePin`: one's own, with the one that is known; it lasts.
pub(in crate::surface::graph) fn change(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = subject(graph, resource)?;
    let members = parameters(graph, &["currentPin", "newPin"])?;
    let current = required(&members, "currentPin", CLASS)?;
    let new = required(&members, "newPin", CLASS)?;
    check(
        new,
        graph
            .tenant()?
            .authentication_methods
            .qr_code_pin
            .pin_length,
    )?;
    let now = graph.call.now();
    change_qr(graph, user.id, |qr| {
        let pin = qr.pin.as_mut();
        let pin = pin.ok_or_else(|| GraphError::Missing("pin".to_owned()))?;
        if *pin.code != *current || current == new {
            // The text is assumed.
            return Err(GraphError::BadRequest(
                "The current PIN is wrong, or the new PIN is the same.".to_owned(),
            ));
        }
        pin.code = new.into();
        pin.must_change = false;
        pin.updated = now;
        Ok(())
    })?;
    Ok(no_content())
}

/// `DELETE …`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = subject(graph, resource)?;
    change_qr(graph, user.id, |qr| {
        let pin = qr.pin.take();
        pin.ok_or_else(|| GraphError::Missing("pin".to_owned()))
    })?;
    Ok(no_content())
}

fn fragment(user: &User) -> String {
    format!(
        "users('{}')/authentication/qrCodePinMethod/pin/$entity",
        user.id
    )
}
