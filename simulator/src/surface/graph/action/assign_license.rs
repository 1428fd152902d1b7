//! `POST /users/{id}/assignLicense` and `POST /groups/{id}/assignLicense`
//!
//! The refusal for a user without a usage location is that of public issues; the other texts are assumed.

use std::sync::Arc;

use entrasim_domain::directory::group::Group;
use entrasim_domain::directory::licence::{Licence, LicenceError};
use entrasim_domain::directory::user::User;
use entrasim_domain::id::{ObjectId, SkuId};
use entrasim_domain::tenant::Tenant;
use http::StatusCode;
use serde_json::{Map, Value};

use crate::surface::graph::error::GraphError;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::group::GROUP;
use crate::surface::graph::schema::id_first;
use crate::surface::graph::schema::user::USER;
use crate::surface::graph::write::{body, invalid, required, texts};
use crate::surface::graph::{Answer, Graph};

/// What a request gives and takes.
struct Asked {
    add: Vec<Licence>,
    remove: Vec<SkuId>,
}

impl Asked {
    fn read(graph: &Graph<'_, '_>, class: &'static str) -> Result<Self, GraphError> {
        const ADD: &str = "addLicenses";
        const REMOVE: &str = "removeLicenses";
        let members = body(graph)?;
        let add = required(&members, ADD, class)?;
        let add = add.as_array().ok_or_else(|| invalid(ADD, class))?;
        let licence = |value: &Value| {
            let bad = || invalid(ADD, class);
            let sku = value.get("skuId").and_then(Value::as_str);
            let disabled = match value.get("disabledPlans") {
                None | Some(Value::Null) => Vec::new(),
                Some(plans) => texts(plans, ADD, class)?,
            };
            let plans = disabled.iter().map(|plan| plan.parse());
            Ok(Licence {
                sku: sku.and_then(|sku| sku.parse().ok()).ok_or_else(bad)?,
                disabled_plans: plans.collect::<Result<_, _>>().map_err(|_| bad())?,
                assigned: graph.call.now(),
            })
        };
        let remove = texts(required(&members, REMOVE, class)?, REMOVE, class)?;
        let remove = remove.iter().map(|sku| sku.parse());
        Ok(Self {
            add: add.iter().map(licence).collect::<Result<_, GraphError>>()?,
            remove: remove
                .collect::<Result<_, _>>()
                .map_err(|_| invalid(REMOVE, class))?,
        })
    }
}

pub(in crate::surface::graph) fn user(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let id = resource.object::<User>(0)?.id;
    let asked = Asked::read(graph, "User")?;
    graph.write(|tenant| {
        let before = tenant.users.get(id).map(Arc::clone);
        let before = before.ok_or_else(|| GraphError::Missing(id.to_string()))?;
        allow(tenant, &before, &asked)?;
        let mut user = User::clone(&before);
        let own = &before.profile().licences;
        let licences = tenant.changed_licences(own, asked.add, &asked.remove);
        user.profile_mut().licences = licences.map_err(|error| refusal(tenant, &before, error))?;
        Ok(tenant.put_user(user, &graph.note())?)
    })?;
    whole(graph, id)
}

/// The user as the answer shows it.
pub(super) fn whole(graph: &Graph<'_, '_>, id: ObjectId) -> Answer {
    let tenant = graph.tenant()?;
    let user = tenant.users.get(id);
    let user = user.ok_or_else(|| GraphError::Missing(id.to_string()))?;
    let value = Value::Object(id_first(USER.whole(tenant, user)));
    Ok(graph.action_result("users/$entity", value))
}

/// Licences are for a place, and there must be one left.
fn allow(tenant: &Tenant, user: &User, asked: &Asked) -> Result<(), GraphError> {
    let refused = |text: String| Err(GraphError::Refused(text));
    if !asked.add.is_empty() && user.profile().kept.text("usageLocation").is_none() {
        return refused(
            "License assignment cannot be done for user with invalid usage location.".to_owned(),
        );
    }
    let held = tenant.products_of(user);
    for licence in &asked.add {
        let owned = tenant.subscribed_skus.contains_key(&licence.sku);
        if owned && !held.contains_key(&licence.sku) && !tenant.has_seat(licence.sku) {
            return refused(format!(
                "Subscription with SKU {} does not have any available licenses.",
                licence.sku
            ));
        }
    }
    Ok(())
}

fn refusal(tenant: &Tenant, user: &User, error: LicenceError) -> GraphError {
    match error {
        LicenceError::NotHeld(sku) if tenant.products_of(user).contains_key(&sku) => {
            GraphError::Refused(
                "User license is inherited from a group membership and it cannot be removed directly from the user.".to_owned(),
            )
        }
        error => any_refusal(error, "User"),
    }
}

fn any_refusal(error: LicenceError, holder: &str) -> GraphError {
    GraphError::Refused(match error {
        LicenceError::NotOwned(sku) => {
            format!("License {sku} does not correspond to a valid company License.")
        }
        LicenceError::NotHeld(_) => format!("{holder} does not have a corresponding license."),
        LicenceError::Plan(plan) => {
            format!("License assignment failed because service plan {plan} is not available.")
        }
    })
}

/// A group's members have what it has, at once.
pub(in crate::surface::graph) fn group(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let id = resource.object::<Group>(0)?.id;
    let asked = Asked::read(graph, "Group")?;
    let group = graph.write(|tenant| {
        let before = tenant.groups.get(&id).map(Arc::clone);
        let before = before.ok_or_else(|| GraphError::Missing(id.to_string()))?;
        if !asked.add.is_empty() && !before.security_enabled {
            return Err(GraphError::Refused(
                "Licenses can only be assigned to security-enabled groups.".to_owned(),
            ));
        }
        let mut group = Group::clone(&before);
        let licences = tenant.changed_licences(&before.licences, asked.add, &asked.remove);
        group.licences = licences.map_err(|error| any_refusal(error, "Group"))?;
        tenant.put_group(group.clone(), &graph.note())?;
        Ok(group)
    })?;
    let tenant = graph.tenant()?;
    let members: Map<String, Value> = GROUP.whole(tenant, &group);
    let row = tenant.groups.get(&id).map(|group| &**group);
    let location = row.map_or_else(String::new, |group| {
        graph.object_url(crate::surface::graph::schema::Row::Group(group))
    });
    let value = Value::Object(id_first(members));
    let reply = graph.document(StatusCode::ACCEPTED, "groups/$entity", value);
    Ok(reply
        .header("location", &location)
        .header("x-ms-resource-unit", "1"))
}
