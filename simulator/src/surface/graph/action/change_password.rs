//! `POST /me/changePassword` and `POST /users/{id}/changePassword`: people change their own password, knowing the old one.
//!
//! The texts of a wrong and of a repeated password are assumed.

use entrasim_domain::credential::password::suffices;
use entrasim_domain::directory::user::{Password, User};
use serde_json::Value;

use crate::surface::graph::error::GraphError;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::write::{body, invalid, no_content, required};
use crate::surface::graph::{Answer, Graph};

const CLASS: &str = "User";

pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let id = resource.object::<User>(0)?.id;
    let members = body(graph)?;
    let text = |name: &'static str| {
        let value: &Value = required(&members, name, CLASS)?;
        value.as_str().ok_or_else(|| invalid(name, CLASS))
    };
    let (current, new) = (text("currentPassword")?, text("newPassword")?);
    let now = graph.call.now();
    graph.write(|tenant| {
        let user = tenant.users.get(id);
        let user = user.ok_or_else(|| GraphError::Missing(id.to_string()))?;
        let known = user.password.as_ref();
        if known.is_none_or(|known| *known.value != *current) {
            return Err(GraphError::Refused(
                "The specified current password is incorrect.".to_owned(),
            ));
        }
        if current == new {
            return Err(GraphError::Refused(
                "The new password must differ from the current one.".to_owned(),
            ));
        }
        if !suffices(user, new) {
            return Err(GraphError::WeakPassword);
        }
        let mut user = User::clone(user);
        let password = Password {
            value: new.into(),
            set: now,
            must_change: false,
        };
        user.set_password(password, now);
        Ok(tenant.put_user(user, &graph.note())?)
    })?;
    Ok(no_content())
}
