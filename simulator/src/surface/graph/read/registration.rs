//! `/reports/authenticationMethods`: who has registered what, and what it makes them. Sorting and filtering do not exclude each
//! other here, and nothing of it needs advanced queries. The report is always up to date; the real one lags by hours.

use std::collections::BTreeMap;

use entrasim_domain::catalogue::directory_roles;
use entrasim_domain::credential::registration::{is_privileged, reported_methods};
use entrasim_domain::directory::user::{User, UserType};
use entrasim_domain::tenant::Tenant;
use http::StatusCode;
use serde_json::{Value, json};

use super::List;
use crate::surface::graph::error::GraphError;
use crate::surface::graph::path::arguments;
use crate::surface::graph::query::{Query, page};
use crate::surface::graph::resource::{Resource, Tail};
use crate::surface::graph::schema::Type;
use crate::surface::graph::schema::user_registration_details::{
    Column, MFA_CAPABLE, PASSWORDLESS_CAPABLE, SSPR_CAPABLE, SSPR_ENABLED, SSPR_REGISTERED,
    UPDATED, USER_REGISTRATION_DETAILS,
};
use crate::surface::graph::{Answer, Graph};
use crate::wire::Reply;

/// The tenant, if it may have reports (MicrosoftDocs/entra-docs howto-authentication-methods-activity.md, "Permissions and
/// licenses").
pub(in crate::surface::graph) fn premium<'g>(
    graph: &'g Graph<'_, '_>,
) -> Result<&'g Tenant, GraphError> {
    let tenant = graph.tenant()?;
    if tenant.is_premium() {
        Ok(tenant)
    } else {
        Err(GraphError::NotPremium)
    }
}

/// The query as reports take it.
pub(in crate::surface::graph) fn lenient(query: &Query) -> Query {
    Query {
        eventual: true,
        count: true,
        ..query.clone()
    }
}

/// `GET …/userRegistrationDetails`, `GET …/userRegistrationDetails/$count`
pub(in crate::surface::graph) fn list(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let tenant = premium(graph)?;
    let list = List::of_set(&USER_REGISTRATION_DETAILS, tenant);
    let query = lenient(&graph.query);
    if resource.tail == Tail::Count {
        let count = list.count(&query)?;
        let reply = Reply::with_body(StatusCode::OK, "text/plain", count.to_string());
        return Ok(reply.header("odata-version", "4.0"));
    }
    let mut page = list.page(&query, page::number(graph.call.request))?;
    if !graph.query.count {
        page.count = None;
    }
    for row in &mut page.rows {
        update(graph, row);
    }
    Ok(graph.page(USER_REGISTRATION_DETAILS.set, page))
}

/// `GET …/userRegistrationDetails/{id}`
pub(in crate::surface::graph) fn one(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let tenant = premium(graph)?;
    let kind: &'static dyn Type = &USER_REGISTRATION_DETAILS;
    let key = resource.key(0);
    let row = kind.get(tenant, key);
    let row = row.ok_or_else(|| GraphError::Missing(key.to_owned()))?;
    let (mut value, selected) = super::one(kind, tenant, row, &graph.query)?;
    update(graph, &mut value);
    let fragment = format!("{}{selected}/$entity", kind.set());
    Ok(graph.document(StatusCode::OK, &fragment, value))
}

/// When the row was made, which has nothing to do with the methods in it.
fn update(graph: &Graph<'_, '_>, row: &mut Value) {
    if let Some(updated) = row.get_mut(UPDATED) {
        *updated = json!(graph.call.now().to_string());
    }
}

/// Whom a summary counts.
struct Included {
    types: &'static str,
    roles: &'static str,
}

const TYPES: [&str; 3] = ["all", "member", "guest"];
const ROLES: [&str; 4] = ["all", "privilegedAdmin", "admin", "user"];

impl Included {
    /// Both parameters, or none of them: then all are counted.
    fn of(graph: &Graph<'_, '_>) -> Result<Self, GraphError> {
        let given = arguments(graph.call.request);
        let names: Vec<&str> = given.keys().map(String::as_str).collect();
        if names.is_empty() {
            return Ok(Self {
                types: "all",
                roles: "all",
            });
        }
        if names != ["includedUserRoles", "includedUserTypes"] {
            let last = graph.call.request.segments().pop().unwrap_or_default();
            return Err(GraphError::Segment(last));
        }
        Ok(Self {
            types: word(&given, "includedUserTypes", &TYPES)?,
            roles: word(&given, "includedUserRoles", &ROLES)?,
        })
    }

    fn has(&self, tenant: &Tenant, user: &User) -> bool {
        let of_type = match self.types {
            "member" => user.user_type == UserType::Member,
            "guest" => user.user_type == UserType::Guest,
            _ => true,
        };
        of_type
            && match self.roles {
                "privilegedAdmin" => tenant.role_assignments_of(user.id).any(|held| {
                    let mut roles = directory_roles().iter();
                    roles.any(|role| role.id == held.role && is_privileged(&role.name))
                }),
                "admin" => tenant.is_administrator(user),
                "user" => !tenant.is_administrator(user),
                _ => true,
            }
    }

    /// The users; accounts that are blocked are not counted (microsoft-graph-docs-contrib userregistrationfeaturesummary.md).
    fn users<'t>(&self, tenant: &'t Tenant) -> impl Iterator<Item = &'t User> {
        let all = (USER_REGISTRATION_DETAILS.rows)(tenant, None);
        all.filter(|user| user.account_enabled && self.has(tenant, user))
    }
}

fn word(
    given: &BTreeMap<String, String>,
    name: &str,
    words: &[&'static str],
) -> Result<&'static str, GraphError> {
    let value = given.get(name).map_or("", String::as_str);
    let known = words.iter().find(|word| word.eq_ignore_ascii_case(value));
    // The text is assumed.
    known.copied().ok_or_else(|| {
        GraphError::BadRequest(format!("Invalid value '{value}' for parameter '{name}'."))
    })
}

/// The columns that are counted, by their names among the features.
const FEATURES: [(&str, Column); 5] = [
    ("ssprRegistered", SSPR_REGISTERED),
    ("ssprEnabled", SSPR_ENABLED),
    ("ssprCapable", SSPR_CAPABLE),
    ("passwordlessCapable", PASSWORDLESS_CAPABLE),
    ("mfaCapable", MFA_CAPABLE),
];

/// `GET …/usersRegisteredByFeature(includedUserTypes='…',includedUserRoles='…')`
pub(in crate::surface::graph) fn by_feature(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let tenant = premium(graph)?;
    let included = Included::of(graph)?;
    let (mut total, mut counts) = (0_u64, [0_u64; FEATURES.len()]);
    for user in included.users(tenant) {
        let state = tenant.registration_of(user);
        total += 1;
        for (count, (_, column)) in counts.iter_mut().zip(&FEATURES) {
            *count += u64::from((column.holds)(&state));
        }
    }
    let counts: Vec<Value> = FEATURES
        .iter()
        .zip(counts)
        .map(|((feature, _), count)| json!({"feature": feature, "userCount": count}))
        .collect();
    let value = json!({
        "totalUserCount": total, "userTypes": included.types, "userRoles": included.roles,
        "userRegistrationFeatureCounts": counts,
    });
    let fragment = "microsoft.graph.userRegistrationFeatureSummary";
    Ok(graph.document(StatusCode::OK, fragment, value))
}

/// `GET …/usersRegisteredByMethod(includedUserTypes='…',includedUserRoles='…')`: passwords are among the methods here.
pub(in crate::surface::graph) fn by_method(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let tenant = premium(graph)?;
    let included = Included::of(graph)?;
    let names = reported_methods().iter().map(|method| method.name.as_str());
    let mut counts: Vec<(&str, u64)> = core::iter::once("password")
        .chain(names)
        .map(|name| (name, 0))
        .collect();
    let mut total = 0_u64;
    for user in included.users(tenant) {
        let methods = tenant.registration_of(user).methods;
        total += 1;
        for (name, count) in &mut counts {
            let has = match *name {
                "password" => user.password.is_some(),
                name => methods.contains(&name),
            };
            *count += u64::from(has);
        }
    }
    let counts: Vec<Value> = counts
        .into_iter()
        .map(|(name, count)| json!({"authenticationMethod": name, "userCount": count}))
        .collect();
    let value = json!({
        "totalUserCount": total, "userTypes": included.types, "userRoles": included.roles,
        "userRegistrationMethodCounts": counts,
    });
    let fragment = "microsoft.graph.userRegistrationMethodSummary";
    Ok(graph.document(StatusCode::OK, fragment, value))
}
