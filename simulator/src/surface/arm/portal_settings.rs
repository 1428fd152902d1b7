//! `Microsoft.PortalServices/settings/default`: where a tenant's postponement of Phase 1 lies.
//!
//! Only what Microsoft's own script does is known (MicrosoftDocs/entra-docs,
//! how-to-unlock-users-for-mandatory-multifactor-authentication): it registers the provider, makes its caller the owner of
//! it, writes the settings and reads them back. Of Phase 2 no setting is published.

use entrasim_domain::enforcement::phase::PhaseName;
use entrasim_domain::time::Timestamp;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::Answer;
use super::context::{Arm, log};
use super::error::ArmError;
use super::gate::Change;
use super::resource_id::{ProviderPath, ResourceId};
use crate::wire::Reply;

const TYPE: &str = "Microsoft.PortalServices/settings";
const SCOPE: &str = "/providers/Microsoft.PortalServices";
const ID: &str = "/providers/Microsoft.PortalServices/settings/default";

/// `/providers/Microsoft.PortalServices/…`
pub(super) fn answer(arm: &Arm<'_, '_>, id: &ResourceId, provider: &ProviderPath) -> Answer {
    let method = &arm.call.request.method;
    let words: Vec<String> = provider
        .types
        .iter()
        .chain(&provider.names)
        .map(|word| word.to_lowercase())
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match (method, id.scope.as_str(), words.as_slice()) {
        (&Method::POST, "", ["register"]) => register(arm),
        (&Method::GET, "", ["settings", "default"]) => get(arm),
        (&Method::PUT, "", ["settings", "default"]) => put(arm),
        _ => Err(ArmError::NotSimulated(format!(
            "{method} {SCOPE}/{}",
            words.join("/")
        ))),
    }
}

/// The settings need no registration here; the script asks for it, and nobody says who may.
fn register(arm: &Arm<'_, '_>) -> Answer {
    let action = "Microsoft.PortalServices/register/action";
    arm.permit(&[Change::action(action, SCOPE)])?;
    let body = json!({
        "id": SCOPE,
        "namespace": "Microsoft.PortalServices",
        "registrationState": "Registered",
    });
    Ok(Reply::json(StatusCode::OK, &body))
}

fn get(arm: &Arm<'_, '_>) -> Answer {
    arm.authorize(&format!("{TYPE}/read"), ID)?;
    let until = arm.tenant.enforcement.phase1.postponed_until;
    let justification = arm.tenant.azure.portal_justification.as_deref();
    let until = until.ok_or_else(|| ArmError::ResourceNotFound {
        resource: format!("{TYPE}/default"),
        group: None,
    })?;
    Ok(Reply::json(StatusCode::OK, &resource(until, justification)))
}

fn put(arm: &Arm<'_, '_>) -> Answer {
    let body = arm.body()?;
    let audits = arm.permit(&[Change::write(&format!("{TYPE}/write"), ID, None)])?;
    let wish = Wish::read(&body)?;
    // That the dates of the portal's page hold here is assumed, and so is how another one is refused.
    PhaseName::Phase1
        .check_postponement(wish.until, arm.call.now())
        .map_err(|error| ArmError::BadRequest("BadRequest", error.to_string()))?;
    arm.write(|tenant| {
        tenant.enforcement.phase1.postponed_until = Some(wish.until);
        tenant
            .azure
            .portal_justification
            .clone_from(&wish.justification);
        for audit in audits {
            log(tenant, audit);
        }
        log(
            tenant,
            arm.event(&format!("{TYPE}/write"), ID, StatusCode::OK),
        );
        Ok(())
    })?;
    let body = resource(wish.until, wish.justification.as_deref());
    Ok(Reply::json(StatusCode::OK, &body))
}

struct Wish {
    until: Timestamp,
    justification: Option<String>,
}

impl Wish {
    /// Takes what the script sends; any other setting, and any other value than `OptOut`, is nowhere described.
    fn read(body: &Map<String, Value>) -> Result<Self, ArmError> {
        let not_found = |name: &str| {
            ArmError::InvalidRequestContent(format!(
                "Required property '{name}' not found in JSON. Path 'properties'."
            ))
        };
        let settings = body
            .get("properties")
            .and_then(|properties| properties.get("multiFactorAuthentication")?.as_object())
            .ok_or_else(|| not_found("multiFactorAuthentication"))?;
        let text = |name: &str| settings.get(name).and_then(Value::as_str);
        let others = body
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(Map::keys)
            .filter(|name| *name != "multiFactorAuthentication");
        let known = [
            "portalEnforcement",
            "portalJustification",
            "portalEnforcementDate",
        ];
        let unknown = settings
            .keys()
            .filter(|name| !known.contains(&name.as_str()));
        if let Some(name) = others.chain(unknown).next() {
            return Err(ArmError::NotSimulated(format!("{TYPE} {name}")));
        }
        match text("portalEnforcement") {
            Some("OptOut") => {}
            Some(other) => {
                return Err(ArmError::NotSimulated(format!(
                    "{TYPE} portalEnforcement {other}"
                )));
            }
            None => return Err(not_found("portalEnforcement")),
        }
        let until = text("portalEnforcementDate")
            .and_then(Timestamp::parse)
            .ok_or_else(|| not_found("portalEnforcementDate"))?;
        Ok(Self {
            until,
            justification: text("portalJustification").map(str::to_owned),
        })
    }
}

fn resource(until: Timestamp, justification: Option<&str>) -> Value {
    json!({
        "id": ID,
        "name": "default",
        "type": TYPE,
        "properties": {
            "multiFactorAuthentication": {
                "portalEnforcement": "OptOut",
                "portalJustification": justification,
                "portalEnforcementDate": until.to_string(),
            },
            "provisioningState": "Succeeded",
        },
    })
}
