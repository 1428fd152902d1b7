//! The names that a user signs in with: the principal name, and identities beside it.

use entrasim_domain::directory::user::User;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use serde_json::{Map, Value, json};

use super::super::super::error::GraphError;
use super::super::{invalid, member, text};
use super::CLASS;

/// Identities of one user (Microsoft Learn, objectIdentity resource type).
const MOST: usize = 10;
const SIGN_IN_TYPES: [&str; 4] = ["emailAddress", "federated", "userName", "userPrincipalName"];

/// An account that signs in by an identity of its own needs no principal name; the directory makes one up (Microsoft Learn,
/// "Create user", example 2).
pub(super) fn complete(tenant: &Tenant, members: &mut Map<String, Value>, id: ObjectId) {
    let identities = member(members, "identities").and_then(Value::as_array);
    let is_own = |identity: &Value| identity["signInType"] != "userPrincipalName";
    if !identities.is_some_and(|identities| identities.iter().any(is_own)) {
        return;
    }
    let name = format!("{id}@{}", tenant.initial_domain());
    for (name, value) in [
        ("accountEnabled", json!(true)),
        ("mailNickname", json!(id.to_string())),
        ("userPrincipalName", json!(name)),
    ] {
        if member(members, name).is_none() {
            members.insert(name.to_owned(), value);
        }
    }
}

pub(in crate::surface::graph) fn set_principal_name(
    tenant: &Tenant,
    user: &mut User,
    value: &Value,
) -> Result<(), GraphError> {
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

/// Replaces the identities beside the principal name. That one may be named, but is changed by its own property.
pub(super) fn set(tenant: &Tenant, user: &mut User, value: &Value) -> Result<(), GraphError> {
    let bad = || invalid("identities", CLASS);
    let rows = value.as_array().ok_or_else(bad)?;
    if rows.len() > MOST {
        return Err(bad());
    }
    let mut kept: Vec<Value> = Vec::new();
    for row in rows {
        let part = |name: &str| row.get(name).and_then(Value::as_str);
        let (Some(kind), Some(issuer), Some(id)) =
            (part("signInType"), part("issuer"), part("issuerAssignedId"))
        else {
            return Err(bad());
        };
        let mut kinds = SIGN_IN_TYPES.iter();
        let kind = kinds.find(|known| known.eq_ignore_ascii_case(kind));
        let kind = *kind.ok_or_else(bad)?;
        if kind == "userPrincipalName" {
            continue;
        }
        let is_local = kind != "federated";
        let fits = issuer.len() <= 512
            && (!is_local || tenant.domain_index(issuer).is_some())
            && (kind != "emailAddress" || is_mail(id))
            && (1..=113).contains(&id.len());
        if !fits {
            return Err(bad());
        }
        let identity = json!({"signInType": kind, "issuer": issuer, "issuerAssignedId": id});
        if kept.contains(&identity) || is_taken(tenant, user.id, &identity) {
            return Err(GraphError::Conflict {
                member: "identities",
            });
        }
        kept.push(identity);
    }
    let kept = if kept.is_empty() {
        Value::Null
    } else {
        kept.into()
    };
    user.profile_mut().kept.set("identities", kept);
    Ok(())
}

/// Issuer and id name one user.
fn is_taken(tenant: &Tenant, own: ObjectId, identity: &Value) -> bool {
    let same = |other: &Value| {
        ["issuer", "issuerAssignedId"].iter().all(|name| {
            let (left, right) = (other[name].as_str(), identity[name].as_str());
            left.zip(right)
                .is_some_and(|(left, right)| left.eq_ignore_ascii_case(right))
        })
    };
    let mut others = tenant.users.iter().filter(|user| user.id != own);
    others.any(|user| {
        let identities = user.profile().kept.get("identities");
        let identities = identities.and_then(Value::as_array);
        identities.is_some_and(|identities| identities.iter().any(same))
    })
}

/// Whether a text looks like an address.
pub(in crate::surface::graph::write) fn is_mail(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let strange = |c: char| c.is_whitespace() || c.is_control() || "()<>[]\\,;:\"".contains(c);
    text.len() <= 250
        && !local.is_empty()
        && !local.contains(|c: char| strange(c) || c == '@')
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !domain.contains(strange)
}

#[cfg(test)]
mod tests {
    use super::is_mail;

    #[test]
    fn an_address_has_two_parts_without_strange_characters() {
        for (text, is) in [
            ("ann@home.example", true),
            ("ann.lee+x@mail.home.example", true),
            ("ann", false),
            ("@home.example", false),
            ("ann@home", false),
            ("ann@.example", false),
            ("ann lee@home.example", false),
            ("ann@lee@home.example", false),
        ] {
            assert_eq!(is_mail(text), is, "{text}");
        }
    }
}
