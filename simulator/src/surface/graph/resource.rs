//! From a path to what it means: the objects it passes, what it ends with, and the path of the reference that it is an
//! instance of. A missing object does not end the walk: who may look is decided before what is there.

use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;

use super::error::GraphError;
use super::schema::deleted_item::{is_of_deleted, is_restorable};
use super::schema::{DIRECTORY_OBJECTS, Navigation, Projected, Row, Type};

mod walk;

pub(super) use walk::{by_alternate_key, resolve};

/// What a path means.
pub(super) struct Resource<'a> {
    /// The path in the spelling of the reference, with `{id}` for each key: `/users/{id}/memberOf/graph.group`.
    pub(super) template: String,
    /// The path began with `/me`.
    pub(super) me: bool,
    /// The objects that the path passes, the first one first.
    pub(super) chain: Vec<Object<'a>>,
    pub(super) shape: Shape,
    pub(super) cast: Option<&'static dyn Type>,
    pub(super) tail: Tail,
}

/// One object on the path.
pub(super) struct Object<'a> {
    /// `None` where the entity tables do not declare what stands here.
    pub(super) kind: Option<&'static dyn Type>,
    /// The key as the caller wrote it.
    pub(super) key: String,
    /// `None` if there is no such object.
    pub(super) row: Option<Row<'a>>,
    /// How the path got there, if not from a set.
    pub(super) via: Option<&'static Navigation>,
}

/// What a path ends with, apart from its tail.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// No set: a container, or nothing at all.
    Container,
    Set(&'static dyn Type),
    /// What a navigation leads to, from the last object of the chain.
    Collection(&'static Navigation),
    /// The last object of the chain.
    Entity(&'static dyn Type),
    /// A property, by its place, of the last object of the chain.
    Property(&'static dyn Type, usize),
    /// An action, a function, or something that only the rows know.
    Operation,
}

/// How a path ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Tail {
    None,
    Count,
    Ref,
    Value,
}

impl<'a> Resource<'a> {
    /// Whether the entity tables declare all of it.
    pub(super) fn is_declared(&self) -> bool {
        !matches!(self.shape, Shape::Operation | Shape::Container)
    }

    /// The set at the beginning, if it is one of directory objects.
    pub(super) fn directory_set(&self) -> Option<&'static str> {
        let first = self.template.split('/').nth(1)?;
        let mut kinds = DIRECTORY_OBJECTS.iter();
        kinds
            .find(|kind| kind.set() == first)
            .map(|kind| kind.set())
    }

    /// The first object of the path: the one whose owner and reach count.
    pub(super) fn first(&self) -> Option<&Object<'a>> {
        self.chain.first()
    }

    /// The last object of the path, or what to say of its absence.
    pub(super) fn target(&self) -> Result<Row<'a>, GraphError> {
        self.present()?;
        let last = self.chain.last();
        last.and_then(|object| object.row)
            .ok_or_else(|| GraphError::Missing(String::new()))
    }

    /// An error for the first object of the path that is not there.
    pub(super) fn present(&self) -> Result<(), GraphError> {
        let mut chain = self.chain.iter();
        match chain.find(|object| object.kind.is_some() && object.row.is_none()) {
            Some(missing) => Err(missing.missing()),
            None => Ok(()),
        }
    }

    /// An object of the path as what it is.
    pub(super) fn object<T: Projected>(&self, at: usize) -> Result<&'a T, GraphError> {
        let object = self.chain.get(at);
        let row = object.and_then(|object| object.row).and_then(T::of);
        row.ok_or_else(|| match object {
            Some(object) => object.missing(),
            None => GraphError::Missing(String::new()),
        })
    }

    /// The key of an object of the path, as the caller wrote it.
    pub(super) fn key(&self, at: usize) -> &str {
        self.chain.get(at).map_or("", |object| &object.key)
    }

    /// The key of the last object.
    pub(super) fn last_key(&self) -> &str {
        self.chain.last().map_or("", |object| &object.key)
    }

    /// The same without a deleted object that can no longer be restored.
    pub(super) fn at(mut self, tenant: &Tenant, now: Timestamp) -> Self {
        for object in &mut self.chain {
            if object.kind.is_some_and(is_of_deleted) {
                object.row = object.row.filter(|row| is_restorable(tenant, *row, now));
            }
        }
        self
    }
}

impl Object<'_> {
    fn missing(&self) -> GraphError {
        match self.kind {
            Some(kind) if kind.name() == "federatedIdentityCredential" => {
                GraphError::MissingFederatedCredential(self.key.clone())
            }
            _ => GraphError::Missing(self.key.clone()),
        }
    }
}
