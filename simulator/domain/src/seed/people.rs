//! The people of Contoso: the named accounts of the stories, and as many made-up ones as asked for.

use fake::locales::{Data, EN};
use uuid::Uuid;

use crate::credential::method::{Authenticator, Oath, Passkey};

use super::{
    Arc, AuthenticationMethod, CREATED, DirectoryRoleAssignment, GLOBAL_ADMINISTRATOR, Group, Home,
    Mail, MethodKind, ObjectId, OrdSet, Password, Random, Tenant, TenantId, Timestamp, User,
    UserType, named,
};

/// Ten minutes after the tenant: the registrations of methods.
const REGISTERED: Timestamp = Timestamp::from_unix_seconds(1_704_103_800);
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

pub(super) fn add(tenant: &mut Tenant) {
    let admin = member(
        tenant,
        "admin",
        "Ada Admin",
        vec![
            passkey(tenant, "YubiKey 5C NFC"),
            authenticator(tenant, "admin"),
        ],
    );
    let breakglass1 = member(tenant, "breakglass1", "Break Glass One", vec![]);
    let breakglass2 = member(tenant, "breakglass2", "Break Glass Two", vec![]);
    for id in [admin, breakglass1, breakglass2] {
        let assignment = named(tenant.seed, &format!("global administrator {id}")).guid();
        let held = DirectoryRoleAssignment {
            id: assignment,
            principal: id,
            role: GLOBAL_ADMINISTRATOR,
        };
        tenant.role_assignments.insert(assignment, Arc::new(held));
    }
    member(
        tenant,
        "alice",
        "Alice Fernandez",
        vec![
            authenticator(tenant, "alice"),
            one_time_codes(tenant, "alice"),
        ],
    );
    member(tenant, "bob", "Bob Okafor", vec![]);
    member(tenant, "svc-deploy", "Deployment Pipeline", vec![]);
    let student = member(tenant, "student", "Sam Student", vec![]);
    guest(tenant);
    group(
        tenant,
        "Break-glass accounts",
        "break-glass",
        &[breakglass1, breakglass2],
    );
    group(
        tenant,
        "Phones and keys only",
        "phones-and-keys",
        &[student],
    );
}

fn authenticator(tenant: &Tenant, user: &str) -> MethodKind {
    let mut random = named(tenant.seed, &format!("authenticator of {user}"));
    MethodKind::MicrosoftAuthenticator(Authenticator {
        display_name: "Pixel 9".to_owned(),
        phone_sign_in: false,
        oath: Some(Oath::new(random.bytes::<20>())),
    })
}

fn one_time_codes(tenant: &Tenant, user: &str) -> MethodKind {
    let mut random = named(tenant.seed, &format!("one-time codes of {user}"));
    MethodKind::SoftwareOath(Oath::new(random.bytes::<20>()))
}

/// The model number of the `YubiKey` 5 series with firmware 5.7 and NFC (FIDO Metadata Service).
const YUBIKEY_5_NFC: Uuid = Uuid::from_u128(0xa25342c0_3cdc_4414_8e46_f4807fca511c);

fn passkey(tenant: &Tenant, display_name: &str) -> MethodKind {
    let mut random = named(tenant.seed, &format!("passkey {display_name}"));
    MethodKind::Passkey(Passkey {
        display_name: display_name.to_owned(),
        credential_id: random.bytes::<48>().as_slice().into(),
        aaguid: Some(YUBIKEY_5_NFC),
    })
}

fn member(
    tenant: &mut Tenant,
    name: &str,
    display_name: &str,
    methods: Vec<MethodKind>,
) -> ObjectId {
    let mut random = named(tenant.seed, &format!("user {name}"));
    let id = ObjectId(random.guid());
    let mut user = User::new(id, name, display_name, CREATED);
    if let Some((given_name, surname)) = display_name.split_once(' ') {
        user.given_name = Some(given_name.into());
        user.surname = Some(surname.into());
    }
    user.password = Some(password(&mut random));
    user.mail = Mail::PrincipalName;
    user.methods = methods
        .into_iter()
        .map(|kind| AuthenticationMethod {
            id: random.guid(),
            registered: REGISTERED,
            kind,
        })
        .collect();
    tenant.users.put(user);
    id
}

fn guest(tenant: &mut Tenant) {
    let mut random = named(tenant.seed, "user guest");
    let id = ObjectId(random.guid());
    let home_name = "pat@fabrikam.example".to_owned();
    let mut user = User::new(id, "pat_fabrikam.example#EXT#", "Pat Guest", CREATED);
    user.user_type = UserType::Guest;
    user.mail = Mail::Other(home_name.as_str().into());
    user.password = Some(password(&mut random));
    user.home = Some(Box::new(Home {
        tenant: TenantId(random.guid()),
        object_id: ObjectId(random.guid()),
        principal_name: home_name,
        multifactor: false,
    }));
    tenant.users.put(user);
}

fn group(tenant: &mut Tenant, display_name: &str, mail_nickname: &str, members: &[ObjectId]) {
    let id = ObjectId(named(tenant.seed, &format!("group {mail_nickname}")).guid());
    let group = Group {
        id,
        display_name: display_name.to_owned(),
        description: None,
        mail_nickname: mail_nickname.to_owned(),
        created: CREATED,
        members: members.iter().copied().collect(),
        owners: OrdSet::new(),
    };
    tenant.groups.insert(id, Arc::new(group));
}

/// A password that satisfies the usual complexity rules and that a shell leaves alone.
fn password(random: &mut Random) -> Password {
    let mut syllables = |count: usize| -> String {
        let pair = |_| [random.text("bdfghkmnprstvz", 1), random.text("aeiou", 1)];
        (0..count).flat_map(pair).collect()
    };
    let (head, tail) = (syllables(3), syllables(3));
    let digits = random.text("23456789", 4);
    let value = format!("{}{}-{digits}-{tail}", head[..1].to_uppercase(), &head[1..]);
    Password {
        value: value.into(),
        set: CREATED,
        must_change: false,
    }
}

/// Adds users that differ in their names only; each follows from the seed and its own number.
pub(super) fn add_made_up(tenant: &mut Tenant, count: u32) {
    let first: Vec<Arc<str>> = EN::NAME_FIRST_NAME
        .iter()
        .map(|&name| name.into())
        .collect();
    let last: Vec<Arc<str>> = EN::NAME_LAST_NAME.iter().map(|&name| name.into()).collect();
    let jobs = JOBS.map(Arc::<str>::from);
    let departments = DEPARTMENTS.map(Arc::<str>::from);
    for number in 0..count {
        let mut random = named(tenant.seed.wrapping_add(u64::from(number)), "made-up user");
        let id = ObjectId(random.guid());
        let (given_name, surname) = (pick(&first, &mut random), pick(&last, &mut random));
        let local_part: String = format!("{given_name}.{surname}{number}")
            .to_lowercase()
            .chars()
            .filter(|c| *c != '\'')
            .collect();
        let mut user = User::new(id, &local_part, &format!("{given_name} {surname}"), CREATED);
        user.given_name = Some(given_name);
        user.surname = Some(surname);
        user.job_title = Some(pick(&jobs, &mut random));
        user.department = Some(pick(&departments, &mut random));
        user.mail = Mail::PrincipalName;
        tenant.users.put(user);
    }
}

fn pick(list: &[Arc<str>], random: &mut Random) -> Arc<str> {
    let count = u32::try_from(list.len()).unwrap_or(u32::MAX);
    let at = usize::try_from(random.below(count)).unwrap_or(0);
    list.get(at).cloned().unwrap_or_default()
}
