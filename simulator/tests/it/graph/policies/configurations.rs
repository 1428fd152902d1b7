//! The configurations of methods: each kind is read, written, and set back.

use serde_json::{Value, json};

use super::{BETA, CONFIGURATIONS, administrator, configuration, group, message, target, typed};
use crate::graph::client::App;
use crate::support::text;

const KINDS: [(&str, &str); 11] = [
    ("Fido2", "fido2"),
    ("MicrosoftAuthenticator", "microsoftAuthenticator"),
    ("Sms", "sms"),
    ("TemporaryAccessPass", "temporaryAccessPass"),
    ("HardwareOath", "hardwareOath"),
    ("SoftwareOath", "softwareOath"),
    ("Voice", "voice"),
    ("Email", "email"),
    ("X509Certificate", "x509Certificate"),
    ("QRCodePin", "qrCodePin"),
    ("VerifiableCredentials", "verifiableCredentials"),
];

#[test]
fn every_kind_is_listed_read_switched_and_set_back() {
    let app = administrator();
    let ids = |list: &Value| -> Vec<String> {
        let list = list["value"].as_array().unwrap();
        list.iter().map(|one| text(one, "id").to_owned()).collect()
    };
    let all: Vec<&str> = KINDS.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids(&app.get(&format!("{BETA}{CONFIGURATIONS}"))), all);
    // Hardware tokens are of beta only.
    assert_eq!(ids(&app.get(CONFIGURATIONS)).len(), 10);
    for (id, kind) in KINDS {
        let url = format!("{BETA}{}", configuration(&id.to_lowercase()));
        let before = app.get(&url);
        assert_eq!(text(&before, "id"), id);
        assert_eq!(
            text(&before, "@odata.type"),
            format!("#microsoft.graph.{kind}AuthenticationMethodConfiguration")
        );
        assert_eq!(text(&before["includeTargets"][0], "id"), "all_users");
        let state = match text(&before, "state") {
            "enabled" => "disabled",
            _ => "enabled",
        };
        let group = group(&app);
        let change = json!({
            "state": state,
            "includeTargets": [{"targetType": "group", "id": group, "isRegistrationRequired": true}],
            "excludeTargets": [{"targetType": "user", "id": app.id("bob")}],
        });
        app.write("PATCH", &url, &change, 400);
        app.write("PATCH", &url, &typed("windowsHello", change.clone()), 400);
        app.write("PATCH", &url, &typed(kind, change), 204);
        let after = app.get(&url);
        assert_eq!(text(&after, "state"), state);
        assert_eq!(after["includeTargets"][0]["id"], json!(group));
        assert_eq!(after["includeTargets"][0]["isRegistrationRequired"], true);
        assert_eq!(text(&after["excludeTargets"][0], "targetType"), "user");
        // What is read can be written as it is.
        app.write("PATCH", &url, &after, 204);
        assert_eq!(app.get(&url), after);
        app.write("DELETE", &url, &Value::Null, 204);
        assert_eq!(app.get(&url), before);
    }
    let missing = app.write("GET", &configuration("Fido3"), &Value::Null, 404);
    assert_eq!(text(&missing["error"], "code"), "ResourceNotFound");
}

/// Writes a member and reads it again.
fn kept(app: &App, id: &str, kind: &str, change: &Value) {
    let url = format!("{BETA}{}", configuration(id));
    app.write("PATCH", &url, &typed(kind, change.clone()), 204);
    let after = app.get(&url);
    for (name, value) in change.as_object().unwrap() {
        assert_eq!(&after[name], value, "{id} {name}");
    }
}

#[test]
fn settings_that_nothing_acts_on_are_read_as_they_were_written() {
    let app = administrator();
    let feature = json!({
        "state": "enabled",
        "includeTarget": {"targetType": "group", "id": "all_users"},
        "excludeTarget": {"targetType": "group", "id": group(&app)},
    });
    let aaguid = "90a3ccdf-635c-4729-a248-9b709135078f";
    kept(
        &app,
        "Fido2",
        "fido2",
        &json!({
            "isSelfServiceRegistrationAllowed": false,
            "isAttestationEnforced": false,
            "keyRestrictions": {"isEnforced": true, "enforcementType": "allow", "aaGuids": [aaguid]},
        }),
    );
    kept(
        &app,
        "Fido2",
        "fido2",
        &json!({
            "defaultPasskeyProfile": "00000000-0000-0000-0000-000000000001",
            "passkeyProfiles": [{
                "id": "00000000-0000-0000-0000-000000000001", "name": "Default",
                "passkeyTypes": "deviceBound,synced", "attestationEnforcement": "disabled",
                "keyRestrictions": {"isEnforced": false, "enforcementType": "block", "aaGuids": []},
            }],
        }),
    );
    let url = format!("{BETA}{}", configuration("MicrosoftAuthenticator"));
    let wish = json!({
        "isSoftwareOathEnabled": true,
        "featureSettings": {"displayAppInformationRequiredState": feature},
        "includeTargets": [{"targetType": "group", "id": "all_users", "authenticationMode": "push"}],
    });
    app.write("PATCH", &url, &typed("microsoftAuthenticator", wish), 204);
    let after = app.get(&url);
    let features = &after["featureSettings"];
    assert_eq!(features["displayAppInformationRequiredState"], feature);
    let location = &features["displayLocationInformationRequiredState"];
    assert_eq!(
        text(location, "state"),
        "default",
        "what is not named stays"
    );
    assert_eq!(
        text(&after["includeTargets"][0], "authenticationMode"),
        "push"
    );
    kept(
        &app,
        "X509Certificate",
        "x509Certificate",
        &json!({
            "certificateUserBindings": [{
                "x509CertificateField": "SubjectKeyIdentifier", "userProperty": "certificateUserIds",
                "priority": 1, "trustAffinityLevel": "high",
            }],
            "authenticationModeConfiguration": {
                "x509CertificateAuthenticationDefaultMode": "x509CertificateMultiFactor",
                "x509CertificateDefaultRequiredAffinityLevel": "high",
                "rules": [{
                    "x509CertificateRuleType": "policyOID", "identifier": "1.2.3.4",
                    "issuerSubjectIdentifier": null, "policyOidIdentifier": "1.2.3.4",
                    "x509CertificateAuthenticationMode": "x509CertificateMultiFactor",
                    "x509CertificateRequiredAffinityLevel": "high",
                }],
            },
            "issuerHintsConfiguration": {"state": "enabled"},
        }),
    );
    kept(
        &app,
        "Email",
        "email",
        &json!({"allowExternalIdToUseEmailOtp": "disabled"}),
    );
    kept(
        &app,
        "Voice",
        "voice",
        &json!({"isOfficePhoneAllowed": true}),
    );
    kept(
        &app,
        "QRCodePin",
        "qrCodePin",
        &json!({"standardQRCodeLifetimeInDays": 30, "pinLength": 12}),
    );
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let app = administrator();
    for (id, kind, wrong) in [
        ("Sms", "sms", json!({"state": "perhaps"})),
        ("Sms", "sms", json!({"colour": "red"})),
        ("Sms", "sms", json!({"id": "Voice"})),
        ("Sms", "sms", json!({"includeTargets": "all_users"})),
        ("Sms", "sms", json!({"includeTargets": [{"id": "x"}]})),
        (
            "Sms",
            "sms",
            json!({"includeTargets": [{"targetType": "group"}]}),
        ),
        (
            "Sms",
            "sms",
            json!({"includeTargets": [target("11111111-2222-4333-8444-555555555555")]}),
        ),
        (
            "Sms",
            "sms",
            json!({"excludeTargets": [target("all_users")]}),
        ),
        (
            "Voice",
            "voice",
            json!({"includeTargets": [{"id": "all_users", "isUsableForSignIn": true}]}),
        ),
        (
            "Fido2",
            "fido2",
            json!({"keyRestrictions": {"aaGuids": ["x"]}}),
        ),
        (
            "TemporaryAccessPass",
            "temporaryAccessPass",
            json!({"defaultLength": 7}),
        ),
        (
            "TemporaryAccessPass",
            "temporaryAccessPass",
            json!({"state": "enabled", "maximumLifetimeInMinutes": 50}),
        ),
        ("QRCodePin", "qrCodePin", json!({"pinLength": 21})),
    ] {
        let url = configuration(id);
        let before = app.get(&url);
        app.write("PATCH", &url, &typed(kind, wrong), 400);
        assert_eq!(app.get(&url), before);
    }
    app.write("PATCH", &configuration("Sms"), &json!([]), 400);
}

#[test]
fn a_method_of_another_maker_is_added_changed_used_and_deleted() {
    let mut app = administrator();
    let wish = json!({
        "displayName": "Adatum", "state": "enabled",
        "appId": "4be8fe8f-6e3c-4a3b-9d8b-9b2b0f9c1d2e",
        "openIdConnectSetting": {
            "clientId": "adatum", "discoveryUrl": "https://adatum.example/.well-known/openid-configuration",
        },
        "includeTargets": [target("all_users")],
    });
    app.write("POST", CONFIGURATIONS, &wish, 400);
    let mut bare = wish.clone();
    bare["openIdConnectSetting"] = json!({"clientId": "adatum"});
    app.write("POST", CONFIGURATIONS, &typed("external", bare), 400);
    app.write("POST", CONFIGURATIONS, &typed("sms", json!({})), 400);
    let made = app.write("POST", CONFIGURATIONS, &typed("external", wish), 201);
    assert_eq!(text(&made, "displayName"), "Adatum");
    assert_eq!(text(&made["openIdConnectSetting"], "clientId"), "adatum");
    let id = text(&made, "id").to_owned();
    let url = configuration(&id);
    let change = typed("external", json!({"displayName": "Adatum II"}));
    app.write("PATCH", &url, &change, 204);
    let after = app.get(&url);
    assert_eq!(text(&after, "displayName"), "Adatum II");
    assert_eq!(after["appId"], made["appId"]);
    // People can be registered with it as long as it is there.
    app.becomes("admin", "UserAuthenticationMethod.ReadWrite.All");
    let methods = "/users/bob@contoso.onmicrosoft.com/authentication/externalAuthenticationMethods";
    let register = json!({"configurationId": id, "displayName": "Adatum"});
    app.write("POST", methods, &register, 201);
    app.becomes("admin", super::SCOPE);
    app.write("DELETE", &url, &Value::Null, 204);
    app.write("GET", &url, &Value::Null, 404);
    app.becomes("admin", "UserAuthenticationMethod.ReadWrite.All");
    let refused = app.write("POST", methods, &register, 400);
    assert!(message(&refused).contains("No external authentication method configuration"));
}

#[test]
fn policies_are_read_by_readers_and_written_by_their_administrators() {
    let mut app = App::person("bob", "Policy.Read.All");
    let refused = app.write("GET", CONFIGURATIONS, &Value::Null, 403);
    assert_eq!(text(&refused["error"], "code"), "AccessDenied");
    app.becomes("admin", "Policy.Read.All");
    app.get(CONFIGURATIONS);
    let on = typed("sms", json!({"state": "enabled"}));
    app.write("PATCH", &configuration("Sms"), &on, 403);
    app.becomes("bob", super::SCOPE);
    app.write("PATCH", &configuration("Sms"), &on, 403);
}
