//! The indexes against a plain search, after whatever happened to the directory.

use std::collections::BTreeSet;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::directory::membership_rule::MembershipRule;
use crate::directory::object::Class;
use crate::directory::role::{DirectoryRoleAssignment, GLOBAL_ADMINISTRATOR, RoleScope};
use crate::directory::user::User;
use crate::id::ObjectId;
use crate::seed::{SeedOptions, contoso};
use crate::tenant::changes::{Note, Subject, What};
use crate::tenant::deleted::KEPT;
use crate::tenant::error::DirectoryError;
use crate::tenant::look_up::Indexed;
use crate::tenant::relations::Relation;
use crate::time::Timestamp;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);

fn tenant(users: u32) -> Tenant {
    contoso(&SeedOptions {
        number: 0,
        display_name: "Contoso".to_owned(),
        users,
        clock: Clock::Manual { now: NOW },
        enforcement: Enforcement::default(),
        security_defaults: false,
        deploy_certificate: Vec::new(),
        workload_issuer: "https://workload.example".to_owned(),
        workload_issuer_keys: "{}".to_owned(),
    })
}

fn note() -> Note {
    Note::by_service(NOW)
}

fn group(id: u128) -> Group {
    let id = ObjectId::from_u128(id);
    Group::new(id, format!("Group {id}"), format!("group-{id}"), NOW)
}

fn id_of(tenant: &Tenant, name: &str) -> ObjectId {
    tenant.users.by_local_part(name, 0).unwrap().id
}

/// One thing that happens; numbers choose among few objects.
#[derive(Clone, Debug)]
enum Step {
    Put {
        user: u8,
        name: u8,
        department: u8,
        mail: bool,
    },
    Link {
        group: u8,
        member: u8,
    },
    Unlink {
        group: u8,
        member: u8,
    },
    Delete(u8),
    Restore(u8),
    Purge(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..8_u8, 0..10_u8, 0..3_u8, any::<bool>()).prop_map(|(user, name, department, mail)| Step::Put { user, name, department, mail }),
        3 => (0..3_u8, 0..11_u8).prop_map(|(group, member)| Step::Link { group, member }),
        1 => (0..3_u8, 0..11_u8).prop_map(|(group, member)| Step::Unlink { group, member }),
        2 => (0..11_u8).prop_map(Step::Delete),
        2 => (0..11_u8).prop_map(Step::Restore),
        1 => (0..11_u8).prop_map(Step::Purge),
    ]
}

/// 0 to 7 are users, 8 to 10 groups.
fn id(number: u8) -> ObjectId {
    ObjectId::from_u128(0x1000 + u128::from(number))
}

fn play(tenant: &mut Tenant, step: &Step) {
    let _ = match *step {
        Step::Put {
            user,
            name,
            department,
            mail,
        } => {
            let names = [
                "ann", "Ann.b", "ann-c", "BOB", "bobby", "Émile", "zoe", "z", "ann_x", "a",
            ];
            let mut row = User::new(
                id(user),
                names[usize::from(name)],
                names[usize::from(9 - name)],
                NOW,
            );
            row.department =
                [None, Some("Sales".into()), Some("SALES".into())][usize::from(department)].clone();
            row.mail = if mail {
                Mail::PrincipalName
            } else {
                Mail::Other("x@y.example".into())
            };
            tenant.put_user(row, &note())
        }
        Step::Link { group, member } => {
            tenant.link(Relation::Member, id(8 + group), id(member), &note())
        }
        Step::Unlink { group, member } => {
            tenant.unlink(Relation::Member, id(8 + group), id(member), &note())
        }
        Step::Delete(number) => tenant.delete(id(number), &note()),
        Step::Restore(number) => tenant.restore(id(number), &note()),
        Step::Purge(number) => tenant.purge(id(number), &note()),
    };
}

fn found(tenant: &Tenant, property: Indexed, value: &str) -> Vec<ObjectId> {
    tenant
        .equal(Class::User, property, value, None)
        .unwrap()
        .collect()
}

fn searched(tenant: &Tenant, fits: impl Fn(&User) -> bool) -> Vec<ObjectId> {
    let users = tenant.users.iter().filter(|user| fits(user));
    users.map(|user| user.id).collect()
}

fn same(left: Option<&str>, right: &str) -> bool {
    left.is_some_and(|left| left.to_lowercase() == right.to_lowercase())
}

proptest! {
    #[test]
    fn indexes_and_links_agree_with_a_plain_search(steps in prop::collection::vec(step(), 0..60)) {
        let mut tenant = tenant(0);
        for number in 0x1008..0x100b {
            tenant.put_group(group(number), &note()).unwrap();
        }
        for step in &steps {
            play(&mut tenant, step);
        }
        for value in ["ann", "ANN.B", "sales", "émile", "x@y.example", "bob@contoso.onmicrosoft.com", "zoe"] {
            prop_assert_eq!(found(&tenant, Indexed::DisplayName, value), searched(&tenant, |user| same(Some(&user.display_name), value)));
            prop_assert_eq!(found(&tenant, Indexed::Department, value), searched(&tenant, |user| same(user.department.as_deref(), value)));
            prop_assert_eq!(found(&tenant, Indexed::Mail, value), searched(&tenant, |user| same(tenant.mail(user).as_deref(), value)));
            prop_assert_eq!(found(&tenant, Indexed::MailNickname, value), searched(&tenant, |user| same(Some(user.mail_nickname()), value)));
            prop_assert_eq!(found(&tenant, Indexed::UserPrincipalName, value), searched(&tenant, |user| same(Some(&tenant.principal_name(user)), value)));
        }
        for prefix in ["a", "ann", "ann.", "bob", "é", ""] {
            let mut found: Vec<ObjectId> = tenant.starting_with(Class::User, Indexed::UserPrincipalName, prefix).unwrap().collect();
            found.sort_unstable();
            prop_assert_eq!(found, searched(&tenant, |user| tenant.principal_name(user).to_lowercase().starts_with(prefix)));
        }
        let by_name: Vec<String> = tenant.ordered(Class::User, Indexed::UserPrincipalName, None, false).unwrap()
            .map(|id| tenant.principal_name(tenant.users.get(id).unwrap()).to_lowercase()).collect();
        prop_assert!(by_name.is_sorted());
        prop_assert_eq!(by_name.len(), tenant.users.len());
        for group in tenant.groups.keys() {
            for member in tenant.relations.targets(Relation::Member, *group, None) {
                prop_assert!(tenant.object(member).is_some());
                prop_assert!(tenant.groups_of(member).contains(group));
            }
        }
    }
}

#[test]
fn a_crowd_is_indexed_as_if_added_one_by_one() {
    let tenant = tenant(3000);
    let mut slow = Users::default();
    for user in tenant.users.iter() {
        slow.put(User::clone(user));
    }
    let shape = |users: &Users| {
        let index = users.index();
        let by_name: Vec<ObjectId> = users.by_name(None).collect();
        let by_display: Vec<ObjectId> = index.display_names.ordered(None).collect();
        let sales: Vec<ObjectId> = index.departments.exact("sales", None).collect();
        let people: Vec<ObjectId> = users.iter().map(|user| user.id).collect();
        (
            people,
            by_name,
            by_display,
            sales,
            index.surnames.prefix("s").count(),
            index.guests.len(),
        )
    };
    assert_eq!(shape(&tenant.users), shape(&slow));
}

#[test]
fn everybody_of_the_crowd_is_in_a_team_a_department_and_the_group_of_the_job() {
    let tenant = tenant(100);
    let user = tenant
        .users
        .iter()
        .find(|user| user.department.is_some())
        .unwrap();
    let names: BTreeSet<String> = tenant
        .groups_of(user.id)
        .iter()
        .map(|id| tenant.groups.get(id).unwrap().display_name.clone())
        .collect();
    let department = user.department.as_deref().unwrap();
    let expected = [
        format!("All {department}"),
        format!("{department} team 1"),
        format!("Every {}", user.job_title.as_deref().unwrap()),
    ];
    assert_eq!(names, expected.into_iter().collect());
    let every = tenant
        .groups
        .values()
        .find(|group| group.display_name == "Every Nurse")
        .unwrap();
    assert_eq!(
        tenant.members_of(every.id, None).count(),
        searched(&tenant, |user| user.job_title.as_deref() == Some("Nurse")).len()
    );
}

#[test]
fn a_deleted_user_gives_the_name_free_and_comes_back_with_groups_and_roles() {
    let mut tenant = tenant(0);
    let alice = id_of(&tenant, "alice");
    let friends = group(1);
    let role = DirectoryRoleAssignment {
        id: Uuid::from_u128(5),
        principal: alice,
        role: GLOBAL_ADMINISTRATOR,
        scope: RoleScope::Directory,
    };
    tenant.put_group(friends.clone(), &note()).unwrap();
    tenant
        .link(Relation::Member, friends.id, alice, &note())
        .unwrap();
    tenant.assign_role(role, &note()).unwrap();
    tenant.delete(alice, &note()).unwrap();
    assert!(
        tenant.roles_of(alice).is_empty() && tenant.members_of(friends.id, None).next().is_none()
    );
    let Some(deleted) = tenant.deleted.get(alice, NOW) else {
        panic!("deleted users are kept")
    };
    let crate::directory::object::Object::User(shown) = &deleted.object else {
        panic!("a user")
    };
    assert_eq!(
        tenant.principal_name(shown),
        format!("{}alice@contoso.onmicrosoft.com", alice.0.simple())
    );
    let usurper = User::new(ObjectId::from_u128(9), "Alice", "Other", NOW);
    tenant.put_user(usurper, &note()).unwrap();
    assert_eq!(
        tenant.restore(alice, &note()),
        Err(DirectoryError::Conflict("userPrincipalName"))
    );
    tenant.delete(ObjectId::from_u128(9), &note()).unwrap();
    tenant.restore(alice, &note()).unwrap();
    assert_eq!(id_of(&tenant, "alice"), alice);
    assert_eq!(tenant.roles_of(alice), [GLOBAL_ADMINISTRATOR]);
    assert_eq!(tenant.groups_of(alice), [friends.id]);
}

#[test]
fn after_thirty_days_a_deleted_object_is_gone() {
    let mut tenant = tenant(0);
    let bob = id_of(&tenant, "bob");
    tenant.delete(bob, &note()).unwrap();
    let later = Note::by_service(NOW + KEPT);
    assert!(tenant.deleted.get(bob, later.at).is_none());
    assert_eq!(
        tenant.restore(bob, &later),
        Err(DirectoryError::NotFound(bob))
    );
}

#[test]
fn an_application_takes_its_service_principal_along_and_brings_it_back() {
    let mut tenant = tenant(0);
    let app = tenant.applications.values().next().unwrap().clone();
    let permissions = tenant.app_role_assignments.len();
    tenant.delete(app.id, &note()).unwrap();
    assert!(tenant.service_principal(app.app_id).is_none());
    assert!(tenant.app_role_assignments.is_empty() && permissions > 0);
    tenant.restore(app.id, &note()).unwrap();
    assert!(tenant.service_principal(app.app_id).is_some());
    assert_eq!(tenant.app_role_assignments.len(), permissions);
}

#[test]
fn the_log_says_what_happened_last_to_each_object() {
    let mut tenant = tenant(0);
    let start = tenant.changes.next();
    let alice = id_of(&tenant, "alice");
    let mut changed = User::clone(tenant.users.get(alice).unwrap());
    changed.job_title = Some("Pilot".into());
    tenant.put_user(changed.clone(), &note()).unwrap();
    tenant.put_user(changed, &note()).unwrap();
    let last = |tenant: &Tenant| {
        tenant
            .changes
            .since(start)
            .map(|change| change.what)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        last(&tenant),
        [What::Changed],
        "a change of nothing is no change"
    );
    assert_eq!(
        tenant
            .changes
            .since(start)
            .next()
            .unwrap()
            .properties_since(start)
            .unwrap(),
        ["jobTitle"]
    );
    tenant.delete(alice, &note()).unwrap();
    assert_eq!(last(&tenant), [What::SoftDeleted]);
    tenant.restore(alice, &note()).unwrap();
    assert_eq!(last(&tenant), [What::Restored]);
    tenant.delete(alice, &note()).unwrap();
    tenant.purge(alice, &note()).unwrap();
    assert_eq!(last(&tenant), [What::Purged]);
    let subject = &tenant.changes.since(start).next().unwrap().subject;
    assert_eq!(*subject, Subject::Object(Class::User, alice));
}

#[test]
fn nobody_adds_members_to_a_dynamic_group() {
    let mut tenant = tenant(0);
    let mut dynamic = group(3);
    let rule = MembershipRule::parse(r#"user.displayName -startsWith "Alice""#).unwrap();
    dynamic.membership_rule = Some(Arc::new(rule));
    let (id, alice, bob) = (dynamic.id, id_of(&tenant, "alice"), id_of(&tenant, "bob"));
    tenant.put_group(dynamic, &note()).unwrap();
    assert_eq!(
        tenant.link(Relation::Member, id, bob, &note()),
        Err(DirectoryError::DynamicGroup)
    );
    assert_eq!(tenant.members_of(id, None).collect::<Vec<_>>(), [alice]);
    assert_eq!(tenant.groups_of(alice), [id]);
}

#[test]
fn groups_may_nest_in_a_circle() {
    let mut tenant = tenant(0);
    let (one, two) = (group(1), group(2));
    let alice = id_of(&tenant, "alice");
    let ids = [one.id, two.id];
    tenant.put_group(one, &note()).unwrap();
    tenant.put_group(two, &note()).unwrap();
    tenant
        .link(Relation::Member, ids[0], ids[1], &note())
        .unwrap();
    tenant
        .link(Relation::Member, ids[1], ids[0], &note())
        .unwrap();
    tenant
        .link(Relation::Member, ids[1], alice, &note())
        .unwrap();
    assert_eq!(tenant.groups_of(alice), ids);
    assert_eq!(tenant.transitive_members_of(ids[0]).len(), 3);
}

#[test]
fn a_role_of_a_role_assignable_group_is_its_members_role() {
    let mut tenant = tenant(0);
    let mut admins = group(1);
    admins.assignable_to_role = true;
    let (group, bob) = (admins.id, id_of(&tenant, "bob"));
    tenant.put_group(admins, &note()).unwrap();
    tenant.link(Relation::Member, group, bob, &note()).unwrap();
    let role = |id, scope| DirectoryRoleAssignment {
        id: Uuid::from_u128(id),
        principal: group,
        role: GLOBAL_ADMINISTRATOR,
        scope,
    };
    tenant
        .assign_role(role(1, RoleScope::Unit(group)), &note())
        .unwrap();
    assert!(
        tenant.roles_of(bob).is_empty(),
        "a role in a unit is none of the directory"
    );
    tenant
        .assign_role(role(2, RoleScope::Directory), &note())
        .unwrap();
    assert_eq!(tenant.roles_of(bob), [GLOBAL_ADMINISTRATOR]);
    assert!(
        tenant
            .assign_role(role(3, RoleScope::Directory), &note())
            .is_err()
    );
}
