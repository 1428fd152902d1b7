//! From a path to its handler. Fixed words are compared without regard to case.

use http::Method;

use super::context::Arm;
use super::error::ArmError;
use super::resource_id::{ProviderPath, ResourceId};
use super::{
    Answer, activity_log, deployments, elevate_access, locations, policy_assignments,
    policy_definitions, portal_settings, providers, resource_groups, resource_list, resources,
    role_assignments, role_definitions, subscriptions,
};

pub(super) fn answer(arm: &Arm<'_, '_>) -> Answer {
    let segments = arm.call.request.segments();
    let lower: Vec<String> = segments.iter().map(|part| part.to_lowercase()).collect();
    let words: Vec<&str> = lower.iter().map(String::as_str).collect();
    let method = &arm.call.request.method;
    let get = || {
        if matches!(*method, Method::GET | Method::HEAD) {
            Ok(())
        } else {
            Err(ArmError::MethodNotAllowed(method.to_string()))
        }
    };
    match words.as_slice() {
        ["tenants"] => get().and_then(|()| subscriptions::tenants(arm)),
        ["subscriptions"] => get().and_then(|()| subscriptions::list(arm)),
        ["subscriptions", id] => get().and_then(|()| subscriptions::get(arm, id)),
        ["subscriptions", id, "locations"] => get().and_then(|()| locations::list(arm, id)),
        ["subscriptions", id, "resources"] => {
            get().and_then(|()| resource_list::all(arm, id, None))
        }
        ["subscriptions", id, "providers"] => get().and_then(|()| providers::list(arm, Some(id))),
        ["subscriptions", id, "providers", _] => {
            get().and_then(|()| providers::get(arm, Some(id), &segments[3]))
        }
        [
            "subscriptions",
            id,
            "providers",
            _,
            verb @ ("register" | "unregister"),
        ] if *method == Method::POST => {
            providers::register(arm, id, &segments[3], *verb == "register")
        }
        ["subscriptions", id, "operationresults", _] => {
            get().and_then(|()| resource_groups::operation_result(arm, id, &segments[3]))
        }
        ["subscriptions", id, "resourcegroups"] => {
            get().and_then(|()| resource_groups::list(arm, id))
        }
        ["subscriptions", id, "resourcegroups", _] => resource_groups::one(arm, id, &segments[3]),
        ["subscriptions", id, "resourcegroups", _, "resources"] => {
            get().and_then(|()| resource_list::all(arm, id, Some(&segments[3])))
        }
        // The older spelling, which clients still use for a deployment's operations.
        ["subscriptions", _, "resourcegroups", _, "deployments", ..] => {
            let mut longer = segments.clone();
            longer.splice(
                4..4,
                ["providers".to_owned(), "Microsoft.Resources".to_owned()],
            );
            by_resource_id(arm, &longer)
        }
        ["subscriptions", id, "resourcegroups", _, word, ..] if *word != "providers" => {
            arm.subscription(id)?;
            Err(ArmError::NotSimulated(format!(
                "{method} /subscriptions/{{id}}/resourcegroups/{{name}}/{word}"
            )))
        }
        ["subscriptions", id, word, ..] if !matches!(*word, "providers" | "resourcegroups") => {
            arm.subscription(id)?;
            Err(ArmError::NotSimulated(format!(
                "{method} /subscriptions/{{id}}/{word}"
            )))
        }
        ["providers"] => get().and_then(|()| providers::list(arm, None)),
        ["providers", _] => get().and_then(|()| providers::get(arm, None, &segments[1])),
        _ => by_resource_id(arm, &segments),
    }
}

fn by_resource_id(arm: &Arm<'_, '_>, segments: &[String]) -> Answer {
    let Some(id) = ResourceId::parse(segments) else {
        return Err(ArmError::MissingSubscription);
    };
    if let Some(subscription) = &id.subscription {
        arm.subscription(subscription)?;
    }
    let Some(provider) = id.provider.clone() else {
        return Err(ArmError::MissingSubscription);
    };
    let namespace = provider.namespace.to_lowercase();
    let first = provider.types.first().map(|kind| kind.to_lowercase());
    match (namespace.as_str(), first.as_deref().unwrap_or_default()) {
        ("microsoft.authorization", kind) => authorization(arm, &id, &provider, kind),
        ("microsoft.insights", "eventtypes") => activity_log::answer(arm, &id, &provider),
        ("microsoft.resources", "deployments") => deployments::answer(arm, &id, &provider),
        ("microsoft.portalservices", _) => portal_settings::answer(arm, &id, &provider),
        ("microsoft.resources" | "microsoft.management", kind) => Err(ArmError::NotSimulated(
            format!("{} {}/{kind}", arm.call.request.method, provider.namespace),
        )),
        _ => resources::answer(arm, &id, &provider),
    }
}

fn authorization(
    arm: &Arm<'_, '_>,
    id: &ResourceId,
    provider: &ProviderPath,
    kind: &str,
) -> Answer {
    match kind {
        "roledefinitions" => role_definitions::answer(arm, id, provider),
        "roleassignments" => role_assignments::answer(arm, id, provider),
        "permissions" => role_definitions::permissions(arm, id),
        "policydefinitions" => policy_definitions::answer(arm, id, provider),
        "policyassignments" => policy_assignments::answer(arm, id, provider),
        "elevateaccess" if id.scope.is_empty() => elevate_access::answer(arm),
        _ => Err(ArmError::NotSimulated(format!(
            "{} Microsoft.Authorization/{kind}",
            arm.call.request.method
        ))),
    }
}
