//! Policy set × attempt → outcome, code, reason: the documented behaviour as a table.

use core::time::Duration;
use std::sync::Arc;

use uuid::Uuid;

use crate::catalogue::{AZURE_RESOURCE_MANAGER, GRAPH};
use crate::directory::role::GLOBAL_ADMINISTRATOR;
use crate::directory::user::PerUserMfa;
use crate::enforcement::facts::{
    Amr, Authentication, Circumstances, ClientAppType, DevicePlatform, Factor, Facts, GuestKind,
    IdentityType, Operation, Policies, Risk, Stage, UserAction, UserFacts,
};
use crate::enforcement::phase::Enforcement;
use crate::enforcement::rules::RulesAsked;
use crate::enforcement::{PolicyResult, decide};
use crate::id::{AppId, ObjectId, TenantId};
use crate::policy::ConditionalAccess;
use crate::policy::authentication_strength::{
    AuthenticationStrength, CombinationConfiguration, MFA, Mode, PASSWORDLESS_MFA,
    PHISHING_RESISTANT_MFA,
};
use crate::policy::conditional_access::{
    ApplicationRef, ConditionalAccessPolicy, GrantControl, GrantControls, Guests, LocationRef,
    Operator, PlatformRef, PolicyState, Principals, Scope, SignInFrequency, TransferMethod,
    Workloads,
};
use crate::policy::device_filter::{DeviceFilter, DeviceFilterMode, DeviceRule};
use crate::policy::named_location::{AddressRange, NamedLocation, NamedLocationKind};
use crate::time::Timestamp;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_759_000_000);
const CLI: AppId = AppId::from_u128(0x04b0_7795_8ddb_461a_bbee_02f9_e1bf_7b46);
const PORTAL: AppId = AppId::from_u128(0xc44b_4083_3bb0_49c1_b47d_974e_53cb_df3c);
const OWN_APP: AppId = AppId::from_u128(0xa44);
const BOB: ObjectId = ObjectId::from_u128(1);
const TEAM: ObjectId = ObjectId::from_u128(2);
const ROBOT: ObjectId = ObjectId::from_u128(3);
const HQ: Uuid = Uuid::from_u128(0x10c);
const FAR: Uuid = Uuid::from_u128(0x10d);
const OWN_STRENGTH: Uuid = Uuid::from_u128(0x57);
const HOME: TenantId = TenantId::from_u128(0x40);
const MODEL: Uuid = Uuid::from_u128(0x0da);

fn attempt() -> Facts {
    Facts {
        stage: Stage::SignIn,
        identity: Some(IdentityType::User),
        user: Some(UserFacts {
            id: BOB,
            enabled: true,
            guest: None,
            roles: Vec::new(),
            per_user_mfa: PerUserMfa::Disabled,
            has_strong_method: true,
            groups: vec![TEAM],
            registered: vec![Factor::Password, Factor::Sms],
            risk: Risk::None,
            home: None,
        }),
        workload: None,
        password_changed: false,
        client: CLI,
        resource: AZURE_RESOURCE_MANAGER,
        authentication: Authentication::password(NOW),
        operation: Operation::SignIn,
        demanded_contexts: Vec::new(),
        demanded_methods: Vec::new(),
        circumstances: Circumstances {
            ip: Some("203.0.113.5".parse().unwrap()),
            country: Some("DE".to_owned()),
            interactive: true,
            ..Circumstances::default()
        },
    }
}

fn user(facts: &mut Facts) -> &mut UserFacts {
    facts.user.as_mut().unwrap()
}

fn shown(facts: &mut Facts, factors: Vec<Factor>) {
    facts.authentication = Authentication {
        methods: vec![Amr::Pwd, Amr::Mfa],
        at: Some(NOW),
        factors,
        multifactor_at: Some(NOW),
        ..Authentication::default()
    };
}

fn with_sms(facts: &mut Facts) {
    shown(facts, vec![Factor::Password, Factor::Sms]);
}

/// Everybody, everything, multifactor authentication.
fn policy() -> ConditionalAccessPolicy {
    let mut policy = ConditionalAccessPolicy::new(Uuid::from_u128(1), "P", NOW);
    policy.conditions.users.include.all = true;
    policy.conditions.applications.include = vec![ApplicationRef::All];
    policy.grant = Some(controls(&[GrantControl::Mfa]));
    policy
}

fn controls(controls: &[GrantControl]) -> GrantControls {
    GrantControls {
        controls: controls.to_vec(),
        ..GrantControls::default()
    }
}

fn all_of(wanted: &[GrantControl]) -> Option<GrantControls> {
    Some(GrantControls {
        operator: Operator::And,
        ..controls(wanted)
    })
}

fn guests(kinds: &[GuestKind], tenants: &[TenantId]) -> Option<Guests> {
    Some(Guests {
        kinds: kinds.to_vec(),
        tenants: tenants.to_vec(),
    })
}

fn guest_of_home(facts: &mut Facts) {
    let user = user(facts);
    user.guest = Some(GuestKind::B2bCollaborationGuest);
    user.home = Some(HOME);
}

fn filter(mode: DeviceFilterMode, rule: &str) -> Option<DeviceFilter> {
    let rule = DeviceRule::parse(rule).unwrap();
    Some(DeviceFilter { mode, rule })
}

fn strength(id: Uuid) -> Option<GrantControls> {
    Some(GrantControls {
        strength: Some(id),
        ..GrantControls::default()
    })
}

fn tenant(policies: Vec<ConditionalAccessPolicy>) -> ConditionalAccess {
    let mut all = ConditionalAccess::default();
    for (number, mut policy) in policies.into_iter().enumerate() {
        policy.id = Uuid::from_u128(u128::try_from(number).unwrap() + 1);
        all.policies.insert(policy.id, Arc::new(policy));
    }
    let location = |id, kind| {
        Arc::new(NamedLocation {
            id,
            display_name: String::new(),
            created: NOW,
            kind,
        })
    };
    let addresses = |range: &str, trusted| NamedLocationKind::Addresses {
        ranges: vec![AddressRange::parse(range).unwrap()],
        trusted,
    };
    all.named_locations
        .insert(HQ, location(HQ, addresses("203.0.113.0/24", true)));
    all.named_locations.insert(
        FAR,
        location(
            FAR,
            NamedLocationKind::Countries {
                countries: vec!["KP".to_owned()],
                include_unknown: true,
            },
        ),
    );
    let [.., mut own] = AuthenticationStrength::built_in();
    own.id = OWN_STRENGTH;
    own.combinations = vec![vec![Mode::Password, Mode::HardwareOath], vec![Mode::Fido2]];
    own.configurations = vec![CombinationConfiguration {
        id: OWN_STRENGTH,
        applies_to: vec![vec![Mode::Fido2]],
        allowed_aaguids: vec![MODEL],
    }];
    all.strengths.insert(OWN_STRENGTH, Arc::new(own));
    all
}

type Change = fn(&mut ConditionalAccessPolicy);
type Attempt = fn(&mut Facts);

struct Case {
    name: &'static str,
    policies: &'static [Change],
    attempt: Attempt,
    /// 0 is granted.
    code: u32,
    /// A part of the reason, or the rule's word when granted.
    because: &'static str,
}

const fn case(
    name: &'static str,
    policies: &'static [Change],
    attempt: Attempt,
    code: u32,
    because: &'static str,
) -> Case {
    Case {
        name,
        policies,
        attempt,
        code,
        because,
    }
}

const SAME: Change = |_| {};
const AS_IT_IS: Attempt = |_| {};
const SECOND_FACTOR_HOURLY: Change = |p| {
    p.session.sign_in_frequency = Some(SignInFrequency {
        every: Some(Duration::from_secs(3600)),
        second_factor_only: true,
    });
};
/// Multifactor authentication for registering security information.
const REGISTERING: Change = |p| {
    p.conditions.applications.include.clear();
    p.conditions.applications.user_actions = vec![UserAction::RegisterSecurityInformation];
};
const BLOCK: Change = |p| p.grant = Some(controls(&[GrantControl::Block]));

#[rustfmt::skip]
const CASES: &[Case] = &[
    // Grant controls.
    case("no policy grants", &[], AS_IT_IS, 0, ""),
    case("mfa asks who has a method", &[SAME], AS_IT_IS, 50076, "demands multifactor"),
    case("mfa sends who has none to register", &[SAME], |f| user(f).has_strong_method = false, 50079, "demands multifactor"),
    case("mfa is satisfied by a second factor", &[SAME], with_sms, 0, ""),
    case("block blocks", &[BLOCK], AS_IT_IS, 53003, "blocks access"),
    case("block blocks after a second factor too", &[BLOCK], with_sms, 53003, "blocks access"),
    case("block wins over another policy's mfa", &[SAME, BLOCK], AS_IT_IS, 53003, "blocks access"),
    case("block wins whatever the order", &[BLOCK, SAME], AS_IT_IS, 53003, "blocks access"),
    case("a compliant device is not here", &[|p| p.grant = Some(controls(&[GrantControl::CompliantDevice]))], AS_IT_IS, 53000, "compliant device"),
    case("a domain-joined device is not here", &[|p| p.grant = Some(controls(&[GrantControl::DomainJoinedDevice]))], AS_IT_IS, 53001, "domain-joined"),
    case("an approved app is not here", &[|p| p.grant = Some(controls(&[GrantControl::ApprovedApplication]))], AS_IT_IS, 53009, "approved"),
    case("a protected app is not here", &[|p| p.grant = Some(controls(&[GrantControl::CompliantApplication]))], AS_IT_IS, 53009, "protected"),
    case("mfa or device: mfa is enough", &[|p| p.grant = Some(controls(&[GrantControl::Mfa, GrantControl::CompliantDevice]))], with_sms, 0, ""),
    case("mfa or device: the person is asked for what a person can do", &[|p| p.grant = Some(controls(&[GrantControl::CompliantDevice, GrantControl::Mfa]))], AS_IT_IS, 50076, "multifactor"),
    case("mfa and device: mfa is not enough", &[|p| p.grant = Some(GrantControls { operator: Operator::And, ..controls(&[GrantControl::Mfa, GrantControl::CompliantDevice]) })], with_sms, 53000, "compliant"),
    case("a password change takes mfa first", &[|p| p.grant = Some(controls(&[GrantControl::PasswordChange]))], AS_IT_IS, 50076, "first"),
    case("a password change is asked for after mfa", &[|p| p.grant = Some(controls(&[GrantControl::PasswordChange]))], with_sms, 50142, "password change"),
    case("a password that was changed satisfies", &[|p| p.grant = Some(controls(&[GrantControl::PasswordChange]))], |f| { with_sms(f); f.password_changed = true; }, 0, ""),
    case("session controls alone grant", &[|p| p.grant = None], AS_IT_IS, 0, ""),
    case("two policies have to be satisfied both", &[SAME, |p| p.grant = Some(controls(&[GrantControl::CompliantDevice]))], with_sms, 53000, "compliant"),
    // States.
    case("a disabled policy says nothing", &[|p| p.state = PolicyState::Disabled], AS_IT_IS, 0, ""),
    case("report-only does not interrupt", &[|p| p.state = PolicyState::ReportOnly], AS_IT_IS, 0, ""),
    case("report-only does not block", &[|p| { BLOCK(p); p.state = PolicyState::ReportOnly; }], AS_IT_IS, 0, ""),
    // Users.
    case("a user that is not included", &[|p| p.conditions.users.include = Principals::default()], AS_IT_IS, 0, ""),
    case("a user by id", &[|p| p.conditions.users.include = Principals { users: vec![BOB], ..Principals::default() }], AS_IT_IS, 50076, ""),
    case("a user by group", &[|p| p.conditions.users.include = Principals { groups: vec![TEAM], ..Principals::default() }], AS_IT_IS, 50076, ""),
    case("a user by role", &[|p| p.conditions.users.include = Principals { roles: vec![GLOBAL_ADMINISTRATOR], ..Principals::default() }], |f| user(f).roles = vec![GLOBAL_ADMINISTRATOR], 50076, ""),
    case("a role that the user has not", &[|p| p.conditions.users.include = Principals { roles: vec![GLOBAL_ADMINISTRATOR], ..Principals::default() }], AS_IT_IS, 0, ""),
    case("an excluded user, though all are included", &[|p| p.conditions.users.exclude.users = vec![BOB]], AS_IT_IS, 0, ""),
    case("an excluded group wins over an included user", &[|p| { p.conditions.users.include = Principals { users: vec![BOB], ..Principals::default() }; p.conditions.users.exclude.groups = vec![TEAM]; }], AS_IT_IS, 0, ""),
    case("an excluded role wins", &[|p| p.conditions.users.exclude.roles = vec![GLOBAL_ADMINISTRATOR]], |f| user(f).roles = vec![GLOBAL_ADMINISTRATOR], 0, ""),
    case("exclusion from one policy does not help with another", &[|p| p.conditions.users.exclude.users = vec![BOB], BLOCK], AS_IT_IS, 53003, ""),
    case("guests only: a member is not meant", &[|p| p.conditions.users.include = Principals { guests: guests(&[GuestKind::B2bCollaborationGuest], &[]), ..Principals::default() }], AS_IT_IS, 0, ""),
    case("guests only: a guest is", &[|p| p.conditions.users.include = Principals { guests: guests(&[GuestKind::B2bCollaborationGuest], &[]), ..Principals::default() }], guest_of_home, 50076, ""),
    case("guests of one tenant: it is another", &[|p| p.conditions.users.include = Principals { guests: guests(&[GuestKind::B2bCollaborationGuest], &[TenantId::from_u128(9)]), ..Principals::default() }], guest_of_home, 0, ""),
    case("guests of one tenant: it is this", &[|p| p.conditions.users.include = Principals { guests: guests(&[GuestKind::B2bCollaborationGuest], &[HOME]), ..Principals::default() }], guest_of_home, 50076, ""),
    case("another kind of guest is not meant", &[|p| p.conditions.users.include = Principals { guests: guests(&[GuestKind::InternalGuest], &[]), ..Principals::default() }], guest_of_home, 0, ""),
    case("a guest account of this tenant is of a kind of its own", &[|p| p.conditions.users.include = Principals { guests: guests(&[GuestKind::InternalGuest], &[]), ..Principals::default() }], |f| user(f).guest = Some(GuestKind::InternalGuest), 50076, ""),
    case("and has no tenant that could be another", &[|p| p.conditions.users.include = Principals { guests: guests(&[GuestKind::InternalGuest], &[HOME]), ..Principals::default() }], |f| user(f).guest = Some(GuestKind::InternalGuest), 50076, ""),
    case("several kinds of guest", &[|p| p.conditions.users.include = Principals { guests: guests(&[GuestKind::ServiceProvider, GuestKind::B2bCollaborationMember], &[]), ..Principals::default() }], |f| { guest_of_home(f); user(f).guest = Some(GuestKind::B2bCollaborationMember); }, 50076, ""),
    case("guests of every kind: one of this tenant", &[|p| p.conditions.users.include = Principals { any_guest: true, ..Principals::default() }], |f| user(f).guest = Some(GuestKind::InternalGuest), 50076, ""),
    case("guests of every kind: a member", &[|p| p.conditions.users.include = Principals { any_guest: true, ..Principals::default() }], AS_IT_IS, 0, ""),
    case("excluded guests of every kind", &[|p| p.conditions.users.exclude.any_guest = true], guest_of_home, 0, ""),
    case("excluded guests", &[|p| p.conditions.users.exclude.guests = guests(&[GuestKind::InternalGuest], &[])], |f| user(f).guest = Some(GuestKind::InternalGuest), 0, ""),
    // Applications.
    case("another application", &[|p| p.conditions.applications.include = vec![ApplicationRef::App(GRAPH)]], AS_IT_IS, 0, ""),
    case("the resource by its id", &[|p| p.conditions.applications.include = vec![ApplicationRef::App(AZURE_RESOURCE_MANAGER)]], AS_IT_IS, 50076, ""),
    case("Resource Manager through the portal", &[|p| p.conditions.applications.include = vec![ApplicationRef::App(AZURE_RESOURCE_MANAGER)]], |f| f.client = PORTAL, 50076, ""),
    case("a native client's own id is not its resource", &[|p| p.conditions.applications.include = vec![ApplicationRef::App(CLI)]], AS_IT_IS, 0, ""),
    case("an own web app that asks for Graph", &[|p| p.conditions.applications.include = vec![ApplicationRef::App(OWN_APP)]], |f| { f.client = OWN_APP; f.resource = GRAPH; }, 50076, ""),
    case("an excluded application, though all are included", &[|p| p.conditions.applications.exclude = vec![ApplicationRef::App(AZURE_RESOURCE_MANAGER)]], AS_IT_IS, 0, ""),
    case("the admin portals: the portal", &[|p| p.conditions.applications.include = vec![ApplicationRef::AdminPortals]], |f| f.client = PORTAL, 50076, ""),
    case("the admin portals: not the command line", &[|p| p.conditions.applications.include = vec![ApplicationRef::AdminPortals]], AS_IT_IS, 0, ""),
    case("Office 365 is not Azure", &[|p| p.conditions.applications.include = vec![ApplicationRef::Office365]], AS_IT_IS, 0, ""),
    // User actions and contexts.
    case("registering security information is blocked", &[|p| { BLOCK(p); p.conditions.applications.include.clear(); p.conditions.applications.user_actions = vec![UserAction::RegisterSecurityInformation]; }], |f| f.circumstances.user_action = Some(UserAction::RegisterSecurityInformation), 53010, "blocks"),
    case("a policy on an action leaves sign-ins alone", &[|p| { BLOCK(p); p.conditions.applications.include.clear(); p.conditions.applications.user_actions = vec![UserAction::RegisterSecurityInformation]; }], AS_IT_IS, 0, ""),
    case("a policy on apps leaves actions alone", &[BLOCK], |f| f.circumstances.user_action = Some(UserAction::RegisterSecurityInformation), 0, ""),
    case("a context that is not demanded", &[|p| { p.conditions.applications.include.clear(); p.conditions.applications.authentication_contexts = vec!["c1".to_owned()]; }], AS_IT_IS, 0, ""),
    case("a context that is demanded", &[|p| { p.conditions.applications.include.clear(); p.conditions.applications.authentication_contexts = vec!["c1".to_owned()]; }], |f| f.demanded_contexts = vec!["c1".to_owned()], 50076, ""),
    case("another context is demanded", &[|p| { p.conditions.applications.include.clear(); p.conditions.applications.authentication_contexts = vec!["c1".to_owned()]; }], |f| f.demanded_contexts = vec!["c2".to_owned()], 0, ""),
    // Client app types.
    case("browsers only: a native client", &[|p| p.conditions.client_app_types = vec![ClientAppType::Browser]], AS_IT_IS, 0, ""),
    case("browsers only: a browser", &[|p| p.conditions.client_app_types = vec![ClientAppType::Browser]], |f| f.circumstances.client_app = ClientAppType::Browser, 50076, ""),
    case("legacy clients are blocked", &[|p| { BLOCK(p); p.conditions.client_app_types = vec![ClientAppType::ExchangeActiveSync, ClientAppType::Other]; }], |f| f.circumstances.client_app = ClientAppType::Other, 53003, ""),
    case("and modern ones are not", &[|p| { BLOCK(p); p.conditions.client_app_types = vec![ClientAppType::ExchangeActiveSync, ClientAppType::Other]; }], AS_IT_IS, 0, ""),
    // Locations.
    case("outside of the trusted places, from inside", &[|p| p.conditions.locations = Some(Scope { include: vec![LocationRef::All], exclude: vec![LocationRef::AllTrusted] })], AS_IT_IS, 0, ""),
    case("outside of the trusted places, from outside", &[|p| p.conditions.locations = Some(Scope { include: vec![LocationRef::All], exclude: vec![LocationRef::AllTrusted] })], |f| f.circumstances.ip = Some("198.51.100.1".parse().unwrap()), 50076, ""),
    case("a named place, by address", &[|p| p.conditions.locations = Some(Scope { include: vec![LocationRef::Named(HQ)], exclude: vec![] })], AS_IT_IS, 50076, ""),
    case("an excluded place wins over all", &[|p| p.conditions.locations = Some(Scope { include: vec![LocationRef::All], exclude: vec![LocationRef::Named(HQ)] })], AS_IT_IS, 0, ""),
    case("a country that is blocked", &[|p| { BLOCK(p); p.conditions.locations = Some(Scope { include: vec![LocationRef::Named(FAR)], exclude: vec![] }); }], |f| f.circumstances.country = Some("kp".to_owned()), 53003, ""),
    case("another country", &[|p| { BLOCK(p); p.conditions.locations = Some(Scope { include: vec![LocationRef::Named(FAR)], exclude: vec![] }); }], AS_IT_IS, 0, ""),
    case("an unknown country counts where it is included", &[|p| { BLOCK(p); p.conditions.locations = Some(Scope { include: vec![LocationRef::Named(FAR)], exclude: vec![] }); }], |f| f.circumstances.country = None, 53003, ""),
    case("a place that does not exist", &[|p| p.conditions.locations = Some(Scope { include: vec![LocationRef::Named(Uuid::from_u128(404))], exclude: vec![] })], AS_IT_IS, 0, ""),
    // Platforms and devices.
    case("one platform: it is unknown", &[|p| p.conditions.platforms = Some(Scope { include: vec![PlatformRef::Platform(DevicePlatform::Android)], exclude: vec![] })], AS_IT_IS, 0, ""),
    case("one platform: it is that", &[|p| p.conditions.platforms = Some(Scope { include: vec![PlatformRef::Platform(DevicePlatform::Android)], exclude: vec![] })], |f| f.circumstances.platform = Some(DevicePlatform::Android), 50076, ""),
    case("any platform but one: an unknown one is meant", &[|p| p.conditions.platforms = Some(Scope { include: vec![PlatformRef::All], exclude: vec![PlatformRef::Platform(DevicePlatform::Windows)] })], AS_IT_IS, 50076, ""),
    case("a filter that includes devices", &[|p| p.conditions.device_filter = filter(DeviceFilterMode::Include, "device.isCompliant -eq True")], AS_IT_IS, 0, ""),
    case("a filter that excludes devices", &[|p| p.conditions.device_filter = filter(DeviceFilterMode::Exclude, "device.isCompliant -eq True")], AS_IT_IS, 50076, ""),
    case("a filter with a negative operator includes the unregistered", &[|p| p.conditions.device_filter = filter(DeviceFilterMode::Include, "device.isCompliant -ne True")], AS_IT_IS, 50076, ""),
    case("a filter with a negative operator excludes the unregistered", &[|p| p.conditions.device_filter = filter(DeviceFilterMode::Exclude, "device.extensionAttribute1 -ne \"SAW\"")], AS_IT_IS, 0, ""),
    // Risk and flows.
    case("high sign-in risk: there is none", &[|p| p.conditions.sign_in_risk = vec![Risk::High]], AS_IT_IS, 0, ""),
    case("high or medium sign-in risk", &[|p| p.conditions.sign_in_risk = vec![Risk::High, Risk::Medium]], |f| f.circumstances.sign_in_risk = Risk::Medium, 50076, ""),
    case("high user risk", &[|p| { p.conditions.user_risk = vec![Risk::High]; p.grant = Some(controls(&[GrantControl::PasswordChange])); }], |f| { with_sms(f); user(f).risk = Risk::High; }, 50142, ""),
    case("device code is blocked", &[|p| { BLOCK(p); p.conditions.transfer_methods = vec![TransferMethod::DeviceCodeFlow]; }], |f| f.circumstances.device_code = true, 53003, ""),
    case("other flows are not", &[|p| { BLOCK(p); p.conditions.transfer_methods = vec![TransferMethod::DeviceCodeFlow]; }], AS_IT_IS, 0, ""),
    case("authentication transfer is blocked, and nothing here is that", &[|p| { BLOCK(p); p.conditions.transfer_methods = vec![TransferMethod::AuthenticationTransfer]; }], |f| f.circumstances.device_code = true, 0, ""),
    case("both flows are blocked: device code", &[|p| { BLOCK(p); p.conditions.transfer_methods = vec![TransferMethod::AuthenticationTransfer, TransferMethod::DeviceCodeFlow]; }], |f| f.circumstances.device_code = true, 53003, ""),
    // The order in which what is not met is asked for.
    case("mfa before a compliant device, whatever the order of the list", &[|p| p.grant = all_of(&[GrantControl::CompliantDevice, GrantControl::Mfa])], AS_IT_IS, 50076, "multifactor"),
    case("a strength before a compliant device", &[|p| p.grant = Some(GrantControls { strength: Some(MFA), ..all_of(&[GrantControl::CompliantDevice]).unwrap() })], AS_IT_IS, 50076, "strength"),
    case("mfa of one policy before the device of another", &[|p| p.grant = all_of(&[GrantControl::CompliantDevice]), SAME], AS_IT_IS, 50076, "multifactor"),
    case("a compliant device before a domain-joined one", &[|p| p.grant = all_of(&[GrantControl::DomainJoinedDevice, GrantControl::CompliantDevice])], AS_IT_IS, 53000, "compliant"),
    case("the same of two policies", &[|p| p.grant = all_of(&[GrantControl::DomainJoinedDevice]), |p| p.grant = all_of(&[GrantControl::CompliantDevice])], AS_IT_IS, 53000, "compliant"),
    case("a domain-joined device before an approved app", &[|p| p.grant = all_of(&[GrantControl::ApprovedApplication]), |p| p.grant = all_of(&[GrantControl::DomainJoinedDevice])], AS_IT_IS, 53001, "domain-joined"),
    case("an approved app before a protected one", &[|p| p.grant = all_of(&[GrantControl::CompliantApplication, GrantControl::ApprovedApplication])], AS_IT_IS, 53009, "approved"),
    case("a protected app before a new password", &[|p| p.grant = all_of(&[GrantControl::PasswordChange]), |p| p.grant = all_of(&[GrantControl::CompliantApplication])], with_sms, 53009, "protected"),
    case("a new password last", &[|p| p.grant = all_of(&[GrantControl::PasswordChange, GrantControl::Mfa])], with_sms, 50142, "password change"),
    case("block before everything", &[|p| p.grant = all_of(&[GrantControl::PasswordChange, GrantControl::Mfa]), |p| p.grant = all_of(&[GrantControl::CompliantDevice]), BLOCK], AS_IT_IS, 53003, "blocks"),
    case("one of several: what a person can do comes first, in that order", &[|p| p.grant = Some(controls(&[GrantControl::PasswordChange, GrantControl::CompliantDevice]))], with_sms, 50142, ""),
    // User actions beside blocks.
    case("registering takes mfa, and there is a method to pass it with", &[REGISTERING], |f| f.circumstances.user_action = Some(UserAction::RegisterSecurityInformation), 50076, "multifactor"),
    case("registering takes mfa, and there is none", &[REGISTERING], |f| { user(f).has_strong_method = false; f.circumstances.user_action = Some(UserAction::RegisterSecurityInformation); }, 53010, "multifactor"),
    case("registering takes mfa, and it was passed", &[REGISTERING], |f| { with_sms(f); f.circumstances.user_action = Some(UserAction::RegisterSecurityInformation); }, 0, ""),
    case("registering takes a compliant device", &[|p| { REGISTERING(p); p.grant = all_of(&[GrantControl::CompliantDevice]); }], |f| { with_sms(f); f.circumstances.user_action = Some(UserAction::RegisterSecurityInformation); }, 53010, "compliant"),
    case("registering takes a strength that nothing registered has", &[|p| { REGISTERING(p); p.grant = strength(PHISHING_RESISTANT_MFA); }], |f| { with_sms(f); f.circumstances.user_action = Some(UserAction::RegisterSecurityInformation); }, 53010, "weaker"),
    case("registering from a trusted place", &[|p| { REGISTERING(p); BLOCK(p); p.conditions.locations = Some(Scope { include: vec![LocationRef::All], exclude: vec![LocationRef::AllTrusted] }); }], |f| f.circumstances.user_action = Some(UserAction::RegisterSecurityInformation), 0, ""),
    case("registering from elsewhere", &[|p| { REGISTERING(p); BLOCK(p); p.conditions.locations = Some(Scope { include: vec![LocationRef::All], exclude: vec![LocationRef::AllTrusted] }); }], |f| { f.circumstances.ip = Some("198.51.100.1".parse().unwrap()); f.circumstances.user_action = Some(UserAction::RegisterSecurityInformation); }, 53010, "blocks"),
    case("report-only does not keep from registering", &[|p| { REGISTERING(p); BLOCK(p); p.state = PolicyState::ReportOnly; }], |f| f.circumstances.user_action = Some(UserAction::RegisterSecurityInformation), 0, ""),
    case("joining devices is another action", &[REGISTERING], |f| f.circumstances.user_action = Some(UserAction::RegisterOrJoinDevices), 0, ""),
    case("what demands mfa for apps does not demand it for registering a method", &[|p| p.state = PolicyState::Disabled], |f| { user(f).per_user_mfa = PerUserMfa::Enforced; f.client = PORTAL; f.circumstances.user_action = Some(UserAction::RegisterSecurityInformation); }, 0, ""),
    // The portals.
    case("Azure management stands for the portals, whatever they ask for", &[|p| p.conditions.applications.include = vec![ApplicationRef::App(AZURE_RESOURCE_MANAGER)]], |f| { f.client = PORTAL; f.resource = GRAPH; }, 50076, "\"P\""),
    case("and not for other clients", &[|p| p.conditions.applications.include = vec![ApplicationRef::App(AZURE_RESOURCE_MANAGER)]], |f| f.resource = GRAPH, 0, ""),
    case("an exclusion of Azure management excludes the portals", &[|p| { BLOCK(p); p.conditions.applications.exclude = vec![ApplicationRef::App(AZURE_RESOURCE_MANAGER)]; }], |f| { with_sms(f); f.client = PORTAL; f.resource = GRAPH; }, 0, ""),
    // Strengths.
    case("strength MFA: text message", &[|p| p.grant = strength(MFA)], with_sms, 0, ""),
    case("strength MFA: password", &[|p| p.grant = strength(MFA)], AS_IT_IS, 50076, "Multifactor"),
    case("strength MFA: a pass", &[|p| p.grant = strength(MFA)], |f| shown(f, vec![Factor::TemporaryAccessPass { once: true }]), 0, ""),
    case("strength passwordless: a pass is weaker", &[|p| p.grant = strength(PASSWORDLESS_MFA)], |f| shown(f, vec![Factor::TemporaryAccessPass { once: true }]), 50079, "Passwordless"),
    case("strength passwordless: phone sign-in", &[|p| p.grant = strength(PASSWORDLESS_MFA)], |f| shown(f, vec![Factor::DeviceBasedPush]), 0, ""),
    case("strength phishing-resistant: text message, nothing better registered", &[|p| p.grant = strength(PHISHING_RESISTANT_MFA)], with_sms, 50079, "Phishing resistant"),
    case("strength phishing-resistant: text message, a key registered", &[|p| p.grant = strength(PHISHING_RESISTANT_MFA)], |f| { with_sms(f); user(f).registered.push(Factor::Fido2 { aaguid: None }); }, 50076, "weaker"),
    case("strength phishing-resistant: a key", &[|p| p.grant = strength(PHISHING_RESISTANT_MFA)], |f| shown(f, vec![Factor::Fido2 { aaguid: None }]), 0, ""),
    case("own strength: a key of the model", &[|p| p.grant = strength(OWN_STRENGTH)], |f| shown(f, vec![Factor::Fido2 { aaguid: Some(MODEL) }]), 0, ""),
    case("own strength: a key of another model", &[|p| p.grant = strength(OWN_STRENGTH)], |f| shown(f, vec![Factor::Fido2 { aaguid: None }]), 50079, "weaker"),
    case("a strength that is gone", &[|p| p.grant = strength(Uuid::from_u128(404))], with_sms, 53003, "does not exist"),
    // Session controls.
    case("sign-in frequency: fresh", &[|p| { p.grant = None; p.session.sign_in_frequency = Some(SignInFrequency { every: Some(Duration::from_secs(3600)), second_factor_only: false }); }], AS_IT_IS, 0, ""),
    case("sign-in frequency: old", &[|p| { p.grant = None; p.session.sign_in_frequency = Some(SignInFrequency { every: Some(Duration::from_secs(3600)), second_factor_only: false }); }], |f| f.authentication.at = Some(NOW - Duration::from_secs(3601)), 70043, "older"),
    case("sign-in frequency of the second factor", &[|p| { p.grant = None; p.session.sign_in_frequency = Some(SignInFrequency { every: Some(Duration::from_secs(3600)), second_factor_only: true }); }], |f| { with_sms(f); f.authentication.multifactor_at = Some(NOW - Duration::from_secs(7200)); }, 50078, "older"),
    case("sign-in frequency of the second factor: there is none to repeat", &[|p| { p.grant = None; SECOND_FACTOR_HOURLY(p); }], |f| f.authentication.at = Some(NOW - Duration::from_secs(7200)), 0, ""),
    case("sign-in frequency of the second factor: an old first factor does not matter", &[SECOND_FACTOR_HOURLY], |f| { with_sms(f); f.authentication.at = Some(NOW - Duration::from_secs(7200)); }, 0, ""),
    case("sign-in frequency of the second factor, with mfa: one factor", &[SECOND_FACTOR_HOURLY], AS_IT_IS, 50076, "multifactor"),
    case("sign-in frequency of the second factor, with mfa: an old one", &[SECOND_FACTOR_HOURLY], |f| { with_sms(f); f.authentication.multifactor_at = Some(NOW - Duration::from_secs(3601)); }, 50078, "older"),
    case("the first factor is repeated before the second", &[SECOND_FACTOR_HOURLY, |p| { p.grant = None; p.session.sign_in_frequency = Some(SignInFrequency { every: Some(Duration::from_secs(3600)), second_factor_only: false }); }], |f| { with_sms(f); f.authentication.at = Some(NOW - Duration::from_secs(7200)); f.authentication.multifactor_at = f.authentication.at; }, 70043, "older"),
    case("every time, five minutes later", &[|p| { p.grant = None; p.session.sign_in_frequency = Some(SignInFrequency { every: None, second_factor_only: false }); }], |f| f.authentication.at = Some(NOW - Duration::from_secs(301)), 70043, "older"),
    case("every time, at once", &[|p| { p.grant = None; p.session.sign_in_frequency = Some(SignInFrequency { every: None, second_factor_only: false }); }], AS_IT_IS, 0, ""),
    case("mfa comes before the frequency", &[|p| p.session.sign_in_frequency = Some(SignInFrequency { every: Some(Duration::from_secs(60)), second_factor_only: false })], |f| f.authentication.at = Some(NOW - Duration::from_secs(90)), 50076, ""),
    // Workload identities.
    case("a policy on users leaves workloads alone", &[BLOCK], |f| { f.user = None; f.identity = Some(IdentityType::App); f.workload = Some(ROBOT); }, 0, ""),
    case("a policy on a workload", &[|p| { BLOCK(p); p.conditions.service_principals = Some(Workloads { include: vec![ROBOT], ..Workloads::default() }); }], |f| { f.user = None; f.identity = Some(IdentityType::App); f.workload = Some(ROBOT); }, 53003, ""),
    case("a policy on all workloads", &[|p| { BLOCK(p); p.conditions.service_principals = Some(Workloads { all: true, ..Workloads::default() }); }], |f| { f.user = None; f.identity = Some(IdentityType::App); f.workload = Some(ROBOT); }, 53003, ""),
    case("and leaves users alone", &[|p| { BLOCK(p); p.conditions.service_principals = Some(Workloads { all: true, ..Workloads::default() }); }], AS_IT_IS, 0, ""),
    case("an excluded workload", &[|p| { BLOCK(p); p.conditions.service_principals = Some(Workloads { all: true, exclude: vec![ROBOT], ..Workloads::default() }); }], |f| { f.user = None; f.identity = Some(IdentityType::App); f.workload = Some(ROBOT); }, 0, ""),
    case("a workload that policies do not reach", &[|p| { BLOCK(p); p.conditions.service_principals = Some(Workloads { all: true, ..Workloads::default() }); }], |f| { f.user = None; f.identity = Some(IdentityType::App); f.workload = None; }, 0, ""),
    // With the other rules.
    case("a disabled account before everything", &[BLOCK], |f| user(f).enabled = false, 50057, ""),
    case("per-user MFA asks where no policy does", &[|p| p.state = PolicyState::Disabled], |f| user(f).per_user_mfa = PerUserMfa::Enforced, 50076, "Per-user"),
];

#[test]
fn policies_decide_as_documented() {
    assert!(CASES.len() >= 130, "{}", CASES.len());
    for case in CASES {
        let policies = case
            .policies
            .iter()
            .map(|change| {
                let mut policy = policy();
                change(&mut policy);
                policy
            })
            .collect();
        let mut facts = attempt();
        (case.attempt)(&mut facts);
        let enforcement = Enforcement::default();
        let decision = decide(
            &facts,
            &Policies {
                enforcement: &enforcement,
                security_defaults: false,
                mfa_assignments: &[],
                conditional_access: &tenant(policies),
                rules: RulesAsked::default(),
            },
            NOW,
        );
        let name = case.name;
        assert_eq!(
            decision.aadsts().unwrap_or(0),
            case.code,
            "{name}: {decision:?}"
        );
        if case.code != 0 {
            assert!(
                decision.message().contains(case.because),
                "{name}: {}",
                decision.message()
            );
        }
    }
}

#[test]
fn each_policy_says_in_the_log_what_it_did() {
    let states: [(Change, Attempt, PolicyResult); 9] = [
        (SAME, with_sms, PolicyResult::Success),
        (SAME, AS_IT_IS, PolicyResult::Failure),
        (
            |p| p.state = PolicyState::Disabled,
            AS_IT_IS,
            PolicyResult::NotEnabled,
        ),
        (
            |p| p.conditions.users.exclude.all = true,
            AS_IT_IS,
            PolicyResult::NotApplied,
        ),
        (
            |p| p.state = PolicyState::ReportOnly,
            with_sms,
            PolicyResult::ReportOnlySuccess,
        ),
        (
            |p| p.state = PolicyState::ReportOnly,
            AS_IT_IS,
            PolicyResult::ReportOnlyInterrupted,
        ),
        (
            |p| p.state = PolicyState::ReportOnly,
            |f| f.circumstances.silent = true,
            PolicyResult::ReportOnlyInterrupted,
        ),
        (
            |p| {
                BLOCK(p);
                p.state = PolicyState::ReportOnly;
            },
            AS_IT_IS,
            PolicyResult::ReportOnlyFailure,
        ),
        (
            |p| {
                p.state = PolicyState::ReportOnly;
                p.conditions.users.exclude.all = true;
            },
            AS_IT_IS,
            PolicyResult::ReportOnlyNotApplied,
        ),
    ];
    for (change, change_attempt, expected) in states {
        let mut policy = policy();
        change(&mut policy);
        let mut facts = attempt();
        change_attempt(&mut facts);
        let enforcement = Enforcement::default();
        let decision = decide(
            &facts,
            &Policies {
                enforcement: &enforcement,
                security_defaults: false,
                mfa_assignments: &[],
                conditional_access: &tenant(vec![policy]),
                rules: RulesAsked::default(),
            },
            NOW,
        );
        assert_eq!(decision.applied[0].result, expected);
        assert_eq!(decision.applied[0].display_name, "P");
    }
}

#[test]
fn security_defaults_block_legacy_clients_and_only_those() {
    for (client_app, code) in [
        (ClientAppType::Other, Some(530_035)),
        (ClientAppType::ExchangeActiveSync, Some(530_035)),
        (ClientAppType::Browser, None),
    ] {
        let mut facts = attempt();
        with_sms(&mut facts);
        facts.circumstances.client_app = client_app;
        let enforcement = Enforcement::default();
        let decision = decide(
            &facts,
            &Policies {
                enforcement: &enforcement,
                security_defaults: true,
                mfa_assignments: &[],
                conditional_access: &tenant(Vec::new()),
                rules: RulesAsked::default(),
            },
            NOW,
        );
        assert_eq!(decision.aadsts(), code, "{client_app:?}");
    }
}
