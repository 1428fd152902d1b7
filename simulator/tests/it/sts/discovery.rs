use crate::testing::{BEFORE_PHASE_2, Bench};

use crate::support::{aadsts, json, text};

#[test]
fn a_domain_in_the_path_is_answered_with_the_tenants_id() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let url = "https://login.microsoftonline.com/Contoso.onmicrosoft.com/v2.0/.well-known/openid-configuration";
    let body = json(&bench.send("GET", url, &[], ""));
    let id = bench.tenant.id();
    assert_eq!(
        text(&body, "issuer"),
        format!("https://login.microsoftonline.com/{id}/v2.0")
    );
    assert_eq!(
        text(&body, "token_endpoint"),
        format!("https://login.microsoftonline.com/{id}/oauth2/v2.0/token")
    );
    let members: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(members[0], "token_endpoint");
    assert_eq!(members[8], "issuer");
}

#[test]
fn common_keeps_its_word_and_a_template_for_the_issuer() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let v1 = json(&bench.send(
        "GET",
        "https://login.windows.net/common/.well-known/openid-configuration",
        &[],
        "",
    ));
    assert_eq!(text(&v1, "issuer"), "https://sts.windows.net/{tenantid}/");
    let v2 = json(&bench.send(
        "GET",
        "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration",
        &[],
        "",
    ));
    assert_eq!(
        text(&v2, "issuer"),
        "https://login.microsoftonline.com/{tenantid}/v2.0"
    );
}

#[test]
fn urls_on_a_custom_host_echo_the_callers_origin() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let body = json(&bench.send(
        "GET",
        "https://localhost:8443/organizations/v2.0/.well-known/openid-configuration",
        &[],
        "",
    ));
    assert_eq!(
        text(&body, "token_endpoint"),
        "https://localhost:8443/organizations/oauth2/v2.0/token"
    );
}

#[test]
fn unknown_tenants_are_refused_as_discovery_does() {
    let bench = Bench::at(BEFORE_PHASE_2);
    for (tenant, number, error) in [
        ("nobody.example", 90002, "invalid_tenant"),
        (
            "11111111-2222-3333-4444-555555555555",
            90002,
            "invalid_tenant",
        ),
        ("not_a_name", 900_023, "invalid_request"),
    ] {
        let url = format!(
            "https://login.microsoftonline.com/{tenant}/v2.0/.well-known/openid-configuration"
        );
        let reply = bench.send("GET", &url, &[], "");
        assert_eq!(aadsts(&reply), number);
        assert_eq!(text(&json(&reply), "error"), error);
    }
}

#[test]
fn instance_discovery_lists_the_aliases_and_refuses_unknown_hosts() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let ask = |endpoint: &str| {
        let url = format!(
            "https://login.microsoftonline.com/common/discovery/instance?api-version=1.1&authorization_endpoint={endpoint}"
        );
        bench.send("GET", &url, &[], "")
    };
    let body = json(&ask(
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
    ));
    assert_eq!(
        text(&body, "tenant_discovery_endpoint"),
        "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration"
    );
    assert_eq!(body["metadata"][0]["aliases"][1], "login.windows.net");
    assert_eq!(
        aadsts(&ask("https://login.example/common/oauth2/authorize")),
        50049
    );
    assert_eq!(aadsts(&ask("nonsense")), 50049);
}

#[test]
fn both_key_documents_have_the_keys_and_only_v2_names_the_issuer() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let v2 = json(&bench.send(
        "GET",
        "https://login.microsoftonline.com/common/discovery/v2.0/keys",
        &[],
        "",
    ));
    let v1 = json(&bench.send(
        "GET",
        "https://login.microsoftonline.com/common/discovery/keys",
        &[],
        "",
    ));
    assert_eq!(v2["keys"].as_array().unwrap().len(), 2);
    assert_eq!(text(&v2["keys"][0], "kid"), text(&v2["keys"][0], "x5t"));
    assert_eq!(
        text(&v2["keys"][0], "issuer"),
        "https://login.microsoftonline.com/{tenantid}/v2.0"
    );
    assert!(v1["keys"][0].get("issuer").is_none());
}

#[test]
fn a_user_realm_is_managed_only_for_domains_that_are_here() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let ask = |user: &str| {
        let url =
            format!("https://login.microsoftonline.com/common/UserRealm/{user}?api-version=1.0");
        json(&bench.send("GET", &url, &[], ""))
    };
    let body = ask("alice%40contoso.onmicrosoft.com");
    assert_eq!(text(&body, "account_type"), "Managed");
    assert_eq!(text(&body, "domain_name"), "contoso.onmicrosoft.com");
    assert_eq!(text(&ask("x@nowhere.example"), "account_type"), "Unknown");
}
