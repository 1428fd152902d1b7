//! Operations under `/users/{id}/authentication`: method, template, handler, the directory action that people need.

use super::super::super::read::authentication_methods as methods;
use super::super::super::schema::authentication_method::{
    EMAIL, EXTERNAL, FIDO2, HARDWARE_OATH, MICROSOFT_AUTHENTICATOR, PASSWORDLESS, PASSWORDS, PHONE,
    PLATFORM_CREDENTIAL, QR_CODE_PIN, SOFTWARE_OATH, TEMPORARY_ACCESS_PASS, WINDOWS_HELLO,
};
use super::super::super::write::authentication::qr_code_pin_method::{STANDARD, TEMPORARY};
use super::super::super::write::authentication::{
    self, email_methods, external_authentication_methods, fido2_methods, hardware_oath_methods,
    passwordless_microsoft_authenticator_methods, phone_methods, qr_code_pin_method, requirements,
    reset_password, sign_in_preferences, temporary_access_pass_methods,
};
use super::super::{DELETE, GET, Handler, Operation, PATCH, POST, PUT, call, op};

const fn reads(template: &'static str, handler: Handler) -> Operation {
    op(GET, template, handler).needs("users/authenticationMethods/standard/read")
}

const fn creates(method: &'static str, template: &'static str, handler: Handler) -> Operation {
    op(method, template, handler)
        .needs("users/authenticationMethods/create")
        .own(&[])
}

/// Changes of a method, and the actions on it.
const fn updates(method: &'static str, template: &'static str, handler: Handler) -> Operation {
    op(method, template, handler)
        .needs("users/authenticationMethods/basic/update")
        .own(&[])
}

const fn deletes(template: &'static str, handler: Handler) -> Operation {
    op(DELETE, template, handler)
        .needs("users/authenticationMethods/delete")
        .own(&[])
}

pub(in crate::surface::graph) const ROWS: &[Operation] = &[
    reads(
        "/users/{id}/authentication/emailMethods",
        call(|graph, resource| methods::list(graph, resource, &EMAIL)),
    ),
    creates(
        POST,
        "/users/{id}/authentication/emailMethods",
        call(email_methods::create),
    ),
    reads(
        "/users/{id}/authentication/emailMethods/{id}",
        call(|graph, resource| methods::one(graph, resource, &EMAIL)),
    ),
    updates(
        PATCH,
        "/users/{id}/authentication/emailMethods/{id}",
        call(email_methods::update),
    ),
    updates(
        PUT,
        "/users/{id}/authentication/emailMethods/{id}",
        call(email_methods::put),
    ),
    deletes(
        "/users/{id}/authentication/emailMethods/{id}",
        call(|graph, resource| authentication::delete(graph, resource, &EMAIL)),
    ),
    reads(
        "/users/{id}/authentication/externalAuthenticationMethods",
        call(|graph, resource| methods::list(graph, resource, &EXTERNAL)),
    ),
    creates(
        POST,
        "/users/{id}/authentication/externalAuthenticationMethods",
        call(external_authentication_methods::create),
    ),
    reads(
        "/users/{id}/authentication/externalAuthenticationMethods/{id}",
        call(|graph, resource| methods::one(graph, resource, &EXTERNAL)),
    ),
    deletes(
        "/users/{id}/authentication/externalAuthenticationMethods/{id}",
        call(|graph, resource| authentication::delete(graph, resource, &EXTERNAL)),
    ),
    reads(
        "/users/{id}/authentication/fido2Methods",
        call(|graph, resource| methods::list(graph, resource, &FIDO2)),
    ),
    creates(
        POST,
        "/users/{id}/authentication/fido2Methods",
        call(fido2_methods::create),
    ),
    reads(
        "/users/{id}/authentication/fido2Methods/creationOptions()",
        call(fido2_methods::creation_options),
    ),
    reads(
        "/users/{id}/authentication/fido2Methods/{id}",
        call(|graph, resource| methods::one(graph, resource, &FIDO2)),
    ),
    deletes(
        "/users/{id}/authentication/fido2Methods/{id}",
        call(|graph, resource| authentication::delete(graph, resource, &FIDO2)),
    ),
    reads(
        "/users/{id}/authentication/hardwareOathMethods",
        call(|graph, resource| methods::list(graph, resource, &HARDWARE_OATH)),
    ),
    creates(
        POST,
        "/users/{id}/authentication/hardwareOathMethods",
        call(hardware_oath_methods::create),
    ),
    updates(
        POST,
        "/users/{id}/authentication/hardwareOathMethods/assignAndActivate",
        call(hardware_oath_methods::assign_and_activate),
    ),
    updates(
        POST,
        "/users/{id}/authentication/hardwareOathMethods/assignAndActivateBySerialNumber",
        call(hardware_oath_methods::assign_and_activate_by_serial_number),
    ),
    reads(
        "/users/{id}/authentication/hardwareOathMethods/{id}",
        call(|graph, resource| methods::one(graph, resource, &HARDWARE_OATH)),
    ),
    deletes(
        "/users/{id}/authentication/hardwareOathMethods/{id}",
        call(hardware_oath_methods::delete),
    ),
    updates(
        POST,
        "/users/{id}/authentication/hardwareOathMethods/{id}/activate",
        call(hardware_oath_methods::activate),
    ),
    updates(
        POST,
        "/users/{id}/authentication/hardwareOathMethods/{id}/deactivate",
        call(hardware_oath_methods::deactivate),
    ),
    reads("/users/{id}/authentication/methods", call(methods::all)),
    reads(
        "/users/{id}/authentication/methods/{id}",
        call(methods::any),
    ),
    updates(
        POST,
        "/users/{id}/authentication/methods/{id}/disableSmsSignIn",
        call(phone_methods::disable_sms_sign_in),
    ),
    updates(
        POST,
        "/users/{id}/authentication/methods/{id}/enableSmsSignIn",
        call(phone_methods::enable_sms_sign_in),
    ),
    updates(
        POST,
        "/users/{id}/authentication/methods/{id}/resetPassword",
        call(reset_password::begin),
    ),
    reads(
        "/users/{id}/authentication/microsoftAuthenticatorMethods",
        call(|graph, resource| methods::list(graph, resource, &MICROSOFT_AUTHENTICATOR)),
    ),
    reads(
        "/users/{id}/authentication/microsoftAuthenticatorMethods/{id}",
        call(|graph, resource| methods::one(graph, resource, &MICROSOFT_AUTHENTICATOR)),
    ),
    deletes(
        "/users/{id}/authentication/microsoftAuthenticatorMethods/{id}",
        call(|graph, resource| authentication::delete(graph, resource, &MICROSOFT_AUTHENTICATOR)),
    ),
    reads(
        "/users/{id}/authentication/operations/{id}",
        call(reset_password::operation),
    ),
    reads(
        "/users/{id}/authentication/passwordMethods",
        call(|graph, resource| methods::list(graph, resource, &PASSWORDS)),
    ),
    reads(
        "/users/{id}/authentication/passwordMethods/{id}",
        call(|graph, resource| methods::one(graph, resource, &PASSWORDS)),
    ),
    reads(
        "/users/{id}/authentication/passwordlessMicrosoftAuthenticatorMethods",
        call(|graph, resource| methods::list(graph, resource, &PASSWORDLESS)),
    ),
    reads(
        "/users/{id}/authentication/passwordlessMicrosoftAuthenticatorMethods/{id}",
        call(|graph, resource| methods::one(graph, resource, &PASSWORDLESS)),
    ),
    deletes(
        "/users/{id}/authentication/passwordlessMicrosoftAuthenticatorMethods/{id}",
        call(passwordless_microsoft_authenticator_methods::delete),
    ),
    reads(
        "/users/{id}/authentication/phoneMethods",
        call(|graph, resource| methods::list(graph, resource, &PHONE)),
    ),
    creates(
        POST,
        "/users/{id}/authentication/phoneMethods",
        call(phone_methods::create),
    ),
    reads(
        "/users/{id}/authentication/phoneMethods/{id}",
        call(|graph, resource| methods::one(graph, resource, &PHONE)),
    ),
    updates(
        PATCH,
        "/users/{id}/authentication/phoneMethods/{id}",
        call(phone_methods::update),
    ),
    updates(
        PUT,
        "/users/{id}/authentication/phoneMethods/{id}",
        call(phone_methods::put),
    ),
    deletes(
        "/users/{id}/authentication/phoneMethods/{id}",
        call(|graph, resource| authentication::delete(graph, resource, &PHONE)),
    ),
    updates(
        POST,
        "/users/{id}/authentication/phoneMethods/{id}/disableSmsSignIn",
        call(phone_methods::disable_sms_sign_in),
    ),
    updates(
        POST,
        "/users/{id}/authentication/phoneMethods/{id}/enableSmsSignIn",
        call(phone_methods::enable_sms_sign_in),
    ),
    reads(
        "/users/{id}/authentication/platformCredentialMethods",
        call(|graph, resource| methods::list(graph, resource, &PLATFORM_CREDENTIAL)),
    ),
    reads(
        "/users/{id}/authentication/platformCredentialMethods/{id}",
        call(|graph, resource| methods::one(graph, resource, &PLATFORM_CREDENTIAL)),
    ),
    deletes(
        "/users/{id}/authentication/platformCredentialMethods/{id}",
        call(|graph, resource| authentication::delete(graph, resource, &PLATFORM_CREDENTIAL)),
    ),
    reads(
        "/users/{id}/authentication/qrCodePinMethod",
        call(|graph, resource| methods::only(graph, resource, &QR_CODE_PIN)),
    ),
    creates(
        PUT,
        "/users/{id}/authentication/qrCodePinMethod",
        call(qr_code_pin_method::create),
    ),
    deletes(
        "/users/{id}/authentication/qrCodePinMethod",
        call(qr_code_pin_method::delete),
    ),
    reads(
        "/users/{id}/authentication/qrCodePinMethod/pin",
        call(qr_code_pin_method::read_pin),
    ),
    updates(
        PATCH,
        "/users/{id}/authentication/qrCodePinMethod/pin",
        call(qr_code_pin_method::reset_pin),
    ),
    deletes(
        "/users/{id}/authentication/qrCodePinMethod/pin",
        call(qr_code_pin_method::delete_pin),
    ),
    updates(
        PATCH,
        "/users/{id}/authentication/qrCodePinMethod/pin/updatePin",
        call(qr_code_pin_method::change_pin),
    ),
    updates(
        POST,
        "/users/{id}/authentication/qrCodePinMethod/pin/updatePin",
        call(qr_code_pin_method::change_pin),
    ),
    reads(
        "/users/{id}/authentication/qrCodePinMethod/standardQRCode",
        call(|graph, resource| qr_code_pin_method::read_code(graph, resource, STANDARD)),
    ),
    updates(
        PATCH,
        "/users/{id}/authentication/qrCodePinMethod/standardQRCode",
        call(|graph, resource| qr_code_pin_method::update_code(graph, resource, STANDARD)),
    ),
    deletes(
        "/users/{id}/authentication/qrCodePinMethod/standardQRCode",
        call(|graph, resource| qr_code_pin_method::delete_code(graph, resource, STANDARD)),
    ),
    reads(
        "/users/{id}/authentication/qrCodePinMethod/temporaryQRCode",
        call(|graph, resource| qr_code_pin_method::read_code(graph, resource, TEMPORARY)),
    ),
    updates(
        PATCH,
        "/users/{id}/authentication/qrCodePinMethod/temporaryQRCode",
        call(|graph, resource| qr_code_pin_method::update_code(graph, resource, TEMPORARY)),
    ),
    deletes(
        "/users/{id}/authentication/qrCodePinMethod/temporaryQRCode",
        call(|graph, resource| qr_code_pin_method::delete_code(graph, resource, TEMPORARY)),
    ),
    op(
        GET,
        "/users/{id}/authentication/requirements",
        call(requirements::read),
    )
    .needs("organization/strongAuthentication/read|users/authenticationMethods/standard/read"),
    op(
        PATCH,
        "/users/{id}/authentication/requirements",
        call(requirements::update),
    )
    .needs("organization/strongAuthentication/allTasks"),
    reads(
        "/users/{id}/authentication/signInPreferences",
        call(sign_in_preferences::read),
    ),
    updates(
        PATCH,
        "/users/{id}/authentication/signInPreferences",
        call(sign_in_preferences::update),
    ),
    reads(
        "/users/{id}/authentication/softwareOathMethods",
        call(|graph, resource| methods::list(graph, resource, &SOFTWARE_OATH)),
    ),
    reads(
        "/users/{id}/authentication/softwareOathMethods/{id}",
        call(|graph, resource| methods::one(graph, resource, &SOFTWARE_OATH)),
    ),
    deletes(
        "/users/{id}/authentication/softwareOathMethods/{id}",
        call(|graph, resource| authentication::delete(graph, resource, &SOFTWARE_OATH)),
    ),
    reads(
        "/users/{id}/authentication/temporaryAccessPassMethods",
        call(|graph, resource| methods::list(graph, resource, &TEMPORARY_ACCESS_PASS)),
    ),
    creates(
        POST,
        "/users/{id}/authentication/temporaryAccessPassMethods",
        call(temporary_access_pass_methods::create),
    ),
    reads(
        "/users/{id}/authentication/temporaryAccessPassMethods/{id}",
        call(|graph, resource| methods::one(graph, resource, &TEMPORARY_ACCESS_PASS)),
    ),
    deletes(
        "/users/{id}/authentication/temporaryAccessPassMethods/{id}",
        call(temporary_access_pass_methods::delete),
    ),
    reads(
        "/users/{id}/authentication/windowsHelloForBusinessMethods",
        call(|graph, resource| methods::list(graph, resource, &WINDOWS_HELLO)),
    ),
    reads(
        "/users/{id}/authentication/windowsHelloForBusinessMethods/{id}",
        call(|graph, resource| methods::one(graph, resource, &WINDOWS_HELLO)),
    ),
    deletes(
        "/users/{id}/authentication/windowsHelloForBusinessMethods/{id}",
        call(|graph, resource| authentication::delete(graph, resource, &WINDOWS_HELLO)),
    ),
];
