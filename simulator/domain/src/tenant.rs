//! A tenant's whole state as one value. Copies are cheap: everything large is a persistent map.

use core::net::IpAddr;
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

use crate::audit::AuditLog;
use crate::azure::Azure;
use crate::directory::administrative_unit::AdministrativeUnit;
use crate::directory::application::Application;
use crate::directory::device::Device;
use crate::directory::group::Group;
use crate::directory::kept::Kept;
use crate::directory::licence::SubscribedSku;
use crate::directory::role::RoleDefinition;
use crate::directory::service_principal::ServicePrincipal;
use crate::directory::user::{Mail, User};
use crate::enforcement::facts::DevicePlatform;
use crate::enforcement::phase::Enforcement;
use crate::enforcement::rules::RulesAsked;
use crate::id::{AppId, RoleTemplateId, SkuId, TenantId};
use crate::policy::cross_tenant_access::CrossTenantAccess;
use crate::policy::password_reset::PasswordResetPolicy;
use crate::policy::token_lifetime::TokenLifetimes;
use crate::policy::{AuthenticationMethodsPolicy, ConditionalAccess};
use crate::seed;
use crate::sign_in::SignInState;
use crate::tenant::authentication::AuthenticationState;
use crate::tenant::changes::ChangeLog;
use crate::tenant::consent::{AppRoleAssignments, DelegatedGrants};
use crate::tenant::deleted::Deleted;
use crate::tenant::domains::Domains;
use crate::tenant::knobs::Knobs;
use crate::tenant::relations::Relations;
use crate::tenant::roles::RoleAssignments;
use crate::tenant::table::Table;
use crate::tenant::throttle::Throttle;
use crate::tenant::users::Users;
use crate::time::{Clock, Timestamp};

pub mod attempt;
pub mod authentication;
mod bulk;
pub mod changes;
pub mod consent;
pub mod deleted;
mod differences;
mod directory;
pub mod domains;
mod dynamic;
pub mod entries;
pub mod error;
pub mod hardware_oath;
pub mod index;
pub mod knobs;
pub mod licences;
pub mod look_up;
mod membership;
pub mod proofs;
pub mod registration;
pub mod registration_activity;
pub mod relations;
mod removal;
pub mod roles;
pub mod security_info;
pub mod sign_in_summary;
pub mod table;
pub mod throttle;
pub mod users;

#[derive(Clone, Debug)]
pub struct Tenant {
    pub id: TenantId,
    pub display_name: String,
    pub domains: Domains,
    pub created: Timestamp,
    /// `tenant_region_scope`: `EU`, `NA`, …
    pub region: &'static str,
    /// Decides every id that was and will be made here.
    pub seed: u64,
    pub clock: Clock,
    pub enforcement: Enforcement,
    pub security_defaults: bool,
    pub knobs: Knobs,
    /// Which rules decisions ask; all of them outside tests.
    pub rules: RulesAsked,
    pub users: Users,
    pub groups: Table<Group>,
    pub applications: Table<Application>,
    pub service_principals: Table<ServicePrincipal>,
    pub devices: Table<Device>,
    pub administrative_units: Table<AdministrativeUnit>,
    /// Members, owners, managers.
    pub relations: Relations,
    pub delegated_grants: DelegatedGrants,
    pub app_role_assignments: AppRoleAssignments,
    pub role_assignments: RoleAssignments,
    /// Roles of the tenant's own.
    pub role_definitions: OrdMap<RoleTemplateId, Arc<RoleDefinition>>,
    /// Roles that were activated from their templates.
    pub activated_roles: OrdSet<RoleTemplateId>,
    pub subscribed_skus: OrdMap<SkuId, SubscribedSku>,
    pub deleted: Deleted,
    pub throttle: Throttle,
    /// Who changed what.
    pub audit: AuditLog,
    /// What delta queries are answered from.
    pub changes: ChangeLog,
    /// JWKS documents of outside issuers that federated credentials may name.
    pub outside_issuers: OrdMap<String, Arc<str>>,
    /// The secret that stands for this tenant at the App Service identity endpoint (`IDENTITY_HEADER`).
    pub identity_header: String,
    pub azure: Azure,
    pub conditional_access: ConditionalAccess,
    pub cross_tenant_access: CrossTenantAccess,
    pub token_lifetimes: TokenLifetimes,
    pub authentication_methods: AuthenticationMethodsPolicy,
    pub password_reset: PasswordResetPolicy,
    /// Hardware tokens, password resets, challenges for passkeys.
    pub authentication: AuthenticationState,
    pub sign_in: SignInState,
    /// Where sign-ins come from, as the tenant sees it; set over the control port.
    pub location: Location,
    /// What nothing here acts on of the organisation's own properties.
    pub kept: Kept,
    /// What was written of the authorization policy (`/policies/authorizationPolicy`).
    pub authorization_policy: Kept,
}

/// An address, its country, and the device there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Location {
    pub ip: IpAddr,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// What sign-ins run on, whatever their clients say of themselves.
    pub platform: Option<DevicePlatform>,
}

impl Default for Location {
    /// Whatever reaches the simulator comes from this machine.
    fn default() -> Self {
        Self {
            ip: IpAddr::V4(core::net::Ipv4Addr::LOCALHOST),
            country: None,
            platform: None,
        }
    }
}

impl Tenant {
    /// The instant in this tenant, given the machine's.
    pub fn now(&self, system: Timestamp) -> Timestamp {
        self.clock.now(system)
    }

    /// The initial domain, `….onmicrosoft.com`.
    pub fn initial_domain(&self) -> &str {
        self.domains.initial()
    }

    /// The place of a verified domain, case ignored.
    pub fn domain_index(&self, domain: &str) -> Option<u16> {
        let mut verified = self.domains.verified();
        let found = verified.find(|(_, known)| known.name.eq_ignore_ascii_case(domain));
        found.map(|(at, _)| at)
    }

    /// `local@domain`
    pub fn principal_name(&self, user: &User) -> String {
        let (local, domain) = self.principal_name_parts(user);
        format!("{local}@{domain}")
    }

    /// The principal name, before and after its `@`.
    pub fn principal_name_parts<'a>(&'a self, user: &'a User) -> (&'a str, &'a str) {
        (&user.local_part, self.domains.name(user.domain))
    }

    /// The contact address of a user.
    pub fn mail(&self, user: &User) -> Option<String> {
        match &user.mail {
            Mail::None => None,
            Mail::PrincipalName => Some(self.principal_name(user)),
            Mail::Other(address) => Some(address.to_string()),
        }
    }

    /// The user who signs in with this name: a principal name of this tenant, or a guest's home name. Case is ignored.
    pub fn user_by_sign_in_name(&self, name: &str) -> Option<&Arc<User>> {
        self.user_by_principal_name(name)
            .or_else(|| self.users.by_home_name(name))
    }

    /// The user with this principal name, case ignored.
    pub fn user_by_principal_name(&self, name: &str) -> Option<&Arc<User>> {
        let (local, domain) = name.rsplit_once('@')?;
        self.users.by_local_part(local, self.domain_index(domain)?)
    }

    pub fn application(&self, app: AppId) -> Option<&Arc<Application>> {
        let id = self.applications.index().by_app.get(&app)?;
        self.applications.get(id)
    }

    pub fn service_principal(&self, app: AppId) -> Option<&Arc<ServicePrincipal>> {
        let id = self.service_principals.index().by_app.get(&app)?;
        self.service_principals.get(id)
    }

    /// The same content under another id, initial domain and seed: a tenant of its own.
    #[must_use]
    pub fn fork(&self, id: TenantId, initial_domain: String, seed: u64) -> Self {
        let mut fork = self.clone();
        fork.id = id;
        fork.seed = seed;
        fork.identity_header = seed::identity_header(seed);
        fork.domains.rename_initial(&initial_domain);
        fork
    }
}

#[cfg(test)]
mod tests;
