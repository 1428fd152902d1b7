use crate::testing::{AFTER_PHASE_2, Bench};
use proptest::prelude::*;

use crate::support::{AZURE_CLI, aadsts, json, text, token};

#[test]
fn a_token_request_without_its_parameters_names_the_missing_one() {
    let bench = Bench::at(AFTER_PHASE_2);
    for (fields, missing) in [
        (vec![], "grant_type"),
        (vec![("grant_type", "password")], "client_id"),
        (
            vec![("grant_type", "password"), ("client_id", AZURE_CLI)],
            "username",
        ),
        (
            vec![("grant_type", "refresh_token"), ("client_id", AZURE_CLI)],
            "refresh_token",
        ),
    ] {
        let reply = token(&bench, &fields);
        assert_eq!(aadsts(&reply), 900_144);
        assert!(text(&json(&reply), "error_description").contains(&format!("'{missing}'")));
    }
}

#[test]
fn a_body_of_another_kind_has_no_parameters() {
    let bench = Bench::at(AFTER_PHASE_2);
    let url = "https://login.microsoftonline.com/organizations/oauth2/v2.0/token";
    let reply = bench.send(
        "POST",
        url,
        &[("content-type", "application/json")],
        r#"{"grant_type":"password"}"#,
    );
    assert_eq!(aadsts(&reply), 900_144);
    assert_eq!(aadsts(&bench.send("GET", url, &[], "")), 900_561);
}

#[test]
fn strange_requests_get_their_numbers() {
    let bench = Bench::at(AFTER_PHASE_2);
    let client = ("client_id", AZURE_CLI);
    assert_eq!(
        aadsts(&token(&bench, &[("grant_type", "magic"), client])),
        70003
    );
    let garbage = [
        ("grant_type", "refresh_token"),
        client,
        ("refresh_token", "garbage"),
    ];
    let reply = token(&bench, &garbage);
    assert_eq!(aadsts(&reply), 9_002_313);
    assert_eq!(text(&json(&reply), "error"), "invalid_grant");
    let resource = [
        ("grant_type", "password"),
        client,
        ("resource", "https://graph.microsoft.com"),
    ];
    assert_eq!(aadsts(&token(&bench, &resource)), 901_002);
    let common = "https://login.microsoftonline.com/common/oauth2/v2.0/token";
    let password = [
        ("grant_type", "password"),
        client,
        ("username", "a@b"),
        ("password", "c"),
        ("scope", "openid"),
    ];
    assert_eq!(aadsts(&bench.post_form(common, &password)), 9_001_023);
}

#[test]
fn what_is_not_simulated_says_so_by_name() {
    let bench = Bench::at(AFTER_PHASE_2);
    let reply = bench.send(
        "GET",
        "https://login.microsoftonline.com/common/kerberos",
        &[],
        "",
    );
    assert_eq!(reply.status, 501);
    assert!(
        reply.headers["x-entrasim-not-simulated"]
            .to_str()
            .unwrap()
            .contains("kerberos")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_form_breaks_the_token_endpoint(body: Vec<u8>, scope in ".{0,40}", name in ".{0,20}") {
        let bench = Bench::at(AFTER_PHASE_2);
        let url = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token";
        let text = String::from_utf8_lossy(&body).into_owned();
        bench.send("POST", url, &[("content-type", "application/x-www-form-urlencoded")], &text);
        let fields = [
            ("grant_type", "password"), ("client_id", AZURE_CLI), ("username", name.as_str()), ("password", "x"),
            ("scope", scope.as_str()), ("claims", text.as_str()),
        ];
        let reply = bench.post_form(url, &fields);
        prop_assert!(reply.status.is_client_error());
    }
}
