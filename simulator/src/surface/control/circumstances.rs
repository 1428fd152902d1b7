//! What Conditional Access looks at and nobody on one machine can show: where sign-ins come from, how risky they are; which
//! methods are allowed; and the knobs for behaviour of the real service that nobody has documented.

use core::net::IpAddr;

use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::Amr;
use entrasim_domain::enforcement::facts::{DevicePlatform, Risk};
use entrasim_domain::id::ObjectId;
use entrasim_domain::policy::authentication_methods::MethodName;
use entrasim_domain::policy::password_reset::PasswordResetPolicy;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::knobs::Knobs;
use entrasim_domain::time::Timestamp;
use http::{Method, StatusCode};

use super::model::{
    CircumstancesPatch, CircumstancesView, KnobsView, PasswordResetView, PlatformWord, RiskWord,
    Separator, TapWord, UserRiskView,
};
use super::tenants::find_user;
use super::{ControlCall, ControlError, Route, ok, openapi};
use crate::wire::Reply;

pub(super) fn routes() -> Vec<Route> {
    let view: (StatusCode, Option<openapi::Schema>) =
        (StatusCode::OK, Some(openapi::of::<CircumstancesView>));
    vec![
        Route {
            method: Method::GET,
            path: "/tenants/{tenant}/circumstances",
            summary: "Where sign-ins come from, their risk, the methods that are allowed, the knobs",
            request: None,
            response: view,
            handler: get,
        },
        Route {
            method: Method::PATCH,
            path: "/tenants/{tenant}/circumstances",
            summary: "Change them; what is absent stays",
            request: Some(openapi::of::<CircumstancesPatch>),
            response: view,
            handler: patch,
        },
    ]
}

/// The methods of the policy by their names in Graph.
const METHODS: [(MethodName, &str); 8] = [
    (MethodName::Fido2, "fido2"),
    (MethodName::MicrosoftAuthenticator, "microsoftAuthenticator"),
    (MethodName::Sms, "sms"),
    (MethodName::Voice, "voice"),
    (MethodName::SoftwareOath, "softwareOath"),
    (MethodName::HardwareOath, "hardwareOath"),
    (MethodName::TemporaryAccessPass, "temporaryAccessPass"),
    (MethodName::Email, "email"),
];

fn word(risk: Risk) -> RiskWord {
    match risk {
        Risk::None => RiskWord::None,
        Risk::Low => RiskWord::Low,
        Risk::Medium => RiskWord::Medium,
        Risk::High => RiskWord::High,
    }
}

impl From<RiskWord> for Risk {
    fn from(word: RiskWord) -> Self {
        match word {
            RiskWord::None => Self::None,
            RiskWord::Low => Self::Low,
            RiskWord::Medium => Self::Medium,
            RiskWord::High => Self::High,
        }
    }
}

fn passed_at_home(user: &User) -> Option<bool> {
    user.home.as_ref().map(|home| home.multifactor)
}

fn view(tenant: &Tenant) -> CircumstancesView {
    CircumstancesView {
        address: tenant.location.ip.to_string(),
        country: tenant.location.country.clone(),
        platform: tenant.location.platform.map(PlatformWord::from),
        trusts_home_mfa: tenant.cross_tenant_access.trust.mfa,
        users: tenant
            .users
            .iter()
            .filter(|user| {
                user.risk != Risk::None
                    || user.sign_in_risk != Risk::None
                    || passed_at_home(user) == Some(true)
            })
            .map(|user| {
                let row = UserRiskView {
                    user_risk: Some(word(user.risk)),
                    sign_in_risk: Some(word(user.sign_in_risk)),
                    home_mfa: passed_at_home(user),
                };
                (tenant.principal_name(user), row)
            })
            .collect(),
        methods: METHODS
            .iter()
            .map(|(name, word)| {
                let enabled = tenant
                    .authentication_methods
                    .methods
                    .get(name)
                    .is_some_and(|configuration| configuration.enabled);
                ((*word).to_owned(), enabled)
            })
            .collect(),
        registration_campaign: tenant.authentication_methods.campaign.enabled,
        password_reset: shown(&tenant.password_reset),
        knobs: KnobsView {
            rbac_before_mfa: Some(tenant.knobs.rbac_before_mfa),
            claims_only_for_cp1: Some(tenant.knobs.claims_only_for_cp1),
            p1_in_acrs_after_stepup: Some(tenant.knobs.p1_in_acrs_after_stepup),
            amr_for_tap: Some(match tenant.knobs.amr_for_tap {
                Amr::Otp => TapWord::Otp,
                _ => TapWord::Pwd,
            }),
            tap_delete_revokes_sessions: Some(tenant.knobs.tap_delete_revokes_sessions),
            domain_records_missing: Some(tenant.knobs.domain_records_missing),
            description_separator: Some(match tenant.knobs.description_separator {
                LINE_BREAK => Separator::LineBreak,
                _ => Separator::Blank,
            }),
        },
    }
}

fn get(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    Ok(ok(&view(&call.tenant()?.read())))
}

fn patch(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let body: CircumstancesPatch = call.body()?;
    let cell = call.tenant()?;
    let now = cell.read().now(call.request.arrived);
    cell.write(|tenant| apply(tenant, &body, now))?;
    get(call)
}

fn apply(
    tenant: &mut Tenant,
    body: &CircumstancesPatch,
    now: Timestamp,
) -> Result<(), ControlError> {
    if let Some(address) = &body.address {
        tenant.location.ip = address
            .parse::<IpAddr>()
            .map_err(|_| ControlError::bad_request(format!("`{address}` is no IP address")))?;
    }
    if let Some(country) = &body.country {
        tenant.location.country = match country {
            None => None,
            Some(code) if code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic()) => {
                Some(code.to_ascii_uppercase())
            }
            Some(other) => {
                return Err(ControlError::bad_request(format!(
                    "`{other}` is no country of two letters (ISO 3166-1), like DE"
                )));
            }
        };
    }
    if let Some(word) = body.platform {
        tenant.location.platform = word.map(DevicePlatform::from);
    }
    if let Some(trusts) = body.trusts_home_mfa {
        tenant.cross_tenant_access.trust.mfa = trusts;
    }
    for (name, row) in &body.users {
        let mut user = User::clone(&*find_user(tenant, name)?);
        if let Some(word) = row.user_risk {
            user.set_risk(word.into(), now);
        }
        if let Some(word) = row.sign_in_risk {
            user.sign_in_risk = word.into();
        }
        if let Some(passed) = row.home_mfa {
            let home = user.home.as_mut().ok_or_else(|| {
                ControlError::bad_request(format!("`{name}` is no guest from another tenant"))
            })?;
            home.multifactor = passed;
        }
        tenant.users.put(user);
    }
    for (word, enabled) in &body.methods {
        let (name, _) = METHODS
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(word))
            .ok_or_else(|| {
                let known: Vec<&str> = METHODS.iter().map(|(_, word)| *word).collect();
                ControlError::bad_request(format!(
                    "`{word}` is no method; known: {}",
                    known.join(", ")
                ))
            })?;
        tenant.authentication_methods.set(*name, *enabled);
    }
    if let Some(enabled) = body.registration_campaign {
        tenant.authentication_methods.campaign.enabled = enabled;
    }
    if let Some(wish) = &body.password_reset {
        reset(tenant, wish)?;
    }
    turn(&mut tenant.knobs, body.knobs);
    Ok(())
}

fn shown(policy: &PasswordResetPolicy) -> PasswordResetView {
    let groups = policy.audience.include.as_ref();
    PasswordResetView {
        everyone: Some(groups.is_none()),
        groups: groups.map(|groups| groups.iter().map(ToString::to_string).collect()),
        methods_required: Some(policy.methods_required),
    }
}

fn reset(tenant: &mut Tenant, wish: &PasswordResetView) -> Result<(), ControlError> {
    let include = match (wish.everyone, &wish.groups) {
        (Some(true), Some(_)) => {
            let text = "a password reset is for everyone, or for groups";
            return Err(ControlError::bad_request(text.to_owned()));
        }
        (Some(true), None) => Some(None),
        (_, Some(groups)) => {
            let known = groups.iter().map(|group| {
                let id = group.parse::<ObjectId>().ok();
                id.filter(|id| tenant.groups.contains_key(id))
                    .ok_or_else(|| ControlError::bad_request(format!("`{group}` is no group's id")))
            });
            Some(Some(known.collect::<Result<Vec<_>, _>>()?))
        }
        (Some(false), None) => Some(Some(Vec::new())),
        (None, None) => None,
    };
    let policy = &mut tenant.password_reset;
    if let Some(include) = include {
        policy.audience.include = include;
    }
    match wish.methods_required {
        None => {}
        Some(number @ 1..=2) => policy.methods_required = number,
        Some(number) => {
            return Err(ControlError::bad_request(format!(
                "a password reset asks for 1 or 2 methods, not {number}"
            )));
        }
    }
    Ok(())
}

const LINE_BREAK: &str = "\r\n";

fn turn(known: &mut Knobs, knobs: KnobsView) {
    for (wish, knob) in [
        (knobs.rbac_before_mfa, &mut known.rbac_before_mfa),
        (knobs.claims_only_for_cp1, &mut known.claims_only_for_cp1),
        (
            knobs.p1_in_acrs_after_stepup,
            &mut known.p1_in_acrs_after_stepup,
        ),
        (
            knobs.tap_delete_revokes_sessions,
            &mut known.tap_delete_revokes_sessions,
        ),
        (
            knobs.domain_records_missing,
            &mut known.domain_records_missing,
        ),
    ] {
        *knob = wish.unwrap_or(*knob);
    }
    match knobs.amr_for_tap {
        Some(TapWord::Pwd) => known.amr_for_tap = Amr::Pwd,
        Some(TapWord::Otp) => known.amr_for_tap = Amr::Otp,
        None => {}
    }
    match knobs.description_separator {
        Some(Separator::Blank) => known.description_separator = " ",
        Some(Separator::LineBreak) => known.description_separator = LINE_BREAK,
        None => {}
    }
}
