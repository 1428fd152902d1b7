//! Azure Resource Manager: finds who calls and what is meant, and hands over to one file per kind of thing.

use entrasim_domain::enforcement::IdentityType;
use entrasim_domain::id::SubscriptionId;
use entrasim_domain::tenant::Tenant;
use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};

use super::Surface;
use crate::bearer::{self, Caller};
use crate::call::Call;
use crate::wire::{Form, Reply};

mod activity_log;
mod authorize;
mod deployments;
mod error;
mod expression;
mod gate;
mod metadata;
mod policy;
mod providers;
mod resource_groups;
mod resource_id;
mod resources;
mod roles;
mod subscriptions;

use error::ArmError;

/// This surface.
pub static SURFACE: Surface = Surface {
    name: "arm",
    answer,
};

const AUDIENCES: [&str; 3] = [
    "https://management.azure.com",
    "https://management.core.windows.net",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013",
];

/// What every handler takes: the request, who sends it, and its path.
struct Arm<'a> {
    call: &'a Call<'a>,
    tenant: &'a Tenant,
    caller: Caller,
    query: Form,
    /// The path's segments as sent, and in lower case: Resource Manager ignores case and keeps spelling.
    segments: Vec<String>,
    words: Vec<String>,
}

type Answer = Result<Reply, ArmError>;

fn answer(call: &Call<'_>) -> Reply {
    let result = dispatch(call);
    let reply = result.unwrap_or_else(|error| error.reply(call));
    with_headers(call, reply)
}

fn with_headers(call: &Call<'_>, reply: Reply) -> Reply {
    let id = call.id().to_string();
    let routing: String = call
        .now()
        .to_string()
        .chars()
        .filter(|c| !matches!(c, '-' | ':'))
        .collect();
    let correlation = call
        .correlation_id("x-ms-correlation-request-id")
        .to_string();
    reply
        .fixed_headers(&[
            ("cache-control", "no-cache"),
            ("pragma", "no-cache"),
            ("expires", "-1"),
            (
                "strict-transport-security",
                "max-age=31536000; includeSubDomains",
            ),
            ("x-content-type-options", "nosniff"),
        ])
        .header("x-ms-request-id", &id)
        .header("x-ms-correlation-request-id", &correlation)
        .header(
            "x-ms-routing-request-id",
            &format!("WESTEUROPE:{routing}:{id}"),
        )
}

fn dispatch(call: &Call<'_>) -> Answer {
    let segments = call.request.segments();
    let words: Vec<String> = segments
        .iter()
        .map(|segment| segment.to_ascii_lowercase())
        .collect();
    if words
        .iter()
        .map(String::as_str)
        .eq(["metadata", "endpoints"])
    {
        return Ok(metadata::endpoints(call));
    }
    let query = Form::parse(call.request.query.as_bytes());
    let caller =
        bearer::authenticate(call, &AUDIENCES).map_err(|error| ArmError::bearer(&error))?;
    require_api_version(&query)?;
    let tenant = call.tenant().ok_or_else(ArmError::no_tenant)?;
    route(&Arm {
        call,
        tenant,
        caller,
        query,
        segments,
        words,
    })
}

/// Every request names the version of its contract, a date.
fn require_api_version(query: &Form) -> Result<(), ArmError> {
    let version = query
        .get_ignoring_case("api-version")
        .filter(|version| !version.is_empty());
    let Some(version) = version else {
        return Err(ArmError::new(
            StatusCode::BAD_REQUEST,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        ));
    };
    let date = version.get(..10).unwrap_or(version);
    let shape = |at: usize, byte: u8| {
        if at == 4 || at == 7 {
            byte == b'-'
        } else {
            byte.is_ascii_digit()
        }
    };
    let is_date = date.len() == 10 && date.bytes().enumerate().all(|(at, byte)| shape(at, byte));
    if is_date {
        return Ok(());
    }
    let message = format!(
        "The api-version '{version}' is invalid. The supported versions are dates such as '2024-11-01'."
    );
    Err(ArmError::new(
        StatusCode::BAD_REQUEST,
        "InvalidApiVersionParameter",
        message,
    ))
}

fn route(arm: &Arm<'_>) -> Answer {
    let words: Vec<&str> = arm.words.iter().map(String::as_str).collect();
    // Things attached to any scope come last in the path: /{scope}/providers/Microsoft.Authorization/…
    if let Some(at) = words.iter().rposition(|word| *word == "providers") {
        let scope = arm.scope(at);
        match words.get(at + 1..).unwrap_or_default() {
            ["microsoft.authorization", "roleassignments", rest @ ..] => {
                return roles::assignments(arm, &scope, rest);
            }
            ["microsoft.authorization", "roledefinitions", rest @ ..] => {
                return roles::definitions(arm, &scope, rest);
            }
            ["microsoft.authorization", "permissions"] => return roles::permissions(arm, &scope),
            ["microsoft.authorization", "policyassignments", rest @ ..] => {
                return policy::assignments(arm, &scope, rest);
            }
            ["microsoft.authorization", "policydefinitions", rest @ ..] => {
                return policy::definitions(arm, rest);
            }
            ["microsoft.insights", "eventtypes", "management", "values"] => {
                return activity_log::list(arm, &scope);
            }
            ["microsoft.resources", "deployments", rest @ ..] => {
                return deployments::route(arm, &scope, rest);
            }
            _ => {}
        }
    }
    match words.as_slice() {
        ["tenants"] => arm.only(&Method::GET, subscriptions::tenants),
        ["subscriptions"] => arm.only(&Method::GET, subscriptions::list),
        ["subscriptions", _] => arm.only(&Method::GET, subscriptions::get),
        ["subscriptions", _, "locations"] => arm.only(&Method::GET, subscriptions::locations),
        ["subscriptions", _, "operationresults", _] => {
            arm.only(&Method::GET, |_| Ok(Reply::empty(StatusCode::OK)))
        }
        ["providers"] | ["subscriptions", _, "providers"] => {
            arm.only(&Method::GET, providers::list)
        }
        ["subscriptions", _, "providers", namespace] => {
            arm.only(&Method::GET, |arm| providers::get(arm, namespace))
        }
        [
            "subscriptions",
            _,
            "providers",
            namespace,
            "register" | "unregister",
        ] => arm.only(&Method::POST, |arm| providers::register(arm, namespace)),
        ["subscriptions", _, "resourcegroups"] => arm.only(&Method::GET, resource_groups::list),
        ["subscriptions", _, "resourcegroups", _] => resource_groups::one(arm),
        ["subscriptions", _, "resources"]
        | ["subscriptions", _, "resourcegroups", _, "resources"] => {
            arm.only(&Method::GET, resources::list)
        }
        ["subscriptions", _, "providers", _, _, ..]
        | [
            "subscriptions",
            _,
            "resourcegroups",
            _,
            "providers",
            _,
            _,
            ..,
        ] => resources::route(arm),
        _ => Ok(arm
            .call
            .unimplemented(&format!("Resource Manager path /{}", words.join("/")))),
    }
}

impl Arm<'_> {
    /// The path in front of a segment, as a resource id; `/` for none.
    fn scope(&self, end: usize) -> String {
        format!(
            "/{}",
            self.segments.get(..end).unwrap_or_default().join("/")
        )
    }

    /// The whole path as a resource id.
    fn path_id(&self) -> String {
        self.scope(self.segments.len())
    }

    fn method(&self) -> &Method {
        &self.call.request.method
    }

    fn only(&self, method: &Method, handler: impl FnOnce(&Self) -> Answer) -> Answer {
        if self.method() == method {
            handler(self)
        } else {
            Err(ArmError::method(self.method()))
        }
    }

    /// The subscription of the path, if the tenant has it.
    fn subscription(&self) -> Result<SubscriptionId, ArmError> {
        let name = self.segments.get(1).map_or("", String::as_str);
        name.parse()
            .ok()
            .filter(|id| self.tenant.azure.subscriptions.contains_key(id))
            .ok_or_else(|| ArmError::subscription_not_found(name))
    }

    /// The body, a JSON object. The real service also takes comments, trailing commas and bare names, and the Azure CLI
    /// relies on it: it splices a template file into its request as it stands.
    fn body(&self) -> Result<Map<String, Value>, ArmError> {
        let bytes = &self.call.request.body;
        let strict = serde_json::from_slice(bytes).map_err(|error| error.to_string());
        let lenient = |_| {
            let text = str::from_utf8(bytes).map_err(|error| error.to_string())?;
            if is_nested_too_deeply(text) {
                return Err("the content is nested too deeply".to_owned());
            }
            json5::from_str(text).map_err(|error| error.to_string())
        };
        strict.or_else(lenient).map_err(|error| {
            let message = format!(
                "The request content was invalid and could not be deserialized: '{error}'."
            );
            ArmError::bad_request("InvalidRequestContent", message)
        })
    }

    /// The caller's name in messages and logs: a principal name, or an object id.
    fn caller_name(&self) -> String {
        let name = self
            .caller
            .claims
            .get("upn")
            .or_else(|| self.caller.claims.get("unique_name"));
        match (self.caller.identity, name.and_then(Value::as_str)) {
            (Some(IdentityType::App), _) | (_, None) => self.caller.object_id.to_string(),
            (_, Some(name)) => name.to_owned(),
        }
    }

    /// Changes the tenant; the change sees the newest state, not this request's snapshot.
    fn change<T>(
        &self,
        change: impl FnOnce(&mut Tenant) -> Result<T, ArmError>,
    ) -> Result<T, ArmError> {
        self.call
            .cell()
            .ok_or_else(ArmError::no_tenant)?
            .write(change)
    }
}

/// The strict reader has a limit of its own; the lenient one would use up the stack.
fn is_nested_too_deeply(text: &str) -> bool {
    let mut depth = 0_i32;
    text.bytes().any(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            _ => {}
        }
        depth > 128
    })
}

fn ok(body: &impl Serialize) -> Answer {
    Ok(Reply::json(StatusCode::OK, body))
}

fn list_of(values: Vec<Value>) -> Answer {
    ok(&serde_json::json!({"value": values}))
}
