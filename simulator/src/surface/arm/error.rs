//! The one place that writes a Resource Manager error.

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::bearer::BearerError;
use crate::call::Call;
use crate::wire::Reply;

/// A failure. Boxed, because it travels in results whose other side is small.
#[derive(Clone, Debug)]
pub(super) struct ArmError(Box<Details>);

#[derive(Clone, Debug)]
struct Details {
    status: StatusCode,
    code: String,
    message: String,
    target: Option<String>,
    additional_info: Vec<Value>,
    challenge: Option<String>,
    /// Not an error of the real service: the name of what is not simulated.
    not_simulated: Option<String>,
}

impl ArmError {
    pub(super) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            status,
            code: code.to_owned(),
            message: message.into(),
            target: None,
            additional_info: Vec::new(),
            challenge: None,
            not_simulated: None,
        }))
    }

    pub(super) fn not_simulated(name: impl Into<String>) -> Self {
        let mut error = Self::new(StatusCode::NOT_IMPLEMENTED, "NotSimulated", "");
        error.0.not_simulated = Some(name.into());
        error
    }

    pub(super) fn no_tenant() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "InvalidAuthenticationTokenTenant",
            "The access token names no tenant.",
        )
    }

    pub(super) fn with_target(mut self, target: &str) -> Self {
        self.0.target = Some(target.to_owned());
        self
    }

    pub(super) fn with_info(mut self, info: Value) -> Self {
        self.0.additional_info.push(info);
        self
    }

    pub(super) fn with_challenge(mut self, challenge: String) -> Self {
        self.0.challenge = Some(challenge);
        self
    }

    pub(super) fn method(method: &Method) -> Self {
        let message =
            format!("The http method '{method}' is not supported for a resource of type.");
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "HttpMethodNotSupported",
            message,
        )
    }

    pub(super) fn subscription_not_found(name: &str) -> Self {
        let message = format!("The subscription '{name}' could not be found.");
        Self::new(StatusCode::NOT_FOUND, "SubscriptionNotFound", message)
    }

    pub(super) fn resource_group_not_found(name: &str) -> Self {
        let message = format!("Resource group '{name}' could not be found.");
        Self::new(StatusCode::NOT_FOUND, "ResourceGroupNotFound", message)
    }

    pub(super) fn bad_request(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// A token that does not let in. The header is the recorded one of requests without a token.
    pub(super) fn bearer(error: &BearerError) -> Self {
        let (code, message) = match error {
            BearerError::Missing => (
                "AuthenticationFailed",
                "Authentication failed. The 'Authorization' header is missing.".to_owned(),
            ),
            BearerError::NotBearer => (
                "AuthenticationFailedInvalidHeader",
                "Authentication failed. The 'Authorization' header is provided in an invalid format.".to_owned(),
            ),
            BearerError::Malformed | BearerError::Signature => {
                ("InvalidAuthenticationToken", "The access token is invalid.".to_owned())
            }
            BearerError::Issuer => (
                "InvalidAuthenticationTokenTenant",
                "The access token is from the wrong issuer. It must match the tenant associated with this subscription.".to_owned(),
            ),
            BearerError::Audience { audience } => (
                "InvalidAuthenticationTokenAudience",
                format!("The access token has been obtained for wrong audience or resource '{audience}'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'."),
            ),
            BearerError::Expired { at } => {
                ("ExpiredAuthenticationToken", format!("The access token expiry UTC time '{at}' is earlier than current UTC time."))
            }
            BearerError::NotYetValid { from } => {
                ("InvalidAuthenticationToken", format!("The access token is not valid before '{from}'."))
            }
        };
        let description = match error {
            BearerError::Missing => {
                "The authentication failed because of missing 'Authorization' header."
            }
            _ => "The access token is invalid.",
        };
        Self::new(StatusCode::UNAUTHORIZED, code, message).with_challenge(format!(
            "Bearer authorization_uri=\"https://login.windows.net/\", error=\"invalid_token\", error_description=\"{description}\""
        ))
    }

    pub(super) fn reply(&self, call: &Call<'_>) -> Reply {
        if let Some(name) = &self.0.not_simulated {
            return call.unimplemented(name);
        }
        call.record_code(self.0.code.as_str());
        let mut error = Map::new();
        error.insert("code".to_owned(), json!(self.0.code));
        if let Some(target) = &self.0.target {
            error.insert("target".to_owned(), json!(target));
        }
        error.insert("message".to_owned(), json!(self.0.message));
        if !self.0.additional_info.is_empty() {
            error.insert("additionalInfo".to_owned(), json!(self.0.additional_info));
        }
        let reply = Reply::json(self.0.status, &json!({"error": error}))
            .header("x-ms-failure-cause", "gateway");
        match &self.0.challenge {
            Some(challenge) => reply.header("www-authenticate", challenge),
            None => reply,
        }
    }
}
