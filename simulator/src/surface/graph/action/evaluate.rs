//! `POST /identity/conditionalAccess/evaluate`: which policies would apply to a sign-in, and why the others would not. The
//! conditions are asked as they are at a sign-in.

use entrasim_domain::enforcement::what_if::what_if;
use http::StatusCode;
use serde_json::{Value, json};

use crate::surface::graph::policy::conditional_access::what_if::read;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::conditional_access_policy::CONDITIONAL_ACCESS_POLICY;
use crate::surface::graph::write::{body, boolean};
use crate::surface::graph::{Answer, Graph};

const APPLIED_ONLY: &str = "appliedPoliciesOnly";

pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let members = body(graph)?;
    let applied_only = match members.get(APPLIED_ONLY) {
        None | Some(Value::Null) => false,
        Some(value) => boolean(value, APPLIED_ONLY, "ConditionalAccessRoot")?,
    };
    let tenant = graph.tenant()?;
    let question = read(&members, tenant, graph.call.now())?;
    let all = &tenant.conditional_access;
    let mut rows = Vec::new();
    for said in what_if(&question, all) {
        let applies = said.reasons.is_empty();
        let Some(policy) = all.policies.get(&said.policy) else {
            continue;
        };
        if applied_only && !applies {
            continue;
        }
        let version = graph.query.version;
        let mut row = CONDITIONAL_ACCESS_POLICY.whole_in(tenant, policy, version);
        let reasons: Vec<&str> = said.reasons.iter().map(|reason| reason.as_str()).collect();
        let reasons = if applies {
            "notSet".to_owned()
        } else {
            reasons.join(",")
        };
        row.insert("policyApplies".to_owned(), json!(applies));
        row.insert("analysisReasons".to_owned(), json!(reasons));
        rows.push(Value::Object(row));
    }
    let fragment = "Collection(microsoft.graph.whatIfAnalysisResult)";
    Ok(graph.document(StatusCode::OK, fragment, json!({"value": rows})))
}
