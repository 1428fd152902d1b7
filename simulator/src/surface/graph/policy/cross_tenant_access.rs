//! The cross-tenant access policy between Graph's words and the domain.

use entrasim_domain::directory::kept::Kept;
use entrasim_domain::policy::cross_tenant_access::{CrossTenantAccess, InboundTrust, Partner};
use serde_json::{Map, Value, json};

use super::member::{Member, find, show};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::schema::{Shape, Version};
use crate::surface::graph::write::{boolean, invalid};

const CLASS: &str = "CrossTenantAccessPolicy";
const ENTITY: &str = "crossTenantAccessPolicyConfiguration";
const TRUST: &str = "inboundTrust";
const INBOUND: &str = "b2bCollaborationInbound";

/// Products beyond sign-ins of guests: nothing here would show that they are set.
const NOT_SIMULATED: [&str; 4] = [
    "appServiceConnectInbound",
    "blockServiceProviderOutboundAccess",
    "invitationRedemptionIdentityProviderConfiguration",
    "tenantRestrictions",
];

const TARGETS: Shape = Shape::Object(&[
    ("accessType", Shape::OneOf(&["allowed", "blocked"])),
    (
        "targets",
        Shape::List(&Shape::Object(&[
            ("target", Shape::Text(256)),
            (
                "targetType",
                Shape::OneOf(&["user", "group", "application"]),
            ),
        ])),
    ),
]);
const SETTING: Shape = Shape::Object(&[("usersAndGroups", TARGETS), ("applications", TARGETS)]);
const CONSENT: Shape = Shape::Record(&[
    ("inboundAllowed", Shape::Boolean),
    ("outboundAllowed", Shape::Boolean),
]);

fn everybody(access: &str) -> Value {
    json!({
        "usersAndGroups": {
            "accessType": access, "targets": [{"target": "AllUsers", "targetType": "user"}],
        },
        "applications": {
            "accessType": access, "targets": [{"target": "AllApplications", "targetType": "application"}],
        },
    })
}

fn allowed() -> Value {
    everybody("allowed")
}

fn blocked() -> Value {
    everybody("blocked")
}

fn nothing() -> Value {
    Value::Null
}

/// As a new tenant has them (microsoft-graph-docs-contrib crosstenantaccesspolicyconfigurationdefault-get.md).
const DEFAULT: &[Member] = &[
    Member::new("b2bCollaborationOutbound", SETTING, allowed),
    Member::new(INBOUND, SETTING, allowed),
    Member::new("b2bDirectConnectOutbound", SETTING, blocked),
    Member::new("b2bDirectConnectInbound", SETTING, blocked),
];

/// What is null of a partner is as the default says.
const PARTNER: &[Member] = &[
    Member::new("isServiceProvider", Shape::Boolean, nothing),
    Member::new("isInMultiTenantOrganization", Shape::Boolean, || {
        json!(false)
    }),
    Member::new("b2bCollaborationOutbound", SETTING, nothing),
    Member::new(INBOUND, SETTING, nothing),
    Member::new("b2bDirectConnectOutbound", SETTING, nothing),
    Member::new("b2bDirectConnectInbound", SETTING, nothing),
    Member::new(
        "automaticUserConsentSettings",
        CONSENT,
        || json!({"inboundAllowed": null, "outboundAllowed": null}),
    ),
];

fn show_trust(trust: InboundTrust) -> Value {
    json!({
        "isMfaAccepted": trust.mfa, "isCompliantDeviceAccepted": trust.compliant_device,
        "isHybridAzureADJoinedDeviceAccepted": trust.hybrid_joined_device,
    })
}

/// The default configuration as Graph shows it.
pub(in crate::surface::graph) fn show_default(
    access: &CrossTenantAccess,
    version: Version,
) -> Map<String, Value> {
    let mut members = Map::new();
    let is_default = access.is_service_default();
    members.insert("isServiceDefault".to_owned(), json!(is_default));
    members.insert(TRUST.to_owned(), show_trust(access.trust));
    members.append(&mut show(DEFAULT, &access.kept, version));
    let consent = json!({"inboundAllowed": false, "outboundAllowed": false});
    members.insert("automaticUserConsentSettings".to_owned(), consent);
    members
}

/// A partner as Graph shows it.
pub(in crate::surface::graph) fn show_partner(
    partner: &Partner,
    version: Version,
) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("tenantId".to_owned(), json!(partner.tenant.to_string()));
    let trust = partner.trust.map_or(Value::Null, show_trust);
    members.insert(TRUST.to_owned(), trust);
    members.append(&mut show(PARTNER, &partner.kept, version));
    members
}

/// Writes members over the default configuration.
pub(in crate::surface::graph) fn write_default(
    access: &mut CrossTenantAccess,
    members: &Map<String, Value>,
) -> Result<(), GraphError> {
    for (name, value) in members {
        match name.as_str() {
            TRUST => access.trust = trust(access.trust, value)?,
            "isServiceDefault" | "automaticUserConsentSettings" => {
                return Err(GraphError::ReadOnly {
                    member: name.clone(),
                    class: CLASS,
                });
            }
            name => write(DEFAULT, &mut access.kept, name, value)?,
        }
    }
    Ok(())
}

/// Writes members over a partner; who it is does not change.
pub(in crate::surface::graph) fn write_partner(
    partner: &mut Partner,
    members: &Map<String, Value>,
) -> Result<(), GraphError> {
    for (name, value) in members {
        match (name.as_str(), value) {
            (TRUST, Value::Null) => partner.trust = None,
            (TRUST, value) => {
                partner.trust = Some(trust(partner.trust.unwrap_or_default(), value)?);
            }
            ("tenantId", value) if *value == json!(partner.tenant.to_string()) => {}
            ("tenantId", _) => {
                return Err(GraphError::ReadOnly {
                    member: name.clone(),
                    class: CLASS,
                });
            }
            (name, value) => write(PARTNER, &mut partner.kept, name, value)?,
        }
    }
    Ok(())
}

fn trust(before: InboundTrust, value: &Value) -> Result<InboundTrust, GraphError> {
    let members = value.as_object().ok_or_else(|| invalid(TRUST, CLASS))?;
    let mut trust = before;
    for (name, value) in members.iter().filter(|(name, _)| !name.contains('@')) {
        let place = match name.as_str() {
            "isMfaAccepted" => &mut trust.mfa,
            "isCompliantDeviceAccepted" => &mut trust.compliant_device,
            "isHybridAzureADJoinedDeviceAccepted" => &mut trust.hybrid_joined_device,
            _ => return Err(unknown(name)),
        };
        *place = boolean(value, name, CLASS)?;
    }
    Ok(trust)
}

fn unknown(name: &str) -> GraphError {
    GraphError::UnknownMember {
        member: name.to_owned(),
        entity: ENTITY,
    }
}

fn write(
    members: &'static [Member],
    kept: &mut Kept,
    name: &str,
    value: &Value,
) -> Result<(), GraphError> {
    if name.contains('@') {
        return Ok(());
    }
    if NOT_SIMULATED.contains(&name) {
        return Err(GraphError::NotSimulated(format!("graph {ENTITY}/{name}")));
    }
    let member = find(members, name, Version::V1).ok_or_else(|| unknown(name))?;
    member.write(kept, value, CLASS)?;
    if member.name == INBOUND && !lets_everybody_in(&member.value(kept)) {
        // The guests of the tenant sign in whatever it says: it must not say anything else.
        let name = format!("graph {ENTITY}/{INBOUND} that keeps somebody out");
        return Err(GraphError::NotSimulated(name));
    }
    Ok(())
}

fn lets_everybody_in(setting: &Value) -> bool {
    let all = [
        ("usersAndGroups", "AllUsers"),
        ("applications", "AllApplications"),
    ];
    all.iter().all(|(part, everything)| {
        let part = &setting[*part];
        let targets = part["targets"].as_array();
        let mut targets = targets.into_iter().flatten();
        part.is_null()
            || (part["accessType"] == "allowed"
                && targets.any(|target| target["target"] == *everything))
    })
}
