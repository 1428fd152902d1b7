//! Managed identity: the metadata service (IMDS) of a machine, App Service and its older form, Azure Machine
//! Learning, Azure Arc, Cloud Shell, Service Fabric.

use std::sync::Arc;

use entrasim_domain::directory::service_principal::{ServicePrincipal, ServicePrincipalKind};
use entrasim_domain::enforcement::Circumstances;
use entrasim_domain::sign_in::record::{SignInKind, SignInRecord};
use entrasim_domain::store::TenantCell;
use entrasim_domain::tenant::Tenant;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::Surface;
use crate::call::Call;
use crate::issue::access_token::{self, AccessToken, AppToken, ClientProof};
use crate::issue::resource::Resource;
use crate::wire::{Form, Reply};

mod app_service;
mod arc;
mod cloud_shell;
mod imds;
mod service_fabric;

/// This surface.
pub static SURFACE: Surface = Surface {
    name: "managed_identity",
    answer,
};

fn answer(call: &Call<'_>) -> Reply {
    let words: Vec<String> = call
        .request
        .segments()
        .iter()
        .map(|segment| segment.to_ascii_lowercase())
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let reply = match words.as_slice() {
        ["metadata", "identity", "oauth2", "token"] => imds::token(call),
        ["metadata", "instance", rest @ ..] => imds::instance(call, rest),
        ["msi", "token"] => app_service::token(call),
        ["msi", "machine-learning"] => app_service::machine_learning(call),
        ["msi", "arc"] => arc::token(call),
        ["msi", "cloud-shell"] => cloud_shell::token(call, None),
        ["msi", "cloud-shell", who] => cloud_shell::token(call, Some(who)),
        ["msi", "service-fabric"] => service_fabric::token(call),
        // The second version of the metadata service: its absence tells clients to use the first.
        [
            "metadata",
            "identity",
            "getplatformmetadata" | "issuecredential",
        ] => Reply::json(StatusCode::NOT_FOUND, &json!({"error": "Not found"})),
        ["metadata", "identity" | "attested", ..] | ["metadata", "loadbalancer"] => {
            call.unimplemented(&format!("metadata path /{}", words.join("/")))
        }
        _ => Reply::json(StatusCode::NOT_FOUND, &json!({"error": "Not found"})),
    };
    reply.header("x-ms-request-id", &call.id().to_string())
}

/// Why there is no token.
enum Failure {
    NoIdentity,
    /// Several user-assigned ones, none of them named.
    Ambiguous,
    NoSuchIdentity,
    /// The resource's name.
    UnknownResource(String),
    MissingResource,
}

/// The tenant whose machine this is: the one named to the proxy, else the first.
fn machine_tenant(call: &Call<'_>) -> Option<Arc<TenantCell>> {
    match &call.request.proxy_user {
        Some(name) => call.app.tenant(name),
        None => call.app.default_tenant(),
    }
}

/// An identity by the parameters that name one: the spellings of IMDS and of App Service are both taken everywhere.
fn identity<'a>(tenant: &'a Tenant, query: &Form) -> Result<&'a ServicePrincipal, Failure> {
    let named = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| query.get(name))
            .filter(|value| !value.is_empty())
    };
    let client = named(&["client_id", "clientid"]);
    let object = named(&["object_id", "principal_id"]);
    let resource = named(&["msi_res_id", "mi_res_id"]);
    let all = tenant
        .service_principals
        .values()
        .map(|principal| &**principal);
    let mut managed = all.filter_map(|principal| match &principal.kind {
        ServicePrincipalKind::ManagedIdentity {
            resource_id,
            user_assigned,
        } => Some((principal, resource_id, *user_assigned)),
        ServicePrincipalKind::Application => None,
    });
    let found = if let Some(id) = client {
        managed.find(|(principal, _, _)| principal.app_id.to_string().eq_ignore_ascii_case(id))
    } else if let Some(id) = object {
        managed.find(|(principal, _, _)| principal.id.to_string().eq_ignore_ascii_case(id))
    } else if let Some(id) = resource {
        managed.find(|(_, resource, _)| resource.eq_ignore_ascii_case(id))
    } else {
        return unnamed(managed.map(|(principal, _, user)| (principal, user)));
    };
    found
        .map(|(principal, _, _)| principal)
        .ok_or(Failure::NoSuchIdentity)
}

/// The identity when none is named: the machine's own, else the only one.
fn unnamed<'a>(
    managed: impl Iterator<Item = (&'a ServicePrincipal, bool)>,
) -> Result<&'a ServicePrincipal, Failure> {
    let all: Vec<(&ServicePrincipal, bool)> = managed.collect();
    match (all.iter().find(|(_, user)| !user), all.as_slice()) {
        (Some((own, _)), _) | (None, [(own, _)]) => Ok(own),
        (None, []) => Err(Failure::NoIdentity),
        (None, _) => Err(Failure::Ambiguous),
    }
}

/// A token for the identity and the resource that the query names.
fn issue(
    call: &Call<'_>,
    tenant: &Tenant,
    query: &Form,
) -> Result<(AccessToken, String, String), Failure> {
    let principal = identity(tenant, query)?;
    let name = query
        .get("resource")
        .filter(|name| !name.is_empty())
        .ok_or(Failure::MissingResource)?;
    let resource = Resource::find(tenant, name, "")
        .ok_or_else(|| Failure::UnknownResource(name.to_owned()))?;
    let wish = AppToken {
        principal,
        proof: ClientProof::Assertion,
        resource: &resource,
        handles_challenges: false,
    };
    log(call, principal, &resource);
    Ok((
        access_token::for_app(call, tenant, &wish),
        principal.app_id.to_string(),
        name.to_owned(),
    ))
}

/// A row of the sign-in log.
fn log(call: &Call<'_>, principal: &ServicePrincipal, resource: &Resource<'_>) {
    let record = SignInRecord {
        id: call.id(),
        correlation_id: call.correlation_id(),
        at: call.now(),
        kind: SignInKind::ManagedIdentity,
        subject: Some(principal.id),
        name: principal.display_name.clone(),
        client: principal.app_id,
        client_name: principal.display_name.clone(),
        resource: Some(resource.app_id),
        circumstances: Circumstances::default(),
        code: 0,
        failure_reason: String::new(),
        multifactor_required: false,
        steps: Vec::new(),
        applied: Vec::new(),
    };
    call.log_sign_in(record);
}

fn only_get(call: &Call<'_>) -> Option<Reply> {
    let is_get = call.request.method == Method::GET;
    (!is_get).then(|| {
        Reply::json(
            StatusCode::METHOD_NOT_ALLOWED,
            &json!({"error": "method_not_allowed"}),
        )
    })
}

fn error(call: &Call<'_>, code: &str, description: &str) -> Value {
    call.record_code(code);
    json!({"error": code, "error_description": description})
}
