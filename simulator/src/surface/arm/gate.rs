//! The gate before every change: role-based access control and mandatory multifactor authentication.

use entrasim_domain::azure::activity_log::ActivityEvent;
use entrasim_domain::azure::policy::MfaAssignment;
use entrasim_domain::catalogue::AZURE_RESOURCE_MANAGER;
use entrasim_domain::enforcement::decide;
use entrasim_domain::enforcement::decision::{Decision, Denial, Outcome};
use entrasim_domain::enforcement::facts::{
    Circumstances, Facts, Operation, Policies, Stage, Target,
};

use super::context::{Arm, PolicyEvent, log};
use super::error::{ArmError, Refusal};

/// One change that a request would make. A deployment makes several.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// `Microsoft.Storage/storageAccounts/write`
    pub(super) action: String,
    pub(super) resource_id: String,
    pub(super) location: Option<String>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Write,
    Delete,
    Action,
}

impl Change {
    pub(super) fn write(action: &str, resource_id: &str, location: Option<&str>) -> Self {
        Self {
            action: action.to_owned(),
            resource_id: resource_id.to_owned(),
            location: location.map(str::to_owned),
            kind: Kind::Write,
        }
    }

    pub(super) fn delete(action: &str, resource_id: &str, location: Option<&str>) -> Self {
        Self {
            kind: Kind::Delete,
            ..Self::write(action, resource_id, location)
        }
    }

    /// A POST such as `register`: role-based access control applies, the mandate does not.
    pub(super) fn action(action: &str, resource_id: &str) -> Self {
        Self {
            kind: Kind::Action,
            ..Self::write(action, resource_id, None)
        }
    }

    fn operation(&self) -> Operation {
        let target = Target {
            resource_id: self.resource_id.clone(),
            location: self.location.clone(),
        };
        match self.kind {
            Kind::Write => Operation::CreateOrUpdate(target),
            Kind::Delete => Operation::Delete(target),
            Kind::Action => Operation::Action(target),
        }
    }
}

impl Arm<'_, '_> {
    /// Lets the changes pass or refuses them all; gives the events that auditing policies leave behind.
    ///
    /// Which of the two checks comes first in the real service is not documented: `rbac_before_mfa` decides.
    pub(super) fn permit(&self, changes: &[Change]) -> Result<Vec<ActivityEvent>, ArmError> {
        let authorize = || {
            changes
                .iter()
                .try_for_each(|change| self.authorize(&change.action, &change.resource_id))
        };
        if self.tenant.knobs.rbac_before_mfa {
            authorize()?;
            self.multifactor(changes)
        } else {
            let audits = self.multifactor(changes)?;
            authorize()?;
            Ok(audits)
        }
    }

    /// Only the second of the two checks.
    pub(super) fn multifactor(&self, changes: &[Change]) -> Result<Vec<ActivityEvent>, ArmError> {
        let assignments: Vec<MfaAssignment> = self
            .tenant
            .azure
            .policy_assignments
            .values()
            .map(|assignment| MfaAssignment::clone(assignment))
            .collect();
        let mut audits = Vec::new();
        for change in changes {
            let decision = self.decide(change, &assignments);
            let decision = self.call.record_decision(decision);
            if decision.outcome != Outcome::Grant {
                self.log_denial(change, &decision)?;
                return Err(self.refusal(change, decision, &assignments));
            }
            let spoke: Vec<_> = decision.audits().copied().collect();
            if !spoke.is_empty() {
                let location = change.location.clone();
                audits.push(self.policy_event(
                    PolicyEvent::Audit,
                    &change.resource_id,
                    location,
                    spoke,
                ));
            }
        }
        Ok(audits)
    }

    /// Only the token speaks: the built-in definitions read its claims and nothing of the directory.
    fn decide(&self, change: &Change, assignments: &[MfaAssignment]) -> Decision {
        let facts = Facts {
            stage: Stage::ResourceManager,
            identity: self.caller.identity,
            user: None,
            client: self.caller.app_id,
            resource: AZURE_RESOURCE_MANAGER,
            authentication: self.caller.authentication.clone(),
            operation: change.operation(),
            demanded_contexts: Vec::new(),
            workload: None,
            password_changed: false,
            demanded_methods: Vec::new(),
            circumstances: Circumstances::default(),
        };
        let policies = Policies {
            enforcement: &self.tenant.enforcement,
            security_defaults: self.tenant.security_defaults,
            mfa_assignments: assignments,
            conditional_access: &self.tenant.conditional_access,
            rules: self.tenant.rules,
        };
        decide(&facts, &policies, self.call.now())
    }

    /// What the tenant's own policies refuse is in the activity log too.
    fn log_denial(&self, change: &Change, decision: &Decision) -> Result<(), ArmError> {
        let Outcome::Deny(Denial::MfaRequiredByAssignments(ids)) = &decision.outcome else {
            return Ok(());
        };
        let event = self.policy_event(
            PolicyEvent::Deny,
            &change.resource_id,
            change.location.clone(),
            ids.clone(),
        );
        self.write(|tenant| {
            log(tenant, event);
            Ok(())
        })
    }

    fn refusal(
        &self,
        change: &Change,
        decision: std::sync::Arc<Decision>,
        assignments: &[MfaAssignment],
    ) -> ArmError {
        let objecting = match &decision.outcome {
            Outcome::Deny(Denial::MfaRequiredByAssignments(ids)) => assignments
                .iter()
                .filter(|assignment| ids.contains(&assignment.id))
                .cloned()
                .collect(),
            _ => Vec::new(),
        };
        let name = change.resource_id.rsplit('/').next().unwrap_or_default();
        ArmError::MfaRequired(Box::new(Refusal {
            resource_name: name.to_owned(),
            decision,
            assignments: objecting,
            with_claims: !self.tenant.knobs.claims_only_for_cp1 || self.caller.handles_challenges,
        }))
    }
}
