//! The metadata service and the App Service form.

use crate::testing::{AFTER_PHASE_2, Bench};

use crate::support::{arm, claims, json, text};

const IMDS: &str = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01";

#[test]
fn the_machines_identity_writes_after_phase_2() {
    let bench = Bench::at(AFTER_PHASE_2);
    let url = format!("{IMDS}&resource=https://management.core.windows.net/");
    let body = json(&bench.send("GET", &url, &[("metadata", "true")], ""));
    let members: Vec<&str> = body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert!(members.is_sorted() && body["expires_in"].is_string());
    let token = text(&body, "access_token");
    let claims = claims(token);
    assert_eq!(claims["idtyp"], "app");
    assert!(
        claims["xms_mirid"]
            .as_str()
            .unwrap()
            .ends_with("/virtualMachines/vm-build")
    );
    assert_eq!(
        arm(
            &bench,
            token,
            "PUT",
            "/subscriptions/{sub}/resourcegroups/mi",
            r#"{"location":"westeurope"}"#
        )
        .status,
        201
    );
}

#[test]
fn every_spelling_of_a_user_assigned_identity_finds_it() {
    let bench = Bench::at(AFTER_PHASE_2);
    let tenant = bench.tenant.read();
    let identity = tenant
        .service_principals
        .values()
        .find(|one| one.display_name == "id-deploy")
        .unwrap();
    let entrasim_domain::directory::service_principal::ServicePrincipalKind::ManagedIdentity {
        resource_id,
        ..
    } = &identity.kind
    else {
        unreachable!()
    };
    let (client, object) = (identity.app_id.to_string(), identity.id.to_string());
    for parameter in [
        format!("client_id={client}"),
        format!("object_id={object}"),
        format!("msi_res_id={resource_id}"),
        format!("mi_res_id={resource_id}"),
    ] {
        let url = format!("{IMDS}&resource=https://graph.microsoft.com&{parameter}");
        let body = json(&bench.send("GET", &url, &[("metadata", "True")], ""));
        assert_eq!(text(&body, "client_id"), client, "{parameter}");
    }
}

#[test]
fn failures_are_told_as_the_metadata_service_tells_them() {
    let bench = Bench::at(AFTER_PHASE_2);
    let ask = |url: &str, headers: &[(&str, &str)]| {
        let reply = bench.send("GET", url, headers, "");
        (
            reply.status.as_u16(),
            text(&json(&reply), "error").to_owned(),
        )
    };
    let resource = format!("{IMDS}&resource=https://management.azure.com");
    assert_eq!(ask(&resource, &[]), (400, "invalid_request".to_owned()));
    assert_eq!(
        ask(
            &resource,
            &[("metadata", "true"), ("x-forwarded-for", "1.2.3.4")]
        )
        .0,
        400
    );
    assert_eq!(
        ask(
            &format!("{resource}&client_id=nobody"),
            &[("metadata", "true")]
        ),
        (400, "invalid_request".to_owned())
    );
    assert_eq!(
        ask(
            &format!("{IMDS}&resource=https://nowhere.example"),
            &[("metadata", "true")]
        ),
        (400, "invalid_resource".to_owned())
    );
    assert_eq!(
        bench
            .send("POST", &resource, &[("metadata", "true")], "")
            .status,
        405
    );
}

#[test]
fn the_app_service_header_selects_the_tenant() {
    let bench = Bench::at(AFTER_PHASE_2);
    let url =
        "http://localhost/msi/token?api-version=2019-08-01&resource=https://management.azure.com/";
    let header = bench.tenant.read().identity_header.clone();
    let body = json(&bench.send("GET", url, &[("x-identity-header", &header)], ""));
    assert!(body["expires_on"].is_string() && body.get("expires_in").is_none());
    assert_eq!(
        bench
            .send("GET", url, &[("x-identity-header", "wrong")], "")
            .status,
        401
    );
}

type Row<'a> = (
    &'a str,
    String,
    Vec<(&'a str, &'a str)>,
    &'a str,
    u16,
    &'a str,
);

/// Requests of the other hosts, one row a case: method, path, headers, body, status, and what the answer has to contain.
#[test]
fn each_host_answers_in_its_own_form_and_refuses_in_it() {
    let bench = Bench::at(AFTER_PHASE_2);
    let secret = bench.tenant.read().identity_header.clone();
    let host = "http://localhost:8080";
    let arm = "resource=https%3A%2F%2Fmanagement.azure.com";
    let form = "application/x-www-form-urlencoded";
    let rows: [Row<'_>; 21] = [
        (
            "GET",
            format!("/msi/token?api-version=2019-08-01&{arm}"),
            vec![("x-identity-header", &secret)],
            "",
            200,
            "\"not_before\"",
        ),
        (
            "GET",
            format!("/msi/token?api-version=2019-08-01&{arm}"),
            vec![("x-identity-header", "x")],
            "",
            401,
            "\"statusCode\":401",
        ),
        (
            "GET",
            format!("/msi/token?api-version=2018&{arm}"),
            vec![("x-identity-header", &secret)],
            "",
            400,
            "api-version",
        ),
        (
            "GET",
            format!("/msi/token?api-version=2017-09-01&{arm}"),
            vec![("secret", &secret)],
            "",
            200,
            "10/03/2025 12:00:00 +00:00",
        ),
        (
            "GET",
            format!("/msi/machine-learning?api-version=2017-09-01&{arm}"),
            vec![("secret", &secret)],
            "",
            200,
            "\"expires_on\":\"1759492800\"",
        ),
        (
            "GET",
            format!("/msi/token?api-version=2017-09-01&{arm}&clientid=x"),
            vec![("secret", &secret)],
            "",
            400,
            "No User Assigned",
        ),
        (
            "GET",
            format!("/msi/service-fabric?api-version=2019-07-01-preview&{arm}"),
            vec![("secret", &secret)],
            "",
            200,
            "\"expires_on\":1",
        ),
        (
            "GET",
            format!("/msi/service-fabric?api-version=2019-07-01-preview&{arm}"),
            vec![],
            "",
            400,
            "SecretHeaderNotFound",
        ),
        (
            "GET",
            format!("/msi/service-fabric?api-version=2019-07-01-preview&{arm}"),
            vec![("secret", "x")],
            "",
            404,
            "ManagedIdentityNotFound",
        ),
        (
            "GET",
            "/msi/service-fabric?api-version=2019-07-01-preview".to_owned(),
            vec![("secret", &secret)],
            "",
            400,
            "ArgumentNullOrEmpty",
        ),
        (
            "GET",
            format!("/msi/service-fabric?api-version=1&{arm}"),
            vec![("secret", &secret)],
            "",
            400,
            "InvalidApiVersion",
        ),
        (
            "POST",
            "/msi/cloud-shell".to_owned(),
            vec![("metadata", "true"), ("content-type", form)],
            arm,
            200,
            "\"refresh_token\":\"\"",
        ),
        (
            "POST",
            "/msi/cloud-shell".to_owned(),
            vec![("content-type", form)],
            arm,
            400,
            "metadata header",
        ),
        (
            "POST",
            "/msi/cloud-shell".to_owned(),
            vec![("metadata", "true"), ("content-type", form)],
            "resource=https%3A%2F%2Fmanagement.azure.com&client_id=x",
            400,
            "not supported in Cloud Shell",
        ),
        (
            "GET",
            format!("/msi/cloud-shell?{arm}"),
            vec![("metadata", "true")],
            "",
            200,
            "\"refresh_token\":\"\"",
        ),
        (
            "PUT",
            "/msi/cloud-shell".to_owned(),
            vec![("metadata", "true")],
            "",
            405,
            "method_not_allowed",
        ),
        (
            "GET",
            format!("/msi/arc?api-version=2020-06-01&{arm}"),
            vec![],
            "",
            400,
            "metadata header",
        ),
        (
            "GET",
            format!("/msi/arc?api-version=2020-06-01&{arm}"),
            vec![("metadata", "true"), ("authorization", "Basic x")],
            "",
            401,
            "does not match",
        ),
        (
            "GET",
            format!("/msi/arc?api-version=1999-01-01&{arm}"),
            vec![("metadata", "true")],
            "",
            400,
            "api-version",
        ),
        (
            "GET",
            "/metadata/identity/getplatformmetadata?cred-api-version=2.0".to_owned(),
            vec![("metadata", "true")],
            "",
            404,
            "Not found",
        ),
        (
            "GET",
            "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=x".to_owned(),
            vec![],
            "",
            400,
            "metadata header",
        ),
    ];
    for (method, path, headers, body, status, part) in rows {
        let reply = bench.send(method, &format!("{host}{path}"), &headers, body);
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        assert_eq!(reply.status.as_u16(), status, "{method} {path}: {text}");
        assert!(text.contains(part), "{method} {path}: {text}");
    }
}

#[test]
fn azure_arc_proves_itself_with_the_content_of_a_file() {
    let bench = Bench::at(AFTER_PHASE_2);
    let url = "http://localhost:8080/msi/arc?api-version=2020-06-01&resource=https://management.azure.com";
    let challenge = bench.send("GET", url, &[("metadata", "true")], "");
    assert_eq!(challenge.status, 401);
    let realm = challenge.headers["www-authenticate"].to_str().unwrap();
    let path = realm.strip_prefix("Basic realm=").unwrap();
    let extension = std::path::Path::new(path).extension();
    assert!(extension.is_some_and(|extension| extension == "key"));
    let secret = std::fs::read_to_string(path).unwrap();
    let proof = format!("Basic {secret}");
    let reply = bench.send(
        "GET",
        url,
        &[("metadata", "true"), ("authorization", &proof)],
        "",
    );
    assert_eq!(reply.status, 200);
    assert_eq!(claims(text(&json(&reply), "access_token"))["idtyp"], "app");
    let named = bench.send(
        "GET",
        &format!("{url}&client_id=11111111-2222-3333-4444-555555555555"),
        &[("metadata", "true"), ("authorization", &proof)],
        "",
    );
    assert_eq!(named.status, 404);
    assert_eq!(json(&named)["error"], "identity_not_found");
}

#[test]
fn cloud_shell_hands_out_the_persons_own_token() {
    let bench = Bench::at(AFTER_PHASE_2);
    let reply = bench.send(
        "POST",
        "http://localhost:8080/msi/cloud-shell/bob",
        &[
            ("metadata", "true"),
            ("content-type", "application/x-www-form-urlencoded"),
        ],
        "resource=https%3A%2F%2Fmanagement.azure.com",
    );
    let token = json(&reply);
    let claims = claims(text(&token, "access_token"));
    assert_eq!(claims["idtyp"], "user");
    assert_eq!(claims["amr"], serde_json::json!(["pwd", "mfa"]));
    assert!(claims["upn"].as_str().unwrap().starts_with("bob@"));
}
