//! How Resource Manager says no. The only place that writes its error bodies.

use entrasim_domain::id::{ObjectId, TenantId};
use http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::bearer::BearerError;
use crate::call::Call;
use crate::origins;
use crate::wire::Reply;

pub(super) use refusal::Refusal;
pub(super) use token::asked_tenant;

mod refusal;
mod token;

/// Every way in which a request to Resource Manager fails.
#[derive(Debug)]
pub(super) enum ArmError {
    /// Without a caller; with the tenant of the subscription that was asked for, which the answer names.
    Unauthenticated(BearerError, Option<TenantId>),
    MissingApiVersion,
    InvalidApiVersion(String),
    MissingSubscription,
    InvalidSubscriptionId(String),
    SubscriptionNotFound(String),
    WrongTenant {
        theirs: TenantId,
        owner: TenantId,
    },
    InvalidRequestContent(String),
    InvalidFilter(String),
    MethodNotAllowed(String),
    AuthorizationFailed {
        client: String,
        object_id: ObjectId,
        action: String,
        scope: String,
    },
    LocationRequired,
    LocationNotAvailable(String),
    InvalidGroupName(String),
    GroupElsewhere {
        wanted: String,
        location: String,
    },
    ResourceGroupNotFound(String),
    ResourceNotFound {
        resource: String,
        group: Option<String>,
    },
    ParentResourceNotFound(String),
    InvalidNamespace(String),
    NotRegistered(String),
    InvalidResourceLocation {
        name: String,
        location: String,
        wanted: String,
    },
    InvalidTemplate(String),
    DeploymentNotFound(String),
    NotFound(&'static str, String),
    /// 400 with a code and a message of its own.
    BadRequest(&'static str, String),
    RoleAssignmentExists(Uuid),
    MfaRequired(Box<Refusal>),
    /// The real service has it; the simulator has not.
    NotSimulated(String),
}

/// Standard base64 of `{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}`: a constant in every recorded
/// challenge (Azure/azure-sdk-for-python#41739).
const P1_CLAIMS: &str =
    "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlcyI6WyJwMSJdfX19";

impl ArmError {
    pub(super) fn reply(&self, call: &Call<'_>) -> Reply {
        if let Self::NotSimulated(name) = self {
            return call.unimplemented(name);
        }
        let (status, code, message) = self.describe(call);
        call.record_code(code.clone());
        let mut error = Map::new();
        error.insert("code".to_owned(), json!(code));
        if let Self::MfaRequired(refusal) = self {
            error.insert("target".to_owned(), json!(refusal.resource_name));
        }
        error.insert("message".to_owned(), json!(message));
        if let Self::MfaRequired(refusal) = self
            && !refusal.assignments.is_empty()
        {
            let violations: Vec<Value> =
                refusal.assignments.iter().map(refusal::violation).collect();
            error.insert("additionalInfo".to_owned(), json!(violations));
        }
        let reply = Reply::json(status, &json!({"error": error}));
        match self {
            Self::Unauthenticated(failure, tenant) => {
                reply.header("www-authenticate", &token::challenge(failure, *tenant, &message))
            }
            Self::WrongTenant { owner, .. } => reply.header(
                "www-authenticate",
                &format!(
                    "Bearer authorization_uri=\"https://login.windows.net/{owner}\", error=\"invalid_token\", error_description=\"The access token is from the wrong issuer. It must match the tenant associated with this subscription.\""
                ),
            ),
            Self::MfaRequired(refusal) => {
                let claims = if refusal.with_claims {
                    format!(", claims=\"{P1_CLAIMS}\"")
                } else {
                    String::new()
                };
                let uri = origins::COMMON_AUTHORIZE;
                reply.header(
                    "www-authenticate",
                    &format!(
                        "Bearer realm=\"\", authorization_uri=\"{uri}\", error=\"insufficient_claims\"{claims}"
                    ),
                )
            }
            _ => reply,
        }
    }

    /// Code and message, for an answer that tells of the failure of something else.
    pub(super) fn told(&self, call: &Call<'_>) -> Value {
        let (_, code, message) = self.describe(call);
        json!({"code": code, "message": message})
    }

    fn describe(&self, call: &Call<'_>) -> (StatusCode, String, String) {
        let (status, code, message) = match self {
            Self::Unauthenticated(failure, _) => {
                let (code, message) = token::failure(failure, call.now());
                (StatusCode::UNAUTHORIZED, code, message)
            }
            Self::WrongTenant { .. } | Self::AuthorizationFailed { .. } => self.access(),
            Self::MfaRequired(refusal) => {
                let code = refusal.decision.code().unwrap_or_default();
                return (StatusCode::UNAUTHORIZED, code, refusal.message());
            }
            Self::NotSimulated(name) => (StatusCode::NOT_IMPLEMENTED, "NotSimulated", name.clone()),
            Self::RoleAssignmentExists(_)
            | Self::GroupElsewhere { .. }
            | Self::InvalidResourceLocation { .. }
            | Self::NotRegistered(_) => self.conflict(),
            Self::MissingSubscription
            | Self::SubscriptionNotFound(_)
            | Self::ResourceGroupNotFound(_)
            | Self::ResourceNotFound { .. }
            | Self::ParentResourceNotFound(_)
            | Self::InvalidNamespace(_)
            | Self::DeploymentNotFound(_)
            | Self::NotFound(..) => self.not_found(),
            Self::MethodNotAllowed(method) => (
                StatusCode::METHOD_NOT_ALLOWED,
                "HttpMethodNotSupported",
                format!("The requested resource does not support http method '{method}'."),
            ),
            _ => self.bad_request(),
        };
        (status, code.to_owned(), message)
    }

    fn access(&self) -> (StatusCode, &'static str, String) {
        match self {
            Self::WrongTenant { theirs, owner } => (
                StatusCode::UNAUTHORIZED,
                "InvalidAuthenticationTokenTenant",
                format!(
                    "The access token is from the wrong issuer 'https://sts.windows.net/{theirs}/'. It must match the tenant 'https://sts.windows.net/{owner}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/{owner}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later."
                ),
            ),
            Self::AuthorizationFailed {
                client,
                object_id,
                action,
                scope,
            } => (
                StatusCode::FORBIDDEN,
                "AuthorizationFailed",
                format!(
                    "The client '{client}' with object id '{object_id}' does not have authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials."
                ),
            ),
            _ => self.bad_request(),
        }
    }

    fn conflict(&self) -> (StatusCode, &'static str, String) {
        let (code, message) = match self {
            Self::RoleAssignmentExists(known) => (
                "RoleAssignmentExists",
                format!(
                    "The role assignment already exists. The ID of the conflicting role assignment is {}.",
                    known.simple()
                ),
            ),
            Self::GroupElsewhere { wanted, location } => (
                "InvalidResourceGroupLocation",
                format!(
                    "Invalid resource group location '{wanted}'. The Resource group already exists in location '{location}'."
                ),
            ),
            Self::InvalidResourceLocation {
                name,
                location,
                wanted,
            } => (
                "InvalidResourceLocation",
                format!(
                    "The resource '{name}' already exists in location '{location}'. A resource with the same name cannot be created in location '{wanted}'. Please select a new resource name."
                ),
            ),
            Self::NotRegistered(namespace) => (
                "MissingSubscriptionRegistration",
                format!(
                    "The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions."
                ),
            ),
            _ => return self.bad_request(),
        };
        (StatusCode::CONFLICT, code, message)
    }

    fn not_found(&self) -> (StatusCode, &'static str, String) {
        let (code, message) = match self {
            Self::MissingSubscription => (
                "MissingSubscription",
                "The request did not have a subscription or a valid tenant level resource provider."
                    .to_owned(),
            ),
            Self::SubscriptionNotFound(id) => (
                "SubscriptionNotFound",
                format!("The subscription '{id}' could not be found."),
            ),
            Self::ResourceGroupNotFound(name) => (
                "ResourceGroupNotFound",
                format!("Resource group '{name}' could not be found."),
            ),
            Self::ResourceNotFound {
                resource,
                group: Some(group),
            } => (
                "ResourceNotFound",
                format!(
                    "The Resource '{resource}' under resource group '{group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"
                ),
            ),
            Self::ResourceNotFound { resource, .. } => (
                "ResourceNotFound",
                format!("The Resource '{resource}' was not found."),
            ),
            Self::ParentResourceNotFound(resource) => (
                "ParentResourceNotFound",
                format!(
                    "Can not perform requested operation on nested resource. Parent resource '{resource}' not found."
                ),
            ),
            Self::InvalidNamespace(namespace) => (
                "InvalidResourceNamespace",
                format!("The resource namespace '{namespace}' is invalid."),
            ),
            Self::DeploymentNotFound(name) => (
                "DeploymentNotFound",
                format!("Deployment '{name}' could not be found."),
            ),
            Self::NotFound(code, message) => (*code, message.clone()),
            _ => return self.bad_request(),
        };
        (StatusCode::NOT_FOUND, code, message)
    }

    fn bad_request(&self) -> (StatusCode, &'static str, String) {
        let (code, message) = match self {
            Self::MissingApiVersion => (
                "MissingApiVersionParameter",
                "The api-version query parameter (?api-version=) is required for all requests."
                    .to_owned(),
            ),
            Self::InvalidApiVersion(version) => (
                "InvalidApiVersionParameter",
                format!(
                    "The api-version '{version}' is invalid. The supported versions are '2025-04-01,2024-11-01,2022-12-01,2021-04-01,2020-06-01,2019-05-01,2018-05-01,2016-06-01'."
                ),
            ),
            Self::InvalidSubscriptionId(id) => (
                "InvalidSubscriptionId",
                format!("The provided subscription identifier '{id}' is malformed or invalid."),
            ),
            Self::InvalidRequestContent(detail) => (
                "InvalidRequestContent",
                format!(
                    "The request content was invalid and could not be deserialized: '{detail}'."
                ),
            ),
            Self::InvalidFilter(filter) => (
                "InvalidFilterInQueryString",
                format!("Invalid $filter '{filter}' specified in the query string."),
            ),
            Self::LocationRequired => (
                "LocationRequired",
                "The location property is required for this definition.".to_owned(),
            ),
            Self::LocationNotAvailable(location) => (
                "LocationNotAvailableForResourceGroup",
                format!(
                    "The provided location '{location}' is not available for resource group. List of available regions is '{}'.",
                    super::locations::names()
                ),
            ),
            Self::InvalidGroupName(name) => ("InvalidResourceGroup", group_name_message(name)),
            Self::InvalidTemplate(detail) => (
                "InvalidTemplate",
                format!("Deployment template validation failed: '{detail}'."),
            ),
            Self::BadRequest(code, message) => (*code, message.clone()),
            // Every other variant has its own function above.
            _ => ("BadRequest", String::new()),
        };
        (StatusCode::BAD_REQUEST, code, message)
    }
}

fn group_name_message(name: &str) -> String {
    if name.chars().count() > super::resource_groups::MAX_NAME {
        return format!(
            "The provided resource group name '{name}' has these invalid characters: ''. The name can be at most 90 characters long."
        );
    }
    let bad: String = name
        .chars()
        .filter(|character| !super::resource_groups::is_name_character(*character))
        .collect();
    if bad.is_empty() {
        format!(
            "The provided resource group name '{name}' is invalid. The name cannot end with '.'."
        )
    } else {
        format!(
            "The provided resource group name '{name}' has these invalid characters: '{bad}'. The name can only be a letter, digit, '-', '.', '(', ')' or '_'."
        )
    }
}
