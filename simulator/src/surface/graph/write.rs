//! Writing: what all writes share. Each resource has its own file; none is generic.

use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::changes::Note;
use http::StatusCode;
use serde_json::{Map, Value};

use super::Graph;
use super::error::{GraphError, QueryPart};
use super::schema::{
    Access, EntityType, Misfit, Projected, Property, Read, Row, Type, id_first, type_of,
};
use crate::origins;
use crate::wire::Reply;

pub(super) mod administrative_unit;
pub(super) mod app_role_assignment;
pub(super) mod application;
pub(super) mod authentication;
pub(super) mod authentication_context;
pub(super) mod authentication_method_configuration;
pub(super) mod authentication_methods_policy;
pub(super) mod authentication_strength;
pub(super) mod authorization_policy;
pub(super) mod combination_configuration;
pub(super) mod conditional_access;
pub(super) mod conditional_access_deleted;
pub(super) mod credentialed;
pub(super) mod cross_tenant_access;
pub(super) mod deleted_item;
pub(super) mod device;
pub(super) mod directory_object;
pub(super) mod directory_role;
pub(super) mod domain;
mod exposed_permission;
pub(super) mod extension_property;
pub(super) mod federated_identity_credential;
pub(super) mod federation_configuration;
pub(super) mod group;
mod identifier_uri;
pub(super) mod invitation;
pub(super) mod oauth2_permission_grant;
pub(super) mod organization;
pub(super) mod permission_classification;
mod platform;
pub(super) mod reference;
pub(super) mod role_assignment;
pub(super) mod role_definition;
pub(super) mod security_defaults;
pub(super) mod service_principal;
pub(super) mod sign_in_risk;
pub(super) mod token_lifetime_policy;
pub(super) mod user;

pub(super) use user::identity::set_principal_name;
pub(super) use user::password::set as set_password;

/// The request's body as a JSON object, without OData's annotations.
pub(super) fn body(graph: &Graph<'_, '_>) -> Result<Map<String, Value>, GraphError> {
    let bytes = &graph.call.request.body;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(GraphError::EmptyBody);
    }
    let mut members: Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|_| GraphError::Body)?;
    members.retain(|name, _| !name.starts_with('@'));
    Ok(members)
}

impl Graph<'_, '_> {
    /// Whether the request has this preference (`Prefer`).
    pub(super) fn prefers(&self, preference: &str) -> bool {
        let prefer = self.call.request.header("prefer").unwrap_or_default();
        let mut wishes = prefer.split(',').map(str::trim);
        wishes.any(|wish| wish.eq_ignore_ascii_case(preference))
    }

    /// When and by whom what this request does is done.
    pub(super) fn note(&self) -> Note {
        Note::new(self.call.now(), self.caller.object_id)
    }

    /// Changes the tenant and enters into the audit log what that did; nothing is changed if `change` fails.
    pub(super) fn write<T>(
        &self,
        change: impl FnOnce(&mut Tenant) -> Result<T, GraphError>,
    ) -> Result<T, GraphError> {
        match self.call.cell() {
            Some(cell) => {
                let occasion = self.call.occasion(Some(self.caller.object_id));
                cell.write_on(&occasion, change)
            }
            None => Err(GraphError::Denied),
        }
    }

    /// Keeps what a request leaves behind that fails: no entry in the audit log tells of it.
    pub(super) fn remember(&self, change: impl FnOnce(&mut Tenant)) {
        self.call.change(change);
    }

    /// What the version of the request shows of an object.
    pub(super) fn shown<T>(
        &self,
        entity: &EntityType<T>,
        mut members: Map<String, Value>,
    ) -> Map<String, Value> {
        let hidden = |name: &String| {
            let mut properties = entity.properties.iter();
            let property = properties.find(|property| property.facts.name == name.as_str());
            property.is_some_and(|property| !property.facts.is_in(self.query.version))
        };
        members.retain(|name, _| !hidden(name));
        members
    }

    /// The answer to a creation.
    pub(super) fn created<T: Projected>(
        &self,
        entity: &EntityType<T>,
        members: Map<String, Value>,
    ) -> Result<Reply, GraphError> {
        let members = self.shown(entity, members);
        let id = members
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let location = self.directory_url(id, entity.class);
        let value = Value::Object(id_first(members));
        let fragment = format!("{}/$entity", Type::context(entity));
        let reply = self.document(StatusCode::CREATED, &fragment, value);
        Ok(reply
            .header("location", &location)
            .header("x-ms-resource-unit", "1"))
    }

    /// The URL of what exists only in another object.
    pub(super) fn contained_url(&self, owner: Row<'_>, navigation: &str, id: &str) -> String {
        let tenant = self.call.tenant();
        let (directory, key) = match tenant {
            Some(tenant) => (tenant.id.to_string(), owner.key(tenant)),
            None => (String::new(), String::new()),
        };
        format!(
            "{}/v2/{directory}/directoryObjects/$/Microsoft.DirectoryServices.{}('{key}')/{navigation}/{id}",
            self.call.request.origin(),
            type_of(owner).class()
        )
    }

    /// The answer to an action with a result: its `Location` is always the bare host.
    pub(super) fn action_result(&self, fragment: &str, value: Value) -> Reply {
        self.document(StatusCode::OK, fragment, value)
            .header("location", origins::GRAPH)
            .header("x-ms-resource-unit", "1")
    }
}

/// The answer to a change: nothing to say.
pub(super) fn no_content() -> Reply {
    Reply::empty(StatusCode::NO_CONTENT).header("x-ms-resource-unit", "1")
}

/// What becomes of a member that nothing here acts on: it is kept if its table says so, and else treated as any other.
pub(super) fn keep<T: Projected>(
    entity: &'static EntityType<T>,
    tenant: &Tenant,
    row: &mut T,
    name: &str,
    value: &Value,
) -> Result<(), GraphError> {
    let Ok(Property {
        facts,
        read: Read::Kept(keep),
        ..
    }) = property(entity, name)
    else {
        return other_member(entity, tenant, row, name, value);
    };
    if facts.write == Access::ReadOnly {
        return other_member(entity, tenant, row, name, value);
    }
    let kept = (keep.kept_mut)(row);
    let before = kept.get(facts.name).cloned().unwrap_or_default();
    let written = keep.shape.written(&before, value);
    let written = written.map_err(|misfit| match misfit {
        Misfit::Value => invalid(facts.name, entity.class),
        Misfit::Member(member) => GraphError::UnknownMember {
            member,
            entity: facts.name,
        },
    })?;
    if written == keep.shape.absent() {
        kept.set(facts.name, Value::Null);
    } else {
        kept.set(facts.name, written);
    }
    Ok(())
}

/// What becomes of a member that has no code of its own: unknown ones are refused, and known ones pass only if they say
/// what is so already.
pub(super) fn other_member<T: Projected>(
    entity: &'static EntityType<T>,
    tenant: &Tenant,
    row: &T,
    name: &str,
    value: &Value,
) -> Result<(), GraphError> {
    let property = match property(entity, name) {
        Ok(property) => property,
        Err(GraphError::UnknownProperty {
            property, entity, ..
        }) => {
            return Err(GraphError::UnknownMember {
                member: property,
                entity,
            });
        }
        Err(error) => return Err(error),
    };
    let now = property.value(tenant, row);
    let is_empty = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    if *value == now || (is_empty(value) && is_empty(&now)) {
        return Ok(());
    }
    if property.facts.write == Access::ReadOnly {
        return Err(GraphError::ReadOnly {
            member: property.facts.name.to_owned(),
            class: entity.class,
        });
    }
    Err(GraphError::NotSimulated(format!(
        "graph write of {}/{}",
        entity.name, property.facts.name
    )))
}

/// A member that must be there.
pub(super) fn required<'m>(
    members: &'m Map<String, Value>,
    name: &'static str,
    class: &'static str,
) -> Result<&'m Value, GraphError> {
    let mut all = members.iter();
    let found = all.find(|(known, value)| known.eq_ignore_ascii_case(name) && !value.is_null());
    found.map(|(_, value)| value).ok_or(GraphError::Required {
        member: name,
        class,
    })
}

/// A member of a body, whatever the case of its name.
pub(super) fn member<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m Value> {
    let mut members = members.iter();
    let found = members.find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

/// What may be a mail alias.
pub(super) fn is_alias(alias: &str) -> bool {
    let strange = |c: char| c.is_whitespace() || "@()\\[]\";:<>,".contains(c);
    alias.is_ascii() && !alias.contains(strange)
}

/// A text that must be there, of a bounded length.
pub(super) fn text(
    value: &Value,
    name: &str,
    class: &'static str,
    most: usize,
) -> Result<String, GraphError> {
    match value.as_str() {
        Some(text) if !text.trim().is_empty() && text.chars().count() <= most => {
            Ok(text.to_owned())
        }
        _ => Err(invalid(name, class)),
    }
}

/// A text or null.
pub(super) fn optional_text(
    value: &Value,
    name: &str,
    class: &'static str,
    most: usize,
) -> Result<Option<String>, GraphError> {
    match value {
        Value::Null => Ok(None),
        value => text(value, name, class, most).map(Some),
    }
}

pub(super) fn boolean(value: &Value, name: &str, class: &'static str) -> Result<bool, GraphError> {
    value.as_bool().ok_or_else(|| invalid(name, class))
}

/// A list of texts.
pub(super) fn texts(
    value: &Value,
    name: &str,
    class: &'static str,
) -> Result<Vec<String>, GraphError> {
    let list = value.as_array().ok_or_else(|| invalid(name, class))?;
    list.iter()
        .map(|value| text(value, name, class, 2048))
        .collect()
}

pub(super) fn invalid(name: &str, class: &'static str) -> GraphError {
    GraphError::Invalid {
        member: name.to_owned(),
        class,
    }
}

/// The property with this name, as the table has it.
fn property<T: Projected>(
    entity: &'static EntityType<T>,
    name: &str,
) -> Result<&'static Property<T>, GraphError> {
    let mut known = entity.properties.iter();
    let found = known.find(|property| property.facts.name.eq_ignore_ascii_case(name));
    found.ok_or_else(|| {
        let kind: &dyn Type = entity;
        kind.unknown(name, QueryPart::Select)
    })
}
