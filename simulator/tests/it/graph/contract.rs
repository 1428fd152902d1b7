//! The simulator's tables against Microsoft's published data: permissions, entity types; and that the check of answers finds
//! what is wrong.

use std::collections::BTreeSet;

use entrasim::surface::graph::declared::{self, DeclaredType};
use http::{HeaderMap, HeaderValue};

use super::published::{PUBLISHED, same_function};
use crate::contract::schema::{Contract, Form, Type, Version};
use crate::contract::shape::known as is_known;
use crate::contract::{Exchange, faults};

/// What is published of these differs from what is published of the operation that they are a form of; the row's
/// permissions are asked.
const DIFFERENT: &[(&str, &str)] = &[
    (
        "GET /me",
        "some permissions of device management are not listed for /me",
    ),
    (
        "GET /me/memberOf/",
        "/me takes User.Read.All as a scope too",
    ),
    (
        "GET /me/authentication/fido2Methods/$count",
        "the list takes more",
    ),
    (
        "GET /users/{user-id}/authentication/fido2Methods/$count",
        "the list takes more",
    ),
];

#[test]
fn the_permissions_are_the_published_ones() {
    let mut wrong = Vec::new();
    let rows = PUBLISHED.iter().filter(|row| row.has_permissions);
    let mut used = BTreeSet::new();
    for row in rows {
        let name = format!("{} {}", row.method, row.path);
        let Some(declared) = row.declared() else {
            wrong.push(format!("{name} has no row"));
            continue;
        };
        used.insert((declared.method, declared.template));
        let is_me = row.path.starts_with("/me") && !declared.template.starts_with("/me");
        let exact = declared.template == row.template();
        let (delegated, application) = (set(declared.delegated), set(declared.application));
        // A row for /users and /me alike has the permissions of both; those for oneself are no more than that by their names.
        let other = PUBLISHED.iter().find(|other| {
            other.has_permissions
                && other.method == row.method
                && other.path != row.path
                && other.template() == row.template()
        });
        let mine = set(row.delegated.as_deref());
        let both = other.and_then(|other| Some(&mine.clone()? | &set(other.delegated.as_deref())?));
        let same_scopes = delegated == mine || (both.is_some() && delegated == both);
        let is_known = DIFFERENT
            .iter()
            .any(|(known, _)| name == *known || (known.ends_with('/') && name.starts_with(known)));
        let same_roles =
            is_me || (application == set(row.application.as_deref()) && *declared.and == row.and);
        let same = same_scopes && same_roles;
        if !is_known && !same {
            wrong.push(format!(
                "{name} (as {}): {delegated:?} {application:?} {:?} and not {mine:?} {:?} {:?}",
                declared.template, declared.and, row.application, row.and
            ));
        }
        // A function may take other arguments in the other version.
        let mut versions: Vec<Version> = PUBLISHED
            .iter()
            .filter(|other| other.method == row.method && same_function(&other.path, &row.path))
            .flat_map(|other| other.versions.iter().copied())
            .collect();
        versions.sort_unstable();
        versions.dedup();
        let only = match versions.as_slice() {
            [only] => Some(only.as_str()),
            _ => None,
        };
        if exact && !is_me && declared.only != only {
            wrong.push(format!("{name} is in {:?}", row.versions));
        }
    }
    for row in declared::operations() {
        if row.source.is_none() && !used.contains(&(row.method, row.template)) {
            wrong.push(format!("{} {} is not published", row.method, row.template));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

fn set(names: Option<&[String]>) -> Option<BTreeSet<String>> {
    names.map(|names| names.iter().cloned().collect())
}

/// The tables have one type for each version of it; the other is read through the paths that are matched by hand.
const OTHER_TYPE: &[(&str, Version)] = &[("signIn", Version::Beta)];

/// Types of operations that the published description lacks.
const UNPUBLISHED: &[&str] = &["tokenLifetimePolicy"];

#[test]
fn entity_types_have_what_the_published_types_have() {
    let mut wrong = Vec::new();
    for kind in declared::types() {
        for version in [Version::V1, Version::Beta] {
            if UNPUBLISHED.contains(&kind.name) || OTHER_TYPE.contains(&(kind.name, version)) {
                continue;
            }
            let contract = Contract::of(version);
            let mut found = differences(contract, version, &kind);
            if contract.schema(kind.name).is_none() {
                found = vec!["is not published".to_owned()];
            }
            wrong.extend(
                found
                    .iter()
                    .map(|text| format!("{version:?} {}/{text}", kind.name)),
            );
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

fn differences(contract: &Contract, version: Version, kind: &DeclaredType) -> Vec<String> {
    let mut wrong = Vec::new();
    for property in &kind.properties {
        // A name with a slash is there for filters alone.
        let other = property.only.is_some_and(|only| only != version.as_str());
        if other || property.name.contains('/') {
            continue;
        }
        match published(contract, kind.name, property.name) {
            None if is_known(contract, kind.name, property.name) => {}
            None => wrong.push(format!("{} is not published", property.name)),
            Some(published) if !fits(contract, &property.kind, published) => {
                wrong.push(format!(
                    "{} is {} and not {:?}",
                    property.name, property.kind, published.form
                ));
            }
            Some(_) => {}
        }
    }
    for navigation in &kind.navigations {
        let expected = Form::Schema(navigation.target.to_owned());
        match published(contract, kind.name, navigation.name).map(|published| &published.form) {
            None => wrong.push(format!("{} is not published", navigation.name)),
            Some(Form::List(item)) if navigation.many && item.form == expected => {}
            Some(form) if !navigation.many && *form == expected => {}
            // A type that leads to itself is not spelled out.
            Some(Form::List(item))
                if item.form == Form::Plain("object".to_owned(), String::new()) => {}
            Some(Form::Plain(kind, _)) if kind == "object" => {}
            Some(form) => wrong.push(format!("{} leads to {form:?}", navigation.name)),
        }
    }
    let properties = kind.properties.iter().map(|property| property.name);
    let navigations = kind.navigations.iter().map(|navigation| navigation.name);
    let known: BTreeSet<&str> = properties
        .chain(navigations)
        .chain(kind.missing.iter().copied())
        .collect();
    let members = contract
        .family(kind.name)
        .flat_map(|schema| schema.members.keys());
    for member in
        members.filter(|member| !known.contains(member.as_str()) && !member.starts_with('@'))
    {
        wrong.push(format!("{member} is neither declared nor missing"));
    }
    wrong
}

/// A member of a type, or of those that are derived from it: one table may show several types.
fn published<'c>(contract: &'c Contract, kind: &str, name: &str) -> Option<&'c Type> {
    let derived = contract
        .schema(kind)
        .into_iter()
        .flat_map(|schema| schema.derived.values());
    contract.member(kind, name).or_else(|| {
        derived
            .clone()
            .find_map(|derived| contract.member(derived, name))
    })
}

fn fits(contract: &Contract, kind: &str, published: &Type) -> bool {
    // Beta describes some dates as mere texts.
    if kind == "Date" && published.form == Form::Plain("string".to_owned(), String::new()) {
        return true;
    }
    let of = |form: &Form| match form {
        Form::Plain(kind, format) => match (kind.as_str(), format.as_str()) {
            ("string", "date-time") => "Date",
            ("string", "uuid") => "Guid",
            ("string", _) => "Text",
            ("boolean", _) => "Boolean",
            ("integer" | "number", _) => "Integer",
            _ => "Complex",
        },
        Form::Schema(name)
            if contract
                .schema(name)
                .is_some_and(|schema| !schema.values.is_empty()) =>
        {
            "Text"
        }
        _ => "Complex",
    };
    let (one, many) = match &published.form {
        Form::List(item) if of(&item.form) == "Complex" => ("", "Complexes"),
        Form::List(_) => ("", "Texts"),
        form => (of(form), ""),
    };
    // What is always null or empty, and what is made as JSON, says no more than that it is a value or a list; a GUID may
    // be kept as text.
    match kind {
        "Complex" => true,
        // Beta describes an instant as text.
        "Date" => matches!(one, "Date" | "Text"),
        "Complexes" => !many.is_empty(),
        "Text" => matches!(one, "Text" | "Guid"),
        "Guid" => matches!(one, "Text" | "Guid"),
        kind => kind == one || kind == many,
    }
}

/// An answer to `GET /v1.0/users/{id}` as it should be, but for one thing.
fn faults_of(method: &str, path: &str, status: u16, without: &str, body: &str) -> String {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("request-id", "11111111-2222-3333-4444-555555555555"),
        ("client-request-id", "11111111-2222-3333-4444-555555555555"),
        ("strict-transport-security", "max-age=31536000"),
        ("cache-control", "no-cache"),
        ("x-ms-ags-diagnostic", "{\"ServerInfo\":{}}"),
        (
            "content-type",
            "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
        ),
        ("odata-version", "4.0"),
        ("x-ms-resource-unit", "1"),
    ] {
        if name != without {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    let exchange = Exchange {
        method,
        origin: "https://graph.microsoft.com",
        path,
        asked: &HeaderMap::new(),
        sent: b"",
        status,
        headers: &headers,
        body: body.as_bytes(),
    };
    faults(&exchange).join("; ")
}

#[test]
fn the_check_finds_what_is_wrong_with_an_answer() {
    let user = |member: &str| {
        format!(
            "{{\"@odata.context\":\"https://graph.microsoft.com/v1.0/$metadata#users/$entity\",\"id\":\"x\"{member}}}"
        )
    };
    let answer = |member: &str| faults_of("GET", "/v1.0/users/x", 200, "", &user(member));
    assert_eq!(
        answer(",\"displayName\":null,\"businessPhones\":[\"1\"]"),
        ""
    );
    for (member, fault) in [
        (",\"frob\":1", "no such member"),
        (",\"displayName\":1", "not string"),
        (",\"businessPhones\":null", "is null, and never is"),
        (",\"accountEnabled\":\"true\"", "not boolean"),
        (",\"createdDateTime\":\"2025-10-01\"", "date-time"),
        (
            ",\"@odata.type\":\"#microsoft.graph.group\"",
            "is a group, and no user",
        ),
        (",\"@odata.frob\":1", "no annotation"),
        (
            ",\"assignedLicenses\":[{\"skuId\":\"x\"}]",
            "assignedLicenses[0].skuId",
        ),
    ] {
        assert!(
            answer(member).contains(fault),
            "{member}: {}",
            answer(member)
        );
    }
    let page = "{\"@odata.context\":\"https://graph.microsoft.com/v1.0/$metadata#directoryObjects\",\"@odata.nextLink\":\"https://elsewhere/v1.0/x?$skiptoken=1\",\"value\":[{\"id\":\"x\"}]}";
    for (method, path, status, without, body, fault) in [
        (
            "GET",
            "/v1.0/users/x",
            200,
            "",
            "{\"id\":\"x\"}",
            "@odata.context is missing",
        ),
        (
            "GET",
            "/v1.0/users/x",
            200,
            "odata-version",
            &*user(""),
            "odata-version",
        ),
        (
            "GET",
            "/v1.0/users/x",
            200,
            "request-id",
            &*user(""),
            "request-id",
        ),
        (
            "GET",
            "/v1.0/users/x",
            202,
            "",
            &*user(""),
            "never answers 202",
        ),
        (
            "GET",
            "/v1.0/users/x/frob",
            200,
            "",
            &*user(""),
            "has no GET",
        ),
        ("POST", "/v1.0/users", 201, "", &*user(""), "no Location"),
        ("DELETE", "/v1.0/users/x", 204, "", "{}", "a 204 has a body"),
        (
            "GET",
            "/v1.0/users/x/memberOf",
            200,
            "",
            page,
            "does not say which directoryObject",
        ),
        (
            "GET",
            "/v1.0/users/x/memberOf",
            200,
            "",
            page,
            "@odata.nextLink is",
        ),
        (
            "GET",
            "/v1.0/users/x",
            404,
            "",
            "{\"error\":{\"code\":\"x\"}}",
            "error.message is missing",
        ),
        (
            "GET",
            "/v1.0/users/x",
            401,
            "",
            "{\"error\":{\"code\":\"x\",\"message\":\"y\"}}",
            "no WWW-Authenticate",
        ),
    ] {
        let found = faults_of(method, path, status, without, body);
        assert!(found.contains(fault), "{method} {path} {status}: {found}");
    }
}
