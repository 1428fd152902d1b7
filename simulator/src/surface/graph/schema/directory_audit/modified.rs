//! What an entry of the audit log says of properties: names, old and new values, each as a JSON text.
//!
//! The forms are those of public recordings: `Core Directory` names attributes with a capital letter, puts values into lists
//! and ends with the names of all that changed; the services of policies put the whole policy before and after.

use entrasim_domain::audit::{AuditRecord, Change, Named, State};
use entrasim_domain::credential::method::AuthenticationMethod;
use entrasim_domain::directory::object::Object;
use entrasim_domain::directory::user::User;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use serde_json::{Map, Value, json};

use super::super::authentication_context::AUTHENTICATION_CONTEXT;
use super::super::authentication_method::show_device;
use super::super::authentication_method::{Held, Shown};
use super::super::conditional_access_policy::CONDITIONAL_ACCESS_POLICY;
use super::super::domain::DOMAIN;
use super::super::role_definition::ROLE_DEFINITION;
use super::super::token_lifetime_policy::TOKEN_LIFETIME_POLICY;
use super::super::{Version, row_of, type_of};
use crate::origins;
use crate::surface::graph::policy::authentication_methods::whole;
use crate::surface::graph::policy::{
    authentication_strength, authorization, cross_tenant_access, named_location,
};

/// The names that all changes of an object are listed under.
const INCLUDED: &str = "Included Updated Properties";

/// The `modifiedProperties` of the first target.
pub(super) fn modified(tenant: &Tenant, record: &AuditRecord) -> Value {
    let mut rows = match &record.change {
        Change::Named(named) => named.iter().map(of_name).collect(),
        Change::States(before, after) => {
            let [before, after] = [before, after].map(|state| state.as_deref());
            match before.or(after).and_then(whole_name) {
                Some(name) => {
                    let text = |state: Option<&State>| {
                        state.map(|state| text(&shown(tenant, state, record)))
                    };
                    vec![row(name, text(before), text(after))]
                }
                None => attributes(tenant, record, before, after),
            }
        }
    };
    let user_type = record.targets.first().and_then(|target| target.user_type);
    if let Some(user_type) = user_type {
        rows.push(row(
            "TargetId.UserType",
            None,
            Some(text(&json!(user_type))),
        ));
    }
    Value::Array(rows)
}

fn row(name: &str, old: Option<String>, new: Option<String>) -> Value {
    json!({"displayName": name, "oldValue": old, "newValue": new})
}

fn text(value: &Value) -> String {
    value.to_string()
}

fn of_name(named: &Named) -> Value {
    let value = |text: &Option<String>| text.as_ref().map(|text| json!(text).to_string());
    row(named.name, value(&named.old), value(&named.new))
}

/// The one name of what is shown whole.
fn whole_name(state: &State) -> Option<&'static str> {
    Some(match state {
        State::ConditionalAccessPolicy(_) => "ConditionalAccessPolicy",
        State::NamedLocation(_) => "NamedLocation",
        State::AuthenticationContext(_) => "AuthenticationContextClassReference",
        State::MethodsPolicy(_) => "AuthenticationMethodsPolicy",
        State::Strength(_) => "AuthenticationStrengthPolicy",
        State::HardwareToken(_) => "HardwareOathToken",
        State::Method(..) => "AuthenticationMethod",
        State::SecurityDefaults(_) => "SecurityDefaults",
        State::CrossTenantDefault(_) => "CrossTenantAccessPolicyConfigurationDefault",
        State::Partner(_) => "CrossTenantAccessPolicyConfigurationPartner",
        State::Object(_)
        | State::AuthorizationPolicy(_)
        | State::RoleDefinition(_)
        | State::TokenLifetimePolicy(_)
        | State::Domain(_)
        | State::Company(..) => return None,
    })
}

/// The attributes that differ, then their names.
fn attributes(
    tenant: &Tenant,
    record: &AuditRecord,
    before: Option<&State>,
    after: Option<&State>,
) -> Vec<Value> {
    let members = |state: Option<&State>| match state.map(|state| shown(tenant, state, record)) {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    };
    let (old, new) = (members(before), members(after));
    // An object that goes takes its attributes along unsaid.
    if after.is_none() {
        return Vec::new();
    }
    let mut names = Vec::new();
    let mut rows = Vec::new();
    for (name, value) in &new {
        let was = old.get(name);
        if is_nothing(value) && was.is_none_or(is_nothing) || was == Some(value) {
            continue;
        }
        let name = capital(name);
        rows.push(row(&name, Some(listed(was)), Some(listed(Some(value)))));
        names.push(name);
    }
    rows.push(row(INCLUDED, None, Some(text(&json!(names.join(", "))))));
    rows
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.values().all(is_nothing),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// A value as the directory keeps it: in a list.
fn listed(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "[]".to_owned(),
        Some(Value::Array(list)) => text(&json!(list)),
        Some(value) => text(&json!([value])),
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    match letters.next() {
        Some(first) => first.to_ascii_uppercase().to_string() + letters.as_str(),
        None => String::new(),
    }
}

/// A state as Graph shows it now.
fn shown(tenant: &Tenant, state: &State, record: &AuditRecord) -> Value {
    match state {
        State::Object(object) => Value::Object(object_members(tenant, object)),
        State::Method(user, method) => Value::Object(method_members(tenant, *user, method, record)),
        State::HardwareToken(device) => Value::Object(show_device(tenant, device)),
        State::MethodsPolicy(policy) => {
            let context = |place: &str| format!("{}/v1.0/$metadata#{place}", origins::GRAPH);
            whole::show(policy, tenant.created, Version::Beta, &context)
        }
        State::SecurityDefaults(on) => json!({"isEnabled": on}),
        State::AuthorizationPolicy(kept) => Value::Object(authorization::shown(kept, Version::V1)),
        State::ConditionalAccessPolicy(policy) => {
            Value::Object(CONDITIONAL_ACCESS_POLICY.whole(tenant, policy))
        }
        State::NamedLocation(location) => {
            let mut members = named_location::show(location);
            members.insert("displayName".to_owned(), json!(location.display_name));
            Value::Object(members)
        }
        State::Strength(strength) => authentication_strength::show(strength),
        State::AuthenticationContext(context) => {
            Value::Object(AUTHENTICATION_CONTEXT.whole(tenant, context))
        }
        State::CrossTenantDefault(access) => {
            Value::Object(cross_tenant_access::show_default(access, Version::V1))
        }
        State::Partner(partner) => {
            Value::Object(cross_tenant_access::show_partner(partner, Version::V1))
        }
        State::TokenLifetimePolicy(policy) => {
            Value::Object(TOKEN_LIFETIME_POLICY.whole(tenant, policy))
        }
        State::RoleDefinition(role) => Value::Object(ROLE_DEFINITION.whole(tenant, role)),
        State::Domain(domain) => Value::Object(DOMAIN.whole(tenant, domain)),
        State::Company(display_name, kept) => {
            let mut members: Map<String, Value> = kept
                .iter()
                .map(|(name, value)| (name.to_owned(), value.clone()))
                .collect();
            members.insert("displayName".to_owned(), json!(display_name));
            Value::Object(members)
        }
    }
}

/// Every property of a directory object, those too that are shown on demand only.
fn object_members(tenant: &Tenant, object: &Object) -> Map<String, Value> {
    let row = row_of(object.borrow());
    let kind = type_of(row);
    kind.all_facts()
        .filter(|(_, facts)| facts.name != "id" && !facts.name.contains('/'))
        .map(|(at, facts)| (facts.name.to_owned(), kind.value(at, tenant, row)))
        .collect()
}

/// A method without its secrets.
fn method_members(
    tenant: &Tenant,
    user: ObjectId,
    method: &AuthenticationMethod,
    record: &AuditRecord,
) -> Map<String, Value> {
    let held = Held::Method(method);
    let Some(kind) = held.kind_in(Version::Beta) else {
        return Map::new();
    };
    // Of the user nothing is shown but what the account itself decides of a method; who is gone had an empty one.
    let nobody;
    let holder: &User = if let Some(user) = tenant.users.get(user) {
        user
    } else {
        nobody = User::new(user, "", "", record.at);
        &nobody
    };
    let shown = Shown {
        tenant,
        user: holder,
        now: record.at,
        held,
        with_secrets: false,
    };
    let mut members = Map::new();
    let name = format!("#microsoft.graph.{}", kind.name);
    members.insert("@odata.type".to_owned(), json!(name));
    members.append(&mut kind.show(&shown, Version::Beta));
    members
}
