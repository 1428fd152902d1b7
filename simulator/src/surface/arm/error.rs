//! How Resource Manager says no. The only place that writes its error bodies.

use std::sync::Arc;

use entrasim_domain::azure::policy::{MfaAssignment, MfaEffect};
use entrasim_domain::enforcement::Decision;
use entrasim_domain::id::{ObjectId, SubscriptionId, TenantId};
use entrasim_domain::time::Timestamp;
use http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::bearer::BearerError;
use crate::call::Call;
use crate::origins;
use crate::wire::Reply;

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

/// What the multifactor gate refused.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The last segment of the resource id.
    pub(super) resource_name: String,
    pub(super) decision: Arc<Decision>,
    /// The tenant's own assignments that object; none when it is Microsoft's enforcement.
    pub(super) assignments: Vec<MfaAssignment>,
    /// Whether the challenge bears the claims.
    pub(super) with_claims: bool,
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
            let violations: Vec<Value> = refusal.assignments.iter().map(violation).collect();
            error.insert("additionalInfo".to_owned(), json!(violations));
        }
        let reply = Reply::json(status, &json!({"error": error}));
        match self {
            Self::Unauthenticated(failure, tenant) => {
                reply.header("www-authenticate", &challenge(failure, *tenant, &message))
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

    fn describe(&self, call: &Call<'_>) -> (StatusCode, String, String) {
        let (status, code, message) = match self {
            Self::Unauthenticated(failure, _) => {
                let (code, message) = authentication_failure(failure, call.now());
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

impl Refusal {
    fn message(&self) -> String {
        let name = &self.resource_name;
        if self.assignments.is_empty() {
            return format!(
                "Resource '{name}' was disallowed by Azure: You are receiving this error because you tried to create, update or delete Azure resources without authenticating through MFA. User accounts must be authenticated through MFA to manage your resources. To resolve this error, go to https://aka.ms/MFAforAzure."
            );
        }
        let reasons: Vec<String> = self
            .assignments
            .iter()
            .filter_map(|assignment| assignment.non_compliance_message.as_ref())
            .map(|text| format!("'{text}'"))
            .collect();
        if !reasons.is_empty() {
            return format!(
                "Resource '{name}' was disallowed by policy. Reasons: {}. See error details for policy resource IDs.",
                reasons.join(", ")
            );
        }
        let identifiers: Vec<Value> = self.assignments.iter().map(identifiers).collect();
        format!(
            "Resource '{name}' was disallowed by policy. Policy identifiers: '{}'.",
            Value::Array(identifiers)
        )
    }
}

fn identifiers(assignment: &MfaAssignment) -> Value {
    let definition = assignment.definition;
    json!({
        "policyAssignment": {
            "name": assignment.display_name.as_ref().unwrap_or(&assignment.name),
            "id": assignment.resource_id,
        },
        "policyDefinition": {
            "name": definition.display_name(),
            "id": super::policy_definitions::resource_id(definition),
        },
    })
}

/// One item of `additionalInfo` (members as in recorded policy denials, Azure/azure-cli and Azure Automation issues).
fn violation(assignment: &MfaAssignment) -> Value {
    let definition = assignment.definition;
    let parameters = assignment
        .body
        .get("properties")
        .and_then(|properties| properties.get("parameters"))
        .cloned()
        .unwrap_or_else(|| json!({}));
    json!({
        "type": "PolicyViolation",
        "info": {
            "policyDefinitionDisplayName": definition.display_name(),
            "policyDefinitionId": super::policy_definitions::resource_id(definition),
            "policyDefinitionName": definition.id().to_string(),
            "policyDefinitionEffect": definition.effect_name(MfaEffect::Deny),
            "policyAssignmentId": assignment.resource_id,
            "policyAssignmentName": assignment.name,
            "policyAssignmentDisplayName": assignment.display_name.clone().unwrap_or_default(),
            "policyAssignmentScope": assignment.scope,
            "policyAssignmentParameters": parameters,
        },
    })
}

/// The bodies' codes and messages for bad tokens (answers quoted in public issues; `NotYetValid` is assumed).
fn authentication_failure(failure: &BearerError, now: Timestamp) -> (&'static str, String) {
    match failure {
        BearerError::Missing => (
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is missing.".to_owned(),
        ),
        BearerError::NotBearer => (
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is provided in an invalid format."
                .to_owned(),
        ),
        BearerError::Malformed | BearerError::Signature => (
            "InvalidAuthenticationToken",
            "The access token is invalid.".to_owned(),
        ),
        BearerError::Issuer => (
            "InvalidAuthenticationTokenTenant",
            "The access token is from the wrong issuer. It must match a tenant that Azure Resource Manager knows."
                .to_owned(),
        ),
        BearerError::Audience { audience } => (
            "InvalidAuthenticationTokenAudience",
            format!(
                "The access token has been obtained for wrong audience or resource '{audience}'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'."
            ),
        ),
        BearerError::Expired { at } => (
            "ExpiredAuthenticationToken",
            format!(
                "The access token expiry UTC time '{}' is earlier than current UTC time '{}'.",
                us_form(*at),
                us_form(now)
            ),
        ),
        BearerError::NotYetValid { from } => (
            "InvalidAuthenticationToken",
            format!(
                "The access token is not valid before UTC time '{}'; the current UTC time is '{}'.",
                us_form(*from),
                us_form(now)
            ),
        ),
    }
}

fn challenge(failure: &BearerError, tenant: Option<TenantId>, message: &str) -> String {
    let tenant = tenant.map(|id| id.to_string()).unwrap_or_default();
    let description = match failure {
        BearerError::Missing => {
            "The authentication failed because of missing 'Authorization' header."
        }
        BearerError::NotBearer => {
            "The authentication failed because the 'Authorization' header has an invalid format."
        }
        _ => message,
    };
    format!(
        "Bearer authorization_uri=\"https://login.windows.net/{tenant}\", error=\"invalid_token\", error_description=\"{}\"",
        description.replace('"', "'")
    )
}

/// The tenant of the subscription that the path names: the answer to a caller without a token tells it, and clients use
/// that to find the tenant of a subscription.
pub(super) fn asked_tenant(call: &Call<'_>) -> Option<TenantId> {
    let segments = call.request.segments();
    let [head, id, ..] = segments.as_slice() else {
        return None;
    };
    let id: SubscriptionId = id.parse().ok()?;
    if !head.eq_ignore_ascii_case("subscriptions") {
        return None;
    }
    let owner = call
        .app
        .store
        .list()
        .into_iter()
        .find(|cell| cell.read().azure.subscriptions.contains_key(&id));
    owner.map(|cell| cell.id())
}

/// `9/30/2025 1:05:09 PM`, the form of dates in messages.
fn us_form(at: Timestamp) -> String {
    let text = at.to_string();
    let number = |range: core::ops::Range<usize>| -> u32 {
        text.get(range)
            .and_then(|part| part.parse().ok())
            .unwrap_or(0)
    };
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let (hour, minute, second) = (number(11..13), number(14..16), number(17..19));
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("{month}/{day}/{year} {hour}:{minute:02}:{second:02} {half}")
}
