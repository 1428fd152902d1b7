//! What of the published operations is answered: asked of the simulator, one by one, and written for `COVERAGE.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

use entrasim_domain::tenant::Tenant;

use super::examples;
use super::fixture::{Fixture, NOBODY};
use super::person;
use super::published::{PUBLISHED, Published, WHOLE, first};
use super::unauthorized::{exemption, scopes};
use crate::contract::Version;
use crate::support::json;
use crate::testing::{AFTER_PHASE_2, Bench};

/// What becomes of an operation.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum State {
    Simulated,
    /// 501 by name.
    Unsimulated,
    /// Not found, or another method.
    Absent,
}

/// Operations with a published permission that are not found yet, and why. May only shrink.
const MISSING: &[(&str, &str)] = &[];

/// Asks an administrator's client: what is not there is said before anything else is looked at. Nothing stays changed.
fn state(bench: &Bench, fixture: &Fixture, operation: &Published) -> State {
    let before = bench.tenant.read();
    let path = if operation.method == "GET" {
        fixture.path(&operation.path)
    } else {
        with_nobody(&operation.path)
    };
    let version = operation.versions.first().copied().unwrap_or(Version::V1);
    let url = format!("https://graph.microsoft.com/{}{path}", version.as_str());
    let token = person(
        bench,
        "admin",
        &format!("Directory.AccessAsUser.All {}", scopes(operation)),
    );
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    // Whether the answer is as described is the business of the walk.
    let (reply, _) = bench.sent(&operation.method, &url, &headers, "{}");
    let restored = bench.tenant.write(|tenant| {
        *tenant = Tenant::clone(&before);
        Ok::<(), core::convert::Infallible>(())
    });
    restored.unwrap();
    let declared = operation.declared();
    match reply.status.as_u16() {
        501 => State::Unsimulated,
        // The one thing that nobody does to their own account has the words of a missing method.
        405 if declared.is_some_and(|row| row.simulated)
            && json(&reply)["error"]["code"] == "methodNotAllowed" =>
        {
            State::Simulated
        }
        405 => State::Absent,
        400 if json(&reply)["error"]["message"]
            .as_str()
            .is_some_and(is_of_the_path) =>
        {
            State::Absent
        }
        // Not even an administrator may: the table knows.
        403 if declared.is_some_and(|row| !row.simulated) => State::Unsimulated,
        _ => State::Simulated,
    }
}

fn is_of_the_path(message: &str) -> bool {
    message.starts_with("Resource not found for the segment") || message.contains("key")
}

fn with_nobody(path: &str) -> String {
    let mut filled = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        filled.push_str(NOBODY);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    filled.push_str(rest);
    filled
}

fn states() -> Vec<(&'static Published, State)> {
    let bench = Bench::at(AFTER_PHASE_2);
    let fixture = Fixture::of(&bench);
    PUBLISHED
        .iter()
        .map(|operation| (operation, state(&bench, &fixture, operation)))
        .collect()
}

/// One line of the page: a path with what it is read as, and its methods by what becomes of them.
#[derive(Default)]
struct Line {
    methods: BTreeMap<State, BTreeSet<String>>,
    forms: BTreeSet<String>,
}

/// The section of `COVERAGE.md`, and what is missing although it has a published permission.
pub(crate) fn section() -> &'static (String, Vec<String>) {
    static SECTION: LazyLock<(String, Vec<String>)> = LazyLock::new(asked);
    &SECTION
}

fn asked() -> (String, Vec<String>) {
    let states = states();
    let by_name: BTreeMap<(String, String), State> = states
        .iter()
        .map(|(operation, state)| ((operation.method.clone(), operation.path.clone()), *state))
        .collect();
    let mut lines: BTreeMap<String, Line> = BTreeMap::new();
    let mut counts: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    let mut missing = Vec::new();
    for (operation, state) in &states {
        let name = format!("{} {}", operation.method, operation.path);
        let is_known = MISSING
            .iter()
            .any(|(path, _)| operation.path.starts_with(path));
        let is_missing = *state == State::Absent && operation.has_permissions;
        if is_missing && !is_known {
            missing.push(name);
        } else if is_known && !is_missing {
            missing.push(format!("{name} is there: take it off the list"));
        }
        let count = counts.entry(area(operation)).or_default();
        count[match state {
            State::Simulated => 0,
            State::Unsimulated => 1,
            State::Absent => 2,
        }] += 1;
        let same =
            |path: &str| by_name.get(&(operation.method.clone(), path.to_owned())) == Some(state);
        let of_user = format!(
            "/users/{{user-id}}{}",
            operation.path.get(3..).unwrap_or_default()
        );
        if first(&operation.path) == "me" && same(&of_user) {
            lines
                .entry(of_user)
                .or_default()
                .forms
                .insert("`/me`".to_owned());
            continue;
        }
        // A form of a form stands with what both are forms of.
        let mut root = operation.path.as_str();
        while let Some((base, last)) = root.rsplit_once('/') {
            let is_form = last == "$count" || last == "$ref" || last.starts_with("graph.");
            if operation.method != "GET" || !is_form || !same(base) {
                break;
            }
            root = base;
        }
        if root.len() < operation.path.len() {
            let form = operation.path.get(root.len() + 1..).unwrap_or_default();
            lines
                .entry(root.to_owned())
                .or_default()
                .forms
                .insert(format!("`{form}`"));
            continue;
        }
        let version = match operation.versions.as_slice() {
            [only] => format!(" ({})", only.as_str()),
            _ => String::new(),
        };
        let line = lines.entry(operation.path.clone()).or_default();
        line.methods
            .entry(*state)
            .or_default()
            .insert(format!("{}{version}", operation.method));
    }
    (written(&lines, &counts), missing)
}

/// Methods, which are the next step, stand apart from the accounts that have them.
fn area(operation: &Published) -> String {
    let first = first(&operation.path);
    if operation.path.contains("/authentication/") || operation.path.ends_with("/authentication") {
        return format!("{first}/…/authentication");
    }
    first.to_owned()
}

fn written(lines: &BTreeMap<String, Line>, counts: &BTreeMap<String, [usize; 3]>) -> String {
    let mut text = "\n## Graph\n\nEach operation of Microsoft's published description (v1.0 and beta), as an administrator's client finds it. *Not there*: 400 or 405, as for what the real service has not; an operation without a published permission usually is one of those. 501 is said by name.\n\n| first segment | simulated | 501 | not there |\n| --- | ---: | ---: | ---: |\n".to_owned();
    let mut total = [0; 3];
    for (area, count) in counts {
        writeln!(
            text,
            "| {area} | {} | {} | {} |",
            count[0], count[1], count[2]
        )
        .unwrap();
        for (sum, count) in total.iter_mut().zip(count) {
            *sum += count;
        }
    }
    writeln!(
        text,
        "| **all** | {} | {} | {} |",
        total[0], total[1], total[2]
    )
    .unwrap();
    text.push_str("\nSizes, references and casts stand in the line of what they are forms of, where the same becomes of them, and so do the operations of `/me`.\n\n| path | also | simulated | 501 | not there |\n| --- | --- | --- | --- | --- |\n");
    for (path, line) in lines {
        let list = |set: Option<&BTreeSet<String>>| {
            set.map(|set| set.iter().cloned().collect::<Vec<_>>().join(", "))
                .unwrap_or_default()
        };
        let of = |state: State| list(line.methods.get(&state));
        let row = [
            list(Some(&line.forms)),
            of(State::Simulated),
            of(State::Unsimulated),
            of(State::Absent),
        ];
        writeln!(text, "| `{path}` | {} |", row.join(" | ")).unwrap();
    }
    if !MISSING.is_empty() {
        text.push_str(
            "\n### Missing\n\nOperations with a published permission that are not found.\n\n",
        );
    }
    for (path, why) in MISSING {
        writeln!(text, "- `{path}…`: {why}").unwrap();
    }
    exemptions(&mut text);
    examples::written(&mut text);
    text
}

/// What the walk over all operations lets through.
fn exemptions(text: &mut String) {
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for operation in PUBLISHED.iter() {
        if let Some(why) = exemption(operation) {
            *counted.entry(why).or_default() += 1;
        }
    }
    text.push_str("\n### Asked without being allowed\n\n`nobody_gets_data_who_may_not_have_it` asks each operation without a token, with one for another API, an expired one, without the permission, and with the permission but no role. A guest with the permission may have an answer where:\n\n");
    for (why, count) in counted {
        writeln!(text, "- {why}: {count} operations").unwrap();
    }
}

#[test]
fn no_operation_with_a_published_permission_is_missing() {
    let (_, missing) = section();
    let whole: Vec<&String> = missing
        .iter()
        .filter(|name| {
            name.split_once(' ')
                .is_some_and(|(_, path)| WHOLE.contains(&first(path)) || path == "/$batch")
        })
        .collect();
    assert!(whole.is_empty(), "{whole:#?}");
    assert!(missing.is_empty(), "{missing:#?}");
}
