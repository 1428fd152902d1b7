//! Phase 2: changing Azure resources. The rule reads claims; who passes, passes because of them.

use super::phase1::starts_later;
use super::{Evidence, Rule, not_applicable, passed};
use crate::enforcement::decision::{Denial, Outcome, Verdict};
use crate::enforcement::facts::{Amr, Facts, IdentityType, Operation, Policies, Stage};
use crate::enforcement::phase::PhaseName;
use crate::enforcement::rules::claims::MANDATE_CONTEXT;
use crate::time::Timestamp;

const SOURCE: &str = "MicrosoftDocs/entra-docs concept-mandatory-multifactor-authentication.md, 2026-04-03; \
    Azure/azure-policy General/MFA_Deny.json and MFA_DenyAction.json 1.1.0; Azure/azure-sdk-for-python#41739";
const FIX: &str = "Scripts: sign in as a service principal, with a federated credential, or with a managed identity. \
    People: az login --claims-challenge and pass multifactor authentication.";

pub(super) const WRITE: Rule = Rule {
    id: "phase2.arm-write",
    stage: Stage::ResourceManager,
    title: "Phase 2: users must have passed multifactor authentication to create or update Azure resources",
    effect: "deny",
    code: "RequestDisallowedByAzure",
    source: SOURCE,
    evidence: Evidence::Confirmed,
    fix: FIX,
    evaluate: write,
};

pub(super) const DELETE: Rule = Rule {
    id: "phase2.arm-delete",
    stage: Stage::ResourceManager,
    title: "Phase 2: users must have passed multifactor authentication to delete Azure resources",
    effect: "deny",
    code: "RequestDisallowedByAzure",
    source: SOURCE,
    evidence: Evidence::Confirmed,
    fix: FIX,
    evaluate: delete,
};

fn write(facts: &Facts, policies: &Policies<'_>, now: Timestamp) -> (Verdict, String) {
    if !matches!(facts.operation, Operation::CreateOrUpdate(_)) {
        return not_applicable("The request creates and updates nothing.");
    }
    gate(facts, policies, now)
}

fn delete(facts: &Facts, policies: &Policies<'_>, now: Timestamp) -> (Verdict, String) {
    if !matches!(facts.operation, Operation::Delete(_)) {
        return not_applicable("The request deletes nothing.");
    }
    gate(facts, policies, now)
}

fn gate(facts: &Facts, policies: &Policies<'_>, now: Timestamp) -> (Verdict, String) {
    if !policies.enforcement.is_active(PhaseName::Phase2, now) {
        return passed(starts_later(policies, PhaseName::Phase2));
    }
    match lacks_multifactor(facts) {
        Err(because) => passed(because),
        Ok(because) => (
            Verdict::Fired(Outcome::Deny(Denial::MfaRequiredByMicrosoft)),
            because,
        ),
    }
}

/// The condition of the built-in definitions, version 1.1.0: `Ok` when it holds and the effect fires. Both say why.
///
/// Only the literal `mfa` counts: `ngcmfa` is not tested by the definition.
pub(super) fn lacks_multifactor(facts: &Facts) -> Result<String, String> {
    match facts.identity {
        None => {
            return Err(
                "The token carries no idtyp claim, which the definition demands.".to_owned(),
            );
        }
        Some(IdentityType::App) => {
            return Err(
                "idtyp is app: workload identities are not bound by the mandate.".to_owned(),
            );
        }
        Some(IdentityType::User) => {}
    }
    if facts.authentication.methods.contains(&Amr::Mfa) {
        return Err("amr contains mfa.".to_owned());
    }
    if facts
        .authentication
        .contexts
        .iter()
        .any(|context| context == MANDATE_CONTEXT)
    {
        return Err("acrs contains p1.".to_owned());
    }
    let methods: Vec<&str> = facts
        .authentication
        .methods
        .iter()
        .map(|amr| amr.as_str())
        .collect();
    Ok(format!(
        "idtyp is user, amr is [{}] without mfa, and acrs lacks p1.",
        methods.join(", ")
    ))
}
