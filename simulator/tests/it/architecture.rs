//! The layers hold: what a package may use is checked, not hoped for.

use std::process::Command;

#[test]
fn the_domain_knows_no_sockets_clocks_or_tls() {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let output = Command::new(cargo)
        .args([
            "tree",
            "--locked",
            "--offline",
            "-p",
            "entrasim-domain",
            "-e",
            "normal",
            "--prefix",
            "none",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(tree.contains("imbl"));
    // `fake` brings getrandom along; that nobody calls it is the business of clippy's disallowed methods.
    for forbidden in ["tokio", "hyper", "rustls", "ring", "openssl", "chrono"] {
        let found = tree
            .lines()
            .any(|line| line.split(' ').next() == Some(forbidden));
        assert!(!found, "entrasim-domain depends on {forbidden}:\n{tree}");
    }
}

#[test]
fn no_surface_names_another() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src/surface");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.push(path.file_stem().unwrap().to_str().unwrap().to_owned());
        }
    }
    for name in &names {
        for file in rust_files(&format!("{root}/{name}.rs"), &format!("{root}/{name}")) {
            let text = std::fs::read_to_string(&file).unwrap();
            for other in names.iter().filter(|other| *other != name) {
                assert!(
                    !text.contains(&format!("surface::{other}::")),
                    "{file} names surface {other}"
                );
            }
        }
    }
}

fn rust_files(file: &str, folder: &str) -> Vec<String> {
    let mut files = vec![file.to_owned()];
    if let Ok(entries) = std::fs::read_dir(folder) {
        for entry in entries {
            let path = entry.unwrap().path();
            let text = path.to_str().unwrap().to_owned();
            if path.is_dir() {
                files.extend(rust_files(&text, &text).into_iter().skip(1));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(text);
            }
        }
    }
    files
}

/// A bench without the check would let an answer pass that Graph never gives.
#[test]
fn every_test_sends_its_requests_through_the_bench_that_checks_graph() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it");
    let unchecked = ["entrasim", "testing"].join("::");
    for file in rust_files(&format!("{root}/main.rs"), root) {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(
            file.ends_with("it/testing.rs") || !text.contains(&unchecked),
            "{file} names {unchecked}; use crate::testing"
        );
    }
}
