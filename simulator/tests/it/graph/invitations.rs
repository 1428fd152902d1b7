//! Invitations: guests who have yet to accept.

use serde_json::json;

use super::client::App;
use crate::support::text;

#[test]
fn an_invitation_makes_a_guest_once() {
    let app = App::person(
        "bob",
        "User.Invite.All User.ReadBasic.All Directory.Read.All",
    );
    let asked = json!({
        "invitedUserEmailAddress": "yyy@test.example", "inviteRedirectUrl": "https://myapp.contoso.com",
        "invitedUserDisplayName": "Yve",
    });
    let made = app.write("POST", "/invitations", &asked, 201);
    assert!(text(&made, "@odata.context").ends_with("$metadata#invitations/$entity"));
    assert_eq!(text(&made, "status"), "PendingAcceptance");
    assert!(
        text(&made, "inviteRedeemUrl").starts_with("https://login.microsoftonline.com/redeem?rd=")
    );
    let guest = text(&made["invitedUser"], "id");
    let read = app.get(&format!(
        "/users/{guest}?$select=userPrincipalName,userType,mail,displayName,creationType,externalUserState,otherMails"
    ));
    assert_eq!(
        text(&read, "userPrincipalName"),
        "yyy_test.example#EXT#@contoso.onmicrosoft.com"
    );
    for (name, value) in [
        ("userType", "Guest"),
        ("mail", "yyy@test.example"),
        ("displayName", "Yve"),
        ("creationType", "Invitation"),
        ("externalUserState", "PendingAcceptance"),
    ] {
        assert_eq!(text(&read, name), value);
    }
    let again = app.write("POST", "/invitations", &asked, 201);
    assert_eq!(text(&again["invitedUser"], "id"), guest);
}

#[test]
fn what_is_no_invitation_is_refused() {
    let mut app = App::person("admin", "User.Invite.All");
    let with = |mail: &str, back: &str| json!({"invitedUserEmailAddress": mail, "inviteRedirectUrl": back});
    let back = "https://myapp.contoso.com";
    app.write("POST", "/invitations", &with("nobody", back), 400);
    app.write("POST", "/invitations", &with("a@b.example", "myapp"), 400);
    app.write(
        "POST",
        "/invitations",
        &json!({"inviteRedirectUrl": back}),
        400,
    );
    let own = app.write(
        "POST",
        "/invitations",
        &with("alice@contoso.onmicrosoft.com", back),
        400,
    );
    let message = text(&own["error"], "message");
    assert!(message.starts_with("The invited user already exists in the directory as object ID: "));
    assert!(message.contains(&app.id("alice")));
    app.becomes("admin", "User.Read.All");
    app.write("POST", "/invitations", &with("a@b.example", back), 403);
}
