//! Passkey profiles: what may be written, what stays, and what holds from then on.

use serde_json::{Value, json};

use super::{administrator, configuration, group, message, typed};
use crate::graph::client::App;
use crate::security_key::Key;

const DEFAULT: &str = "00000000-0000-0000-0000-000000000001";
const OTHER: &str = "7a3c1f60-52a1-4c0b-9a55-0d2f6a1b8c01";

fn profile(id: &str, name: &str, types: &str) -> Value {
    json!({
        "id": id, "name": name, "passkeyTypes": types, "attestationEnforcement": "disabled",
        "keyRestrictions": {"isEnforced": false, "enforcementType": "block", "aaGuids": []},
    })
}

fn change(app: &App, wish: Value, status: u16) -> Value {
    let wish = typed("fido2", wish);
    app.write("PATCH", &configuration("Fido2"), &wish, status)
}

fn everybody(profiles: &[&str]) -> Value {
    json!([{"targetType": "group", "id": "all_users", "allowedPasskeyProfiles": profiles}])
}

#[test]
fn a_tenant_goes_over_to_profiles_for_good() {
    let app = administrator();
    let url = configuration("Fido2");
    let before = app.get(&url);
    assert_eq!(before["defaultPasskeyProfile"], Value::Null);
    assert_eq!(before["passkeyProfiles"], json!([]));
    let both = json!([
        profile(DEFAULT, "Default passkey profile", "deviceBound,synced"),
        profile(OTHER, "Security keys", "deviceBound"),
    ]);
    change(
        &app,
        json!({"passkeyProfiles": both, "includeTargets": everybody(&[OTHER])}),
        204,
    );
    let after = app.get(&url);
    assert_eq!(after["defaultPasskeyProfile"], DEFAULT);
    assert_eq!(after["passkeyProfiles"], both);
    assert_eq!(
        after["includeTargets"][0]["allowedPasskeyProfiles"],
        json!([OTHER])
    );
    // What is read can be written as it is.
    app.write("PATCH", &url, &after, 204);
    assert_eq!(app.get(&url), after);
    // A profile that somebody has cannot go; when nobody has it, it can.
    let one = json!([profile(DEFAULT, "Default passkey profile", "deviceBound")]);
    let refused = change(&app, json!({"passkeyProfiles": one}), 400);
    assert!(message(&refused).contains("include target"), "{refused}");
    for wish in [
        json!({"passkeyProfiles": []}),
        json!({"passkeyProfiles": [profile(OTHER, "Security keys", "deviceBound")]}),
        json!({"defaultPasskeyProfile": OTHER}),
        json!({"defaultPasskeyProfile": null}),
    ] {
        let refused = change(&app, wish.clone(), 400);
        assert!(message(&refused).contains("default"), "{wish}: {refused}");
    }
    assert_eq!(app.get(&url), after, "nothing of what was refused stays");
    change(
        &app,
        json!({"passkeyProfiles": one, "includeTargets": everybody(&[DEFAULT])}),
        204,
    );
    assert_eq!(app.get(&url)["passkeyProfiles"], one);
}

#[test]
fn what_a_profile_lacks_or_has_too_much_of_is_refused() {
    let app = administrator();
    let sound = profile(DEFAULT, "Default passkey profile", "deviceBound");
    let without = |member: &str| {
        let mut profile = sound.clone();
        profile.as_object_mut().unwrap().remove(member);
        profile
    };
    let with = |member: &str, value: Value| {
        let mut profile = sound.clone();
        profile[member] = value;
        profile
    };
    let many = |count: u32| -> Value {
        let more = (2..=count).map(|number| {
            profile(
                &format!("00000000-0000-0000-0000-{number:012}"),
                &format!("Profile {number}"),
                "synced",
            )
        });
        [sound.clone()].into_iter().chain(more).collect()
    };
    let mut lists: Vec<Value> = [
        "id",
        "name",
        "passkeyTypes",
        "attestationEnforcement",
        "keyRestrictions",
    ]
    .into_iter()
    .map(|member| json!([without(member)]))
    .collect();
    lists.extend([
        json!([with("passkeyTypes", json!("biometric"))]),
        json!([with("passkeyTypes", json!(""))]),
        json!([with("attestationEnforcement", json!("always"))]),
        json!([with("id", json!("first"))]),
        json!([with("colour", json!("red"))]),
        json!([sound, sound]),
        json!([sound, profile(OTHER, "default passkey PROFILE", "synced")]),
        json!([profile(OTHER, "Without the default one", "synced")]),
        many(4),
        json!("all"),
    ]);
    for list in lists {
        change(&app, json!({"passkeyProfiles": list}), 400);
    }
    // A target names what is not there.
    change(&app, json!({"includeTargets": everybody(&[OTHER])}), 400);
    change(&app, json!({"defaultPasskeyProfile": DEFAULT}), 400);
    assert_eq!(
        app.get(&configuration("Fido2"))["passkeyProfiles"],
        json!([])
    );
    change(&app, json!({"passkeyProfiles": many(3)}), 204);
}

/// Each profile is for its group; the refusal says which one it was, and why.
#[test]
fn a_passkey_that_no_profile_in_scope_takes_is_refused_by_name() {
    const SCOPES: &str =
        "UserAuthMethod-Passkey.ReadWrite.All Policy.ReadWrite.AuthenticationMethod";
    let app = App::person("admin", SCOPES);
    let wish = json!({
        "passkeyProfiles": [profile(DEFAULT, "Telephones", "synced"), profile(OTHER, "Security keys", "deviceBound")],
        "includeTargets": [
            {"targetType": "group", "id": "all_users", "allowedPasskeyProfiles": [DEFAULT]},
            {"targetType": "group", "id": group(&app), "allowedPasskeyProfiles": [OTHER]},
        ],
    });
    change(&app, wish, 204);
    let methods = "/users/bob@contoso.onmicrosoft.com/authentication/fido2Methods";
    let register = |persona: &str, status: u16| {
        let options = app.get(&format!("{methods}/creationOptions()"));
        let answer = Key::new(persona).registration(&options["publicKey"]);
        app.write("POST", methods, &answer, status)
    };
    let refused = register("yubikey5-nfc-5.7", 400);
    assert!(
        message(&refused).contains("by the passkey profile 'Telephones'"),
        "{refused}"
    );
    assert_eq!(
        register("google-password-manager", 201)["passkeyType"],
        "synced"
    );
}
