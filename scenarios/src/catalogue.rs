//! The shipped scenarios, compiled in.

/// Name and text of every shipped scenario, in the order in which they are told.
pub const SHIPPED: &[(&str, &str)] = &[
    (
        "phase2/password-pipeline",
        include_str!("../catalogue/phase2/password-pipeline.yaml"),
    ),
    (
        "phase2/developer-without-mfa",
        include_str!("../catalogue/phase2/developer-without-mfa.yaml"),
    ),
    (
        "phase2/second-factor",
        include_str!("../catalogue/phase2/second-factor.yaml"),
    ),
    (
        "phase2/postponed",
        include_str!("../catalogue/phase2/postponed.yaml"),
    ),
    (
        "rehearsal/own-policy",
        include_str!("../catalogue/rehearsal/own-policy.yaml"),
    ),
    (
        "workload/service-principal",
        include_str!("../catalogue/workload/service-principal.yaml"),
    ),
    (
        "workload/managed-identity",
        include_str!("../catalogue/workload/managed-identity.yaml"),
    ),
    (
        "methods/mfa-report",
        include_str!("../catalogue/methods/mfa-report.yaml"),
    ),
    (
        "methods/pass-life",
        include_str!("../catalogue/methods/pass-life.yaml"),
    ),
    (
        "methods/break-glass-pass",
        include_str!("../catalogue/methods/break-glass-pass.yaml"),
    ),
    (
        "methods/revoke-and-register-again",
        include_str!("../catalogue/methods/revoke-and-register-again.yaml"),
    ),
    (
        "methods/allowed-for-one-group",
        include_str!("../catalogue/methods/allowed-for-one-group.yaml"),
    ),
    (
        "methods/policies-for-service-accounts",
        include_str!("../catalogue/methods/policies-for-service-accounts.yaml"),
    ),
];

/// Steps that shipped scenarios share, by the path that leads to them from the catalogue's root (`shared/name.yaml`).
pub const SHARED: &[(&str, &str)] = &[];

#[cfg(test)]
mod tests {
    use super::*;
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
}
