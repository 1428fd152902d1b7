//! Lists, single methods, the mixed list, fixed ids, selection.

use entrasim_domain::credential::method::MethodKind;
use entrasim_domain::directory::device::Device;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::changes::Note;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{administrator, at, beta, give, one_of_each, size};
use crate::graph::client::App;
use crate::support::{json as body, text};

#[test]
fn every_kind_is_listed_by_itself_and_among_all_and_is_deleted() {
    let app = administrator();
    let kinds = one_of_each();
    for (number, (_, kind)) in (100..).zip(kinds.clone()) {
        give(&app, "bob", number, kind);
    }
    let all = app.get(&at("bob", "methods"));
    assert_eq!(size(&all), kinds.len() + 1, "and the password");
    assert_eq!(
        text(&all["value"][0], "@odata.type"),
        "#microsoft.graph.passwordAuthenticationMethod"
    );
    assert!(text(&all, "@odata.context").ends_with(&format!(
        "#users('{}')/authentication/methods",
        app.id("bob")
    )));
    for (at_row, (set, _)) in kinds.iter().enumerate() {
        let list = app.get(&at("bob", set));
        assert_eq!(size(&list), 1, "{set}");
        let mut listed = list["value"][0].clone();
        let id = text(&listed, "id").to_owned();
        let one = app.get(&at("bob", &format!("{set}/{id}")));
        assert!(text(&one, "@odata.context").ends_with(&format!("/authentication/{set}/$entity")));
        // The same among all, with its type.
        let mut typed = all["value"][at_row + 1].clone();
        let name = typed
            .as_object_mut()
            .unwrap()
            .remove("@odata.type")
            .unwrap();
        assert!(name.as_str().unwrap().starts_with("#microsoft.graph."));
        assert_eq!(typed, listed, "{set}");
        let any = app.get(&at("bob", &format!("methods/{id}")));
        assert_eq!(any["@odata.type"], name);
        for (member, value) in listed.as_object_mut().unwrap() {
            assert_eq!(one[member.as_str()], *value, "{set}/{member}");
        }
        let beta = app.get(&beta("bob", set));
        assert_eq!(text(&beta["value"][0], "id"), id);
        let count = app.send("GET", &at("bob", &format!("{set}/$count")), &[], "");
        assert_eq!(
            (count.status.as_u16(), &count.body[..]),
            (200, &b"1"[..]),
            "{set}"
        );
    }
    // The default second factor goes last.
    for (set, _) in kinds.iter().rev() {
        let listed = app.get(&at("bob", set));
        let id = text(&listed["value"][0], "id").to_owned();
        let url = at("bob", &format!("{set}/{id}"));
        app.write("DELETE", &url, &Value::Null, 204);
        app.write("DELETE", &url, &Value::Null, 404);
        app.write("GET", &url, &Value::Null, 404);
    }
    assert_eq!(size(&app.get(&at("bob", "methods"))), 1);
}

#[test]
fn ids_are_those_of_the_reference() {
    let app = administrator();
    for (number, (_, kind)) in (100..).zip(one_of_each()) {
        give(&app, "bob", number, kind);
    }
    for (set, id) in [
        ("passwordMethods", "28c10230-6103-485e-b985-444c60001490"),
        ("phoneMethods", "3179e48a-750b-4051-897c-87b9720928f7"),
        ("emailMethods", "3ddfcfc8-9383-446f-83cc-3ab9be4be18f"),
        ("fido2Methods", "-_v7-_v7-_v7-_v7-_v7-w2"),
    ] {
        let list = app.get(&at("bob", set));
        assert_eq!(text(&list["value"][0], "id"), id, "{set}");
        app.get(&at(
            "bob",
            &format!(
                "{set}/{}",
                if id.len() == 36 {
                    id.to_uppercase()
                } else {
                    id.to_owned()
                }
            ),
        ));
        app.get(&at("bob", &format!("methods('{id}')")));
    }
    let password = app.get(&at("bob", "passwordMethods"));
    assert_eq!(password["value"][0]["password"], Value::Null);
    // The password is neither deleted nor made here.
    let url = at(
        "bob",
        "passwordMethods/28c10230-6103-485e-b985-444c60001490",
    );
    let refused = app.write("DELETE", &url, &Value::Null, 405);
    assert_eq!(text(&refused["error"], "code"), "methodNotAllowed");
    app.write(
        "POST",
        &at("bob", "passwordMethods"),
        &json!({"password": "x"}),
        405,
    );
    app.write("DELETE", &at("bob", "methods/x"), &Value::Null, 405);
}

#[test]
fn what_nobody_has_is_not_found_in_the_words_of_this_part_of_graph() {
    let app = administrator();
    for rest in [
        "methods/11111111-2222-4333-8444-555555555555",
        "phoneMethods/3179e48a-750b-4051-897c-87b9720928f7",
        "fido2Methods/AAAA0",
        "operations/11111111-2222-4333-8444-555555555555",
    ] {
        let missing = app.write("GET", &at("bob", rest), &Value::Null, 404);
        assert_eq!(
            text(&missing["error"], "code"),
            "resourceNotFound",
            "{rest}"
        );
    }
    let nobody = app.write("GET", &at("nobody", "methods"), &Value::Null, 404);
    assert_eq!(
        nobody["error"]["innerError"]["message"],
        nobody["error"]["message"]
    );
}

#[test]
fn a_selection_is_kept_and_other_options_are_refused_by_name() {
    let app = administrator();
    let selected = app.get(&at(
        "alice",
        "microsoftAuthenticatorMethods?$select=id,displayName",
    ));
    let row = selected["value"][0].as_object().unwrap();
    assert_eq!(row.keys().collect::<Vec<_>>(), ["id", "displayName"]);
    assert!(
        text(&selected, "@odata.context")
            .ends_with("microsoftAuthenticatorMethods(id,displayName)")
    );
    let unknown = app.send(
        "GET",
        &at("alice", "softwareOathMethods?$select=colour"),
        &[],
        "",
    );
    assert_eq!(unknown.status, 400);
    let filtered = app.send("GET", &at("alice", "methods?$filter=id eq 'x'"), &[], "");
    assert_eq!(filtered.status, 501);
    assert_eq!(
        size(&app.get(&at("alice", "methods?$top=1&$count=true"))),
        3
    );
}

#[test]
fn the_device_of_a_key_is_shown_if_it_is_asked_for() {
    let app = administrator();
    let device = app
        .bench
        .tenant
        .write(|tenant| {
            let now = tenant.now(entrasim_domain::time::Timestamp::UNIX_EPOCH);
            let device = Device::new(
                ObjectId::from_u128(4),
                Uuid::from_u128(5),
                "Laptop".to_owned(),
                now,
            );
            let id = device.id;
            tenant
                .put_device(device, &Note::by_service(now))
                .map_err(|_| ())?;
            Ok::<_, ()>(id)
        })
        .unwrap();
    let (_, mut kind) = one_of_each().remove(6);
    if let MethodKind::WindowsHello(key) = &mut kind {
        key.device = Some(device);
    }
    let id = give(&app, "bob", 5, kind);
    let path = at("bob", &format!("windowsHelloForBusinessMethods/{id}"));
    assert_eq!(app.get(&path).get("device"), None);
    let expanded = app.get(&format!("{path}?$expand=device"));
    assert_eq!(text(&expanded["device"], "displayName"), "Laptop");
    let wrong = app.send("GET", &format!("{path}?$expand=colour"), &[], "");
    assert_eq!(wrong.status, 400);
}

#[test]
fn apps_that_sign_in_without_a_password_have_a_view_of_their_own() {
    let app = administrator();
    let (_, kind) = one_of_each().remove(0);
    let id = give(&app, "bob", 5, kind);
    let list = app.get(&beta("bob", "passwordlessMicrosoftAuthenticatorMethods"));
    assert_eq!(text(&list["value"][0], "id"), id);
    assert_eq!(size(&app.get(&beta("bob", "methods"))), 2, "once among all");
    let url = beta(
        "bob",
        &format!("passwordlessMicrosoftAuthenticatorMethods/{id}"),
    );
    app.write("DELETE", &url, &Value::Null, 204);
    app.write("GET", &url, &Value::Null, 404);
    assert_eq!(
        size(&app.get(&beta("bob", "microsoftAuthenticatorMethods"))),
        1
    );
}

#[test]
fn people_read_their_own_and_v1_has_no_beta_paths() {
    let mut app = App::person("alice", "UserAuthMethod-MicrosoftAuthApp.Read");
    let own = app.get("/me/authentication/microsoftAuthenticatorMethods");
    assert_eq!(size(&own), 1);
    assert!(text(&own, "@odata.context").contains("#users('"));
    let other = app.send("GET", "/me/authentication/phoneMethods", &[], "");
    assert_eq!(other.status, 403);
    assert_eq!(text(&body(&other)["error"], "code"), "accessDenied");
    app.becomes("admin", "UserAuthenticationMethod.ReadWrite.All");
    for rest in [
        "hardwareOathMethods",
        "qrCodePinMethod",
        "signInPreferences",
        "requirements",
    ] {
        assert_eq!(
            app.send("GET", &at("alice", rest), &[], "").status,
            400,
            "{rest}"
        );
    }
}
