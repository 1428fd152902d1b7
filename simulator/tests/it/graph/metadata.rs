//! `$metadata`.

use crate::testing::{BEFORE_PHASE_2, Bench};

use super::V1;

#[test]
fn metadata_needs_no_token_and_declares_what_is_there() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let reply = bench.send("GET", &format!("{V1}/$metadata"), &[], "");
    assert_eq!(reply.status, 200);
    assert_eq!(reply.headers["content-type"], "application/xml");
    let text = String::from_utf8(reply.body.to_vec()).unwrap();
    for part in [
        r#"<EntityType Name="user" BaseType="graph.directoryObject" OpenType="true">"#,
        r#"<Property Name="accountEnabled" Type="Edm.Boolean"/>"#,
        r#"<NavigationProperty Name="manager" Type="graph.directoryObject"/>"#,
        r#"<NavigationProperty Name="federatedIdentityCredentials" Type="Collection(graph.federatedIdentityCredential)" ContainsTarget="true"/>"#,
        r#"<Action Name="addPassword" IsBound="true"><Parameter Name="bindingParameter" Type="graph.application"/></Action>"#,
        r#"<EntitySet Name="users" EntityType="microsoft.graph.user"/>"#,
    ] {
        assert!(text.contains(part), "{part}");
    }
    let opened = text.matches("<EntityType ").count();
    assert_eq!(opened, text.matches("</EntityType>").count());
}
