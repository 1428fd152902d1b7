//! `/users/{id}/authentication/methods/{id}/resetPassword` and what becomes of it under `…/operations/{id}` (Microsoft Learn,
//! "authenticationMethod: resetPassword", "Get longRunningOperation").

use core::time::Duration;

use entrasim_domain::credential::method::PASSWORD;
use entrasim_domain::directory::kept::Keeps;
use entrasim_domain::directory::user::Password;
use entrasim_domain::random::Random;
use entrasim_domain::tenant::authentication::PasswordReset;
use http::StatusCode;
use serde_json::{Value, json};

use super::{another, change, parameters, url};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::read::authentication_methods::{self, plain};
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::authentication_method::PASSWORDS;
use crate::surface::graph::{Answer, Graph};
use entrasim_domain::credential::password::is_complex;

/// Which of the service's parts began a reset; clients send it back (the documented sample's values).
const PART: &str = "aadgdc=DUB02P&aadgsu=ssprprod-a";

/// `POST …/methods/{id}/resetPassword`: the person has to change it at the next sign-in.
pub(in crate::surface::graph) fn begin(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = another(graph, resource)?;
    let key = resource.key(1);
    if PASSWORDS.find(user, key).is_none() {
        return Err(GraphError::Missing(key.to_owned()));
    }
    let members = parameters(graph, &["newPassword"])?;
    let given = match members.get("newPassword") {
        None | Some(Value::Null) => None,
        Some(value) => Some(value.as_str().ok_or(GraphError::WeakPassword)?),
    };
    // Passwords that are written back to a directory on premises are not made up here.
    if given.is_none() && user.kept().get("onPremisesSyncEnabled") == Some(&Value::Bool(true)) {
        return Err(GraphError::Required {
            member: "newPassword",
            class: PASSWORDS.name,
        });
    }
    if given.is_some_and(|given| !is_complex(given)) {
        return Err(GraphError::WeakPassword);
    }
    let chosen = given.map_or_else(|| graph.call.draw(generated), str::to_owned);
    let now = graph.call.now();
    let reset = PasswordReset {
        id: graph.call.draw(Random::guid),
        user: user.id,
        started: now,
    };
    change(graph, user.id, |tenant, user| {
        let password = Password {
            value: chosen.as_str().into(),
            set: now,
            must_change: true,
        };
        user.set_password(password, now);
        tenant.authentication.begin_password_reset(reset);
        Ok(())
    })?;
    let path = format!(
        "users/{}/authentication/operations/{}?{PART}",
        user.id, reset.id
    );
    let reply = if given.is_some() {
        let body = json!({}).to_string();
        crate::wire::Reply::with_body(StatusCode::ACCEPTED, "application/json", body)
    } else {
        let value = json!({"newPassword": chosen});
        let fragment = "microsoft.graph.passwordResetResponse";
        plain(graph.document(StatusCode::ACCEPTED, fragment, value))
    };
    Ok(reply.header("location", &url(graph, &path)))
}

/// `GET …/operations/{id}`: `running` as long as the knob says, and then `succeeded`; what fails is refused at once.
pub(in crate::surface::graph) fn operation(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
) -> Answer {
    let user = authentication_methods::subject(graph, resource)?;
    let (tenant, now) = (graph.tenant()?, graph.call.now());
    let key = resource.key(1);
    let reset = key
        .parse()
        .ok()
        .and_then(|id| tenant.authentication.password_reset(id, user.id, now));
    let reset = reset.ok_or_else(|| GraphError::Missing(key.to_owned()))?;
    let takes: Duration = tenant.knobs.password_reset_takes;
    let done = reset.started + takes;
    let (status, last, location) = if now < done {
        ("running", reset.started, None)
    } else {
        let path = format!("users/{}/authentication/methods/{PASSWORD}", user.id);
        ("succeeded", done, Some(url(graph, &path)))
    };
    let value = json!({
        "id": reset.id.to_string(), "createdDateTime": reset.started.to_string(),
        "lastActionDateTime": last.to_string(), "resourceLocation": location, "status": status,
        "statusDetail": null,
    });
    let fragment = format!("users('{}')/authentication/operations/$entity", user.id);
    Ok(plain(graph.document(StatusCode::OK, &fragment, value)))
}

/// Letters to pronounce and four digits, as the documented sample.
fn generated(random: &mut Random) -> String {
    [
        random.text("BCDFGHJKLMNPQRSTVWXYZ", 1),
        random.text("aeiou", 1),
        random.text("bcdfghjkmnpqrstvwxyz", 1),
        random.text("aeiou", 1),
        random.text("0123456789", 4),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_passwords_are_complex_enough() {
        for seed in 0..50 {
            let password = generated(&mut Random::new(seed, 1));
            assert!(is_complex(&password), "{password}");
        }
    }
}
