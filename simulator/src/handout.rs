//! What a tenant's user needs to know: accounts, secrets, ids. Printed by `serve`, given by the control API.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use entrasim_domain::directory::service_principal::ServicePrincipalKind;
use entrasim_domain::enforcement::phase::{Enforcement, PhaseName};
use entrasim_domain::seed::{ACCOUNTS, DEPLOY_APP};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::{Clock, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::keys::{DEPLOY_CERTIFICATE_PEM, DEPLOY_KEY_PEM};
use crate::whole_file::{self, Readers};

/// A tenant with everything that its users are handed.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Handout {
    pub tenant: TenantName,
    pub subscription: String,
    /// By short name.
    pub accounts: BTreeMap<String, AccountView>,
    /// By display name.
    pub apps: BTreeMap<String, AppView>,
    pub managed_identities: ManagedIdentities,
    pub identity_endpoint: IdentityEndpoint,
    pub clock: ClockView,
    pub enforcement: EnforcementView,
}

#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct TenantName {
    pub id: String,
    pub domain: String,
}

#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct AccountView {
    /// The name to sign in with.
    pub upn: String,
    /// Absent when the account has none.
    pub password: Option<String>,
}

#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct AppView {
    pub client_id: String,
    pub client_secret: Option<String>,
    /// A PEM file with the key and the certificate.
    pub certificate: PathBuf,
    /// A token of the outside issuer that the app's federated credential trusts.
    pub federated_token: String,
}

#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
pub struct ManagedIdentities {
    pub system: IdentityView,
    pub user: IdentityView,
}

#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
pub struct IdentityView {
    pub principal_id: String,
    pub client_id: String,
    pub resource_id: String,
}

/// The App Service form of the identity endpoint: `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct IdentityEndpoint {
    pub url: String,
    /// Selects the tenant.
    pub header: String,
}

/// A tenant's clock.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ClockView {
    pub mode: ClockMode,
    /// For `system`: how far ahead of the machine's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset_seconds: Option<i64>,
    /// For `manual`: where it stands. In answers, the instant in either mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ClockMode {
    System,
    Manual,
}

#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct EnforcementView {
    pub phase1: PhaseView,
    pub phase2: PhaseView,
}

#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct PhaseView {
    /// `null` means never.
    pub starts: Option<String>,
    pub postponed_until: Option<String>,
    /// The first instant at which the phase binds the tenant.
    pub effective: Option<String>,
}

impl ClockView {
    pub fn of(clock: Clock, system: Timestamp) -> Self {
        let now = Some(clock.now(system).to_string());
        match clock {
            Clock::System { offset_millis } => Self {
                mode: ClockMode::System,
                offset_seconds: Some(offset_millis.div_euclid(1000)),
                now,
            },
            Clock::Manual { .. } => Self {
                mode: ClockMode::Manual,
                offset_seconds: None,
                now,
            },
        }
    }

    /// The clock that is described; the text says what is wrong with the description.
    pub fn to_clock(&self, system: Timestamp) -> Result<Clock, String> {
        let now = match &self.now {
            Some(text) => Some(
                Timestamp::parse(text).ok_or_else(|| format!("`{text}` is no RFC 3339 instant"))?,
            ),
            None => None,
        };
        match (self.mode, now, self.offset_seconds) {
            (ClockMode::Manual, Some(now), _) => Ok(Clock::Manual { now }),
            (ClockMode::Manual, None, _) => Err("a manual clock needs `now`".to_owned()),
            (ClockMode::System, _, Some(offset)) => Ok(Clock::System {
                offset_millis: offset.saturating_mul(1000),
            }),
            (ClockMode::System, Some(now), None) => Ok(starting_at(now, system)),
            (ClockMode::System, None, None) => Ok(Clock::System { offset_millis: 0 }),
        }
    }
}

/// A running clock that shows `now` at the machine's `system`.
pub fn starting_at(now: Timestamp, system: Timestamp) -> Clock {
    Clock::System {
        offset_millis: now.unix_millis().saturating_sub(system.unix_millis()),
    }
}

impl EnforcementView {
    pub fn of(enforcement: &Enforcement) -> Self {
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let view = |name: PhaseName| {
            let phase = match name {
                PhaseName::Phase1 => enforcement.phase1,
                PhaseName::Phase2 => enforcement.phase2,
            };
            PhaseView {
                starts: text(phase.starts),
                postponed_until: text(phase.postponed_until),
                effective: text(enforcement.effective(name)),
            }
        };
        Self {
            phase1: view(PhaseName::Phase1),
            phase2: view(PhaseName::Phase2),
        }
    }
}

/// Describes a tenant, and writes the files that the description names.
pub fn of(app: &App, tenant: &Tenant, system: Timestamp) -> io::Result<Handout> {
    let http = app
        .addresses
        .get()
        .map_or("", |addresses| addresses.http.as_str());
    Ok(Handout {
        tenant: TenantName {
            id: tenant.id.to_string(),
            domain: tenant.initial_domain().to_owned(),
        },
        subscription: tenant
            .azure
            .subscriptions
            .keys()
            .next()
            .map(ToString::to_string)
            .unwrap_or_default(),
        accounts: accounts(tenant),
        apps: apps(&app.data, tenant)?,
        managed_identities: managed_identities(tenant),
        identity_endpoint: IdentityEndpoint {
            url: format!("{http}/msi/token"),
            header: tenant.identity_header.clone(),
        },
        clock: ClockView::of(tenant.clock, system),
        enforcement: EnforcementView::of(&tenant.enforcement),
    })
}

fn accounts(tenant: &Tenant) -> BTreeMap<String, AccountView> {
    ACCOUNTS
        .iter()
        .filter_map(|name| {
            let local = if *name == "guest" {
                "pat_fabrikam.example#EXT#"
            } else {
                name
            };
            let user = tenant.users.by_local_part(local, 0)?;
            let upn = crate::issue::access_token::sign_in_name(tenant, user);
            let password = user
                .password
                .as_ref()
                .map(|password| password.value.to_string());
            Some(((*name).to_owned(), AccountView { upn, password }))
        })
        .collect()
}

fn apps(data: &Path, tenant: &Tenant) -> io::Result<BTreeMap<String, AppView>> {
    let Some(app) = tenant
        .applications
        .values()
        .find(|app| app.display_name == DEPLOY_APP)
    else {
        return Ok(BTreeMap::new());
    };
    let certificate = data.join("deploy.pem");
    let pem = format!("{DEPLOY_KEY_PEM}{DEPLOY_CERTIFICATE_PEM}");
    whole_file::keep(&certificate, &pem, Readers::Anybody)?;
    let view = AppView {
        client_id: app.app_id.to_string(),
        client_secret: app.secrets.first().map(|secret| secret.value.clone()),
        certificate,
        federated_token: FEDERATED_TOKEN.trim_end().to_owned(),
    };
    Ok(BTreeMap::from([(DEPLOY_APP.to_owned(), view)]))
}

/// A token of the outside issuer for the seeded app, valid from 2020 to 2100: what is handed out must survive a moved clock.
/// It is written down, because signing it at every start would take longer than all the rest; a test signs it again.
const FEDERATED_TOKEN: &str = include_str!("../keys/deploy.federated-token.txt");

fn managed_identities(tenant: &Tenant) -> ManagedIdentities {
    let mut identities = ManagedIdentities::default();
    for principal in tenant.service_principals.values() {
        if let ServicePrincipalKind::ManagedIdentity {
            resource_id,
            user_assigned,
        } = &principal.kind
        {
            let view = IdentityView {
                principal_id: principal.id.to_string(),
                client_id: principal.app_id.to_string(),
                resource_id: resource_id.clone(),
            };
            let place = if *user_assigned {
                &mut identities.user
            } else {
                &mut identities.system
            };
            if place.principal_id.is_empty() {
                *place = view;
            }
        }
    }
    identities
}

#[cfg(test)]
mod tests {
    use entrasim_domain::seed::{DEPLOY_SUBJECT, TOKEN_EXCHANGE_AUDIENCE};
    use serde_json::json;

    use crate::keys;
    use crate::origins::WORKLOAD_ISSUER;
    use crate::wire::jwt::{self, HeaderForm};

    #[test]
    fn the_federated_token_is_what_the_workload_key_signs() {
        let claims = json!({
            "iss": WORKLOAD_ISSUER, "sub": DEPLOY_SUBJECT, "aud": TOKEN_EXCHANGE_AUDIENCE,
            "iat": 1_577_836_800, "nbf": 1_577_836_800, "exp": 4_102_444_800_i64,
        });
        assert_eq!(
            super::FEDERATED_TOKEN.trim_end(),
            jwt::sign(HeaderForm::V2, &claims, keys::workload())
        );
    }
}
