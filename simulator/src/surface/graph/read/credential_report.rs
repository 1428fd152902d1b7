//! The predecessors of the reports on authentication methods (beta). They are documented to have stopped returning data at the
//! end of June 2024; from then on they answer with nothing (that it is an empty list is assumed).

use entrasim_domain::time::Timestamp;
use http::StatusCode;
use serde_json::{Value, json};

use super::List;
use super::registration::{lenient, premium};
use super::sign_in_summary::period;
use crate::surface::graph::query::page;
use crate::surface::graph::resource::{Resource, Tail};
use crate::surface::graph::schema::credential_user_registration_details::CREDENTIAL_USER_REGISTRATION_DETAILS;
use crate::surface::graph::schema::user_registration_details::USER_REGISTRATION_DETAILS;
use crate::surface::graph::{Answer, Graph};
use crate::wire::Reply;

/// 30 June 2024 (microsoft-graph-docs-contrib reportroot-list-credentialuserregistrationdetails.md).
const ENDED: Timestamp = Timestamp::from_unix_seconds(1_719_705_600);

fn has_ended(graph: &Graph<'_, '_>) -> bool {
    graph.call.now() >= ENDED
}

fn size(count: usize) -> Reply {
    let reply = Reply::with_body(StatusCode::OK, "text/plain", count.to_string());
    reply.header("odata-version", "4.0")
}

fn collection(graph: &Graph<'_, '_>, kind: &str, rows: &[Value]) -> Reply {
    let fragment = format!("Collection(microsoft.graph.{kind})");
    graph.document(StatusCode::OK, &fragment, json!({"value": rows}))
}

/// `GET /reports/credentialUserRegistrationDetails`
pub(in crate::surface::graph) fn details(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let kind = &CREDENTIAL_USER_REGISTRATION_DETAILS;
    let list = List::of_set(kind, premium(graph)?);
    let query = lenient(&graph.query);
    let page = list.page(&query, page::number(graph.call.request))?;
    if resource.tail == Tail::Count {
        let count = if has_ended(graph) {
            0
        } else {
            list.count(&query)?
        };
        return Ok(size(count));
    }
    if has_ended(graph) {
        return Ok(collection(graph, kind.name, &[]));
    }
    let mut page = page;
    page.count = page.count.filter(|_| graph.query.count);
    Ok(graph.page(&format!("Collection(microsoft.graph.{})", kind.name), page))
}

/// `GET /reports/getCredentialUserRegistrationCount()`
pub(in crate::surface::graph) fn count(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    const KIND: &str = "credentialUserRegistrationCount";
    let tenant = premium(graph)?;
    if has_ended(graph) {
        return Ok(collection(graph, KIND, &[]));
    }
    let words = ["registered", "enabled", "capable", "mfaRegistered"];
    let (mut total, mut counts) = (0_u64, [0_u64; 4]);
    let users = (USER_REGISTRATION_DETAILS.rows)(tenant, None);
    for user in users.filter(|user| user.account_enabled) {
        let state = tenant.registration_of(user);
        let holds = [
            state.is_sspr_registered(),
            state.is_sspr_enabled(),
            state.is_sspr_capable(),
            state.is_mfa_registered(),
        ];
        total += 1;
        for (count, holds) in counts.iter_mut().zip(holds) {
            *count += u64::from(holds);
        }
    }
    let counts: Vec<Value> = words
        .iter()
        .zip(counts)
        .map(|(word, count)| json!({"registrationStatus": word, "registrationCount": count}))
        .collect();
    let row = json!({
        "id": tenant.id.to_string(), "totalUserCount": total, "userRegistrationCounts": counts,
    });
    Ok(collection(graph, KIND, &[row]))
}

/// `GET /reports/getCredentialUsageSummary(period='…')`: resets are not counted here.
pub(in crate::surface::graph) fn usage(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    premium(graph)?;
    period(graph)?;
    ended(graph, resource, "credentialUsageSummary")
}

/// `GET /reports/userCredentialUsageDetails`: nor are they listed.
pub(in crate::surface::graph) fn usage_details(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Answer {
    premium(graph)?;
    ended(graph, resource, "userCredentialUsageDetails")
}

fn ended(graph: &Graph<'_, '_>, resource: &Resource<'_>, kind: &str) -> Answer {
    if !has_ended(graph) {
        return Err(graph.not_simulated(resource));
    }
    if resource.tail == Tail::Count {
        return Ok(size(0));
    }
    Ok(collection(graph, kind, &[]))
}
