//! `/users/{id}/authentication/phoneMethods`: one phone of each kind, and sign-in by text message with the mobile one.
//! Nobody adds or changes their own here (Microsoft Learn, phoneAuthenticationMethod resource type).

use entrasim_domain::credential::method::{AuthenticationMethod, MethodKind, Phone, PhoneKind};
use entrasim_domain::directory::user::User;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::authentication::SmsSignInState;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::{invalid, no_content};
use super::{another, change, created, members, named_id, replaced, required, subject};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::authentication_method::PHONE;
use crate::surface::graph::{Answer, Graph};
use crate::wire::Reply;
use http::StatusCode;

/// `POST …`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = another(graph, resource)?;
    let members = members(graph, &PHONE)?;
    let number = number(&members)?;
    let kind = kind(&members)?.ok_or(GraphError::Required {
        member: "phoneType",
        class: PHONE.name,
    })?;
    let registered = graph.call.now();
    change(graph, user.id, |tenant, user| {
        check_place(user, kind)?;
        let mut phone = Phone {
            number,
            kind,
            sms_sign_in: false,
        };
        // Whoever the policy lets sign in by text message does so with a new number, unless somebody else has it.
        tenant.try_sms_sign_in(user, &mut phone);
        user.register(AuthenticationMethod {
            id: kind.id(),
            registered,
            kind: MethodKind::Phone(phone),
        });
        Ok(())
    })?;
    created(graph, user.id, kind.id(), &PHONE)
}

/// One phone of a kind, and no alternate one alone. The texts are assumed.
fn check_place(user: &User, kind: PhoneKind) -> Result<(), GraphError> {
    let has = |kind: PhoneKind| {
        let mut methods = user.methods.iter();
        methods.any(|method| matches!(&method.kind, MethodKind::Phone(phone) if phone.kind == kind))
    };
    if has(kind) {
        return Err(GraphError::BadRequest(format!(
            "A phone method of type '{}' already exists for this user.",
            word(kind)
        )));
    }
    if kind == PhoneKind::AlternateMobile && !has(PhoneKind::Mobile) {
        return Err(GraphError::BadRequest(
            "An alternate mobile phone cannot be added for a user without a mobile phone."
                .to_owned(),
        ));
    }
    Ok(())
}

/// `PATCH …/{id}`: the number; the kind is fixed.
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    set(graph, resource)?;
    Ok(no_content())
}

/// `PUT …/{id}`, as older clients of beta have it.
pub(in crate::surface::graph) fn put(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let id = set(graph, resource)?;
    let user = another(graph, resource)?.id;
    replaced(graph, user, id, &PHONE)
}

fn set(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Result<Uuid, GraphError> {
    let user = another(graph, resource)?;
    let id = named_id(resource, user, &PHONE)?;
    let members = members(graph, &PHONE)?;
    let number = number(&members)?;
    let wished = kind(&members)?;
    change_phone(graph, user, id, |tenant, user, phone| {
        if wished.is_some_and(|wished| wished != phone.kind) {
            return Err(invalid("phoneType", PHONE.name));
        }
        if phone.number != number {
            phone.number = number;
            phone.sms_sign_in = false;
            tenant.try_sms_sign_in(user, phone);
        }
        Ok(())
    })?;
    Ok(id)
}

/// `POST …/{id}/enableSmsSignIn`
pub(in crate::surface::graph) fn enable_sms_sign_in(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Answer {
    let user = subject(graph, resource)?;
    let id = named_id(resource, user, &PHONE)?;
    change_phone(graph, user, id, |tenant, user, phone| {
        // The texts are assumed; the reasons are those of `smsSignInState`.
        let reason = match tenant.try_sms_sign_in(user, phone) {
            SmsSignInState::Ready => return Ok(()),
            SmsSignInState::NotSupported => "SMS sign-in is supported for mobile phones only.",
            SmsSignInState::NotAllowedByPolicy => {
                "The user is not enabled for SMS sign-in by the authentication methods policy."
            }
            SmsSignInState::PhoneNumberNotUnique => {
                "The phone number is already used for SMS sign-in by another user."
            }
            SmsSignInState::NotEnabled => "SMS sign-in cannot be enabled for the phone.",
        };
        Err(GraphError::BadRequest(reason.to_owned()))
    })?;
    Ok(Reply::empty(StatusCode::OK))
}

/// `POST …/{id}/disableSmsSignIn`
pub(in crate::surface::graph) fn disable_sms_sign_in(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Answer {
    let user = subject(graph, resource)?;
    let id = named_id(resource, user, &PHONE)?;
    change_phone(graph, user, id, |_, _, phone| {
        phone.sms_sign_in = false;
        Ok(())
    })?;
    Ok(Reply::empty(StatusCode::OK))
}

fn change_phone(
    graph: &Graph<'_, '_>,
    user: &User,
    id: Uuid,
    with: impl FnOnce(&mut Tenant, &User, &mut Phone) -> Result<(), GraphError>,
) -> Result<(), GraphError> {
    change(graph, user.id, |tenant, user| {
        let before = user.clone();
        let mut methods = user.methods.iter_mut().filter(|method| method.id == id);
        let phone = methods.find_map(|method| match &mut method.kind {
            MethodKind::Phone(phone) => Some(phone),
            _ => None,
        });
        let phone = phone.ok_or_else(|| GraphError::Missing(id.to_string()))?;
        with(tenant, &before, phone)
    })
}

fn word(kind: PhoneKind) -> &'static str {
    match kind {
        PhoneKind::Mobile => "mobile",
        PhoneKind::AlternateMobile => "alternateMobile",
        PhoneKind::Office => "office",
    }
}

fn kind(members: &Map<String, Value>) -> Result<Option<PhoneKind>, GraphError> {
    let Some(value) = members.get("phoneType").filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let kinds = [
        PhoneKind::Mobile,
        PhoneKind::AlternateMobile,
        PhoneKind::Office,
    ];
    let known = kinds.into_iter().find(|kind| value == word(*kind));
    known
        .map(Some)
        .ok_or_else(|| invalid("phoneType", PHONE.name))
}

/// `+{country code} {number}x{extension}`, the extension if there is one.
fn number(members: &Map<String, Value>) -> Result<String, GraphError> {
    let number = required(members, "phoneNumber", PHONE.name)?;
    if has_form(number) {
        Ok(number.to_owned())
    } else {
        Err(invalid("phoneNumber", PHONE.name))
    }
}

/// As many digits as ITU-T E.164 gives to country codes and numbers; the length of extensions is assumed.
fn has_form(text: &str) -> bool {
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let Some((country, rest)) = text.strip_prefix('+').and_then(|text| text.split_once(' ')) else {
        return false;
    };
    let (number, extension) = match rest.split_once('x') {
        Some((number, extension)) => (number, Some(extension)),
        None => (rest, None),
    };
    digits(country, 3)
        && number.len() >= 4
        && digits(number, 15 - country.len())
        && extension.is_none_or(|extension| digits(extension, 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_documented_form_of_numbers_is_taken() {
        for good in [
            "+1 5555551234",
            "+1 5555551234x123",
            "+49 15112345678",
            "+423 2345678",
        ] {
            assert!(has_form(good), "{good}");
        }
        for bad in [
            "",
            "+1",
            "+15555551234",
            "1 5555551234",
            "+1  5555551234",
            "+1 555 555 1234",
            "+1 (555) 5551234",
            "+1 555-555-1234",
            "+1 5555551234x",
            "+1 5555551234 x123",
            "+1234 5555551234",
            "+1 55555512345678901",
            "+1 123",
            "+a 5555551234",
            "+1 55555x12x3",
        ] {
            assert!(!has_form(bad), "{bad}");
        }
    }
}
