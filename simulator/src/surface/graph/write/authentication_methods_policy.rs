//! `/policies/authenticationMethodsPolicy`: the registration campaign, the system's preference, reports of suspicious
//! activity, and what is only kept. What is written counts at the next sign-in.

use core::time::Duration;

use entrasim_domain::policy::authentication_methods::{
    Audience, AuthenticationMethodsPolicy, FeatureState, RegistrationCampaign,
};
use entrasim_domain::tenant::Tenant;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::error::GraphError;
use super::super::policy::authentication_methods::targets::{EXCLUDE, INCLUDE, Place};
use super::super::policy::authentication_methods::whole::{
    self, CAMPAIGN, CAMPAIGN_EXCLUDED, CAMPAIGN_INCLUDED, CAMPAIGN_TARGET, DAY, ENFORCED, KEPT,
    PREFERRED_EXCLUDED, PREFERRED_INCLUDED, REPORT, REPORT_INCLUDED, STATES, SYSTEM_PREFERRED,
    VOICE_CODE,
};
use super::super::policy::member;
use super::super::schema::Version;
use super::super::{Answer, Graph};
use super::authentication_method_configuration::refuse_options;
use super::{boolean, invalid, no_content};

const CLASS: &str = "AuthenticationMethodsPolicy";

/// `GET …`, with all configurations.
pub(in crate::surface::graph) fn read(graph: &Graph<'_, '_>) -> Answer {
    refuse_options(graph, "authenticationMethodsPolicy")?;
    let tenant = graph.tenant()?;
    Ok(document(graph, tenant))
}

fn document(graph: &Graph<'_, '_>, tenant: &Tenant) -> crate::wire::Reply {
    let value = show(graph, tenant);
    graph.document(StatusCode::OK, "authenticationMethodsPolicy", value)
}

fn show(graph: &Graph<'_, '_>, tenant: &Tenant) -> Value {
    let context = |place: &str| graph.context(place);
    whole::show(
        &tenant.authentication_methods,
        tenant.created,
        graph.query.version,
        &context,
    )
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
            return Ok(document(graph, tenant));
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
