//! `$ref`: links between directory objects, added, replaced and taken away; and the links that a new object brings along
//! (`members@odata.bind`).

use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::relations::Relation;
use serde_json::{Map, Value};

use super::super::error::GraphError;
use super::super::permission;
use super::super::resource::Resource;
use super::super::schema::type_of;
use super::super::{Answer, Graph};
use super::{body, invalid, no_content};
use crate::wire::form::Form;

/// `POST /{set}/{id}/{navigation}/$ref`
pub(in crate::surface::graph) fn add(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
    relation: Relation,
) -> Answer {
    let (from, to) = ends(graph, resource)?;
    permission::require_reach_of_group(&graph.caller, graph.tenant()?, from)?;
    graph.write(|tenant| Ok(tenant.link(relation, from, to, &graph.note())?))?;
    Ok(no_content())
}

/// `PUT /{set}/{id}/{navigation}/$ref`: whatever was there before.
pub(in crate::surface::graph) fn replace(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
    relation: Relation,
) -> Answer {
    let (from, to) = ends(graph, resource)?;
    graph.write(|tenant| {
        if !tenant.relations.has(relation, from, to) {
            tenant.link(relation, from, to, &graph.note())?;
        }
        Ok(())
    })?;
    Ok(no_content())
}

/// `DELETE /{set}/{id}/{navigation}/{id}/$ref`, the same with `?$id=` (or `@id`) for the second id, and of a navigation with
/// one object.
pub(in crate::surface::graph) fn remove(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
    relation: Relation,
) -> Answer {
    let tenant = graph.tenant()?;
    let from = first_id(tenant, resource)?;
    let named = named_in_query(graph);
    let to = match (resource.chain.get(1), &named) {
        (Some(object), _) => key(&object.key)?,
        (None, Some(url)) => target(tenant, url)?,
        (None, None) if relation.is_single() => {
            let mut targets = tenant.relations.targets(relation, from, None);
            targets
                .next()
                .ok_or_else(|| GraphError::Missing(relation.navigation().to_owned()))?
        }
        (None, None) => return Err(GraphError::EmptyBody),
    };
    if !tenant.relations.has(relation, from, to) {
        return Err(GraphError::Missing(to.to_string()));
    }
    permission::require_reach_of_group(&graph.caller, tenant, from)?;
    if relation == Relation::Owner && is_last_owner(tenant, from, to) {
        return Err(GraphError::Refused(
            "The group must have at least one owner, hence this owner cannot be removed."
                .to_owned(),
        ));
    }
    graph.write(|tenant| Ok(tenant.unlink(relation, from, to, &graph.note())?))?;
    Ok(no_content())
}

/// A group that has had owners keeps a person among them (Microsoft Learn, "Remove owners").
fn is_last_owner(tenant: &Tenant, group: ObjectId, owner: ObjectId) -> bool {
    let is_person = |id: &ObjectId| tenant.users.get(*id).is_some();
    let mut owners = tenant.relations.targets(Relation::Owner, group, None);
    tenant.groups.get(&group).is_some()
        && is_person(&owner)
        && !owners.any(|other| other != owner && is_person(&other))
}

/// Takes `{navigation}@odata.bind` out of a body: the objects that its URLs name.
pub(in crate::surface::graph) fn bound(
    tenant: &Tenant,
    members: &mut Map<String, Value>,
    navigation: &str,
    class: &'static str,
) -> Result<Vec<ObjectId>, GraphError> {
    let wanted = format!("{navigation}@odata.bind");
    let name = members
        .keys()
        .find(|name| name.eq_ignore_ascii_case(&wanted));
    let Some(value) = name.cloned().and_then(|name| members.shift_remove(&name)) else {
        return Ok(Vec::new());
    };
    let urls = match value {
        Value::Array(urls) => urls,
        one => vec![one],
    };
    let urls = urls.iter().map(|url| {
        let url = url.as_str().ok_or_else(|| invalid(navigation, class))?;
        target(tenant, url)
    });
    urls.collect()
}

/// The object that bears the link, and the one that the body names.
fn ends(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Result<(ObjectId, ObjectId), GraphError> {
    let from = first_id(graph.tenant()?, resource)?;
    let class = resource.first().and_then(|first| first.row);
    let class = class.map_or("DirectoryObject", |row| type_of(row).class());
    Ok((from, named(graph, class)?))
}

/// The object that the body names, `{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/{id}"}`.
pub(super) fn named(graph: &Graph<'_, '_>, class: &'static str) -> Result<ObjectId, GraphError> {
    target(graph.tenant()?, &named_url(graph, class)?)
}

/// The key of something that is no directory object.
pub(super) fn named_key(graph: &Graph<'_, '_>, class: &'static str) -> Result<String, GraphError> {
    key_in(&named_url(graph, class)?)
}

fn named_url(graph: &Graph<'_, '_>, class: &'static str) -> Result<String, GraphError> {
    let bytes = &graph.call.request.body;
    let members: Value = serde_json::from_slice(bytes).unwrap_or_default();
    match members.get("@odata.id").and_then(Value::as_str) {
        Some(url) => Ok(url.to_owned()),
        // No body, or one that is no JSON, has an answer of its own.
        None => body(graph).and(Err(GraphError::Required {
            member: "@odata.id",
            class,
        })),
    }
}

fn first_id(tenant: &Tenant, resource: &Resource<'_>) -> Result<ObjectId, GraphError> {
    let first = resource.first();
    let row = first.and_then(|first| first.row);
    let id = row.and_then(|row| type_of(row).id(tenant, row));
    id.ok_or_else(|| GraphError::Missing(resource.key(0).to_owned()))
}

fn key(text: &str) -> Result<ObjectId, GraphError> {
    text.parse()
        .map_err(|_| GraphError::Missing(text.to_owned()))
}

/// The option that names the object in the query: `@id` in the directory, `$id` in the standard.
fn named_in_query(graph: &Graph<'_, '_>) -> Option<String> {
    let query = Form::parse(graph.call.request.query.as_bytes());
    let names = ["@id", "$id", "@odata.id"];
    let mut named = names.iter().filter_map(|name| query.get(name));
    named.next().map(str::to_owned)
}

/// The object that a URL names: `https://graph.microsoft.com/v1.0/{set}/{key}`, in either version, with a tenant in between
/// or not, absolute or not.
fn target(tenant: &Tenant, url: &str) -> Result<ObjectId, GraphError> {
    let key = key_in(url)?;
    let id = match key.parse() {
        Ok(id) => Some(id),
        Err(_) => tenant.user_by_principal_name(&key).map(|user| user.id),
    };
    let id = id.filter(|id| tenant.object(*id).is_some());
    id.ok_or(GraphError::Missing(key))
}

/// What stands for the object in its URL.
fn key_in(url: &str) -> Result<String, GraphError> {
    let missing = || GraphError::Missing(url.to_owned());
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/').ok_or_else(missing)?.1,
        None => url,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    // A reference that Graph itself has given ends with the type of the object.
    if segments
        .last()
        .is_some_and(|last| last.starts_with("Microsoft.DirectoryServices."))
    {
        segments.pop();
    }
    let last = segments.last().copied().ok_or_else(missing)?;
    let last = percent_encoding::percent_decode_str(last).decode_utf8_lossy();
    // `users('id')` and `users/id` are one.
    let key = match last.split_once('(') {
        Some((_, key)) => key.trim_end_matches(')').trim_matches('\''),
        None => &last,
    };
    Ok(key.to_owned())
}
