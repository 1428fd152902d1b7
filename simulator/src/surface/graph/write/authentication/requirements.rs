//! `/users/{id}/authentication/requirements`: the older per-user setting of multifactor authentication (beta).

use entrasim_domain::directory::user::{PerUserMfa, User};
use http::StatusCode;
use serde_json::json;

use super::super::{invalid, no_content};
use super::{change, parameters};
use crate::surface::graph::read::authentication_methods::plain;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::{Answer, Graph};

const CLASS: &str = "strongAuthenticationRequirements";

/// `GET …`
pub(in crate::surface::graph) fn read(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user: &User = resource.object(0)?;
    let fragment = format!("users('{}')/authentication/requirements", user.id);
    let value = json!({"perUserMfaState": word(user.per_user_mfa)});
    Ok(plain(graph.document(StatusCode::OK, &fragment, value)))
}

/// `PATCH …`
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user: &User = resource.object(0)?;
    let members = parameters(graph, &["perUserMfaState"])?;
    let now = graph.call.now();
    let states = [
        PerUserMfa::Disabled,
        PerUserMfa::Enabled,
        PerUserMfa::Enforced,
    ];
    let state = match members.get("perUserMfaState") {
        None => user.per_user_mfa,
        Some(wished) => states
            .into_iter()
            .find(|state| wished == word(*state))
            .ok_or_else(|| invalid("perUserMfaState", CLASS))?,
    };
    change(graph, user.id, |_, user| {
        user.set_per_user_mfa(state, now);
        Ok(())
    })?;
    Ok(no_content())
}

fn word(state: PerUserMfa) -> &'static str {
    match state {
        PerUserMfa::Disabled => "disabled",
        PerUserMfa::Enabled => "enabled",
        PerUserMfa::Enforced => "enforced",
    }
}
