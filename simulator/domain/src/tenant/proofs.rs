//! Who signs in, as `decide` sees them, and what they can show: the registered methods as far as the tenant lets them be used.

use super::Tenant;
use crate::credential::method::{
    AuthenticationMethod, MethodKind, PassUsability, PhoneKind, TemporaryAccessPass,
};
use crate::directory::application::SignInAudience;
use crate::directory::user::{User, UserType};
use crate::enforcement::facts::{Amr, Authentication, Factor, GuestKind, UserFacts};
use crate::id::{AppId, ObjectId};
use crate::policy::authentication_methods::MethodName;
use crate::time::Timestamp;

/// A second factor, and the registered method that it is shown with.
#[derive(Clone, Debug)]
pub struct UsableFactor<'u> {
    pub method: &'u AuthenticationMethod,
    pub factor: Factor,
}

impl Tenant {
    /// The second factors of a user that the authentication methods policy allows and that are good now, in the order of
    /// their registration. One method may prove several: a phone is texted or called, an app is prompted or shows codes.
    pub fn usable_factors<'u>(&self, user: &'u User, now: Timestamp) -> Vec<UsableFactor<'u>> {
        let ids = self.targets_of(user.id);
        let allows = |name| self.authentication_methods.allows(name, &ids);
        let allowed = |kind| MethodName::of(kind).is_some_and(allows);
        let mut usable = Vec::new();
        for method in &user.methods {
            let mut add = |factor, allowed: bool| {
                if allowed {
                    usable.push(UsableFactor { method, factor });
                }
            };
            let may = allowed(&method.kind);
            match &method.kind {
                MethodKind::TemporaryAccessPass(pass) => {
                    let factor = Factor::TemporaryAccessPass { once: pass.once };
                    let good = pass.usability(now) == PassUsability::Usable;
                    add(factor, good && self.allows_pass(pass, user));
                }
                MethodKind::Passkey(key) => {
                    let aaguid = key.aaguid;
                    let usable = self.authentication_methods.allows_passkey(key, &ids);
                    add(Factor::Fido2 { aaguid }, usable);
                }
                MethodKind::MicrosoftAuthenticator(app) => {
                    add(Factor::MicrosoftAuthenticatorPush, may);
                    add(Factor::SoftwareOath, app.oath.is_some() && may);
                }
                MethodKind::SoftwareOath(_) => add(Factor::SoftwareOath, may),
                MethodKind::HardwareOath(token) => {
                    add(Factor::HardwareOath, token.oath.is_some() && may);
                }
                MethodKind::Phone(phone) => {
                    let texts = phone.kind == PhoneKind::Mobile && allows(MethodName::Sms);
                    add(Factor::Sms, texts);
                    add(Factor::Voice, allows(MethodName::Voice));
                }
                // Keys of devices are shown by the devices, external methods by their makers, codes at shared devices: none
                // of them is simulated as a factor.
                MethodKind::Email { .. }
                | MethodKind::WindowsHello(_)
                | MethodKind::PlatformCredential(_)
                | MethodKind::External(_)
                | MethodKind::QrCodePin(_) => {}
            }
        }
        usable
    }

    /// Whether the policy lets the user sign in with such a pass, whatever the time.
    pub fn allows_pass(&self, pass: &TemporaryAccessPass, user: &User) -> bool {
        let policy = &self.authentication_methods;
        policy.allows(MethodName::TemporaryAccessPass, &self.targets_of(user.id))
            && (pass.once || !policy.pass.once_only)
    }

    /// What `decide` needs to know of a user.
    pub fn user_facts(&self, user: &User, now: Timestamp) -> UserFacts {
        let factors: Vec<Factor> = self
            .usable_factors(user, now)
            .into_iter()
            .map(|usable| usable.factor)
            .collect();
        let password = user.password.as_ref().map(|_| Factor::Password);
        UserFacts {
            id: user.id,
            enabled: user.account_enabled,
            guest: guest_kind(user),
            roles: self.roles_of(user.id),
            per_user_mfa: user.per_user_mfa,
            has_strong_method: !factors.is_empty(),
            groups: self.groups_of(user.id),
            registered: password.into_iter().chain(factors).collect(),
            risk: user.risk,
            home: user.home.as_ref().map(|home| home.tenant),
        }
    }

    /// The service principal of an app as itself, where Conditional Access reaches it: those of single-tenant apps that are
    /// registered here (MicrosoftDocs/entra-docs concept-conditional-access-users-groups.md, workload identities).
    pub fn workload(&self, app: AppId) -> Option<ObjectId> {
        self.application(app)
            .filter(|application| application.sign_in_audience == SignInAudience::AzureADMyOrg)?;
        self.service_principal(app).map(|principal| principal.id)
    }

    /// What a user has shown with the password. A guest's may come with the word of the home tenant that a second factor was
    /// passed there, which counts where it is trusted (MicrosoftDocs/entra-docs external-id/cross-tenant-access-overview.md).
    pub fn password_shown(&self, user: &User, now: Timestamp) -> Authentication {
        let mut shown = Authentication {
            epoch: user.sessions.number,
            ..Authentication::password(now)
        };
        let counts = user.home.as_ref().is_some_and(|home| {
            home.multifactor && self.cross_tenant_access.trust_in(home.tenant).mfa
        });
        if counts {
            shown.methods.push(Amr::Mfa);
            shown.multifactor_at = Some(now);
        }
        shown
    }
}

fn guest_kind(user: &User) -> Option<GuestKind> {
    match (user.home.is_some(), user.user_type) {
        (true, UserType::Guest) => Some(GuestKind::B2bCollaborationGuest),
        (true, UserType::Member) => Some(GuestKind::B2bCollaborationMember),
        (false, UserType::Guest) => Some(GuestKind::InternalGuest),
        (false, UserType::Member) => None,
    }
}
