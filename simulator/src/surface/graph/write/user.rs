//! Users: create, change, delete. A deleted user can be restored for thirty days.
//!
//! The rules: Microsoft Learn, "Create user", "Update user" and the properties of the user resource type.

use entrasim_domain::directory::user::{Mail, User, UserType};
use entrasim_domain::id::ObjectId;
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::relations::Relation;
use entrasim_domain::time::Timestamp;
use serde_json::{Map, Value};

use super::super::error::GraphError;
use super::super::permission::{self, Deed};
use super::super::resource::Resource;
use super::super::schema::user::USER;
use super::super::schema::{Access, is_extension};
use super::super::{Answer, Graph};
use super::{
    body, boolean, invalid, is_alias, keep, member, no_content, optional_text, reference, text,
    texts,
};

mod extension;
pub(super) mod identity;
pub(super) mod password;

const CLASS: &str = "User";

/// `POST /users`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let mut members = body(graph)?;
    let id = ObjectId(graph.call.draw(Random::guid));
    identity::complete(graph.tenant()?, &mut members, id);
    require(&members)?;
    let links = links(graph.tenant()?, &mut members)?;
    let now = graph.call.now();
    let user = graph.write(|tenant| {
        let mut user = User::new(id, "", "", now);
        set_all(tenant, &mut user, &members, now)?;
        tenant.put_user(user.clone(), &graph.note())?;
        for (relation, to) in &links {
            tenant.link(*relation, id, *to, &graph.note())?;
        }
        Ok(user)
    })?;
    graph.created(&USER, USER.whole(graph.tenant()?, &user))
}

fn require(members: &Map<String, Value>) -> Result<(), GraphError> {
    for name in [
        "accountEnabled",
        "displayName",
        "mailNickname",
        "userPrincipalName",
    ] {
        let value = member(members, name);
        if value.is_none_or(|value| value.is_null() || value == "") {
            return Err(GraphError::Required {
                member: name,
                class: CLASS,
            });
        }
    }
    let profile = member(members, "passwordProfile");
    let password = profile.and_then(|profile| profile.get("password")?.as_str());
    if password.is_none_or(str::is_empty) {
        return Err(GraphError::PasswordRequired);
    }
    Ok(())
}

/// `manager@odata.bind` and `sponsors@odata.bind`.
fn links(
    tenant: &Tenant,
    members: &mut Map<String, Value>,
) -> Result<Vec<(Relation, ObjectId)>, GraphError> {
    let mut links = Vec::new();
    for relation in [Relation::Manager, Relation::Sponsor] {
        let bound = reference::bound(tenant, members, relation.navigation(), CLASS)?;
        links.extend(bound.into_iter().map(|to| (relation, to)));
    }
    Ok(links)
}

/// Whether the change of a member needs more when the account is an administrator's.
fn is_sensitive(name: &str) -> bool {
    USER.properties.iter().any(|property| {
        property.facts.write == Access::Sensitive && property.facts.name.eq_ignore_ascii_case(name)
    })
}

/// `PATCH /users/{id}` and `PATCH /me`
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let tenant = graph.tenant()?;
    let mut members = body(graph)?;
    let id = resource.object::<User>(0)?.id;
    if id != graph.caller.object_id {
        for name in members.keys().filter(|name| is_sensitive(name)) {
            let deed = if name.eq_ignore_ascii_case("passwordProfile") {
                Deed::ResetPassword
            } else {
                Deed::Sensitive
            };
            permission::check_reach(&graph.caller, tenant, id, deed)?;
        }
    }
    if member(&members, "employeeLeaveDateTime").is_some() {
        permission::require_any(&graph.caller, &["User-LifeCycleInfo.ReadWrite.All"])?;
    }
    let links = links(tenant, &mut members)?;
    let now = graph.call.now();
    graph.write(|tenant| {
        let user = tenant
            .users
            .get(id)
            .ok_or_else(|| GraphError::Missing(id.to_string()))?;
        let mut user = (**user).clone();
        set_all(tenant, &mut user, &members, now)?;
        tenant.put_user(user, &graph.note())?;
        for (relation, to) in &links {
            if !tenant.relations.has(*relation, id, *to) {
                tenant.link(*relation, id, *to, &graph.note())?;
            }
        }
        Ok(())
    })?;
    Ok(no_content())
}

/// `DELETE /users/{id}`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let id = resource.object::<User>(0)?.id;
    permission::check_sensitive(&graph.caller, graph.tenant()?, id)?;
    graph.write(|tenant| Ok(tenant.delete(id, &graph.note())?))?;
    Ok(no_content())
}

/// Sets all members; whether a password is good depends on others, so that it comes last.
fn set_all(
    tenant: &Tenant,
    user: &mut User,
    members: &Map<String, Value>,
    now: Timestamp,
) -> Result<(), GraphError> {
    let is_password = |name: &String| name.eq_ignore_ascii_case("passwordProfile");
    for (name, value) in members.iter().filter(|(name, _)| !is_password(name)) {
        set(tenant, user, name, value, now)?;
    }
    match member(members, "passwordProfile") {
        Some(profile) => password::set(user, profile, now),
        None => Ok(()),
    }
}

/// Sets one member; its length limits are those of the property table of the reference.
fn set(
    tenant: &Tenant,
    user: &mut User,
    name: &str,
    value: &Value,
    now: Timestamp,
) -> Result<(), GraphError> {
    let optional =
        |most| Ok::<_, GraphError>(optional_text(value, name, CLASS, most)?.map(Into::into));
    match name.to_ascii_lowercase().as_str() {
        "displayname" => user.display_name = text(value, name, CLASS, 256)?.into(),
        "givenname" => user.given_name = optional(64)?,
        "surname" => user.surname = optional(64)?,
        "jobtitle" => user.job_title = optional(128)?,
        "department" => user.department = optional(64)?,
        "employeeid" => user.profile_mut().employee_id = optional(16)?,
        "onpremisesimmutableid" => user.profile_mut().immutable_id = optional(256)?,
        "mail" => {
            let address: Option<std::sync::Arc<str>> = optional(256)?;
            if address
                .as_deref()
                .is_some_and(|address| !identity::is_mail(address))
            {
                return Err(invalid(name, CLASS));
            }
            user.mail = address.map_or(Mail::None, Mail::Other);
        }
        "accountenabled" => user.set_enabled(boolean(value, name, CLASS)?, now),
        "mailnickname" => {
            let alias = text(value, name, CLASS, 64)?;
            if !is_alias(&alias) {
                return Err(invalid(name, CLASS));
            }
            user.profile_mut().mail_nickname = Some(alias.into());
        }
        "userprincipalname" => identity::set_principal_name(tenant, user, value)?,
        "identities" => identity::set(tenant, user, value)?,
        "usertype" => {
            user.user_type = match value.as_str() {
                Some(kind) if kind.eq_ignore_ascii_case("member") => UserType::Member,
                Some(kind) if kind.eq_ignore_ascii_case("guest") => UserType::Guest,
                _ => return Err(invalid(name, CLASS)),
            };
        }
        _ if is_extension(name) => extension::set(tenant, user, name, value)?,
        _ => {
            check(name, value)?;
            keep(&USER, tenant, user, name, value)?;
        }
    }
    Ok(())
}

/// What a kept value must be beyond its type.
fn check(name: &str, value: &Value) -> Result<(), GraphError> {
    let fits = match name.to_ascii_lowercase().as_str() {
        // Not nullable, since services are bound to places by law.
        "usagelocation" => value.as_str().is_some_and(|place| {
            place.len() == 2 && place.bytes().all(|byte| byte.is_ascii_alphabetic())
        }),
        // A list, but of one number only.
        "businessphones" => value.is_null() || texts(value, name, CLASS)?.len() <= 1,
        "othermails" => {
            let mails = if value.is_null() {
                Vec::new()
            } else {
                texts(value, name, CLASS)?
            };
            mails.iter().all(|mail| identity::is_mail(mail))
        }
        "passwordpolicies" => value.is_null() || value.as_str().is_some_and(password::are_policies),
        _ => true,
    };
    if fits {
        Ok(())
    } else {
        Err(invalid(name, CLASS))
    }
}
