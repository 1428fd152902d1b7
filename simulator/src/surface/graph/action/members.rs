//! Members of groups and roles, and the other way round: collections of objects of several types.

use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use serde_json::{Value, json};

use super::get_by_ids::typed;
use crate::surface::graph::error::GraphError;
use crate::surface::graph::path::Key;
use crate::surface::graph::permission::{self, Whose};
use crate::surface::graph::query::page::Token;
use crate::surface::graph::read::{self, Page};
use crate::surface::graph::schema::directory_role::DIRECTORY_ROLE;
use crate::surface::graph::schema::group::GROUP;
use crate::surface::graph::schema::user::USER;
use crate::surface::graph::write::body;
use crate::surface::graph::{Answer, Graph};

/// `GET /groups/{id}/members`
pub(in crate::surface::graph) fn of_group(graph: &Graph<'_, '_>, key: &Key) -> Answer {
    let tenant = graph.tenant()?;
    permission::READ_GROUP_MEMBERS.check(&graph.caller, tenant, Whose::Other)?;
    let group = read::find(&GROUP, tenant, key)?;
    let objects = group.members.iter().copied();
    mixed_page(
        graph,
        objects.filter_map(|id| Some((id, typed(tenant, id)?.1))),
    )
}

/// `GET /directoryRoles/{id}/members`
pub(in crate::surface::graph) fn of_role(graph: &Graph<'_, '_>, key: &Key) -> Answer {
    let tenant = graph.tenant()?;
    permission::READ_ROLES.check(&graph.caller, tenant, Whose::Other)?;
    let role = read::find(&DIRECTORY_ROLE, tenant, key)?.id;
    let assignments = tenant
        .role_assignments
        .values()
        .filter(|assignment| assignment.role == role);
    let mut holders: Vec<ObjectId> = assignments.map(|assignment| assignment.principal).collect();
    holders.sort_unstable();
    holders.dedup();
    mixed_page(
        graph,
        holders
            .into_iter()
            .filter_map(|id| Some((id, typed(tenant, id)?.1))),
    )
}

/// `GET /users/{id}/memberOf`: groups and directory roles. Groups do not nest here, so `transitiveMemberOf` says the same.
pub(in crate::surface::graph) fn member_of(
    graph: &Graph<'_, '_>,
    key: &Key,
    whose: Whose,
) -> Answer {
    let tenant = graph.tenant()?;
    permission::READ_MEMBER_OF.check(&graph.caller, tenant, whose)?;
    let user = read::find(&USER, tenant, key)?.id;
    let groups = groups_of(tenant, user).filter_map(|id| Some((id, typed(tenant, id)?.1)));
    let held = tenant.roles_of(user);
    let roles = (DIRECTORY_ROLE.rows)(tenant, None)
        .filter(|role| held.contains(&role.id))
        .filter_map(|role| {
            let object = DIRECTORY_ROLE.typed(tenant, role);
            let id = object.get("id")?.as_str()?.parse().ok()?;
            Some((id, object))
        });
    let mut objects: Vec<(ObjectId, Value)> = groups.chain(roles).collect();
    objects.sort_by_key(|(id, _)| *id);
    mixed_page(graph, objects.into_iter())
}

/// `POST /users/{id}/getMemberGroups`
pub(in crate::surface::graph) fn get_member_groups(
    graph: &Graph<'_, '_>,
    key: &Key,
    whose: Whose,
) -> Answer {
    let tenant = graph.tenant()?;
    permission::READ_MEMBER_OF.check(&graph.caller, tenant, whose)?;
    let members = body(graph)?;
    if !members
        .get("securityEnabledOnly")
        .is_some_and(Value::is_boolean)
    {
        return Err(GraphError::Required {
            member: "securityEnabledOnly",
            class: "User",
        });
    }
    let user = read::find(&USER, tenant, key)?.id;
    let ids: Vec<String> = groups_of(tenant, user).map(|id| id.to_string()).collect();
    let reply = graph.action_result("Collection(Edm.String)", json!({"value": ids}));
    Ok(reply.header("x-ms-resource-unit", "2"))
}

fn groups_of(tenant: &Tenant, member: ObjectId) -> impl Iterator<Item = ObjectId> {
    let groups = tenant.groups.values();
    groups
        .filter(move |group| group.members.contains(&member))
        .map(|group| group.id)
}

/// A page of objects in the order of their ids. The collection's type has no properties to filter or sort by.
fn mixed_page(graph: &Graph<'_, '_>, objects: impl Iterator<Item = (ObjectId, Value)>) -> Answer {
    let query = &graph.query;
    let unsupported = [
        ("$select", query.select.is_some()),
        ("$filter", query.filter.is_some()),
        ("$orderby", !query.order_by.is_empty()),
        ("$search", query.search.is_some()),
    ];
    if let Some((option, _)) = unsupported.into_iter().find(|(_, used)| *used) {
        return Err(GraphError::NotSimulated(format!(
            "graph {option} on directoryObjects"
        )));
    }
    let after = match query.page {
        Some(Token::After(id)) => Some(id),
        Some(Token::Offset(_)) => return Err(GraphError::PageToken),
        None => None,
    };
    let all: Vec<(ObjectId, Value)> = objects.collect();
    let count = (query.advanced() && query.page.is_none()).then_some(all.len());
    let mut rest = all
        .into_iter()
        .filter(|(id, _)| after.is_none_or(|after| *id > after));
    let page: Vec<(ObjectId, Value)> = rest.by_ref().take(query.page_size()).collect();
    let last = page.last().map(|(id, _)| Token::After(*id));
    let next = last.filter(|_| rest.next().is_some());
    let page = Page {
        rows: page.into_iter().map(|(_, object)| object).collect(),
        next,
        count,
        selected: String::new(),
    };
    Ok(graph.page("directoryObjects", page))
}
