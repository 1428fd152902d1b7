//! Resource providers: every namespace counts as registered.

use entrasim_domain::enforcement::Operation;
use entrasim_domain::enforcement::facts::Target;
use serde_json::{Value, json};

use super::{Answer, Arm, list_of, ok};

const NAMESPACES: [&str; 10] = [
    "Microsoft.Authorization",
    "Microsoft.Compute",
    "Microsoft.Insights",
    "Microsoft.KeyVault",
    "Microsoft.ManagedIdentity",
    "Microsoft.Network",
    "Microsoft.PortalServices",
    "Microsoft.Resources",
    "Microsoft.Storage",
    "Microsoft.Web",
];

fn view(arm: &Arm<'_>, namespace: &str) -> Value {
    let scope = if arm
        .words
        .first()
        .is_some_and(|word| word == "subscriptions")
    {
        arm.scope(2)
    } else {
        String::new()
    };
    json!({
        "id": format!("{scope}/providers/{namespace}"), "namespace": namespace, "registrationPolicy": "RegistrationRequired",
        "registrationState": "Registered", "resourceTypes": [],
    })
}

/// As the list spells it, or as the caller does.
fn spelled(arm: &Arm<'_>, namespace: &str) -> String {
    let known = NAMESPACES
        .iter()
        .find(|known| known.eq_ignore_ascii_case(namespace));
    known.map_or_else(
        || arm.segments.get(3).cloned().unwrap_or_default(),
        |known| (*known).to_owned(),
    )
}

pub(super) fn list(arm: &Arm<'_>) -> Answer {
    if arm.words.len() == 3 {
        arm.subscription()?;
    }
    list_of(
        NAMESPACES
            .iter()
            .map(|namespace| view(arm, namespace))
            .collect(),
    )
}

pub(super) fn get(arm: &Arm<'_>, namespace: &str) -> Answer {
    arm.subscription()?;
    ok(&view(arm, &spelled(arm, namespace)))
}

/// Registering is an action on the subscription.
pub(super) fn register(arm: &Arm<'_>, namespace: &str) -> Answer {
    arm.subscription()?;
    let name = spelled(arm, namespace);
    let verb = arm.words.last().map_or("register", String::as_str);
    let target = Target {
        resource_id: arm.scope(2),
        location: None,
    };
    arm.may_change(&format!("{name}/{verb}/action"), Operation::Action(target))?;
    ok(&view(arm, &name))
}
