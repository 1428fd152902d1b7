//! `/policies/identitySecurityDefaultsEnforcementPolicy`: on or off, from the next sign-in on.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::error::GraphError;
use super::super::{Answer, Graph};
use super::authentication_method_configuration::refuse_options;
use super::{body, boolean, no_content};

const CLASS: &str = "IdentitySecurityDefaultsEnforcementPolicy";
const ENTITY: &str = "identitySecurityDefaultsEnforcementPolicy";

fn show(is_enabled: bool) -> Value {
    json!({
        "id": "00000000-0000-0000-0000-000000000005",
        "displayName": "Security Defaults",
        "description": "Security defaults is a set of basic identity security mechanisms recommended by Microsoft. When enabled, these recommendations will be automatically enforced in your organization. Administrators and users will be better protected from common identity related attacks.",
        "isEnabled": is_enabled,
    })
}

/// `GET …`
pub(in crate::surface::graph) fn read(graph: &Graph<'_, '_>) -> Answer {
    refuse_options(graph, ENTITY)?;
    let value = show(graph.tenant()?.security_defaults);
    let fragment = format!("policies/{ENTITY}/$entity");
    Ok(graph.document(StatusCode::OK, &fragment, value))
}

/// `PATCH …`: not while a Conditional Access policy is enabled; the text of that is assumed.
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>) -> Answer {
    let members = body(graph)?;
    graph.write(|tenant| {
        let now = show(tenant.security_defaults);
        for (name, value) in &members {
            match now.get(name) {
                _ if name == "isEnabled" => {
                    let on = boolean(value, name, CLASS)?;
                    if on && tenant.conditional_access.has_enabled_policy() {
                        return Err(GraphError::BadRequest(
                            "Conditional Access policies are enabled in the tenant. You must disable them before enabling Security Defaults."
                                .to_owned(),
                        ));
                    }
                    tenant.security_defaults = on;
                }
                Some(now) if now == value => {}
                Some(_) => {
                    return Err(GraphError::ReadOnly {
                        member: name.clone(),
                        class: CLASS,
                    });
                }
                None => {
                    return Err(GraphError::UnknownMember {
                        member: name.clone(),
                        entity: ENTITY,
                    });
                }
            }
        }
        Ok(())
    })?;
    Ok(no_content())
}
