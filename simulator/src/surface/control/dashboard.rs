//! The front page for people, the description for programs, where everything is, and what is missing.

use entrasim_domain::enforcement::phase::PhaseName;
use entrasim_domain::enforcement::rules::RULES;
use entrasim_domain::seed::ACCOUNTS;
use entrasim_domain::tenant::Tenant;
use http::{Method, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::model::{CountView, List, RuleView, SimulatorView};
use super::{ControlCall, ControlError, Route, ok, openapi};
use crate::wire::Reply;
use crate::wire::html::escape;

pub(super) fn routes() -> Vec<Route> {
    let get = |path, summary, schema, handler| Route {
        method: Method::GET,
        path,
        summary,
        request: None,
        response: (StatusCode::OK, schema),
        handler,
    };
    vec![
        get("/", "The dashboard, a page", None, page),
        get("/openapi.json", "This description", None, description),
        get(
            "/simulator",
            "Where this simulator is",
            Some(openapi::of::<SimulatorView>),
            simulator,
        ),
        get(
            "/rules",
            "Every rule of the decision",
            Some(openapi::of::<List<RuleView>>),
            rules,
        ),
        get(
            "/unimplemented",
            "What was asked for and is not simulated",
            Some(openapi::of::<List<CountView>>),
            unimplemented,
        ),
    ]
}

fn description(_: &ControlCall<'_>) -> Result<Reply, ControlError> {
    Ok(ok(&openapi::document(super::routes())))
}

fn simulator(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let addresses = call
        .app
        .addresses
        .get()
        .ok_or_else(|| ControlError::internal("the addresses are not known yet"))?;
    Ok(ok(&SimulatorView {
        version: env!("CARGO_PKG_VERSION"),
        https: addresses.https.clone(),
        http: addresses.http.clone(),
        control: addresses.control.clone(),
        ca: addresses.ca.clone(),
    }))
}

fn rules(_: &ControlCall<'_>) -> Result<Reply, ControlError> {
    Ok(ok(&List {
        value: RULES.iter().map(RuleView::from).collect(),
    }))
}

fn unimplemented(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let counts = call.app.unimplemented();
    Ok(ok(&List {
        value: counts
            .into_iter()
            .map(|(name, count)| CountView { name, count })
            .collect(),
    }))
}

const STYLE: &str = ":root{color-scheme:light dark;background:Canvas;color:CanvasText}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem}p{overflow-wrap:anywhere}.wide{overflow-x:auto}th,td{vertical-align:top}\
    table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #8884}\
    td{white-space:nowrap}td.long{white-space:normal;min-width:16rem;overflow-wrap:anywhere}.deny,.interrupt{color:light-dark(#b3261e,#ff9aa2)}h2{margin-top:2rem}";

/// More phones than this are not listed.
const PHONES: usize = 40;
/// Nor are they searched for among more people than this: the page costs the same in a tenant of a million.
const SEARCHED: usize = 2_000;

/// Whose phones are listed: the seeded accounts, and after them whoever was made later or has a method.
fn phone_names(tenant: &Tenant) -> Vec<String> {
    let seeded = ACCOUNTS
        .iter()
        .filter(|name| tenant.users.by_local_part(name, 0).is_some())
        .map(|name| (*name).to_owned());
    let is_seeded = |name: &str| {
        ACCOUNTS
            .iter()
            .any(|known| name == format!("{known}@{}", tenant.initial_domain()))
    };
    let others = tenant
        .users
        .iter()
        .take(SEARCHED)
        .filter(|user| !user.methods.is_empty() || user.home.is_some())
        .map(|user| tenant.principal_name(user))
        .filter(|name| !is_seeded(name));
    seeded.chain(others).take(PHONES).collect()
}

/// Tenants and the last requests, as a page that needs no script.
fn page(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let system = call.request.arrived;
    let mut tenants = String::new();
    for cell in call.app.store.list() {
        let tenant = cell.read();
        let phase = |name| {
            tenant
                .enforcement
                .effective(name)
                .map_or("never".to_owned(), |at| at.to_string())
        };
        tenants.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(tenant.initial_domain()),
            tenant.id,
            tenant.users.len(),
            tenant.now(system),
            phase(PhaseName::Phase1),
            phase(PhaseName::Phase2),
        ));
    }
    let mut phones = String::new();
    for cell in call.app.store.list().iter().take(20) {
        let tenant = cell.read();
        let links: Vec<String> = phone_names(&tenant)
            .iter()
            .map(|name| {
                let path = utf8_percent_encode(name, NON_ALPHANUMERIC);
                format!(
                    "<a href=\"/phone/{}/{path}\">{}</a>",
                    tenant.id,
                    escape(name)
                )
            })
            .collect();
        phones.push_str(&format!(
            "<p>Phones in {}: {}</p>",
            escape(tenant.initial_domain()),
            links.join(" · ")
        ));
    }
    let mut requests = String::new();
    for entry in call.app.journal.newest(None, 50) {
        let decision = entry.decision.as_deref();
        requests.push_str(&format!(
            "<tr><td>{}</td><td class=\"long\">{} {}</td><td>{}</td><td>{}</td><td class=\"long {}\">{}</td></tr>",
            entry.at,
            escape(&entry.method),
            escape(&entry.url),
            entry.status,
            escape(entry.code.as_deref().unwrap_or_default()),
            decision.map_or("", |decision| decision.outcome_word()),
            escape(
                &decision
                    .filter(|d| d.rule.is_some())
                    .map(entrasim_domain::enforcement::Decision::message)
                    .unwrap_or_default()
            ),
        ));
    }
    Ok(Reply::html(
        StatusCode::OK,
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>entrasim</title>\
             <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"icon\" href=\"data:,\"><style>{STYLE}</style></head><body><main><h1>entrasim</h1>\
             <p>A simulator, not Microsoft. <a href=\"/openapi.json\">The control API describes itself</a>.</p>\
             <h2>Tenants</h2><div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Tenants\"><table><thead><tr><th>domain</th><th>id</th><th>users</th><th>now</th><th>Phase 1 from</th><th>Phase 2 from</th></tr></thead><tbody>{tenants}</tbody></table></div>{phones}\
             <h2>Last requests</h2><div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Last requests\"><table><thead><tr><th>at</th><th>request</th><th>status</th><th>code</th><th>why</th></tr></thead><tbody>{requests}</tbody></table></div></main></body></html>"
        ),
    ))
}
