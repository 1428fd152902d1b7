//! Made-up users, as many as asked for, with the groups they are in and the methods they have registered. All of it follows
//! from the seed and each user's own number.

use fake::locales::{Data, EN};

use super::{
    Arc, AuthenticationMethod, CREATED, Group, Mail, MethodKind, ObjectId, Random, Relation,
    Tenant, Timestamp, User, named,
};
use crate::credential::method::{Authenticator, Passkey, Phone, PhoneKind};
use crate::directory::membership_rule::MembershipRule;

/// An hour after the tenant: the registrations of methods.
const REGISTERED: Timestamp = Timestamp::from_unix_seconds(1_704_106_800);
/// How many people a team has at most.
const TEAM: usize = 1000;
const JOBS: [&str; 8] = [
    "Accountant",
    "Analyst",
    "Buyer",
    "Consultant",
    "Developer",
    "Engineer",
    "Nurse",
    "Teacher",
];
const DEPARTMENTS: [&str; 6] = [
    "Engineering",
    "Finance",
    "HR",
    "Marketing",
    "Sales",
    "Support",
];

/// The names that users are made of.
struct Names {
    first: Vec<Arc<str>>,
    last: Vec<Arc<str>>,
    jobs: [Arc<str>; JOBS.len()],
    departments: [Arc<str>; DEPARTMENTS.len()],
}

/// Adds made-up users and their groups.
pub(super) fn add(tenant: &mut Tenant, count: u32) {
    if count == 0 {
        return;
    }
    let shared = |names: &[&str]| names.iter().map(|&name| name.into()).collect();
    let names = Names {
        first: shared(EN::NAME_FIRST_NAME),
        last: shared(EN::NAME_LAST_NAME),
        jobs: JOBS.map(Into::into),
        departments: DEPARTMENTS.map(Into::into),
    };
    let seed = tenant.seed;
    // Half of them each: making a million takes a while.
    let half = count / 2;
    let make = |numbers: core::ops::Range<u32>| -> Vec<Arc<User>> {
        let user = |number| Arc::new(user(seed, number, &names));
        numbers.map(user).collect()
    };
    let mut users = std::thread::scope(|scope| {
        let second = scope.spawn(|| make(half..count));
        let mut users = make(0..half);
        users.append(&mut second.join().unwrap_or_default());
        users
    });
    users.sort_unstable_by_key(|user| user.id);
    let links = groups(tenant, &users, &names);
    tenant.users.fill(users);
    tenant.relations.extend(Relation::Member, links);
}

fn user(seed: u64, number: u32, names: &Names) -> User {
    let mut random = named(seed.wrapping_add(u64::from(number)), "made-up user");
    let id = ObjectId(random.guid());
    let given_name = pick(&names.first, &mut random);
    let surname = pick(&names.last, &mut random);
    let local_part: String = format!("{given_name}.{surname}{number}")
        .to_lowercase()
        .chars()
        .filter(|c| *c != '\'')
        .collect();
    let display_name = format!("{given_name} {surname}");
    let mut user = User::new(id, &local_part, &display_name, CREATED);
    user.given_name = Some(given_name);
    user.surname = Some(surname);
    user.job_title = Some(pick(&names.jobs, &mut random));
    user.department = Some(pick(&names.departments, &mut random));
    user.mail = Mail::PrincipalName;
    user.methods = method(number, &mut random).into_iter().collect();
    user
}

/// Out of a hundred people, 55 have the Authenticator app, 20 a telephone, 5 a passkey, and 20 nothing yet.
fn method(number: u32, random: &mut Random) -> Option<AuthenticationMethod> {
    let kind = match random.below(100) {
        0..55 => MethodKind::MicrosoftAuthenticator(Authenticator {
            display_name: "Pixel 9".to_owned(),
            phone_sign_in: false,
            oath: None,
        }),
        55..75 => MethodKind::Phone(Phone {
            // Numbers from 555 0100 on are for fiction.
            number: format!("+1 20655501{:02}", number % 100),
            kind: PhoneKind::Mobile,
            sms_sign_in: false,
        }),
        75..80 => MethodKind::Passkey(Passkey {
            display_name: "Security key".to_owned(),
            credential_id: random.bytes::<32>().as_slice().into(),
            aaguid: None,
            key: None,
        }),
        _ => return None,
    };
    Some(AuthenticationMethod {
        id: random.guid(),
        registered: REGISTERED,
        kind,
    })
}

/// A group of each department, whose members are its teams; each person is in one team. The groups of jobs are dynamic.
/// Hands back who is a member where.
fn groups(tenant: &mut Tenant, users: &[Arc<User>], names: &Names) -> Vec<(ObjectId, ObjectId)> {
    let mut links = Vec::with_capacity(users.len() + 64);
    for department in &names.departments {
        let people: Vec<ObjectId> = users
            .iter()
            .filter(|user| user.department.as_ref() == Some(department))
            .map(|user| user.id)
            .collect();
        let whole = group(tenant, &format!("All {department}"), None);
        for (number, members) in people.chunks(TEAM).enumerate() {
            let team = group(tenant, &format!("{department} team {}", number + 1), None);
            links.push((whole, team));
            links.extend(members.iter().map(|member| (team, *member)));
        }
    }
    for job in &names.jobs {
        let rule = format!("user.jobTitle -eq \"{job}\"");
        group(tenant, &format!("Every {job}"), Some(&rule));
    }
    links
}

fn group(tenant: &mut Tenant, name: &str, rule: Option<&str>) -> ObjectId {
    let alias = name.to_lowercase().replace(' ', "-");
    let id = ObjectId(named(tenant.seed, &format!("group {alias}")).guid());
    let mut group = Group::new(id, name.to_owned(), alias, CREATED);
    group.membership_rule = rule
        .and_then(|rule| MembershipRule::parse(rule).ok())
        .map(Arc::new);
    tenant.groups.put(Arc::new(group));
    id
}

fn pick(list: &[Arc<str>], random: &mut Random) -> Arc<str> {
    let count = u32::try_from(list.len()).unwrap_or(u32::MAX);
    let at = usize::try_from(random.below(count)).unwrap_or(0);
    list.get(at).cloned().unwrap_or_default()
}
