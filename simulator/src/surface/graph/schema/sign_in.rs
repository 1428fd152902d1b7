//! The `signIn` entity type: the sign-in log, the newest row first.

use std::sync::Arc;

use entrasim_domain::enforcement::facts::{ClientAppType, Factor, Risk};
use entrasim_domain::enforcement::{AppliedPolicy, PolicyResult};
use entrasim_domain::id::ObjectId;
use entrasim_domain::sign_in::record::{SignInKind, SignInRecord};
use entrasim_domain::tenant::Tenant;
use serde_json::{Value, json};

use super::{EntityType, Filterable, Kind, Property, Rows, Sortable};

type Row = Arc<SignInRecord>;
type P = Property<Row>;

pub(in crate::surface::graph) static SIGN_IN: EntityType<Row> = EntityType {
    name: "signIn",
    set: "auditLogs/signIns",
    class: "SignIn",
    properties: PROPERTIES,
    missing: &[
        "authenticationProtocol",
        "autonomousSystemNumber",
        "managedServiceIdentity",
        "networkLocationDetails",
        "privateLinkDetails",
        "sessionLifetimePolicies",
        "tokenProtectionStatusDetails",
        "uniqueTokenIdentifier",
    ],
    rows,
    id: |row| Some(ObjectId(row.id)),
    get: |tenant, key| {
        let id = key.parse::<uuid::Uuid>().ok()?;
        tenant.sign_in.log.iter().find(|row| row.id == id)
    },
};

fn rows(tenant: &Tenant, after: Option<ObjectId>) -> Rows<'_, Row> {
    let newest_first = tenant.sign_in.log.iter().rev();
    match after {
        None => Box::new(newest_first),
        Some(last) => Box::new(newest_first.skip_while(move |row| row.id != last.0).skip(1)),
    }
}

fn requirement(row: &SignInRecord) -> &'static str {
    if row.multifactor_required {
        "multiFactorAuthentication"
    } else {
        "singleFactorAuthentication"
    }
}

/// What the log calls a method (`authenticationDetail`).
fn method(factor: &Factor) -> &'static str {
    match factor {
        Factor::Password => "Password",
        Factor::Fido2 { .. } => "Passkey (device-bound)",
        Factor::WindowsHelloForBusiness => "Windows Hello for Business",
        Factor::TemporaryAccessPass { .. } => "Temporary Access Pass",
        Factor::DeviceBasedPush => "Mobile app notification (passwordless)",
        Factor::MicrosoftAuthenticatorPush => "Mobile app notification",
        Factor::SoftwareOath => "OATH verification code",
        Factor::HardwareOath => "OATH hardware token",
        Factor::Sms => "Text message",
        Factor::SmsSignIn => "SMS sign-in",
        Factor::Voice => "Phone call approval",
        Factor::CertificateSingleFactor | Factor::CertificateMultiFactor => "X.509 Certificate",
        Factor::FederatedSingleFactor | Factor::FederatedMultiFactor => "Federated",
    }
}

fn details(row: &SignInRecord) -> Value {
    let list: Vec<Value> = row
        .factors
        .iter()
        .map(|factor| {
            json!({
                "authenticationStepDateTime": row.at.to_string(), "authenticationMethod": method(factor),
                "authenticationMethodDetail": null, "succeeded": true,
                "authenticationStepResultDetail": "MFA requirement satisfied by claim in the token",
                "authenticationStepRequirement": "",
            })
        })
        .collect();
    json!(list)
}

fn applied(policy: &AppliedPolicy) -> Value {
    let result = match policy.result {
        PolicyResult::Success => "success",
        PolicyResult::Failure => "failure",
        PolicyResult::NotApplied => "notApplied",
        PolicyResult::NotEnabled => "notEnabled",
        PolicyResult::ReportOnlySuccess => "reportOnlySuccess",
        PolicyResult::ReportOnlyFailure => "reportOnlyFailure",
        PolicyResult::ReportOnlyNotApplied => "reportOnlyNotApplied",
        PolicyResult::ReportOnlyInterrupted => "reportOnlyInterrupted",
    };
    json!({
        "id": policy.id.to_string(), "displayName": policy.display_name, "enforcedGrantControls": policy.grant_controls,
        "enforcedSessionControls": policy.session_controls, "result": result,
    })
}

/// The worst that any policy said.
fn overall(row: &SignInRecord) -> &'static str {
    let has = |result| row.applied.iter().any(|policy| policy.result == result);
    if has(PolicyResult::Failure) {
        "failure"
    } else if has(PolicyResult::Success) {
        "success"
    } else {
        "notApplied"
    }
}

const PROPERTIES: &[P] = &[
    P::new("id", Kind::Text, |_, row| json!(row.id.to_string())).filter(Filterable::Exact),
    P::new("createdDateTime", Kind::Date, |_, row| {
        json!(row.at.to_string())
    })
    .filter(Filterable::Date)
    .sort(Sortable::Yes),
    P::new("userDisplayName", Kind::Text, |tenant, row| {
        let user = row.subject.and_then(|id| tenant.users.get(id));
        user.map_or(Value::Null, |user| json!(&*user.display_name))
    })
    .filter(Filterable::Text),
    P::new("userPrincipalName", Kind::Text, |_, row| match row.kind {
        SignInKind::InteractiveUser | SignInKind::NonInteractiveUser => json!(row.name),
        SignInKind::ServicePrincipal | SignInKind::ManagedIdentity => Value::Null,
    })
    .filter(Filterable::Text),
    P::new("userId", Kind::Text, |_, row| match row.kind {
        SignInKind::InteractiveUser | SignInKind::NonInteractiveUser => {
            json!(row.subject.map(|id| id.to_string()))
        }
        SignInKind::ServicePrincipal | SignInKind::ManagedIdentity => Value::Null,
    })
    .filter(Filterable::Exact),
    P::new("servicePrincipalId", Kind::Text, |_, row| match row.kind {
        SignInKind::ServicePrincipal | SignInKind::ManagedIdentity => {
            json!(row.subject.map(|id| id.to_string()))
        }
        SignInKind::InteractiveUser | SignInKind::NonInteractiveUser => Value::Null,
    })
    .filter(Filterable::Exact),
    P::new("appId", Kind::Text, |_, row| json!(row.client.to_string())).filter(Filterable::Exact),
    P::new("appDisplayName", Kind::Text, |_, row| {
        json!(row.client_name)
    })
    .filter(Filterable::Text),
    P::new("ipAddress", Kind::Text, |_, row| {
        json!(row.circumstances.ip.map(|ip| ip.to_string()))
    })
    .filter(Filterable::Text),
    P::new("clientAppUsed", Kind::Text, |_, row| {
        json!(match row.circumstances.client_app {
            ClientAppType::Browser => "Browser",
            ClientAppType::MobileAppsAndDesktopClients => "Mobile Apps and Desktop clients",
            ClientAppType::ExchangeActiveSync => "Exchange ActiveSync",
            ClientAppType::Other => "Other clients",
        })
    })
    .filter(Filterable::Exact),
    P::new("correlationId", Kind::Text, |_, row| {
        json!(row.correlation_id.to_string())
    })
    .filter(Filterable::Exact),
    P::new("conditionalAccessStatus", Kind::Text, |_, row| {
        json!(overall(row))
    })
    .filter(Filterable::Exact),
    P::new("isInteractive", Kind::Boolean, |_, row| {
        json!(row.kind == SignInKind::InteractiveUser)
    })
    .filter(Filterable::Exact),
    P::new("signInEventTypes", Kind::Texts, |_, row| {
        json!([match row.kind {
            SignInKind::InteractiveUser => "interactiveUser",
            SignInKind::NonInteractiveUser => "nonInteractiveUser",
            SignInKind::ServicePrincipal => "servicePrincipal",
            SignInKind::ManagedIdentity => "managedIdentity",
        }])
    }),
    P::new("riskDetail", Kind::Text, |_, _| json!("none")),
    P::new("riskLevelDuringSignIn", Kind::Text, |_, row| {
        json!(match row.circumstances.sign_in_risk {
            Risk::None => "none",
            Risk::Low => "low",
            Risk::Medium => "medium",
            Risk::High => "high",
        })
    })
    .filter(Filterable::Exact),
    P::new("resourceId", Kind::Text, |_, row| {
        json!(row.resource.map(|id| id.to_string()))
    })
    .filter(Filterable::Exact),
    P::new("resourceDisplayName", Kind::Text, |tenant, row| {
        let principal = row.resource.and_then(|app| tenant.service_principal(app));
        principal.map_or(Value::Null, |principal| json!(principal.display_name))
    })
    .filter(Filterable::Text),
    P::new("authenticationRequirement", Kind::Text, |_, row| {
        json!(requirement(row))
    })
    .filter(Filterable::Exact),
    P::new("authenticationDetails", Kind::Complex, |_, row| {
        details(row)
    }),
    P::new("status", Kind::Complex, |_, row| {
        json!({
            "errorCode": row.code,
            "failureReason": if row.code == 0 { "Other." } else { row.failure_reason.as_str() },
            "additionalDetails": null,
        })
    }),
    P::new(
        "deviceDetail",
        Kind::Complex,
        |_, _| json!({"deviceId": "", "displayName": "", "operatingSystem": "", "browser": "", "isCompliant": false, "isManaged": false, "trustType": ""}),
    ),
    P::new(
        "location",
        Kind::Complex,
        |_, row| json!({"city": null, "state": null, "countryOrRegion": row.circumstances.country, "geoCoordinates": {}}),
    ),
    P::new(
        "appliedConditionalAccessPolicies",
        Kind::Complex,
        |_, row| {
            let list: Vec<Value> = row.applied.iter().map(applied).collect();
            json!(list)
        },
    ),
];
