//! `POST /tenants/{tenant}/explain`: what would be decided, what every rule says, and what would let it pass; and the same for a
//! past request, `GET /journal/{request_id}/explain`.

use std::sync::Arc;

use entrasim_domain::azure::policy::MfaAssignment;
use entrasim_domain::catalogue::{self, AZURE_RESOURCE_MANAGER};
use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::facts::Target;
use entrasim_domain::enforcement::{
    Decision, Operation, Policies, Remedy, Stage, decide, remedies,
};
use entrasim_domain::id::AppId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::attempt::SignInAttempt;
use entrasim_domain::time::Timestamp;
use http::{Method, StatusCode};

use super::model::{Attempt, AttemptOperation, DecisionView};
use super::tenants::find_user;
use super::{ControlCall, ControlError, Route, journal, ok, openapi};
use crate::issue::resource::Resource;
use crate::wire::Reply;

mod attempt;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route {
            method: Method::POST,
            path: "/tenants/{tenant}/explain",
            summary: "What would be decided on an attempt, and what every rule says",
            request: Some(openapi::of::<Attempt>),
            response: (StatusCode::OK, Some(openapi::of::<DecisionView>)),
            handler: explain,
        },
        Route {
            method: Method::GET,
            path: "/journal/{request_id}/explain",
            summary: "The decision on a past request, and what would let it pass by the policies of now",
            request: None,
            response: (StatusCode::OK, Some(openapi::of::<DecisionView>)),
            handler: explain_request,
        },
    ]
}

fn explain(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let attempt: Attempt = call.body()?;
    let tenant = call.tenant()?.read();
    let (decision, remedies) = decide_attempt(&tenant, &attempt, tenant.now(call.request.arrived))?;
    Ok(ok(&DecisionView::with_remedies(&decision, &remedies)))
}

/// A past request is not decided again; what would let it pass is, at its own instant.
fn explain_request(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let entry = journal::entry(call)?;
    let decision = entry.decision.as_ref().ok_or_else(|| {
        ControlError::not_found(format!(
            "nothing was decided about request {}",
            entry.request_id
        ))
    })?;
    let tenant = entry.tenant.and_then(|tenant| call.app.store.get(tenant));
    let found = match (&decision.refused, tenant) {
        (Some(facts), Some(tenant)) => {
            let tenant = tenant.read();
            let assignments = assignments(&tenant);
            let policies = Policies {
                mfa_assignments: &assignments,
                ..tenant.sign_in_policies()
            };
            remedies(facts, &policies, entry.at)
        }
        _ => Vec::new(),
    };
    Ok(ok(&DecisionView::with_remedies(decision, &found)))
}

fn assignments(tenant: &Tenant) -> Vec<MfaAssignment> {
    let assignments = tenant.azure.policy_assignments.values();
    assignments
        .map(|assignment| (**assignment).clone())
        .collect()
}

/// Decides a described attempt at `now`, or at the instant that it names, from the facts that the sign-in asks for.
fn decide_attempt(
    tenant: &Tenant,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<(Decision, Vec<Remedy>), ControlError> {
    let now = attempt::instant(attempt.at.as_deref())?.unwrap_or(now);
    let subject = subject(tenant, attempt)?;
    let resource = resource(tenant, attempt.resource.as_deref().unwrap_or("arm"))?;
    let (stage, operation) = operation(tenant, attempt.operation);
    if stage == Stage::ResourceManager && resource != AZURE_RESOURCE_MANAGER {
        return Err(ControlError::bad_request(
            "operations other than sign-in are decided for the resource `arm` only",
        ));
    }
    let named = || client(tenant, attempt.client.as_deref().unwrap_or("azure-cli"));
    let (user, client) = match &subject {
        Subject::User(user) => (Some(&**user), named()?),
        Subject::App(app) => (None, *app),
        Subject::ManagedIdentity => (None, named()?),
    };
    let described = SignInAttempt {
        user,
        client,
        resource,
        authentication: attempt::authentication(attempt, user.is_some(), now)?,
        demanded_contexts: attempt.demanded.clone(),
        demanded_methods: attempt::methods(&attempt.demanded_methods)?,
        password_changed: false,
        circumstances: attempt::circumstances(attempt, tenant, user, client)?,
    };
    let mut facts = tenant.sign_in_facts(described, now);
    facts.stage = stage;
    facts.operation = operation;
    if let (Some(user), Some(risk)) = (&mut facts.user, attempt.user_risk) {
        user.risk = risk.into();
    }
    if matches!(subject, Subject::ManagedIdentity) {
        facts.workload = None;
    }
    let assignments = assignments(tenant);
    let policies = Policies {
        mfa_assignments: &assignments,
        ..tenant.sign_in_policies()
    };
    let remedies = remedies(&facts, &policies, now);
    Ok((decide(&facts, &policies, now), remedies))
}

/// Who tries.
enum Subject {
    User(Arc<User>),
    App(AppId),
    /// No Conditional Access policy is about them.
    ManagedIdentity,
}

fn subject(tenant: &Tenant, attempt: &Attempt) -> Result<Subject, ControlError> {
    match (&attempt.user, &attempt.app, &attempt.managed_identity) {
        (Some(name), None, None) => Ok(Subject::User(find_user(tenant, name)?)),
        (None, Some(name), None) => tenant
            .applications
            .values()
            .find(|app| app.display_name == *name || app.app_id.to_string() == *name)
            .map(|app| Subject::App(app.app_id))
            .ok_or_else(|| ControlError::not_found(format!("there is no app {name}"))),
        (None, None, Some(_)) => Ok(Subject::ManagedIdentity),
        _ => Err(ControlError::bad_request(
            "name exactly one of `user`, `app` and `managed_identity`",
        )),
    }
}

fn client(tenant: &Tenant, name: &str) -> Result<AppId, ControlError> {
    if let Some(app) = catalogue::first_party_app_by_alias(name) {
        return Ok(app.id);
    }
    let by_name = tenant
        .applications
        .values()
        .find(|app| app.display_name == name)
        .map(|app| app.app_id);
    by_name.or_else(|| name.parse().ok()).ok_or_else(|| {
        let known: Vec<&str> = catalogue::first_party_apps()
            .iter()
            .map(|app| app.alias.as_str())
            .collect();
        ControlError::bad_request(format!(
            "`{name}` is no client; give a client id or one of {}",
            known.join(", ")
        ))
    })
}

fn resource(tenant: &Tenant, name: &str) -> Result<AppId, ControlError> {
    // Signing in to a portal is about the portal's client; its own resource is Resource Manager.
    let name = if name == "portal" { "arm" } else { name };
    catalogue::first_party_app_by_alias(name)
        .map(|app| app.id)
        .or_else(|| Resource::find(tenant, name, "").map(|resource| resource.app_id))
        .ok_or_else(|| {
            ControlError::bad_request(format!("`{name}` is no resource that this tenant knows"))
        })
}

fn operation(tenant: &Tenant, operation: AttemptOperation) -> (Stage, Operation) {
    let subscription = tenant
        .azure
        .subscriptions
        .keys()
        .next()
        .map(ToString::to_string)
        .unwrap_or_default();
    let target = || Target {
        resource_id: format!("/subscriptions/{subscription}/resourceGroups/any"),
        location: None,
    };
    match operation {
        AttemptOperation::SignIn => (Stage::SignIn, Operation::SignIn),
        AttemptOperation::Read => (Stage::ResourceManager, Operation::Read),
        AttemptOperation::CreateOrUpdate => {
            (Stage::ResourceManager, Operation::CreateOrUpdate(target()))
        }
        AttemptOperation::Delete => (Stage::ResourceManager, Operation::Delete(target())),
        AttemptOperation::Action => (Stage::ResourceManager, Operation::Action(target())),
    }
}
