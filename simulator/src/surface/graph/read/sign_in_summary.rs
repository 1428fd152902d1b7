//! `/reports/authenticationMethods`: how people sign in, counted in the sign-in log (beta).

use core::time::Duration;

use entrasim_domain::tenant::sign_in_summary::DayOfSignIns;
use http::StatusCode;
use serde_json::{Value, json};

use super::registration::premium;
use crate::surface::graph::error::GraphError;
use crate::surface::graph::path::arguments;
use crate::surface::graph::resource::{Resource, Tail};
use crate::surface::graph::write::authentication_method_configuration::refuse_options;
use crate::surface::graph::{Answer, Graph};
use crate::wire::Reply;

const DAYS: &str = "userMfaSignInSummary";
const SET: &str = "reports/authenticationMethods/userMfaSignInSummary";

fn day(row: &DayOfSignIns) -> Value {
    json!({
        "id": row.id.to_string(), "createdDateTime": row.day.to_string(),
        "totalSignIns": row.single_factor + row.multi_factor,
        "singleFactorSignIns": row.single_factor, "multiFactorSignIns": row.multi_factor,
    })
}

/// `GET …/userMfaSignInSummary`: query options are documented as not supported.
pub(in crate::surface::graph) fn days(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let tenant = premium(graph)?;
    refuse_options(graph, DAYS)?;
    let rows = tenant.days_of_sign_ins(graph.call.now());
    if resource.tail == Tail::Count {
        let reply = Reply::with_body(StatusCode::OK, "text/plain", rows.len().to_string());
        return Ok(reply.header("odata-version", "4.0"));
    }
    let rows: Vec<Value> = rows.iter().map(day).collect();
    Ok(graph.document(StatusCode::OK, SET, json!({"value": rows})))
}

/// `GET …/userMfaSignInSummary/{id}`
pub(in crate::surface::graph) fn one_day(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let tenant = premium(graph)?;
    refuse_options(graph, DAYS)?;
    let key = resource.key(0);
    let rows = tenant.days_of_sign_ins(graph.call.now());
    let mut rows = rows.iter();
    let row = rows.find(|row| row.id.to_string().eq_ignore_ascii_case(key));
    let row = row.ok_or_else(|| GraphError::Missing(key.to_owned()))?;
    Ok(graph.document(StatusCode::OK, &format!("{SET}/$entity"), day(row)))
}

/// `GET …/userSignInsByAuthMethodSummary(period='…')`
pub(in crate::surface::graph) fn by_method(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let tenant = premium(graph)?;
    let period = period(graph)?;
    refuse_options(graph, "userSignInsByAuthMethodSummary")?;
    let counts = tenant.sign_ins_by_method(graph.call.now(), period);
    let rows: Vec<Value> = counts
        .into_iter()
        .map(|(method, count)| json!({"authenticationMethod": method, "successActivityCount": count}))
        .collect();
    let fragment = "Collection(microsoft.graph.userSignInUsageByAuthMethodActivity)";
    Ok(graph.document(StatusCode::OK, fragment, json!({"value": rows})))
}

/// The period that a function asks for; the text of the refusal is assumed.
pub(in crate::surface::graph) fn period(graph: &Graph<'_, '_>) -> Result<Duration, GraphError> {
    let given = arguments(graph.call.request);
    let mut names = given.iter();
    let period = match (names.next(), names.next()) {
        (Some((name, value)), None) if name.eq_ignore_ascii_case("period") => value.as_str(),
        _ => "",
    };
    let days = match period.to_ascii_lowercase().as_str() {
        "d1" => 1,
        "d7" => 7,
        "d30" => 30,
        _ => {
            return Err(GraphError::BadRequest(format!(
                "Invalid value '{period}' for parameter 'period'. The allowed values are d1, d7 and d30."
            )));
        }
    };
    Ok(Duration::from_secs(days * 86_400))
}
