//! What the methods that somebody has registered make of them, as the registration report says it: one pure rule over a table
//! (`data/reported_methods.toml`) that names, for every column, the methods that fill it. Knows no tenant.

use std::sync::LazyLock;

use serde::Deserialize;
use uuid::Uuid;

use super::method::{MethodKind, PhoneKind};
use crate::catalogue::parse;

/// A method in the words of the reports.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportedMethod {
    /// A value of `methodsRegistered`.
    pub name: String,
    /// Strong: enough as a second factor.
    pub multifactor: bool,
    pub passwordless: bool,
    /// What it counts as when a password is reset; methods that count as the same count once.
    #[serde(default)]
    pub reset: Option<String>,
    /// Whether it counts for the reset of an administrator's password.
    #[serde(default = "yes")]
    pub administrators: bool,
    pub evidence: Evidence,
}

/// How well a row is known.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    Confirmed,
    Seen,
    Assumed,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    privileged_roles: Vec<String>,
    method: Vec<ReportedMethod>,
}

fn table() -> &'static Table {
    static TABLE: LazyLock<Table> =
        LazyLock::new(|| parse(include_str!("../../data/reported_methods.toml")));
    &TABLE
}

/// All methods that reports know.
pub fn reported_methods() -> &'static [ReportedMethod] {
    &table().method
}

/// Whether the sums of the report count the holders of a role, by its name, as privileged administrators.
pub fn is_privileged(role: &str) -> bool {
    let mut roles = table().privileged_roles.iter();
    roles.any(|known| known == role)
}

/// The models under which Authenticator and Windows Hello keep passkeys (MicrosoftDocs/entra-docs how-to-enable-authenticator-passkey.md;
/// passkeydeveloper/passkey-authenticator-aaguids).
const AUTHENTICATOR_MODELS: [Uuid; 2] = [
    Uuid::from_u128(0x90a3_ccdf_635c_4729_a248_9b70_9135_078f),
    Uuid::from_u128(0xde1e_552d_db1d_4423_a619_566b_625c_dc84),
];
const WINDOWS_HELLO_MODELS: [Uuid; 3] = [
    Uuid::from_u128(0x0898_7058_cadc_4b81_b6e1_30de_50dc_be96),
    Uuid::from_u128(0x9ddd_1817_af5a_4672_a2b9_3e3d_d950_00a9),
    Uuid::from_u128(0x6028_b017_b1d4_4c02_b4b3_afcd_afc9_6bb2),
];

/// What the reports call a method. An app that also shows codes, or also signs in without a password, has several names
/// (the documented answers list the codes of the app beside it).
pub fn names_of(kind: &MethodKind) -> Vec<&'static str> {
    match kind {
        MethodKind::MicrosoftAuthenticator(app) => {
            let mut names = vec!["microsoftAuthenticatorPush"];
            if app.phone_sign_in {
                names.push("microsoftAuthenticatorPasswordless");
            }
            if app.oath.is_some() {
                names.push("softwareOneTimePasscode");
            }
            names
        }
        MethodKind::SoftwareOath(_) => vec!["softwareOneTimePasscode"],
        // A token that was assigned is registered when a code of it has activated it.
        MethodKind::HardwareOath(token) if token.oath.is_none() => Vec::new(),
        MethodKind::HardwareOath(_) => vec!["hardwareOneTimePasscode"],
        MethodKind::Phone(phone) => vec![match phone.kind {
            PhoneKind::Mobile => "mobilePhone",
            PhoneKind::AlternateMobile => "alternateMobilePhone",
            PhoneKind::Office => "officePhone",
        }],
        MethodKind::Passkey(key) if key.key.as_ref().is_some_and(|key| key.synced) => {
            vec!["passKeySynced"]
        }
        MethodKind::Passkey(key) => vec![match key.aaguid {
            Some(model) if AUTHENTICATOR_MODELS.contains(&model) => {
                "passKeyDeviceBoundAuthenticator"
            }
            Some(model) if WINDOWS_HELLO_MODELS.contains(&model) => {
                "passKeyDeviceBoundWindowsHello"
            }
            _ => "passKeyDeviceBound",
        }],
        MethodKind::TemporaryAccessPass(_) => vec!["temporaryAccessPass"],
        MethodKind::Email { .. } => vec!["email"],
        MethodKind::WindowsHello(_) => vec!["windowsHelloForBusiness"],
        MethodKind::PlatformCredential(_) => vec!["macOsSecureEnclaveKey"],
        MethodKind::External(_) => vec!["externalAuthMethod"],
        MethodKind::QrCodePin(_) => vec!["qrCode"],
    }
}

/// The method with this name.
pub fn reported_method(name: &str) -> Option<&'static ReportedMethod> {
    reported_methods().iter().find(|known| known.name == name)
}

/// A method that somebody has, and whether the authentication methods policy lets them use it.
#[derive(Clone, Copy, Debug)]
pub struct Registered {
    pub method: &'static ReportedMethod,
    pub allowed: bool,
}

/// Whether somebody may reset their own password, and why.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ResetAccess {
    /// The policy of the tenant is for them.
    Targeted,
    NotTargeted,
    /// Administrators may, whatever the policy for others says.
    Administrator,
    /// Nor may they then, whatever it says (`allowedToUseSSPR`).
    AdministratorsOff,
}

impl ResetAccess {
    pub fn is_granted(self) -> bool {
        matches!(self, Self::Targeted | Self::Administrator)
    }
}

/// What the reset of somebody's password asks of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ResetStanding {
    pub access: ResetAccess,
    /// So many different methods.
    pub required: usize,
}

/// What the report says of somebody: each list holds the methods because of which the column is true.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RegistrationState {
    /// `methodsRegistered`, each once, in the order of registration.
    pub methods: Vec<&'static str>,
    pub multifactor_registered: Vec<&'static str>,
    pub multifactor_capable: Vec<&'static str>,
    pub passwordless_capable: Vec<&'static str>,
    /// What counts for a reset, each once; the policy of methods does not matter.
    pub counted_for_reset: Vec<&'static str>,
    pub reset: ResetStanding,
}

impl RegistrationState {
    pub fn is_mfa_registered(&self) -> bool {
        !self.multifactor_registered.is_empty()
    }

    pub fn is_mfa_capable(&self) -> bool {
        !self.multifactor_capable.is_empty()
    }

    pub fn is_passwordless_capable(&self) -> bool {
        !self.passwordless_capable.is_empty()
    }

    pub fn is_sspr_registered(&self) -> bool {
        self.counted_for_reset.len() >= self.reset.required
    }

    pub fn is_sspr_enabled(&self) -> bool {
        self.reset.access.is_granted()
    }

    pub fn is_sspr_capable(&self) -> bool {
        self.is_sspr_enabled() && self.is_sspr_registered()
    }
}

/// The rule. Registered is what is there; capable is what the policy allows as well; a reset needs enough different methods
/// and the leave to do it (microsoft-graph-docs-contrib userregistrationdetails.md).
pub fn assess(registered: &[Registered], reset: ResetStanding) -> RegistrationState {
    let names = |holds: &dyn Fn(&Registered) -> bool| {
        let mut names: Vec<&'static str> = Vec::new();
        for one in registered.iter().filter(|one| holds(one)) {
            add(&mut names, &one.method.name);
        }
        names
    };
    let administrator = matches!(
        reset.access,
        ResetAccess::Administrator | ResetAccess::AdministratorsOff
    );
    let mut counted_for_reset = Vec::new();
    for Registered { method, .. } in registered {
        let counts = method.administrators || !administrator;
        if let Some(kind) = method.reset.as_deref().filter(|_| counts) {
            add(&mut counted_for_reset, kind);
        }
    }
    RegistrationState {
        methods: names(&|_| true),
        multifactor_registered: names(&|one| one.method.multifactor),
        multifactor_capable: names(&|one| one.method.multifactor && one.allowed),
        passwordless_capable: names(&|one| one.method.passwordless && one.allowed),
        counted_for_reset,
        reset,
    }
}

fn add(names: &mut Vec<&'static str>, name: &'static str) {
    if !names.contains(&name) {
        names.push(name);
    }
}

#[cfg(test)]
mod tests;
