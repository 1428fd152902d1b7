//! The packages that start a simulator for the tests of others, used as these would.

use std::path::Path;
use std::process::Command;

use client_tests::{CLIENTS, binary, browser_person, pytest};

const PACKAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/packages");

fn succeeds(command: &mut Command) {
    let output = command
        .env("ENTRASIM_BINARY", binary())
        .output()
        .expect("its runtime has just been found");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn pytest_has_a_simulator_for_the_run_and_a_tenant_for_each_test() {
    let Some(bin) = pytest() else {
        return;
    };
    succeeds(
        Command::new(bin.join("python"))
            .args([
                "-m",
                "pytest",
                "-q",
                "-p",
                "entrasim.fixtures",
                "-p",
                "no:cacheprovider",
            ])
            .arg(Path::new(CLIENTS).join("pytest"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONPATH", Path::new(PACKAGES).join("python/src")),
    );
}

#[test]
fn nodes_own_runner_starts_a_simulator_and_stops_it() {
    // What says that Node is missing, says it for all.
    if browser_person().is_none() {
        return;
    }
    succeeds(
        Command::new("node")
            .arg("--test")
            .arg(Path::new(PACKAGES).join("node")),
    );
}
