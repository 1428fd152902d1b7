//! Whom a policy is for: `includeTargets` and `excludeTargets`. Groups and people by their ids; `all_users` is everybody.

use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use serde_json::{Map, Value, json};

use crate::surface::graph::error::GraphError;
use crate::surface::graph::policy::member::{Member, find};
use crate::surface::graph::schema::Version;
use crate::surface::graph::write::invalid;

pub(in crate::surface::graph) const INCLUDE: &str = "includeTargets";
pub(in crate::surface::graph) const EXCLUDE: &str = "excludeTargets";
pub(in crate::surface::graph) const EVERYBODY: &str = "all_users";

/// What was written.
pub(in crate::surface::graph) struct Written {
    /// `None` is everybody.
    pub(in crate::surface::graph) ids: Option<Vec<ObjectId>>,
    /// Each target with all its members.
    pub(in crate::surface::graph) list: Value,
}

/// Targets as Graph shows them: what was kept of each that counts, and the defaults of others.
pub(in crate::surface::graph) fn shown(
    ids: Option<&[ObjectId]>,
    kept: Option<&Value>,
    members: &'static [Member],
) -> Vec<Value> {
    let kept: &[Value] = kept.and_then(Value::as_array).map_or(&[], Vec::as_slice);
    let of = |id: &str| {
        let found = kept.iter().find(|target| target["id"] == id).cloned();
        found.unwrap_or_else(|| Value::Object(default(id, "group", members)))
    };
    match ids {
        Some(ids) => ids.iter().map(|id| of(&id.to_string())).collect(),
        None if kept.iter().any(|target| target["id"] == EVERYBODY) => kept.to_vec(),
        None => vec![of(EVERYBODY)],
    }
}

fn default(id: &str, kind: &str, members: &'static [Member]) -> Map<String, Value> {
    let mut target = Map::new();
    target.insert("targetType".to_owned(), json!(kind));
    target.insert("id".to_owned(), json!(id));
    for member in members {
        target.insert(member.name.to_owned(), member.default());
    }
    target
}

/// Where targets are written.
pub(in crate::surface::graph) struct Place<'t> {
    pub(in crate::surface::graph) tenant: &'t Tenant,
    pub(in crate::surface::graph) version: Version,
    pub(in crate::surface::graph) class: &'static str,
}

impl Place<'_> {
    /// `includeTargets`, each with these members beside its id and its type.
    pub(in crate::surface::graph) fn include(
        &self,
        value: &Value,
        members: &'static [Member],
    ) -> Result<Written, GraphError> {
        let list = value
            .as_array()
            .ok_or_else(|| invalid(INCLUDE, self.class))?;
        let targets = list
            .iter()
            .map(|target| self.target(target, INCLUDE, members))
            .collect::<Result<Vec<_>, _>>()?;
        let everybody = targets.iter().any(|(id, _)| id.is_none());
        let ids = targets.iter().filter_map(|(id, _)| *id).collect();
        Ok(Written {
            ids: (!everybody).then_some(ids),
            list: targets.into_iter().map(|(_, target)| target).collect(),
        })
    }

    /// `excludeTargets`
    pub(in crate::surface::graph) fn exclude(
        &self,
        value: &Value,
    ) -> Result<(Vec<ObjectId>, Value), GraphError> {
        let list = value
            .as_array()
            .ok_or_else(|| invalid(EXCLUDE, self.class))?;
        let mut ids = Vec::new();
        let mut kept = Vec::new();
        for target in list {
            let (id, target) = self.target(target, EXCLUDE, &[])?;
            ids.push(id.ok_or_else(|| invalid(EXCLUDE, self.class))?);
            kept.push(target);
        }
        Ok((ids, Value::Array(kept)))
    }

    /// One target; no id is everybody.
    pub(in crate::surface::graph) fn target(
        &self,
        value: &Value,
        name: &str,
        members: &'static [Member],
    ) -> Result<(Option<ObjectId>, Value), GraphError> {
        let refused = || invalid(name, self.class);
        let given = value.as_object().ok_or_else(refused)?;
        let id = given
            .get("id")
            .and_then(Value::as_str)
            .ok_or_else(refused)?;
        let kind = match given.get("targetType").and_then(Value::as_str) {
            None => "group",
            Some(kind) => ["group", "user"]
                .into_iter()
                .find(|known| known.eq_ignore_ascii_case(kind))
                .ok_or_else(refused)?,
        };
        let (object, id) = if kind == "group" && id.eq_ignore_ascii_case(EVERYBODY) {
            (None, EVERYBODY.to_owned())
        } else {
            let object: ObjectId = id.parse().map_err(|_| refused())?;
            self.require(kind, object)?;
            (Some(object), object.to_string())
        };
        let mut target = default(&id, kind, members);
        for (name, value) in given {
            if name.contains('@') || matches!(name.as_str(), "id" | "targetType") {
                continue;
            }
            let member = find(members, name, self.version);
            let member = member.ok_or_else(|| GraphError::UnknownMember {
                member: name.clone(),
                entity: "authenticationMethodTarget",
            })?;
            let written = member.written(&member.default(), value, self.class)?;
            target.insert(member.name.to_owned(), written);
        }
        Ok((object, Value::Object(target)))
    }

    /// That the service looks whether a target is there is assumed.
    fn require(&self, kind: &str, id: ObjectId) -> Result<(), GraphError> {
        let is_there = match kind {
            "user" => self.tenant.users.get(id).is_some(),
            _ => self.tenant.groups.get(&id).is_some(),
        };
        if is_there {
            return Ok(());
        }
        Err(GraphError::BadRequest(format!(
            "The {kind} {id} does not exist."
        )))
    }
}
