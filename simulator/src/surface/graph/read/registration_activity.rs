//! `/reports/authenticationMethods`: what was registered, reset and changed, counted in the audit log (beta).

use entrasim_domain::tenant::registration_activity::DayOfPasswords;
use http::StatusCode;
use serde_json::{Value, json};

use super::List;
use super::registration::{lenient, premium};
use super::sign_in_summary::period;
use crate::surface::graph::error::GraphError;
use crate::surface::graph::query::page;
use crate::surface::graph::resource::{Resource, Tail};
use crate::surface::graph::schema::Type;
use crate::surface::graph::schema::user_events_summary::USER_EVENTS_SUMMARY;
use crate::surface::graph::write::authentication_method_configuration::refuse_options;
use crate::surface::graph::{Answer, Graph};
use crate::wire::Reply;

const PASSWORDS: &str = "userPasswordResetsAndChangesSummary";
const SET: &str = "reports/authenticationMethods/userPasswordResetsAndChangesSummary";

fn size(count: usize) -> Reply {
    let reply = Reply::with_body(StatusCode::OK, "text/plain", count.to_string());
    reply.header("odata-version", "4.0")
}

/// `GET …/userRegistrationActivity(period='…')`
pub(in crate::surface::graph) fn activity(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let tenant = premium(graph)?;
    let period = period(graph)?;
    refuse_options(graph, "userRegistrationActivity")?;
    let rows = tenant.registration_activity(graph.call.now(), period);
    let rows: Vec<Value> = rows
        .into_iter()
        .map(|row| {
            json!({
                "id": row.id.to_string(),
                "feature": if row.registration { "registration" } else { "reset" },
                "successfulActivityCount": row.successful, "failureActivityCount": 0,
                "authMethod": row.method,
            })
        })
        .collect();
    let fragment = "Collection(microsoft.graph.userRegistrationActivitySummary)";
    Ok(graph.document(StatusCode::OK, fragment, json!({"value": rows})))
}

fn day(row: &DayOfPasswords) -> Value {
    json!({
        "id": row.id.to_string(), "aggregatedDateTime": row.day.to_string(),
        "passwordResetsByAdminCount": row.reset_by_admin, "passwordResetsSelfServiceCount": 0,
        "changePasswordSelfServiceCount": row.changed,
    })
}

/// `GET …/userPasswordResetsAndChangesSummary`
pub(in crate::surface::graph) fn passwords(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Answer {
    let tenant = premium(graph)?;
    refuse_options(graph, PASSWORDS)?;
    let rows = tenant.days_of_passwords(graph.call.now());
    if resource.tail == Tail::Count {
        return Ok(size(rows.len()));
    }
    let rows: Vec<Value> = rows.iter().map(day).collect();
    Ok(graph.document(StatusCode::OK, SET, json!({"value": rows})))
}

/// `GET …/userPasswordResetsAndChangesSummary/{id}`
pub(in crate::surface::graph) fn one_day(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let tenant = premium(graph)?;
    refuse_options(graph, PASSWORDS)?;
    let key = resource.key(0);
    let rows = tenant.days_of_passwords(graph.call.now());
    let mut rows = rows.iter();
    let row = rows.find(|row| row.id.to_string().eq_ignore_ascii_case(key));
    let row = row.ok_or_else(|| GraphError::Missing(key.to_owned()))?;
    Ok(graph.document(StatusCode::OK, &format!("{SET}/$entity"), day(row)))
}

/// `GET …/userEventsSummary`
pub(in crate::surface::graph) fn events(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let list = List::of_set(&USER_EVENTS_SUMMARY, premium(graph)?);
    let query = lenient(&graph.query);
    if resource.tail == Tail::Count {
        return Ok(size(list.count(&query)?));
    }
    let mut page = list.page(&query, page::number(graph.call.request))?;
    page.count = page.count.filter(|_| graph.query.count);
    Ok(graph.page(USER_EVENTS_SUMMARY.set, page))
}

/// `GET …/userEventsSummary/{id}`
pub(in crate::surface::graph) fn one_event(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Answer {
    let tenant = premium(graph)?;
    let kind: &'static dyn Type = &USER_EVENTS_SUMMARY;
    let key = resource.key(0);
    let row = kind.get(tenant, key);
    let row = row.ok_or_else(|| GraphError::Missing(key.to_owned()))?;
    let (value, selected) = super::one(kind, tenant, row, &graph.query)?;
    let fragment = format!("{}{selected}/$entity", kind.set());
    Ok(graph.document(StatusCode::OK, &fragment, value))
}
