//! The `conditionalAccessTemplate` entity type: policies to begin with. They are the same everywhere, and nobody changes them.

use std::borrow::Cow;
use std::sync::LazyLock;

use entrasim_domain::policy::authentication_strength::AuthenticationStrength;
use entrasim_domain::policy::conditional_access::{ConditionalAccessPolicy, SessionControls};
use entrasim_domain::time::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{EntityType, Kind, Operators, Property};
use crate::surface::graph::policy::authentication_strength;
use crate::surface::graph::policy::conditional_access as wire;

/// A row of `data/conditional_access_templates.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    name: String,
    scenarios: Vec<String>,
    description: String,
    conditions: Map<String, Value>,
    #[serde(rename = "grantControls")]
    grant: Option<Map<String, Value>>,
    #[serde(rename = "sessionControls")]
    session: Option<Map<String, Value>>,
}

/// A template as Graph shows it.
#[derive(Debug)]
pub(in crate::surface::graph) struct ConditionalAccessTemplate {
    id: String,
    name: String,
    scenarios: String,
    description: String,
    details: Value,
}

static TEMPLATES: LazyLock<Vec<ConditionalAccessTemplate>> = LazyLock::new(|| {
    #[derive(Default, Deserialize)]
    struct Table {
        template: Vec<Written>,
    }
    let text = include_str!("../../../../data/conditional_access_templates.toml");
    let table: Table = toml::from_str(text).unwrap_or_default();
    table.template.into_iter().map(Written::shown).collect()
});

impl Written {
    fn shown(self) -> ConditionalAccessTemplate {
        let nothing = ConditionalAccessPolicy::new(Uuid::nil(), "", Timestamp::UNIX_EPOCH);
        let filled =
            |known: Value, given: Map<String, Value>| wire::merged(known, &Value::Object(given));
        let grant = self.grant.map_or(Value::Null, |given| {
            let mut grant = filled(wire::empty_grant(), given);
            if let Some(strength) = grant.get_mut("authenticationStrength") {
                *strength = in_full(strength);
            }
            grant
        });
        let session = self.session.map_or(Value::Null, |given| {
            filled(wire::all_of_session(&SessionControls::default()), given)
        });
        ConditionalAccessTemplate {
            id: self.id,
            name: self.name,
            scenarios: self.scenarios.join(","),
            description: self.description,
            details: json!({
                "sessionControls": session,
                "conditions": filled(wire::show_conditions(&nothing), self.conditions),
                "grantControls": grant,
            }),
        }
    }
}

/// The built-in strength with this id.
fn in_full(strength: &Value) -> Value {
    let id: Option<Uuid> = strength["id"].as_str().and_then(|id| id.parse().ok());
    let mut built_in = AuthenticationStrength::built_in().into_iter();
    let found = built_in.find(|strength| Some(strength.id) == id);
    found.map_or(Value::Null, |strength| {
        authentication_strength::show(&strength)
    })
}

type P = Property<ConditionalAccessTemplate>;

pub(in crate::surface::graph) static CONDITIONAL_ACCESS_TEMPLATE: EntityType<
    ConditionalAccessTemplate,
> = EntityType {
    name: "conditionalAccessTemplate",
    set: "identity/conditionalAccess/templates",
    class: "ConditionalAccessTemplate",
    properties: PROPERTIES,
    navigations: &[],
    missing: &[],
    rows: |_, _| Box::new(TEMPLATES.iter()),
    size: None,
    id: |_| None,
    get: |_, key| {
        let mut all = TEMPLATES.iter();
        all.find(|template| template.id.eq_ignore_ascii_case(key))
    },
};

const PROPERTIES: &[P] = &[
    P::text("name", |_, template| Some(Cow::Borrowed(&template.name)))
        .operators(Operators::EQ.and(Operators::STARTS)),
    P::text("description", |_, template| {
        Some(Cow::Borrowed(&template.description))
    }),
    P::text("id", |_, template| Some(Cow::Borrowed(&template.id))).operators(Operators::EQ),
    P::text("scenarios", |_, template| {
        Some(Cow::Borrowed(&template.scenarios))
    })
    .operators(Operators::HAS.and(Operators::EQ)),
    P::new("details", Kind::Complex, |_, template| {
        template.details.clone()
    }),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_reads_and_has_an_id_of_its_own() {
        let mut ids: Vec<Uuid> = TEMPLATES
            .iter()
            .map(|template| template.id.parse().unwrap())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((TEMPLATES.len(), ids.len()), (17, 17));
        for template in TEMPLATES.iter() {
            let details = &template.details;
            let asks = !details["grantControls"].is_null() || !details["sessionControls"].is_null();
            assert!(asks, "{}", template.name);
        }
    }
}
