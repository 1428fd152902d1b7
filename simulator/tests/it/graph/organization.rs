//! `PATCH /organization/{id}`: what the tenant says of itself.

use serde_json::{Value, json};

use super::admin::Admin;

#[test]
fn the_tenant_keeps_whom_to_write_to_and_nothing_that_is_not_its_own_to_change() {
    let admin = Admin::new();
    let path = format!("/organization/{}", admin.bench.tenant.id());
    let body = json!({
        "marketingNotificationEmails": ["marketing@contoso.com"],
        "privacyProfile": {"contactEmail": "alice@contoso.com", "statementUrl": "https://contoso.com/privacyStatement"},
        "securityComplianceNotificationMails": ["security@contoso.com"],
        "securityComplianceNotificationPhones": ["(123) 456-7890"],
        "technicalNotificationMails": ["tech@contoso.com"],
    });
    admin.expect(204, "PATCH", &path, &body);
    let read = admin.get(&path);
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&read[name], value, "{name}");
    }
    for (bad, code) in [
        (json!({"displayName": "Other"}), "Request_BadRequest"),
        (json!({"city": "Bonn"}), "Request_BadRequest"),
        (
            json!({"technicalNotificationMails": "x"}),
            "Request_BadRequest",
        ),
        (json!({"colour": "red"}), "BadRequest"),
    ] {
        let (got, _) = admin.refused(400, "PATCH", &path, &bad);
        assert_eq!(got, code, "{bad}");
    }
    let elsewhere = "/organization/00000000-0000-0000-0000-000000000001";
    admin.expect(404, "PATCH", elsewhere, &body);
    // A refused change leaves nothing behind.
    let half = json!({"technicalNotificationMails": [], "city": "Bonn"});
    admin.expect(400, "PATCH", &path, &half);
    assert_eq!(
        admin.get(&path)["technicalNotificationMails"],
        json!(["tech@contoso.com"])
    );
    assert_eq!(admin.get(&path)["city"], Value::Null);
}
