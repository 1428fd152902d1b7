//! How the directory refuses what concerns applications, what they expose, and who holds it. The texts are those of public
//! issues where there are any; the rest is in their manner.

use http::StatusCode;

use super::{DIRECTORY, DUPLICATE, Row};

#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::surface::graph) enum ApplicationError {
    /// There is a delegated grant between the three already (hashicorp/terraform-provider-azuread#690).
    GrantExists,
    /// The principal holds the role already.
    RoleHeld,
    /// The resource, by its app id, has no such role, not for principals of this kind, or it is disabled.
    NoSuchRole(String),
    /// The body names other ends than the path (microsoftgraph/microsoft-graph-docs-contrib#1407).
    OtherEnds,
    /// A permission is changed or taken away that is in force (microsoftgraph/msgraph-sdk-powershell#1211).
    EnabledPermission,
    /// Two permissions have one id, or one value.
    DuplicateValue,
    /// None of the keys can prove anything: there is none, or all are over.
    NoKeyForProof,
    /// A proof that no valid key of the object has signed, or that says something else.
    Proof,
    NoSuchKey(String),
    /// It goes with its Azure resource.
    ManagedIdentity,
    ClassificationExists,
    /// There is another token lifetime policy where only one can be (microsoftgraph/microsoft-graph-docs#21746, of a second
    /// one for an application; the status, and the same for a second default, are assumed).
    OtherPolicy,
    /// No token lifetimes are configured for managed identities; the text is assumed.
    ManagedIdentityPolicy,
    /// An identifier URI whose host is nobody's here.
    ForeignUri(String),
}

impl ApplicationError {
    pub(super) fn row(&self) -> Row {
        let bad = |code, text: &str| (StatusCode::BAD_REQUEST, code, text.to_owned());
        match self {
            Self::GrantExists => (
                StatusCode::CONFLICT,
                DUPLICATE,
                "Permission entry already exists.".to_owned(),
            ),
            Self::RoleHeld => bad(
                DIRECTORY,
                "Permission being assigned already exists on the object",
            ),
            Self::NoSuchRole(app) => bad(
                DIRECTORY,
                &format!("Permission being assigned was not found on application '{app}'."),
            ),
            Self::OtherEnds => bad(DIRECTORY, "Not a valid reference update."),
            Self::EnabledPermission => bad(
                "CannotDeleteOrUpdateEnabledEntitlement",
                "Permission (scope or role) cannot be deleted or updated unless disabled first.",
            ),
            Self::NoKeyForProof => bad(
                DIRECTORY,
                "No valid key credential is registered. Proof of possession needs an existing valid certificate.",
            ),
            // The code is that of the old directory graph's rolling keys; the text is assumed.
            Self::Proof => bad(
                "Authentication_MissingOrMalformed",
                "Proof of possession token is missing, malformed, or not signed with a valid key credential.",
            ),
            Self::NoSuchKey(id) => bad(
                DIRECTORY,
                &format!("No key credential found with keyId '{id}'."),
            ),
            Self::ManagedIdentity => bad(
                DIRECTORY,
                "Service principals of managed identities cannot be deleted through the directory.",
            ),
            Self::ClassificationExists => (
                StatusCode::CONFLICT,
                DUPLICATE,
                "A conflicting object with one or more of the specified property values is present in the directory."
                    .to_owned(),
            ),
            Self::OtherPolicy => (
                StatusCode::CONFLICT,
                DUPLICATE,
                "Request contains property changes that would result in property-uniqueness violation(s). Please retry your request with corrected values."
                    .to_owned(),
            ),
            Self::ManagedIdentityPolicy => bad(
                DIRECTORY,
                "Token lifetime policies are not supported for managed identities.",
            ),
            Self::ForeignUri(uri) => bad(
                "HostNameNotOnVerifiedDomain",
                &format!(
                    "Values of identifierUris property must use a verified domain of the organization or its subdomain: '{uri}'"
                ),
            ),
            Self::DuplicateValue => bad(
                "DuplicateValue",
                "Request contains a property with duplicate values.",
            ),
        }
    }
}
