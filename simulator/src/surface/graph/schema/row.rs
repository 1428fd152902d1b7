//! One object of any type, and the only place where types as tables and types as Rust meet.

use std::sync::Arc;

use entrasim_domain::audit::AuditRecord;
use entrasim_domain::catalogue::DirectoryRole;
use entrasim_domain::credential::application_credential::FederatedCredential;
use entrasim_domain::directory::administrative_unit::AdministrativeUnit;
use entrasim_domain::directory::application::{Application, ExtensionProperty};
use entrasim_domain::directory::device::Device;
use entrasim_domain::directory::domain::{DnsRecord, Domain, Federation};
use entrasim_domain::directory::group::Group;
use entrasim_domain::directory::licence::{Licence, SubscribedSku};
use entrasim_domain::directory::object::Class;
use entrasim_domain::directory::permission_grant::{AppRoleAssignment, DelegatedGrant};
use entrasim_domain::directory::role::{DirectoryRoleAssignment, RoleDefinition};
use entrasim_domain::directory::service_principal::{PermissionClassification, ServicePrincipal};
use entrasim_domain::directory::user::User;
use entrasim_domain::policy::authentication_strength::AuthenticationStrength;
use entrasim_domain::policy::conditional_access::{AuthenticationContext, ConditionalAccessPolicy};
use entrasim_domain::policy::named_location::NamedLocation;
use entrasim_domain::policy::token_lifetime::TokenLifetimePolicy;
use entrasim_domain::sign_in::record::SignInRecord;
use entrasim_domain::tenant::Tenant;

use super::Type;
use super::administrative_unit::ADMINISTRATIVE_UNIT;
use super::app_role_assignment::APP_ROLE_ASSIGNMENT;
use super::application::APPLICATION;
use super::authentication_context::AUTHENTICATION_CONTEXT;
use super::authentication_strength::AUTHENTICATION_STRENGTH;
use super::conditional_access_policy::CONDITIONAL_ACCESS_POLICY;
use super::conditional_access_template::{CONDITIONAL_ACCESS_TEMPLATE, ConditionalAccessTemplate};
use super::device::DEVICE;
use super::directory_audit::DIRECTORY_AUDIT;
use super::directory_role::DIRECTORY_ROLE;
use super::directory_role_template::{DIRECTORY_ROLE_TEMPLATE, DirectoryRoleTemplate};
use super::domain::DOMAIN;
use super::domain_dns_record::DOMAIN_DNS_RECORD;
use super::extension_property::EXTENSION_PROPERTY;
use super::federated_identity_credential::FEDERATED_IDENTITY_CREDENTIAL;
use super::federation_configuration::FEDERATION_CONFIGURATION;
use super::group::GROUP;
use super::licence::LICENSE_DETAILS;
use super::named_location::NAMED_LOCATION;
use super::oauth2_permission_grant::OAUTH2_PERMISSION_GRANT;
use super::organization::ORGANIZATION;
use super::permission_classification::PERMISSION_CLASSIFICATION;
use super::role_assignment::ROLE_ASSIGNMENT;
use super::role_definition::ROLE_DEFINITION;
use super::scoped_role_membership::SCOPED_ROLE_MEMBERSHIP;
use super::service_principal::SERVICE_PRINCIPAL;
use super::sign_in::SIGN_IN;
use super::subscribed_sku::SUBSCRIBED_SKU;
use super::token_lifetime_policy::TOKEN_LIFETIME_POLICY;
use super::user::USER;

/// A Rust type that an entity type is about.
pub(in crate::surface::graph) trait Projected:
    Sync + Sized + 'static
{
    fn of(row: Row<'_>) -> Option<&Self>;
    fn row(&self) -> Row<'_>;
}

macro_rules! rows {
    ($($variant:ident($kind:ty) is $entity:ident;)*) => {
        /// One object, borrowed from the tenant's state or from the catalogue.
        #[derive(Clone, Copy, Debug)]
        pub(in crate::surface::graph) enum Row<'a> {
            $($variant(&'a $kind)),*
        }

        /// The type of an object.
        pub(in crate::surface::graph) fn type_of(row: Row<'_>) -> &'static dyn Type {
            match row {
                $(Row::$variant(_) => &$entity),*
            }
        }

        $(impl Projected for $kind {
            fn of(row: Row<'_>) -> Option<&Self> {
                match row {
                    Row::$variant(row) => Some(row),
                    _ => None,
                }
            }

            fn row(&self) -> Row<'_> {
                Row::$variant(self)
            }
        })*
    };
}

rows! {
    AdministrativeUnit(AdministrativeUnit) is ADMINISTRATIVE_UNIT;
    AppRoleAssignment(AppRoleAssignment) is APP_ROLE_ASSIGNMENT;
    Application(Application) is APPLICATION;
    AuthenticationContext(Arc<AuthenticationContext>) is AUTHENTICATION_CONTEXT;
    AuthenticationStrength(Arc<AuthenticationStrength>) is AUTHENTICATION_STRENGTH;
    ConditionalAccessPolicy(Arc<ConditionalAccessPolicy>) is CONDITIONAL_ACCESS_POLICY;
    ConditionalAccessTemplate(ConditionalAccessTemplate) is CONDITIONAL_ACCESS_TEMPLATE;
    Device(Device) is DEVICE;
    DirectoryAudit(Arc<AuditRecord>) is DIRECTORY_AUDIT;
    DirectoryRole(DirectoryRole) is DIRECTORY_ROLE;
    DirectoryRoleTemplate(DirectoryRoleTemplate) is DIRECTORY_ROLE_TEMPLATE;
    DnsRecord(DnsRecord) is DOMAIN_DNS_RECORD;
    Domain(Domain) is DOMAIN;
    ExtensionProperty(ExtensionProperty) is EXTENSION_PROPERTY;
    Federation(Federation) is FEDERATION_CONFIGURATION;
    FederatedIdentityCredential(FederatedCredential) is FEDERATED_IDENTITY_CREDENTIAL;
    Group(Group) is GROUP;
    NamedLocation(Arc<NamedLocation>) is NAMED_LOCATION;
    OAuth2PermissionGrant(DelegatedGrant) is OAUTH2_PERMISSION_GRANT;
    Organization(Tenant) is ORGANIZATION;
    RoleAssignment(Arc<DirectoryRoleAssignment>) is ROLE_ASSIGNMENT;
    RoleDefinition(RoleDefinition) is ROLE_DEFINITION;
    ScopedRoleMembership(DirectoryRoleAssignment) is SCOPED_ROLE_MEMBERSHIP;
    PermissionClassification(PermissionClassification) is PERMISSION_CLASSIFICATION;
    ServicePrincipal(ServicePrincipal) is SERVICE_PRINCIPAL;
    SignIn(Arc<SignInRecord>) is SIGN_IN;
    LicenseDetails(Licence) is LICENSE_DETAILS;
    SubscribedSku(SubscribedSku) is SUBSCRIBED_SKU;
    TokenLifetimePolicy(Arc<TokenLifetimePolicy>) is TOKEN_LIFETIME_POLICY;
    User(User) is USER;
}

/// The directory's tables by the name of an entity type.
pub(super) fn class(name: &str) -> Option<Class> {
    Some(match name {
        "application" => Class::Application,
        "device" => Class::Device,
        "group" => Class::Group,
        "servicePrincipal" => Class::ServicePrincipal,
        "user" => Class::User,
        _ => return None,
    })
}

impl Row<'_> {
    /// The value of `id`.
    pub(in crate::surface::graph) fn key(self, tenant: &Tenant) -> String {
        let kind = type_of(self);
        let id = kind.place("id").map(|at| kind.value(at, tenant, self));
        match id {
            Some(serde_json::Value::String(id)) => id,
            _ => String::new(),
        }
    }
}
