//! `POST /directoryObjects/validateProperties`: whether a Microsoft 365 group could have a name and an alias. Without a
//! naming policy, only an alias that is taken speaks against it.

use serde_json::{Value, json};

use crate::surface::graph::error::GraphError;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::write::{body, invalid, is_alias, member, no_content};
use crate::surface::graph::{Answer, Graph};

const CLASS: &str = "DirectoryObject";

pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let members = body(graph)?;
    let text = |name: &str| match member(&members, name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(invalid(name, CLASS)),
    };
    let kind = text("entityType")?.unwrap_or("Group");
    if !kind.eq_ignore_ascii_case("Group") {
        return Err(invalid("entityType", CLASS));
    }
    let (name, alias) = (text("displayName")?, text("mailNickname")?);
    if name.is_none() && alias.is_none() {
        return Err(GraphError::Required {
            member: "displayName",
            class: CLASS,
        });
    }
    let mut details = Vec::new();
    if name.is_some_and(|name| name.trim().is_empty() || name.chars().count() > 256) {
        details.push(json!({"code": "InvalidValue", "target": "displayName", "message": "The display name is empty or too long."}));
    }
    if let Some(alias) = alias {
        let mut groups = graph.tenant()?.groups_by_mail_nickname(alias);
        if !is_alias(alias) || alias.is_empty() || alias.len() > 64 {
            details.push(json!({"code": "InvalidValue", "target": "mailNickname", "message": "The mail nickname has characters that are not allowed."}));
        } else if groups.any(|group| group.mail_enabled) {
            details.push(json!({"code": "PropertyConflict", "target": "mailNickname", "message": "Another object with the same value for property mailNickname already exists."}));
        }
    }
    if details.is_empty() {
        Ok(no_content())
    } else {
        Err(GraphError::Unprocessable(Value::Array(details)))
    }
}
