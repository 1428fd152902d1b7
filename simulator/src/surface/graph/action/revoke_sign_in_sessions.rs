//! `POST /users/{id}/revokeSignInSessions`, and in beta also `invalidateAllRefreshTokens`

use entrasim_domain::directory::user::User;
use serde_json::json;

use crate::surface::graph::error::GraphError;
use crate::surface::graph::permission::{self, Deed};
use crate::surface::graph::resource::Resource;
use crate::surface::graph::write::no_content;
use crate::surface::graph::{Answer, Graph};

pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    revoke(graph, resource)?;
    Ok(graph.action_result("Edm.Boolean", json!({"value": true})))
}

/// The older name, without anything to say.
pub(in crate::surface::graph) fn silently(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Answer {
    revoke(graph, resource)?;
    Ok(no_content())
}

/// Who may give an account another password may end its sessions.
fn revoke(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Result<(), GraphError> {
    let id = resource.object::<User>(0)?.id;
    if id != graph.caller.object_id {
        permission::check_reach(&graph.caller, graph.tenant()?, id, Deed::ResetPassword)?;
    }
    let now = graph.call.now();
    graph.write(|tenant| {
        let user = tenant.users.get(id);
        let user = user.ok_or_else(|| GraphError::Missing(id.to_string()))?;
        let mut user = User::clone(user);
        user.revoke_sessions(now);
        Ok(tenant.put_user(user, &graph.note())?)
    })
}
