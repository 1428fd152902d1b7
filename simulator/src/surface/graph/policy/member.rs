//! Members of policies that nothing here acts on: shown with a default until they are written, and then as written.

use entrasim_domain::directory::kept::Kept;
use serde_json::{Map, Value};

use crate::surface::graph::error::GraphError;
use crate::surface::graph::schema::{Misfit, Shape, Version};
use crate::surface::graph::write::invalid;

/// One member.
pub(in crate::surface::graph) struct Member {
    pub(in crate::surface::graph) name: &'static str,
    shape: Shape,
    default: fn() -> Value,
    only: Option<Version>,
    /// Members of its own that only beta has.
    beta_members: &'static [&'static str],
}

impl Member {
    pub(in crate::surface::graph) const fn new(
        name: &'static str,
        shape: Shape,
        default: fn() -> Value,
    ) -> Self {
        Self {
            name,
            shape,
            default,
            only: None,
            beta_members: &[],
        }
    }

    /// Only this version has it.
    pub(in crate::surface::graph) const fn only(mut self, version: Version) -> Self {
        self.only = Some(version);
        self
    }

    pub(in crate::surface::graph) const fn beta_members(
        mut self,
        members: &'static [&'static str],
    ) -> Self {
        self.beta_members = members;
        self
    }

    pub(in crate::surface::graph) fn is_in(&self, version: Version) -> bool {
        self.only.is_none_or(|only| only == version)
    }

    /// What is kept, or else the default.
    pub(in crate::surface::graph) fn value(&self, kept: &Kept) -> Value {
        let kept = kept.get(self.name).cloned();
        kept.unwrap_or_else(self.default)
    }

    pub(in crate::surface::graph) fn default(&self) -> Value {
        (self.default)()
    }

    /// A value as a version shows it.
    pub(in crate::surface::graph) fn in_version(
        &self,
        mut value: Value,
        version: Version,
    ) -> Value {
        if version == Version::V1
            && let Some(members) = value.as_object_mut()
        {
            members.retain(|name, _| !self.beta_members.contains(&name.as_str()));
        }
        value
    }

    /// What is there after `value` was written over `before`; null brings the default back.
    pub(in crate::surface::graph) fn written(
        &self,
        before: &Value,
        value: &Value,
        class: &'static str,
    ) -> Result<Value, GraphError> {
        if value.is_null() {
            return Ok(self.default());
        }
        let written = self.shape.written(before, value);
        written.map_err(|misfit| match misfit {
            Misfit::Value => invalid(self.name, class),
            Misfit::Member(member) => GraphError::UnknownMember {
                member,
                entity: self.name,
            },
        })
    }

    pub(in crate::surface::graph) fn write(
        &self,
        kept: &mut Kept,
        value: &Value,
        class: &'static str,
    ) -> Result<(), GraphError> {
        let written = self.written(&self.value(kept), value, class)?;
        kept.set(self.name, written);
        Ok(())
    }
}

/// The member with this name that a version has.
pub(in crate::surface::graph) fn find(
    members: &'static [Member],
    name: &str,
    version: Version,
) -> Option<&'static Member> {
    let mut members = members.iter();
    members.find(|member| member.name.eq_ignore_ascii_case(name) && member.is_in(version))
}

/// All members that a version has, as they are now.
pub(in crate::surface::graph) fn show(
    members: &'static [Member],
    kept: &Kept,
    version: Version,
) -> Map<String, Value> {
    let members = members.iter().filter(|member| member.is_in(version));
    members
        .map(|member| {
            let value = member.in_version(member.value(kept), version);
            (member.name.to_owned(), value)
        })
        .collect()
}
