//! Ids on the wire that are made of other ids, as the directory makes them: base64url over GUIDs in the byte order of .NET.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entrasim_domain::directory::permission_grant::AppRoleAssignment;
use entrasim_domain::directory::service_principal::PermissionClassification;
use entrasim_domain::id::ObjectId;
use uuid::Uuid;

fn encode(ids: impl IntoIterator<Item = Uuid>) -> String {
    let bytes: Vec<u8> = ids.into_iter().flat_map(|id| id.to_bytes_le()).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `oauth2PermissionGrant`: client, resource, and the user if it is for one.
pub fn grant_id(client: ObjectId, resource: ObjectId, principal: Option<ObjectId>) -> String {
    let ends = [client.0, resource.0];
    encode(ends.into_iter().chain(principal.map(|user| user.0)))
}

/// `appRoleAssignment`: the principal, and a GUID of its own.
pub fn app_role_assignment_id(assignment: &AppRoleAssignment) -> String {
    encode([assignment.principal.0, assignment.id])
}

/// The GUID that an assignment's id ends with.
pub fn app_role_assignment_key(id: &str) -> Option<Uuid> {
    let bytes = URL_SAFE_NO_PAD.decode(id).ok()?;
    let own: [u8; 16] = bytes.get(16..)?.try_into().ok()?;
    Some(Uuid::from_bytes_le(own))
}

/// `delegatedPermissionClassification`: the permission, and a byte for how it was judged.
pub fn permission_classification_id(row: &PermissionClassification) -> String {
    let judged = match row.classification.as_str() {
        "medium" => 2,
        "high" => 3,
        _ => 1,
    };
    let mut bytes = row.permission.0.to_bytes_le().to_vec();
    bytes.push(judged);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ids are from documented examples of the reference (users: list oauth2PermissionGrants, list appRoleAssignments).
    #[test]
    fn ids_are_made_as_the_documented_ones() {
        let id = |text: &str| text.parse().unwrap();
        assert_eq!(
            grant_id(
                id("85477313-ea43-4c7d-b8a4-54fed35d0b60"),
                id("27fb395a-fb00-45fe-865e-e71db689eea0"),
                Some(id("7d54cb02-aaa3-4016-9f9c-a4b49422dd9b")),
            ),
            "E3NHhUPqfUy4pFT-010LYFo5-ycA-_5Fhl7nHbaJ7qACy1R9o6oWQJ-cpLSUIt2b"
        );
        let documented = "41W1zT6z1U-kJxf62svfp1HFE8pMZhxDun-ThPczmJE";
        let own = app_role_assignment_key(documented).unwrap();
        let principal: ObjectId = id("cdb555e3-b33e-4fd5-a427-17fadacbdfa7");
        assert_eq!(encode([principal.0, own]), documented);
        assert_eq!(app_role_assignment_key("x"), None);
        let judged = PermissionClassification {
            permission: "e1fe6dd8-ba31-4d61-89e7-88639da4683d".parse().unwrap(),
            name: "User.Read".to_owned(),
            classification: "low".to_owned(),
        };
        assert_eq!(
            permission_classification_id(&judged),
            "2G3-4TG6YU2J54hjnaRoPQE"
        );
    }
}
