//! Properties: what is known of each, and how it is read. A table row says the kind by the function that reads it.

use std::borrow::Cow;

use entrasim_domain::directory::kept::{Keeps, Kept};
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::look_up::Indexed;
use entrasim_domain::time::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Entities;
use super::field::{Address, Field};
use super::operators::{Filterable, Operators};
use super::shape::Shape;

/// The type of a property, as far as filters and sorting care.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::surface::graph) enum Kind {
    Text,
    Boolean,
    Integer,
    Guid,
    Date,
    /// A list of texts.
    Texts,
    Complex,
    /// A list of complex values.
    Complexes,
}

/// Whether a set can be sorted by a property.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::surface::graph) enum Sortable {
    No,
    Yes,
    Advanced,
}

/// Who sets a property.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::surface::graph) enum Access {
    ReadOnly,
    Always,
    /// Like `Always`, but for the accounts of administrators only by those who reach them.
    Sensitive,
}

/// A version of the API.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(in crate::surface::graph) enum Version {
    #[default]
    V1,
    Beta,
}

impl Version {
    pub(in crate::surface::graph) fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "v1.0",
            Self::Beta => "beta",
        }
    }
}

/// What the engine needs to know of a property; the same for every type.
#[derive(Clone, Copy)]
pub(in crate::surface::graph) struct Facts {
    pub(in crate::surface::graph) name: &'static str,
    pub(in crate::surface::graph) kind: Kind,
    /// Returned when nothing is selected.
    pub(in crate::surface::graph) default: bool,
    pub(in crate::surface::graph) operators: Operators,
    pub(in crate::surface::graph) sort: Sortable,
    pub(in crate::surface::graph) search: bool,
    /// Left out of answers where it is null: the other kinds of the type have it.
    pub(in crate::surface::graph) sparse: bool,
    /// The version that has it, if the other has not.
    pub(in crate::surface::graph) only: Option<Version>,
    pub(in crate::surface::graph) write: Access,
    /// Permissions of which one is needed to read it, beside those for the object.
    pub(in crate::surface::graph) permissions: &'static [&'static str],
    /// The property can stand as a key in parentheses.
    pub(in crate::surface::graph) key: bool,
    /// An index over it, in the domain.
    pub(in crate::surface::graph) index: Option<Indexed>,
    /// The members of a complex value that filters can name, deeper ones with slashes.
    pub(in crate::surface::graph) members: &'static [(&'static str, Kind)],
}

impl Facts {
    pub(in crate::surface::graph) fn is_in(&self, version: Version) -> bool {
        self.only.is_none_or(|only| only == version)
    }
}

/// How a property is read; the kind follows from the function.
pub(in crate::surface::graph) enum Read<T: 'static> {
    Text(for<'a> fn(&'a Tenant, &'a T) -> Option<Cow<'a, str>>),
    /// An address, in its parts or whole.
    Address(for<'a> fn(&'a Tenant, &'a T) -> Option<Address<'a>>),
    Boolean(fn(&Tenant, &T) -> Option<bool>),
    Integer(fn(&Tenant, &T) -> Option<i64>),
    Guid(fn(&Tenant, &T) -> Option<Uuid>),
    Date(fn(&Tenant, &T) -> Option<Timestamp>),
    Texts(for<'a> fn(&'a Tenant, &'a T) -> Vec<Cow<'a, str>>),
    /// Any kind, as JSON.
    Json(fn(&Tenant, &T) -> Value),
    /// As it was written.
    Kept(Keep<T>),
}

/// Where a property is kept that nothing acts on, and what may be written.
pub(in crate::surface::graph) struct Keep<T: 'static> {
    pub(in crate::surface::graph) shape: Shape,
    kept: fn(&T) -> &Kept,
    /// What is read until something is written, if not nothing.
    otherwise: Option<fn(&Tenant, &T) -> Value>,
    pub(in crate::surface::graph) kept_mut: fn(&mut T) -> &mut Kept,
}

/// One property of an entity type.
pub(in crate::surface::graph) struct Property<T: 'static> {
    pub(in crate::surface::graph) facts: Facts,
    pub(in crate::surface::graph) read: Read<T>,
    /// An index over the property: at most one entity has a value.
    pub(in crate::surface::graph) find: Option<for<'a> fn(&'a Tenant, &str) -> Option<&'a T>>,
    /// An index over the property: the entities with a value, after one of them.
    pub(in crate::surface::graph) holders: Option<Holders<T>>,
}

/// Finds the entities with a value of a property.
pub(in crate::surface::graph) type Holders<T> =
    for<'a> fn(&'a Tenant, &str, Option<ObjectId>) -> Entities<'a, T>;

impl<T> Property<T> {
    const fn of(name: &'static str, kind: Kind, read: Read<T>) -> Self {
        Self {
            facts: Facts {
                name,
                kind,
                default: true,
                operators: Operators::NONE,
                sort: Sortable::No,
                search: false,
                sparse: false,
                only: None,
                write: Access::Always,
                permissions: &[],
                key: false,
                index: None,
                members: &[],
            },
            read,
            find: None,
            holders: None,
        }
    }

    /// A property of any kind, read as JSON.
    pub(in crate::surface::graph) const fn new(
        name: &'static str,
        kind: Kind,
        read: fn(&Tenant, &T) -> Value,
    ) -> Self {
        Self::of(name, kind, Read::Json(read))
    }

    pub(in crate::surface::graph) const fn text(
        name: &'static str,
        read: for<'a> fn(&'a Tenant, &'a T) -> Option<Cow<'a, str>>,
    ) -> Self {
        Self::of(name, Kind::Text, Read::Text(read))
    }

    /// A text that is an address.
    pub(in crate::surface::graph) const fn address(
        name: &'static str,
        read: for<'a> fn(&'a Tenant, &'a T) -> Option<Address<'a>>,
    ) -> Self {
        Self::of(name, Kind::Text, Read::Address(read))
    }

    pub(in crate::surface::graph) const fn boolean(
        name: &'static str,
        read: fn(&Tenant, &T) -> Option<bool>,
    ) -> Self {
        Self::of(name, Kind::Boolean, Read::Boolean(read))
    }

    pub(in crate::surface::graph) const fn integer(
        name: &'static str,
        read: fn(&Tenant, &T) -> Option<i64>,
    ) -> Self {
        Self::of(name, Kind::Integer, Read::Integer(read))
    }

    pub(in crate::surface::graph) const fn guid(
        name: &'static str,
        read: fn(&Tenant, &T) -> Option<Uuid>,
    ) -> Self {
        Self::of(name, Kind::Guid, Read::Guid(read))
    }

    pub(in crate::surface::graph) const fn date(
        name: &'static str,
        read: fn(&Tenant, &T) -> Option<Timestamp>,
    ) -> Self {
        Self::of(name, Kind::Date, Read::Date(read))
    }

    pub(in crate::surface::graph) const fn texts(
        name: &'static str,
        read: for<'a> fn(&'a Tenant, &'a T) -> Vec<Cow<'a, str>>,
    ) -> Self {
        Self::of(name, Kind::Texts, Read::Texts(read))
    }

    pub(in crate::surface::graph) const fn complex(
        name: &'static str,
        read: fn(&Tenant, &T) -> Value,
    ) -> Self {
        Self::of(name, Kind::Complex, Read::Json(read))
    }

    /// A list of complex values.
    pub(in crate::surface::graph) const fn complexes(
        name: &'static str,
        read: fn(&Tenant, &T) -> Value,
    ) -> Self {
        Self::of(name, Kind::Complexes, Read::Json(read))
    }

    /// A property that nothing acts on: what is written is what is read.
    pub(in crate::surface::graph) const fn kept(name: &'static str, shape: Shape) -> Self
    where
        T: Keeps,
    {
        let kind = shape.kind();
        let keep = Keep {
            shape,
            kept: T::kept,
            otherwise: None,
            kept_mut: T::kept_mut,
        };
        Self::of(name, kind, Read::Kept(keep))
    }

    /// Until something is written, this is read.
    pub(in crate::surface::graph) const fn otherwise(
        mut self,
        read: fn(&Tenant, &T) -> Value,
    ) -> Self {
        if let Read::Kept(keep) = &mut self.read {
            keep.otherwise = Some(read);
        }
        self
    }

    /// A property that nothing here ever sets.
    pub(in crate::surface::graph) const fn null(name: &'static str) -> Self {
        Self::new(name, Kind::Complex, |_, _| Value::Null)
    }

    /// A list that nothing here ever fills.
    pub(in crate::surface::graph) const fn empty(name: &'static str) -> Self {
        Self::new(name, Kind::Complexes, |_, _| json!([]))
    }

    /// Only returned when selected.
    pub(in crate::surface::graph) const fn on_demand(mut self) -> Self {
        self.facts.default = false;
        self
    }

    pub(in crate::surface::graph) const fn filter(mut self, filter: Filterable) -> Self {
        self.facts.operators = filter.operators();
        self
    }

    pub(in crate::surface::graph) const fn operators(mut self, operators: Operators) -> Self {
        self.facts.operators = operators;
        self
    }

    pub(in crate::surface::graph) const fn sort(mut self, sort: Sortable) -> Self {
        self.facts.sort = sort;
        self
    }

    pub(in crate::surface::graph) const fn search(mut self) -> Self {
        self.facts.search = true;
        self
    }

    /// Objects of other kinds of the type have it not.
    pub(in crate::surface::graph) const fn sparse(mut self) -> Self {
        self.facts.sparse = true;
        self
    }

    /// Only this version has it.
    pub(in crate::surface::graph) const fn only(mut self, version: Version) -> Self {
        self.facts.only = Some(version);
        self
    }

    pub(in crate::surface::graph) const fn access(mut self, write: Access) -> Self {
        self.facts.write = write;
        self
    }

    /// Only for those who hold one of these permissions.
    pub(in crate::surface::graph) const fn guarded(
        mut self,
        permissions: &'static [&'static str],
    ) -> Self {
        self.facts.permissions = permissions;
        self
    }

    /// Found by the domain's index.
    pub(in crate::surface::graph) const fn by_index(mut self, index: Indexed) -> Self {
        self.facts.index = Some(index);
        self
    }

    /// The members of a complex value that filters can name.
    pub(in crate::surface::graph) const fn members(
        mut self,
        members: &'static [(&'static str, Kind)],
    ) -> Self {
        self.facts.members = members;
        self
    }

    /// At most one entity has a value, and it is found at once.
    pub(in crate::surface::graph) const fn indexed(
        mut self,
        find: for<'a> fn(&'a Tenant, &str) -> Option<&'a T>,
    ) -> Self {
        self.find = Some(find);
        self
    }

    /// Many entities have a value, and they are found at once.
    pub(in crate::surface::graph) const fn holders(mut self, holders: Holders<T>) -> Self {
        self.holders = Some(holders);
        self
    }

    /// Indexed, and a key of its own.
    pub(in crate::surface::graph) const fn key(
        mut self,
        find: for<'a> fn(&'a Tenant, &str) -> Option<&'a T>,
    ) -> Self {
        self.facts.key = true;
        self.indexed(find)
    }

    pub(in crate::surface::graph) fn field<'a>(&self, tenant: &'a Tenant, row: &'a T) -> Field<'a> {
        match &self.read {
            Read::Text(read) => read(tenant, row).map_or(Field::Null, Field::Text),
            Read::Address(read) => read(tenant, row).map_or(Field::Null, Field::Address),
            Read::Boolean(read) => read(tenant, row).map_or(Field::Null, Field::Boolean),
            Read::Integer(read) => read(tenant, row).map_or(Field::Null, Field::Integer),
            Read::Guid(read) => read(tenant, row).map_or(Field::Null, Field::Guid),
            Read::Date(read) => read(tenant, row).map_or(Field::Null, Field::Date),
            Read::Texts(read) => Field::Texts(read(tenant, row)),
            Read::Json(read) => Field::of_json(self.facts.kind, read(tenant, row)),
            Read::Kept(keep) => {
                Field::of_json(self.facts.kind, keep.value(self.facts.name, tenant, row))
            }
        }
    }

    pub(in crate::surface::graph) fn value(&self, tenant: &Tenant, row: &T) -> Value {
        match &self.read {
            Read::Json(read) => read(tenant, row),
            Read::Kept(keep) => keep.value(self.facts.name, tenant, row),
            _ => self.field(tenant, row).json(),
        }
    }
}

impl<T> Keep<T> {
    fn value(&self, name: &str, tenant: &Tenant, row: &T) -> Value {
        let kept = (self.kept)(row).get(name);
        kept.cloned().unwrap_or_else(|| match self.otherwise {
            Some(read) => read(tenant, row),
            None => self.shape.absent(),
        })
    }
}
