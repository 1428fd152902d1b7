//! `/policies/authenticationMethodsPolicy/authenticationMethodConfigurations`: list, one, change, back to the defaults, and
//! those of other makers. What is written counts at the next sign-in.

use entrasim_domain::policy::authentication_methods::{
    Audience, AuthenticationMethodsPolicy, ExternalConfiguration, MethodConfiguration, MethodName,
};
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::error::GraphError;
use super::super::policy::authentication_methods::kinds::{ConfigurationKind, EXTERNAL};
use super::super::policy::authentication_methods::targets::{EXCLUDE, INCLUDE, Place};
use super::super::policy::authentication_methods::{
    CONFIGURATIONS, Configured, all, find, passkey, settings,
};
use super::super::policy::member;
use super::super::resource::{Resource, Tail};
use super::super::schema::Version;
use super::super::{Answer, Graph};
use super::{invalid, no_content, text};
use crate::wire::Reply;

const CLASS: &str = "AuthenticationMethodConfiguration";
const CONTEXT: &str = "authenticationMethodConfigurations/$entity";

/// These resources take no query options (Microsoft Learn, "Get authenticationMethodsPolicy"); what the service does with one
/// is not known.
pub(in crate::surface::graph) fn refuse_options(
    graph: &Graph<'_, '_>,
    name: &str,
) -> Result<(), GraphError> {
    let query = &graph.query;
    let asked = [
        (query.select.is_some(), "select"),
        (query.filter.is_some(), "filter"),
        (!query.order_by.is_empty(), "orderby"),
        (query.search.is_some(), "search"),
        (!query.expand.is_empty(), "expand"),
    ];
    match asked.iter().find(|(is_asked, _)| *is_asked) {
        Some((_, option)) => Err(GraphError::NotSimulated(format!(
            "graph ${option} of {name}"
        ))),
        None => Ok(()),
    }
}

fn shown(graph: &Graph<'_, '_>, configured: &Configured<'_>) -> Value {
    configured.shown(graph.query.version, &|place| graph.context(place))
}

/// `GET …`
pub(in crate::surface::graph) fn list(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let policy = &graph.tenant()?.authentication_methods;
    let rows = all(policy, graph.query.version).map(|configured| shown(graph, &configured));
    let rows: Vec<Value> = rows.collect();
    match resource.tail {
        Tail::None => {}
        Tail::Count => {
            let count = rows.len().to_string();
            return Ok(Reply::with_body(StatusCode::OK, "text/plain", count));
        }
        Tail::Ref => return Err(GraphError::Segment("$ref".to_owned())),
        Tail::Value => return Err(GraphError::Segment("$value".to_owned())),
    }
    refuse_options(graph, "authenticationMethodConfigurations")?;
    Ok(graph.document(StatusCode::OK, CONFIGURATIONS, json!({"value": rows})))
}

/// `GET …/{id}`
pub(in crate::surface::graph) fn one(graph: &Graph<'_, '_>, key: &str) -> Answer {
    refuse_options(graph, "authenticationMethodConfiguration")?;
    let policy = &graph.tenant()?.authentication_methods;
    let found = find(policy, graph.query.version, key);
    let found = found.ok_or_else(|| GraphError::Missing(key.to_owned()))?;
    Ok(graph.document(StatusCode::OK, CONTEXT, shown(graph, &found)))
}

/// The body, which says of which kind it is. The text is assumed.
fn members(
    graph: &Graph<'_, '_>,
    kind: &'static ConfigurationKind,
) -> Result<Map<String, Value>, GraphError> {
    let bytes = &graph.call.request.body;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(GraphError::EmptyBody);
    }
    let mut members: Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|_| GraphError::Body)?;
    let given = members.get("@odata.type").and_then(Value::as_str);
    let given = given
        .unwrap_or_default()
        .trim_start_matches('#')
        .trim_start_matches("microsoft.graph.");
    if !given.eq_ignore_ascii_case(kind.name) {
        return Err(GraphError::BadRequest(format!(
            "The @odata.type of the configuration must be '#microsoft.graph.{}'.",
            kind.name
        )));
    }
    members.retain(|name, _| !name.contains('@'));
    Ok(members)
}

/// A configuration while it is written.
struct Draft<'t> {
    kind: &'static ConfigurationKind,
    place: Place<'t>,
    targets: MethodConfiguration,
    display_name: String,
    policy: AuthenticationMethodsPolicy,
}

impl Draft<'_> {
    fn apply(&mut self, id: &str, members: &Map<String, Value>) -> Result<(), GraphError> {
        let had_profiles = !self.policy.passkeys.profiles.is_empty();
        for (name, value) in members {
            match name.as_str() {
                "id" if value
                    .as_str()
                    .is_some_and(|one| one.eq_ignore_ascii_case(id)) => {}
                "state" => {
                    self.targets.enabled = match value.as_str() {
                        Some("enabled") => true,
                        Some("disabled") => false,
                        _ => return Err(invalid(name, CLASS)),
                    };
                }
                INCLUDE => self.include(value)?,
                EXCLUDE => {
                    let (ids, kept) = self.place.exclude(value)?;
                    self.targets.exclude = ids;
                    self.targets.kept.set(EXCLUDE, kept);
                }
                _ => self.setting(name, value)?,
            }
        }
        if !settings::is_in_order(&self.policy.pass) {
            // The text is assumed.
            return Err(GraphError::BadRequest(
                "The default lifetime must be between the minimum and the maximum lifetime."
                    .to_owned(),
            ));
        }
        passkey::settle(&mut self.policy.passkeys, had_profiles)
            .map_err(|reason| GraphError::BadRequest(reason.to_owned()))
    }

    fn include(&mut self, value: &Value) -> Result<(), GraphError> {
        let written = self.place.include(value, self.kind.target)?;
        match self.kind.method {
            Some(MethodName::Sms) => self.policy.sms_sign_in = sms_sign_in(&written.list),
            Some(MethodName::Fido2) => {
                self.policy.passkeys.assigned = passkey::assigned(&written.list);
            }
            _ => {}
        }
        self.targets.include = written.ids;
        self.targets.kept.set(INCLUDE, written.list);
        Ok(())
    }

    fn setting(&mut self, name: &str, value: &Value) -> Result<(), GraphError> {
        let setting = member::find(self.kind.settings, name, self.place.version);
        let setting = setting.ok_or_else(|| GraphError::UnknownMember {
            member: name.to_owned(),
            entity: self.kind.name,
        })?;
        match self.kind.method {
            None if setting.name == "displayName" => {
                self.display_name = text(value, name, CLASS, 256)?;
                return Ok(());
            }
            Some(method) => {
                if let Some(now) = settings::read(&self.policy, method, setting.name) {
                    let written = setting.written(&now, value, CLASS)?;
                    return if settings::write(&mut self.policy, method, setting.name, &written) {
                        Ok(())
                    } else {
                        Err(invalid(name, CLASS))
                    };
                }
            }
            None => {}
        }
        setting.write(&mut self.targets.kept, value, CLASS)
    }
}

/// For whom a text message alone is enough.
fn sms_sign_in(list: &Value) -> Audience {
    let targets = list.as_array().into_iter().flatten();
    let ids = targets
        .filter(|target| target["isUsableForSignIn"] == true)
        .map(|target| target["id"].as_str().and_then(|id| id.parse().ok()));
    Audience {
        // Everybody has no id.
        include: ids.collect(),
        exclude: Vec::new(),
    }
}

/// The id of an external configuration.
fn external(policy: &AuthenticationMethodsPolicy, key: &str) -> Option<Uuid> {
    let id = key.parse().ok()?;
    policy.external.contains_key(&id).then_some(id)
}

/// `PATCH …/{id}`
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, key: &str) -> Answer {
    let version = graph.query.version;
    let now = graph.call.now();
    graph.write(|tenant| {
        let policy = &tenant.authentication_methods;
        let found = find(policy, version, key);
        let found = found.ok_or_else(|| GraphError::Missing(key.to_owned()))?;
        let (kind, id) = (found.kind, found.id);
        let members = members(graph, kind)?;
        let own = external(policy, key);
        let before = own.and_then(|id| policy.external.get(&id)).cloned();
        let before = before.unwrap_or_else(|| ExternalConfiguration {
            targets: kind
                .method
                .and_then(|method| policy.methods.get(&method))
                .cloned()
                .unwrap_or_default(),
            ..ExternalConfiguration::default()
        });
        let mut draft = Draft {
            kind,
            place: place(tenant, version),
            targets: before.targets,
            display_name: before.display_name,
            policy: policy.clone(),
        };
        draft.apply(&id, &members)?;
        let Draft {
            mut policy,
            targets,
            display_name,
            ..
        } = draft;
        if let Some(method) = kind.method {
            policy.methods.insert(method, targets);
        } else if let Some(id) = own {
            let configuration = ExternalConfiguration {
                display_name,
                targets,
            };
            policy.external.insert(id, configuration);
        }
        policy.modified = Some(now);
        tenant.authentication_methods = policy;
        Ok(())
    })?;
    Ok(no_content())
}

fn place(tenant: &Tenant, version: Version) -> Place<'_> {
    Place {
        tenant,
        version,
        class: CLASS,
    }
}

/// `POST …`: only those of other makers can be added.
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>) -> Answer {
    let members = members(graph, &EXTERNAL)?;
    for member in ["displayName", "appId", "openIdConnectSetting"] {
        super::required(&members, member, CLASS)?;
    }
    let version = graph.query.version;
    let now = graph.call.now();
    let id = graph.call.draw(Random::guid);
    let shown = graph.write(|tenant| {
        let mut draft = Draft {
            kind: &EXTERNAL,
            place: place(tenant, version),
            targets: MethodConfiguration::default(),
            display_name: String::new(),
            policy: tenant.authentication_methods.clone(),
        };
        draft.apply("", &members)?;
        let setting = draft.targets.kept.get("openIdConnectSetting");
        let is_whole = |name: &str| setting.is_some_and(|setting| setting[name].is_string());
        if !is_whole("clientId") || !is_whole("discoveryUrl") {
            return Err(invalid("openIdConnectSetting", CLASS));
        }
        let configuration = ExternalConfiguration {
            display_name: draft.display_name,
            targets: draft.targets,
        };
        let policy = &mut tenant.authentication_methods;
        policy.external.insert(id, configuration);
        policy.modified = Some(now);
        let made = find(policy, version, &id.to_string());
        made.map(|made| shown(graph, &made))
            .ok_or_else(|| GraphError::Missing(id.to_string()))
    })?;
    let context = format!("{CONFIGURATIONS}/$entity");
    Ok(graph.document(StatusCode::CREATED, &context, shown))
}

/// `DELETE …/{id}`: one of another maker goes, any other is as in a new tenant again.
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, key: &str) -> Answer {
    let version = graph.query.version;
    let now = graph.call.now();
    graph.write(|tenant| {
        let policy = &mut tenant.authentication_methods;
        let found = find(policy, version, key);
        let method = found
            .ok_or_else(|| GraphError::Missing(key.to_owned()))?
            .kind
            .method;
        let mut defaults = AuthenticationMethodsPolicy::default();
        if let Some(method) = method {
            let configuration = defaults.methods.remove(&method).unwrap_or_default();
            policy.methods.insert(method, configuration);
        } else {
            let id = external(policy, key);
            id.and_then(|id| policy.external.remove(&id));
        }
        match method {
            Some(MethodName::TemporaryAccessPass) => policy.pass = defaults.pass,
            Some(MethodName::QrCodePin) => policy.qr_code_pin = defaults.qr_code_pin,
            Some(MethodName::Fido2) => policy.passkeys = defaults.passkeys,
            Some(MethodName::Sms) => policy.sms_sign_in = defaults.sms_sign_in,
            _ => {}
        }
        policy.modified = Some(now);
        Ok(())
    })?;
    Ok(no_content())
}
