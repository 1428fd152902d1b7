//! The `signIn` entity type: the sign-in log, the newest row first.

use std::sync::Arc;

use entrasim_domain::directory::user::UserType;
use entrasim_domain::enforcement::facts::{ClientAppType, Factor, Risk};
use entrasim_domain::enforcement::{AppliedPolicy, PolicyResult};
use entrasim_domain::id::ObjectId;
use entrasim_domain::sign_in::record::{SignInKind, SignInRecord, Standing, Step};
use entrasim_domain::tenant::Tenant;
use serde_json::{Value, json};

use super::{Entities, EntityType, Filterable, Kind, Property, Sortable, Version};

/// Stands where an account is named that is not there.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

type Row = Arc<SignInRecord>;
type P = Property<Row>;

/// `v1.0`: interactive sign-ins, and fewer properties.
pub(in crate::surface::graph) static SIGN_IN: EntityType<Row> = EntityType {
    name: "signIn",
    set: "auditLogs/signIns",
    class: "SignIn",
    properties: PROPERTIES.split_at(IN_V1).0,
    navigations: &[],
    missing: &["authenticationAppDeviceDetails", "userAgent"],
    rows: interactive_rows,
    size: None,
    id: |row| Some(ObjectId(row.id)),
    get,
};

/// `beta`: sign-ins of every kind.
pub(in crate::surface::graph) static SIGN_IN_BETA: EntityType<Row> = EntityType {
    name: "signIn",
    set: "auditLogs/signIns",
    class: "SignIn",
    properties: PROPERTIES,
    navigations: &[],
    missing: &[
        "agent",
        "appOwnerTenantId",
        "appTokenProtectionStatus",
        "appliedEventListeners",
        "authenticationAppDeviceDetails",
        "authenticationAppPolicyEvaluationDetails",
        "authenticationContextClassReferences",
        "authenticationMethodsUsed",
        "authenticationProcessingDetails",
        "authenticationProtocol",
        "authenticationRequirementPolicies",
        "autonomousSystemNumber",
        "azureResourceId",
        "clientCredentialType",
        "clientSessionId",
        "conditionalAccessAudiences",
        "crossTenantAccessType",
        "federatedCredentialId",
        "flaggedForReview",
        "globalSecureAccessIpAddress",
        "homeTenantName",
        "incomingTokenType",
        "ipAddressFromResourceProvider",
        "isTenantRestricted",
        "isThroughGlobalSecureAccess",
        "managedServiceIdentity",
        "mfaDetail",
        "networkLocationDetails",
        "originalRequestId",
        "originalTransferMethod",
        "privateLinkDetails",
        "processingTimeInMilliseconds",
        "resourceOwnerTenantId",
        "resourceServicePrincipalId",
        "rootActorId",
        "servicePrincipalCredentialKeyId",
        "servicePrincipalCredentialThumbprint",
        "sessionId",
        "sessionLifetimePolicies",
        "signInIdentifier",
        "signInIdentifierType",
        "signInTokenProtectionStatus",
        "tokenIssuerName",
        "tokenProtectionStatusDetails",
        "uniqueTokenIdentifier",
        "userAgent",
    ],
    rows,
    size: None,
    id: |row| Some(ObjectId(row.id)),
    get,
};

fn get<'a>(tenant: &'a Tenant, key: &str) -> Option<&'a Row> {
    let id = key.parse::<uuid::Uuid>().ok()?;
    tenant.sign_in.log.iter().find(|row| row.id == id)
}

fn is_interactive(row: &Row) -> bool {
    row.kind == SignInKind::InteractiveUser
}

/// What `beta` lists too unless a filter asks for other kinds of sign-ins.
pub(in crate::surface::graph) fn interactive_rows(
    tenant: &Tenant,
    after: Option<ObjectId>,
) -> Entities<'_, Row> {
    Box::new(rows(tenant, after).filter(|row| is_interactive(row)))
}

fn rows(tenant: &Tenant, after: Option<ObjectId>) -> Entities<'_, Row> {
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

/// `authenticationDetails`: the words of the real log for what was shown and for what a session or a token speaks.
fn details(row: &SignInRecord) -> Value {
    let detail = |(place, step): (usize, &Step)| {
        let first = place == 0;
        let (shown_as, result) = match (step.standing, first) {
            (Standing::Remembered, true) => (
                "Previously satisfied",
                "First factor requirement satisfied by claim in the token",
            ),
            (Standing::Remembered, false) => ("Previously satisfied", BY_CLAIM),
            (Standing::Shown, true) if step.factor == Factor::Password => {
                (method(&step.factor), "Correct password")
            }
            (Standing::Shown, _) => (method(&step.factor), "MFA successfully completed"),
            (Standing::Failed, _) => (method(&step.factor), row.failure_reason.as_str()),
        };
        json!({
            "authenticationStepDateTime": step.at.unwrap_or(row.at).to_string(), "authenticationMethod": shown_as,
            "authenticationMethodDetail": null, "succeeded": step.standing != Standing::Failed,
            "authenticationStepResultDetail": result,
            "authenticationStepRequirement": if first { "Primary authentication" } else { "" },
        })
    };
    let list: Vec<Value> = row.steps.iter().enumerate().map(detail).collect();
    json!(list)
}

const BY_CLAIM: &str = "MFA requirement satisfied by claim in the token";

/// How a second factor that was demanded came in.
fn additional_details(row: &SignInRecord) -> Value {
    let second = row.steps.get(1).filter(|_| row.multifactor_required);
    match second.map(|step| step.standing) {
        Some(Standing::Remembered) => json!(BY_CLAIM),
        Some(Standing::Shown) => json!("MFA completed in Azure AD"),
        Some(Standing::Failed) | None => Value::Null,
    }
}

fn is_user(row: &SignInRecord) -> bool {
    matches!(
        row.kind,
        SignInKind::InteractiveUser | SignInKind::NonInteractiveUser
    )
}

/// A guest's own tenant; everybody else's is this one.
fn home(tenant: &Tenant, row: &SignInRecord) -> String {
    let user = row.subject.and_then(|id| tenant.users.get(id));
    let home = user.and_then(|user| user.home.as_ref());
    home.map_or(tenant.id, |home| home.tenant).to_string()
}

fn applied(policy: &AppliedPolicy) -> Value {
    json!({
        "id": policy.id.to_string(), "displayName": policy.display_name, "enforcedGrantControls": policy.grant_controls,
        "enforcedSessionControls": policy.session_controls, "result": policy.result.as_str(),
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

fn risk(row: &SignInRecord) -> &'static str {
    match row.circumstances.sign_in_risk {
        Risk::None => "none",
        Risk::Low => "low",
        Risk::Medium => "medium",
        Risk::High => "high",
    }
}

/// So many of the properties, from the first on, are in `v1.0`.
const IN_V1: usize = 29;

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
            // Nobody by that name has the id of nobody.
            json!(
                row.subject
                    .map_or_else(|| NOBODY.to_owned(), |id| id.to_string())
            )
        }
        SignInKind::ServicePrincipal | SignInKind::ManagedIdentity => json!(""),
    })
    .filter(Filterable::Exact),
    P::new("servicePrincipalId", Kind::Text, |_, row| match row.kind {
        SignInKind::ServicePrincipal | SignInKind::ManagedIdentity => {
            json!(row.subject.map(|id| id.to_string()))
        }
        SignInKind::InteractiveUser | SignInKind::NonInteractiveUser => json!(""),
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
    P::new("servicePrincipalName", Kind::Text, |_, row| {
        if is_user(row) {
            Value::Null
        } else {
            json!(row.name)
        }
    }),
    P::new("homeTenantId", Kind::Text, |tenant, row| {
        json!(home(tenant, row))
    }),
    P::new("resourceTenantId", Kind::Text, |tenant, _| {
        json!(tenant.id.to_string())
    }),
    P::new("riskDetail", Kind::Text, |_, _| json!("none")),
    P::new("riskState", Kind::Text, |_, _| json!("none")).filter(Filterable::Exact),
    P::new("riskLevelAggregated", Kind::Text, |_, row| json!(risk(row))).filter(Filterable::Exact),
    P::empty("riskEventTypes").only(Version::V1),
    P::empty("riskEventTypes_v2"),
    P::new("riskLevelDuringSignIn", Kind::Text, |_, row| {
        json!(risk(row))
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
    P::new("status", Kind::Complex, |_, row| {
        json!({
            "errorCode": row.code,
            "failureReason": if row.code == 0 { "Other." } else { row.failure_reason.as_str() },
            "additionalDetails": additional_details(row),
        })
    }),
    P::new("status/errorCode", Kind::Integer, |_, row| json!(row.code))
        .filter(Filterable::Exact)
        .on_demand(),
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
    // From here on in `beta` only.
    P::new("signInEventTypes", Kind::Texts, |_, row| {
        json!([match row.kind {
            SignInKind::InteractiveUser => "interactiveUser",
            SignInKind::NonInteractiveUser => "nonInteractiveUser",
            SignInKind::ServicePrincipal => "servicePrincipal",
            SignInKind::ManagedIdentity => "managedIdentity",
        }])
    })
    .filter(Filterable::Exact),
    P::new("authenticationRequirement", Kind::Text, |_, row| {
        json!(requirement(row))
    })
    .filter(Filterable::Exact),
    P::new("authenticationDetails", Kind::Complex, |_, row| {
        details(row)
    }),
    P::new("tokenIssuerType", Kind::Text, |_, _| json!("AzureAD")),
    P::new("userType", Kind::Text, |tenant, row| {
        let user = row.subject.and_then(|id| tenant.users.get(id));
        user.map_or(Value::Null, |user| {
            json!(match user.user_type {
                UserType::Member => "member",
                UserType::Guest => "guest",
            })
        })
    }),
];
