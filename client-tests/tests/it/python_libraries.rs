//! MSAL for Python and azure-identity, every grant that is simulated.

use client_tests::{AFTER, python_clients, run};

#[test]
fn msal_and_azure_identity_get_their_tokens() {
    let Some(bin) = python_clients() else { return };
    let script = concat!(
        "python3 ",
        env!("CARGO_MANIFEST_DIR"),
        "/clients/python/libraries.py"
    );
    let ran = run(&["--at", AFTER], bin, script);
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    assert_eq!(ran.out.matches("ok ").count(), 12, "{}", ran.out);
}
