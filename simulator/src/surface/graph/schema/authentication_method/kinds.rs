//! The kinds (Microsoft Learn, "authenticationMethod resource type" and the types derived from it).

use entrasim_domain::catalogue;
use entrasim_domain::credential::method::{
    DeviceKey, KeyStrength, MethodKind, PassUsability, PasskeyKey, PhoneKind, Platform,
    TemporaryAccessPass,
};
use entrasim_domain::policy::authentication_methods::MethodName;
use entrasim_domain::tenant::authentication::SmsSignInState;
use serde_json::{Value, json};

use super::hardware_oath_device::show_device;
use super::qr_code::{show_code, show_pin};
use super::{Held, Member, MethodType, Shown};
use crate::surface::graph::schema::Version;

const fn member(name: &'static str, value: fn(&Shown<'_>) -> Value) -> Member {
    Member {
        name,
        only: None,
        value,
    }
}

/// A property that only beta has.
const fn beta(name: &'static str, value: fn(&Shown<'_>) -> Value) -> Member {
    Member {
        name,
        only: Some(Version::Beta),
        value,
    }
}

const fn kind(
    name: &'static str,
    set: &'static str,
    is: fn(Held<'_>) -> bool,
    members: &'static [Member],
) -> MethodType {
    MethodType {
        name,
        set,
        only: None,
        aside: false,
        is,
        members,
        has_device: false,
    }
}

fn null(_: &Shown<'_>) -> Value {
    Value::Null
}

fn is(held: Held<'_>, test: fn(&MethodKind) -> bool) -> bool {
    held.kind().is_some_and(test)
}

/// A property of methods of one kind.
macro_rules! of {
    ($shown:expr, $pattern:pat => $value:expr) => {
        match $shown.kind() {
            Some($pattern) => json!($value),
            _ => Value::Null,
        }
    };
}

pub(in crate::surface::graph) static PASSWORDS: MethodType = kind(
    "passwordAuthenticationMethod",
    "passwordMethods",
    |held| matches!(held, Held::Password(_)),
    &[member("password", null)],
);

pub(in crate::surface::graph) static PHONE: MethodType = kind(
    "phoneAuthenticationMethod",
    "phoneMethods",
    |held| is(held, |kind| matches!(kind, MethodKind::Phone(_))),
    &[
        member(
            "phoneNumber",
            |shown| of!(shown, MethodKind::Phone(phone) => phone.number),
        ),
        member("phoneType", |shown| {
            of!(shown, MethodKind::Phone(phone) => match phone.kind {
                PhoneKind::Mobile => "mobile",
                PhoneKind::AlternateMobile => "alternateMobile",
                PhoneKind::Office => "office",
            })
        }),
        member("smsSignInState", |shown| {
            of!(shown, MethodKind::Phone(phone) => match shown.tenant.sms_sign_in_state(shown.user, phone) {
                SmsSignInState::NotSupported => "notSupported",
                SmsSignInState::NotAllowedByPolicy => "notAllowedByPolicy",
                SmsSignInState::PhoneNumberNotUnique => "phoneNumberNotUnique",
                SmsSignInState::Ready => "ready",
                SmsSignInState::NotEnabled => "notEnabled",
            })
        }),
    ],
);

pub(in crate::surface::graph) static EMAIL: MethodType = kind(
    "emailAuthenticationMethod",
    "emailMethods",
    |held| is(held, |kind| matches!(kind, MethodKind::Email { .. })),
    &[member(
        "emailAddress",
        |shown| of!(shown, MethodKind::Email { address } => address),
    )],
);

/// Nothing is known yet of how a passkey was attested.
fn passkey_key<'s>(shown: &Shown<'s>) -> Option<&'s PasskeyKey> {
    match shown.held.kind() {
        Some(MethodKind::Passkey(key)) => key.key.as_deref(),
        _ => None,
    }
}

pub(in crate::surface::graph) static FIDO2: MethodType = kind(
    "fido2AuthenticationMethod",
    "fido2Methods",
    |held| is(held, |kind| matches!(kind, MethodKind::Passkey(_))),
    &[
        member(
            "displayName",
            |shown| of!(shown, MethodKind::Passkey(key) => key.display_name),
        ),
        member(
            "aaGuid",
            |shown| of!(shown, MethodKind::Passkey(key) => key.aaguid.map(|aaguid| aaguid.to_string())),
        ),
        member(
            "model",
            |shown| of!(shown, MethodKind::Passkey(key) => key.aaguid.and_then(catalogue::passkey_model)),
        ),
        member("attestationCertificates", |shown| {
            let list = passkey_key(shown).map(|key| key.certificates.clone());
            json!(list.unwrap_or_default())
        }),
        member("attestationLevel", |shown| {
            let attested = passkey_key(shown).is_some_and(|key| key.attested);
            json!(if attested { "attested" } else { "notAttested" })
        }),
        member("passkeyType", |shown| {
            let synced = passkey_key(shown).is_some_and(|key| key.synced);
            json!(if synced { "synced" } else { "deviceBound" })
        }),
    ],
);

/// `deviceTag` is what public scripts print for apps that show codes; the app's version is not known.
pub(in crate::surface::graph) static MICROSOFT_AUTHENTICATOR: MethodType = MethodType {
    has_device: true,
    ..kind(
        "microsoftAuthenticatorAuthenticationMethod",
        "microsoftAuthenticatorMethods",
        |held| {
            is(held, |kind| {
                matches!(kind, MethodKind::MicrosoftAuthenticator(_))
            })
        },
        &[
            member(
                "displayName",
                |shown| of!(shown, MethodKind::MicrosoftAuthenticator(app) => app.display_name),
            ),
            member("deviceTag", |_| json!("SoftwareTokenActivated")),
            member("phoneAppVersion", null),
            beta("clientAppName", |_| json!("microsoftAuthenticator")),
        ],
    )
};

/// The older view of apps that sign in without a password; the same registrations as above.
pub(in crate::surface::graph) static PASSWORDLESS: MethodType = MethodType {
    only: Some(Version::Beta),
    aside: true,
    ..kind(
        "passwordlessMicrosoftAuthenticatorAuthenticationMethod",
        "passwordlessMicrosoftAuthenticatorMethods",
        |held| {
            is(
                held,
                |kind| matches!(kind, MethodKind::MicrosoftAuthenticator(app) if app.phone_sign_in),
            )
        },
        &[
            member(
                "displayName",
                |shown| of!(shown, MethodKind::MicrosoftAuthenticator(app) => app.display_name),
            ),
            member("creationDateTime", |shown| {
                json!(shown.held.created().to_string())
            }),
        ],
    )
};

pub(in crate::surface::graph) static SOFTWARE_OATH: MethodType = kind(
    "softwareOathAuthenticationMethod",
    "softwareOathMethods",
    |held| is(held, |kind| matches!(kind, MethodKind::SoftwareOath(_))),
    &[member("secretKey", null)],
);

pub(in crate::surface::graph) static HARDWARE_OATH: MethodType = MethodType {
    only: Some(Version::Beta),
    ..kind(
        "hardwareOathAuthenticationMethod",
        "hardwareOathMethods",
        |held| is(held, |kind| matches!(kind, MethodKind::HardwareOath(_))),
        &[member("device", |shown| {
            let devices = &shown.tenant.authentication.hardware_oath_devices;
            let id = shown.held.method().map(|method| method.id);
            let device = id.and_then(|id| devices.get(&id));
            device.map_or(Value::Null, |device| {
                Value::Object(show_device(shown.tenant, device))
            })
        })],
    )
};

fn pass<'s>(shown: &'s Shown<'_>) -> Option<&'s TemporaryAccessPass> {
    match shown.kind() {
        Some(MethodKind::TemporaryAccessPass(pass)) => Some(pass),
        _ => None,
    }
}

/// Why a pass can be used or not: what the policy says goes before the pass's own state.
fn usability(shown: &Shown<'_>) -> &'static str {
    let Some(pass) = pass(shown) else { return "" };
    if !shown.tenant.allows_pass(pass, shown.user) {
        return "DisabledByPolicy";
    }
    match pass.usability(shown.now) {
        PassUsability::Usable => "EnabledByPolicy",
        PassUsability::Expired => "Expired",
        PassUsability::NotYetValid => "NotYetValid",
        PassUsability::OneTimeUsed => "OneTimeUsed",
    }
}

pub(in crate::surface::graph) static TEMPORARY_ACCESS_PASS: MethodType = kind(
    "temporaryAccessPassAuthenticationMethod",
    "temporaryAccessPassMethods",
    |held| {
        is(held, |kind| {
            matches!(kind, MethodKind::TemporaryAccessPass(_))
        })
    },
    &[
        member("temporaryAccessPass", |shown| {
            let pass = pass(shown).filter(|_| shown.with_secrets);
            json!(pass.map(|pass| pass.value.to_string()))
        }),
        member("startDateTime", |shown| {
            json!(pass(shown).map(|pass| pass.start.to_string()))
        }),
        member("lifetimeInMinutes", |shown| {
            json!(pass(shown).map(|pass| pass.lifetime.as_secs() / 60))
        }),
        member("isUsableOnce", |shown| {
            json!(pass(shown).map(|pass| pass.once))
        }),
        member("isUsable", |shown| {
            json!(usability(shown) == "EnabledByPolicy")
        }),
        member("methodUsabilityReason", |shown| json!(usability(shown))),
    ],
);

fn device_key<'s>(shown: &'s Shown<'_>) -> Option<&'s DeviceKey> {
    match shown.kind() {
        Some(MethodKind::WindowsHello(key) | MethodKind::PlatformCredential(key)) => Some(key),
        _ => None,
    }
}

const DISPLAY_NAME: Member = member("displayName", |shown| {
    json!(device_key(shown).map(|key| &*key.display_name))
});
const KEY_STRENGTH: Member = member("keyStrength", |shown| {
    json!(device_key(shown).map(|key| match key.strength {
        KeyStrength::Normal => "normal",
        KeyStrength::Weak => "weak",
        KeyStrength::Unknown => "unknown",
    }))
});

pub(in crate::surface::graph) static WINDOWS_HELLO: MethodType = MethodType {
    has_device: true,
    ..kind(
        "windowsHelloForBusinessAuthenticationMethod",
        "windowsHelloForBusinessMethods",
        |held| is(held, |kind| matches!(kind, MethodKind::WindowsHello(_))),
        &[DISPLAY_NAME, KEY_STRENGTH],
    )
};

pub(in crate::surface::graph) static PLATFORM_CREDENTIAL: MethodType = MethodType {
    has_device: true,
    ..kind(
        "platformCredentialAuthenticationMethod",
        "platformCredentialMethods",
        |held| {
            is(held, |kind| {
                matches!(kind, MethodKind::PlatformCredential(_))
            })
        },
        &[
            DISPLAY_NAME,
            KEY_STRENGTH,
            member("platform", |shown| {
                json!(device_key(shown).map(|key| match key.platform {
                    Platform::Windows => "windows",
                    Platform::MacOs => "macOS",
                    Platform::Unknown => "unknown",
                }))
            }),
        ],
    )
};

pub(in crate::surface::graph) static EXTERNAL: MethodType = kind(
    "externalAuthenticationMethod",
    "externalAuthenticationMethods",
    |held| is(held, |kind| matches!(kind, MethodKind::External(_))),
    &[
        member(
            "configurationId",
            |shown| of!(shown, MethodKind::External(method) => method.configuration.to_string()),
        ),
        member(
            "displayName",
            |shown| of!(shown, MethodKind::External(method) => method.display_name),
        ),
    ],
);

fn qr_usable(shown: &Shown<'_>) -> bool {
    let groups = shown.tenant.targets_of(shown.user.id);
    shown
        .tenant
        .authentication_methods
        .allows(MethodName::QrCodePin, &groups)
}

pub(in crate::surface::graph) static QR_CODE_PIN: MethodType = kind(
    "qrCodePinAuthenticationMethod",
    "qrCodePinMethod",
    |held| is(held, |kind| matches!(kind, MethodKind::QrCodePin(_))),
    &[
        member("standardQRCode", |shown| {
            of!(shown, MethodKind::QrCodePin(qr) => qr.standard.as_ref().map(|code| {
                show_code(shown.tenant, shown.user, code, shown.with_secrets)
            }))
        }),
        member("temporaryQRCode", |shown| {
            of!(shown, MethodKind::QrCodePin(qr) => qr.temporary.as_ref().map(|code| {
                show_code(shown.tenant, shown.user, code, shown.with_secrets)
            }))
        }),
        member("pin", |shown| {
            of!(shown, MethodKind::QrCodePin(qr) => qr.pin.as_ref().map(|pin| {
                show_pin(pin, shown.with_secrets)
            }))
        }),
        beta("isUsable", |shown| json!(qr_usable(shown))),
        beta("methodUsabilityReason", null),
    ],
);
