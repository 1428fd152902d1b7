//! `/auditLogs/signIns/confirmCompromised`, `/confirmSafe` and `/dismiss`: what an administrator knows of sign-ins. It decides
//! the risk of the user, and so what Conditional Access demands next; the rows of the log stay as they were.

use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::facts::Risk;
use serde_json::Value;

use super::super::error::GraphError;
use super::super::resource::Resource;
use super::super::{Answer, Graph};
use super::{body, invalid, no_content, texts};

const IDS: &str = "requestIds";
const CLASS: &str = "SignIn";

/// `POST …/confirmCompromised`
pub(in crate::surface::graph) fn compromised(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    judge(graph, Risk::High)
}

/// `POST …/confirmSafe` and `POST …/dismiss`
pub(in crate::surface::graph) fn safe(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    judge(graph, Risk::None)
}

fn judge(graph: &Graph<'_, '_>, risk: Risk) -> Answer {
    let members = body(graph)?;
    if let Some(unknown) = members.keys().find(|name| *name != IDS) {
        return Err(GraphError::UnknownMember {
            member: unknown.clone(),
            entity: "action",
        });
    }
    let ids = texts(members.get(IDS).unwrap_or(&Value::Null), IDS, CLASS)?;
    if ids.is_empty() {
        return Err(invalid(IDS, CLASS));
    }
    let now = graph.call.now();
    graph.write(|tenant| {
        for id in &ids {
            let row = tenant
                .sign_in
                .log
                .iter()
                .find(|row| row.id.to_string() == *id);
            let row = row.ok_or_else(|| GraphError::Missing(id.clone()))?;
            let user = row.subject.and_then(|user| tenant.users.get(user));
            if let Some(user) = user {
                let mut user = User::clone(user);
                user.set_risk(risk, now);
                tenant.put_user(user, &graph.note())?;
            }
        }
        Ok(())
    })?;
    Ok(no_content())
}
