//! Tenants: make, list, fork, snapshot, restore, reset, delete; and the policies that bear on sign-ins.

use std::sync::Arc;

use entrasim_domain::directory::user::{PerUserMfa, User};
use entrasim_domain::enforcement::Enforcement;
use entrasim_domain::seed;
use entrasim_domain::store::TenantCell;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use http::{Method, StatusCode};

use super::model::{
    List, NewFork, NewSnapshot, NewTenant, PerUserMfaState, PoliciesPatch, PoliciesView,
    SnapshotView, TenantRow,
};
use super::time::apply_enforcement;
use super::{ControlCall, ControlError, Handler, Route, ok, openapi};
use crate::app::TenantOptions;
use crate::handout::{self, Handout};
use crate::wire::Reply;

pub(super) fn routes() -> Vec<Route> {
    let route = |method, path, summary, request, response, handler: Handler| Route {
        method,
        path,
        summary,
        request,
        response,
        handler,
    };
    let handout: (StatusCode, Option<openapi::Schema>) =
        (StatusCode::OK, Some(openapi::of::<Handout>));
    let made: (StatusCode, Option<openapi::Schema>) =
        (StatusCode::CREATED, Some(openapi::of::<Handout>));
    let policies: Option<openapi::Schema> = Some(openapi::of::<PoliciesView>);
    vec![
        route(
            Method::GET,
            "/tenants",
            "List the tenants",
            None,
            (StatusCode::OK, Some(openapi::of::<List<TenantRow>>)),
            list,
        ),
        route(
            Method::POST,
            "/tenants",
            "Make a tenant from a seed",
            Some(openapi::of::<NewTenant>),
            made,
            create,
        ),
        route(
            Method::GET,
            "/tenants/{tenant}",
            "A tenant with its accounts and secrets",
            None,
            handout,
            get,
        ),
        route(
            Method::DELETE,
            "/tenants/{tenant}",
            "Delete a tenant",
            None,
            (StatusCode::NO_CONTENT, None),
            delete,
        ),
        route(
            Method::POST,
            "/tenants/{tenant}/fork",
            "Copy a tenant under a new id and domain",
            Some(openapi::of::<NewFork>),
            made,
            fork,
        ),
        route(
            Method::POST,
            "/tenants/{tenant}/reset",
            "Back to the seed",
            None,
            handout,
            reset,
        ),
        route(
            Method::GET,
            "/tenants/{tenant}/snapshots",
            "List the snapshots",
            None,
            (StatusCode::OK, Some(openapi::of::<List<SnapshotView>>)),
            snapshots,
        ),
        route(
            Method::POST,
            "/tenants/{tenant}/snapshots",
            "Keep the state of now",
            Some(openapi::of::<NewSnapshot>),
            (StatusCode::CREATED, Some(openapi::of::<SnapshotView>)),
            snapshot,
        ),
        route(
            Method::POST,
            "/tenants/{tenant}/snapshots/{snapshot}/restore",
            "Back to a snapshot",
            None,
            handout,
            restore,
        ),
        route(
            Method::DELETE,
            "/tenants/{tenant}/snapshots/{snapshot}",
            "Forget a snapshot",
            None,
            (StatusCode::NO_CONTENT, None),
            forget,
        ),
        route(
            Method::GET,
            "/tenants/{tenant}/policies",
            "Policies that bear on sign-ins",
            None,
            (StatusCode::OK, policies),
            get_policies,
        ),
        route(
            Method::PATCH,
            "/tenants/{tenant}/policies",
            "Change them",
            Some(openapi::of::<PoliciesPatch>),
            (StatusCode::OK, policies),
            patch_policies,
        ),
    ]
}

impl ControlCall<'_> {
    /// The tenant of the path, by id or domain.
    pub(super) fn tenant(&self) -> Result<Arc<TenantCell>, ControlError> {
        let name = self.parameter(0);
        self.app.tenant(name).ok_or_else(|| {
            ControlError::not_found(format!(
                "there is no tenant {name}; GET /tenants lists them"
            ))
        })
    }

    fn handout(&self, status: StatusCode, tenant: &Tenant) -> Result<Reply, ControlError> {
        let handout = handout::of(self.app, tenant, self.request.arrived).map_err(|error| {
            ControlError::internal(format!("cannot write the app's certificate: {error}"))
        })?;
        Ok(Reply::json(status, &handout))
    }
}

fn list(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let row = |cell: &Arc<TenantCell>| {
        let tenant = cell.read();
        TenantRow {
            id: tenant.id.to_string(),
            domain: tenant.initial_domain().to_owned(),
            name: tenant.display_name.clone(),
        }
    };
    Ok(ok(&List {
        value: call.app.store.list().iter().map(row).collect(),
    }))
}

fn create(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let wish: NewTenant = call.body()?;
    let mut options = TenantOptions {
        seed: wish.seed,
        users: wish.users,
        security_defaults: wish.security_defaults,
        ..TenantOptions::default()
    };
    if let Some(name) = wish.name {
        options.display_name = name;
    }
    if let Some(clock) = &wish.clock {
        options.clock = clock
            .to_clock(call.request.arrived)
            .map_err(ControlError::bad_request)?;
    }
    let mut enforcement = Enforcement::default();
    if let Some(patch) = &wish.enforcement {
        apply_enforcement(&mut enforcement, patch)?;
    }
    options.enforcement = enforcement;
    let cell = call
        .app
        .create_tenant(&options)
        .map_err(|error| ControlError::conflict(format!("{error}; choose another seed")))?;
    if !wish.per_user_mfa.is_empty() {
        let patch = PoliciesPatch {
            security_defaults: None,
            per_user_mfa: wish.per_user_mfa,
        };
        let now = cell.read().now(call.request.arrived);
        cell.write(|tenant| apply_policies(tenant, &patch, now))?;
    }
    call.handout(StatusCode::CREATED, &cell.read())
}

fn get(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    call.handout(StatusCode::OK, &call.tenant()?.read())
}

fn delete(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    call.app.store.remove(call.tenant()?.id());
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn fork(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let wish: NewFork = call.body()?;
    let cell = call.tenant()?;
    let state = cell.read();
    // The fork's seed follows from the tenant's own randomness: the same session makes the same forks.
    let number = u64::from_be_bytes(cell.random().bytes());
    let mut fork = state.fork(
        seed::tenant_id(number),
        seed::initial_domain(number),
        number,
    );
    if let Some(name) = wish.name {
        fork.display_name = name;
    }
    let cell = call
        .app
        .insert_tenant(fork)
        .map_err(|error| ControlError::conflict(error.to_string()))?;
    call.handout(StatusCode::CREATED, &cell.read())
}

fn reset(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let cell = call.tenant()?;
    cell.reset();
    call.handout(StatusCode::OK, &cell.read())
}

fn snapshots(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let known = call.tenant()?.snapshots();
    let value = known
        .iter()
        .map(|(id, snapshot)| SnapshotView {
            id: *id,
            name: snapshot.name.clone(),
        })
        .collect();
    Ok(ok(&List { value }))
}

fn snapshot(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let wish: NewSnapshot = call.body()?;
    let name = wish.name.unwrap_or_default();
    let id = call.tenant()?.snapshot(name.clone());
    Ok(Reply::json(StatusCode::CREATED, &SnapshotView { id, name }))
}

fn snapshot_number(call: &ControlCall<'_>) -> Result<u64, ControlError> {
    let text = call.parameter(1);
    text.parse().map_err(|_| no_snapshot(text))
}

fn no_snapshot(name: &str) -> ControlError {
    ControlError::not_found(format!(
        "there is no snapshot {name}; GET the snapshots to see them"
    ))
}

fn restore(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let cell = call.tenant()?;
    if !cell.restore(snapshot_number(call)?) {
        return Err(no_snapshot(call.parameter(1)));
    }
    call.handout(StatusCode::OK, &cell.read())
}

fn forget(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    if call.tenant()?.remove_snapshot(snapshot_number(call)?) {
        Ok(Reply::empty(StatusCode::NO_CONTENT))
    } else {
        Err(no_snapshot(call.parameter(1)))
    }
}

fn get_policies(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    Ok(ok(&policies(&call.tenant()?.read())))
}

fn policies(tenant: &Tenant) -> PoliciesView {
    let state = |user: &User| match user.per_user_mfa {
        PerUserMfa::Disabled => None,
        PerUserMfa::Enabled => Some(PerUserMfaState::Enabled),
        PerUserMfa::Enforced => Some(PerUserMfaState::Enforced),
    };
    PoliciesView {
        security_defaults: tenant.security_defaults,
        per_user_mfa: tenant
            .users
            .iter()
            .filter_map(|user| Some((tenant.principal_name(user), state(user)?)))
            .collect(),
    }
}

fn patch_policies(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let patch: PoliciesPatch = call.body()?;
    let cell = call.tenant()?;
    let now = cell.read().now(call.request.arrived);
    cell.write(|tenant| apply_policies(tenant, &patch, now))?;
    Ok(ok(&policies(&cell.read())))
}

fn apply_policies(
    tenant: &mut Tenant,
    patch: &PoliciesPatch,
    now: Timestamp,
) -> Result<(), ControlError> {
    if let Some(on) = patch.security_defaults {
        if on && tenant.conditional_access.has_enabled_policy() {
            return Err(ControlError::bad_request(
                "a Conditional Access policy is enabled, and a tenant has that or security defaults; disable the policy first",
            ));
        }
        tenant.security_defaults = on;
    }
    for (name, state) in &patch.per_user_mfa {
        let mut user = Arc::unwrap_or_clone(find_user(tenant, name)?);
        let state = match state {
            PerUserMfaState::Disabled => PerUserMfa::Disabled,
            PerUserMfaState::Enabled => PerUserMfa::Enabled,
            PerUserMfaState::Enforced => PerUserMfa::Enforced,
        };
        user.set_per_user_mfa(state, now);
        tenant.users.put(user);
    }
    Ok(())
}

/// A user by account name or sign-in name.
pub(super) fn find_user(tenant: &Tenant, name: &str) -> Result<Arc<User>, ControlError> {
    tenant
        .user_by_sign_in_name(name)
        .or_else(|| tenant.users.by_local_part(name, 0))
        .or_else(|| {
            tenant
                .users
                .by_local_part("pat_fabrikam.example#EXT#", 0)
                .filter(|_| name == "guest")
        })
        .cloned()
        .ok_or_else(|| {
            ControlError::not_found(format!(
                "there is no user {name} in {}",
                tenant.initial_domain()
            ))
        })
}
