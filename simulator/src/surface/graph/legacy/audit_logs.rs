//! `/auditLogs/signIns`

use super::{Target, names, not_simulated, one};
use crate::surface::graph::path::Key;
use crate::surface::graph::permission::{self, Whose};
use crate::surface::graph::query::page;
use crate::surface::graph::read::List;
use crate::surface::graph::schema::sign_in::{SIGN_IN, SIGN_IN_BETA, interactive_rows};
use crate::surface::graph::schema::{Projected, Type};
use crate::surface::graph::{Answer, Graph};

pub(super) fn answer(graph: &Graph<'_, '_>, target: &Target) -> Answer {
    let names = names(target);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let tenant = graph.tenant()?;
    let entity: &'static dyn Type = if graph.version == "beta" {
        &SIGN_IN_BETA
    } else {
        &SIGN_IN
    };
    match (graph.method().as_str(), names.as_slice()) {
        ("GET", ["signins"]) => {
            permission::READ_SIGN_INS.check(&graph.caller, tenant, Whose::Other)?;
            let list = List::of_set(entity, tenant);
            // In `beta`, too, other kinds of sign-ins are listed only where the filter names kinds.
            let list = if asks_for_kinds(graph) {
                list
            } else {
                list.through(|tenant, after| {
                    Box::new(interactive_rows(tenant, after).map(Projected::row))
                })
            };
            let number = page::number(graph.call.request);
            let page = list.page(&graph.query, number)?;
            Ok(graph
                .page(entity.set(), page)
                .header("x-ms-resource-unit", "1"))
        }
        ("GET", ["signins", key]) if *key != "$count" => {
            permission::READ_SIGN_INS.check(&graph.caller, tenant, Whose::Other)?;
            one(graph, tenant, entity, &Key::Id((*key).to_owned()))
        }
        _ => Err(not_simulated(graph, target)),
    }
}

fn asks_for_kinds(graph: &Graph<'_, '_>) -> bool {
    let query = graph.call.request.query.to_ascii_lowercase();
    query.contains("signineventtypes")
}
