use super::{Arguments, run};
use clap::Parser;
use serde_json::{Value as Json, json};
use std::path::PathBuf;

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("softkey-cli-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn write(&self, name: &str, content: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, content).expect("written");
        path.display().to_string()
    }

    /// Runs a command; standard output if it went well, standard error if not.
    fn run(&self, arguments: &[&str]) -> Result<String, String> {
        let home = self.0.display().to_string();
        let all = ["softkey", "--home", &home]
            .into_iter()
            .chain(arguments.iter().copied());
        let arguments = Arguments::try_parse_from(all).expect("arguments");
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        let code = run(arguments, &mut output, &mut errors);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        if code == 0 {
            Ok(text(output))
        } else {
            Err(text(errors))
        }
    }

    fn json(&self, arguments: &[&str]) -> Json {
        let all: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        serde_json::from_str(&self.run(&all).expect("it goes well")).expect("JSON")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).expect("the folder is ours");
    }
}

fn options() -> String {
    json!({
        "rp": { "id": "example.com", "name": "Example" },
        "user": { "id": "dXNlcg", "name": "alice", "displayName": "Alice" },
        "challenge": "Y2hhbGxlbmdl",
        "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
        "authenticatorSelection": { "residentKey": "required", "userVerification": "required" },
        "attestation": "direct",
    })
    .to_string()
}

fn request() -> String {
    json!({ "challenge": "Y2hhbGxlbmdl", "rpId": "example.com", "userVerification": "required" })
        .to_string()
}

const ORIGIN: [&str; 2] = ["--origin", "https://login.example.com"];

#[test]
fn a_key_is_made_registered_used_and_erased() {
    let folder = Folder::new("life");
    let made = folder.json(&["new", "--as", "yubikey5-nfc-5.7", "--pin", "123456"]);
    assert_eq!(made["aaguid"], "a25342c0-3cdc-4414-8e46-f4807fca511c");
    let create = folder.write("create.json", &options());
    let get = folder.write("get.json", &request());
    let ceremony = |command: &'static str, file: &str, more: &[&str]| {
        let base = [command, ORIGIN[0], ORIGIN[1], "--options", file];
        let all: Vec<&str> = base.into_iter().chain(more.iter().copied()).collect();
        folder
            .run(&all)
            .map(|text| serde_json::from_str::<Json>(&text).expect("JSON"))
    };
    let error = ceremony("register", &create, &[]).expect_err("no PIN given");
    assert!(error.contains("--pin"), "{error}");
    let credential = ceremony("register", &create, &["--pin", "123456"]).expect("registered");
    let answer = ceremony("sign-in", &get, &["--pin", "123456"]).expect("signed in");
    assert_eq!(answer["id"], credential["id"]);
    let form =
        ceremony("sign-in", &get, &["--pin", "123456", "--form", "entra"]).expect("signed in");
    assert_eq!(form["type"], "23");
    let listed = folder.json(&["list"]);
    assert_eq!(listed["credentials"][0]["user_name"], "alice");
    let id = credential["id"].as_str().expect("an id");
    assert_eq!(folder.json(&["show", id])["algorithm"], "ES256");
    assert!(
        folder
            .json(&["show", id])
            .get("private_key_pkcs8")
            .is_none()
    );
    assert!(
        folder
            .json(&["show", id, "--private"])
            .get("private_key_pkcs8")
            .is_some()
    );
    assert_eq!(folder.json(&["show"])["pin_set"], true);
    assert!(
        folder
            .run(&["reset"])
            .expect_err("not sure")
            .contains("reset --yes")
    );
    folder.run(&["reset", "--yes"]).expect("erased");
    assert!(
        ceremony("sign-in", &get, &[])
            .expect_err("erased")
            .contains("pin set")
    );
    assert_eq!(folder.json(&["keys"])["keys"], json!(["default"]));
}

#[test]
fn messages_say_what_to_do_next() {
    let folder = Folder::new("advice");
    for (arguments, advice) in [
        (&["list"][..], "softkey new"),
        (&["new", "--as", "yubikey5-nfc"], "yubikey5-nfc-5.7"),
        (&["new", "--as", "zzz"], "softkey personas"),
        (&["list", "--key", "../escape"], "no name for a key"),
    ] {
        let error = folder.run(arguments).expect_err("refused");
        assert!(error.contains(advice), "{arguments:?}: {error}");
    }
    folder.run(&["new"]).expect("made");
    for (arguments, advice) in [
        (&["new"][..], "--key"),
        (&["show", "AAAA"], "softkey list"),
        (&["pin", "change", "1234", "5678"], "pin set"),
        (&["control", "/nonexistent", "{}"], "softkey serve"),
        (&["control", "/nonexistent", "status"], "\"command\""),
    ] {
        let error = folder.run(arguments).expect_err("refused");
        assert!(error.contains(advice), "{arguments:?}: {error}");
    }
    let create = folder.write("create.json", &options());
    let arguments = [
        "register",
        ORIGIN[0],
        ORIGIN[1],
        "--options",
        &create,
        "--defect",
        "x",
    ];
    let error = folder.run(&arguments).expect_err("no such defect");
    assert!(error.contains("stale-counter"), "{error}");
    let error = folder
        .run(&["list", "--key", "other", "--json"])
        .expect_err("there is none");
    assert_eq!(
        serde_json::from_str::<Json>(&error).expect("JSON")["error"]["kind"],
        "error"
    );
}

#[test]
fn a_profile_file_changes_what_it_names_and_is_checked() {
    let folder = Folder::new("profile");
    let file = folder.write(
        "profile.toml",
        "counter = \"zero\"\n[defects]\nstale_counter = true\n",
    );
    folder.run(&["new", "--profile", &file]).expect("made");
    assert_eq!(folder.json(&["show"])["profile"]["counter"], "zero");
    let wrong = folder.write("wrong.toml", "backup_state = true");
    let error = folder
        .run(&["new", "--key", "b", "--profile", &wrong])
        .expect_err("incoherent");
    assert!(error.contains("backup_eligible"), "{error}");
    let unknown = folder.write("unknown.toml", "colour = 1");
    let error = folder
        .run(&["new", "--key", "c", "--profile", &unknown])
        .expect_err("unknown");
    assert!(error.contains("colour"), "{error}");
}

#[test]
fn an_export_makes_the_same_key_again_and_credentials_move_alone() {
    let folder = Folder::new("export");
    folder.run(&["new", "--pin", "123456"]).expect("made");
    let create = folder.write("create.json", &options());
    let get = folder.write("get.json", &request());
    let register = [
        "register",
        ORIGIN[0],
        ORIGIN[1],
        "--options",
        &create,
        "--pin",
        "123456",
    ];
    let credential: Json =
        serde_json::from_str(&folder.run(&register).expect("registered")).expect("JSON");
    let whole = folder.write("whole.json", &folder.run(&["export"]).expect("exported"));
    folder
        .run(&["import", &whole, "--key", "copy"])
        .expect("imported");
    let sign_in = [
        "sign-in",
        "--key",
        "copy",
        ORIGIN[0],
        ORIGIN[1],
        "--options",
        &get,
        "--pin",
        "123456",
    ];
    let answer: Json =
        serde_json::from_str(&folder.run(&sign_in).expect("signed in")).expect("JSON");
    assert_eq!(answer["id"], credential["id"]);
    let alone = folder.write(
        "alone.json",
        &folder.run(&["export", "--cdp"]).expect("exported"),
    );
    folder.run(&["new", "--key", "empty"]).expect("made");
    folder
        .run(&["import", &alone, "--key", "empty"])
        .expect("imported");
    let listed = folder.json(&["list", "--key", "empty"]);
    assert_eq!(listed["credentials"][0]["id"], credential["id"]);
    let nonsense = folder.write("nonsense.json", "{}");
    assert!(
        folder
            .run(&["import", &nonsense])
            .expect_err("refused")
            .contains("neither")
    );
}

#[test]
fn with_a_seed_a_run_repeats_and_without_one_it_does_not() {
    let run = |name: &str, seed: &[&str]| {
        let folder = Folder::new(name);
        let create = folder.write("create.json", &options());
        let with = |arguments: &[&str]| {
            let all: Vec<&str> = arguments.iter().chain(seed).copied().collect();
            folder.run(&all).expect("it goes well")
        };
        with(&["new", "--pin", "123456"]);
        let register = [
            "register",
            ORIGIN[0],
            ORIGIN[1],
            "--options",
            &create,
            "--pin",
            "123456",
        ];
        let first: Json = serde_json::from_str(&with(&register)).expect("JSON");
        let second: Json = serde_json::from_str(&with(&register)).expect("JSON");
        assert_ne!(first["id"], second["id"]);
        (first["id"].clone(), second["id"].clone())
    };
    assert_eq!(
        run("seed-a", &["--seed", "7"]),
        run("seed-b", &["--seed", "7"])
    );
    assert_ne!(run("seed-c", &[]), run("seed-d", &[]));
}

#[test]
fn an_encrypted_key_opens_with_its_passphrase_only() {
    let folder = Folder::new("passphrase");
    let right = folder.write("right", "correct horse\n");
    let wrong = folder.write("wrong", "battery staple\n");
    folder
        .run(&["new", "--passphrase-file", &right])
        .expect("made");
    assert!(
        folder
            .run(&["list"])
            .expect_err("none")
            .contains("--passphrase-file")
    );
    assert!(folder.run(&["list", "--passphrase-file", &wrong]).is_err());
    folder
        .run(&["list", "--passphrase-file", &right])
        .expect("opened");
}

#[test]
fn the_authority_is_that_of_the_folder() {
    let folder = Folder::new("authority");
    let pem = folder.run(&["attest", "ca"]).expect("printed");
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));
    assert_eq!(folder.run(&["attest", "ca"]).expect("printed"), pem);
    folder
        .run(&["new", "--as", "yubikey5-nfc-5.7"])
        .expect("made");
    let statement = folder.json(&["attest", "metadata"]);
    assert_eq!(statement["aaguid"], "a25342c0-3cdc-4414-8e46-f4807fca511c");
    assert_eq!(statement["authenticatorGetInfo"]["options"]["rk"], true);
    assert!(
        pem.replace('\n', "").contains(
            statement["attestationRootCertificates"][0]
                .as_str()
                .expect("text")
        )
    );
    assert!(
        folder.json(&["personas"])["personas"]
            .as_array()
            .expect("a list")
            .len()
            > 10
    );
}

#[test]
fn the_arguments_are_coherent() {
    use clap::CommandFactory;
    Arguments::command().debug_assert();
}

#[test]
fn settings_are_changed_with_the_pin_and_taken_back_by_a_reset() {
    let folder = Folder::new("settings");
    folder.run(&["new", "--pin", "123456"]).expect("made");
    let error = folder.run(&["set"]).expect_err("nothing to set");
    assert!(error.contains("help set"), "{error}");
    let all = [
        "set",
        "--enterprise-attestation",
        "--always-uv",
        "on",
        "--min-pin-length",
        "6",
        "--min-pin-length-rp-id",
        "example.com",
    ];
    let error = folder.run(&all).expect_err("the PIN is missing");
    assert!(error.contains("--pin"), "{error}");
    let with_pin = [&all[..], &["--pin", "123456"]].concat();
    folder.run(&with_pin).expect("set");
    // By the numbers of the standard: 13 is the least length of a PIN, 4 the options.
    let info = || folder.json(&["show"])["get_info"].clone();
    assert_eq!(info()["13"], 6);
    assert_eq!(info()["4"]["ep"], true);
    assert_eq!(info()["4"]["alwaysUv"], true);
    let off = ["set", "--always-uv", "off", "--pin", "123456"];
    for _ in 0..2 {
        folder.run(&off).expect("off, and still off");
        assert_eq!(info()["4"]["alwaysUv"], false);
    }
    let error = folder
        .run(&["set", "--min-pin-length", "4", "--pin", "123456"])
        .expect_err("it only grows");
    assert!(error.contains("PIN"), "{error}");
    folder.run(&["reset", "--yes"]).expect("reset");
    assert_eq!(info()["13"], 4);
    assert_eq!(info()["4"]["ep"], false);
}
