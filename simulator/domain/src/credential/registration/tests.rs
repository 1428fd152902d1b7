//! Every method alone, allowed and not, under every policy of password resets; then what several make together.

use super::*;

/// What the facts say of each method: multifactor, passwordless, reset, reset of an administrator's password.
const COLUMNS: &[(&str, bool, bool, bool, bool)] = &[
    ("microsoftAuthenticatorPush", true, false, true, true),
    ("microsoftAuthenticatorPasswordless", true, true, true, true),
    ("softwareOneTimePasscode", true, false, true, true),
    ("hardwareOneTimePasscode", true, false, true, true),
    ("mobilePhone", true, false, true, true),
    ("alternateMobilePhone", true, false, true, true),
    ("officePhone", true, false, true, true),
    ("email", false, false, true, true),
    ("securityQuestion", false, false, true, false),
    ("fido2SecurityKey", true, true, false, false),
    ("passKeyDeviceBound", true, true, false, false),
    ("passKeyDeviceBoundAuthenticator", true, true, false, false),
    ("passKeyDeviceBoundWindowsHello", true, true, false, false),
    ("passKeySynced", true, true, false, false),
    ("windowsHelloForBusiness", true, true, false, false),
    ("macOsSecureEnclaveKey", true, true, false, false),
    ("temporaryAccessPass", false, false, false, false),
    ("qrCode", false, false, false, false),
    ("externalAuthMethod", true, false, false, false),
];

const ACCESS: [ResetAccess; 4] = [
    ResetAccess::Targeted,
    ResetAccess::NotTargeted,
    ResetAccess::Administrator,
    ResetAccess::AdministratorsOff,
];

fn method(name: &str) -> &'static ReportedMethod {
    reported_method(name).unwrap()
}

fn state(names: &[(&str, bool)], access: ResetAccess, required: usize) -> RegistrationState {
    let registered: Vec<Registered> = names
        .iter()
        .map(|(name, allowed)| Registered {
            method: method(name),
            allowed: *allowed,
        })
        .collect();
    assess(&registered, ResetStanding { access, required })
}

#[test]
fn the_columns_follow_from_the_method_and_the_policies() {
    let known: Vec<&str> = reported_methods()
        .iter()
        .map(|method| method.name.as_str())
        .collect();
    let tested: Vec<&str> = COLUMNS.iter().map(|(name, ..)| *name).collect();
    assert_eq!(known, tested, "every method of the table, and no other");
    for (name, multifactor, passwordless, reset, of_administrators) in COLUMNS {
        for allowed in [true, false] {
            for access in ACCESS {
                for required in [1, 2] {
                    let state = state(&[(name, allowed)], access, required);
                    let administrator = matches!(
                        access,
                        ResetAccess::Administrator | ResetAccess::AdministratorsOff
                    );
                    let counts = if administrator {
                        of_administrators
                    } else {
                        reset
                    };
                    let enabled =
                        matches!(access, ResetAccess::Targeted | ResetAccess::Administrator);
                    let registered = *counts && required == 1;
                    let row = format!("{name}, allowed {allowed}, {access:?}, {required}");
                    assert_eq!(state.methods, [*name], "{row}");
                    assert_eq!(
                        [
                            state.is_mfa_registered(),
                            state.is_mfa_capable(),
                            state.is_passwordless_capable(),
                            state.is_sspr_enabled(),
                            state.is_sspr_registered(),
                            state.is_sspr_capable(),
                        ],
                        [
                            *multifactor,
                            *multifactor && allowed,
                            *passwordless && allowed,
                            enabled,
                            registered,
                            registered && enabled,
                        ],
                        "{row}"
                    );
                    // The reason is the method itself, or nothing.
                    let because = |holds: bool| if holds { vec![*name] } else { vec![] };
                    assert_eq!(state.multifactor_registered, because(*multifactor), "{row}");
                    assert_eq!(
                        state.multifactor_capable,
                        because(*multifactor && allowed),
                        "{row}"
                    );
                    assert_eq!(
                        state.passwordless_capable,
                        because(*passwordless && allowed),
                        "{row}"
                    );
                    assert_eq!(state.counted_for_reset.len(), usize::from(*counts), "{row}");
                }
            }
        }
    }
}

#[test]
fn nobody_without_a_method_is_anything() {
    for access in ACCESS {
        let state = state(&[], access, 1);
        assert!(!state.is_mfa_registered() && !state.is_mfa_capable());
        assert!(!state.is_passwordless_capable());
        assert!(!state.is_sspr_registered() && !state.is_sspr_capable());
        assert_eq!(state.is_sspr_enabled(), access.is_granted());
    }
}

/// The people of the documented answers.
#[test]
fn an_app_and_its_codes_count_once_for_a_reset() {
    let app = [
        ("microsoftAuthenticatorPush", true),
        ("softwareOneTimePasscode", true),
    ];
    let alex = state(&app, ResetAccess::NotTargeted, 2);
    assert_eq!(alex.counted_for_reset, ["app"]);
    assert!(!alex.is_sspr_registered() && alex.is_mfa_capable());
    let bianca = state(
        &[app[0], app[1], ("mobilePhone", true)],
        ResetAccess::NotTargeted,
        2,
    );
    assert_eq!(bianca.counted_for_reset, ["app", "mobilePhone"]);
    assert!(bianca.is_sspr_registered() && !bianca.is_sspr_capable());
}

#[test]
fn one_allowed_method_is_enough_and_is_the_one_named() {
    let methods = [
        ("mobilePhone", false),
        ("passKeyDeviceBound", true),
        ("email", true),
        ("email", true),
    ];
    let state = state(&methods, ResetAccess::Targeted, 1);
    assert_eq!(
        state.methods,
        ["mobilePhone", "passKeyDeviceBound", "email"]
    );
    assert_eq!(
        state.multifactor_registered,
        ["mobilePhone", "passKeyDeviceBound"]
    );
    assert_eq!(state.multifactor_capable, ["passKeyDeviceBound"]);
    assert_eq!(state.passwordless_capable, ["passKeyDeviceBound"]);
    assert_eq!(state.counted_for_reset, ["mobilePhone", "email"]);
}

#[test]
fn the_privileged_roles_are_roles() {
    let names = crate::catalogue::directory_roles().iter();
    let privileged = names.filter(|role| is_privileged(&role.name));
    assert_eq!(privileged.count(), table().privileged_roles.len());
}
