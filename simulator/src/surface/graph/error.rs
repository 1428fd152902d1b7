//! How Graph refuses: a closed list, and the one place that words it. Nothing else here writes an error body.

use http::StatusCode;
use serde_json::{Value, json};

use crate::bearer::BearerError;
use crate::call::Call;
use crate::origins;
use crate::wire::Reply;

/// Why a request is not answered as asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum GraphError {
    Unauthenticated(BearerError),
    /// The caller may not do this.
    Denied,
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
    NoBackingApplication(String),
    FederatedCredentialExists(String),
    FederatedSubjectExists,
    TooManyFederatedCredentials,
    ImmutableName,
    NoSuchPassword(String),
    TooManyIds,
    /// The real service has it.
    NotSimulated(String),
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
            Self::Denied => (
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
            Self::Segment(_)
            | Self::Filter(_)
            | Self::OrderBy(_)
            | Self::Search(_)
            | Self::SelectTerm(_)
            | Self::UnknownProperty { .. }
            | Self::OptionValue { .. }
            | Self::UnknownOption(_)
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
            | Self::SortWithFilter => bad(UNSUPPORTED, &self.query_text()),
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
            | Self::FederatedSubjectExists
            | Self::TooManyFederatedCredentials
            | Self::ImmutableName
            | Self::NoSuchPassword(_)
            | Self::TooManyIds => bad(DIRECTORY, &self.write_text()),
            Self::NotSimulated(name) => (StatusCode::NOT_IMPLEMENTED, "NotSimulated", name.clone()),
        }
    }

    fn query_text(&self) -> String {
        match self {
            Self::Segment(name) => format!("Resource not found for the segment '{name}'."),
            Self::Filter(detail) => format!("Invalid filter clause: {detail}"),
            Self::OrderBy(detail) => format!("Invalid orderby clause: {detail}"),
            Self::Search(detail) => format!("Invalid search clause: {detail}"),
            Self::SelectTerm(term) => format!(
                "Parsing OData Select and Expand failed: Term '{term}' is not valid in a $select or $expand expression."
            ),
            Self::UnknownProperty {
                property,
                entity,
                option,
            } => {
                let text = format!(
                    "Could not find a property named '{property}' on type 'microsoft.graph.{entity}'."
                );
                match option {
                    QueryPart::Select => format!("Parsing OData Select and Expand failed: {text}"),
                    QueryPart::Filter => format!("Invalid filter clause: {text}"),
                    QueryPart::OrderBy => text,
                }
            }
            Self::OptionValue { option, value } => {
                format!("Invalid value '{value}' for ${option} query option found.")
            }
            Self::UnknownOption(name) => {
                format!("The query parameter '{name}' is not supported.")
            }
            Self::NotACollection => "The query specified in the URI is not valid. The requested resource is not a collection. Query options $filter, $orderby, $count, $skip, and $top can be applied only on collections.".to_owned(),
            Self::PageSize(value) => format!(
                "Invalid page size specified: '{value}'. Must be between 1 and 999 inclusive."
            ),
            Self::SearchWithoutHeader => "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'".to_owned(),
            Self::Advanced(operator) => format!(
                "Operator '{operator}' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information"
            ),
            Self::UnsupportedFilter { property, class } => format!(
                "Unsupported or invalid query filter clause specified for property '{property}' of resource '{class}'."
            ),
            Self::UnsupportedSort { property, class } => {
                format!("Unsupported sort property '{property}' for '{class}'.")
            }
            _ => "Sorting not supported for current query.".to_owned(),
        }
    }

    fn write_text(&self) -> String {
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

    /// `details`, where the directory adds them.
    fn details(&self) -> Option<Value> {
        let row = |code: &str, target: &str| {
            Some(json!([{"code": code, "message": self.write_text(), "target": target}]))
        };
        match self {
            Self::Conflict { member } => row("ObjectConflict", member),
            Self::Invalid { member, .. } => row("InvalidValue", member),
            Self::Domain => row("InvalidValue", "userPrincipalName"),
            Self::WeakPassword => row("InvalidValue", "password"),
            Self::NoBackingApplication(_) => row("NoBackingApplicationObject", "appId"),
            _ => None,
        }
    }

    /// The answer: `code`, `message`, and an `innerError` with the date and both request ids.
    pub(super) fn reply(&self, call: &Call<'_>) -> Reply {
        if let Self::NotSimulated(name) = self {
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
        let body = serde_json::to_vec(&json!({"error": error})).unwrap_or_default();
        let reply = Reply::with_body(status, "application/json", body);
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
