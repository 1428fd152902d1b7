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
            Self::DuplicateValue => bad(
                "DuplicateValue",
                "Request contains a property with duplicate values.",
            ),
        }
    }
}
