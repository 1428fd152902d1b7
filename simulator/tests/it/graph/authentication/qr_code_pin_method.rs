//! QR codes and PINs (beta).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{BETA, administrator, beta};
use crate::graph::client::App;
use crate::support::text;

fn fresh() -> App {
    let mut app = administrator();
    app.bench.set_clock("2025-03-05T00:00:00Z");
    app.becomes("admin", "UserAuthenticationMethod.ReadWrite.All");
    app
}

/// The documented sample.
fn sample() -> Value {
    json!({
        "@odata.type": "#microsoft.graph.qrCodePinAuthenticationMethod",
        "standardQRCode": {"expireDateTime": "2025-12-19T12:00:00Z", "startDateTime": "2025-01-01T12:00:00Z"},
        "pin": {"code": "09599786"},
    })
}

#[test]
fn a_method_is_made_once_with_a_picture_and_a_pin_that_are_shown_once() {
    let app = fresh();
    let url = beta("bob", "qrCodePinMethod");
    app.write("GET", &url, &Value::Null, 404);
    let made = app.write("PUT", &url, &sample(), 201);
    assert_eq!(text(&made["pin"], "code"), "09599786");
    assert_eq!(made["pin"]["forceChangePinNextSignIn"], true);
    let image = &made["standardQRCode"]["image"];
    let svg = STANDARD.decode(text(image, "binaryValue")).unwrap();
    assert!(svg.starts_with(b"<svg "));
    let content = STANDARD.decode(text(image, "rawContent")).unwrap();
    let content = String::from_utf8(content).unwrap();
    let id = text(&made["standardQRCode"], "id");
    assert!(
        content.starts_with(&format!("ms-qrpin:v1|bob@contoso.onmicrosoft.com|{id}_")),
        "{content}"
    );
    let read = app.get(&url);
    assert_eq!(read["standardQRCode"]["image"], Value::Null);
    assert_eq!(read["pin"]["code"], Value::Null);
    assert_eq!(read["temporaryQRCode"], Value::Null);
    app.write("PUT", &url, &sample(), 400);
    let all = app.get(&beta("bob", "methods"));
    let listed = all["value"].as_array().unwrap().last().unwrap();
    assert_eq!(
        text(listed, "@odata.type"),
        "#microsoft.graph.qrCodePinAuthenticationMethod"
    );
    app.write("DELETE", &url, &Value::Null, 204);
    app.write("DELETE", &url, &Value::Null, 404);
    let made = app.write("PUT", &url, &json!({}), 201);
    assert_eq!(text(&made["pin"], "code").len(), 8);
    assert_eq!(
        text(&made["standardQRCode"], "expireDateTime"),
        "2026-03-05T00:00:00Z"
    );
}

#[test]
fn an_expired_method_is_replaced() {
    let mut app = fresh();
    let url = beta("bob", "qrCodePinMethod");
    let first = app.write("PUT", &url, &sample(), 201);
    app.bench.set_clock("2025-12-19T12:00:00Z");
    app.becomes("admin", "UserAuthenticationMethod.ReadWrite.All");
    let second = app.write("PUT", &url, &json!({}), 201);
    assert_ne!(first["id"], second["id"]);
}

#[test]
fn codes_are_made_changed_and_deleted_within_their_bounds() {
    let app = fresh();
    app.write("PUT", &beta("bob", "qrCodePinMethod"), &sample(), 201);
    let standard = beta("bob", "qrCodePinMethod/standardQRCode");
    // The end of a standard code can be changed: no picture.
    let changed = app.write(
        "PATCH",
        &standard,
        &json!({"expireDateTime": "2025-12-01T12:00:00Z"}),
        200,
    );
    assert_eq!(text(&changed, "expireDateTime"), "2025-12-01T12:00:00Z");
    assert_eq!(changed["image"], Value::Null);
    for wrong in [
        json!({"expireDateTime": "2026-12-01T12:00:00Z"}),
        json!({"expireDateTime": "2025-01-01T12:00:00Z"}),
        json!({"expireDateTime": "soon"}),
        json!({"colour": "red"}),
    ] {
        app.write("PATCH", &standard, &wrong, 400);
    }
    app.write("DELETE", &standard, &Value::Null, 204);
    app.write("GET", &standard, &Value::Null, 404);
    let made = app.write("PATCH", &standard, &json!({}), 201);
    assert!(made["image"]["binaryValue"].is_string());
    // A temporary one lasts hours, and cannot be changed.
    let temporary = beta("bob", "qrCodePinMethod/temporaryQRCode");
    let hours = |end: &str| json!({"startDateTime": "2025-03-05T12:00:00Z", "expireDateTime": end});
    app.write("PATCH", &temporary, &hours("2025-03-06T00:00:01Z"), 400);
    app.write("PATCH", &temporary, &hours("2025-03-05T12:59:59Z"), 400);
    app.write("PATCH", &temporary, &hours("2025-03-06T00:00:00Z"), 201);
    app.write("PATCH", &temporary, &hours("2025-03-05T20:00:00Z"), 400);
    assert_eq!(
        text(&app.get(&temporary), "expireDateTime"),
        "2025-03-06T00:00:00Z"
    );
    app.write("DELETE", &temporary, &Value::Null, 204);
}

#[test]
fn a_pin_is_reset_by_others_and_changed_by_its_owner() {
    let mut app = fresh();
    app.write("PUT", &beta("bob", "qrCodePinMethod"), &sample(), 201);
    let pin = beta("bob", "qrCodePinMethod/pin");
    for wrong in ["1234567", "123456789012345678901", "1234567a"] {
        app.write("PATCH", &pin, &json!({"code": wrong}), 400);
    }
    let reset = app.write("PATCH", &pin, &json!({}), 201);
    let code = text(&reset, "code").to_owned();
    assert_eq!(app.get(&pin)["code"], Value::Null);
    app.becomes("bob", "Directory.AccessAsUser.All");
    let own = format!("{BETA}/me/authentication/qrCodePinMethod/pin/updatePin");
    app.write(
        "PATCH",
        &own,
        &json!({"currentPin": "00000000", "newPin": "87654321"}),
        400,
    );
    app.write(
        "PATCH",
        &own,
        &json!({"currentPin": code, "newPin": "876"}),
        400,
    );
    app.write(
        "PATCH",
        &own,
        &json!({"currentPin": code, "newPin": "87654321"}),
        204,
    );
    app.write(
        "POST",
        &own,
        &json!({"currentPin": "87654321", "newPin": "12345678"}),
        204,
    );
    let read = app.get(&format!("{BETA}/me/authentication/qrCodePinMethod/pin"));
    assert_eq!(read["forceChangePinNextSignIn"], false);
    app.becomes("admin", "UserAuthenticationMethod.ReadWrite.All");
    app.write("DELETE", &pin, &Value::Null, 204);
    app.write("GET", &pin, &Value::Null, 404);
}
