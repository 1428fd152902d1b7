//! The settings of `Fido2`: the rules for everybody, and passkey profiles (Microsoft Graph, `passkeyProfile`,
//! `passkeyAuthenticationMethodTarget`).

use entrasim_domain::id::ObjectId;
use entrasim_domain::policy::passkey::{
    DEFAULT_PROFILE, KeyRestrictions, MOST_PROFILES, PasskeyPolicy, PasskeyProfile, PasskeyRules,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// The value of a setting.
pub(in crate::surface::graph) fn read(policy: &PasskeyPolicy, name: &str) -> Option<Value> {
    Some(match name {
        "isSelfServiceRegistrationAllowed" => json!(policy.self_service),
        "isAttestationEnforced" => json!(policy.tenant_wide.attestation_enforced),
        "keyRestrictions" => restrictions(&policy.tenant_wide.models),
        "defaultPasskeyProfile" => json!(policy.default_profile),
        "passkeyProfiles" => policy.profiles.iter().map(profile).collect(),
        _ => return None,
    })
}

/// Sets one, to a value of its shape; whether that can be.
pub(in crate::surface::graph) fn write(
    policy: &mut PasskeyPolicy,
    name: &str,
    value: &Value,
) -> bool {
    match name {
        "isSelfServiceRegistrationAllowed" => policy.self_service = value == true,
        "isAttestationEnforced" => policy.tenant_wide.attestation_enforced = value == true,
        "keyRestrictions" => policy.tenant_wide.models = written_restrictions(value),
        "defaultPasskeyProfile" => policy.default_profile = id(value),
        "passkeyProfiles" => {
            let profiles = value.as_array().into_iter().flatten();
            let Some(profiles) = profiles.map(written_profile).collect() else {
                return false;
            };
            policy.profiles = profiles;
        }
        _ => return false,
    }
    true
}

/// `allowedPasskeyProfiles` of the include targets.
pub(in crate::surface::graph) fn assigned(list: &Value) -> Vec<(Option<ObjectId>, Vec<Uuid>)> {
    let targets = list.as_array().into_iter().flatten();
    let assigned = targets.map(|target| {
        let profiles = target["allowedPasskeyProfiles"].as_array();
        let profiles = profiles.into_iter().flatten().filter_map(id);
        // Everybody has no id.
        let target = target["id"].as_str().and_then(|id| id.parse().ok());
        (target, profiles.collect())
    });
    assigned.collect()
}

/// Whether all of it goes together once it is written, and the default profile is named. Who goes over to profiles goes over
/// for good (MicrosoftDocs/entra-docs how-to-authentication-passkey-profiles.md). The texts are assumed.
///
/// # Errors
/// What does not.
pub(in crate::surface::graph) fn settle(
    policy: &mut PasskeyPolicy,
    had_profiles: bool,
) -> Result<(), &'static str> {
    if policy.profiles.is_empty() && !had_profiles {
        let named = policy.assigned.iter().any(|(_, named)| !named.is_empty());
        return if policy.default_profile.is_none() && !named {
            Ok(())
        } else {
            Err("The passkey profile does not exist.")
        };
    }
    let known = |id: &Uuid| policy.profiles.iter().any(|profile| profile.id == *id);
    if !known(&DEFAULT_PROFILE) {
        return Err(
            "The default passkey profile '00000000-0000-0000-0000-000000000001' cannot be deleted.",
        );
    }
    if policy
        .default_profile
        .is_some_and(|id| id != DEFAULT_PROFILE)
        || (policy.default_profile.is_none() && had_profiles)
    {
        return Err("The default passkey profile cannot be changed.");
    }
    if policy.profiles.len() > MOST_PROFILES {
        return Err("There can be at most three passkey profiles.");
    }
    let twice = |profile: &PasskeyProfile| {
        let same = policy.profiles.iter().filter(|other| {
            other.id == profile.id || other.name.eq_ignore_ascii_case(&profile.name)
        });
        same.count() > 1
    };
    if policy.profiles.iter().any(twice) {
        return Err("Two passkey profiles have the same id or the same name.");
    }
    let mut named = policy.assigned.iter().flat_map(|(_, named)| named);
    if !named.all(known) {
        return Err(
            "An include target names a passkey profile that does not exist. Take a profile out of all targets before you delete it.",
        );
    }
    policy.default_profile = Some(DEFAULT_PROFILE);
    Ok(())
}

fn id(value: &Value) -> Option<Uuid> {
    value.as_str().and_then(|id| id.parse().ok())
}

fn restrictions(models: &KeyRestrictions) -> Value {
    let ids = models.models.iter().map(ToString::to_string);
    json!({
        "isEnforced": models.enforced,
        "enforcementType": if models.allow { "allow" } else { "block" },
        "aaGuids": ids.collect::<Vec<String>>(),
    })
}

fn written_restrictions(value: &Value) -> KeyRestrictions {
    let ids = value["aaGuids"].as_array().into_iter().flatten();
    KeyRestrictions {
        enforced: value["isEnforced"] == true,
        allow: value["enforcementType"] == "allow",
        models: ids.filter_map(id).collect(),
    }
}

fn profile(profile: &PasskeyProfile) -> Value {
    let rules = &profile.rules;
    let types = [
        (rules.device_bound, "deviceBound"),
        (rules.synced, "synced"),
    ];
    let types = types.iter().filter(|(is_meant, _)| *is_meant);
    let types: Vec<&str> = types.map(|(_, name)| *name).collect();
    json!({
        "id": profile.id, "name": profile.name, "passkeyTypes": types.join(","),
        "attestationEnforcement": if rules.attestation_enforced { "registrationOnly" } else { "disabled" },
        "keyRestrictions": restrictions(&rules.models),
    })
}

/// All members are required.
fn written_profile(value: &Value) -> Option<PasskeyProfile> {
    let text = |name: &str| value[name].as_str().filter(|text| !text.trim().is_empty());
    let (mut device_bound, mut synced) = (false, false);
    for word in text("passkeyTypes")?.split(',') {
        match word.trim() {
            word if word.eq_ignore_ascii_case("deviceBound") => device_bound = true,
            word if word.eq_ignore_ascii_case("synced") => synced = true,
            _ => return None,
        }
    }
    Some(PasskeyProfile {
        id: id(&value["id"])?,
        name: text("name")?.to_owned(),
        rules: PasskeyRules {
            attestation_enforced: text("attestationEnforcement")? == "registrationOnly",
            device_bound,
            synced,
            models: value["keyRestrictions"]["isEnforced"]
                .is_boolean()
                .then(|| written_restrictions(&value["keyRestrictions"]))?,
        },
    })
}
