//! The `directoryObject` type: what mixed collections hold. It has the properties of all directory objects, each read
//! where the object's own type has it.

use std::sync::LazyLock;

use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use serde_json::Value;

use super::{DIRECTORY_OBJECTS, Facts, Field, Navigation, Row, Rows, Type, object, type_of};

/// The type itself has no Rust type behind it.
pub(in crate::surface::graph) struct DirectoryObject;

pub(in crate::surface::graph) static DIRECTORY_OBJECT: DirectoryObject = DirectoryObject;

/// The properties of all types; `id` comes first.
static PROPERTIES: LazyLock<Vec<&'static Facts>> = LazyLock::new(|| {
    let mut all: Vec<&'static Facts> = Vec::new();
    for kind in DIRECTORY_OBJECTS {
        for (_, facts) in kind.all_facts() {
            if !all.iter().any(|known| known.name == facts.name) {
                all.push(facts);
            }
        }
    }
    all.sort_by_key(|facts| (facts.name != "id", facts.name != "deletedDateTime"));
    all
});

static MISSING: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let all = DIRECTORY_OBJECTS.iter();
    all.flat_map(|kind| kind.missing().iter().copied())
        .collect()
});

impl DirectoryObject {
    fn place(at: usize, row: Row<'_>) -> Option<usize> {
        type_of(row).place(PROPERTIES.get(at)?.name)
    }
}

impl Type for DirectoryObject {
    fn name(&self) -> &'static str {
        "directoryObject"
    }

    fn set(&self) -> &'static str {
        "directoryObjects"
    }

    fn class(&self) -> &'static str {
        "DirectoryObject"
    }

    fn missing(&self) -> &'static [&'static str] {
        &MISSING
    }

    fn navigations(&self) -> &'static [Navigation] {
        &[]
    }

    fn facts(&self, at: usize) -> Option<&'static Facts> {
        PROPERTIES.get(at).copied()
    }

    fn read<'a>(&self, at: usize, tenant: &'a Tenant, row: Row<'a>) -> Field<'a> {
        match Self::place(at, row) {
            Some(at) => type_of(row).read(at, tenant, row),
            None => Field::Null,
        }
    }

    fn value(&self, at: usize, tenant: &Tenant, row: Row<'_>) -> Value {
        match Self::place(at, row) {
            Some(at) => type_of(row).value(at, tenant, row),
            None => Value::Null,
        }
    }

    /// There is no list of all directory objects.
    fn rows<'a>(&self, _: &'a Tenant, _: Option<ObjectId>) -> Rows<'a> {
        Box::new(core::iter::empty())
    }

    fn size(&self, _: &Tenant) -> Option<usize> {
        None
    }

    fn get<'a>(&self, tenant: &'a Tenant, key: &str) -> Option<Row<'a>> {
        object(tenant, key.parse().ok()?)
    }

    fn unique<'a>(&self, at: usize, tenant: &'a Tenant, value: &str) -> Option<Option<Row<'a>>> {
        (PROPERTIES.get(at)?.name == "id").then(|| self.get(tenant, value))
    }

    fn equal<'a>(&self, _: usize, _: &'a Tenant, _: &str, _: Option<ObjectId>) -> Option<Rows<'a>> {
        None
    }

    fn beginning<'a>(&self, _: usize, _: &'a Tenant, _: &str) -> Option<Rows<'a>> {
        None
    }

    fn id(&self, tenant: &Tenant, row: Row<'_>) -> Option<ObjectId> {
        row.key(tenant).parse().ok()
    }

    fn mixed(&self) -> bool {
        true
    }
}
