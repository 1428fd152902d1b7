//! Navigations between directory objects: members, owners, managers, and the other way round.

use entrasim_domain::credential::application_credential::FederatedCredential;
use entrasim_domain::directory::licence::Licence;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::relations::Relation;

use super::directory_object::DIRECTORY_OBJECT;
use super::directory_role::DIRECTORY_ROLE;
use super::federated_identity_credential::FEDERATED_IDENTITY_CREDENTIAL;
use super::{Navigation, Projected, Row, Rows, Type, licence, object};

pub(super) const MEMBER_OF: Navigation =
    Navigation::many("memberOf", &DIRECTORY_OBJECT, |tenant, of, after| {
        let Some(id) = id(tenant, of) else {
            return none();
        };
        let groups = tenant.direct_groups_of(id).into_iter();
        let units = tenant.relations.sources(Relation::UnitMember, id, None);
        let found = groups.chain(units).filter_map(|id| object(tenant, id));
        in_order(tenant, found.chain(roles(tenant, id)), after)
    });

pub(super) const TRANSITIVE_MEMBER_OF: Navigation = Navigation::many(
    "transitiveMemberOf",
    &DIRECTORY_OBJECT,
    |tenant, of, after| {
        let Some(id) = id(tenant, of) else {
            return none();
        };
        let groups = tenant.groups_of(id).into_iter();
        let units = tenant.relations.sources(Relation::UnitMember, id, None);
        let found = groups.chain(units).filter_map(|id| object(tenant, id));
        in_order(tenant, found.chain(roles(tenant, id)), after)
    },
)
.unexpandable();

pub(super) const MEMBERS: Navigation =
    Navigation::many("members", &DIRECTORY_OBJECT, |tenant, of, after| match of {
        Row::Group(group) => in_that_order(tenant, tenant.members_of(group.id, after)),
        Row::AdministrativeUnit(unit) => targets(tenant, Relation::UnitMember, unit.id, after),
        Row::DirectoryRole(role) => {
            let assignments = tenant.role_assignments.of_role(role.id);
            let holders = assignments.filter_map(|row| object(tenant, row.principal));
            in_order(tenant, holders, after)
        }
        _ => none(),
    });

pub(super) const TRANSITIVE_MEMBERS: Navigation = Navigation::many(
    "transitiveMembers",
    &DIRECTORY_OBJECT,
    |tenant, of, after| match of {
        Row::Group(group) => {
            let members = tenant.transitive_members_of(group.id).into_iter();
            let rest = members.filter(move |id| after.is_none_or(|after| *id > after));
            in_that_order(tenant, rest)
        }
        _ => none(),
    },
)
.unexpandable();

pub(super) const OWNERS: Navigation =
    Navigation::many("owners", &DIRECTORY_OBJECT, |tenant, of, after| {
        match id(tenant, of) {
            Some(id) => targets(tenant, Relation::Owner, id, after),
            None => none(),
        }
    });

pub(super) const OWNED_OBJECTS: Navigation = Navigation::many(
    "ownedObjects",
    &DIRECTORY_OBJECT,
    |tenant, of, after| match id(tenant, of) {
        Some(id) => sources(tenant, Relation::Owner, id, after),
        None => none(),
    },
);

pub(super) const MANAGER: Navigation =
    Navigation::one("manager", &DIRECTORY_OBJECT, |tenant, of, after| {
        match id(tenant, of) {
            Some(id) => targets(tenant, Relation::Manager, id, after),
            None => none(),
        }
    });

pub(super) const DIRECT_REPORTS: Navigation = Navigation::many(
    "directReports",
    &DIRECTORY_OBJECT,
    |tenant, of, after| match id(tenant, of) {
        Some(id) => sources(tenant, Relation::Manager, id, after),
        None => none(),
    },
);

pub(super) const SPONSORS: Navigation = Navigation::many(
    "sponsors",
    &DIRECTORY_OBJECT,
    |tenant, of, after| match id(tenant, of) {
        Some(id) => targets(tenant, Relation::Sponsor, id, after),
        None => none(),
    },
);

pub(super) const CREATED_OBJECTS: Navigation = Navigation::many(
    "createdObjects",
    &DIRECTORY_OBJECT,
    |tenant, of, after| match id(tenant, of) {
        Some(id) => sources(tenant, Relation::Creator, id, after),
        None => none(),
    },
);

/// One row for each product, that with the most plans on if several sides give it.
pub(super) const LICENSE_DETAILS: Navigation = Navigation::many(
    "licenseDetails",
    &licence::LICENSE_DETAILS,
    |tenant, of, _| {
        let Row::User(user) = of else {
            return none();
        };
        let mut held: Vec<&Licence> = tenant
            .licences_of(user)
            .into_iter()
            .map(|held| held.licence)
            .collect();
        held.sort_by_key(|licence| (licence.sku, licence.disabled_plans.len()));
        held.dedup_by_key(|licence| licence.sku);
        Box::new(held.into_iter().map(Projected::row))
    },
)
.contained()
.unpaged()
.unexpandable();

pub(super) const OWNED_DEVICES: Navigation = Navigation::many(
    "ownedDevices",
    &DIRECTORY_OBJECT,
    |tenant, of, after| match id(tenant, of) {
        Some(id) => sources(tenant, Relation::RegisteredOwner, id, after),
        None => none(),
    },
);

pub(super) const REGISTERED_OWNERS: Navigation = Navigation::many(
    "registeredOwners",
    &DIRECTORY_OBJECT,
    |tenant, of, after| match id(tenant, of) {
        Some(id) => targets(tenant, Relation::RegisteredOwner, id, after),
        None => none(),
    },
);

pub(super) const REGISTERED_USERS: Navigation = Navigation::many(
    "registeredUsers",
    &DIRECTORY_OBJECT,
    |tenant, of, after| match id(tenant, of) {
        Some(id) => targets(tenant, Relation::RegisteredUser, id, after),
        None => none(),
    },
);

pub(super) const REGISTERED_DEVICES: Navigation = Navigation::many(
    "registeredDevices",
    &DIRECTORY_OBJECT,
    |tenant, of, after| match id(tenant, of) {
        Some(id) => sources(tenant, Relation::RegisteredUser, id, after),
        None => none(),
    },
);

pub(super) const FEDERATED_IDENTITY_CREDENTIALS: Navigation = Navigation::many(
    "federatedIdentityCredentials",
    &FEDERATED_IDENTITY_CREDENTIAL,
    |_, of, _| match of {
        Row::Application(application) => {
            Box::new(application.federated_credentials.iter().map(Projected::row))
        }
        _ => none(),
    },
)
.contained()
.getting(|_, of, key| {
    let Row::Application(application) = of else {
        return None;
    };
    let mut all = application.federated_credentials.iter();
    // By its id or its name.
    let is_it = |credential: &&FederatedCredential| {
        credential.name == key || credential.id.to_string().eq_ignore_ascii_case(key)
    };
    all.find(is_it).map(Projected::row)
});

fn none<'a>() -> Rows<'a> {
    Box::new(core::iter::empty())
}

fn id(tenant: &Tenant, row: Row<'_>) -> Option<ObjectId> {
    DIRECTORY_OBJECT.id(tenant, row)
}

fn targets(
    tenant: &Tenant,
    relation: Relation,
    from: ObjectId,
    after: Option<ObjectId>,
) -> Rows<'_> {
    in_that_order(tenant, tenant.relations.targets(relation, from, after))
}

fn sources(tenant: &Tenant, relation: Relation, to: ObjectId, after: Option<ObjectId>) -> Rows<'_> {
    in_that_order(tenant, tenant.relations.sources(relation, to, after))
}

fn in_that_order<'a>(tenant: &'a Tenant, ids: impl Iterator<Item = ObjectId> + 'a) -> Rows<'a> {
    Box::new(ids.filter_map(|id| object(tenant, id)))
}

fn roles(tenant: &Tenant, principal: ObjectId) -> impl Iterator<Item = Row<'_>> {
    let held = tenant.roles_of(principal);
    (DIRECTORY_ROLE.rows)(tenant, None)
        .filter(move |role| held.contains(&role.id))
        .map(Projected::row)
}

/// The rows after one, in the order of their ids, each once.
fn in_order<'a>(
    tenant: &'a Tenant,
    rows: impl Iterator<Item = Row<'a>>,
    after: Option<ObjectId>,
) -> Rows<'a> {
    let mut rows: Vec<(Option<ObjectId>, Row<'a>)> =
        rows.map(|row| (id(tenant, row), row)).collect();
    rows.retain(|(id, _)| after.is_none() || *id > after);
    rows.sort_by_key(|(id, _)| *id);
    rows.dedup_by_key(|(id, _)| *id);
    Box::new(rows.into_iter().map(|(_, row)| row))
}
