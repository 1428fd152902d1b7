//! Who manages their methods: `POST /api/session/authorize`, and the `SessionCtxV2` that the other calls bring along.

use core::time::Duration;
use std::sync::Arc;

use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::{
    Amr, Authentication, Circumstances, ClientAppType, Decision, Interruption, Operation, Outcome,
    Stage, UserAction, decide,
};
use entrasim_domain::id::{AppId, ObjectId, TenantId};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::attempt::SignInAttempt;
use entrasim_domain::time::Timestamp;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bearer::{self, Caller};
use crate::call::Call;
use crate::circumstances;
use crate::origins;
use crate::seal::authentication::SealedAuthentication;
use crate::seal::{Purpose, open, seal};
use crate::wire::Reply;

/// The client id of security info; its tokens are for itself (public tooling).
pub(super) const CLIENT: &str = "19db86c3-b2b9-44cc-b339-36da233a3be2";
const CLIENT_ID: AppId = AppId::from_u128(0x19db_86c3_b2b9_44cc_b339_36da_233a_3be2);
/// A session context is good for so long (assumed; "expires very often", say those who have watched it).
const LIFETIME: Duration = Duration::from_secs(3_600);

/// Somebody who is let in.
pub(super) struct Session<'c> {
    pub(super) call: &'c Call<'c>,
    pub(super) tenant: &'c Tenant,
    pub(super) user: Arc<User>,
    pub(super) shown: Authentication,
}

#[derive(Deserialize, Serialize)]
struct Sealed {
    t: Uuid,
    u: Uuid,
    a: SealedAuthentication,
    /// Milliseconds since 1970.
    at: i64,
}

impl<'c> Session<'c> {
    /// Of the access token of the request.
    fn of_token(call: &'c Call<'c>) -> Option<Self> {
        let caller = bearer::authenticate(call, &[CLIENT, origins::SECURITY_INFO]).ok()?;
        Self::of(call, caller.object_id, shown(call, &caller))
    }

    /// Of the session context of the request: tools leave the token away where they have one.
    pub(super) fn of_request(call: &'c Call<'c>) -> Option<Self> {
        let text = call.request.header("sessionctxv2")?;
        let sealed: Sealed = open(call, Purpose::SecurityInfo, text)?;
        call.bind(call.app.store.get(TenantId(sealed.t))?);
        let ends = Timestamp::from_unix_millis(sealed.at) + LIFETIME;
        if call.now() >= ends {
            return None;
        }
        Self::of(call, ObjectId(sealed.u), sealed.a.into())
    }

    /// Revoked sessions and disabled accounts are let in by nothing.
    fn of(call: &'c Call<'c>, user: ObjectId, shown: Authentication) -> Option<Self> {
        let tenant = call.tenant()?;
        let user = tenant.users.get(user)?;
        let is_current = user.account_enabled && shown.epoch == user.sessions.number;
        is_current.then(|| Self {
            call,
            tenant,
            user: Arc::clone(user),
            shown,
        })
    }

    fn seal(&self) -> String {
        let sealed = Sealed {
            t: self.tenant.id.0,
            u: self.user.id.0,
            a: (&self.shown).into(),
            at: self.call.now().unix_millis(),
        };
        seal(self.call, Purpose::SecurityInfo, &sealed)
    }

    fn attempt(&self, user_action: Option<UserAction>) -> SignInAttempt<'_> {
        let client = CLIENT_ID;
        SignInAttempt {
            user: Some(&self.user),
            client,
            resource: client,
            authentication: self.shown.clone(),
            demanded_contexts: Vec::new(),
            demanded_methods: Vec::new(),
            password_changed: false,
            circumstances: Circumstances {
                client_app: ClientAppType::Browser,
                user_action,
                interactive: true,
                ..circumstances::of(self.call, self.tenant, Some(&self.user))
            },
        }
    }

    /// Whether the person may do something here; the decision is not in the journal yet.
    pub(super) fn ask(&self, operation: Operation) -> Decision {
        let now = self.call.now();
        let facts =
            self.tenant
                .own_methods_facts(Stage::SecurityInfo, self.attempt(None), operation, now);
        decide(&facts, &self.tenant.sign_in_policies(), now)
    }

    /// Conditional Access may guard the registration of security information, whatever is registered.
    fn conditional_access(&self) -> Decision {
        let attempt = self.attempt(Some(UserAction::RegisterSecurityInformation));
        let now = self.call.now();
        let facts = self.tenant.sign_in_facts(attempt, now);
        decide(&facts, &self.tenant.sign_in_policies(), now)
    }

    /// Changes the person's own account; the audit log tells of it.
    pub(super) fn change(&self, change: impl FnOnce(&mut Tenant, &mut User)) {
        let id = self.user.id;
        let occasion = self.call.occasion(Some(id));
        self.call.change_on(&occasion, |tenant| {
            if let Some(known) = tenant.users.get(id) {
                let mut known = User::clone(known);
                change(tenant, &mut known);
                tenant.users.put(known);
            }
        });
    }

    /// The person as the pages name them.
    pub(super) fn name(&self) -> String {
        self.tenant.principal_name(&self.user)
    }
}

/// What the sign-in behind a token showed; a token that somebody else made with our keys is taken at its word.
fn shown(call: &Call<'_>, caller: &Caller) -> Authentication {
    match caller.behind(call) {
        Some(behind) => behind.sign_in.authentication,
        None => caller.authentication.clone(),
    }
}

/// `POST /api/session/authorize`: whether the token lets its user see security info, and the context for what follows.
pub(super) fn authorize(call: &Call<'_>) -> Reply {
    let Some(session) = Session::of_token(call) else {
        return Reply::empty(StatusCode::UNAUTHORIZED);
    };
    let guarded = session.conditional_access();
    let decision = if guarded.outcome == Outcome::Grant {
        session.ask(Operation::SeeSecurityInfo)
    } else {
        guarded
    };
    let decision = call.record_decision(decision);
    let is_authorized = decision.outcome == Outcome::Grant;
    if let Some(code) = decision.code() {
        call.record_code(code);
    }
    let fresh = session.shown.methods.contains(&Amr::NgcMfa);
    let could_be_fresh = session.shown.is_multifactor() || has_second_factor(&session);
    let require_mfa = matches!(decision.outcome, Outcome::Interrupt(Interruption::Mfa));
    let mut answer = json!({
        "isAuthorized": is_authorized,
        "requireMfa": require_mfa,
        "promptForLogin": false,
        "hasMfaClaim": session.shown.is_multifactor(),
        "authContextTags": [],
        "requiresProofUpCodeParam": false,
        "isMyStarEnabled": true,
        "requireNgcMfa": false,
        "requireNgcMfaForSecurityInfo": could_be_fresh && !fresh,
        "sessionCtxV2": is_authorized.then(|| session.seal()),
    });
    if !is_authorized {
        answer["reason"] = reason(&decision);
    }
    told(call, &answer)
}

/// The answer to a call, with the id that the journal knows it by.
pub(super) fn told(call: &Call<'_>, answer: &impl Serialize) -> Reply {
    Reply::json(StatusCode::OK, answer)
        .fixed_headers(&HEADERS)
        .header("x-ms-correlation-id", &call.id().to_string())
}

fn has_second_factor(session: &Session<'_>) -> bool {
    let now = session.call.now();
    !session.tenant.usable_factors(&session.user, now).is_empty()
}

/// Why not, and the way out: ours, for the page.
pub(super) fn reason(decision: &Decision) -> Value {
    decision.rule.map_or(Value::Null, |rule| {
        json!({"rule": rule.id, "message": decision.message(), "fix": rule.fix, "source": rule.source})
    })
}

pub(super) const HEADERS: [(&str, &str); 2] = [
    ("cache-control", "no-store, no-cache"),
    ("x-content-type-options", "nosniff"),
];
