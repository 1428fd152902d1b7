//! Authentication methods of a user: what Graph shows of each kind, declared once. From the tables come lists, single reads
//! and the mixed list of all kinds. Writes nothing, knows no HTTP.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::credential::method::{
    AuthenticationMethod, EMAIL as EMAIL_ID, MethodKind, PASSWORD,
};
use entrasim_domain::directory::user::{Password, User};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use serde_json::{Map, Value, json};

use super::Version;

mod hardware_oath_device;
mod kinds;
mod qr_code;

pub(in crate::surface::graph) use hardware_oath_device::{DEVICE_CLASS, show_device};
pub(in crate::surface::graph) use kinds::{
    EMAIL, EXTERNAL, FIDO2, HARDWARE_OATH, MICROSOFT_AUTHENTICATOR, PASSWORDLESS, PASSWORDS, PHONE,
    PLATFORM_CREDENTIAL, QR_CODE_PIN, SOFTWARE_OATH, TEMPORARY_ACCESS_PASS, WINDOWS_HELLO,
};
pub(in crate::surface::graph) use qr_code::{show_code, show_pin};

/// One kind of method.
pub(in crate::surface::graph) struct MethodType {
    /// The type's name after `microsoft.graph.`.
    pub(in crate::surface::graph) name: &'static str,
    /// The last segment of its collection's path.
    pub(in crate::surface::graph) set: &'static str,
    /// The version that has it, if the other has not.
    only: Option<Version>,
    /// It has no place of its own in the list of all kinds.
    aside: bool,
    is: fn(Held<'_>) -> bool,
    members: &'static [Member],
    /// Whose `device` can be expanded.
    pub(in crate::surface::graph) has_device: bool,
}

/// One property.
struct Member {
    name: &'static str,
    only: Option<Version>,
    value: fn(&Shown<'_>) -> Value,
}

/// What a user holds: the password, or a registered method.
#[derive(Clone, Copy)]
pub(in crate::surface::graph) enum Held<'a> {
    Password(&'a Password),
    Method(&'a AuthenticationMethod),
}

/// One method and what its properties depend on.
#[derive(Clone, Copy)]
pub(in crate::surface::graph) struct Shown<'a> {
    pub(in crate::surface::graph) tenant: &'a Tenant,
    pub(in crate::surface::graph) user: &'a User,
    pub(in crate::surface::graph) now: Timestamp,
    pub(in crate::surface::graph) held: Held<'a>,
    /// Passes, PINs and pictures are shown when they are made, and never again.
    pub(in crate::surface::graph) with_secrets: bool,
}

const TYPES: [&MethodType; 13] = [
    &PASSWORDS,
    &PHONE,
    &EMAIL,
    &FIDO2,
    &MICROSOFT_AUTHENTICATOR,
    &PASSWORDLESS,
    &SOFTWARE_OATH,
    &HARDWARE_OATH,
    &TEMPORARY_ACCESS_PASS,
    &WINDOWS_HELLO,
    &PLATFORM_CREDENTIAL,
    &EXTERNAL,
    &QR_CODE_PIN,
];

/// Everything that a user holds, the password first.
pub(in crate::surface::graph) fn held(user: &User) -> impl Iterator<Item = Held<'_>> {
    let password = user.password.as_deref().map(Held::Password);
    let methods = user.methods.iter().map(Held::Method);
    password.into_iter().chain(methods)
}

impl<'a> Held<'a> {
    /// What the methods of a type are read from.
    pub(in crate::surface::graph) fn method(self) -> Option<&'a AuthenticationMethod> {
        match self {
            Self::Password(_) => None,
            Self::Method(method) => Some(method),
        }
    }

    fn kind(self) -> Option<&'a MethodKind> {
        self.method().map(|method| &method.kind)
    }

    /// A passkey's id is its credential id in base64url, and a digit for the padding that was left out; phones and the
    /// e-mail address have the same ids for every user; every other's is a GUID of its own.
    pub(in crate::surface::graph) fn id(self) -> String {
        match self {
            Self::Password(_) => PASSWORD.to_string(),
            Self::Method(method) => match &method.kind {
                MethodKind::Passkey(key) => {
                    let text = URL_SAFE_NO_PAD.encode(&key.credential_id);
                    format!("{text}{}", (4 - text.len() % 4) % 4)
                }
                MethodKind::Phone(phone) => phone.kind.id().to_string(),
                MethodKind::Email { .. } => EMAIL_ID.to_string(),
                _ => method.id.to_string(),
            },
        }
    }

    /// Whether a path's key names it; GUIDs are compared without regard to case.
    pub(in crate::surface::graph) fn is_named(self, key: &str) -> bool {
        let id = self.id();
        match self.kind() {
            Some(MethodKind::Passkey(_)) => id == key,
            _ => id.eq_ignore_ascii_case(key),
        }
    }

    fn created(self) -> Timestamp {
        match self {
            Self::Password(password) => password.set,
            Self::Method(method) => method.registered,
        }
    }

    /// The type that the list of all kinds shows it as, if the version has it.
    pub(in crate::surface::graph) fn kind_in(
        self,
        version: Version,
    ) -> Option<&'static MethodType> {
        let mut types = TYPES.into_iter();
        types.find(|kind| !kind.aside && kind.is_in(version) && (kind.is)(self))
    }
}

impl MethodType {
    fn is_in(&self, version: Version) -> bool {
        self.only.is_none_or(|only| only == version)
    }

    /// The methods of this type that a user holds.
    pub(in crate::surface::graph) fn of<'u>(
        &'static self,
        user: &'u User,
    ) -> impl Iterator<Item = Held<'u>> {
        held(user).filter(|held| (self.is)(*held))
    }

    /// The one that a path's key names.
    pub(in crate::surface::graph) fn find<'u>(
        &'static self,
        user: &'u User,
        key: &str,
    ) -> Option<Held<'u>> {
        self.of(user).find(|held| held.is_named(key))
    }

    /// Whether the type has a property.
    pub(in crate::surface::graph) fn has(&self, name: &str) -> bool {
        ["id", "createdDateTime", "lastUsedDateTime"].contains(&name)
            || self.members.iter().any(|member| member.name == name)
    }

    /// All properties of one.
    pub(in crate::surface::graph) fn show(
        &self,
        shown: &Shown<'_>,
        version: Version,
    ) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("id".to_owned(), json!(shown.held.id()));
        let created = json!(shown.held.created().to_string());
        members.insert("createdDateTime".to_owned(), created);
        for member in self.members {
            if member.only.is_none_or(|only| only == version) {
                members.insert(member.name.to_owned(), (member.value)(shown));
            }
        }
        members
    }
}

impl Shown<'_> {
    fn kind(&self) -> Option<&MethodKind> {
        self.held.kind()
    }
}
