//! Entity types: what can be read of each, declared once. From the tables come lists, single reads, selection, filters,
//! sorting and paging. Writes nothing, knows no HTTP.

use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use serde_json::{Map, Value, json};

use super::error::{GraphError, QueryPart};

pub(super) mod application;
pub(super) mod authentication_context;
pub(super) mod authentication_strength;
pub(super) mod conditional_access_policy;
pub(super) mod directory_role;
pub(super) mod domain;
pub(super) mod federated_identity_credential;
pub(super) mod group;
pub(super) mod named_location;
pub(super) mod organization;
pub(super) mod service_principal;
pub(super) mod sign_in;
pub(super) mod user;

/// One entity type and the set of its entities.
pub(super) struct EntityType<T: 'static> {
    /// The type's name after `microsoft.graph.`.
    pub(super) name: &'static str,
    /// The entity set in the path and in `@odata.context`.
    pub(super) set: &'static str,
    /// What the directory calls it in error texts.
    pub(super) class: &'static str,
    pub(super) properties: &'static [Property<T>],
    /// Properties that the real type has and this one has not.
    pub(super) missing: &'static [&'static str],
    /// All entities after the given one, in the order of their ids.
    pub(super) rows: for<'a> fn(&'a Tenant, Option<ObjectId>) -> Rows<'a, T>,
    /// Where a page ends; `None` for sets that are not paged.
    pub(super) id: fn(&T) -> Option<ObjectId>,
    pub(super) get: for<'a> fn(&'a Tenant, &str) -> Option<&'a T>,
}

pub(super) type Rows<'a, T> = Box<dyn Iterator<Item = &'a T> + 'a>;

/// One property of an entity type.
pub(super) struct Property<T: 'static> {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Returned when nothing is selected.
    pub(super) default: bool,
    pub(super) filter: Filterable,
    pub(super) sortable: Sortable,
    pub(super) value: fn(&Tenant, &T) -> Value,
    /// An index over the property: at most one entity has a value.
    pub(super) find: Option<for<'a> fn(&'a Tenant, &str) -> Option<&'a T>>,
    /// The property can stand as a key in parentheses.
    pub(super) alternate_key: bool,
}

/// The type of a property, as far as filters care.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Text,
    Boolean,
    Guid,
    Date,
    Number,
    /// A list of texts.
    Texts,
    Complex,
}

/// Which operators a property can be filtered with (the property tables of the Microsoft Graph reference).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Filterable {
    No,
    /// `eq`, `in`; `ne` and `not` with advanced queries.
    Exact,
    /// The same and `startsWith`, `ge`, `le`.
    Text,
    /// The same and, with advanced queries, `endsWith`.
    TextWithEnd,
    /// `eq`, `in`, `ge`, `le`.
    Date,
    /// Everything that texts allow, with advanced queries only.
    Advanced,
}

/// Whether a set can be sorted by a property.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sortable {
    No,
    Yes,
    Advanced,
}

impl<T> Property<T> {
    pub(super) const fn new(
        name: &'static str,
        kind: Kind,
        value: fn(&Tenant, &T) -> Value,
    ) -> Self {
        Self {
            name,
            kind,
            default: true,
            filter: Filterable::No,
            sortable: Sortable::No,
            value,
            find: None,
            alternate_key: false,
        }
    }

    /// A property that nothing here ever sets.
    pub(super) const fn null(name: &'static str) -> Self {
        Self::new(name, Kind::Complex, |_, _| Value::Null)
    }

    /// A text that nothing here ever sets, and that can be filtered for.
    pub(super) const fn unset(name: &'static str, filter: Filterable) -> Self {
        Self::new(name, Kind::Text, |_, _| Value::Null)
            .filter(filter)
            .on_demand()
    }

    /// A list that nothing here ever fills.
    pub(super) const fn empty(name: &'static str) -> Self {
        Self::new(name, Kind::Complex, |_, _| json!([]))
    }

    /// Only returned when selected.
    pub(super) const fn on_demand(mut self) -> Self {
        self.default = false;
        self
    }

    pub(super) const fn filter(mut self, filter: Filterable) -> Self {
        self.filter = filter;
        self
    }

    pub(super) const fn sort(mut self, sortable: Sortable) -> Self {
        self.sortable = sortable;
        self
    }

    pub(super) const fn indexed(
        mut self,
        find: for<'a> fn(&'a Tenant, &str) -> Option<&'a T>,
    ) -> Self {
        self.find = Some(find);
        self
    }

    /// Indexed, and a key of its own.
    pub(super) const fn key(mut self, find: for<'a> fn(&'a Tenant, &str) -> Option<&'a T>) -> Self {
        self.alternate_key = true;
        self.indexed(find)
    }
}

/// The properties to return, in their order.
pub(super) struct Selection<T: 'static> {
    properties: Vec<&'static Property<T>>,
    /// What stands in parentheses in `@odata.context`; empty when nothing was selected.
    pub(super) context: String,
}

impl<T> EntityType<T> {
    /// The property with this name, whatever its case.
    pub(super) fn property(
        &self,
        name: &str,
        option: QueryPart,
    ) -> Result<&'static Property<T>, GraphError> {
        if let Some(property) = self
            .properties
            .iter()
            .find(|property| property.name.eq_ignore_ascii_case(name))
        {
            return Ok(property);
        }
        let mut missing = self.missing.iter();
        if let Some(name) = missing.find(|missing| missing.eq_ignore_ascii_case(name)) {
            return Err(GraphError::NotSimulated(format!(
                "graph {}/{name}",
                self.name
            )));
        }
        Err(GraphError::UnknownProperty {
            property: name.to_owned(),
            entity: self.name,
            option,
        })
    }

    /// What `$select` asks for, or the default.
    pub(super) fn selection(&self, select: Option<&[String]>) -> Result<Selection<T>, GraphError> {
        let default = || self.properties.iter().filter(|property| property.default);
        let Some(names) = select else {
            return Ok(Selection {
                properties: default().collect(),
                context: String::new(),
            });
        };
        let mut properties: Vec<&'static Property<T>> = Vec::new();
        let mut add = |property: &'static Property<T>| {
            if !properties.iter().any(|known| known.name == property.name) {
                properties.push(property);
            }
        };
        for name in names {
            if name.contains('/') {
                return Err(GraphError::NotSimulated(format!(
                    "graph $select of {}/{name}",
                    self.name
                )));
            }
            if name == "*" {
                default().for_each(&mut add);
            } else {
                add(self.property(name, QueryPart::Select)?);
            }
        }
        let context: Vec<&str> = if names.iter().any(|name| name == "*") {
            vec!["*"]
        } else {
            properties.iter().map(|property| property.name).collect()
        };
        Ok(Selection {
            context: format!("({})", context.join(",")),
            properties,
        })
    }

    /// One entity with its default properties.
    pub(super) fn whole(&self, tenant: &Tenant, row: &T) -> Map<String, Value> {
        self.properties
            .iter()
            .filter(|property| property.default)
            .map(|property| (property.name.to_owned(), (property.value)(tenant, row)))
            .collect()
    }

    /// The same as a member of a mixed collection: with its type first.
    pub(super) fn typed(&self, tenant: &Tenant, row: &T) -> Value {
        let mut members = Map::new();
        members.insert(
            "@odata.type".to_owned(),
            json!(format!("#microsoft.graph.{}", self.name)),
        );
        members.append(&mut id_first(self.whole(tenant, row)));
        Value::Object(members)
    }
}

impl<T> Selection<T> {
    pub(super) fn entity(&self, tenant: &Tenant, row: &T) -> Value {
        let members = self
            .properties
            .iter()
            .map(|property| (property.name.to_owned(), (property.value)(tenant, row)));
        Value::Object(members.collect())
    }
}

/// The order of members in the answer to a creation: `id` stands first.
pub(super) fn id_first(mut members: Map<String, Value>) -> Map<String, Value> {
    match members.shift_remove("id") {
        Some(id) => {
            let mut ordered = Map::new();
            ordered.insert("id".to_owned(), id);
            ordered.append(&mut members);
            ordered
        }
        None => members,
    }
}

/// The SID that stands for a directory object: its GUID as four numbers.
pub(super) fn security_identifier(id: ObjectId) -> String {
    let bytes = id.0.to_bytes_le();
    let numbers: Vec<String> = bytes
        .chunks_exact(4)
        .map(|chunk| {
            let number = chunk
                .iter()
                .rev()
                .fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
            number.to_string()
        })
        .collect();
    format!("S-1-12-1-{}", numbers.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pair is from a public recording of the Azure CLI's tests.
    #[test]
    fn the_security_identifier_follows_from_the_id() {
        let id = "00e7bb05-86a1-49e2-bb6e-3dd60ab63a3a".parse().unwrap();
        assert_eq!(
            security_identifier(id),
            "S-1-12-1-15186693-1239582369-3594350267-976926218"
        );
    }
}
