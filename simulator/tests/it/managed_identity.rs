//! The metadata service and the App Service form.

use entrasim::testing::{AFTER_PHASE_2, Bench};

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
