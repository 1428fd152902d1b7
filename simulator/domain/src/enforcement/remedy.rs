//! The smallest change that would let an attempt pass, found by deciding again: first with each change alone, then, where none
//! is enough for a person, with two at a time.
//!
//! Nothing here knows a rule. A change says what would be different about the caller, the attempt or the tenant; `decide`
//! says whether that is enough.

use core::time::Duration;
use std::sync::Arc;

use uuid::Uuid;

use super::decision::{Outcome, decide};
use super::facts::{
    Amr, ClientAppType, Factor, Facts, IdentityType, Operation, Policies, Risk, Stage,
};
use super::phase::{Enforcement, PhaseName};
use super::rules::RulesAsked;
use super::rules::claims::MANDATE_CONTEXT;
use crate::azure::policy::MfaAssignment;
use crate::catalogue;
use crate::directory::user::PerUserMfa;
use crate::policy::ConditionalAccess;
use crate::policy::conditional_access::PolicyState;
use crate::time::Timestamp;

/// Changes that together let the attempt pass; none of them is enough alone where there are several.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Remedy {
    pub changes: Vec<Change>,
}

/// Who would have to do it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum By {
    /// The person or script that tries.
    Caller,
    /// An administrator of the tenant.
    Administrator,
}

/// One difference.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Change {
    /// The person shows a second factor that is registered.
    PassMfa,
    /// The person registers one and shows it.
    RegisterAndPassMfa,
    /// The person signs in with a passkey.
    UsePasskey,
    /// An administrator makes a Temporary Access Pass, and the person signs in with it.
    UseAccessPass,
    /// The authentication methods policy lets the person register the method.
    AllowMethod,
    /// The person shows the first factor again, now.
    SignInAgain,
    /// The person is asked on a page instead of a refresh token being redeemed.
    BeInteractive,
    /// Not by device code.
    NoDeviceCode,
    /// Through a client with modern authentication.
    ModernClient,
    /// Through a client that the phase is not about.
    CommandLineClient,
    /// As a service principal.
    ServicePrincipal,
    /// As a managed identity, which no policy is about.
    ManagedIdentity,
    /// Before the phase binds the tenant: the instant from which on it does.
    BeforePhase(PhaseName, Timestamp),
    /// The policy no longer is about this user.
    ExcludeFromPolicy(Uuid, String),
    /// The policy only reports.
    ReportOnly(Uuid, String),
    SecurityDefaultsOff,
    PerUserMfaOff,
    /// The tenant's own assignments of the built-in MFA definitions only record.
    AssignmentsAudit,
    EnableAccount,
    /// The risk of the user and of the sign-in is dismissed.
    DismissRisk,
}

/// Everything that can be tried, for one attempt.
#[derive(Clone)]
struct World {
    facts: Facts,
    enforcement: Enforcement,
    security_defaults: bool,
    assignments: Vec<MfaAssignment>,
    conditional_access: ConditionalAccess,
    rules: RulesAsked,
    now: Timestamp,
}

/// What would let the attempt pass, the callers' own changes first; empty where it passes, or where no two changes are enough.
pub fn remedies(facts: &Facts, policies: &Policies<'_>, now: Timestamp) -> Vec<Remedy> {
    let world = World {
        facts: facts.clone(),
        enforcement: *policies.enforcement,
        security_defaults: policies.security_defaults,
        assignments: policies.mfa_assignments.to_vec(),
        conditional_access: policies.conditional_access.clone(),
        rules: policies.rules,
        now,
    };
    if world.grants() {
        return Vec::new();
    }
    let mut changes = world.changes();
    changes.sort_by_key(Change::by);
    let passes = |changes: &[&Change]| {
        let mut changed = world.clone();
        let mut each = changes.iter();
        each.all(|change| changed.apply(change)) && changed.grants()
    };
    let remedy = |changes: &[&Change]| Remedy {
        changes: changes.iter().map(|change| (*change).clone()).collect(),
    };
    let (alone, rest): (Vec<&Change>, Vec<&Change>) =
        changes.iter().partition(|change| passes(&[change]));
    let mut found: Vec<Remedy> = alone.iter().map(|change| remedy(&[change])).collect();
    // A workload identity is a way out for a script. For a person there has to be one, too, if it takes two changes.
    let is_workload =
        |change: &Change| matches!(change, Change::ServicePrincipal | Change::ManagedIdentity);
    if alone.iter().all(|change| is_workload(change)) {
        for (at, first) in rest.iter().enumerate() {
            for second in rest.iter().skip(at + 1) {
                if passes(&[first, second]) {
                    found.push(remedy(&[first, second]));
                }
            }
        }
    }
    found
}

impl World {
    fn grants(&self) -> bool {
        let policies = Policies {
            enforcement: &self.enforcement,
            security_defaults: self.security_defaults,
            mfa_assignments: &self.assignments,
            conditional_access: &self.conditional_access,
            rules: self.rules,
        };
        decide(&self.facts, &policies, self.now).outcome == Outcome::Grant
    }

    /// What could be different here.
    fn changes(&self) -> Vec<Change> {
        let is_person = self.facts.identity == Some(IdentityType::User);
        let mut changes = Vec::new();
        if is_person {
            let registered = self
                .facts
                .user
                .as_ref()
                .is_none_or(|user| user.has_strong_method);
            changes.push(if registered {
                Change::PassMfa
            } else {
                Change::RegisterAndPassMfa
            });
            changes.extend([
                Change::SignInAgain,
                Change::UsePasskey,
                Change::UseAccessPass,
                Change::AllowMethod,
                Change::BeInteractive,
                Change::NoDeviceCode,
                Change::ModernClient,
                Change::CommandLineClient,
                Change::ServicePrincipal,
                Change::ManagedIdentity,
                Change::EnableAccount,
                Change::PerUserMfaOff,
            ]);
        }
        changes.extend([
            Change::DismissRisk,
            Change::SecurityDefaultsOff,
            Change::AssignmentsAudit,
        ]);
        for phase in [PhaseName::Phase1, PhaseName::Phase2] {
            let start = self.enforcement.effective(phase);
            if let Some(start) = start.filter(|start| *start <= self.now) {
                changes.push(Change::BeforePhase(phase, start));
            }
        }
        let policies = self.conditional_access.policies.values();
        for policy in policies.filter(|policy| policy.state == PolicyState::Enabled) {
            if is_person {
                changes.push(Change::ExcludeFromPolicy(
                    policy.id,
                    policy.display_name.clone(),
                ));
            }
            changes.push(Change::ReportOnly(policy.id, policy.display_name.clone()));
        }
        changes
    }

    /// Makes the change; `false` where it makes no sense here.
    fn apply(&mut self, change: &Change) -> bool {
        let facts = &mut self.facts;
        match change {
            Change::PassMfa | Change::RegisterAndPassMfa => {
                self.show(Factor::MicrosoftAuthenticatorPush, Amr::Mfa);
            }
            Change::UsePasskey => {
                self.facts.authentication.factors.clear();
                self.facts.authentication.methods = vec![Amr::Fido];
                self.show(Factor::Fido2 { aaguid: None }, Amr::Mfa);
            }
            Change::UseAccessPass => {
                // Elsewhere the second factor that it stands for is named already.
                if !facts.stage.is_about_own_methods() {
                    return false;
                }
                self.facts.authentication = super::Authentication::default();
                self.show(Factor::TemporaryAccessPass { once: false }, Amr::Mfa);
            }
            Change::AllowMethod => {
                let Operation::Register(method) = &mut facts.operation else {
                    return false;
                };
                if method.allowed && method.self_service {
                    return false;
                }
                method.allowed = true;
                method.self_service = true;
            }
            Change::SignInAgain => facts.authentication.at = Some(self.now),
            Change::BeInteractive => {
                if !facts.circumstances.silent {
                    return false;
                }
                facts.circumstances.silent = false;
            }
            Change::NoDeviceCode => facts.circumstances.device_code = false,
            Change::ModernClient => {
                facts.circumstances.client_app = ClientAppType::MobileAppsAndDesktopClients;
            }
            Change::CommandLineClient => {
                let Some(app) = catalogue::first_party_app_by_alias("azure-cli") else {
                    return false;
                };
                if facts.client == app.id {
                    return false;
                }
                facts.client = app.id;
                facts.circumstances.client_app = ClientAppType::MobileAppsAndDesktopClients;
            }
            Change::ServicePrincipal | Change::ManagedIdentity => return self.be_no_person(),
            Change::BeforePhase(phase, start) => {
                let before = match phase {
                    PhaseName::Phase1 => &mut self.enforcement.phase1,
                    PhaseName::Phase2 => &mut self.enforcement.phase2,
                };
                // Everything else stays as it is now: only the phase has not come yet.
                *before = super::Phase {
                    starts: Some(self.now + Duration::from_secs(1)).max(Some(*start)),
                    postponed_until: None,
                };
            }
            Change::ExcludeFromPolicy(id, _) => {
                let Some(user) = self.facts.user.as_ref().map(|user| user.id) else {
                    return false;
                };
                return self.policy(*id, |policy| {
                    policy.conditions.users.exclude.users.push(user);
                });
            }
            Change::ReportOnly(id, _) => {
                return self.policy(*id, |policy| policy.state = PolicyState::ReportOnly);
            }
            Change::SecurityDefaultsOff => self.security_defaults = false,
            Change::AssignmentsAudit => self.assignments.clear(),
            Change::PerUserMfaOff | Change::EnableAccount | Change::DismissRisk => {
                let Some(user) = &mut facts.user else {
                    return false;
                };
                match change {
                    Change::PerUserMfaOff => user.per_user_mfa = PerUserMfa::Disabled,
                    Change::EnableAccount => user.enabled = true,
                    _ => {
                        user.risk = Risk::None;
                        facts.circumstances.sign_in_risk = Risk::None;
                    }
                }
            }
        }
        true
    }

    /// More is shown, now, in an interactive sign-in.
    fn show(&mut self, factor: Factor, amr: Amr) {
        let now = self.now;
        let demanded: Vec<Amr> = self.facts.demanded_methods.clone();
        let contexts = self.facts.demanded_contexts.clone();
        let authentication = &mut self.facts.authentication;
        authentication.factors.push(factor);
        // Security info asks for the freshness itself.
        let fresh = (self.facts.stage == Stage::SecurityInfo).then_some(Amr::NgcMfa);
        for amr in core::iter::once(amr).chain(fresh).chain(demanded) {
            if !authentication.methods.contains(&amr) {
                authentication.methods.push(amr);
            }
        }
        authentication.at = Some(now);
        authentication.multifactor_at = Some(now);
        for context in core::iter::once(MANDATE_CONTEXT.to_owned()).chain(contexts) {
            if !authentication.contexts.contains(&context) {
                authentication.contexts.push(context);
            }
        }
        self.facts.circumstances.silent = false;
        if let Some(user) = &mut self.facts.user {
            user.has_strong_method = true;
        }
    }

    /// The same operation by an app. Nothing is known of a policy about it: one that binds all of them still does.
    fn be_no_person(&mut self) -> bool {
        let facts = &mut self.facts;
        // A person's own pages are not for apps.
        if facts.circumstances.user_action.is_some() || facts.stage.is_about_own_methods() {
            return false;
        }
        if facts.stage == Stage::SignIn && facts.operation != Operation::SignIn {
            return false;
        }
        facts.identity = Some(IdentityType::App);
        facts.user = None;
        facts.workload = None;
        facts.authentication = super::Authentication::default();
        facts.demanded_contexts.clear();
        facts.demanded_methods.clear();
        true
    }

    fn policy(
        &mut self,
        id: Uuid,
        change: impl FnOnce(&mut crate::policy::conditional_access::ConditionalAccessPolicy),
    ) -> bool {
        let Some(policy) = self.conditional_access.policies.get(&id) else {
            return false;
        };
        let mut changed = (**policy).clone();
        change(&mut changed);
        self.conditional_access
            .policies
            .insert(id, Arc::new(changed));
        true
    }
}

impl Change {
    /// A word for it, for programs.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::PassMfa => "pass-mfa",
            Self::RegisterAndPassMfa => "register-and-pass-mfa",
            Self::UsePasskey => "use-passkey",
            Self::UseAccessPass => "use-access-pass",
            Self::AllowMethod => "allow-method",
            Self::SignInAgain => "sign-in-again",
            Self::BeInteractive => "be-interactive",
            Self::NoDeviceCode => "no-device-code",
            Self::ModernClient => "modern-client",
            Self::CommandLineClient => "command-line-client",
            Self::ServicePrincipal => "service-principal",
            Self::ManagedIdentity => "managed-identity",
            Self::BeforePhase(..) => "before-phase",
            Self::ExcludeFromPolicy(..) => "exclude-from-policy",
            Self::ReportOnly(..) => "policy-report-only",
            Self::SecurityDefaultsOff => "security-defaults-off",
            Self::PerUserMfaOff => "per-user-mfa-off",
            Self::AssignmentsAudit => "assignments-audit",
            Self::EnableAccount => "enable-account",
            Self::DismissRisk => "dismiss-risk",
        }
    }

    /// Who would have to do it.
    pub fn by(&self) -> By {
        match self {
            Self::PassMfa
            | Self::RegisterAndPassMfa
            | Self::UsePasskey
            | Self::SignInAgain
            | Self::BeInteractive
            | Self::NoDeviceCode
            | Self::ModernClient
            | Self::CommandLineClient
            | Self::ServicePrincipal
            | Self::ManagedIdentity => By::Caller,
            Self::UseAccessPass
            | Self::AllowMethod
            | Self::BeforePhase(..)
            | Self::ExcludeFromPolicy(..)
            | Self::ReportOnly(..)
            | Self::SecurityDefaultsOff
            | Self::PerUserMfaOff
            | Self::AssignmentsAudit
            | Self::EnableAccount
            | Self::DismissRisk => By::Administrator,
        }
    }

    /// What to do, for people.
    pub fn describe(&self) -> String {
        match self {
            Self::PassMfa => "pass multifactor authentication".to_owned(),
            Self::RegisterAndPassMfa => {
                "register a second factor and pass multifactor authentication".to_owned()
            }
            Self::UsePasskey => "sign in with a passkey".to_owned(),
            Self::UseAccessPass => {
                "have an administrator make a Temporary Access Pass, and sign in with it".to_owned()
            }
            Self::AllowMethod => {
                "let the authentication methods policy allow the method, with self-service set up"
                    .to_owned()
            }
            Self::SignInAgain => "sign in again".to_owned(),
            Self::BeInteractive => {
                "sign in on a page instead of redeeming a refresh token".to_owned()
            }
            Self::NoDeviceCode => "sign in without a device code".to_owned(),
            Self::ModernClient => "use a client with modern authentication".to_owned(),
            Self::CommandLineClient => "use the Azure CLI instead of this client".to_owned(),
            Self::ServicePrincipal => "sign in as a service principal".to_owned(),
            Self::ManagedIdentity => "use a managed identity".to_owned(),
            Self::BeforePhase(phase, start) => {
                let name = match phase {
                    PhaseName::Phase1 => "Phase 1",
                    PhaseName::Phase2 => "Phase 2",
                };
                format!("do it before {name}, which binds the tenant since {start}")
            }
            Self::ExcludeFromPolicy(_, name) => {
                format!("exclude the user from the policy “{name}”")
            }
            Self::ReportOnly(_, name) => format!("let the policy “{name}” only report"),
            Self::SecurityDefaultsOff => "turn security defaults off".to_owned(),
            Self::PerUserMfaOff => {
                "disable per-user multifactor authentication for the account".to_owned()
            }
            Self::AssignmentsAudit => {
                "set the tenant's own assignments of the MFA definitions to Audit".to_owned()
            }
            Self::EnableAccount => "enable the account".to_owned(),
            Self::DismissRisk => "dismiss the risk of the user and the sign-in".to_owned(),
        }
    }
}

impl Remedy {
    /// What to do, for people.
    pub fn describe(&self) -> String {
        let each: Vec<String> = self.changes.iter().map(Change::describe).collect();
        each.join(", and ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enforcement::facts::{Authentication, Circumstances, NewMethod, Target, UserFacts};
    use crate::enforcement::phase::Phase;
    use crate::policy::authentication_methods::MethodName;

    fn now() -> Timestamp {
        Timestamp::parse("2025-10-02T12:00:00Z").unwrap()
    }

    fn write_with_a_password() -> Facts {
        Facts {
            stage: Stage::ResourceManager,
            identity: Some(IdentityType::User),
            user: None,
            workload: None,
            password_changed: false,
            client: catalogue::first_party_app_by_alias("azure-cli").unwrap().id,
            resource: catalogue::AZURE_RESOURCE_MANAGER,
            authentication: Authentication::password(now()),
            operation: Operation::CreateOrUpdate(Target::default()),
            demanded_contexts: Vec::new(),
            demanded_methods: Vec::new(),
            circumstances: Circumstances::default(),
        }
    }

    fn words(facts: &Facts, assignments: &[MfaAssignment]) -> Vec<String> {
        let enforcement = Enforcement {
            phase2: Phase {
                starts: Timestamp::parse("2025-10-01"),
                postponed_until: None,
            },
            ..Enforcement::default()
        };
        let policies = Policies {
            enforcement: &enforcement,
            security_defaults: false,
            mfa_assignments: assignments,
            conditional_access: &ConditionalAccess::default(),
            rules: RulesAsked::default(),
        };
        let found = remedies(facts, &policies, now());
        let word = |remedy: &Remedy| {
            let words: Vec<&str> = remedy.changes.iter().map(Change::as_str).collect();
            words.join("+")
        };
        found.iter().map(word).collect()
    }

    #[test]
    fn a_passkey_is_registered_with_a_pass_or_a_second_factor() {
        let method = NewMethod {
            name: MethodName::Fido2,
            allowed: true,
            self_service: true,
            held: 0,
            most: 10,
        };
        let mut facts = Facts {
            stage: Stage::SecurityInfo,
            user: Some(a_user()),
            operation: Operation::Register(method),
            ..write_with_a_password()
        };
        assert_eq!(
            words(&facts, &[]),
            ["register-and-pass-mfa", "use-passkey", "use-access-pass"]
        );
        facts.operation = Operation::Register(NewMethod {
            allowed: false,
            ..method
        });
        facts.authentication.methods.extend([Amr::Mfa, Amr::NgcMfa]);
        facts.authentication.multifactor_at = Some(now());
        assert_eq!(words(&facts, &[]), ["allow-method"]);
    }

    #[test]
    fn own_methods_change_through_graph_after_a_second_factor() {
        let mut facts = Facts {
            stage: Stage::Graph,
            user: Some(a_user()),
            operation: Operation::ChangeSecurityInfo,
            ..write_with_a_password()
        };
        let expected = ["register-and-pass-mfa", "use-passkey", "use-access-pass"];
        assert_eq!(words(&facts, &[]), expected);
        facts.authentication.multifactor_at = Some(now());
        assert!(words(&facts, &[]).is_empty());
    }

    fn a_user() -> UserFacts {
        UserFacts {
            id: crate::id::ObjectId::from_u128(1),
            enabled: true,
            guest: None,
            roles: Vec::new(),
            per_user_mfa: PerUserMfa::Disabled,
            has_strong_method: false,
            groups: Vec::new(),
            registered: vec![Factor::Password],
            risk: Risk::None,
            home: None,
        }
    }

    #[test]
    fn a_write_under_phase_2_passes_with_a_second_factor_as_a_workload_or_before_the_date() {
        assert_eq!(
            words(&write_with_a_password(), &[]),
            [
                "pass-mfa",
                "use-passkey",
                "service-principal",
                "managed-identity",
                "before-phase"
            ]
        );
    }

    #[test]
    fn what_passes_needs_no_remedy() {
        let mut read = write_with_a_password();
        read.operation = Operation::Read;
        assert!(words(&read, &[]).is_empty());
    }
}
