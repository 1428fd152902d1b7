//! From text to a scenario: YAML first, then what a type cannot say.

use serde::de::DeserializeOwned;
use serde_saphyr::{Location, Spanned};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Source;
use super::error::{ParseError, Place};
use super::include::Placed;
use super::model::{Scenario, Step};
use super::read::read;

/// The page of `mysignins.microsoft.com`; its tokens are for itself.
pub(crate) const SECURITY_INFO: &str = "19db86c3-b2b9-44cc-b339-36da233a3be2";
/// The clients that scenarios can act through, with their ids.
pub const CLIENTS: [(&str, &str); 9] = [
    ("azure-cli", "04b07795-8ddb-461a-bbee-02f9e1bf7b46"),
    ("azure-powershell", "1950a258-227b-4e31-a9cf-717495945fc2"),
    ("azure-mobile-app", "0c1307d4-29d6-4389-a11c-5cbe7f65d7fa"),
    ("azure-portal", "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"),
    ("entra-admin-center", "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"),
    (
        "intune-admin-center",
        "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
    ),
    ("vs-code", "aebc6443-996d-45c2-90f0-388ff96faa56"),
    ("graph-powershell", "14d82eec-204b-4c2f-b7e8-296a70dab67e"),
    ("security-info", SECURITY_INFO),
];
/// What `{name}` can stand for in paths and bodies.
pub const VARIABLES: [&str; 3] = ["sub", "tenant", "domain"];

/// Reads a scenario, the first combination where it has a matrix. `file` is its name in messages.
pub fn parse(file: &str, text: &str) -> Result<Scenario, ParseError> {
    let source = Source {
        file: file.to_owned(),
        text: text.to_owned(),
    };
    let mut all = read(&source)?;
    if all.is_empty() {
        return Err(ParseError::at(
            file,
            text,
            Place::default(),
            "there is no combination",
        ));
    }
    let first = all.swap_remove(0);
    Ok(Scenario {
        steps: first.steps.into_iter().map(|placed| placed.step).collect(),
        ..first.scenario
    })
}

/// From text to a type of the model, with a message that shows the place and the nearest name.
pub(super) fn deserialise<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, ParseError> {
    serde_saphyr::from_str(text).map_err(|error| {
        let place = error.location().map_or(Place::default(), Place::from);
        ParseError::at(
            file,
            text,
            place,
            with_suggestion(&first_line(&error.to_string())),
        )
    })
}

/// What a type cannot say of the steps, each with what those before it keep. `variables` are the file's own: they have been
/// filled in, and are the nearest to a name that is misspelt.
pub(super) fn check_all(steps: &[Placed], variables: &[&str]) -> Result<(), ParseError> {
    let mut saved: Vec<&str> = variables.to_vec();
    for Placed { step, origin } in steps {
        if let Err((location, message)) = check(step, &saved) {
            let place = location.into();
            return Err(ParseError::at(&origin.file, &origin.text, place, message));
        }
        saved.extend(step.value.save.keys().map(String::as_str));
    }
    Ok(())
}

/// The reader's message without the excerpt it adds: we show our own.
fn first_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let line = line.strip_prefix("error: ").unwrap_or(line);
    // The place stands in front of the message already.
    match line.find(": ") {
        Some(end) if line.starts_with("line ") => line.get(end + 2..).unwrap_or(line).to_owned(),
        _ => line.to_owned(),
    }
}

/// "unknown field `exepct`, expected one of expect, …" gets the nearest name.
fn with_suggestion(message: &str) -> String {
    let given = message.split('`').nth(1);
    let known = message
        .split_once("expected one of ")
        .or_else(|| message.split_once("expected "))
        .map(|(_, known)| known);
    let (Some(given), Some(known), true) = (given, known, message.starts_with("unknown")) else {
        return message.to_owned();
    };
    let names = known
        .split([',', ' '])
        .map(|name| name.trim_matches('`'))
        .filter(|name| !name.is_empty());
    match names
        .map(|name| (strsim::damerau_levenshtein(given, name), name))
        .min()
    {
        Some((distance, name)) if distance <= 3 => format!("{message}; did you mean `{name}`?"),
        _ => message.to_owned(),
    }
}

/// `saved` is what the steps before kept.
fn check(step: &Spanned<Step>, saved: &[&str]) -> Result<(), (Location, String)> {
    let here = step.referenced;
    let step = &step.value;
    let actions = [
        step.sign_in.is_some(),
        step.arm.is_some(),
        step.graph.is_some(),
        step.policy.is_some(),
        step.tenant.is_some(),
        step.passkey.is_some(),
        step.security_info.is_some(),
        step.trust_list.is_some(),
        step.circumstances.is_some(),
        step.attempt.is_some(),
        step.run.is_some(),
    ];
    if actions.into_iter().filter(|set| *set).count() > 1 {
        return Err((
            here,
            "a step has one action at most; make two steps of it".to_owned(),
        ));
    }
    if let Some(at) = step.at.as_ref().filter(|at| instant(&at.value).is_none()) {
        return Err((
            at.referenced,
            format!(
                "`{}` is no instant; write 2025-10-01T22:00:00Z or 2025-10-01",
                at.value
            ),
        ));
    }
    if let Some(client) = step
        .client
        .as_ref()
        .filter(|client| client_id(&client.value).is_none())
    {
        return Err((
            client.referenced,
            unknown_name(
                "client",
                &client.value,
                CLIENTS.iter().map(|(name, _)| *name),
            ),
        ));
    }
    if let Some(sign_in) = &step.sign_in {
        let wish = &sign_in.value;
        let proofs = wish.proofs();
        if proofs.into_iter().filter(|(set, _)| *set).count() != 1 {
            let known = "password, client_secret, certificate, federated, managed_identity, refresh: true, passkey, browser: true";
            return Err((
                sign_in.referenced,
                format!("a sign_in has exactly one proof of: {known}"),
            ));
        }
    }
    if let Some(sign_in) = &step.sign_in
        && let Some(mfa) = &sign_in.value.mfa
    {
        const KNOWN: [&str; 14] = [
            "push",
            "app-code",
            "hardware-code",
            "none",
            "register-app",
            "register-codes",
            "register-phone",
            "text",
            "call",
            "passwordless",
            "access-pass",
            "deny",
            "report",
            "timeout",
        ];
        if sign_in.value.password.is_none() && sign_in.value.browser != Some(true) {
            return Err((
                sign_in.referenced,
                "mfa goes with password or browser: it is a person who signs in on the pages"
                    .to_owned(),
            ));
        }
        if !KNOWN.contains(&mfa.as_str()) {
            return Err((
                sign_in.referenced,
                unknown_name("mfa", mfa, KNOWN.into_iter()),
            ));
        }
    }
    for call in [&step.arm, &step.graph].into_iter().flatten() {
        let verbs = call.value.verbs();
        let [(_, path)] = verbs.as_slice() else {
            return Err((
                call.referenced,
                "a call has exactly one verb of: get, head, put, patch, post, delete".to_owned(),
            ));
        };
        if !path.starts_with('/') {
            return Err((
                call.referenced,
                format!("the path `{path}` has to start with a slash"),
            ));
        }
        // A JSON body is full of braces; only the path is searched for strangers.
        if let Some(stranger) =
            variables(path).find(|name| !VARIABLES.contains(name) && !saved.contains(name))
        {
            let known = VARIABLES.into_iter().chain(saved.iter().copied());
            return Err((call.referenced, unknown_name("variable", stranger, known)));
        }
    }
    if let Some(run) = step.run.as_ref().filter(|run| run.value.is_empty()) {
        return Err((run.referenced, "there is no command".to_owned()));
    }
    check_patterns(step)?;
    check_status(step)
}

/// Patterns have to be regular expressions, and only a command has output.
fn check_patterns(step: &Step) -> Result<(), (Location, String)> {
    let Some(expect) = &step.expect else {
        return Ok(());
    };
    let patterns = [&expect.stdout, &expect.stderr].into_iter().flatten();
    for pattern in patterns.chain(expect.files.values()) {
        if step.run.is_none() {
            let message =
                "stdout, stderr and files are what a command leaves; this step has no `run`";
            return Err((pattern.referenced, message.to_owned()));
        }
        if let Err(error) = regex::Regex::new(&pattern.value) {
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default().trim().to_owned();
            return Err((
                pattern.referenced,
                format!("`{}` is no pattern: {reason}", pattern.value),
            ));
        }
    }
    match expect.exit.as_ref().filter(|_| step.run.is_none()) {
        Some(exit) => Err((
            exit.referenced,
            "exit is a command's; this step has no `run`".to_owned(),
        )),
        None => Ok(()),
    }
}

fn check_status(step: &Step) -> Result<(), (Location, String)> {
    let Some(status) = step
        .expect
        .as_ref()
        .and_then(|expect| expect.status.as_ref())
    else {
        return Ok(());
    };
    let text = status
        .value
        .as_str()
        .map_or_else(|| status.value.to_string(), str::to_owned);
    let known = text.len() == 3
        && text.starts_with(|c: char| ('1'..='5').contains(&c))
        && text.chars().skip(1).all(|c| c.is_ascii_digit() || c == 'x');
    if known {
        Ok(())
    } else {
        Err((
            status.referenced,
            format!("`{text}` is no status; write 401 or 2xx"),
        ))
    }
}

fn unknown_name<'a>(what: &str, given: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    let nearest = known
        .iter()
        .min_by_key(|name| strsim::damerau_levenshtein(given, name));
    let suggestion = nearest.map_or(String::new(), |name| format!("; did you mean `{name}`?"));
    format!(
        "unknown {what} `{given}`; known: {}{suggestion}",
        known.join(", ")
    )
}

fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// A client's id by its short name.
pub fn client_id(name: &str) -> Option<&'static str> {
    CLIENTS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, id)| *id)
}

/// Where a portal among the clients is: who signs in to one comes from there and is greeted there.
pub fn portal_host(client: &str) -> Option<&'static str> {
    match client {
        "azure-portal" => Some("portal.azure.com"),
        "entra-admin-center" => Some("entra.microsoft.com"),
        "intune-admin-center" => Some("intune.microsoft.com"),
        _ => None,
    }
}

/// Seconds since 1970 of an instant or a date.
pub fn instant(text: &str) -> Option<i64> {
    let whole = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    OffsetDateTime::parse(&whole, &Rfc3339)
        .ok()
        .map(OffsetDateTime::unix_timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "scenario: A\nabout: B\nsteps:\n";

    fn message(steps: &str) -> String {
        parse("a.yaml", &format!("{HEAD}{steps}"))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_misspelt_variable_of_the_file_is_told_with_the_nearest_one() {
        let text = "scenario: '{who}'\nabout: B\nvars: { who: bob }\nsteps:\n  - graph: { get: '/users/{hwo}' }\n";
        let error = parse("a.yaml", text).unwrap_err().to_string();
        assert!(
            error.contains("a.yaml:5:12: unknown variable `hwo`"),
            "{error}"
        );
        assert!(error.contains("did you mean `who`?"), "{error}");
    }

    #[test]
    fn unknown_keys_are_refused_with_a_suggestion_and_a_place() {
        insta::assert_snapshot!(message(
            "  - arm: { get: /subscriptions }\n    exepct: { status: 200 }\n"
        ));
    }

    #[test]
    fn unknown_clients_variables_and_instants_are_refused() {
        insta::assert_snapshot!(
            [
                message("  - client: azure-cly\n"),
                message("  - arm: { get: '/subscriptions/{subscription}' }\n"),
                message("  - at: yesterday\n"),
                message("  - sign_in: { }\n"),
                message("  - arm: { get: /a, put: /b }\n"),
                message("  - arm: { get: /a }\n    expect: { status: ok }\n"),
                message("  - arm: { get: /a }\n    graph: { get: /me }\n"),
            ]
            .join("\n")
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_parser(text in "(?s).{0,200}") {
            let _ = parse("a.yaml", &text);
            let _ = parse("a.yaml", &format!("{HEAD}{text}"));
        }
    }
}
