//! Unmodified programs that look for a security key, and find softkey: tools, OpenSSH, pages in Chromium.

use client_tests::{Ran, SecurityKey, browser_person, preload_library};

/// The steps that worked; all of them, or the test fails with what was printed.
fn steps(ran: &Ran) -> Vec<&str> {
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    let steps = ran.out.lines();
    steps
        .filter_map(|line| line.strip_prefix("step: "))
        .collect()
}

#[test]
fn the_tools_of_libfido2_use_all_of_a_key() {
    let tools = ["fido2-token", "fido2-cred", "fido2-assert", "setsid"];
    let Some(library) = preload_library(&tools) else {
        return;
    };
    let ran = SecurityKey::serve("softkey").script(library, "fido2-tools.sh");
    assert_eq!(steps(&ran).len(), 11, "{}", ran.out);
}

#[test]
fn openssh_makes_uses_and_fetches_keys() {
    let Some(library) = preload_library(&["ssh-keygen", "setsid"]) else {
        return;
    };
    let ran = SecurityKey::serve("softkey").script(library, "openssh.sh");
    assert_eq!(steps(&ran).len(), 4, "{}", ran.out);
}

#[test]
fn pages_in_chromium_register_sign_in_and_are_refused() {
    let Some(browser) = browser_person() else {
        return;
    };
    let ran = SecurityKey::for_a_browser("softkey", None).pages(browser);
    assert_eq!(steps(&ran).len(), 8, "{}", ran.out);
}
