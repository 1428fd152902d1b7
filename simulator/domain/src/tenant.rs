//! A tenant's whole state as one value. Copies are cheap: everything large is a persistent map.

use core::net::IpAddr;
use std::sync::Arc;

use imbl::{OrdMap, Vector};
use uuid::Uuid;

use crate::azure::Azure;
use crate::directory::application::Application;
use crate::directory::group::Group;
use crate::directory::permission_grant::{AppRoleAssignment, DelegatedGrant};
use crate::directory::role::DirectoryRoleAssignment;
use crate::directory::service_principal::ServicePrincipal;
use crate::directory::user::{Mail, User};
use crate::enforcement::facts::DevicePlatform;
use crate::enforcement::phase::Enforcement;
use crate::id::{AppId, ObjectId, RoleTemplateId, TenantId};
use crate::policy::{AuthenticationMethodsPolicy, ConditionalAccess};
use crate::seed;
use crate::sign_in::SignInState;
use crate::tenant::knobs::Knobs;
use crate::tenant::users::Users;
use crate::time::{Clock, Timestamp};

pub mod attempt;
pub mod knobs;
pub mod proofs;
mod removal;
pub mod users;

#[derive(Clone, Debug)]
pub struct Tenant {
    pub id: TenantId,
    pub display_name: String,
    /// Verified domains, the initial one first.
    pub domains: Vector<String>,
    pub created: Timestamp,
    /// `tenant_region_scope`: `EU`, `NA`, …
    pub region: &'static str,
    /// Decides every id that was and will be made here.
    pub seed: u64,
    pub clock: Clock,
    pub enforcement: Enforcement,
    pub security_defaults: bool,
    pub knobs: Knobs,
    pub users: Users,
    pub groups: OrdMap<ObjectId, Arc<Group>>,
    pub applications: OrdMap<ObjectId, Arc<Application>>,
    pub service_principals: OrdMap<ObjectId, Arc<ServicePrincipal>>,
    /// The service principal of each app.
    pub service_principals_by_app: OrdMap<AppId, ObjectId>,
    /// The registration of each app.
    pub applications_by_app: OrdMap<AppId, ObjectId>,
    pub delegated_grants: OrdMap<String, Arc<DelegatedGrant>>,
    pub app_role_assignments: OrdMap<Uuid, Arc<AppRoleAssignment>>,
    pub role_assignments: OrdMap<Uuid, Arc<DirectoryRoleAssignment>>,
    /// JWKS documents of outside issuers that federated credentials may name.
    pub outside_issuers: OrdMap<String, Arc<str>>,
    /// The secret that stands for this tenant at the App Service identity endpoint (`IDENTITY_HEADER`).
    pub identity_header: String,
    pub azure: Azure,
    pub conditional_access: ConditionalAccess,
    pub authentication_methods: AuthenticationMethodsPolicy,
    pub sign_in: SignInState,
    /// Where sign-ins come from, as the tenant sees it; set over the control port.
    pub location: Location,
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
        self.domains.front().map_or("", String::as_str)
    }

    /// The place of a verified domain, case ignored.
    pub fn domain_index(&self, domain: &str) -> Option<u16> {
        let at = self
            .domains
            .iter()
            .position(|known| known.eq_ignore_ascii_case(domain))?;
        u16::try_from(at).ok()
    }

    /// `local@domain`
    pub fn principal_name(&self, user: &User) -> String {
        let domain = self
            .domains
            .get(usize::from(user.domain))
            .map_or("", String::as_str);
        format!("{}@{domain}", user.local_part)
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
        self.applications.get(self.applications_by_app.get(&app)?)
    }

    pub fn service_principal(&self, app: AppId) -> Option<&Arc<ServicePrincipal>> {
        self.service_principals
            .get(self.service_principals_by_app.get(&app)?)
    }

    /// The same content under another id, initial domain and seed: a tenant of its own.
    #[must_use]
    pub fn fork(&self, id: TenantId, initial_domain: String, seed: u64) -> Self {
        let mut fork = self.clone();
        fork.id = id;
        fork.seed = seed;
        fork.identity_header = seed::identity_header(seed);
        if let Some(domain) = fork.domains.front_mut() {
            *domain = initial_domain;
        }
        fork
    }

    /// Adds or replaces a registration.
    pub fn put_application(&mut self, application: Application) {
        self.applications_by_app
            .insert(application.app_id, application.id);
        self.applications
            .insert(application.id, Arc::new(application));
    }

    /// Adds or replaces a service principal.
    pub fn put_service_principal(&mut self, service_principal: ServicePrincipal) {
        self.service_principals_by_app
            .insert(service_principal.app_id, service_principal.id);
        self.service_principals
            .insert(service_principal.id, Arc::new(service_principal));
    }

    /// The directory roles that a principal holds, in the order of their ids.
    pub fn roles_of(&self, principal: ObjectId) -> Vec<RoleTemplateId> {
        let mut roles: Vec<RoleTemplateId> = self
            .role_assignments
            .values()
            .filter(|assignment| assignment.principal == principal)
            .map(|assignment| assignment.role)
            .collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    /// Every group that a principal is in, also through other groups, in the order of their ids.
    pub fn groups_of(&self, principal: ObjectId) -> Vec<ObjectId> {
        let mut found: Vec<ObjectId> = Vec::new();
        let mut ask = vec![principal];
        while let Some(member) = ask.pop() {
            for group in self.groups.values() {
                if group.members.contains(&member) && !found.contains(&group.id) {
                    found.push(group.id);
                    ask.push(group.id);
                }
            }
        }
        found.sort_unstable();
        found
    }
}
