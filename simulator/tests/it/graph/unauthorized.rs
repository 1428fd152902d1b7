//! Every operation, in every form, asked by those who may not: nobody gets data. What somebody may have after all is let
//! through by rule, and counted on the coverage page.

use std::sync::LazyLock;

use entrasim::surface::graph::declared;
use serde_json::json;

use super::fixture::{Fixture, NOBODY};
use super::published::{PUBLISHED, Published};
use super::{person, token};
use crate::contract::Version;
use crate::testing::{BEFORE_PHASE_2, Bench};

/// What guests may do (Microsoft Learn, "What are the default user permissions?").
const GUEST_USER: &str = "10dae51f-b6af-4016-8d66-8c2a99b929b3";

/// Why somebody with a permission and without a role may read it, if they may.
pub(crate) fn exemption(operation: &Published) -> Option<&'static str> {
    let row = operation.declared()?;
    if operation.path == "/me" || operation.path.starts_with("/me/") {
        return Some("the caller's own account");
    }
    if row.needs == "self" && !row.template.contains('{') {
        return Some("about nothing but what the caller sends");
    }
    if row.needs.is_empty() {
        return Some("no directory action is needed beside the permission");
    }
    let has = |action: &str| GUEST_ACTIONS.iter().any(|known| known == action);
    let limited = row.needs.replace("/read", "/limitedRead");
    let basic = |needs: &str, action: &str| row.needs == needs && has(action);
    if has(row.needs) {
        return Some("guests may do it");
    }
    let reads = row.needs.ends_with("/read")
        && (has(&limited)
            || basic("users/standard/read", "users/guestBasicProfile/limitedRead")
            || basic(
                "organization/standard/read",
                "organization/basicProfile/read",
            ));
    if reads {
        return Some("guests may read a part of it");
    }
    // The class is that of the object, or of those in the body.
    row.needs
        .starts_with("{class}")
        .then_some("it depends on the object, and is about a person here")
}

static GUEST_ACTIONS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/domain/data/directory_role_actions.toml"
    );
    let text = std::fs::read_to_string(file).unwrap();
    let table: toml::Table = toml::from_str(&text).unwrap();
    let actions = table[GUEST_USER].as_array().unwrap().iter();
    actions
        .map(|action| action.as_str().unwrap().to_owned())
        .collect()
});

/// Every published operation, and the rows that are documented elsewhere.
fn operations() -> Vec<Published> {
    let mut all = PUBLISHED.clone();
    for row in declared::operations().filter(|row| row.source.is_some()) {
        all.push(Published {
            method: row.method.to_owned(),
            path: row.template.to_owned(),
            versions: vec![if row.only == Some("beta") {
                Version::Beta
            } else {
                Version::V1
            }],
            ..Published::default()
        });
    }
    all.retain(|operation| !operation.path.ends_with("$metadata"));
    all
}

/// One caller: what their token is, and the statuses that they may get.
struct Caller {
    name: &'static str,
    token: fn(&Bench, &Published) -> String,
    per_operation: bool,
    is_bad: bool,
    status: fn(&Published) -> &'static [u16],
}

const CALLERS: &[Caller] = &[
    Caller {
        name: "without a token",
        per_operation: false,
        is_bad: true,
        token: |_, _| String::new(),
        status: |_| &[401],
    },
    Caller {
        name: "with a token for Resource Manager",
        per_operation: false,
        is_bad: true,
        token: |bench, _| administrator(bench, &json!({"aud": "https://management.azure.com/"})),
        status: |_| &[401],
    },
    Caller {
        name: "with an expired token",
        per_operation: false,
        is_bad: true,
        token: |bench, _| administrator(bench, &json!({"nbf": 1_000_000, "exp": 1_003_600})),
        status: |_| &[401],
    },
    Caller {
        name: "an administrator whose client has no permission",
        per_operation: false,
        is_bad: false,
        token: |bench, _| person(bench, "admin", "openid profile"),
        status: |operation| {
            if operation.declared().is_some() {
                &[403]
            } else {
                REFUSED
            }
        },
    },
    Caller {
        name: "an app without a permission",
        per_operation: false,
        is_bad: false,
        token: |bench, _| robot(bench),
        status: |operation| match operation.declared() {
            // /me is nobody.
            Some(_) if operation.path.starts_with("/me") => &[400],
            Some(_) => &[403],
            None => REFUSED,
        },
    },
    Caller {
        name: "a guest whose client has the permission",
        per_operation: true,
        is_bad: false,
        token: |bench, operation| person(bench, "guest", &scopes(operation)),
        status: |operation| match operation.declared() {
            Some(_) if exemption(operation).is_some() => &[],
            Some(_) => &[403],
            None => REFUSED,
        },
    },
];

/// What the real service has not, or the simulator has not: a mistake of the caller, or 501.
const REFUSED: &[u16] = &[400, 403, 404, 405, 501];

fn administrator(bench: &Bench, claims: &serde_json::Value) -> String {
    let mut all = json!({"appid": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "idtyp": "user", "scp": "Directory.AccessAsUser.All"});
    let id = bench
        .tenant
        .read()
        .users
        .by_local_part("admin", 0)
        .unwrap()
        .id
        .to_string();
    all["oid"] = json!(id);
    for (name, value) in claims.as_object().unwrap() {
        all[name] = value.clone();
    }
    token(bench, &all)
}

fn robot(bench: &Bench) -> String {
    let fixture = Fixture::of(bench);
    token(
        bench,
        &json!({"oid": fixture.service_principal, "appid": fixture.app, "idtyp": "app"}),
    )
}

/// Every scope that is enough, and what is needed beside them.
pub(crate) fn scopes(operation: &Published) -> String {
    let declared = operation.declared();
    let of_row = declared
        .and_then(|row| row.delegated)
        .map(<[String]>::to_vec);
    let mut scopes = of_row
        .or_else(|| operation.delegated.clone())
        .unwrap_or_default();
    scopes.extend(
        declared
            .into_iter()
            .flat_map(|row| row.and.values().flatten().cloned()),
    );
    scopes.join(" ")
}

#[test]
fn nobody_gets_data_who_may_not_have_it() {
    let bench = Bench::at(BEFORE_PHASE_2);
    let fixture = Fixture::of(&bench);
    let mut wrong = Vec::new();
    let mut asked = 0;
    let same = Published::default();
    let tokens: Vec<String> = CALLERS
        .iter()
        .map(|caller| (caller.token)(&bench, &same))
        .collect();
    for operation in operations() {
        let path = fixture.path(&operation.path);
        for (at, version) in operation.versions.iter().enumerate() {
            let url = format!("https://graph.microsoft.com/{}{path}", version.as_str());
            // Bad tokens are refused before the version is looked at.
            let callers = CALLERS
                .iter()
                .zip(&tokens)
                .filter(|(caller, _)| at == 0 || !caller.is_bad);
            for (caller, token) in callers {
                let own = caller
                    .per_operation
                    .then(|| (caller.token)(&bench, &operation));
                let token = own.as_ref().unwrap_or(token);
                let bearer = format!("Bearer {token}");
                let mut headers = vec![("content-type", "application/json")];
                if !token.is_empty() {
                    headers.push(("authorization", bearer.as_str()));
                }
                let reply = bench.send(&operation.method, &url, &headers, "{}");
                asked += 1;
                let status = reply.status.as_u16();
                let wanted = (caller.status)(&operation);
                if !wanted.is_empty() && !wanted.contains(&status) {
                    wrong.push(format!(
                        "{} {url} {}: {status}",
                        operation.method, caller.name
                    ));
                }
            }
        }
    }
    assert!(asked > 5_000 && !NOBODY.is_empty(), "{asked}");
    assert!(
        wrong.is_empty(),
        "{} of {asked}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
