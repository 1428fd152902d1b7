//! Authentication methods of users through Graph.

use entrasim_domain::credential::method::{
    AuthenticationMethod, Authenticator, DeviceKey, ExternalMethod, KeyStrength, MethodKind,
    Passkey, Phone, PhoneKind, Platform, TemporaryAccessPass,
};
use entrasim_domain::credential::one_time_code::Oath;
use entrasim_domain::directory::role::{DirectoryRoleAssignment, RoleScope};
use entrasim_domain::id::RoleTemplateId;
use entrasim_domain::tenant::changes::Note;
use entrasim_domain::time::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::client::App;
use crate::sts::pages::change_user;
use crate::support::text;

mod fido2_methods;
mod hardware_oath_methods;
mod phone_methods;
mod preferences;
mod qr_code_pin_method;
mod reading;
mod reset_password;
mod roles;
mod small_methods;
mod temporary_access_pass_methods;

const BETA: &str = "https://graph.microsoft.com/beta";
const GLOBAL_READER: &str = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";
const AUTHENTICATION_ADMINISTRATOR: &str = "c4e39bd9-1100-46d3-8c65-fb160da0071f";
const PRIVILEGED_AUTHENTICATION_ADMINISTRATOR: &str = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13";
const AUTHENTICATION_POLICY_ADMINISTRATOR: &str = "0526716b-113d-4c15-b2c8-68e3c22b9f80";
const USER_ADMINISTRATOR: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";

/// Who serves other people's methods.
fn administrator() -> App {
    App::person("admin", "UserAuthenticationMethod.ReadWrite.All")
}

/// `/users/{name}@…/authentication/{rest}`
fn at(name: &str, rest: &str) -> String {
    format!("/users/{name}@contoso.onmicrosoft.com/authentication/{rest}")
}

fn beta(name: &str, rest: &str) -> String {
    format!("{BETA}{}", at(name, rest))
}

fn message(answer: &Value) -> &str {
    text(&answer["error"], "message")
}

fn size(answer: &Value) -> usize {
    answer["value"].as_array().map_or(0, Vec::len)
}

/// Gives a user a method beside Graph; its id is made of `number`.
fn give(app: &App, name: &str, number: u128, kind: MethodKind) -> String {
    let id = Uuid::from_u128(number);
    change_user(&app.bench, name, |user| {
        user.methods.push(AuthenticationMethod {
            id,
            registered: user.created,
            kind,
        });
    });
    id.to_string()
}

fn assign(app: &App, name: &str, role: &str) {
    app.bench
        .tenant
        .write(|tenant| {
            let user = tenant.users.by_local_part(name, 0).unwrap().id;
            let role: RoleTemplateId = role.parse().unwrap();
            let assignment = DirectoryRoleAssignment {
                id: Uuid::from_u128(user.0.as_u128() ^ role.0.as_u128()),
                principal: user,
                role,
                scope: RoleScope::Directory,
            };
            let note = Note::by_service(tenant.now(Timestamp::UNIX_EPOCH));
            tenant.assign_role(assignment, &note)
        })
        .unwrap();
}

/// One method of each kind that Graph does not make.
pub(super) fn one_of_each() -> Vec<(&'static str, MethodKind)> {
    let key = |platform| DeviceKey {
        display_name: "Work machine".into(),
        strength: KeyStrength::Normal,
        platform,
        device: None,
    };
    vec![
        (
            "microsoftAuthenticatorMethods",
            MethodKind::MicrosoftAuthenticator(Authenticator {
                display_name: "Pixel".to_owned(),
                phone_sign_in: true,
                oath: None,
            }),
        ),
        (
            "softwareOathMethods",
            MethodKind::SoftwareOath(Oath::new([7_u8; 20].as_slice())),
        ),
        (
            "phoneMethods",
            MethodKind::Phone(Phone {
                number: "+1 2065555555".to_owned(),
                kind: PhoneKind::Mobile,
                sms_sign_in: false,
            }),
        ),
        (
            "fido2Methods",
            MethodKind::Passkey(Passkey {
                display_name: "Red key".to_owned(),
                credential_id: [0xfb_u8; 16].as_slice().into(),
                aaguid: Some(Uuid::from_u128(0x2fc0_579f_8113_47ea_b116_555a_8db9_202a)),
                key: None,
            }),
        ),
        (
            "temporaryAccessPassMethods",
            MethodKind::TemporaryAccessPass(TemporaryAccessPass {
                value: "abcdefgh".into(),
                start: Timestamp::parse("2020-01-01T00:00:00Z").unwrap(),
                lifetime: core::time::Duration::from_secs(3_600),
                once: false,
                used: None,
            }),
        ),
        (
            "emailMethods",
            MethodKind::Email {
                address: "kim@contoso.com".to_owned(),
            },
        ),
        (
            "windowsHelloForBusinessMethods",
            MethodKind::WindowsHello(key(Platform::Windows)),
        ),
        (
            "platformCredentialMethods",
            MethodKind::PlatformCredential(key(Platform::MacOs)),
        ),
        (
            "externalAuthenticationMethods",
            MethodKind::External(ExternalMethod {
                configuration: Uuid::from_u128(9),
                display_name: "Adatum".to_owned(),
            }),
        ),
    ]
}
