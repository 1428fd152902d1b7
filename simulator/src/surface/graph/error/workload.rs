//! The parts of Graph that word their errors in their own way. The codes are those of recorded answers where there are any;
//! the texts of what is missing are assumed.

use http::StatusCode;

use super::{GraphError, Row};

/// A service behind Graph.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::surface::graph) enum Workload {
    /// Methods of users, and devices for them.
    Methods,
    /// Policies and Conditional Access.
    Policies,
    /// Sign-in and audit logs, and reports.
    Logs,
}

impl Workload {
    /// Whose path it is; `None` for the directory.
    pub(in crate::surface::graph) fn of(template: &str) -> Option<Self> {
        let mut segments = template.split('/').skip(1);
        match (segments.next()?, segments.next(), segments.next()) {
            ("users", _, Some("authentication")) | (_, Some("authenticationMethodDevices"), _) => {
                Some(Self::Methods)
            }
            ("policies" | "identity", ..) => Some(Self::Policies),
            ("auditLogs" | "reports", ..) => Some(Self::Logs),
            _ => None,
        }
    }

    pub(super) fn row(self, error: &GraphError) -> Row {
        let row = |status, code, text: &str| (status, code, text.to_owned());
        let denied = StatusCode::FORBIDDEN;
        match (self, error) {
            (Self::Methods, GraphError::Denied | GraphError::NotInRole) => {
                row(denied, "accessDenied", "Request Authorization failed")
            }
            (Self::Policies, GraphError::Denied | GraphError::NotInRole) => row(
                denied,
                "AccessDenied",
                "You cannot perform the requested operation, required scopes are missing in the token.",
            ),
            (Self::Logs, GraphError::Denied) => row(
                denied,
                "Authentication_MSGraphPermissionMissing",
                "The principal does not have required Microsoft Graph permission(s): AuditLog.Read.All to call this API.",
            ),
            (Self::Logs, GraphError::NotInRole) => row(
                denied,
                "Authentication_RequestFromUnsupportedUserRole",
                "User is not in the allowed roles",
            ),
            (Self::Methods, GraphError::Missing(_)) => row(
                StatusCode::NOT_FOUND,
                "resourceNotFound",
                "The requested resource does not exist.",
            ),
            (Self::Policies, GraphError::Missing(id)) => row(
                StatusCode::NOT_FOUND,
                "ResourceNotFound",
                &format!("Resource '{id}' could not be found."),
            ),
            (
                Self::Methods,
                GraphError::BadRequest(_)
                | GraphError::EmptyBody
                | GraphError::Body
                | GraphError::UnknownMember { .. }
                | GraphError::Required { .. }
                | GraphError::Invalid { .. }
                | GraphError::ReadOnly { .. }
                | GraphError::WeakPassword,
            ) => {
                let (status, _, text) = error.row();
                (status, "badRequest", text)
            }
            (Self::Methods, GraphError::Method) => row(
                StatusCode::METHOD_NOT_ALLOWED,
                "methodNotAllowed",
                "The method is not supported for this URL.",
            ),
            (_, error) => error.row(),
        }
    }
}
