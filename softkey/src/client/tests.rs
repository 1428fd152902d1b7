use super::{Caller, Client, ClientError};
use crate::authenticator::Authenticator;
use crate::cbor::{Value, read};
use crate::encoding::base64url;
use crate::env::SeededEnv;
use crate::profile::{Profile, persona};
use crate::store::MemoryStore;
use p256::ecdsa::signature::Verifier;
use p256::pkcs8::DecodePublicKey;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

struct Setting {
    key: Authenticator<MemoryStore>,
    env: SeededEnv,
}

impl Setting {
    fn new() -> Self {
        Self::with(Profile::default())
    }

    fn with(profile: Profile) -> Self {
        let mut env = SeededEnv::new(3);
        let key = Authenticator::new(profile, MemoryStore::default(), &mut env).expect("memory");
        Self { key, env }
    }

    fn client(&mut self) -> Client<'_, MemoryStore> {
        Client::new(&mut self.key, &mut self.env)
    }

    fn register(&mut self, options: &Json) -> Result<Json, ClientError> {
        self.client()
            .register(options, &Caller::new("https://login.microsoft.com"))
    }

    fn sign_in(&mut self, options: &Json) -> Result<Json, ClientError> {
        self.client()
            .sign_in(options, &Caller::new("https://login.microsoft.com"))
    }
}

/// Creation options in the shape of Graph beta: padded ids, an older flag, and a policy browsers refuse.
fn graph_options() -> Json {
    json!({
        "challengeTimeoutDateTime": "2026-01-01T00:00:00Z",
        "publicKey": {
            "challenge": base64url::encode(b"eyJhbGciOiJSU0EtT0FFUC0yNTYifQ.an-opaque.token"),
            "timeout": 60000,
            "attestation": "direct",
            "rp": { "id": "login.microsoft.com", "name": "Microsoft" },
            "user": {
                "id": base64url::encode([b"OF:".as_slice(), &[7; 48]].concat()),
                "displayName": "Alice",
                "name": "alice@example.com",
            },
            "pubKeyCredParams": [
                { "type": "public-key", "alg": -7 },
                { "type": "public-key", "alg": -257 },
            ],
            "excludeCredentials": [{ "id": "pgIfj2fnom8rJdb4/h1gKqDkq+gxHFksI+m2aR5T+PNNycBfENAM4ksEBvoXky6d", "type": "public-key", "transports": [] }],
            "authenticatorSelection": {
                "authenticatorAttachment": "cross-platform",
                "requireResidentKey": true,
                "userVerification": "required",
            },
            "extensions": {
                "hmacCreateSecret": true,
                "enforceCredentialProtectionPolicy": true,
                "credentialProtectionPolicy": "userVerificationOptional",
            },
        },
    })
}

fn options() -> Json {
    json!({
        "rp": { "id": "login.microsoft.com", "name": "Microsoft" },
        "user": { "id": "dXNlcg", "name": "alice", "displayName": "Alice" },
        "challenge": "Y2hhbGxlbmdl",
        "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
    })
}

fn request() -> Json {
    json!({ "challenge": "Y2hhbGxlbmdl", "rpId": "login.microsoft.com" })
}

fn bytes(value: &Json) -> Vec<u8> {
    base64url::decode(value.as_str().expect("text")).expect("base64url")
}

#[test]
fn the_options_of_graph_are_served_with_a_pin_and_refused_by_a_browser() {
    let mut setting = Setting::new();
    let error = setting
        .register(&graph_options())
        .expect_err("no PIN is set");
    assert_eq!(error.name, "NotAllowedError");
    assert!(error.message.contains("softkey pin set"), "{error}");
    setting.client().set_pin(None, "123456").expect("set");
    let error = setting
        .register(&graph_options())
        .expect_err("the PIN is not given");
    assert!(error.message.contains("--pin"), "{error}");
    let caller = Caller::new("https://login.microsoft.com");
    let mut client = Client::new(&mut setting.key, &mut setting.env).pin(Some("123456"));
    let credential = client
        .register(&graph_options(), &caller)
        .expect("registered");
    assert_eq!(
        credential["clientExtensionResults"],
        json!({ "hmacCreateSecret": true })
    );
    let object = read(&bytes(&credential["response"]["attestationObject"])).expect("CBOR");
    assert_eq!(object.get("fmt"), Some(&Value::from("packed")));
    let data = bytes(&credential["response"]["authenticatorData"]);
    assert_eq!(
        object.get("authData").and_then(Value::as_bytes),
        Some(data.as_slice())
    );
    assert_eq!(data[32], 0xc5, "UP, UV, AT, ED");

    let strict = client
        .browser_strict(true)
        .register(&graph_options(), &caller);
    assert_eq!(
        strict.expect_err("padding, and an empty policy").name,
        "TypeError"
    );
}

#[test]
fn a_browser_refuses_to_enforce_what_protects_nothing() {
    let mut setting = Setting::new();
    let mut wanted = options();
    wanted["extensions"] = json!({
        "enforceCredentialProtectionPolicy": true,
        "credentialProtectionPolicy": "userVerificationOptional",
    });
    let caller = Caller::new("https://login.microsoft.com");
    let strict = setting
        .client()
        .browser_strict(true)
        .register(&wanted, &caller);
    assert_eq!(strict.expect_err("refused").name, "NotSupportedError");
    setting.register(&wanted).expect("the standard allows it");
    wanted["extensions"]["credentialProtectionPolicy"] =
        json!("userVerificationOptionalWithCredentialIDList");
    setting
        .client()
        .browser_strict(true)
        .register(&wanted, &caller)
        .expect("this protects");
}

#[test]
fn a_registration_and_a_sign_in_fit_together() {
    let mut setting = Setting::new();
    let mut wanted = options();
    wanted["authenticatorSelection"] = json!({ "residentKey": "required" });
    wanted["extensions"] = json!({ "credProps": true });
    let credential = setting.register(&wanted).expect("registered");
    assert_eq!(
        credential["clientExtensionResults"],
        json!({ "credProps": { "rk": true } })
    );
    assert_eq!(credential["response"]["publicKeyAlgorithm"], -7);
    let answer = setting.sign_in(&request()).expect("signed in");
    assert_eq!(answer["id"], credential["id"]);
    assert_eq!(answer["response"]["userHandle"], "dXNlcg");
    let spki = bytes(&credential["response"]["publicKey"]);
    let message = {
        let mut message = bytes(&answer["response"]["authenticatorData"]);
        message.extend(Sha256::digest(bytes(&answer["response"]["clientDataJSON"])));
        message
    };
    let verifier = p256::ecdsa::VerifyingKey::from_public_key_der(&spki).expect("SPKI");
    let signature = p256::ecdsa::Signature::from_der(&bytes(&answer["response"]["signature"]));
    verifier
        .verify(&message, &signature.expect("DER"))
        .expect("verifies");
}

#[test]
fn without_a_preference_nothing_is_attested() {
    let mut setting = Setting::new();
    let object = |credential: Json| {
        read(&bytes(&credential["response"]["attestationObject"])).expect("CBOR")
    };
    let none = object(setting.register(&options()).expect("registered"));
    assert_eq!(none.get("fmt"), Some(&Value::from("none")));
    assert_eq!(none.get("attStmt"), Some(&Value::Map(vec![])));
    let mut wanted = options();
    wanted["attestation"] = json!("direct");
    let direct = object(setting.register(&wanted).expect("registered"));
    assert_eq!(direct.get("fmt"), Some(&Value::from("packed")));
}

#[test]
fn an_excluded_credential_is_recognised_in_every_encoding_and_in_long_lists() {
    use base64::Engine;
    let mut setting = Setting::new();
    let credential = setting.register(&options()).expect("registered");
    let id = bytes(&credential["id"]);
    let plain = base64url::encode(&id);
    let padded = base64::engine::general_purpose::STANDARD.encode(&id);
    let digit = format!("{plain}{}", (4 - plain.len() % 4) % 4);
    for text in [plain.clone(), padded, digit] {
        let mut wanted = options();
        wanted["excludeCredentials"] = json!([{ "type": "public-key", "id": text }]);
        assert_eq!(
            setting.register(&wanted).expect_err("excluded").name,
            "InvalidStateError"
        );
    }
    let mut list = vec![json!({ "type": "public-key", "id": "AAAA" }); 40];
    let mut wanted = options();
    wanted["excludeCredentials"] = Json::Array(list.clone());
    setting.register(&wanted).expect("none of them is here");
    list.push(json!({ "type": "public-key", "id": plain }));
    wanted["excludeCredentials"] = Json::Array(list.clone());
    assert_eq!(
        setting.register(&wanted).expect_err("excluded").name,
        "InvalidStateError"
    );
    let mut wanted = request();
    wanted["allowCredentials"] = Json::Array(list);
    assert_eq!(
        setting.sign_in(&wanted).expect("signed in")["id"],
        credential["id"]
    );
}

#[test]
fn the_account_is_chosen_among_several() {
    let mut setting = Setting::new();
    for (id, name) in [("YQ", "alice"), ("Yg", "bob"), ("Yw", "carol")] {
        let mut wanted = options();
        wanted["user"] = json!({ "id": id, "name": name, "displayName": name });
        wanted["authenticatorSelection"] = json!({ "residentKey": "required" });
        setting.register(&wanted).expect("registered");
    }
    let handle = |setting: &mut Setting, account: Option<&str>| {
        let caller = Caller::new("https://login.microsoft.com");
        setting
            .client()
            .account(account)
            .sign_in(&request(), &caller)
            .map(|answer| answer["response"]["userHandle"].clone())
    };
    assert_eq!(handle(&mut setting, None), Ok(json!("Yw")), "the newest");
    assert_eq!(handle(&mut setting, Some("alice")), Ok(json!("YQ")));
    assert_eq!(handle(&mut setting, Some("carol")), Ok(json!("Yw")));
    let error = handle(&mut setting, Some("dave")).expect_err("nobody");
    assert!(error.message.contains("softkey list"), "{error}");
}

#[test]
fn what_a_browser_would_refuse_is_refused_by_name() {
    let mut setting = Setting::new();
    let mut refused = |change: &dyn Fn(&mut Json)| {
        let mut wanted = options();
        change(&mut wanted);
        setting.register(&wanted).expect_err("refused").name
    };
    assert_eq!(
        refused(&|wanted| wanted["rp"]["id"] = json!("example.com")),
        "SecurityError"
    );
    assert_eq!(
        refused(&|wanted| wanted["rp"]["id"] = json!("com")),
        "SecurityError"
    );
    assert_eq!(
        refused(&|wanted| wanted["user"]["id"] = json!("")),
        "TypeError"
    );
    assert_eq!(
        refused(&|wanted| wanted["challenge"] = json!("!")),
        "TypeError"
    );
    assert_eq!(
        refused(&|wanted| wanted["challenge"] = Json::Null),
        "TypeError"
    );
    let unknown = |wanted: &mut Json| {
        wanted["pubKeyCredParams"] = json!([{ "type": "public-key", "alg": -65535 }]);
    };
    assert_eq!(refused(&unknown), "NotSupportedError");
    let platform = |wanted: &mut Json| {
        wanted["authenticatorSelection"] = json!({ "authenticatorAttachment": "platform" });
    };
    assert_eq!(refused(&platform), "NotAllowedError");
    assert_eq!(
        setting.sign_in(&request()).expect_err("empty").name,
        "NotAllowedError"
    );
}

#[test]
fn prf_gives_the_same_secret_at_registration_and_at_sign_in() {
    let mut setting = Setting::new();
    let mut wanted = options();
    wanted["authenticatorSelection"] = json!({ "residentKey": "required" });
    wanted["extensions"] =
        json!({ "prf": { "eval": { "first": "Zmlyc3Q", "second": "c2Vjb25k" } } });
    let made = setting.register(&wanted).expect("registered");
    let made = &made["clientExtensionResults"]["prf"];
    assert_eq!(made["enabled"], true);
    assert_eq!(bytes(&made["results"]["first"]).len(), 32);
    let mut wanted = request();
    wanted["extensions"] = json!({ "prf": { "eval": { "first": "Zmlyc3Q" } } });
    let signed = setting.sign_in(&wanted).expect("signed in");
    let results = &signed["clientExtensionResults"]["prf"]["results"];
    assert_eq!(results["first"], made["results"]["first"]);
    assert_eq!(results.get("second"), None);
}

#[test]
fn a_synced_passkey_says_so_and_verifies_by_itself() {
    let profile = persona::find("google-password-manager")
        .expect("a persona")
        .profile
        .clone();
    let mut setting = Setting::with(profile);
    let mut wanted = options();
    wanted["authenticatorSelection"] =
        json!({ "residentKey": "required", "userVerification": "required" });
    wanted["attestation"] = json!("direct");
    let credential = setting.register(&wanted).expect("registered");
    let data = bytes(&credential["response"]["authenticatorData"]);
    assert_eq!(data[32], 0x5d, "UP, UV, BE, BS, AT");
    assert_eq!(credential["authenticatorAttachment"], "platform");
    assert_eq!(
        credential["response"]["transports"],
        json!(["hybrid", "internal"])
    );
    let form = super::entra::registration_form(&credential, setting.key.profile().aaguid);
    assert_eq!(form["credentialDeviceType"], "multiDevice");
    assert_eq!(form["credentialBackedUp"], true);
}

#[test]
fn the_forms_of_entra_carry_what_the_credential_says() {
    let mut setting = Setting::new();
    let credential = setting.register(&options()).expect("registered");
    let form = super::entra::registration_form(&credential, setting.key.profile().aaguid);
    assert_eq!(
        form["clientDataJson"],
        credential["response"]["clientDataJSON"]
    );
    assert_eq!(form["credentialDeviceType"], "singleDevice");
    assert_eq!(bytes(&form["clientExtensionResults"]), b"{}");
    let method = super::entra::graph_method(&credential, "my key");
    assert_eq!(method["publicKeyCredential"]["id"], credential["id"]);
    let mut wanted = request();
    wanted["allowCredentials"] = json!([{ "type": "public-key", "id": credential["id"] }]);
    let form = super::entra::sign_in_form(&setting.sign_in(&wanted).expect("signed in"));
    let assertion: Json =
        serde_json::from_str(form["assertion"].as_str().expect("text")).expect("JSON");
    assert_eq!(assertion["id"], credential["id"]);
    assert_eq!(form["type"], "23");
}

#[test]
fn a_pin_is_set_and_changed_with_advice_when_it_cannot_be() {
    let mut setting = Setting::new();
    let error = setting
        .client()
        .set_pin(Some("1234"), "5678")
        .expect_err("there is none");
    assert!(error.message.contains("pin set"), "{error}");
    assert_eq!(
        setting
            .client()
            .set_pin(None, "123")
            .expect_err("too short")
            .name,
        "NotAllowedError"
    );
    setting.client().set_pin(None, "1234").expect("set");
    let error = setting
        .client()
        .set_pin(None, "5678")
        .expect_err("there is one");
    assert!(error.message.contains("pin change"), "{error}");
    setting
        .client()
        .set_pin(Some("1234"), "5678")
        .expect("changed");
}

#[test]
fn a_large_blob_is_written_read_and_kept_apart_from_others() {
    let mut setting = Setting::new();
    setting.client().set_pin(None, "123456").expect("set");
    let caller = Caller::new("https://example.com");
    let mut made = Vec::new();
    for user in ["YWxpY2U", "Ym9i"] {
        let options = json!({
            "rp": { "id": "example.com", "name": "Example" },
            "user": { "id": user, "name": user, "displayName": user },
            "challenge": "Y2hhbGxlbmdl",
            "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
            "authenticatorSelection": { "residentKey": "required" },
            "extensions": { "largeBlob": { "support": "required" } },
        });
        let credential = setting
            .client()
            .pin(Some("123456"))
            .register(&options, &caller)
            .expect("registered");
        let results = &credential["clientExtensionResults"]["largeBlob"];
        assert_eq!(results["supported"], true);
        made.push(credential["id"].clone());
    }
    let mut ask = |id: &Json, blob: Json| {
        let options = json!({
            "challenge": "Y2hhbGxlbmdl",
            "rpId": "example.com",
            "allowCredentials": [{ "type": "public-key", "id": id }],
            "extensions": { "largeBlob": blob },
        });
        let signed = setting
            .client()
            .pin(Some("123456"))
            .sign_in(&options, &caller);
        signed.map(|signed| signed["clientExtensionResults"]["largeBlob"].clone())
    };
    let read = || json!({ "read": true });
    let blobs = ["a".repeat(3000), "b".repeat(2000)].map(base64url::encode);
    assert_eq!(ask(&made[0], read()), Ok(json!({})));
    // The second time replaces the first.
    for blob in [&blobs[1], &blobs[0]] {
        let written = ask(&made[0], json!({ "write": blob }));
        assert_eq!(written, Ok(json!({ "written": true })));
    }
    ask(&made[1], json!({ "write": blobs[1] })).expect("written");
    for (id, blob) in made.iter().zip(&blobs) {
        assert_eq!(ask(id, read()), Ok(json!({ "blob": blob })));
    }
    let mut noise = SeededEnv::new(9);
    let noise: Vec<u8> = (0..200)
        .flat_map(|_| crate::env::random::<32>(&mut noise))
        .collect();
    let full = ask(&made[0], json!({ "write": base64url::encode(noise) }));
    assert_eq!(full, Ok(json!({ "written": false })));
    for wrong in [
        json!({ "support": "preferred" }),
        json!({ "read": true, "write": "AAAA" }),
    ] {
        let error = ask(&made[0], wrong).expect_err("refused");
        assert_eq!(error.name, "NotSupportedError");
    }
    let text = json!({ "write": "no base64url" });
    assert_eq!(ask(&made[0], text).expect_err("refused").name, "TypeError");
}
