//! `GET /api/authenticationmethods/availablemethods`: what the person has, what they can add, and why not.

use entrasim_domain::credential::method::{AuthenticationMethod, MethodKind, PhoneKind};
use entrasim_domain::credential::secondary::SecondFactor;
use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::{Decision, Interruption, Operation, Outcome};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::security_info::Addable;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::answer::Kind;
use super::session::{Session, reason, told};
use crate::call::Call;
use crate::wire::Reply;

/// One member of the answer: its name, its number, and what can be added by it.
struct Group {
    name: &'static str,
    kind: Kind,
    adds: &'static [Addable],
}

/// The names beside the first four are assumed (the numbers are those of public tools).
const GROUPS: [Group; 10] = [
    Group {
        name: "AuthenticatorApp",
        kind: Kind::AUTHENTICATOR,
        adds: &[Addable::Authenticator, Addable::AuthenticatorApp],
    },
    Group {
        name: "MobilePhone",
        kind: Kind::MOBILE_PHONE,
        adds: &[
            Addable::Text(PhoneKind::Mobile),
            Addable::Call(PhoneKind::Mobile),
        ],
    },
    Group {
        name: "Fido",
        kind: Kind::PASSKEY,
        adds: &[Addable::Passkey],
    },
    Group {
        name: "Email",
        kind: Kind::EMAIL,
        adds: &[Addable::Email],
    },
    Group {
        name: "AltMobilePhone",
        kind: Kind::ALTERNATE_CALL,
        adds: &[Addable::Call(PhoneKind::AlternateMobile)],
    },
    Group {
        name: "OfficePhone",
        kind: Kind::OFFICE_PHONE,
        adds: &[Addable::Call(PhoneKind::Office)],
    },
    Group {
        name: "HardwareOath",
        kind: Kind::HARDWARE_TOKEN,
        adds: &[],
    },
    Group {
        name: "TemporaryAccessPass",
        kind: Kind::ACCESS_PASS,
        adds: &[],
    },
    Group {
        name: "Password",
        kind: Kind::PASSWORD,
        adds: &[],
    },
    Group {
        name: "Other",
        kind: Kind::OTHER,
        adds: &[],
    },
];

/// The group of a method.
fn kind_of(method: &MethodKind) -> Kind {
    match method {
        MethodKind::MicrosoftAuthenticator(_) | MethodKind::SoftwareOath(_) => Kind::AUTHENTICATOR,
        MethodKind::HardwareOath(_) => Kind::HARDWARE_TOKEN,
        MethodKind::Phone(phone) => match phone.kind {
            PhoneKind::Mobile => Kind::MOBILE_PHONE,
            PhoneKind::AlternateMobile => Kind::ALTERNATE_CALL,
            PhoneKind::Office => Kind::OFFICE_PHONE,
        },
        MethodKind::Passkey(_) => Kind::PASSKEY,
        MethodKind::TemporaryAccessPass(_) => Kind::ACCESS_PASS,
        MethodKind::Email { .. } => Kind::EMAIL,
        MethodKind::WindowsHello(_)
        | MethodKind::PlatformCredential(_)
        | MethodKind::External(_)
        | MethodKind::QrCodePin(_) => Kind::OTHER,
    }
}

/// Whether a decision lets somebody begin: a second factor can be shown afresh on the way.
fn offers(decision: &Decision) -> bool {
    matches!(
        decision.outcome,
        Outcome::Grant | Outcome::Interrupt(Interruption::Mfa)
    )
}

pub(super) fn available(call: &Call<'_>) -> Reply {
    let Some(session) = Session::of_request(call) else {
        return Reply::empty(StatusCode::UNAUTHORIZED);
    };
    let see = session.ask(Operation::SeeSecurityInfo);
    if see.outcome != Outcome::Grant {
        call.record_decision(see);
        return Reply::empty(StatusCode::UNAUTHORIZED);
    }
    let (tenant, user) = (session.tenant, &session.user);
    let default = user.sign_in_preferences.default_of(&user.methods);
    let default = default.map(|(factor, method)| (factor, method.id));
    let mut answer = Map::new();
    let mut kept = Some(see);
    for group in &GROUPS {
        let decisions = group
            .adds
            .iter()
            .map(|wanted| session.ask(Operation::Register(tenant.new_method(user, *wanted))));
        let decisions: Vec<Decision> = decisions.collect();
        let held = user
            .methods
            .iter()
            .filter(|method| kind_of(&method.kind) == group.kind);
        let data: Vec<Value> = held
            .map(|method| show(&session, method, default.filter(|(_, id)| *id == method.id)))
            .collect();
        let can_add = decisions.iter().any(offers);
        let mut value = json!({
            "Type": group.kind.0,
            "IsRegistered": !data.is_empty() || (group.kind == Kind::PASSWORD && user.password.is_some()),
            "CanAdd": can_add,
            "Data": data,
        });
        if !can_add && let Some(against) = decisions.into_iter().next() {
            value["reason"] = reason(&against);
            // That a passkey is not offered is what people ask about: the journal has that decision.
            if group.kind == Kind::PASSKEY {
                kept = Some(against);
            }
        }
        if group.kind == Kind::AUTHENTICATOR {
            for (name, wanted) in [("CanAddPush", group.adds[0]), ("CanAddCode", group.adds[1])] {
                let method = tenant.new_method(user, wanted);
                value[name] = json!(offers(&session.ask(Operation::Register(method))));
            }
        }
        answer.insert(group.name.to_owned(), value);
    }
    if let Some(decision) = kept {
        call.record_decision(decision);
    }
    told(call, &answer)
}

fn show(
    session: &Session<'_>,
    method: &AuthenticationMethod,
    default: Option<(SecondFactor, uuid::Uuid)>,
) -> Value {
    let mut value = json!({
        "Id": method.id, "Type": kind_of(&method.kind).0, "DisplayName": name(session.tenant, method),
        "CreationTime": method.registered.to_string(), "IsDefault": default.is_some(),
        "DefaultMethod": default.map(|(factor, _)| factor.word()), "CanDelete": is_deletable(&method.kind),
        "CanBeDefault": SecondFactor::ALL.iter().any(|factor| factor.is_of(&method.kind)),
    });
    let more = match &method.kind {
        MethodKind::Passkey(key) => {
            use base64::Engine;
            let id = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&key.credential_id);
            json!({"CredentialId": id, "AAGuid": key.aaguid})
        }
        MethodKind::TemporaryAccessPass(pass) => {
            json!({"ExpirationTime": pass.ends().to_string(), "IsUsableOnce": pass.once})
        }
        MethodKind::SoftwareOath(_) => json!({"IsCodeOnly": true}),
        _ => Value::Null,
    };
    if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
        value.extend(more);
    }
    value
}

/// Whether people take such a method away themselves.
pub(super) fn is_deletable(kind: &MethodKind) -> bool {
    !matches!(
        kind,
        MethodKind::QrCodePin(_) | MethodKind::PlatformCredential(_) | MethodKind::WindowsHello(_)
    )
}

/// What tells one method from another.
fn name(tenant: &Tenant, method: &AuthenticationMethod) -> String {
    match &method.kind {
        MethodKind::MicrosoftAuthenticator(app) => app.display_name.clone(),
        MethodKind::SoftwareOath(_) => "Authenticator app".to_owned(),
        MethodKind::HardwareOath(_) => "Hardware token".to_owned(),
        MethodKind::Phone(phone) => phone.number.clone(),
        MethodKind::Passkey(key) => key.display_name.clone(),
        MethodKind::TemporaryAccessPass(_) => "Temporary Access Pass".to_owned(),
        MethodKind::Email { address } => address.clone(),
        MethodKind::WindowsHello(key) | MethodKind::PlatformCredential(key) => {
            key.display_name.to_string()
        }
        MethodKind::External(external) => tenant
            .authentication_methods
            .external
            .get(&external.configuration)
            .map_or_else(
                || external.display_name.clone(),
                |known| known.display_name.clone(),
            ),
        MethodKind::QrCodePin(_) => "QR code".to_owned(),
    }
}

/// `DataUpdates` of a method that was just registered: the state after it. `DefaultMethod` is the kind of the default, and
/// zero if there is none (the numbers are assumed).
pub(super) fn updates(session: &Session<'_>) -> Value {
    let tenant = session
        .call
        .cell()
        .map(entrasim_domain::store::TenantCell::read);
    let user = tenant
        .as_ref()
        .and_then(|tenant| tenant.users.get(session.user.id))
        .map_or_else(
            || std::sync::Arc::clone(&session.user),
            std::sync::Arc::clone,
        );
    let user: &User = &user;
    let default = user.sign_in_preferences.default_of(&user.methods);
    let devices: Vec<Value> = user
        .methods
        .iter()
        .filter(|method| matches!(method.kind, MethodKind::Passkey(_)))
        .map(|method| show(session, method, None))
        .collect();
    let kind = default.map_or(0, |(_, method)| kind_of(&method.kind).0);
    json!({"DefaultMethodOptions": kind, "DefaultMethod": kind, "FidoDevices": devices})
}
