//! `/users/{id}/authentication/signInPreferences`: the default second factor (beta).

use entrasim_domain::credential::secondary::SecondFactor;
use http::StatusCode;
use serde_json::{Value, json};

use super::super::{boolean, invalid, no_content};
use super::{change, parameters, subject};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::read::authentication_methods::{self, plain};
use crate::surface::graph::resource::Resource;
use crate::surface::graph::{Answer, Graph};

const CLASS: &str = "signInPreferences";
const SYSTEM: &str = "isSystemPreferredAuthenticationMethodEnabled";
const PREFERRED: &str = "userPreferredMethodForSecondaryAuthentication";

/// `GET …`: what was registered first is the default until another is chosen.
pub(in crate::surface::graph) fn read(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = authentication_methods::subject(graph, resource)?;
    let preferences = user.sign_in_preferences;
    let default = preferences.default_of(&user.methods);
    let value = json!({
        SYSTEM: preferences.system_preferred.unwrap_or(true),
        PREFERRED: default.map(|(factor, _)| factor.word()),
    });
    let fragment = format!("users('{}')/authentication/signInPreferences", user.id);
    Ok(plain(graph.document(StatusCode::OK, &fragment, value)))
}

/// `PATCH …`: only what is registered can be the default.
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = subject(graph, resource)?;
    let members = parameters(graph, &[SYSTEM, PREFERRED])?;
    change(graph, user.id, |_, user| {
        let mut preferences = user.sign_in_preferences;
        for (name, value) in &members {
            match (name.as_str(), value) {
                (SYSTEM, Value::Null) => preferences.system_preferred = None,
                (SYSTEM, value) => {
                    preferences.system_preferred = Some(boolean(value, name, CLASS)?);
                }
                (_, Value::Null) => preferences.second_factor = None,
                (_, value) => {
                    let mut all = SecondFactor::ALL.into_iter();
                    let factor = all.find(|factor| value == factor.word());
                    let factor = factor.ok_or_else(|| invalid(name, CLASS))?;
                    if !user.methods.iter().any(|method| factor.is_of(&method.kind)) {
                        // The text is assumed.
                        return Err(GraphError::BadRequest(format!(
                            "The user has no registered authentication method for '{}'.",
                            factor.word()
                        )));
                    }
                    preferences.second_factor = Some(factor);
                }
            }
        }
        user.sign_in_preferences = preferences;
        Ok(())
    })?;
    Ok(no_content())
}
