//! The people of Contoso: the named accounts of the stories. The crowd beside them is in `crowd.rs`.

use uuid::Uuid;

use crate::credential::method::{Authenticator, Passkey};
use crate::credential::one_time_code::Oath;

use super::{
    Arc, AuthenticationMethod, CREATED, DirectoryRoleAssignment, GLOBAL_ADMINISTRATOR, Group, Home,
    Mail, MethodKind, ObjectId, Password, Random, Relation, RoleScope, Tenant, TenantId, Timestamp,
    User, UserType, named,
};

/// Ten minutes after the tenant: the registrations of methods.
const REGISTERED: Timestamp = Timestamp::from_unix_seconds(1_704_103_800);
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
            scope: RoleScope::Directory,
        };
        tenant.role_assignments.insert(Arc::new(held));
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
        key: None,
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
    user.password = Some(Box::new(password(&mut random)));
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
    user.password = Some(Box::new(password(&mut random)));
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
    let group = Group::new(
        id,
        display_name.to_owned(),
        mail_nickname.to_owned(),
        CREATED,
    );
    tenant.groups.put(Arc::new(group));
    let links = members.iter().map(|member| (id, *member)).collect();
    tenant.relations.extend(Relation::Member, links);
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
