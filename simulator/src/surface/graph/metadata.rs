//! `$metadata`: the entity types, their properties and navigations, and the operations, as the tables declare them. What
//! they do not declare is left out, and the types are open for that reason.

use core::fmt::Write as _;

use http::StatusCode;

use super::operation::{self, Handler, Operation};
use super::schema::deleted_item::is_of_deleted;
use super::schema::{DIRECTORY_OBJECTS, Kind, REPORTS, SETS, Type, Version};
use crate::wire::Reply;

/// The document needs no token.
pub(super) fn answer(version: Version) -> Reply {
    Reply::with_body(StatusCode::OK, "application/xml", document(version))
        .header("odata-version", "4.0")
}

fn document(version: Version) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><edmx:Edmx Version=\"4.0\" xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\"><edmx:DataServices><Schema Namespace=\"microsoft.graph\" Alias=\"graph\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">",
    );
    text.push_str(
        "<EntityType Name=\"entity\" Abstract=\"true\"><Key><PropertyRef Name=\"id\"/></Key><Property Name=\"id\" Type=\"Edm.String\" Nullable=\"false\"/></EntityType><EntityType Name=\"directoryObject\" BaseType=\"graph.entity\" OpenType=\"true\"><Property Name=\"deletedDateTime\" Type=\"Edm.DateTimeOffset\"/></EntityType>",
    );
    for kind in kinds() {
        entity_type(&mut text, kind, version);
    }
    for row in operation::rows() {
        bound(&mut text, row, version);
    }
    text.push_str("<EntityContainer Name=\"GraphService\">");
    for kind in SETS.iter().filter(|kind| !kind.set().contains('/')) {
        let _ = write!(
            text,
            "<EntitySet Name=\"{}\" EntityType=\"microsoft.graph.{}\"/>",
            kind.set(),
            kind.name()
        );
    }
    text.push_str("<Singleton Name=\"me\" Type=\"microsoft.graph.user\"/></EntityContainer></Schema></edmx:DataServices></edmx:Edmx>");
    text
}

/// Every type that is declared, once, without the sets of what was deleted; the mixed one is written by hand.
fn kinds() -> impl Iterator<Item = &'static dyn Type> {
    let beside = DIRECTORY_OBJECTS
        .iter()
        .filter(|kind| !SETS.iter().any(|set| set.name() == kind.name()));
    SETS.iter()
        .filter(|kind| !kind.mixed() && !is_of_deleted(**kind))
        .chain(beside)
        .chain(REPORTS)
        .copied()
}

fn is_directory_object(kind: &dyn Type) -> bool {
    DIRECTORY_OBJECTS
        .iter()
        .any(|known| known.name() == kind.name())
}

fn entity_type(text: &mut String, kind: &'static dyn Type, version: Version) {
    let (base, inherited): (_, &[&str]) = if is_directory_object(kind) {
        ("directoryObject", &["id", "deletedDateTime"])
    } else {
        ("entity", &["id"])
    };
    let _ = write!(
        text,
        "<EntityType Name=\"{}\" BaseType=\"graph.{base}\" OpenType=\"true\">",
        kind.name()
    );
    for (_, facts) in kind.all_facts() {
        if let Some(edm) = edm(facts.kind)
            && facts.is_in(version)
            && !inherited.contains(&facts.name)
            && facts.name.chars().all(|c| c.is_ascii_alphanumeric())
        {
            let _ = write!(text, "<Property Name=\"{}\" Type=\"{edm}\"/>", facts.name);
        }
    }
    for navigation in kind.navigations() {
        let target = format!("graph.{}", navigation.target.name());
        let target = if navigation.many {
            format!("Collection({target})")
        } else {
            target
        };
        let contained = if navigation.contained {
            " ContainsTarget=\"true\""
        } else {
            ""
        };
        let _ = write!(
            text,
            "<NavigationProperty Name=\"{}\" Type=\"{target}\"{contained}/>",
            navigation.name
        );
    }
    text.push_str("</EntityType>");
}

/// Complex values have types that the tables do not name.
fn edm(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Text => "Edm.String",
        Kind::Boolean => "Edm.Boolean",
        Kind::Integer => "Edm.Int32",
        Kind::Guid => "Edm.Guid",
        Kind::Date => "Edm.DateTimeOffset",
        Kind::Texts => "Collection(Edm.String)",
        Kind::Complex | Kind::Complexes => return None,
    })
}

/// An action, a POST to a name after an entity or a set, or a function, a GET with parentheses.
fn bound(text: &mut String, row: &Operation, version: Version) {
    if matches!(row.handler, Handler::Unsimulated | Handler::Delta)
        || row.allowed().only().is_some_and(|only| only != version)
    {
        return;
    }
    let Some((base, name)) = row.template.rsplit_once('/') else {
        return;
    };
    let set = base.trim_start_matches('/');
    let (set, entity) = match set.strip_suffix("/{id}") {
        Some(set) => (set, true),
        None => (set, false),
    };
    let Some(kind) = SETS.iter().find(|kind| kind.set() == set) else {
        return;
    };
    let is_action = row.method == "POST"
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        && kind.navigation(name).is_none();
    if !is_action {
        return;
    }
    let target = format!("graph.{}", kind.name());
    let binding = if entity {
        target
    } else {
        format!("Collection({target})")
    };
    let _ = write!(
        text,
        "<Action Name=\"{name}\" IsBound=\"true\"><Parameter Name=\"bindingParameter\" Type=\"{binding}\"/></Action>"
    );
}
