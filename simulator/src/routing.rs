//! From a host name, or a path on the loopback, to a surface.

use std::sync::Arc;

use http::StatusCode;

use crate::app::App;
use crate::call::Call;
use crate::hosts::{self, SimulatedHost};
use crate::journal::Kept;
use crate::surface::{
    Surface, arm, graph, managed_identity, portal, security_info, sts, workload_issuer,
};
use crate::wire::{Reply, Request};

/// Answers a request to a simulated host and writes it into the journal.
pub fn answer(app: &App, request: &Request) -> Reply {
    let call = Call::new(app, request);
    let Some(surface) = surface_of(request) else {
        return not_found(request);
    };
    let reply = (surface.answer)(&call);
    let mut entry = call.entry(surface.name, &reply);
    if app.journal.keeps_everything() {
        entry.kept = Some(Arc::new(Kept {
            authorization: request.header("authorization").map(str::to_owned),
            query: request.query.clone(),
            sent: request.body.clone(),
            received: reply.body.clone(),
        }));
    }
    app.journal.push(entry);
    reply
}

fn surface_of(request: &Request) -> Option<&'static Surface> {
    Some(match hosts::lookup(&request.host())? {
        SimulatedHost::SignIn => &sts::SURFACE,
        // OpenID Connect's userinfo is the token service's, on Graph's host.
        SimulatedHost::Graph if request.path.starts_with("/oidc") => &sts::SURFACE,
        SimulatedHost::Graph => &graph::SURFACE,
        SimulatedHost::Arm => &arm::SURFACE,
        SimulatedHost::ManagedIdentity => &managed_identity::SURFACE,
        SimulatedHost::Portal => &portal::SURFACE,
        SimulatedHost::SecurityInfo => &security_info::SURFACE,
        SimulatedHost::WorkloadIssuer => &workload_issuer::SURFACE,
        SimulatedHost::DeviceLogin if request.path.eq_ignore_ascii_case("/devicelogin") => {
            &sts::SURFACE
        }
        SimulatedHost::DeviceLogin | SimulatedHost::Empty => return None,
        SimulatedHost::Loopback => by_path(&request.path)?,
    })
}

/// The path spaces of the simulated hosts do not overlap; what is left is a tenant's path at the sign-in host.
fn by_path(path: &str) -> Option<&'static Surface> {
    let first = path
        .split('/')
        .find(|segment| !segment.is_empty())?
        .to_ascii_lowercase();
    Some(match first.as_str() {
        "v1.0" | "beta" => &graph::SURFACE,
        "subscriptions" | "providers" | "tenants" => &arm::SURFACE,
        "metadata" if path.to_ascii_lowercase().contains("/metadata/endpoints") => &arm::SURFACE,
        "api" => &security_info::SURFACE,
        "metadata" | "msi" => &managed_identity::SURFACE,
        _ => &sts::SURFACE,
    })
}

fn not_found(request: &Request) -> Reply {
    Reply::text(
        StatusCode::NOT_FOUND,
        format!(
            "entrasim: nothing is simulated at {}{}\n",
            request.origin(),
            request.path
        ),
    )
}
