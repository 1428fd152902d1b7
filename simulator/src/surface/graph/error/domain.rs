//! How the directory refuses what concerns the tenant's domains. The rules are documented (Microsoft Graph reference, `domain`);
//! the texts are assumed.

use http::StatusCode;

use super::{DIRECTORY, Row};

#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::surface::graph) enum DomainError {
    /// Another tenant has verified the name.
    Taken(String),
    Exists(String),
    Unverified(String),
    AlreadyVerified(String),
    /// Its zone file does not have the record that proves it.
    RecordMissing(String),
    /// The initial or the default domain.
    Needed(String),
    /// Users, groups or registrations bear its name.
    Referenced(String),
    /// More references than a forced deletion takes.
    TooManyReferences,
    NotSubdomain(String),
    Federated(String),
}

impl DomainError {
    pub(super) fn row(&self) -> Row {
        let text = match self {
            Self::Taken(name) => {
                format!("The domain '{name}' is already verified by another directory.")
            }
            Self::Exists(name) => format!("The domain '{name}' already exists in this directory."),
            Self::Unverified(name) => format!("The domain '{name}' is not verified."),
            Self::AlreadyVerified(name) => format!("The domain '{name}' is already verified."),
            Self::RecordMissing(name) => format!(
                "Domain verification failed. The DNS record that verifies ownership of '{name}' was not found."
            ),
            Self::Needed(name) => {
                format!(
                    "The domain '{name}' is the initial or the default domain and cannot be deleted."
                )
            }
            Self::Referenced(name) => format!(
                "The domain '{name}' cannot be deleted because it is still referenced by other objects."
            ),
            Self::TooManyReferences => {
                "The domain is referenced by more than 1000 objects and cannot be force deleted."
                    .to_owned()
            }
            Self::NotSubdomain(name) => {
                format!("The domain '{name}' is not a verified subdomain and cannot be promoted.")
            }
            Self::Federated(name) => format!("The domain '{name}' has a federation configuration."),
        };
        (StatusCode::BAD_REQUEST, DIRECTORY, text)
    }
}
