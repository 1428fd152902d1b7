//! The texts of refused writes.

use super::GraphError;

impl GraphError {
    pub(super) fn write_text(&self) -> String {
        match self {
            Self::EmptyBody => "Empty Payload. JSON content expected.".to_owned(),
            Self::Body => "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.".to_owned(),
            Self::UnknownMember { member, entity } => format!(
                "The property '{member}' does not exist on type 'microsoft.graph.{entity}'. Make sure to only use property names that are defined by the type."
            ),
            Self::Required { member, class } => {
                format!("A value is required for property '{member}' of resource '{class}'.")
            }
            Self::Invalid { member, class } => {
                format!("Invalid value specified for property '{member}' of resource '{class}'.")
            }
            Self::ReadOnly { member, class } => format!(
                "Property '{member}' of resource '{class}' is read-only and cannot be set."
            ),
            Self::Domain => "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.".to_owned(),
            Self::PasswordRequired => "A password must be specified to create a new user.".to_owned(),
            Self::WeakPassword => "The specified password does not comply with password complexity requirements. Please provide a different password.".to_owned(),
            Self::Conflict { member } => {
                format!("Another object with the same value for property {member} already exists.")
            }
            // Seen in public issues of Terraform's provider, for a role that is held already.
            Self::Conflicting => "A conflicting object with one or more of the specified property values is present in the directory.".to_owned(),
            // The next four texts are assumed.
            Self::GroupNotAssignable => "Roles can only be assigned to groups whose property 'isAssignableToRole' is true.".to_owned(),
            Self::OwnHighestRole => "Removing self from Global Administrator built-in role is not allowed.".to_owned(),
            Self::BuiltInRole => "Built-in role definitions cannot be changed or deleted.".to_owned(),
            Self::RoleInUse => "The role definition cannot be deleted while there are assignments of it.".to_owned(),
            Self::ReferenceExists(navigation) => format!(
                "One or more added object references already exist for the following modified properties: '{navigation}'."
            ),
            Self::ServicePrincipalExists(name) => format!(
                "The service principal cannot be created, updated, or restored because the service principal name {name} is already in use."
            ),
            Self::NoBackingApplication(id) => format!(
                "The appId '{id}' of the service principal does not reference a valid application object."
            ),
            Self::FederatedCredentialExists(name) => {
                format!("FederatedIdentityCredential with name {name} already exists.")
            }
            Self::FederatedSubjectExists => "The combination of issuer and subject of the FederatedIdentityCredential must be unique on the application.".to_owned(),
            Self::TooManyFederatedCredentials => "The number of FederatedIdentityCredentials exceeds the limit of 20.".to_owned(),
            Self::ImmutableName => "Name is immutable and cannot be changed after creation.".to_owned(),
            Self::NoSuchPassword(id) => format!("No password credential found with keyId {id}."),
            _ => "The number of ids exceeds the limit of 1000.".to_owned(),
        }
    }
}
