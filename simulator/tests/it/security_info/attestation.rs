//! Which keys the policy accepts, over the wire: policy × model × what is wrong with the key.

use serde_json::{Value, json};

use super::passkeys::sign_in;
use super::{Person, pass_for};
use crate::security_key::Key;
use crate::support::json as body;
use crate::testing::{AFTER_PHASE_2, Bench};

/// The policy for passkeys.
#[derive(Clone, Copy)]
enum Policy {
    /// As in a new tenant.
    Open,
    /// Attestation is enforced, and softkey's authority is believed.
    Attested,
    /// The same, and nobody is believed.
    AttestedByNobody,
    /// Only the model of the key.
    Allowed,
    /// Only another model.
    AnotherAllowed,
    /// Every model but this one.
    Blocked,
    /// With passkey profiles: everybody has one, which takes these kinds.
    Profile(&'static str),
    /// Everybody has two: synced ones, or others that prove their model.
    TwoProfiles,
    /// Of two profiles only the one for synced passkeys is for everybody.
    OneOfTwo,
}

/// What becomes of the registration: accepted, or a number.
type Outcome = Result<(), i64>;

const POLICY: i64 = 7;
const DATA: i64 = 22;
const ATTESTATION: i64 = 23;

const SECURITY_KEY: &str = "yubikey5-nfc-5.7";
const SYNCED: &str = "google-password-manager";

#[rustfmt::skip]
const MATRIX: &[(Policy, &str, Option<&str>, Outcome)] = &[
    (Policy::Open, SECURITY_KEY, None, Ok(())),
    (Policy::Open, SYNCED, None, Ok(())),
    (Policy::Attested, SECURITY_KEY, None, Ok(())),
    (Policy::Attested, SYNCED, None, Err(ATTESTATION)),
    (Policy::AttestedByNobody, SECURITY_KEY, None, Err(ATTESTATION)),
    (Policy::Allowed, SECURITY_KEY, None, Ok(())),
    (Policy::AnotherAllowed, SECURITY_KEY, None, Err(POLICY)),
    (Policy::AnotherAllowed, SYNCED, None, Err(POLICY)),
    (Policy::Blocked, SECURITY_KEY, None, Err(POLICY)),
    // Profiles: one of those in scope has to fit.
    (Policy::Profile("deviceBound"), SECURITY_KEY, None, Ok(())),
    (Policy::Profile("deviceBound"), SYNCED, None, Err(POLICY)),
    (Policy::Profile("synced"), SECURITY_KEY, None, Err(POLICY)),
    (Policy::Profile("synced"), SYNCED, None, Ok(())),
    (Policy::Profile("deviceBound,synced"), SYNCED, None, Ok(())),
    (Policy::TwoProfiles, SYNCED, None, Ok(())),
    (Policy::TwoProfiles, SECURITY_KEY, None, Ok(())),
    (Policy::TwoProfiles, SECURITY_KEY, Some("broken_chain"), Err(POLICY)),
    (Policy::OneOfTwo, SECURITY_KEY, None, Err(POLICY)),
    (Policy::OneOfTwo, SYNCED, None, Ok(())),
    // Defects that concern the attestation are seen where it is asked for.
    (Policy::Attested, SECURITY_KEY, Some("broken_chain"), Err(ATTESTATION)),
    (Policy::Attested, SECURITY_KEY, Some("expired_leaf"), Err(ATTESTATION)),
    (Policy::Open, SECURITY_KEY, Some("broken_chain"), Ok(())),
    // These are never right.
    (Policy::Open, SECURITY_KEY, Some("wrong_rp_id_hash"), Err(DATA)),
    (Policy::Open, SECURITY_KEY, Some("hide_user_presence"), Err(DATA)),
    (Policy::Open, SECURITY_KEY, Some("hide_user_verification"), Err(DATA)),
    (Policy::Open, SECURITY_KEY, Some("wrong_certificate_aaguid"), Err(DATA)),
    (Policy::Attested, SECURITY_KEY, Some("wrong_certificate_aaguid"), Err(DATA)),
    (Policy::Attested, SECURITY_KEY, Some("wrong_rp_id_hash"), Err(DATA)),
];

/// Defects that show at the sign-in, after a sound registration.
const AT_SIGN_IN: &[(&str, &str)] = &[
    ("wrong_rp_id_hash", "130005"),
    ("hide_user_presence", "130005"),
    ("hide_user_verification", "130005"),
    ("stale_counter", "130005"),
    ("flip_backup_flags", "130005"),
    ("corrupt_signature", "130005"),
];

const TWO: [(&str, &str); 2] = [("synced", "disabled"), ("deviceBound", "registrationOnly")];

/// Profiles with these kinds and this attestation, of which everybody has the first few.
fn profiles(wanted: &[(&str, &str)], in_scope: usize) -> Value {
    let id = |number: usize| format!("00000000-0000-0000-0000-{:012}", number + 1);
    let profile = |(number, (kinds, attestation)): (usize, &(&str, &str))| {
        json!({
            "id": id(number), "name": format!("Profile {number}"), "passkeyTypes": kinds, "attestationEnforcement": attestation,
            "keyRestrictions": {"isEnforced": false, "enforcementType": "block", "aaGuids": []},
        })
    };
    let allowed: Vec<String> = (0..in_scope).map(id).collect();
    json!({
        "passkeyProfiles": wanted.iter().enumerate().map(profile).collect::<Value>(),
        "includeTargets": [{"targetType": "group", "id": "all_users", "allowedPasskeyProfiles": allowed}],
    })
}

fn set(bench: &Bench, policy: Policy, key: &mut Key) {
    let restricted = |kind: &str, models: &[&str]| json!({"keyRestrictions": {"isEnforced": true, "enforcementType": kind, "aaGuids": models}});
    let model = key.model();
    let wish = match policy {
        Policy::Open => return,
        Policy::Attested => {
            key.is_believed(bench);
            json!({"isAttestationEnforced": true})
        }
        Policy::AttestedByNobody => json!({"isAttestationEnforced": true}),
        Policy::Allowed => restricted("allow", &[&model]),
        Policy::AnotherAllowed => restricted("allow", &["90a3ccdf-635c-4729-a248-9b709135078f"]),
        Policy::Blocked => restricted("block", &[&model]),
        Policy::Profile(kinds) => profiles(&[(kinds, "disabled")], 1),
        Policy::TwoProfiles => {
            key.is_believed(bench);
            profiles(&TWO, 2)
        }
        Policy::OneOfTwo => {
            key.is_believed(bench);
            profiles(&TWO, 1)
        }
    };
    let token = crate::graph::person(bench, "admin", "Policy.ReadWrite.AuthenticationMethod");
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let mut wish = wish;
    wish["@odata.type"] = json!("#microsoft.graph.fido2AuthenticationMethodConfiguration");
    let url = "https://graph.microsoft.com/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
    let changed = bench.send("PATCH", url, &headers, &wish.to_string());
    assert_eq!(changed.status, 204, "{}", body(&changed));
}

/// Somebody in security info with a fresh pass.
fn registrar(bench: &Bench) -> Person<'_> {
    let (pass, _) = pass_for(bench, "breakglass1", false);
    let mut person = Person::with_pass(bench, "breakglass1", &pass);
    person.freshen().unwrap();
    person
}

#[test]
fn each_key_is_accepted_or_refused_for_its_reason() {
    for (at, (policy, persona, defect, expected)) in MATRIX.iter().enumerate() {
        let bench = Bench::at(AFTER_PHASE_2);
        let mut key = Key::new(persona);
        set(&bench, *policy, &mut key);
        if let Some(defect) = defect {
            key.set_defect(defect, true);
        }
        let person = registrar(&bench);
        let done = person.add_passkey(&mut key);
        let told = || format!("row {at} ({persona}, {defect:?}): {done}");
        match expected {
            Ok(()) => assert_eq!(done["VerificationState"], 2, "{}", told()),
            Err(number) => {
                assert_eq!(done["ErrorCode"], *number, "{}", told());
                let reason = done["reason"]["message"].as_str().unwrap_or_default();
                assert!(
                    reason.starts_with("The passkey is not accepted: "),
                    "{}",
                    told()
                );
                assert_eq!(person.methods()["Fido"]["IsRegistered"], false);
            }
        }
    }
}

#[test]
fn a_key_that_is_not_sound_does_not_sign_in() {
    for (defect, number) in AT_SIGN_IN {
        let bench = Bench::at(AFTER_PHASE_2);
        let mut key = Key::new(SECURITY_KEY);
        let done = registrar(&bench).add_passkey(&mut key);
        assert_eq!(done["VerificationState"], 2, "{done}");
        let amr = sign_in(&bench, "breakglass1", &mut key)["amr"].clone();
        assert_eq!(amr, json!(["fido", "mfa"]));
        key.set_defect(defect, true);
        let refused = sign_in(&bench, "breakglass1", &mut key);
        assert_eq!(refused["refused"], *number, "{defect}: {refused}");
        key.set_defect(defect, false);
        let amr = sign_in(&bench, "breakglass1", &mut key)["amr"].clone();
        assert_eq!(amr, json!(["fido", "mfa"]), "{defect}: sound again");
    }
}

/// Attestation is asked for at the registration only; the list of models holds at each sign-in.
#[test]
fn what_is_registered_stays_when_attestation_is_enforced_and_goes_when_its_model_is_blocked() {
    let bench = Bench::at(AFTER_PHASE_2);
    let mut key = Key::new(SECURITY_KEY);
    registrar(&bench).add_passkey(&mut key);
    set(&bench, Policy::AttestedByNobody, &mut key);
    let token = sign_in(&bench, "breakglass1", &mut key);
    assert_eq!(token["amr"], json!(["fido", "mfa"]));
    set(&bench, Policy::Blocked, &mut key);
    let (upn, _) = crate::support::account(&bench, "breakglass1");
    let mut browser = crate::testing::browser::Browser::new(&bench);
    browser
        .get(&crate::sts::pages::authorize_url(""))
        .submit(&[("loginfmt", &upn)]);
    assert!(
        !browser.html.contains("value=\"passkey\""),
        "it is not offered"
    );
}

#[test]
fn the_trust_list_is_shown_and_forgotten() {
    let bench = Bench::at(AFTER_PHASE_2);
    let path = format!("/tenants/{}/trust-list", bench.tenant.id());
    let ask = |method: &str, content: &Value| crate::control::ask(&bench, method, &path, content);
    let mut key = Key::new(SECURITY_KEY);
    let added = body(&ask("POST", &json!([key.statement()])));
    assert_eq!(added, json!({"added": 1, "skipped": 0, "revoked": []}));
    let listed = body(&ask("GET", &Value::Null));
    assert_eq!(listed["models"][0]["aaguid"], key.model());
    assert_eq!(listed["models"][0]["roots"], 1);
    assert_eq!(ask("POST", &json!({"aaguid": key.model()})).status, 400);
    assert_eq!(ask("DELETE", &Value::Null).status, 204);
    assert_eq!(body(&ask("GET", &Value::Null))["models"], json!([]));
}
