//! Which path means what. Knows the entity sets and their segments; the work is done in `read`, `write` and `action`.

use entrasim_domain::tenant::Tenant;
use http::StatusCode;

use super::error::GraphError;
use super::path::{Key, Segment};
use super::permission::{self, Operation, Whose};
use super::read::{self, Source};
use super::schema::EntityType;
use super::schema::application::APPLICATION;
use super::schema::directory_role::DIRECTORY_ROLE;
use super::schema::domain::DOMAIN;
use super::schema::group::GROUP;
use super::schema::organization::ORGANIZATION;
use super::schema::service_principal::SERVICE_PRINCIPAL;
use super::schema::user::USER;
use super::{Answer, Graph, action, write};
use crate::wire::Reply;
use unsimulated::contains;

mod audit_logs;
mod conditional_access;
mod unsimulated;

/// Where a path leads: a set, perhaps one entity of it, perhaps further.
pub(super) struct Target {
    /// The segment that names the set, in its own spelling.
    pub(super) set: String,
    pub(super) key: Option<Key>,
    pub(super) rest: Vec<Segment>,
}

pub(super) fn answer(graph: &Graph<'_, '_>, segments: Vec<Segment>) -> Answer {
    let target = target(graph, segments)?;
    let set = target.set.to_ascii_lowercase();
    match set.as_str() {
        "users" => users(graph, &target),
        "groups" => groups(graph, &target),
        "applications" => applications(graph, &target),
        "serviceprincipals" => service_principals(graph, &target),
        "organization" => plain(
            graph,
            &target,
            &ORGANIZATION,
            &permission::READ_ORGANIZATION,
        ),
        "domains" => plain(graph, &target, &DOMAIN, &permission::READ_DOMAINS),
        "directoryroles" => directory_roles(graph, &target),
        "directoryobjects" => directory_objects(graph, &target),
        "identity" => conditional_access::identity(graph, &target),
        "policies" => conditional_access::policies(graph, &target),
        "auditlogs" => audit_logs::answer(graph, &target),
        _ if contains(unsimulated::SETS, &set) => Err(not_simulated(graph, &target)),
        _ => Err(GraphError::Segment(target.set)),
    }
}

/// Splits the path; `/me` is the entity of `users` that the token stands for.
fn target(graph: &Graph<'_, '_>, segments: Vec<Segment>) -> Result<Target, GraphError> {
    let mut segments = segments.into_iter();
    let Some(first) = segments.next() else {
        return Err(GraphError::NotSimulated(
            "graph service document".to_owned(),
        ));
    };
    if first.is("me") && first.key.is_none() {
        if !permission::is_person(&graph.caller) {
            return Err(GraphError::NobodySignedIn);
        }
        return Ok(Target {
            set: "users".to_owned(),
            key: Some(Key::Id(graph.caller.object_id.to_string())),
            rest: segments.collect(),
        });
    }
    let mut rest: Vec<Segment> = segments.collect();
    let mut key = first.key;
    let is_container = contains(unsimulated::SETS, &first.name);
    if key.is_none() && !is_container && rest.first().is_some_and(is_key) {
        key = Some(Key::Id(rest.remove(0).text));
    }
    Ok(Target {
        set: first.name,
        key,
        rest,
    })
}

/// After a set, everything is a key but what is known to be something else.
fn is_key(segment: &Segment) -> bool {
    !segment.name.starts_with("$count") && !contains(unsimulated::BESIDE, &segment.name)
}

fn not_simulated(graph: &Graph<'_, '_>, target: &Target) -> GraphError {
    let rest = target.rest.iter().map(|segment| segment.name.as_str());
    let method = graph.method().as_str();
    GraphError::NotSimulated(unsimulated::name(
        method,
        &target.set,
        target.key.is_some(),
        rest,
    ))
}

/// What to say of a segment that leads nowhere here.
fn beyond(graph: &Graph<'_, '_>, target: &Target) -> GraphError {
    let known = if target.key.is_some() {
        unsimulated::BELOW
    } else {
        unsimulated::BESIDE
    };
    match target.rest.first() {
        Some(segment) if contains(known, &segment.name) => not_simulated(graph, target),
        Some(segment) => GraphError::Segment(segment.name.clone()),
        None => GraphError::Method,
    }
}

/// The part of the path after the entity, as names.
fn names(target: &Target) -> Vec<String> {
    target
        .rest
        .iter()
        .map(|segment| segment.name.to_ascii_lowercase())
        .collect()
}

fn users(graph: &Graph<'_, '_>, target: &Target) -> Answer {
    let tenant = graph.tenant()?;
    let own = target.key.as_ref().is_some_and(|key| {
        read::find(&USER, tenant, key).is_ok_and(|user| user.id == graph.caller.object_id)
    });
    let names = names(target);
    let rest: Vec<&str> = names.iter().map(String::as_str).collect();
    let operation = if target.key.is_some() {
        &permission::READ_USER
    } else {
        &permission::LIST_USERS
    };
    match (graph.method().as_str(), &target.key, rest.as_slice()) {
        ("GET", _, [] | ["$count"]) => get(graph, target, &USER, operation, Whose::of(own)),
        ("POST", None, []) => write::user::create(graph),
        ("PATCH", Some(key), []) => write::user::update(graph, key),
        ("DELETE", Some(key), []) => write::user::delete(graph, key),
        ("GET", Some(key), ["memberof" | "transitivememberof"]) => {
            action::members::member_of(graph, key, Whose::of(own))
        }
        ("POST", Some(key), ["getmembergroups"]) => {
            action::members::get_member_groups(graph, key, Whose::of(own))
        }
        (_, Some(key), ["authentication", "temporaryaccesspassmethods", ..]) => {
            write::temporary_access_pass::answer(graph, key, &target.rest)
        }
        ("POST", Some(key), ["revokesigninsessions"]) => {
            write::conditional_access::revoke_sessions(graph, key, Whose::of(own))
        }
        _ => Err(beyond(graph, target)),
    }
}

fn groups(graph: &Graph<'_, '_>, target: &Target) -> Answer {
    let names = names(target);
    let rest: Vec<&str> = names.iter().map(String::as_str).collect();
    let operation = if target.key.is_some() {
        &permission::READ_GROUP
    } else {
        &permission::LIST_GROUPS
    };
    match (graph.method().as_str(), &target.key, rest.as_slice()) {
        ("GET", _, [] | ["$count"]) => get(graph, target, &GROUP, operation, Whose::Other),
        ("GET", Some(key), ["members"]) => action::members::of_group(graph, key),
        ("POST", None, [])
        | ("PATCH" | "DELETE", Some(_), [])
        | (_, Some(_), ["members", ..] | ["memberof" | "transitivememberof" | "getmembergroups"]) => {
            Err(not_simulated(graph, target))
        }
        _ => Err(beyond(graph, target)),
    }
}

fn applications(graph: &Graph<'_, '_>, target: &Target) -> Answer {
    let names = names(target);
    let rest: Vec<&str> = names.iter().map(String::as_str).collect();
    match (graph.method().as_str(), &target.key, rest.as_slice()) {
        ("GET", _, [] | ["$count"]) => get(
            graph,
            target,
            &APPLICATION,
            &permission::READ_APPLICATIONS,
            Whose::Other,
        ),
        ("POST", None, []) => write::application::create(graph),
        ("PATCH", Some(key), []) => write::application::update(graph, key),
        ("DELETE", Some(key), []) => write::application::delete(graph, key),
        ("POST", Some(key), ["addpassword"]) => action::add_password::answer(graph, key),
        ("POST", Some(key), ["removepassword"]) => action::remove_password::answer(graph, key),
        (_, Some(key), ["federatedidentitycredentials", ..]) => {
            write::federated_identity_credential::answer(graph, key, &target.rest)
        }
        (_, Some(_), ["addpassword" | "removepassword"]) => Err(GraphError::Method),
        (_, Some(_), ["getmembergroups"]) => Err(not_simulated(graph, target)),
        _ => Err(beyond(graph, target)),
    }
}

fn service_principals(graph: &Graph<'_, '_>, target: &Target) -> Answer {
    let names = names(target);
    let rest: Vec<&str> = names.iter().map(String::as_str).collect();
    match (graph.method().as_str(), &target.key, rest.as_slice()) {
        ("GET", _, [] | ["$count"]) => get(
            graph,
            target,
            &SERVICE_PRINCIPAL,
            &permission::READ_APPLICATIONS,
            Whose::Other,
        ),
        ("POST", None, []) => write::service_principal::create(graph),
        ("PATCH", Some(key), []) => write::service_principal::update(graph, key),
        ("DELETE", Some(key), []) => write::service_principal::delete(graph, key),
        (
            _,
            Some(_),
            [
                "addpassword"
                | "removepassword"
                | "memberof"
                | "transitivememberof"
                | "getmembergroups"
                | "federatedidentitycredentials",
                ..,
            ],
        ) => Err(not_simulated(graph, target)),
        _ => Err(beyond(graph, target)),
    }
}

/// Sets that are only read here.
fn plain<T>(
    graph: &Graph<'_, '_>,
    target: &Target,
    entity: &'static EntityType<T>,
    operation: &'static Operation,
) -> Answer {
    match (graph.method().as_str(), target.rest.as_slice()) {
        ("GET", []) => get(graph, target, entity, operation, Whose::Other),
        ("GET", [segment]) if target.key.is_none() && segment.is("$count") => {
            get(graph, target, entity, operation, Whose::Other)
        }
        ("PATCH" | "DELETE", []) if target.key.is_some() => Err(not_simulated(graph, target)),
        ("POST", []) if target.key.is_none() => Err(not_simulated(graph, target)),
        _ => Err(beyond(graph, target)),
    }
}

fn directory_roles(graph: &Graph<'_, '_>, target: &Target) -> Answer {
    match (graph.method().as_str(), &target.key, target.rest.as_slice()) {
        ("GET", Some(key), [segment]) if segment.is("members") => {
            action::members::of_role(graph, key)
        }
        _ => plain(graph, target, &DIRECTORY_ROLE, &permission::READ_ROLES),
    }
}

fn directory_objects(graph: &Graph<'_, '_>, target: &Target) -> Answer {
    match (graph.method().as_str(), &target.key, target.rest.as_slice()) {
        ("POST", None, [segment]) if segment.is("getByIds") => action::get_by_ids::answer(graph),
        ("GET", Some(key), []) => action::get_by_ids::one(graph, key),
        (_, None, [segment]) if segment.is("getByIds") => Err(GraphError::Method),
        ("POST", _, [segment]) if segment.is("getMemberGroups") => {
            Err(not_simulated(graph, target))
        }
        ("DELETE" | "PATCH", Some(_), []) | ("GET", None, []) => Err(not_simulated(graph, target)),
        _ => Err(beyond(graph, target)),
    }
}

/// GET of a set, of its size, or of one entity.
fn get<T>(
    graph: &Graph<'_, '_>,
    target: &Target,
    entity: &'static EntityType<T>,
    operation: &'static Operation,
    whose: Whose,
) -> Answer {
    let tenant = graph.tenant()?;
    operation.check(&graph.caller, tenant, whose)?;
    match (&target.key, target.rest.as_slice()) {
        (None, []) => {
            let page = read::list(entity, tenant, &graph.query, &Source::Set)?;
            Ok(graph.page(entity.set, page))
        }
        (None, _) => {
            let count = read::count(entity, tenant, &graph.query, &Source::Set)?;
            Ok(
                Reply::with_body(StatusCode::OK, "text/plain", count.to_string())
                    .header("odata-version", "4.0"),
            )
        }
        (Some(key), []) => one(graph, tenant, entity, key),
        (Some(_), [segment, ..]) => Err(GraphError::Segment(segment.name.clone())),
    }
}

fn one<T>(
    graph: &Graph<'_, '_>,
    tenant: &Tenant,
    entity: &'static EntityType<T>,
    key: &Key,
) -> Answer {
    let row = read::find(entity, tenant, key)?;
    let (value, selected) = read::one(entity, tenant, row, &graph.query)?;
    let fragment = format!("{}{selected}/$entity", entity.set);
    let reply = graph.document(StatusCode::OK, &fragment, value);
    Ok(reply.header("x-ms-resource-unit", "1"))
}
