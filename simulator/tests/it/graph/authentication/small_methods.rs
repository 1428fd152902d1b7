//! E-mail addresses and methods of other makers.

use entrasim_domain::policy::authentication_methods::ExternalConfiguration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{administrator, at, beta, message, size};
use crate::support::text;

const EMAIL: &str = "3ddfcfc8-9383-446f-83cc-3ab9be4be18f";

#[test]
fn a_user_has_one_address() {
    let mut app = administrator();
    let url = at("bob", "emailMethods");
    let one = at("bob", &format!("emailMethods/{EMAIL}"));
    app.write(
        "PATCH",
        &one,
        &json!({"emailAddress": "kim@contoso.com"}),
        404,
    );
    for wrong in [
        json!({"emailAddress": "kim"}),
        json!({"emailAddress": "kim@contoso"}),
        json!({"emailAddress": "k im@contoso.com"}),
        json!({"emailAddress": "kim@@contoso.com"}),
        json!({"emailAddress": ""}),
        json!({}),
        json!({"emailAddress": "kim@contoso.com", "colour": "red"}),
    ] {
        app.write("POST", &url, &wrong, 400);
    }
    let made = app.write(
        "POST",
        &url,
        &json!({"emailAddress": "kim@contoso.com"}),
        201,
    );
    assert_eq!(
        (text(&made, "id"), text(&made, "emailAddress")),
        (EMAIL, "kim@contoso.com")
    );
    app.write(
        "POST",
        &url,
        &json!({"emailAddress": "kim@fabrikam.com"}),
        400,
    );
    app.write(
        "PATCH",
        &one,
        &json!({"emailAddress": "kim@fabrikam.com"}),
        204,
    );
    assert_eq!(text(&app.get(&one), "emailAddress"), "kim@fabrikam.com");
    let put = app.write(
        "PUT",
        &beta("bob", &format!("emailMethods/{EMAIL}")),
        &json!({"emailAddress": "Kim@contoso.com"}),
        200,
    );
    assert_eq!(text(&put, "emailAddress"), "Kim@contoso.com");
    app.becomes("bob", "UserAuthMethod-Email.ReadWrite");
    let own = format!("/me/authentication/emailMethods/{EMAIL}");
    app.write(
        "PATCH",
        &own,
        &json!({"emailAddress": "kim@contoso.com"}),
        403,
    );
    app.write("DELETE", &own, &Value::Null, 204);
    app.write(
        "POST",
        "/me/authentication/emailMethods",
        &json!({"emailAddress": "kim@contoso.com"}),
        403,
    );
}

#[test]
fn a_method_of_another_maker_needs_its_configuration() {
    let app = administrator();
    let url = at("bob", "externalAuthenticationMethods");
    let configuration = Uuid::from_u128(0x2631_0fee_860b_4eab_8749_ab73_0dcf_335e);
    let wish = json!({
        "@odata.type": "#microsoft.graph.externalAuthenticationMethod",
        "configurationId": configuration.to_string(), "displayName": "Adatum",
    });
    let refused = app.write("POST", &url, &wish, 400);
    assert!(message(&refused).contains("No external authentication method configuration"));
    app.bench
        .tenant
        .write(|tenant| {
            let external = &mut tenant.authentication_methods.external;
            external.insert(configuration, ExternalConfiguration::default());
            Ok::<(), ()>(())
        })
        .unwrap();
    app.write(
        "POST",
        &url,
        &json!({"configurationId": configuration.to_string()}),
        400,
    );
    app.write(
        "POST",
        &url,
        &json!({"configurationId": "x", "displayName": "Adatum"}),
        400,
    );
    let made = app.write("POST", &url, &wish, 201);
    assert_eq!(made["configurationId"], wish["configurationId"]);
    app.write("POST", &url, &wish, 400);
    assert_eq!(size(&app.get(&url)), 1);
    app.write(
        "DELETE",
        &at(
            "bob",
            &format!("externalAuthenticationMethods/{}", text(&made, "id")),
        ),
        &Value::Null,
        204,
    );
}
