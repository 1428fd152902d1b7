//! The authentication methods policy between Graph's words and the domain.

pub(in crate::surface::graph) mod kinds;
pub(in crate::surface::graph) mod passkey;
pub(in crate::surface::graph) mod settings;
pub(in crate::surface::graph) mod targets;
pub(in crate::surface::graph) mod whole;

use entrasim_domain::policy::authentication_methods::{
    Audience, AuthenticationMethodsPolicy, MethodConfiguration, MethodName,
};
use serde_json::{Map, Value, json};

use self::kinds::{CONFIGURATION_KINDS, ConfigurationKind, EXTERNAL};
use super::member::Member;
use crate::surface::graph::schema::Version;

/// Where the configurations are.
pub(in crate::surface::graph) const CONFIGURATIONS: &str =
    "policies/authenticationMethodsPolicy/authenticationMethodConfigurations";

/// One configuration of a policy.
pub(in crate::surface::graph) struct Configured<'p> {
    pub(in crate::surface::graph) kind: &'static ConfigurationKind,
    pub(in crate::surface::graph) id: String,
    policy: &'p AuthenticationMethodsPolicy,
    targets: std::borrow::Cow<'p, MethodConfiguration>,
    /// Of an external one.
    display_name: Option<&'p str>,
}

/// All configurations that a version has: the built-in ones, then those of other makers.
pub(in crate::surface::graph) fn all(
    policy: &AuthenticationMethodsPolicy,
    version: Version,
) -> impl Iterator<Item = Configured<'_>> {
    let built_in = CONFIGURATION_KINDS
        .iter()
        .filter(move |kind| kind.is_in(version))
        .filter_map(move |kind| {
            let targets = policy.methods.get(&kind.method?);
            Some(Configured {
                kind,
                id: kind.id.to_owned(),
                policy,
                targets: targets.map_or_else(Default::default, std::borrow::Cow::Borrowed),
                display_name: None,
            })
        });
    let external = policy
        .external
        .iter()
        .map(move |(id, external)| Configured {
            kind: &EXTERNAL,
            id: id.to_string(),
            policy,
            targets: std::borrow::Cow::Borrowed(&external.targets),
            display_name: Some(&external.display_name),
        });
    built_in.chain(external)
}

/// The configuration with this id, whatever its case.
pub(in crate::surface::graph) fn find<'p>(
    policy: &'p AuthenticationMethodsPolicy,
    version: Version,
    id: &str,
) -> Option<Configured<'p>> {
    let mut all = all(policy, version);
    all.find(|configured| configured.id.eq_ignore_ascii_case(id))
}

impl Configured<'_> {
    /// As Graph shows it, with its type first; `context` makes the address in `@odata.context`.
    pub(in crate::surface::graph) fn shown(
        &self,
        version: Version,
        context: &dyn Fn(&str) -> String,
    ) -> Value {
        let kind = self.kind;
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put(
            "@odata.type",
            json!(format!("#microsoft.graph.{}", kind.name)),
        );
        put("id", json!(self.id));
        let state = if self.targets.enabled {
            "enabled"
        } else {
            "disabled"
        };
        put("state", json!(state));
        for setting in kind.settings.iter().filter(|one| one.is_in(version)) {
            put(
                setting.name,
                setting.in_version(self.setting(setting), version),
            );
        }
        let kept = &self.targets.kept;
        put(
            targets::EXCLUDE,
            Value::Array(targets::shown(
                Some(&self.targets.exclude),
                kept.get(targets::EXCLUDE),
                &[],
            )),
        );
        let place = format!(
            "{CONFIGURATIONS}('{}')/microsoft.graph.{}/includeTargets",
            self.id, kind.name
        );
        put("includeTargets@odata.context", json!(context(&place)));
        let include = targets::shown(
            self.targets.include.as_deref(),
            kept.get(targets::INCLUDE),
            kind.target,
        );
        put(targets::INCLUDE, Value::Array(self.with_sign_in(include)));
        Value::Object(members)
    }

    fn setting(&self, setting: &Member) -> Value {
        if let Some(name) = self.display_name.filter(|_| setting.name == "displayName") {
            return json!(name);
        }
        let acted_on = self
            .kind
            .method
            .and_then(|method| settings::read(self.policy, method, setting.name));
        acted_on.unwrap_or_else(|| setting.value(&self.targets.kept))
    }

    /// Who may sign in by a text message alone stands in the targets of `Sms`.
    fn with_sign_in(&self, mut include: Vec<Value>) -> Vec<Value> {
        if self.kind.method == Some(MethodName::Sms) {
            for target in &mut include {
                let usable = is_usable_for_sign_in(&self.policy.sms_sign_in, &target["id"]);
                if let Some(members) = target.as_object_mut() {
                    members.insert("isUsableForSignIn".to_owned(), json!(usable));
                }
            }
        }
        include
    }
}

fn is_usable_for_sign_in(audience: &Audience, id: &Value) -> bool {
    match &audience.include {
        None => true,
        Some(ids) => ids.iter().any(|known| *id == known.to_string()),
    }
}
