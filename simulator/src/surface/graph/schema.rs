//! Entity types: what can be read of each, declared once. From the tables come lists, single reads, selection, filters,
//! sorting, paging, navigation and `$metadata`. Writes nothing, knows no HTTP.

use entrasim_domain::directory::object::ObjectRef;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use serde_json::{Map, Value, json};

use super::error::{GraphError, QueryPart};

pub(super) mod administrative_unit;
pub(super) mod app_role_assignment;
pub(super) mod application;
pub(super) mod authentication_context;
pub(super) mod authentication_method;
pub(super) mod authentication_strength;
mod beyond;
pub(super) mod conditional_access_policy;
pub(super) mod conditional_access_template;
mod consent;
pub(super) mod credential_user_registration_details;
pub(super) mod deleted_item;
pub(super) mod device;
pub(super) mod directory_audit;
pub(super) mod directory_object;
pub(super) mod directory_role;
pub(super) mod directory_role_template;
pub(super) mod domain;
mod domain_dns_record;
pub(super) mod extension_property;
pub(super) mod federated_identity_credential;
pub(super) mod federation_configuration;
mod field;
pub(super) mod group;
mod licence;
pub(super) mod named_location;
mod navigation;
pub(super) mod oauth2_permission_grant;
mod operators;
pub(super) mod organization;
pub(super) mod permission_classification;
mod property;
mod relations;
pub(super) mod role_assignment;
pub(super) mod role_definition;
mod row;
pub(super) mod scoped_role_membership;
mod selection;
pub(super) mod service_principal;
mod shape;
pub(super) mod sign_in;
pub(super) mod subscribed_sku;
pub(super) mod token_lifetime_policy;
pub(super) mod user;
pub(super) mod user_events_summary;
pub(super) mod user_registration_details;

pub(super) use field::{Address, Field};
pub(super) use navigation::Navigation;
pub(super) use operators::{Filterable, Operators};
pub(super) use property::{Access, Facts, Kind, Property, Read, Sortable, Version};
pub(super) use row::{Projected, Row, type_of};
pub(super) use selection::{Selection, is_extension};
pub(super) use shape::{Misfit, Shape};

/// Objects of any types, one after the other.
pub(super) type Rows<'a> = Box<dyn Iterator<Item = Row<'a>> + 'a>;
/// Objects of one Rust type.
pub(super) type Entities<'a, T> = Box<dyn Iterator<Item = &'a T> + 'a>;

/// One entity type and the set of its entities.
pub(super) struct EntityType<T: 'static> {
    /// The type's name after `microsoft.graph.`.
    pub(super) name: &'static str,
    /// The entity set in the path and in `@odata.context`.
    pub(super) set: &'static str,
    /// What the directory calls it in error texts.
    pub(super) class: &'static str,
    pub(super) properties: &'static [Property<T>],
    pub(super) navigations: &'static [Navigation],
    /// Properties and navigations that the real type has and this one has not.
    pub(super) missing: &'static [&'static str],
    /// All entities after the given one, in the order of their ids.
    pub(super) rows: for<'a> fn(&'a Tenant, Option<ObjectId>) -> Entities<'a, T>,
    /// How many there are, where there is a quicker way than to count.
    pub(super) size: Option<fn(&Tenant) -> usize>,
    /// Where a page ends; `None` for sets that are not paged.
    pub(super) id: fn(&T) -> Option<ObjectId>,
    pub(super) get: for<'a> fn(&'a Tenant, &str) -> Option<&'a T>,
}

/// An entity type without its Rust type: what reading, filtering and paging work with.
pub(super) trait Type: Sync {
    fn name(&self) -> &'static str;
    fn set(&self) -> &'static str;
    fn class(&self) -> &'static str;
    /// The set's name in `@odata.context`.
    fn context(&self) -> &'static str {
        self.set()
    }
    fn missing(&self) -> &'static [&'static str];
    fn navigations(&self) -> &'static [Navigation];
    /// The property at a place of the table.
    fn facts(&self, at: usize) -> Option<&'static Facts>;
    fn read<'a>(&self, at: usize, tenant: &'a Tenant, row: Row<'a>) -> Field<'a>;
    /// As `read`, for the wire.
    fn value(&self, at: usize, tenant: &Tenant, row: Row<'_>) -> Value {
        self.read(at, tenant, row).json()
    }
    fn rows<'a>(&self, tenant: &'a Tenant, after: Option<ObjectId>) -> Rows<'a>;
    fn size(&self, tenant: &Tenant) -> Option<usize>;
    /// The entity that a path names: by id, or what else stands in the place of an id.
    fn get<'a>(&self, tenant: &'a Tenant, key: &str) -> Option<Row<'a>>;
    /// The entity with this value of a unique property; `None` if the property has no such index.
    #[expect(
        clippy::option_option,
        reason = "no index and no such entity are two answers"
    )]
    fn unique<'a>(&self, at: usize, tenant: &'a Tenant, value: &str) -> Option<Option<Row<'a>>>;
    /// The entities after the given one with this value, in the order of their ids; `None` without an index.
    fn equal<'a>(
        &self,
        at: usize,
        tenant: &'a Tenant,
        value: &str,
        after: Option<ObjectId>,
    ) -> Option<Rows<'a>>;
    /// The entities whose value begins so, in any order; `None` without an index.
    fn beginning<'a>(&self, at: usize, tenant: &'a Tenant, prefix: &str) -> Option<Rows<'a>>;
    /// The entities in the order of a property that each of them has; `None` without an index.
    fn ordered<'a>(
        &self,
        _at: usize,
        _tenant: &'a Tenant,
        _after: Option<(&str, ObjectId)>,
        _descending: bool,
    ) -> Option<Rows<'a>> {
        None
    }
    /// Where a page that ends with this object goes on.
    fn id(&self, tenant: &Tenant, row: Row<'_>) -> Option<ObjectId>;
    /// Whether its collections hold objects of several types.
    fn mixed(&self) -> bool {
        false
    }
}

impl<T: Projected> Type for EntityType<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn set(&self) -> &'static str {
        self.set
    }

    fn context(&self) -> &'static str {
        // What lies in the container of the directory is named without it.
        self.set.strip_prefix("directory/").unwrap_or(self.set)
    }

    fn class(&self) -> &'static str {
        self.class
    }

    fn missing(&self) -> &'static [&'static str] {
        self.missing
    }

    fn navigations(&self) -> &'static [Navigation] {
        self.navigations
    }

    fn facts(&self, at: usize) -> Option<&'static Facts> {
        self.properties.get(at).map(|property| &property.facts)
    }

    fn read<'a>(&self, at: usize, tenant: &'a Tenant, row: Row<'a>) -> Field<'a> {
        match (self.properties.get(at), T::of(row)) {
            (Some(property), Some(row)) => property.field(tenant, row),
            _ => Field::Null,
        }
    }

    fn value(&self, at: usize, tenant: &Tenant, row: Row<'_>) -> Value {
        match (self.properties.get(at), T::of(row)) {
            (Some(property), Some(row)) => property.value(tenant, row),
            _ => Value::Null,
        }
    }

    fn rows<'a>(&self, tenant: &'a Tenant, after: Option<ObjectId>) -> Rows<'a> {
        Box::new((self.rows)(tenant, after).map(T::row))
    }

    fn size(&self, tenant: &Tenant) -> Option<usize> {
        self.size.map(|size| size(tenant))
    }

    fn get<'a>(&self, tenant: &'a Tenant, key: &str) -> Option<Row<'a>> {
        (self.get)(tenant, key).map(T::row)
    }

    fn unique<'a>(&self, at: usize, tenant: &'a Tenant, value: &str) -> Option<Option<Row<'a>>> {
        let find = self.properties.get(at)?.find?;
        Some(find(tenant, value).map(T::row))
    }

    fn equal<'a>(
        &self,
        at: usize,
        tenant: &'a Tenant,
        value: &str,
        after: Option<ObjectId>,
    ) -> Option<Rows<'a>> {
        let indexed = self
            .properties
            .get(at)?
            .facts
            .index
            .zip(row::class(self.name));
        if let Some(holders) = self.properties.get(at)?.holders {
            return Some(Box::new(holders(tenant, value, after).map(T::row)));
        }
        if let Some((index, class)) = indexed {
            let ids = tenant.equal(class, index, value, after)?;
            return Some(Box::new(ids.filter_map(|id| object(tenant, id))));
        }
        let found = self.unique(at, tenant, value)?;
        let found = found.filter(|row| after.is_none() || self.id(tenant, *row) > after);
        Some(Box::new(found.into_iter()))
    }

    fn beginning<'a>(&self, at: usize, tenant: &'a Tenant, prefix: &str) -> Option<Rows<'a>> {
        let (index, class) = self
            .properties
            .get(at)?
            .facts
            .index
            .zip(row::class(self.name))?;
        let ids = tenant.starting_with(class, index, prefix)?;
        Some(Box::new(ids.filter_map(|id| object(tenant, id))))
    }

    fn ordered<'a>(
        &self,
        at: usize,
        tenant: &'a Tenant,
        after: Option<(&str, ObjectId)>,
        descending: bool,
    ) -> Option<Rows<'a>> {
        let (index, class) = self
            .properties
            .get(at)?
            .facts
            .index
            .zip(row::class(self.name))?;
        let ids = tenant.ordered(class, index, after, descending)?;
        Some(Box::new(ids.filter_map(|id| object(tenant, id))))
    }

    fn id(&self, _: &Tenant, row: Row<'_>) -> Option<ObjectId> {
        (self.id)(T::of(row)?)
    }
}

impl dyn Type {
    /// The properties in their order.
    pub(super) fn all_facts(&self) -> impl Iterator<Item = (usize, &'static Facts)> + '_ {
        (0..).map_while(|at| Some((at, self.facts(at)?)))
    }

    /// The place of the property with this name, whatever its case.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        let mut all = self.all_facts();
        all.find(|(_, facts)| facts.name.eq_ignore_ascii_case(name))
            .map(|(at, _)| at)
    }

    /// The same; if there is none, what is wrong.
    pub(super) fn property(
        &self,
        name: &str,
        option: QueryPart,
    ) -> Result<(usize, &'static Facts), GraphError> {
        let found = self.place(name);
        if let Some((at, facts)) = found.and_then(|at| Some((at, self.facts(at)?))) {
            return Ok((at, facts));
        }
        Err(self.unknown(name, option))
    }

    /// What to say of a name that is no property here.
    pub(super) fn unknown(&self, name: &str, option: QueryPart) -> GraphError {
        if is_extension(name) {
            return GraphError::NotSimulated(format!("graph {}/extension property", self.name()));
        }
        let mut missing = self.missing().iter().chain(self.beyond());
        if let Some(name) = missing.find(|missing| missing.eq_ignore_ascii_case(name)) {
            return GraphError::NotSimulated(format!("graph {}/{name}", self.name()));
        }
        self.absent(name, option)
    }

    /// What the real type has beyond what is missing here.
    pub(super) fn beyond(&self) -> &'static [&'static str] {
        beyond::beyond(self.name())
    }

    /// What to say of a name that the real type has not.
    pub(super) fn absent(&self, name: &str, option: QueryPart) -> GraphError {
        GraphError::UnknownProperty {
            property: name.to_owned(),
            entity: self.name(),
            option,
        }
    }

    pub(super) fn navigation(&self, name: &str) -> Option<&'static Navigation> {
        let mut navigations = self.navigations().iter();
        navigations.find(|navigation| navigation.name.eq_ignore_ascii_case(name))
    }

    /// One entity with its default properties.
    pub(super) fn defaults(
        &self,
        tenant: &Tenant,
        row: Row<'_>,
        version: Version,
    ) -> Map<String, Value> {
        self.all_facts()
            .filter(|(_, facts)| facts.default && facts.is_in(version))
            .map(|(at, facts)| (facts, self.value(at, tenant, row)))
            .filter(|(facts, value)| !(facts.sparse && value.is_null()))
            .map(|(facts, value)| (facts.name.to_owned(), value))
            .collect()
    }
}

impl<T: Projected> EntityType<T> {
    /// One entity with its default properties.
    pub(super) fn whole(&self, tenant: &Tenant, row: &T) -> Map<String, Value> {
        self.whole_in(tenant, row, Version::V1)
    }

    /// The same in one version.
    pub(super) fn whole_in(
        &self,
        tenant: &Tenant,
        row: &T,
        version: Version,
    ) -> Map<String, Value> {
        let defaults = self
            .properties
            .iter()
            .filter(|property| property.facts.default && property.facts.is_in(version));
        defaults
            .map(|property| {
                let name = property.facts.name.to_owned();
                (name, property.value(tenant, row))
            })
            .collect()
    }
}

/// The sets that a path can begin with.
pub(super) const SETS: &[&dyn Type] = &[
    &administrative_unit::ADMINISTRATIVE_UNIT,
    &application::APPLICATION,
    &authentication_context::AUTHENTICATION_CONTEXT,
    &authentication_strength::AUTHENTICATION_STRENGTH,
    &conditional_access_policy::CONDITIONAL_ACCESS_POLICY,
    &conditional_access_policy::DELETED_POLICY,
    &conditional_access_template::CONDITIONAL_ACCESS_TEMPLATE,
    &deleted_item::DELETED_ITEM,
    &device::DEVICE,
    &directory_audit::DIRECTORY_AUDIT,
    &directory_object::DIRECTORY_OBJECT,
    &directory_role::DIRECTORY_ROLE,
    &directory_role_template::DIRECTORY_ROLE_TEMPLATE,
    &domain::DOMAIN,
    &group::GROUP,
    &named_location::NAMED_LOCATION,
    &named_location::DELETED_LOCATION,
    &oauth2_permission_grant::OAUTH2_PERMISSION_GRANT,
    &organization::ORGANIZATION,
    &role_assignment::ROLE_ASSIGNMENT,
    &role_definition::ROLE_DEFINITION,
    &service_principal::SERVICE_PRINCIPAL,
    &sign_in::SIGN_IN,
    &subscribed_sku::SUBSCRIBED_SKU,
    &token_lifetime_policy::TOKEN_LIFETIME_POLICY,
    &user::USER,
];

/// Types whose paths only the rows of the operations know: what stands there is no object of its own.
/// Those of beta alone are not among them.
pub(super) const REPORTS: &[&dyn Type] = &[&user_registration_details::USER_REGISTRATION_DETAILS];

/// The types of directory objects: what mixed collections hold, and what the actions of all directory objects are for.
pub(super) const DIRECTORY_OBJECTS: &[&dyn Type] = &[
    &administrative_unit::ADMINISTRATIVE_UNIT,
    &application::APPLICATION,
    &device::DEVICE,
    &directory_role::DIRECTORY_ROLE,
    &group::GROUP,
    &organization::ORGANIZATION,
    &service_principal::SERVICE_PRINCIPAL,
    &user::USER,
];

/// The directory object with this id.
pub(super) fn object(tenant: &Tenant, id: ObjectId) -> Option<Row<'_>> {
    tenant.object(id).map(row_of)
}

/// A directory object as a row.
fn row_of(object: ObjectRef<'_>) -> Row<'_> {
    match object {
        ObjectRef::AdministrativeUnit(unit) => Row::AdministrativeUnit(unit),
        ObjectRef::Application(application) => Row::Application(application),
        ObjectRef::Device(device) => Row::Device(device),
        ObjectRef::Group(group) => Row::Group(group),
        ObjectRef::ServicePrincipal(principal) => Row::ServicePrincipal(principal),
        ObjectRef::User(user) => Row::User(user),
    }
}

/// An object as a member of a mixed collection: with its type first.
pub(super) fn typed(tenant: &Tenant, row: Row<'_>, version: Version) -> Value {
    let kind = type_of(row);
    let mut members = Map::new();
    members.insert(
        "@odata.type".to_owned(),
        json!(format!("#microsoft.graph.{}", kind.name())),
    );
    members.append(&mut id_first(kind.defaults(tenant, row, version)));
    Value::Object(members)
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
