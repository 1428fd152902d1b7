//! `/policies/authenticationMethodsPolicy`: the registration campaign, the system's preference, reports of suspicious
//! activity, and what is only kept. What is written counts at the next sign-in.

use core::time::Duration;

use entrasim_domain::policy::authentication_methods::{
    Audience, AuthenticationMethodsPolicy, Feature, FeatureState, RegistrationCampaign,
};
use entrasim_domain::tenant::Tenant;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::error::GraphError;
use super::super::policy::authentication_methods::targets::{EXCLUDE, INCLUDE, Place, shown};
use super::super::policy::authentication_methods::{CONFIGURATIONS, all};
use super::super::policy::member::{self, Member};
use super::super::schema::{Shape, Version};
use super::super::{Answer, Graph};
use super::authentication_method_configuration::refuse_options;
use super::{boolean, invalid, no_content};

const CLASS: &str = "AuthenticationMethodsPolicy";
const CAMPAIGN: &str = "authenticationMethodsRegistrationCampaign";
const ENFORCED: &str = "enforceRegistrationAfterAllowedSnoozes";
const SYSTEM_PREFERRED: &str = "systemCredentialPreferences";
const REPORT: &str = "reportSuspiciousActivitySettings";

const INCLUDED: Shape = Shape::List(&Shape::Record(&[
    ("id", Shape::Text(64)),
    ("targetType", Shape::FirstOf(&["group", "user"])),
]));

/// Defaults are those of the documented answer, as far as it has them.
const KEPT: &[Member] = &[
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
const CAMPAIGN_TARGET: &[Member] = &[Member::new(
    "targetedAuthenticationMethod",
    Shape::Text(64),
    || json!("microsoftAuthenticator"),
)];

/// Where the targets of the parts are kept.
const CAMPAIGN_INCLUDED: &str = "campaign/includeTargets";
const CAMPAIGN_EXCLUDED: &str = "campaign/excludeTargets";
const PREFERRED_INCLUDED: &str = "systemCredentialPreferences/includeTargets";
const PREFERRED_EXCLUDED: &str = "systemCredentialPreferences/excludeTargets";
const REPORT_INCLUDED: &str = "reportSuspiciousActivitySettings/includeTargets";
const VOICE_CODE: &str = "reportSuspiciousActivitySettings/voiceReportingCode";

/// `GET …`, with all configurations.
pub(in crate::surface::graph) fn read(graph: &Graph<'_, '_>) -> Answer {
    refuse_options(graph, "authenticationMethodsPolicy")?;
    let tenant = graph.tenant()?;
    Ok(whole(graph, tenant))
}

fn whole(graph: &Graph<'_, '_>, tenant: &Tenant) -> crate::wire::Reply {
    let value = show(graph, tenant);
    graph.document(StatusCode::OK, "authenticationMethodsPolicy", value)
}

fn show(graph: &Graph<'_, '_>, tenant: &Tenant) -> Value {
    let version = graph.query.version;
    let policy = &tenant.authentication_methods;
    let mut members = Map::new();
    let fixed = json!({
        "id": "authenticationMethodsPolicy",
        "displayName": "Authentication Methods Policy",
        "description": "The tenant-wide policy that controls which authentication methods are allowed in the tenant, authentication method registration requirements, and self-service password reset settings",
        "lastModifiedDateTime": policy.modified.unwrap_or(tenant.created).to_string(),
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
        json!(graph.context(CONFIGURATIONS)),
    );
    let configurations = all(policy, version).map(|configured| configured.shown(graph));
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

const DAY: u64 = 86_400;

const STATES: [(FeatureState, &str); 3] = [
    (FeatureState::Managed, "default"),
    (FeatureState::Enabled, "enabled"),
    (FeatureState::Disabled, "disabled"),
];

fn word(state: FeatureState) -> &'static str {
    let found = STATES.iter().find(|(known, _)| *known == state);
    found.map_or("default", |(_, word)| word)
}

fn state(value: &Value, name: &str) -> Result<FeatureState, GraphError> {
    let found = STATES.iter().find(|(_, word)| value == word);
    let (state, _) = found.ok_or_else(|| invalid(name, CLASS))?;
    Ok(*state)
}

/// `PATCH …`: v1.0 says nothing, beta shows the policy (documented answers).
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>) -> Answer {
    let mut members = super::body(graph)?;
    members.retain(|name, _| !name.contains('@'));
    let now = graph.call.now();
    graph.write(|tenant| {
        let policy = tenant.authentication_methods.clone();
        let before = show(graph, tenant);
        let mut writer = Writer {
            place: Place {
                tenant,
                version: graph.query.version,
                class: CLASS,
            },
            policy,
            before,
        };
        for (name, value) in &members {
            writer.member(name, value)?;
        }
        let mut policy = writer.policy;
        policy.modified = Some(now);
        tenant.authentication_methods = policy;
        if graph.query.version == Version::Beta {
            return Ok(whole(graph, tenant));
        }
        Ok(no_content())
    })
}

struct Writer<'t> {
    place: Place<'t>,
    policy: AuthenticationMethodsPolicy,
    /// As it was shown.
    before: Value,
}

impl Writer<'_> {
    fn member(&mut self, name: &str, value: &Value) -> Result<(), GraphError> {
        let is_beta = self.place.version == Version::Beta;
        match name {
            "registrationEnforcement" => {
                let members = object(value, name)?;
                for (name, value) in members {
                    if name != CAMPAIGN {
                        return Err(unknown(name, "registrationEnforcement"));
                    }
                    self.campaign(object(value, name)?)?;
                }
                Ok(())
            }
            SYSTEM_PREFERRED if is_beta => self.preferred(object(value, name)?),
            REPORT if is_beta => self.report(object(value, name)?),
            _ => self.other(name, value),
        }
    }

    fn other(&mut self, name: &str, value: &Value) -> Result<(), GraphError> {
        if let Some(member) = member::find(KEPT, name, self.place.version) {
            return member.write(&mut self.policy.kept, value, CLASS);
        }
        match self.before.get(name) {
            None => Err(unknown(name, "authenticationMethodsPolicy")),
            Some(now) if now == value => Ok(()),
            Some(_) => Err(GraphError::ReadOnly {
                member: name.to_owned(),
                class: CLASS,
            }),
        }
    }

    fn campaign(&mut self, members: &Map<String, Value>) -> Result<(), GraphError> {
        for (name, value) in members {
            match name.as_str() {
                "state" => {
                    let state = state(value, name)?;
                    let campaign = &mut self.policy.campaign;
                    campaign.enabled = state == FeatureState::Enabled;
                    campaign.managed = state == FeatureState::Managed;
                }
                "snoozeDurationInDays" => {
                    let days = value.as_u64().filter(|days| *days <= 14);
                    let days = days.ok_or_else(|| invalid(name, CLASS))?;
                    self.policy.campaign.snooze = Duration::from_secs(days * DAY);
                }
                ENFORCED if self.place.version == Version::Beta => {
                    self.policy.campaign.enforced = match value {
                        Value::Null => RegistrationCampaign::default().enforced,
                        value => boolean(value, name, CLASS)?,
                    };
                }
                INCLUDE => {
                    let written = self.place.include(value, CAMPAIGN_TARGET)?;
                    require_authenticator(&written.list)?;
                    self.policy.campaign.audience.include = written.ids;
                    self.policy.kept.set(CAMPAIGN_INCLUDED, written.list);
                }
                EXCLUDE => {
                    let (ids, kept) = self.place.exclude(value)?;
                    self.policy.campaign.audience.exclude = ids;
                    self.policy.kept.set(CAMPAIGN_EXCLUDED, kept);
                }
                name if name.contains('@') => {}
                name => return Err(unknown(name, CAMPAIGN)),
            }
        }
        Ok(())
    }

    fn preferred(&mut self, members: &Map<String, Value>) -> Result<(), GraphError> {
        for (name, value) in members {
            let feature = &mut self.policy.system_preferred;
            match name.as_str() {
                "state" => feature.state = state(value, name)?,
                INCLUDE => {
                    let written = self.place.include(value, &[])?;
                    feature.audience.include = written.ids;
                    self.policy.kept.set(PREFERRED_INCLUDED, written.list);
                }
                EXCLUDE => {
                    let (ids, kept) = self.place.exclude(value)?;
                    feature.audience.exclude = ids;
                    self.policy.kept.set(PREFERRED_EXCLUDED, kept);
                }
                name if name.contains('@') => {}
                name => return Err(unknown(name, SYSTEM_PREFERRED)),
            }
        }
        Ok(())
    }

    fn report(&mut self, members: &Map<String, Value>) -> Result<(), GraphError> {
        for (name, value) in members {
            match name.as_str() {
                "state" => self.policy.report_suspicious.state = state(value, name)?,
                "voiceReportingCode" => {
                    let code = value.as_u64().filter(|code| *code <= 9);
                    code.ok_or_else(|| invalid(name, CLASS))?;
                    self.policy.kept.set(VOICE_CODE, value.clone());
                }
                "includeTarget" => {
                    let (id, target) = self.place.target(value, name, &[])?;
                    self.policy.report_suspicious.audience = Audience {
                        include: id.map(|id| vec![id]),
                        exclude: Vec::new(),
                    };
                    self.policy.kept.set(REPORT_INCLUDED, json!([target]));
                }
                name if name.contains('@') => {}
                name => return Err(unknown(name, REPORT)),
            }
        }
        Ok(())
    }
}

fn object<'v>(value: &'v Value, name: &str) -> Result<&'v Map<String, Value>, GraphError> {
    value.as_object().ok_or_else(|| invalid(name, CLASS))
}

fn unknown(member: &str, entity: &'static str) -> GraphError {
    GraphError::UnknownMember {
        member: member.to_owned(),
        entity,
    }
}

/// Campaigns for other methods, passkeys for instance, are not simulated.
fn require_authenticator(list: &Value) -> Result<(), GraphError> {
    let targets = list.as_array().into_iter().flatten();
    let mut methods = targets.map(|target| &target["targetedAuthenticationMethod"]);
    match methods.find(|method| **method != "microsoftAuthenticator") {
        None => Ok(()),
        Some(other) => Err(GraphError::NotSimulated(format!(
            "graph registration campaign for {}",
            other.as_str().unwrap_or_default()
        ))),
    }
}
