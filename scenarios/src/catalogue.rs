//! The shipped scenarios, compiled in.

/// Names to names and texts.
macro_rules! shipped {
    ($($name:literal,)*) => {
        &[$(($name, include_str!(concat!("../catalogue/", $name, ".yaml"))),)*]
    };
}

/// Name and text of every shipped scenario, in the order in which they are told.
pub const SHIPPED: &[(&str, &str)] = shipped![
    "phase2/password-pipeline",
    "phase2/developer-without-mfa",
    "phase2/second-factor",
    "phase2/postponed",
    "phase1/disabled-account",
    "phase1/fido2-is-not-offered",
    "phase1/session-of-yesterday",
    "phase1/student",
    "phase1/three-portals",
    "break-glass/a-profile-for-administrators",
    "break-glass/attested-only",
    "break-glass/defective-keys",
    "break-glass/exclusion-does-not-help",
    "break-glass/expired-pass",
    "break-glass/guest-is-no-break-glass",
    "break-glass/lost-key",
    "break-glass/models-on-a-list",
    "break-glass/one-key-for-two-accounts",
    "break-glass/pass-to-passkey",
    "break-glass/pass-to-passkey-in-security-info",
    "break-glass/phase1-arrives",
    "break-glass/quarterly-check",
    "break-glass/revoked-model",
    "clients/agents-toolkit-provision",
    "clients/azd-up",
    "clients/developer-credential-of-an-sdk",
    "clients/device-code-on-a-server",
    "clients/mobile-app",
    "clients/old-cli-misleading-text",
    "clients/old-powershell-swallows",
    "clients/second-plain-login",
    "clients/terraform-plan-and-apply",
    "clients/vs-code-without-capabilities",
    "pipelines/ansible-user",
    "pipelines/automation-runbook",
    "pipelines/intermittent-agents",
    "pipelines/loop-over-midnight",
    "pipelines/powershell-with-credential",
    "pipelines/role-assignment-clean-up",
    "pipelines/sdk-live-tests",
    "pipelines/small-tenant",
    "pipelines/ui-test-user",
    "pipelines/validate-is-refused-too",
    "workload/graph-is-not-bound",
    "workload/least-rights",
    "workload/managed-identity",
    "workload/service-principal",
    "rehearsal/deny-deletion",
    "rehearsal/disabled-assignment",
    "rehearsal/one-region-first",
    "rehearsal/override-audit-to-deny",
    "rehearsal/own-policy",
    "postponement/break-glass-until-the-date",
    "postponement/last-day",
    "postponement/locked-out-of-the-portal",
    "postponement/phase1-carries-phase2",
    "security-defaults/administrators-everywhere",
    "security-defaults/legacy-protocols",
    "security-defaults/or-conditional-access",
    "conditional-access/admin-portals",
    "conditional-access/authentication-context",
    "conditional-access/blocked-country",
    "conditional-access/compliant-device",
    "conditional-access/device-code-flow",
    "conditional-access/device-platform",
    "conditional-access/fresh-second-factor",
    "conditional-access/legacy-authentication",
    "conditional-access/mfa-for-administrators",
    "conditional-access/mfa-for-all",
    "conditional-access/phishing-resistant-strength",
    "conditional-access/registration-from-the-office",
    "conditional-access/report-only",
    "conditional-access/second-factor-every-time",
    "conditional-access/sign-in-frequency",
    "conditional-access/sign-in-risk",
    "conditional-access/strength-and-temporary-access-pass",
    "conditional-access/user-risk",
    "methods/one-address-only",
    "methods/security-info-wants-a-fresh-second-factor",
    "methods/self-service-is-off",
    "methods/allowed-for-one-group",
    "methods/break-glass-pass",
    "methods/deleted-by-mistake",
    "methods/hardware-token",
    "methods/mfa-report",
    "methods/one-time-pass-used-up",
    "methods/own-methods-through-graph",
    "methods/pass-for-some-users-only",
    "methods/pass-life",
    "methods/password-only-new-account",
    "methods/per-user-mfa-becomes-enforced",
    "methods/policies-for-service-accounts",
    "methods/reported-prompt",
    "methods/revoke-and-register-again",
    "methods/telephone-call",
    "methods/text-messages-switched-off",
    "guests/home-mfa-is-trusted",
    "guests/policy-for-guests",
];

/// Steps that shipped scenarios share, by the path that leads to them from the catalogue's root (`shared/name.yaml`).
pub const SHARED: &[(&str, &str)] = &[];

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_saphyr::Spanned;

    use super::*;
    use crate::language::model::{HttpCall, Scenario, Step};
    use crate::language::parse::parse;

    #[test]
    fn the_list_is_the_folder_and_every_scenario_reads() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/catalogue");
        let mut files = Vec::new();
        for area in std::fs::read_dir(root).unwrap() {
            let area = area.unwrap();
            for file in std::fs::read_dir(area.path()).unwrap() {
                let name = file.unwrap().file_name().into_string().unwrap();
                let area = area.file_name().into_string().unwrap();
                files.push(format!("{area}/{}", name.trim_end_matches(".yaml")));
            }
        }
        files.sort();
        let mut listed: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        listed.sort_unstable();
        assert_eq!(listed, files);
        for (name, text) in SHIPPED {
            parse(name, text).unwrap();
        }
    }

    fn scenarios() -> Vec<(&'static str, Scenario)> {
        let read = |(name, text): &(&'static str, &str)| (*name, parse(name, text).unwrap());
        SHIPPED.iter().map(read).collect()
    }

    /// What a step does and what is expected of it, without titles, dates, and names that are the file's own.
    fn mechanism(step: &Step) -> String {
        let verb = |call: &Spanned<HttpCall>| {
            let (verb, path) = call.value.verbs()[0];
            // Resource groups and ids are the file's own; what is addressed is not.
            let last = path.split('?').next().unwrap().rsplit('/').nth(1);
            format!("{verb} {}", last.unwrap_or_default())
        };
        let sign_in = step.sign_in.as_ref().map(|wish| {
            let wish = &wish.value;
            let proofs = (wish.proofs(), wish.device_code == Some(true));
            format!(
                "{proofs:?} {:?} {:?} {:?}",
                wish.mfa, wish.claims, wish.resource
            )
        });
        let expect = step.expect.as_ref().map(|expect| {
            let text =
                |said: &Option<Spanned<String>>| said.as_ref().map(|said| said.value.clone());
            format!(
                "{:?} {:?} {:?} {:?} {:?}",
                expect
                    .status
                    .as_ref()
                    .map(|status| status.value.to_string()),
                text(&expect.code),
                text(&expect.rule),
                text(&expect.challenge),
                text(&expect.audited),
            )
        });
        format!(
            "{:?} {sign_in:?} {:?} {:?} {} {} {} {} {} {expect:?}",
            step.client.as_ref().map(|client| client.value.as_str()),
            step.arm.as_ref().map(verb),
            step.graph.as_ref().map(verb),
            step.policy.is_some(),
            step.tenant.is_some(),
            step.passkey.is_some(),
            step.circumstances.is_some(),
            step.attempt.is_some(),
        )
    }

    #[test]
    fn no_scenario_is_a_copy_of_another() {
        let mut known = BTreeMap::new();
        for (name, scenario) in scenarios() {
            let steps = scenario.steps.iter().map(|step| mechanism(&step.value));
            let other = known.insert(steps.collect::<Vec<_>>().join("\n"), name);
            assert_eq!(other, None, "{name} does what another one does");
        }
        assert!(known.len() >= 60);
    }

    #[test]
    fn every_scenario_tells_its_source_and_what_breaks_has_a_fix() {
        for (name, scenario) in scenarios() {
            assert!(scenario.source.is_some(), "{name} has no source");
            assert!(scenario.tags.len() > 1, "{name} has too few tags");
            assert!(scenario.about.len() > 80, "{name} tells too little");
            let fixed = scenario.steps.iter().any(|step| step.value.fix.is_some());
            assert!(
                fixed || scenario.rules.is_empty(),
                "{name} breaks something and has no fix"
            );
        }
    }

    #[test]
    fn every_known_breakage_and_every_system_has_a_scenario() {
        const SYSTEMS: [&str; 30] = [
            "azure-portal",
            "entra-admin-center",
            "intune-admin-center",
            "azure-cli",
            "azure-powershell",
            "azure-mobile-app",
            "azure-sdk",
            "vs-code",
            "infrastructure-as-code",
            "terraform",
            "ansible",
            "azd",
            "azure-automation",
            "azure-pipelines",
            "service-principal",
            "managed-identity",
            "app-registration",
            "registration-report",
            "security-info",
            "temporary-access-pass",
            "fido2",
            "authenticator",
            "sms",
            "voice",
            "hardware-token",
            "break-glass",
            "student",
            "guest",
            "postponement",
            "self-enforcement",
        ];
        let tags: BTreeSet<String> = scenarios()
            .into_iter()
            .flat_map(|(_, scenario)| scenario.tags)
            .collect();
        let breakages = (1..=25).map(|number| format!("S{number:02}"));
        for wanted in breakages.chain(SYSTEMS.map(str::to_owned)) {
            assert!(tags.contains(&wanted), "no scenario has the tag {wanted}");
        }
    }
}
