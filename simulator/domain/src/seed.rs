//! The tenant that every simulator starts with: Contoso, its people, its pipeline and its subscription.
//!
//! Everything in it follows from a number. Every object's ids come from a stream named after it, so that a new object
//! moves no other.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

use crate::audit::AuditLog;
use crate::azure::Azure;
use crate::catalogue::{self, GRAPH};
use crate::credential::application_credential::{
    Certificate, ClientSecret, FederatedCredential, KeyUsage,
};
use crate::credential::method::{AuthenticationMethod, MethodKind};
use crate::directory::application::Application;
use crate::directory::group::Group;
use crate::directory::kept::Kept;
use crate::directory::licence::SubscribedSku;
use crate::directory::permission_grant::AppRoleAssignment;
use crate::directory::role::{DirectoryRoleAssignment, GLOBAL_ADMINISTRATOR, RoleScope};
use crate::directory::service_principal::{ServicePrincipal, ServicePrincipalKind};
use crate::directory::user::{Home, Mail, Password, User, UserType};
use crate::enforcement::phase::Enforcement;
use crate::enforcement::rules::RulesAsked;
use crate::id::{AppId, KeyId, ObjectId, SkuId, TenantId};
use crate::policy::cross_tenant_access::CrossTenantAccess;
use crate::policy::password_reset::PasswordResetPolicy;
use crate::policy::token_lifetime::TokenLifetimes;
use crate::policy::{AuthenticationMethodsPolicy, ConditionalAccess};
use crate::random::Random;
use crate::sign_in::SignInState;
use crate::tenant::authentication::AuthenticationState;
use crate::tenant::changes::ChangeLog;
use crate::tenant::consent::{AppRoleAssignments, DelegatedGrants};
use crate::tenant::deleted::Deleted;
use crate::tenant::domains::Domains;
use crate::tenant::knobs::Knobs;
use crate::tenant::relations::{Relation, Relations};
use crate::tenant::roles::RoleAssignments;
use crate::tenant::table::Table;
use crate::tenant::throttle::Throttle;
use crate::tenant::users::Users;
use crate::tenant::{Location, Tenant};
use crate::time::{Clock, Timestamp};

mod azure;
mod crowd;
mod people;

/// What a seed needs beside its number: things that only the outside world has.
#[derive(Clone, Debug)]
pub struct SeedOptions {
    pub number: u64,
    pub display_name: String,
    /// How many made-up users there are beside the named ones.
    pub users: u32,
    pub clock: Clock,
    pub enforcement: Enforcement,
    pub security_defaults: bool,
    /// The certificate of app `deploy`, in DER.
    pub deploy_certificate: Vec<u8>,
    /// The outside issuer that app `deploy` trusts, and its JWKS document.
    pub workload_issuer: String,
    pub workload_issuer_keys: String,
}

/// The accounts that are handed out by name.
pub const ACCOUNTS: [&str; 8] = [
    "admin",
    "breakglass1",
    "breakglass2",
    "alice",
    "bob",
    "svc-deploy",
    "student",
    "guest",
];
/// The app that is the migration target of the pipelines.
pub const DEPLOY_APP: &str = "deploy";
/// The subject of its federated credential.
pub const DEPLOY_SUBJECT: &str = "repo:contoso/infrastructure:environment:production";
/// The audience that federated credentials expect by default.
pub const TOKEN_EXCHANGE_AUDIENCE: &str = "api://AzureADTokenExchange";
/// Microsoft's tenant, the owner of first-party apps.
pub const MICROSOFT_SERVICES: TenantId =
    TenantId::from_u128(0xf8cd_ef31_a31e_4b4a_93e4_5f57_1e91_255a);
/// When the tenant and everything in it was created.
const CREATED: Timestamp = Timestamp::from_unix_seconds(1_704_103_200);
/// Secrets and certificates of the seed last until 2100, so that no clock outruns them by accident.
const FAR: Timestamp = Timestamp::from_unix_seconds(4_102_444_800);

/// A stream of randomness named after what it is for.
pub(crate) fn named(seed: u64, name: &str) -> Random {
    // FNV-1a: short, stable, and 32 bits keep clear of the streams of requests.
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    Random::new(seed, u64::from(hash))
}

pub(crate) fn identity_header(seed: u64) -> String {
    named(seed, "identity header")
        .guid()
        .simple()
        .to_string()
        .to_uppercase()
}

/// The id of the tenant that a seed makes.
pub fn tenant_id(seed: u64) -> TenantId {
    TenantId(named(seed, "tenant").guid())
}

/// The initial domain of the tenant that a seed makes; seed 0 has the plain name.
pub fn initial_domain(seed: u64) -> String {
    if seed == 0 {
        "contoso.onmicrosoft.com".to_owned()
    } else {
        let tail = named(seed, "domain").text("abcdefghjkmnpqrstuvwxyz23456789", 8);
        format!("contoso-{tail}.onmicrosoft.com")
    }
}

/// Makes the tenant.
pub fn contoso(options: &SeedOptions) -> Tenant {
    let seed = options.number;
    let mut tenant = Tenant {
        id: tenant_id(seed),
        display_name: options.display_name.clone(),
        domains: Domains::new(&initial_domain(seed)),
        created: CREATED,
        region: "EU",
        seed,
        clock: options.clock,
        enforcement: options.enforcement,
        security_defaults: options.security_defaults,
        knobs: Knobs::default(),
        rules: RulesAsked::default(),
        users: Users::default(),
        groups: Table::default(),
        applications: Table::default(),
        service_principals: Table::default(),
        devices: Table::default(),
        administrative_units: Table::default(),
        relations: Relations::default(),
        delegated_grants: DelegatedGrants::default(),
        app_role_assignments: AppRoleAssignments::default(),
        role_assignments: RoleAssignments::default(),
        role_definitions: OrdMap::new(),
        activated_roles: OrdSet::new(),
        subscribed_skus: products(),
        deleted: Deleted::default(),
        throttle: Throttle::default(),
        changes: ChangeLog::default(),
        outside_issuers: OrdMap::unit(
            options.workload_issuer.clone(),
            options.workload_issuer_keys.as_str().into(),
        ),
        identity_header: identity_header(seed),
        azure: Azure::default(),
        conditional_access: ConditionalAccess::default(),
        cross_tenant_access: CrossTenantAccess::default(),
        token_lifetimes: TokenLifetimes::default(),
        authentication_methods: AuthenticationMethodsPolicy::default(),
        password_reset: PasswordResetPolicy::default(),
        authentication: AuthenticationState::default(),
        sign_in: SignInState::default(),
        location: Location::default(),
        kept: Kept::default(),
        audit: AuditLog::default(),
        authorization_policy: Kept::default(),
    };
    first_party_service_principals(&mut tenant);
    people::add(&mut tenant);
    deploy_app(&mut tenant, options);
    azure::add(&mut tenant);
    crowd::add(&mut tenant, options.users);
    tenant
}

/// The products that the tenant owns.
fn products() -> OrdMap<SkuId, SubscribedSku> {
    let products = catalogue::product::products().iter();
    let owned = products.filter_map(|product| {
        let enabled = product.seeded?;
        let sku = product.sku;
        Some((sku, SubscribedSku { sku, enabled }))
    });
    owned.collect()
}

fn first_party_service_principals(tenant: &mut Tenant) {
    for app in catalogue::first_party_apps() {
        let id = ObjectId(named(tenant.seed, &format!("service principal {}", app.id)).guid());
        tenant
            .service_principals
            .put(Arc::new(ServicePrincipal::new(
                id,
                app.id,
                app.name.clone(),
                MICROSOFT_SERVICES,
                CREATED,
            )));
    }
}

/// What the app may do in Graph without a user.
const DEPLOY_PERMISSIONS: [&str; 10] = [
    "Application.Read.All",
    "AuditLog.Read.All",
    "Directory.Read.All",
    "Group.Read.All",
    "Policy.Read.All",
    "Policy.ReadWrite.AuthenticationMethod",
    "Policy.ReadWrite.ConditionalAccess",
    "User.Read.All",
    "User.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite.All",
];

fn deploy_app(tenant: &mut Tenant, options: &SeedOptions) {
    let seed = tenant.seed;
    let mut random = named(seed, "app deploy");
    let app_id = AppId(random.guid());
    let mut app = Application::new(
        ObjectId(random.guid()),
        app_id,
        DEPLOY_APP.to_owned(),
        CREATED,
    );
    let service_principal = ObjectId(random.guid());
    app.secrets.push(ClientSecret {
        key_id: KeyId(random.guid()),
        display_name: Some("pipeline".to_owned()),
        value: client_secret(&mut random),
        custom_id: None,
        start: CREATED,
        end: FAR,
    });
    app.certificates.push(Certificate {
        key_id: KeyId(random.guid()),
        display_name: Some("CN=deploy".to_owned()),
        custom_id: None,
        usage: KeyUsage::Verify,
        der: options.deploy_certificate.clone(),
        start: CREATED,
        end: FAR,
    });
    app.federated_credentials.push(FederatedCredential {
        id: KeyId(random.guid()),
        name: "production".to_owned(),
        issuer: options.workload_issuer.clone(),
        subject: DEPLOY_SUBJECT.to_owned(),
        audience: TOKEN_EXCHANGE_AUDIENCE.to_owned(),
        description: None,
    });
    tenant.applications.put(Arc::new(app));
    tenant.service_principals.put(Arc::new(ServicePrincipal {
        tags: vec!["WindowsAzureActiveDirectoryIntegratedApp".to_owned()],
        ..ServicePrincipal::new(
            service_principal,
            app_id,
            DEPLOY_APP.to_owned(),
            tenant.id,
            CREATED,
        )
    }));
    let Some(graph) = tenant.service_principal(GRAPH).map(|graph| graph.id) else {
        return;
    };
    for name in DEPLOY_PERMISSIONS {
        let role = catalogue::graph_permissions()
            .get(name)
            .and_then(|permission| permission.role);
        if let Some(role) = role {
            let id = random.guid();
            let assignment = AppRoleAssignment {
                id,
                principal: service_principal,
                resource: graph,
                role,
                created: CREATED,
            };
            tenant.app_role_assignments.insert(Arc::new(assignment));
        }
    }
}

/// A client secret in the shape of the real service's: 40 characters, `8Q~` after the hint.
pub fn client_secret(random: &mut Random) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    let letters = "abcdefghijklmnopqrstuvwxyz";
    format!(
        "{}8Q~{}",
        random.text(letters, 3),
        random.text(ALPHABET, 34)
    )
}

#[cfg(test)]
mod tests;
