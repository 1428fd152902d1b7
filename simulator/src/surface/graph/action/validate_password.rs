//! `POST /users/validatePassword` (beta)

use entrasim_domain::credential::password::is_complex;
use serde_json::json;

use crate::surface::graph::resource::Resource;
use crate::surface::graph::write::{body, invalid, required};
use crate::surface::graph::{Answer, Graph};

const CLASS: &str = "User";

/// The rule and its text are those of the documented example; the text of a good password is assumed.
pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let members = body(graph)?;
    let password = required(&members, "password", CLASS)?;
    let password = password
        .as_str()
        .ok_or_else(|| invalid("password", CLASS))?;
    let passes = is_complex(password);
    let message = if passes {
        "Password meets complexity requirements."
    } else {
        "Password does not meet complexity requirements."
    };
    let value = json!({
        "isValid": passes,
        "validationResults": [{
            "ruleName": "password_not_meet_complexity",
            "validationPassed": passes,
            "message": message,
        }],
    });
    Ok(graph.action_result("microsoft.graph.passwordValidationInformation", value))
}
