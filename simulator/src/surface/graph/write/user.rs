//! Users: create, change, delete. A deleted user can be restored for thirty days.

use entrasim_domain::directory::user::{Mail, Password, User, UserType};
use entrasim_domain::id::ObjectId;
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use serde_json::{Map, Value};

use super::super::error::GraphError;
use super::super::path::Key;
use super::super::permission::{self, Whose};
use super::super::read;
use super::super::schema::Access;
use super::super::schema::user::USER;
use super::super::{Answer, Graph};
use super::{body, boolean, invalid, keep, no_content, optional_text, text};

const CLASS: &str = "User";

/// `POST /users`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>) -> Answer {
    permission::CREATE_USER.check(&graph.caller, graph.tenant()?, Whose::Other)?;
    let members = body(graph)?;
    require(&members)?;
    let id = ObjectId(graph.call.draw(Random::guid));
    let now = graph.call.now();
    let user = graph.write(|tenant| {
        let mut user = User::new(id, "", "", now);
        for (name, value) in &members {
            set(tenant, &mut user, name, value, now)?;
        }
        tenant.put_user(user.clone(), &graph.note())?;
        Ok(user)
    })?;
    graph.created(&USER, USER.whole(graph.tenant()?, &user))
}

fn require(members: &Map<String, Value>) -> Result<(), GraphError> {
    for member in [
        "accountEnabled",
        "displayName",
        "mailNickname",
        "userPrincipalName",
    ] {
        let present = members.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case(member) && !value.is_null() && value != ""
        });
        if !present {
            return Err(GraphError::Required {
                member,
                class: CLASS,
            });
        }
    }
    let password = members
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("passwordProfile"))
        .and_then(|(_, profile)| profile.get("password")?.as_str());
    if password.is_none_or(str::is_empty) {
        return Err(GraphError::PasswordRequired);
    }
    Ok(())
}

/// What people may change of their own account (Microsoft Learn, "What are the default user permissions?").
const OWN_PROFILE: [&str; 3] = ["mobilePhone", "businessPhones", "preferredLanguage"];
/// Whether the change of a member needs more when the account is an administrator's.
fn is_sensitive(name: &str) -> bool {
    USER.properties.iter().any(|property| {
        property.facts.write == Access::Sensitive && property.facts.name.eq_ignore_ascii_case(name)
    })
}

fn among(list: &[&str], name: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// `PATCH /users/{id}`
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, key: &Key) -> Answer {
    let tenant = graph.tenant()?;
    let members = body(graph)?;
    let target = read::find(&USER, tenant, key).map(|user| user.id);
    let own = target
        .as_ref()
        .is_ok_and(|id| *id == graph.caller.object_id);
    let operation = if members.keys().all(|name| among(&OWN_PROFILE, name)) {
        &permission::UPDATE_OWN_PROFILE
    } else {
        &permission::UPDATE_USER
    };
    operation.check(&graph.caller, tenant, Whose::of(own))?;
    let id = target?;
    if !own && members.keys().any(|name| is_sensitive(name)) {
        permission::check_sensitive(&graph.caller, tenant, id)?;
    }
    let now = graph.call.now();
    graph.write(|tenant| {
        let user = tenant
            .users
            .get(id)
            .ok_or_else(|| GraphError::Missing(id.to_string()))?;
        let mut user = (**user).clone();
        for (name, value) in &members {
            set(tenant, &mut user, name, value, now)?;
        }
        tenant.put_user(user, &graph.note())?;
        Ok(())
    })?;
    Ok(no_content())
}

/// `DELETE /users/{id}`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, key: &Key) -> Answer {
    let tenant = graph.tenant()?;
    permission::DELETE_USER.check(&graph.caller, tenant, Whose::Other)?;
    let id = read::find(&USER, tenant, key)?.id;
    permission::check_sensitive(&graph.caller, tenant, id)?;
    graph.write(|tenant| Ok(tenant.delete(id, &graph.note())?))?;
    Ok(no_content())
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
        "officelocation" => user.profile_mut().office_location = optional(128)?,
        "mobilephone" => user.profile_mut().mobile_phone = optional(64)?,
        "preferredlanguage" => user.profile_mut().preferred_language = optional(64)?,
        "mail" => user.mail = optional(256)?.map_or(Mail::None, Mail::Other),
        "accountenabled" => user.set_enabled(boolean(value, name, CLASS)?, now),
        "mailnickname" => {
            let alias = text(value, name, CLASS, 64)?;
            let is_valid = alias.is_ascii()
                && !alias.contains(|c: char| c.is_whitespace() || "@()\\[]\";:<>,".contains(c));
            if !is_valid {
                return Err(invalid(name, CLASS));
            }
            user.profile_mut().mail_nickname = Some(alias.into());
        }
        "userprincipalname" => set_principal_name(tenant, user, value)?,
        "passwordprofile" => set_password(user, value, now)?,
        "usertype" => {
            user.user_type = match value.as_str() {
                Some(kind) if kind.eq_ignore_ascii_case("member") => UserType::Member,
                Some(kind) if kind.eq_ignore_ascii_case("guest") => UserType::Guest,
                _ => return Err(invalid(name, CLASS)),
            };
        }
        _ => keep(&USER, tenant, user, name, value)?,
    }
    Ok(())
}

fn set_principal_name(tenant: &Tenant, user: &mut User, value: &Value) -> Result<(), GraphError> {
    let name = text(value, "userPrincipalName", CLASS, 113)?;
    let bad = || invalid("userPrincipalName", CLASS);
    let (local, domain) = name.rsplit_once('@').ok_or_else(bad)?;
    let is_valid = |c: char| c.is_ascii_alphanumeric() || "'.-_!#^~$+".contains(c);
    if local.is_empty() || local.len() > 64 || !local.chars().all(is_valid) || local.ends_with('.')
    {
        return Err(bad());
    }
    let domain = tenant.domain_index(domain).ok_or(GraphError::Domain)?;
    let holder = tenant.users.by_local_part(local, domain);
    if holder.is_some_and(|holder| holder.id != user.id) {
        return Err(GraphError::Conflict {
            member: "userPrincipalName",
        });
    }
    // The alias stays what it was when the name changes.
    if user.profile().mail_nickname.is_none() && !user.local_part.is_empty() {
        let alias = user.local_part.clone();
        user.profile_mut().mail_nickname = Some(alias);
    }
    user.local_part = local.into();
    user.domain = domain;
    Ok(())
}

fn set_password(user: &mut User, value: &Value, now: Timestamp) -> Result<(), GraphError> {
    let profile = value
        .as_object()
        .ok_or_else(|| invalid("passwordProfile", CLASS))?;
    let before = user.password.take();
    let mut password = Password {
        value: before
            .as_ref()
            .map_or_else(|| "".into(), |before| before.value.clone()),
        set: before.as_ref().map_or(now, |before| before.set),
        // Graph's default for a password that somebody else sets.
        must_change: true,
    };
    let mut chosen_anew = false;
    for (name, value) in profile {
        match name.as_str() {
            "password" => {
                let chosen = value.as_str().unwrap_or_default();
                if !is_complex(chosen) {
                    return Err(GraphError::WeakPassword);
                }
                password.value = chosen.into();
                password.set = now;
                chosen_anew = true;
            }
            "forceChangePasswordNextSignIn" => password.must_change = boolean(value, name, CLASS)?,
            "forceChangePasswordNextSignInWithMfa"
                if value == &Value::Bool(false) || value.is_null() => {}
            "forceChangePasswordNextSignInWithMfa" => {
                return Err(GraphError::NotSimulated(
                    "graph write of user/passwordProfile/forceChangePasswordNextSignInWithMfa"
                        .to_owned(),
                ));
            }
            _ => {
                return Err(GraphError::UnknownMember {
                    member: name.clone(),
                    entity: "passwordProfile",
                });
            }
        }
    }
    if password.value.is_empty() {
        return Err(GraphError::PasswordRequired);
    }
    if chosen_anew {
        user.set_password(password, now);
    } else {
        user.password = Some(Box::new(password));
    }
    Ok(())
}

/// 8 to 256 characters of at least three of four kinds (Microsoft Learn, "Microsoft Entra password policies").
fn is_complex(password: &str) -> bool {
    let has = |test: fn(char) -> bool| usize::from(password.chars().any(test));
    let kinds = has(|c| c.is_ascii_lowercase())
        + has(|c| c.is_ascii_uppercase())
        + has(|c| c.is_ascii_digit())
        + has(|c| !c.is_ascii_alphanumeric());
    (8..=256).contains(&password.chars().count()) && kinds >= 3
}
