//! `$filter` against a reference: random filters over random directories find what a naive evaluation of the rows finds.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::testing::{BEFORE_PHASE_2, Bench};
use entrasim_domain::directory::group::Group;
use entrasim_domain::directory::user::{Mail, User, UserType};
use entrasim_domain::id::ObjectId;
use entrasim_domain::random::Random;
use entrasim_domain::tenant::changes::Note;
use entrasim_domain::tenant::error::DirectoryError;
use entrasim_domain::time::Timestamp;
use proptest::prelude::*;
use serde_json::Value;

use reading::{Filter, Kind, Reading, WORDS, fold};

use super::{V1, administrator, encoded, get_eventually};

mod reading;

/// Properties and what they are, as the reference documents them.
const USERS: &[(&str, Kind)] = &[
    ("displayName", Kind::Text),
    ("givenName", Kind::Text),
    ("surname", Kind::Text),
    ("jobTitle", Kind::Text),
    ("department", Kind::Text),
    ("mail", Kind::Text),
    ("mailNickname", Kind::Text),
    ("userPrincipalName", Kind::Text),
    ("officeLocation", Kind::Text),
    ("id", Kind::Exact),
    ("userType", Kind::Exact),
    ("accountEnabled", Kind::Boolean),
    ("createdDateTime", Kind::Date),
    ("proxyAddresses", Kind::Texts),
];
const GROUPS: &[(&str, Kind)] = &[
    ("displayName", Kind::Text),
    ("description", Kind::Text),
    ("mailNickname", Kind::Text),
    ("id", Kind::Exact),
    ("securityEnabled", Kind::Boolean),
    ("createdDateTime", Kind::Date),
];
const SERVICE_PRINCIPALS: &[(&str, Kind)] = &[
    ("displayName", Kind::Text),
    ("appDisplayName", Kind::Text),
    ("appId", Kind::Exact),
    ("servicePrincipalType", Kind::Exact),
    ("accountEnabled", Kind::Boolean),
    ("appOwnerOrganizationId", Kind::Guid),
    ("createdDateTime", Kind::Date),
    ("servicePrincipalNames", Kind::Texts),
    ("tags", Kind::Texts),
];
const SETS: &[(&str, &[(&str, Kind)])] = &[
    ("users", USERS),
    ("groups", GROUPS),
    ("servicePrincipals", SERVICE_PRINCIPALS),
];

fn filters() -> impl Strategy<Value = Filter> {
    let test = (
        0_usize..100,
        0_usize..100,
        proptest::collection::vec(0_usize..1000, 1..4),
        any::<bool>(),
    );
    let leaf = test.prop_map(|(property, form, constants, turned)| Filter::Test {
        property,
        form,
        constants,
        turned,
    });
    leaf.prop_recursive(4, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Filter::And(a.into(), b.into())),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Filter::Or(a.into(), b.into())),
            inner.prop_map(|a| Filter::Not(a.into())),
        ]
    })
}

/// A directory, and its rows as Graph shows them.
struct Fixture {
    bench: Bench,
    token: String,
    rows: BTreeMap<&'static str, Vec<Value>>,
}

fn fixture(seed: u64) -> Rc<Fixture> {
    thread_local! {
        static FIXTURES: RefCell<BTreeMap<u64, Rc<Fixture>>> = const { RefCell::new(BTreeMap::new()) };
    }
    FIXTURES.with_borrow_mut(|known| {
        Rc::clone(known.entry(seed).or_insert_with(|| Rc::new(made(seed))))
    })
}

fn made(seed: u64) -> Fixture {
    let bench = Bench::at(BEFORE_PHASE_2);
    let mut random = Random::new(seed, 77);
    let written: Result<(), DirectoryError> = bench.tenant.write(|tenant| {
        let note = Note::by_service(Timestamp::UNIX_EPOCH);
        for number in 0..30 {
            let mut word = || WORDS[usize::try_from(random.below(12)).unwrap()];
            let name = word();
            let (given, surname, department) = (word(), word(), word());
            let dice = random.below(64);
            let created =
                Timestamp::from_unix_seconds(1_600_000_000 + i64::from(random.below(5)) * 86_400);
            let mut user = User::new(
                ObjectId(random.guid()),
                &format!("u{number}"),
                name,
                created,
            );
            user.given_name = (dice & 1 == 0).then(|| given.into());
            user.surname = (dice & 2 == 0).then(|| surname.into());
            user.department = (dice & 4 == 0).then(|| department.into());
            user.account_enabled = dice & 8 == 0;
            user.mail = match dice >> 4 {
                0 => Mail::None,
                1 => Mail::Other(format!("{number}@elsewhere.example").into()),
                _ => Mail::PrincipalName,
            };
            if dice == 63 {
                user.user_type = UserType::Guest;
            }
            tenant.put_user(user, &note)?;
            let mut group = Group::new(
                ObjectId(random.guid()),
                department.to_owned(),
                format!("g{number}"),
                created,
            );
            group.description = (dice & 1 == 1).then(|| surname.to_owned());
            tenant.put_group(group, &note)?;
        }
        Ok(())
    });
    written.unwrap();
    let token = administrator(&bench);
    let mut rows = BTreeMap::new();
    for (set, properties) in SETS {
        let names: Vec<&str> = properties
            .iter()
            .map(|(name, _)| *name)
            .chain(["id"])
            .collect();
        let url = format!("{V1}/{set}?$top=999&$select={}", names.join(","));
        let page = crate::support::json(&get_eventually(&bench, &token, &url));
        rows.insert(*set, page["value"].as_array().unwrap().clone());
    }
    Fixture { bench, token, rows }
}

fn id(row: &Value) -> String {
    row["id"].as_str().unwrap().to_owned()
}

/// Every row of a list, page after page.
fn walk(fixture: &Fixture, url: &str) -> Result<Vec<String>, TestCaseError> {
    let (mut found, mut next) = (Vec::new(), Some(url.to_owned()));
    while let Some(url) = next {
        let reply = get_eventually(&fixture.bench, &fixture.token, &url);
        prop_assert_eq!(reply.status, 200, "{}: {:?}", url, reply);
        let page = crate::support::json(&reply);
        found.extend(page["value"].as_array().unwrap().iter().map(id));
        next = page["@odata.nextLink"].as_str().map(str::to_owned);
    }
    Ok(found)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn filters_find_what_a_naive_reading_of_them_finds(
        seed in 0_u64..4, set in 0_usize..3, filter in filters(), top in 1_usize..40, descending: bool,
    ) {
        let fixture = fixture(seed);
        let (set, properties) = SETS[set];
        let rows = &fixture.rows[set];
        let (text, holds) = Reading { rows, properties }.read(&filter);
        let mut expected: Vec<&Value> = rows.iter().filter(|row| holds(row)).collect();
        let filter = encoded(&text);
        let url = format!("{V1}/{set}?$count=true&$select=id&$top={top}&$filter={filter}");
        let mut ids: Vec<String> = expected.iter().map(|row| id(row)).collect();
        ids.sort();
        prop_assert_eq!(walk(&fixture, &url)?, ids, "{}", &text);
        let direction = if descending { "desc" } else { "asc" };
        let order = |row: &Value| fold(row["displayName"].as_str().unwrap_or_default());
        expected.sort_by(|a, b| {
            let by_name = order(a).cmp(&order(b));
            let by_name = if descending { by_name.reverse() } else { by_name };
            by_name.then(id(a).cmp(&id(b)))
        });
        let ids: Vec<String> = expected.iter().map(|row| id(row)).collect();
        let url = format!("{url}&$orderby=displayName%20{direction}");
        prop_assert_eq!(walk(&fixture, &url)?, ids, "{} by name", &text);
    }

    #[test]
    fn what_is_no_filter_is_refused(text in ".{0,40}", words in proptest::collection::vec(proptest::sample::select(vec![
        "displayName", "accountEnabled", "eq", "ne", "has", "in", "and", "or", "not", "(", ")", "'x'", "null", "1", ",",
        "startswith(", "proxyAddresses/any(", "m:", "m", "/$count", "manager/", "true", "2020-01-01",
    ]), 0..12)) {
        let fixture = fixture(0);
        for text in [text, words.join(" "), words.concat()] {
            let url = format!("{V1}/users?$count=true&$filter={}", encoded(&text));
            let status = get_eventually(&fixture.bench, &fixture.token, &url).status.as_u16();
            prop_assert!([200, 400, 501].contains(&status), "{}: {}", text, status);
        }
    }
}

#[test]
fn garbage_in_a_filter_is_a_bad_request() {
    let fixture = fixture(0);
    for text in [
        "",
        "'",
        "((",
        "displayName",
        "eq",
        "displayName eq eq",
        "displayName like 'x'",
        "1 eq 1",
        "displayName has 'x'",
    ] {
        let url = format!("{V1}/users?$count=true&$filter={}", encoded(text));
        let status = get_eventually(&fixture.bench, &fixture.token, &url).status;
        assert_eq!(status, 400, "{text}");
    }
}
