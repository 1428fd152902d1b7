//! How Graph refuses: a closed list, and the one place that words it. Nothing else here writes an error body.

use entrasim_domain::tenant::error::DirectoryError;
use http::StatusCode;
use serde_json::{Value, json};

use crate::bearer::BearerError;
use crate::call::Call;
use crate::origins;
use crate::wire::Reply;

pub(super) mod application;
pub(super) mod domain;
mod query;
mod workload;
mod write;

pub(super) use workload::Workload;

/// Why a request is not answered as asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum GraphError {
    Unauthenticated(BearerError),
    /// The caller may not do this.
    Denied,
    /// The token may, but the person has none of the roles for it.
    NotInRole,
    /// The same in the words of another part of Graph.
    Of(Workload, Box<GraphError>),
    /// `/me` with a token that stands for no person.
    NobodySignedIn,
    /// A version that does not exist.
    Version,
    Segment(String),
    /// A refusal in the policy service's own words.
    BadRequest(String),
    /// A directory object that is not there.
    Missing(String),
    MissingFederatedCredential(String),
    Method,
    /// A query option's text that cannot be read.
    Filter(String),
    OrderBy(String),
    Search(String),
    SelectTerm(String),
    UnknownProperty {
        property: String,
        entity: &'static str,
        option: QueryPart,
    },
    OptionValue {
        option: &'static str,
        value: String,
    },
    UnknownOption(String),
    /// Options of collections, asked of one entity.
    NotACollection,
    Skip,
    PageSize(String),
    PageToken,
    CountWithoutHeader,
    SearchWithoutHeader,
    /// Needs `ConsistencyLevel: eventual` and `$count=true`.
    Advanced(&'static str),
    UnsupportedFilter {
        property: String,
        class: &'static str,
    },
    UnsupportedSort {
        property: String,
        class: &'static str,
    },
    SortWithFilter,
    /// There is no body.
    EmptyBody,
    /// The body is not a JSON object.
    Body,
    /// A member that the type does not have.
    UnknownMember {
        member: String,
        entity: &'static str,
    },
    /// A required member is missing.
    Required {
        member: &'static str,
        class: &'static str,
    },
    Invalid {
        member: String,
        class: &'static str,
    },
    ReadOnly {
        member: String,
        class: &'static str,
    },
    Domain,
    PasswordRequired,
    WeakPassword,
    Conflict {
        member: &'static str,
    },
    ServicePrincipalExists(String),
    /// A navigation that has the object already.
    ReferenceExists(&'static str),
    NoBackingApplication(String),
    FederatedCredentialExists(String),
    FederatedSubjectExists,
    TooManyFederatedCredentials,
    ImmutableName,
    NoSuchPassword(String),
    TooManyIds,
    /// An option that was given twice.
    TwiceGiven(String),
    /// A filter over references, without advanced queries.
    ReferenceFilter,
    ExpandWithAdvanced,
    /// A property in `$expand` that leads nowhere.
    NotNavigation {
        property: String,
        entity: &'static str,
    },
    /// A delta token that is too old, and where to start again.
    Resync(String),
    /// Too many requests: how long to wait, and whose limit it is.
    Throttled {
        retry_after: u32,
        scope: String,
    },
    /// Something with the same values is there.
    Conflicting,
    /// A role for a group that cannot have one.
    GroupNotAssignable,
    /// Global Administrators cannot take that role from themselves.
    OwnHighestRole,
    /// A built-in role is changed or deleted.
    BuiltInRole,
    /// A role of the tenant's own that somebody holds is deleted.
    RoleInUse,
    /// The real service has it.
    NotSimulated(String),
    Application(application::ApplicationError),
    /// A refusal in the directory's own words.
    Refused(String),
    /// A report of a tenant without Microsoft Entra ID P1 or P2.
    NotPremium,
    /// Values that would not do, and why each.
    Unprocessable(Value),
    TenantDomain(domain::DomainError),
}

/// Where an unknown property was named.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum QueryPart {
    Select,
    Filter,
    OrderBy,
}

/// Status, code, message.
type Row = (StatusCode, &'static str, String);

const DIRECTORY: &str = "Request_BadRequest";
const UNSUPPORTED: &str = "Request_UnsupportedQuery";
const DUPLICATE: &str = "Request_MultipleObjectsWithSameKeyValue";

impl GraphError {
    /// The texts are those of recorded answers and public issues where there are any; the rest is in their manner.
    fn row(&self) -> Row {
        let bad = |code, text: &str| (StatusCode::BAD_REQUEST, code, text.to_owned());
        match self {
            Self::Unauthenticated(error) => {
                let code = "InvalidAuthenticationToken";
                (
                    StatusCode::UNAUTHORIZED,
                    code,
                    bearer_text(error).to_owned(),
                )
            }
            Self::Of(workload, error) => workload.row(error),
            Self::Denied | Self::NotInRole => (
                StatusCode::FORBIDDEN,
                "Authorization_RequestDenied",
                "Insufficient privileges to complete the operation.".to_owned(),
            ),
            Self::NobodySignedIn => bad(
                "BadRequest",
                "/me request is only valid with delegated authentication flow.",
            ),
            Self::Version => bad("BadRequest", "Invalid version."),
            Self::BadRequest(text) => bad("BadRequest", text),
            Self::Refused(text) => bad(DIRECTORY, text),
            // As a public issue quotes the registration report.
            Self::NotPremium => (
                StatusCode::FORBIDDEN,
                "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
                "Tenant is not a B2C tenant and doesn't have premium licenses".to_owned(),
            ),
            Self::Unprocessable(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Request_UnprocessableEntity",
                "The values provided contain one or more validation errors.".to_owned(),
            ),
            Self::Segment(_)
            | Self::Filter(_)
            | Self::OrderBy(_)
            | Self::Search(_)
            | Self::SelectTerm(_)
            | Self::UnknownProperty { .. }
            | Self::OptionValue { .. }
            | Self::UnknownOption(_)
            | Self::TwiceGiven(_)
            | Self::NotNavigation { .. }
            | Self::NotACollection => bad("BadRequest", &self.query_text()),
            Self::Missing(id) => (
                StatusCode::NOT_FOUND,
                "Request_ResourceNotFound",
                format!(
                    "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
                ),
            ),
            Self::MissingFederatedCredential(id) => (
                StatusCode::NOT_FOUND,
                "Request_ResourceNotFound",
                format!("FederatedIdentityCredential with name {id} not found."),
            ),
            Self::Method => (
                StatusCode::METHOD_NOT_ALLOWED,
                DIRECTORY,
                "Specified HTTP method is not allowed for the request target.".to_owned(),
            ),
            Self::Skip => bad(DIRECTORY, "'$skip' is not supported by the service."),
            Self::CountWithoutHeader => bad(DIRECTORY, "$count is not currently supported."),
            Self::PageToken => bad(
                "Directory_ExpiredPageToken",
                "The specified page token value has expired and can no longer be included in your request.",
            ),
            Self::PageSize(_)
            | Self::SearchWithoutHeader
            | Self::Advanced(_)
            | Self::UnsupportedFilter { .. }
            | Self::UnsupportedSort { .. }
            | Self::SortWithFilter
            | Self::ReferenceFilter
            | Self::ExpandWithAdvanced => bad(UNSUPPORTED, &self.query_text()),
            Self::ServicePrincipalExists(_) | Self::FederatedCredentialExists(_) => {
                (StatusCode::CONFLICT, DUPLICATE, self.write_text())
            }
            Self::EmptyBody | Self::Body | Self::UnknownMember { .. } => {
                bad("BadRequest", &self.write_text())
            }
            Self::Required { .. }
            | Self::Invalid { .. }
            | Self::ReadOnly { .. }
            | Self::Domain
            | Self::PasswordRequired
            | Self::WeakPassword
            | Self::Conflict { .. }
            | Self::NoBackingApplication(_)
            | Self::ReferenceExists(_)
            | Self::FederatedSubjectExists
            | Self::TooManyFederatedCredentials
            | Self::ImmutableName
            | Self::NoSuchPassword(_)
            | Self::Conflicting
            | Self::GroupNotAssignable
            | Self::OwnHighestRole
            | Self::BuiltInRole
            | Self::RoleInUse
            | Self::TooManyIds => bad(DIRECTORY, &self.write_text()),
            // The status and the header are documented; the code is assumed.
            Self::Resync(_) => (
                StatusCode::GONE,
                "resyncRequired",
                "The delta token has expired. Start again without a token.".to_owned(),
            ),
            Self::Throttled { .. } => (
                StatusCode::TOO_MANY_REQUESTS,
                "TooManyRequests",
                "Please retry again later.".to_owned(),
            ),
            Self::Application(error) => error.row(),
            Self::TenantDomain(error) => error.row(),
            Self::NotSimulated(name) => (StatusCode::NOT_IMPLEMENTED, "NotSimulated", name.clone()),
        }
    }

    /// `details`, where the directory adds them.
    fn details(&self) -> Option<Value> {
        let row = |code: &str, target: &str| {
            Some(json!([{"code": code, "message": self.write_text(), "target": target}]))
        };
        match self {
            Self::Of(_, error) => error.details(),
            Self::Conflict { member } => row("ObjectConflict", member),
            Self::Invalid { member, .. } => row("InvalidValue", member),
            Self::Unprocessable(details) => Some(details.clone()),
            Self::Domain => row("InvalidValue", "userPrincipalName"),
            Self::WeakPassword => row("InvalidValue", "password"),
            Self::NoBackingApplication(_) => row("NoBackingApplicationObject", "appId"),
            _ => None,
        }
    }

    /// Without the part of Graph that words it.
    fn inner(&self) -> &Self {
        match self {
            Self::Of(_, error) => error.inner(),
            error => error,
        }
    }

    /// In the words of the part of Graph that a path belongs to.
    pub(super) fn of(self, template: &str) -> Self {
        match Workload::of(template) {
            Some(workload) => Self::Of(workload, Box::new(self)),
            None => self,
        }
    }

    /// The answer: `code`, `message`, and an `innerError` with the date and both request ids.
    pub(super) fn reply(&self, call: &Call<'_>) -> Reply {
        if let Self::NotSimulated(name) = self.inner() {
            return call.unimplemented(name);
        }
        let (status, code, message) = self.row();
        call.record_code(code);
        let mut error = json!({"code": code, "message": message});
        if let Some(details) = self.details() {
            error["details"] = details;
        }
        error["innerError"] = json!({
            "date": call.now().graph_error_form(),
            "request-id": call.id().to_string(),
            "client-request-id": super::client_request_id(call),
        });
        // This part of Graph repeats itself (seen).
        if let Self::Of(Workload::Methods, _) = self {
            error["innerError"]["message"] = error["message"].clone();
        }
        if let Self::Throttled { .. } = self {
            error["innerError"]["code"] = json!("429");
            error["innerError"]["message"] = json!("Please retry after");
            error["innerError"]["status"] = json!("429");
        }
        let body = serde_json::to_vec(&json!({"error": error})).unwrap_or_default();
        let reply = Reply::with_body(status, "application/json", body);
        match self {
            Self::Resync(again) => return reply.header("location", again),
            Self::Throttled { retry_after, scope } => {
                return reply
                    .header("retry-after", &retry_after.to_string())
                    .header("x-ms-throttle-scope", scope)
                    .header("x-ms-throttle-information", "ResourceUnitLimitExceeded");
            }
            _ => {}
        }
        if status == StatusCode::UNAUTHORIZED {
            let claims = match self {
                Self::Unauthenticated(error) => error.claims_challenge(),
                _ => None,
            };
            let claims = claims.map_or_else(String::new, |claims| {
                format!(", error=\"insufficient_claims\", claims=\"{claims}\"")
            });
            let challenge = format!(
                "Bearer realm=\"\", authorization_uri=\"{}\", client_id=\"{}\"{claims}",
                origins::COMMON_AUTHORIZE,
                entrasim_domain::catalogue::GRAPH
            );
            return reply.header("www-authenticate", &challenge);
        }
        reply
    }
}

fn bearer_text(error: &BearerError) -> &'static str {
    match error {
        BearerError::Missing | BearerError::NotBearer => "Access token is empty.",
        // The text of Microsoft.IdentityModel, which the front end hands through.
        BearerError::Malformed => {
            "IDX14100: JWT is not well formed, there are no dots (.).\nThe token needs to be in JWS or JWE Compact Serialization Format. (JWS): 'EncodedHeader.EndcodedPayload.EncodedSignature'. (JWE): 'EncodedProtectedHeader.EncodedEncryptedKey.EncodedInitializationVector.EncodedCiphertext.EncodedAuthenticationTag'."
        }
        BearerError::Signature => "Signing key is invalid.",
        BearerError::Issuer => "Access token validation failure. Invalid issuer.",
        BearerError::Audience { .. } => "Access token validation failure. Invalid audience.",
        BearerError::Expired { .. } => "Lifetime validation failed, the token is expired.",
        BearerError::Revoked { .. } => {
            "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp"
        }
        BearerError::NotYetValid { .. } => {
            "Lifetime validation failed, the token is not yet valid."
        }
    }
}

impl From<application::ApplicationError> for GraphError {
    fn from(error: application::ApplicationError) -> Self {
        Self::Application(error)
    }
}

impl From<domain::DomainError> for GraphError {
    fn from(error: domain::DomainError) -> Self {
        Self::TenantDomain(error)
    }
}

impl From<DirectoryError> for GraphError {
    fn from(error: DirectoryError) -> Self {
        let invalid_reference = |navigation: &str| {
            Self::Refused(format!(
                "An invalid operation was included in the following modified references: '{navigation}'."
            ))
        };
        match error {
            DirectoryError::NotFound(id) => Self::Missing(id.to_string()),
            DirectoryError::Conflict(member) => Self::Conflict { member },
            DirectoryError::AlreadyLinked(navigation) => Self::ReferenceExists(navigation),
            DirectoryError::NotLinked => Self::Missing(String::new()),
            // Public issues show this answer for members beside a rule (microsoft-graph-docs issues 9071, 9556).
            DirectoryError::DynamicGroup => Self::Denied,
            DirectoryError::WrongType(navigation) | DirectoryError::Itself(navigation) => {
                invalid_reference(navigation)
            }
            DirectoryError::NestedInRoleAssignable => invalid_reference("members"),
        }
    }
}
