//! `POST /users/{id}/convertExternalToInternalMemberUser` (beta)

use entrasim_domain::directory::user::{Mail, User, UserType};
use serde_json::{Value, json};

use crate::surface::graph::error::GraphError;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::write::{self, body, member, optional_text, required};
use crate::surface::graph::{Answer, Graph};

const CLASS: &str = "User";

/// A guest whose account lived elsewhere becomes a member with a password of this tenant (Microsoft Learn, "user:
/// convertExternalToInternalMemberUser"). The refusal of an internal user is assumed.
pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let id = resource.object::<User>(0)?.id;
    let members = body(graph)?;
    let name = required(&members, "userPrincipalName", CLASS)?;
    let profile = required(&members, "passwordProfile", CLASS)?;
    let mail = match member(&members, "mail") {
        None => None,
        Some(mail) => optional_text(mail, "mail", CLASS, 256)?,
    };
    let now = graph.call.now();
    let user = graph.write(|tenant| {
        let user = tenant.users.get(id);
        let user = user.ok_or_else(|| GraphError::Missing(id.to_string()))?;
        let pending = user.profile().kept.get("externalUserState").is_some();
        if user.home.is_none() && !pending {
            return Err(GraphError::Refused(
                "The user is not an external user.".to_owned(),
            ));
        }
        let mut user = User::clone(user);
        write::set_principal_name(tenant, &mut user, name)?;
        user.home = None;
        user.user_type = UserType::Member;
        for state in [
            "creationType",
            "externalUserState",
            "externalUserStateChangeDateTime",
            "identities",
        ] {
            user.profile_mut().kept.set(state, Value::Null);
        }
        write::set_password(&mut user, profile, now)?;
        if let Some(mail) = mail {
            user.mail = Mail::Other(mail.into());
        }
        tenant.put_user(user.clone(), &graph.note())?;
        Ok(user)
    })?;
    let tenant = graph.tenant()?;
    let value = json!({
        "displayName": *user.display_name,
        "userPrincipalName": tenant.principal_name(&user),
        "mail": tenant.mail(&user).unwrap_or_default(),
        "convertedToInternalUserDateTime": now.to_string(),
    });
    Ok(graph.action_result("microsoft.graph.conversionUserDetails", value))
}
