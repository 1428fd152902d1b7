//! The tenant's own assignments of the two built-in MFA definitions: the rehearsal of Phase 2.

use super::phase2::lacks_multifactor;
use super::{Evidence, Rule, not_applicable, passed};
use crate::azure::policy::{MfaDefinition, MfaEffect};
use crate::enforcement::decision::{Denial, Outcome, Verdict};
use crate::enforcement::facts::{Facts, Operation, Policies, Stage, Target};
use crate::id::KeyId;
use crate::time::Timestamp;

const SOURCE: &str = "Azure/azure-policy General/MFA_Deny.json and MFA_DenyAction.json 1.1.0; \
    MicrosoftDocs/azure-docs governance/policy/tutorials/mfa-enforcement.md";
const FIX: &str = "Pass multifactor authentication or use a workload identity; or set the assignment's effect to Audit.";

pub(super) const WRITE: Rule = Rule {
    id: "policy.arm-write",
    stage: Stage::ResourceManager,
    title: "The tenant's own policy: multifactor authentication to create or update resources",
    effect: "audit or deny",
    code: "RequestDisallowedByPolicy",
    source: SOURCE,
    evidence: Evidence::Confirmed,
    fix: FIX,
    evaluate: write,
};

pub(super) const DELETE: Rule = Rule {
    id: "policy.arm-delete",
    stage: Stage::ResourceManager,
    title: "The tenant's own policy: multifactor authentication to delete resources",
    effect: "audit or deny",
    code: "RequestDisallowedByPolicy",
    source: SOURCE,
    evidence: Evidence::Confirmed,
    fix: FIX,
    evaluate: delete,
};

fn write(facts: &Facts, policies: &Policies<'_>, _: Timestamp) -> (Verdict, String) {
    match &facts.operation {
        Operation::CreateOrUpdate(target) => {
            gate(facts, policies, MfaDefinition::CreateOrUpdate, target)
        }
        _ => not_applicable("The request creates and updates nothing."),
    }
}

fn delete(facts: &Facts, policies: &Policies<'_>, _: Timestamp) -> (Verdict, String) {
    match &facts.operation {
        Operation::Delete(target) => gate(facts, policies, MfaDefinition::Delete, target),
        _ => not_applicable("The request deletes nothing."),
    }
}

fn gate(
    facts: &Facts,
    policies: &Policies<'_>,
    definition: MfaDefinition,
    target: &Target,
) -> (Verdict, String) {
    let assigned: Vec<_> = policies
        .mfa_assignments
        .iter()
        .filter(|assignment| assignment.definition == definition && assignment.covers(target))
        .collect();
    let with = |effect: MfaEffect| -> Vec<KeyId> {
        assigned
            .iter()
            .filter(|a| a.effect(target) == effect)
            .map(|a| a.id)
            .collect()
    };
    let (denying, auditing) = (with(MfaEffect::Deny), with(MfaEffect::Audit));
    if denying.is_empty() && auditing.is_empty() {
        return not_applicable("No assignment of the definition covers the resource.");
    }
    match lacks_multifactor(facts) {
        Err(because) => passed(because),
        Ok(because) if denying.is_empty() => (Verdict::Audited(auditing), because),
        Ok(because) => (
            Verdict::Fired(Outcome::Deny(Denial::MfaRequiredByAssignments(denying))),
            because,
        ),
    }
}
