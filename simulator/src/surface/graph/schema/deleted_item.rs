//! Deleted items: directory objects that can still be restored, each read as what it was.

use entrasim_domain::directory::object::ObjectRef;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use serde_json::Value;

use super::directory_object::DIRECTORY_OBJECT;
use super::{Facts, Field, Navigation, Row, Rows, Type, type_of};

/// The set has no Rust type behind it.
pub(in crate::surface::graph) struct DeletedItem;

pub(in crate::surface::graph) static DELETED_ITEM: DeletedItem = DeletedItem;

/// Whether a set is one of deleted objects.
pub(in crate::surface::graph) fn is_of_deleted(kind: &dyn Type) -> bool {
    kind.set().contains("/deletedItems")
}

/// Whether a deleted object can still be restored.
pub(in crate::surface::graph) fn is_restorable(
    tenant: &Tenant,
    row: Row<'_>,
    now: Timestamp,
) -> bool {
    let deleted = &tenant.conditional_access.deleted;
    match row {
        Row::ConditionalAccessPolicy(policy) => deleted.policies.get(policy.id, now).is_some(),
        Row::NamedLocation(location) => deleted.named_locations.get(location.id, now).is_some(),
        row => {
            let id = type_of(row).id(tenant, row);
            id.is_some_and(|id| tenant.deleted.get(id, now).is_some())
        }
    }
}

/// An object as a row.
fn row(object: ObjectRef<'_>) -> Row<'_> {
    match object {
        ObjectRef::AdministrativeUnit(object) => Row::AdministrativeUnit(object),
        ObjectRef::Application(object) => Row::Application(object),
        ObjectRef::Device(object) => Row::Device(object),
        ObjectRef::Group(object) => Row::Group(object),
        ObjectRef::ServicePrincipal(object) => Row::ServicePrincipal(object),
        ObjectRef::User(object) => Row::User(object),
    }
}

impl Type for DeletedItem {
    fn name(&self) -> &'static str {
        "directoryObject"
    }

    fn set(&self) -> &'static str {
        "directory/deletedItems"
    }

    fn class(&self) -> &'static str {
        "DirectoryObject"
    }

    fn context(&self) -> &'static str {
        "directoryObjects"
    }

    fn missing(&self) -> &'static [&'static str] {
        DIRECTORY_OBJECT.missing()
    }

    fn navigations(&self) -> &'static [Navigation] {
        &[]
    }

    fn facts(&self, at: usize) -> Option<&'static Facts> {
        DIRECTORY_OBJECT.facts(at)
    }

    fn read<'a>(&self, at: usize, tenant: &'a Tenant, row: Row<'a>) -> Field<'a> {
        DIRECTORY_OBJECT.read(at, tenant, row)
    }

    fn value(&self, at: usize, tenant: &Tenant, row: Row<'_>) -> Value {
        DIRECTORY_OBJECT.value(at, tenant, row)
    }

    fn rows<'a>(&self, tenant: &'a Tenant, after: Option<ObjectId>) -> Rows<'a> {
        let deleted = tenant.deleted.all_after(after);
        Box::new(deleted.map(|deleted| row(deleted.object.borrow())))
    }

    fn size(&self, _: &Tenant) -> Option<usize> {
        None
    }

    fn get<'a>(&self, tenant: &'a Tenant, key: &str) -> Option<Row<'a>> {
        let deleted = tenant.deleted.kept(key.parse().ok()?)?;
        Some(row(deleted.object.borrow()))
    }

    fn unique<'a>(&self, _: usize, _: &'a Tenant, _: &str) -> Option<Option<Row<'a>>> {
        None
    }

    fn equal<'a>(&self, _: usize, _: &'a Tenant, _: &str, _: Option<ObjectId>) -> Option<Rows<'a>> {
        None
    }

    fn beginning<'a>(&self, _: usize, _: &'a Tenant, _: &str) -> Option<Rows<'a>> {
        None
    }

    fn id(&self, tenant: &Tenant, row: Row<'_>) -> Option<ObjectId> {
        DIRECTORY_OBJECT.id(tenant, row)
    }

    fn mixed(&self) -> bool {
        true
    }
}
