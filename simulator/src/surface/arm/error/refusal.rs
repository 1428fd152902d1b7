//! What the multifactor gate refused, in Azure Policy's words and in Microsoft's.

use std::sync::Arc;

use entrasim_domain::azure::policy::{MfaAssignment, MfaEffect};
use entrasim_domain::enforcement::Decision;
use serde_json::{Value, json};

use crate::surface::arm::policy_definitions;

/// What the multifactor gate refused.
#[derive(Debug)]
pub(in crate::surface::arm) struct Refusal {
    /// The last segment of the resource id.
    pub(in crate::surface::arm) resource_name: String,
    pub(in crate::surface::arm) decision: Arc<Decision>,
    /// The tenant's own assignments that object; none when it is Microsoft's enforcement.
    pub(in crate::surface::arm) assignments: Vec<MfaAssignment>,
    /// Whether the challenge bears the claims.
    pub(in crate::surface::arm) with_claims: bool,
}

impl Refusal {
    pub(super) fn message(&self) -> String {
        let name = &self.resource_name;
        if self.assignments.is_empty() {
            return format!(
                "Resource '{name}' was disallowed by Azure: You are receiving this error because you tried to create, update or delete Azure resources without authenticating through MFA. User accounts must be authenticated through MFA to manage your resources. To resolve this error, go to https://aka.ms/MFAforAzure."
            );
        }
        let reasons: Vec<String> = self
            .assignments
            .iter()
            .filter_map(|assignment| assignment.non_compliance_message.as_ref())
            .map(|text| format!("'{text}'"))
            .collect();
        if !reasons.is_empty() {
            return format!(
                "Resource '{name}' was disallowed by policy. Reasons: {}. See error details for policy resource IDs.",
                reasons.join(", ")
            );
        }
        let identifiers: Vec<Value> = self.assignments.iter().map(identifiers).collect();
        format!(
            "Resource '{name}' was disallowed by policy. Policy identifiers: '{}'.",
            Value::Array(identifiers)
        )
    }
}

fn identifiers(assignment: &MfaAssignment) -> Value {
    let definition = assignment.definition;
    json!({
        "policyAssignment": {
            "name": assignment.display_name.as_ref().unwrap_or(&assignment.name),
            "id": assignment.resource_id,
        },
        "policyDefinition": {
            "name": definition.display_name(),
            "id": policy_definitions::resource_id(definition),
        },
    })
}

/// One item of `additionalInfo` (members as in recorded policy denials, Azure/azure-cli and Azure Automation issues).
pub(super) fn violation(assignment: &MfaAssignment) -> Value {
    let definition = assignment.definition;
    let parameters = assignment
        .body
        .get("properties")
        .and_then(|properties| properties.get("parameters"))
        .cloned()
        .unwrap_or_else(|| json!({}));
    json!({
        "type": "PolicyViolation",
        "info": {
            "policyDefinitionDisplayName": definition.display_name(),
            "policyDefinitionId": policy_definitions::resource_id(definition),
            "policyDefinitionName": definition.id().to_string(),
            "policyDefinitionEffect": definition.effect_name(MfaEffect::Deny),
            "policyAssignmentId": assignment.resource_id,
            "policyAssignmentName": assignment.name,
            "policyAssignmentDisplayName": assignment.display_name.clone().unwrap_or_default(),
            "policyAssignmentScope": assignment.scope,
            "policyAssignmentParameters": parameters,
        },
    })
}
