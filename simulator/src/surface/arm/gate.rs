//! The gate: what changes Azure resources is put before `decide`, and a refusal becomes a 401 with a claims challenge.
//!
//! Status, header and body: Azure/azure-sdk-for-python#41739; messages: Microsoft's Japanese identity support blog (2025-08-25)
//! for assignments, public fixtures for Microsoft's own enforcement.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entrasim_domain::azure::activity_log::ActivityEvent;
use entrasim_domain::azure::policy::MfaAssignment;
use entrasim_domain::catalogue::AZURE_RESOURCE_MANAGER;
use entrasim_domain::enforcement::facts::Target;
use entrasim_domain::enforcement::{Denial, Facts, Operation, Outcome, Policies, Stage, decide};
use entrasim_domain::id::KeyId;
use http::StatusCode;
use serde_json::{Value, json};

use super::Arm;
use super::error::ArmError;
use crate::origins;

/// `RequestDisallowedByAzure`, as quoted in public fixtures.
const MICROSOFT_SAYS: &str = "You are receiving this error because you tried to create, update or delete Azure resources without authenticating through MFA. User accounts must be authenticated through MFA to manage your resources. To resolve this error, go to https://aka.ms/MFAforAzure.";
/// The claims that pass the gate, a constant.
const CLAIMS: &str = r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}"#;

impl Arm<'_> {
    /// Authorization and the gate for a change of one resource, in the order that the tenant's knob says.
    pub(super) fn may_change(&self, operation: &str, change: Operation) -> Result<(), ArmError> {
        let resource_id = match &change {
            Operation::CreateOrUpdate(target)
            | Operation::Delete(target)
            | Operation::Action(target) => target.resource_id.clone(),
            Operation::Read | Operation::SignIn => String::new(),
        };
        if self.tenant.knobs.rbac_before_mfa {
            self.authorize(operation, &resource_id)?;
            self.gate(change, &resource_id)
        } else {
            self.gate(change, &resource_id)?;
            self.authorize(operation, &resource_id)
        }
    }

    fn gate(&self, operation: Operation, resource_id: &str) -> Result<(), ArmError> {
        let assignments: Vec<MfaAssignment> = self
            .tenant
            .azure
            .policy_assignments
            .values()
            .map(|a| MfaAssignment::clone(a))
            .collect();
        let facts = Facts {
            stage: Stage::ResourceManager,
            identity: self.caller.identity,
            user: None,
            client: self.caller.app_id,
            resource: AZURE_RESOURCE_MANAGER,
            authentication: self.caller.authentication.clone(),
            operation,
            demanded_contexts: Vec::new(),
        };
        let policies = Policies {
            enforcement: &self.tenant.enforcement,
            security_defaults: self.tenant.security_defaults,
            mfa_assignments: &assignments,
        };
        let decision = self
            .call
            .record_decision(decide(&facts, &policies, self.call.now()));
        let audits: Vec<KeyId> = decision.audits().copied().collect();
        if !audits.is_empty() {
            self.log_policy_event(AUDIT, resource_id, audits)?;
        }
        let name = resource_id.rsplit('/').next().unwrap_or_default();
        match &decision.outcome {
            Outcome::Deny(Denial::MfaRequiredByMicrosoft) => {
                let message =
                    format!("Resource '{name}' was disallowed by Azure: {MICROSOFT_SAYS}");
                Err(self.refusal("RequestDisallowedByAzure", message, name))
            }
            Outcome::Deny(Denial::MfaRequiredByAssignments(ids)) => {
                self.log_policy_event(DENY, resource_id, ids.clone())?;
                Err(self.refused_by(&assignments, ids, resource_id, name))
            }
            Outcome::Grant | Outcome::Interrupt(_) | Outcome::Deny(Denial::AccountDisabled) => {
                Ok(())
            }
        }
    }

    fn refusal(&self, code: &str, message: String, name: &str) -> ArmError {
        let claims = if self.tenant.knobs.claims_only_for_cp1 && !self.caller.handles_challenges {
            String::new()
        } else {
            format!(", claims=\"{}\"", STANDARD.encode(CLAIMS))
        };
        let authority = origins::COMMON_AUTHORIZE;
        ArmError::new(StatusCode::UNAUTHORIZED, code, message).with_target(name).with_challenge(format!(
            "Bearer realm=\"\", authorization_uri=\"{authority}\", error=\"insufficient_claims\"{claims}"
        ))
    }

    fn refused_by(
        &self,
        all: &[MfaAssignment],
        ids: &[KeyId],
        resource_id: &str,
        name: &str,
    ) -> ArmError {
        let denying: Vec<&MfaAssignment> = all
            .iter()
            .filter(|assignment| ids.contains(&assignment.id))
            .collect();
        let reason = denying
            .iter()
            .find_map(|assignment| assignment.non_compliance_message.as_deref());
        let message = if let Some(text) = reason {
            format!(
                "Resource '{name}' was disallowed by policy. Reasons: '{text}'. See error details for policy resource IDs."
            )
        } else {
            let identifiers: Vec<Value> = denying
                .iter()
                .map(|assignment| identifiers(assignment))
                .collect();
            let identifiers = Value::from(identifiers);
            format!(
                "Resource '{name}' was disallowed by policy. Policy identifiers: '{identifiers}'."
            )
        };
        let target = Target {
            resource_id: resource_id.to_owned(),
            location: None,
        };
        denying.iter().fold(
            self.refusal("RequestDisallowedByPolicy", message, name),
            |error, assignment| error.with_info(violation(assignment, &target)),
        )
    }

    /// Appends the event that a policy spoke about a request.
    fn log_policy_event(
        &self,
        operation: &str,
        resource_id: &str,
        assignments: Vec<KeyId>,
    ) -> Result<(), ArmError> {
        self.log(operation, resource_id, operation == AUDIT, assignments)
    }

    /// Appends an event to the activity log.
    pub(super) fn log(
        &self,
        operation: &str,
        resource_id: &str,
        succeeded: bool,
        assignments: Vec<KeyId>,
    ) -> Result<(), ArmError> {
        let event = ActivityEvent {
            id: self.call.draw(entrasim_domain::random::Random::guid),
            correlation_id: self.call.id(),
            at: self.call.now(),
            operation: operation.to_owned(),
            resource_id: resource_id.to_owned(),
            caller: self.caller_name(),
            succeeded,
            assignments,
        };
        self.change(|tenant| {
            // The newest ten thousand events are enough for any test and keep a long run small.
            if tenant.azure.activity_log.len() >= 10_000 {
                tenant.azure.activity_log.pop_front();
            }
            tenant.azure.activity_log.push_back(Arc::new(event));
            Ok(())
        })
    }
}

pub(super) const AUDIT: &str = "Microsoft.Authorization/policies/audit/action";
const DENY: &str = "Microsoft.Authorization/policies/deny/action";

fn definition_id(assignment: &MfaAssignment) -> String {
    format!(
        "/providers/Microsoft.Authorization/policyDefinitions/{}",
        assignment.definition.id()
    )
}

fn identifiers(assignment: &MfaAssignment) -> Value {
    json!({
        "policyAssignment": {"name": assignment.display_name.as_deref().unwrap_or(&assignment.name), "id": assignment.resource_id},
        "policyDefinition": {"name": assignment.definition.display_name(), "id": definition_id(assignment)},
    })
}

fn violation(assignment: &MfaAssignment, target: &Target) -> Value {
    json!({"type": "PolicyViolation", "info": {
        "policyDefinitionDisplayName": assignment.definition.display_name(),
        "policyDefinitionId": definition_id(assignment),
        "policyDefinitionName": assignment.definition.id().to_string(),
        "policyDefinitionEffect": assignment.definition.effect_name(assignment.effect(target)),
        "policyAssignmentId": assignment.resource_id,
        "policyAssignmentName": assignment.name,
        "policyAssignmentDisplayName": assignment.display_name,
        "policyAssignmentScope": assignment.scope,
    }})
}
