//! Azure Resource Manager: `management.azure.com`. May use the domain, `wire` and `bearer`; names no other surface.

use crate::bearer;
use crate::call::Call;
use crate::surface::Surface;
use crate::surface::arm::context::Arm;
use crate::surface::arm::error::ArmError;
use crate::wire::{Form, Reply, cross_origin};

mod activity_log;
mod api_version;
mod body;
mod context;
mod deployment_plan;
mod deployments;
mod elevate_access;
mod error;
mod expression;
mod filter;
mod gate;
mod headers;
mod identities;
mod locations;
mod metadata_endpoints;
mod policy_assignment_body;
mod policy_assignments;
mod policy_definitions;
mod portal_settings;
mod providers;
mod resource_groups;
mod resource_id;
mod resource_list;
mod resources;
mod role_assignments;
mod role_definitions;
mod route;
mod subscriptions;
#[cfg(test)]
mod tests;

/// This surface.
pub static SURFACE: Surface = Surface {
    name: "arm",
    answer,
};

/// The resource names under which tokens for Resource Manager are asked for.
const AUDIENCES: [&str; 3] = [
    "https://management.azure.com",
    "https://management.core.windows.net",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013",
];

/// What a handler comes to.
type Answer = Result<Reply, ArmError>;

fn answer(call: &Call<'_>) -> Reply {
    const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
    if let Some(reply) = metadata_endpoints::answer(call) {
        return reply;
    }
    if let Some(reply) = cross_origin::preflight(call.request, METHODS) {
        return headers::add(call, reply);
    }
    let reply = authenticated(call).unwrap_or_else(|error| error.reply(call));
    cross_origin::open(call.request, headers::add(call, reply))
}

fn authenticated(call: &Call<'_>) -> Answer {
    let query = Form::parse(call.request.query.as_bytes());
    let caller = bearer::authenticate(call, &AUDIENCES)
        .map_err(|failure| ArmError::Unauthenticated(failure, error::asked_tenant(call)))?;
    api_version::check(&query)?;
    let arm = Arm::new(call, caller, query)?;
    route::answer(&arm)
}
