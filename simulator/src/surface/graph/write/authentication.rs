//! Writing under `/users/{id}/authentication`: what all methods share. Each kind has its own file, named as in the URL; that
//! of kinds which only are deleted is `delete` here.

use entrasim_domain::catalogue::GRAPH;
use entrasim_domain::credential::method::AuthenticationMethod;
use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::{Operation, Outcome, Stage, decide};
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::attempt::SignInAttempt;
use http::StatusCode;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::error::GraphError;
use super::super::permission;
use super::super::read::authentication_methods::plain;
use super::super::resource::Resource;
use super::super::schema::authentication_method::{Held, MethodType, Shown};
use super::super::{Answer, Graph};
use super::{body, invalid, no_content};
use crate::circumstances;

pub(in crate::surface::graph) mod email_methods;
pub(in crate::surface::graph) mod external_authentication_methods;
pub(in crate::surface::graph) mod fido2_methods;
pub(in crate::surface::graph) mod hardware_oath_devices;
pub(in crate::surface::graph) mod hardware_oath_methods;
pub(in crate::surface::graph) mod passwordless_microsoft_authenticator_methods;
pub(in crate::surface::graph) mod phone_methods;
pub(in crate::surface::graph) mod qr_code_pin_method;
pub(in crate::surface::graph) mod requirements;
pub(in crate::surface::graph) mod reset_password;
pub(in crate::surface::graph) mod sign_in_preferences;
pub(in crate::surface::graph) mod temporary_access_pass_methods;

/// The user of a path, whose methods the caller may change: one's own after a second factor, those of others as far as the
/// caller's roles reach.
fn subject<'r>(graph: &Graph<'_, '_>, resource: &Resource<'r>) -> Result<&'r User, GraphError> {
    let user: &User = resource.object(0)?;
    if is_own(graph, user) {
        require_fresh_multifactor(graph, user)?;
    }
    permission::require_reach(&graph.caller, graph.tenant()?, user.id)?;
    Ok(user)
}

/// The user of a path where nobody serves themselves.
fn another<'r>(graph: &Graph<'_, '_>, resource: &Resource<'r>) -> Result<&'r User, GraphError> {
    let user: &User = resource.object(0)?;
    if is_own(graph, user) {
        return Err(GraphError::Denied);
    }
    subject(graph, resource)
}

fn is_own(graph: &Graph<'_, '_>, user: &User) -> bool {
    user.id == graph.caller.object_id
}

/// What the sign-in behind the token showed, and when. A token that somebody else made with our keys says nothing of it,
/// and is taken at its word.
fn require_fresh_multifactor(graph: &Graph<'_, '_>, user: &User) -> Result<(), GraphError> {
    let Some(behind) = graph.caller.behind(graph.call) else {
        return Ok(());
    };
    let (call, tenant) = (graph.call, graph.tenant()?);
    let attempt = SignInAttempt {
        user: Some(user),
        client: graph.caller.app_id,
        resource: GRAPH,
        authentication: behind.sign_in.authentication,
        demanded_contexts: Vec::new(),
        demanded_methods: Vec::new(),
        password_changed: false,
        circumstances: circumstances::of(call, tenant, Some(user)),
    };
    let operation = Operation::ChangeSecurityInfo;
    let facts = tenant.own_methods_facts(Stage::Graph, attempt, operation, call.now());
    let decision = decide(&facts, &tenant.sign_in_policies(), call.now());
    if call.record_decision(decision).outcome == Outcome::Grant {
        Ok(())
    } else {
        Err(GraphError::Denied)
    }
}

/// Changes a user; nothing is changed if `change` fails.
fn change<T>(
    graph: &Graph<'_, '_>,
    id: ObjectId,
    change: impl FnOnce(&mut Tenant, &mut User) -> Result<T, GraphError>,
) -> Result<T, GraphError> {
    graph.write(|tenant| {
        let user = tenant.users.get(id);
        let mut user = user
            .map(|user| User::clone(user))
            .ok_or_else(|| GraphError::Missing(id.to_string()))?;
        let done = change(tenant, &mut user)?;
        tenant.put_user(user, &graph.note())?;
        Ok(done)
    })
}

/// The body; a member that the type does not have is refused.
fn members(graph: &Graph<'_, '_>, kind: &MethodType) -> Result<Map<String, Value>, GraphError> {
    let members = body(graph)?;
    match members.keys().find(|name| !kind.has(name)) {
        None => Ok(members),
        Some(unknown) => Err(GraphError::UnknownMember {
            member: unknown.clone(),
            entity: kind.name,
        }),
    }
}

/// The body of an action with these parameters.
fn parameters(graph: &Graph<'_, '_>, known: &[&str]) -> Result<Map<String, Value>, GraphError> {
    let members = match body(graph) {
        Err(GraphError::EmptyBody) => Map::new(),
        body => body?,
    };
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(members),
        Some(unknown) => Err(GraphError::UnknownMember {
            member: unknown.clone(),
            entity: "action",
        }),
    }
}

/// A text that has to be there.
fn required<'b>(
    members: &'b Map<String, Value>,
    member: &'static str,
    class: &'static str,
) -> Result<&'b str, GraphError> {
    match members.get(member) {
        None | Some(Value::Null) => Err(GraphError::Required { member, class }),
        Some(value) => value
            .as_str()
            .filter(|text| !text.trim().is_empty())
            .ok_or_else(|| invalid(member, class)),
    }
}

/// The method that the second key of the path names.
fn named<'r>(
    resource: &Resource<'_>,
    user: &'r User,
    kind: &'static MethodType,
) -> Result<Held<'r>, GraphError> {
    let key = resource.key(1);
    kind.find(user, key)
        .ok_or_else(|| GraphError::Missing(key.to_owned()))
}

/// The same by the id that the domain knows it by.
fn named_id(
    resource: &Resource<'_>,
    user: &User,
    kind: &'static MethodType,
) -> Result<Uuid, GraphError> {
    let method = named(resource, user, kind)?.method();
    method
        .map(|method| method.id)
        .ok_or_else(|| GraphError::Missing(resource.key(1).to_owned()))
}

/// What a new or changed method looks like to who made it.
fn show(
    graph: &Graph<'_, '_>,
    user: ObjectId,
    method: Uuid,
    kind: &'static MethodType,
) -> Result<Map<String, Value>, GraphError> {
    let missing = || GraphError::Missing(method.to_string());
    // The state after the change, not that from the beginning of the request.
    let tenant = graph.call.cell().ok_or_else(missing)?.read();
    let user = tenant.users.get(user).ok_or_else(missing)?;
    let mut methods = user.methods.iter();
    let method = methods
        .find(|known| known.id == method)
        .ok_or_else(missing)?;
    let shown = Shown {
        tenant: &tenant,
        user,
        now: graph.call.now(),
        held: Held::Method(method),
        with_secrets: true,
    };
    Ok(kind.show(&shown, graph.query.version))
}

/// The answer to a creation.
fn created(
    graph: &Graph<'_, '_>,
    user: ObjectId,
    method: Uuid,
    kind: &'static MethodType,
) -> Answer {
    let members = show(graph, user, method, kind)?;
    let id = members
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let path = format!("users/{user}/authentication/{}/{id}", kind.set);
    let location = url(graph, &path);
    let fragment = format!("users('{user}')/authentication/{}/$entity", kind.set);
    let reply = graph.document(StatusCode::CREATED, &fragment, Value::Object(members));
    Ok(plain(reply.header("location", &location)))
}

/// The answer of the older PUT: the method as it is now.
fn replaced(
    graph: &Graph<'_, '_>,
    user: ObjectId,
    method: Uuid,
    kind: &'static MethodType,
) -> Answer {
    let members = show(graph, user, method, kind)?;
    let fragment = format!("users('{user}')/authentication/{}/$entity", kind.set);
    Ok(plain(graph.document(
        StatusCode::OK,
        &fragment,
        Value::Object(members),
    )))
}

fn url(graph: &Graph<'_, '_>, path: &str) -> String {
    let origin = graph.call.request.origin();
    format!("{origin}/{}/{path}", graph.version)
}

/// `DELETE /users/{id}/authentication/{kind}Methods/{id}`
pub(in crate::surface::graph) fn delete(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
    kind: &'static MethodType,
) -> Answer {
    let user = subject(graph, resource)?;
    let id = named_id(resource, user, kind)?;
    change(graph, user.id, |_, user| {
        let shown = resource.key(1);
        let mut methods = user.methods.iter();
        let method = methods
            .find(|method| method.id == id)
            .ok_or_else(|| GraphError::Missing(shown.to_owned()))?;
        unprotected(user, method)?;
        user.methods.retain(|method| method.id != id);
        Ok(())
    })?;
    Ok(no_content())
}

/// Refuses to take the default second factor away while there are others (seen in public issues of scripts).
fn unprotected(user: &User, method: &AuthenticationMethod) -> Result<(), GraphError> {
    if user.sign_in_preferences.protects(&user.methods, method) {
        return Err(GraphError::BadRequest(format!(
            "The requested authentication method id of [{}] matches the user's current default authentication method, and cannot be deleted until the default authentication method is changed",
            Held::Method(method).id()
        )));
    }
    Ok(())
}
