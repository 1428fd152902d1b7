//! The whole policy as Graph shows it.

use entrasim_domain::policy::authentication_methods::{
    AuthenticationMethodsPolicy, Feature, FeatureState,
};
use entrasim_domain::time::Timestamp;
use serde_json::{Map, Value, json};

use super::super::member::{self, Member};
use super::targets::{EXCLUDE, INCLUDE, shown};
use super::{CONFIGURATIONS, all};
use crate::surface::graph::schema::{Shape, Version};

pub(in crate::surface::graph) const CAMPAIGN: &str = "authenticationMethodsRegistrationCampaign";
pub(in crate::surface::graph) const ENFORCED: &str = "enforceRegistrationAfterAllowedSnoozes";
pub(in crate::surface::graph) const SYSTEM_PREFERRED: &str = "systemCredentialPreferences";
pub(in crate::surface::graph) const REPORT: &str = "reportSuspiciousActivitySettings";

const INCLUDED: Shape = Shape::List(&Shape::Record(&[
    ("id", Shape::Text(64)),
    ("targetType", Shape::FirstOf(&["group", "user"])),
]));

/// Defaults are those of the documented answer, as far as it has them.
pub(in crate::surface::graph) const KEPT: &[Member] = &[
    Member::new(
        "policyMigrationState",
        Shape::OneOf(&["preMigration", "migrationInProgress", "migrationComplete"]),
        || json!("preMigration"),
    ),
    Member::new("reconfirmationInDays", Shape::Integer(0..=730), || json!(0)),
    Member::new(
        "microsoftAuthenticatorPlatformSettings",
        Shape::Record(&[(
            "enforceAppPIN",
            Shape::Record(&[(INCLUDE, INCLUDED), (EXCLUDE, INCLUDED)]),
        )]),
        || json!({"enforceAppPIN": {INCLUDE: [], EXCLUDE: []}}),
    )
    .only(Version::Beta),
];

/// What each target of the campaign says beside its id and its type.
pub(in crate::surface::graph) const CAMPAIGN_TARGET: &[Member] = &[Member::new(
    "targetedAuthenticationMethod",
    Shape::Text(64),
    || json!("microsoftAuthenticator"),
)];

/// Where the targets of the parts are kept.
pub(in crate::surface::graph) const CAMPAIGN_INCLUDED: &str = "campaign/includeTargets";
pub(in crate::surface::graph) const CAMPAIGN_EXCLUDED: &str = "campaign/excludeTargets";
pub(in crate::surface::graph) const PREFERRED_INCLUDED: &str =
    "systemCredentialPreferences/includeTargets";
pub(in crate::surface::graph) const PREFERRED_EXCLUDED: &str =
    "systemCredentialPreferences/excludeTargets";
pub(in crate::surface::graph) const REPORT_INCLUDED: &str =
    "reportSuspiciousActivitySettings/includeTargets";
pub(in crate::surface::graph) const VOICE_CODE: &str =
    "reportSuspiciousActivitySettings/voiceReportingCode";

/// The policy of a tenant that is as old as this; `context` makes the addresses in `@odata.context`.
pub(in crate::surface::graph) fn show(
    policy: &AuthenticationMethodsPolicy,
    created: Timestamp,
    version: Version,
    context: &dyn Fn(&str) -> String,
) -> Value {
    let mut members = Map::new();
    let fixed = json!({
        "id": "authenticationMethodsPolicy",
        "displayName": "Authentication Methods Policy",
        "description": "The tenant-wide policy that controls which authentication methods are allowed in the tenant, authentication method registration requirements, and self-service password reset settings",
        "lastModifiedDateTime": policy.modified.unwrap_or(created).to_string(),
        "policyVersion": "1.5",
    });
    if let Value::Object(mut fixed) = fixed {
        members.append(&mut fixed);
    }
    members.append(&mut member::show(KEPT, &policy.kept, version));
    if version == Version::Beta {
        members.insert(SYSTEM_PREFERRED.to_owned(), preferred(policy));
        members.insert(REPORT.to_owned(), report(policy));
    }
    members.insert(
        "registrationEnforcement".to_owned(),
        json!({CAMPAIGN: campaign(policy, version)}),
    );
    members.insert(
        "authenticationMethodConfigurations@odata.context".to_owned(),
        json!(context(CONFIGURATIONS)),
    );
    let configurations = all(policy, version).map(|configured| configured.shown(version, context));
    members.insert(
        "authenticationMethodConfigurations".to_owned(),
        configurations.collect(),
    );
    Value::Object(members)
}

fn campaign(policy: &AuthenticationMethodsPolicy, version: Version) -> Value {
    let campaign = &policy.campaign;
    let state = match (campaign.enabled, campaign.managed) {
        (true, _) => "enabled",
        (false, true) => "default",
        (false, false) => "disabled",
    };
    let mut value = json!({
        "state": state,
        "snoozeDurationInDays": campaign.snooze.as_secs() / DAY,
        EXCLUDE: shown(
            Some(&campaign.audience.exclude), policy.kept.get(CAMPAIGN_EXCLUDED), &[]
        ),
        INCLUDE: shown(
            campaign.audience.include.as_deref(), policy.kept.get(CAMPAIGN_INCLUDED), CAMPAIGN_TARGET
        ),
    });
    if version == Version::Beta
        && let Some(members) = value.as_object_mut()
    {
        members.insert(ENFORCED.to_owned(), json!(campaign.enforced));
    }
    value
}

fn preferred(policy: &AuthenticationMethodsPolicy) -> Value {
    let Feature { state, audience } = &policy.system_preferred;
    json!({
        "state": word(*state),
        EXCLUDE: shown(Some(&audience.exclude), policy.kept.get(PREFERRED_EXCLUDED), &[]),
        INCLUDE: shown(audience.include.as_deref(), policy.kept.get(PREFERRED_INCLUDED), &[]),
    })
}

fn report(policy: &AuthenticationMethodsPolicy) -> Value {
    let Feature { state, audience } = &policy.report_suspicious;
    let kept = policy.kept.get(REPORT_INCLUDED);
    let code = policy.kept.get(VOICE_CODE);
    json!({
        "state": word(*state),
        "voiceReportingCode": code.cloned().unwrap_or_else(|| json!(0)),
        "includeTarget": shown(audience.include.as_deref(), kept, &[]).into_iter().next(),
    })
}

pub(in crate::surface::graph) const DAY: u64 = 86_400;

pub(in crate::surface::graph) const STATES: [(FeatureState, &str); 3] = [
    (FeatureState::Managed, "default"),
    (FeatureState::Enabled, "enabled"),
    (FeatureState::Disabled, "disabled"),
];

fn word(state: FeatureState) -> &'static str {
    let found = STATES.iter().find(|(known, _)| *known == state);
    found.map_or("default", |(_, word)| word)
}
