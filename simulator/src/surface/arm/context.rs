//! What every handler of Resource Manager takes: the call, who calls, and what they may do.

use std::collections::BTreeSet;

use entrasim_domain::azure::activity_log::ActivityEvent;
use entrasim_domain::id::{KeyId, ObjectId, SubscriptionId};
use entrasim_domain::random::Random;
use entrasim_domain::store::TenantCell;
use entrasim_domain::tenant::Tenant;
use http::StatusCode;
use serde_json::{Map, Value};
use std::sync::Arc;

use super::error::ArmError;
use super::{body, headers};
use crate::bearer::{BearerError, Caller};
use crate::call::Call;
use crate::wire::{Form, Reply};

pub(super) struct Arm<'c, 'a> {
    pub(super) call: &'c Call<'a>,
    pub(super) caller: Caller,
    /// The caller and the groups they are in.
    pub(super) principals: BTreeSet<ObjectId>,
    pub(super) query: Form,
    /// The tenant as it was when the request came.
    pub(super) tenant: &'c Tenant,
    cell: &'c TenantCell,
}

impl<'c, 'a> Arm<'c, 'a> {
    pub(super) fn new(call: &'c Call<'a>, caller: Caller, query: Form) -> Result<Self, ArmError> {
        let (Some(tenant), Some(cell)) = (call.tenant(), call.cell()) else {
            return Err(ArmError::Unauthenticated(BearerError::Issuer, None));
        };
        Ok(Self {
            principals: tenant.principals_of(caller.object_id),
            call,
            caller,
            query,
            tenant,
            cell,
        })
    }

    pub(super) fn allows(&self, action: &str, scope: &str) -> bool {
        self.tenant.azure.allows(&self.principals, action, scope)
    }

    /// Role-based access control: 403 unless the caller may do this there.
    pub(super) fn authorize(&self, action: &str, scope: &str) -> Result<(), ArmError> {
        if self.allows(action, scope) {
            return Ok(());
        }
        Err(ArmError::AuthorizationFailed {
            client: self.client_name(),
            object_id: self.caller.object_id,
            action: action.to_owned(),
            scope: scope.to_owned(),
        })
    }

    /// How the caller is called in messages: users by their principal name, applications by their client id.
    pub(super) fn client_name(&self) -> String {
        match self.tenant.users.get(self.caller.object_id) {
            Some(user) => self.tenant.principal_name(user),
            None => self.caller.app_id.to_string(),
        }
    }

    /// How the caller is called in the activity log: users by their principal name, applications by their object id.
    fn log_name(&self) -> String {
        match self.tenant.users.get(self.caller.object_id) {
            Some(user) => self.tenant.principal_name(user),
            None => self.caller.object_id.to_string(),
        }
    }

    /// The subscription, if this tenant has it.
    pub(super) fn subscription(&self, id: &str) -> Result<SubscriptionId, ArmError> {
        let subscription: SubscriptionId = id
            .parse()
            .map_err(|_| ArmError::InvalidSubscriptionId(id.to_owned()))?;
        if self.tenant.azure.subscriptions.contains_key(&subscription) {
            return Ok(subscription);
        }
        let elsewhere = self
            .call
            .app
            .store
            .list()
            .into_iter()
            .find(|cell| cell.read().azure.subscriptions.contains_key(&subscription));
        Err(match elsewhere {
            Some(cell) => ArmError::WrongTenant {
                theirs: self.tenant.id,
                owner: cell.id(),
            },
            None => ArmError::SubscriptionNotFound(id.to_owned()),
        })
    }

    /// The body as a JSON object.
    pub(super) fn body(&self) -> Result<Map<String, Value>, ArmError> {
        body::read(&self.call.request.body)
    }

    /// 202: the result of a long operation will be found under the job's name.
    pub(super) fn accepted(&self, subscription: &str, job: &str) -> Reply {
        let version = self.query.get_ignoring_case("api-version");
        let location = format!(
            "{}/subscriptions/{subscription}/operationresults/{job}?api-version={}",
            self.call.request.origin(),
            version.unwrap_or_default(),
        );
        Reply::empty(StatusCode::ACCEPTED)
            .header("location", &location)
            .header("retry-after", "0")
    }

    /// Changes the tenant; nothing is kept if `change` fails.
    pub(super) fn write<T>(
        &self,
        change: impl FnOnce(&mut Tenant) -> Result<T, ArmError>,
    ) -> Result<T, ArmError> {
        self.cell.write(change)
    }

    /// An entry for the activity log: a write (`…/write`), a deletion or an action that came to `status`.
    pub(super) fn event(
        &self,
        operation: &str,
        resource_id: &str,
        status: StatusCode,
    ) -> ActivityEvent {
        ActivityEvent {
            id: self.call.draw(Random::guid),
            correlation_id: headers::correlation_id(self.call),
            at: self.call.now(),
            operation: operation.to_owned(),
            resource_id: resource_id.to_owned(),
            caller: self.log_name(),
            app: self.caller.app_id,
            status_code: match status {
                StatusCode::CREATED => "Created",
                StatusCode::ACCEPTED => "Accepted",
                StatusCode::NO_CONTENT => "NoContent",
                StatusCode::UNAUTHORIZED => "Unauthorized",
                StatusCode::FORBIDDEN => "Forbidden",
                _ => "OK",
            },
            succeeded: status.is_success(),
            subscription: subscription_of(resource_id),
            location: None,
            assignments: Vec::new(),
        }
    }

    /// The event of a policy that records or refuses.
    pub(super) fn policy_event(
        &self,
        kind: PolicyEvent,
        resource_id: &str,
        location: Option<String>,
        assignments: Vec<KeyId>,
    ) -> ActivityEvent {
        let status = match kind {
            PolicyEvent::Audit => StatusCode::OK,
            PolicyEvent::Deny => StatusCode::UNAUTHORIZED,
        };
        ActivityEvent {
            assignments,
            location,
            ..self.event(kind.operation(), resource_id, status)
        }
    }
}

/// What a policy did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum PolicyEvent {
    Audit,
    Deny,
}

impl PolicyEvent {
    /// The operation in the activity log (Microsoft Learn, Azure Policy effects; the second one is assumed).
    pub(super) fn operation(self) -> &'static str {
        match self {
            Self::Audit => "Microsoft.Authorization/policies/audit/action",
            Self::Deny => "Microsoft.Authorization/policies/deny/action",
        }
    }
}

/// Appends to the activity log, which keeps its last ten thousand entries: the real one keeps 90 days.
pub(super) fn log(tenant: &mut Tenant, event: ActivityEvent) {
    const CAPACITY: usize = 10_000;
    let log = &mut tenant.azure.activity_log;
    if log.len() >= CAPACITY {
        log.pop_front();
    }
    log.push_back(Arc::new(event));
}

/// The subscription of a resource id; the nil one for what is above subscriptions.
fn subscription_of(resource_id: &str) -> SubscriptionId {
    let mut segments = resource_id.split('/').filter(|part| !part.is_empty());
    match (segments.next(), segments.next()) {
        (Some(head), Some(id)) if head.eq_ignore_ascii_case("subscriptions") => {
            id.parse().unwrap_or(SubscriptionId::from_u128(0))
        }
        _ => SubscriptionId::from_u128(0),
    }
}
