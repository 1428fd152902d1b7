//! The words of a described attempt, read: what was shown, and the circumstances.

use entrasim_domain::catalogue;
use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::{
    Amr, Authentication, Circumstances, ClientAppType, DevicePlatform, Factor, UserAction,
};
use entrasim_domain::id::AppId;
use entrasim_domain::policy::authentication_strength::{Mode, is_multifactor};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;

use super::super::ControlError;
use super::super::model::{Attempt, ClientAppWord, UserActionWord};

pub(super) fn instant(text: Option<&str>) -> Result<Option<Timestamp>, ControlError> {
    text.map(|text| {
        Timestamp::parse(text)
            .ok_or_else(|| ControlError::bad_request(format!("`{text}` is no RFC 3339 instant")))
    })
    .transpose()
}

pub(super) fn methods(words: &[String]) -> Result<Vec<Amr>, ControlError> {
    words
        .iter()
        .map(|word| {
            let known = || Amr::ALL.map(Amr::as_str).join(", ");
            Amr::parse(word).ok_or_else(|| {
                ControlError::bad_request(format!(
                    "`{word}` is no value of amr; known: {}",
                    known()
                ))
            })
        })
        .collect()
}

fn modes(words: &[String]) -> Result<Vec<Mode>, ControlError> {
    words
        .iter()
        .map(|word| {
            let known = || Mode::ALL.map(|(_, word)| word).join(", ");
            Mode::parse(word).ok_or_else(|| {
                ControlError::bad_request(format!("`{word}` is no factor; known: {}", known()))
            })
        })
        .collect()
}

/// How the user has proven an identity; apps prove theirs otherwise.
pub(super) fn authentication(
    attempt: &Attempt,
    is_user: bool,
    now: Timestamp,
) -> Result<Authentication, ControlError> {
    if !is_user {
        return Ok(Authentication::default());
    }
    let at = instant(attempt.signed_in.as_deref())?.unwrap_or(now);
    let modes = modes(&attempt.factors)?;
    let methods = match &attempt.amr {
        Some(words) => methods(words)?,
        None if modes.is_empty() => vec![Amr::Pwd],
        None => methods_of(&modes),
    };
    let factors = if modes.is_empty() {
        factors_of(&methods)
    } else {
        modes.into_iter().map(Mode::factor).collect()
    };
    let proof = Authentication {
        methods,
        contexts: attempt.acrs.clone(),
        at: Some(at),
        factors,
        ..Authentication::default()
    };
    Ok(Authentication {
        multifactor_at: Some(at).filter(|_| proof.is_multifactor()),
        ..proof
    })
}

/// `amr` as the sign-in pages would write it.
fn methods_of(modes: &[Mode]) -> Vec<Amr> {
    let first = match modes.first() {
        Some(Mode::Fido2) => Amr::Fido,
        Some(Mode::WindowsHelloForBusiness | Mode::DeviceBasedPush) => Amr::Rsa,
        Some(Mode::FederatedSingleFactor | Mode::FederatedMultiFactor) => Amr::Fed,
        _ => Amr::Pwd,
    };
    let mut methods = vec![first];
    if is_multifactor(&modes.to_vec()) {
        methods.push(Amr::Mfa);
    }
    methods
}

/// What `amr` says was shown, as far as it does.
fn factors_of(methods: &[Amr]) -> Vec<Factor> {
    let mut factors: Vec<Factor> = methods
        .iter()
        .filter_map(|method| match method {
            Amr::Pwd => Some(Factor::Password),
            Amr::Rsa => Some(Factor::DeviceBasedPush),
            Amr::Otp => Some(Factor::SoftwareOath),
            Amr::Fed | Amr::Wia => Some(Factor::FederatedSingleFactor),
            Amr::Fido => Some(Factor::Fido2 { aaguid: None }),
            Amr::Mfa | Amr::NgcMfa => None,
        })
        .collect();
    let second = methods.contains(&Amr::Mfa) || methods.contains(&Amr::NgcMfa);
    if second
        && matches!(
            factors.as_slice(),
            [Factor::Password | Factor::FederatedSingleFactor]
        )
    {
        factors.push(Factor::MicrosoftAuthenticatorPush);
    }
    factors
}

/// The tenant's circumstances, with what the attempt says otherwise.
pub(super) fn circumstances(
    attempt: &Attempt,
    tenant: &Tenant,
    user: Option<&User>,
    client: AppId,
) -> Result<Circumstances, ControlError> {
    let mut here = tenant.circumstances(user);
    if let Some(text) = &attempt.address {
        let address = text
            .parse()
            .map_err(|_| ControlError::bad_request(format!("`{text}` is no address")))?;
        here.ip = Some(address);
        here.country = None;
    }
    if attempt.country.is_some() {
        here.country.clone_from(&attempt.country);
    }
    if let Some(risk) = attempt.sign_in_risk {
        here.sign_in_risk = risk.into();
    }
    here.platform = attempt.platform.map(DevicePlatform::from).or(here.platform);
    here.client_app = match attempt.client_app_type {
        Some(word) => client_app(word),
        None if user.is_some() && is_web(client) => ClientAppType::Browser,
        None => ClientAppType::MobileAppsAndDesktopClients,
    };
    here.device_code = attempt.device_code;
    here.silent = attempt.silent;
    here.user_action = attempt.user_action.map(|word| match word {
        UserActionWord::RegisterSecurityInfo => UserAction::RegisterSecurityInformation,
        UserActionWord::RegisterDevice => UserAction::RegisterOrJoinDevices,
    });
    Ok(here)
}

/// The portals are signed in to in a browser.
fn is_web(client: AppId) -> bool {
    catalogue::first_party_app(client).is_some_and(|app| !app.public_client)
}

fn client_app(word: ClientAppWord) -> ClientAppType {
    match word {
        ClientAppWord::Browser => ClientAppType::Browser,
        ClientAppWord::MobileAppsAndDesktopClients => ClientAppType::MobileAppsAndDesktopClients,
        ClientAppWord::ExchangeActiveSync => ClientAppType::ExchangeActiveSync,
        ClientAppWord::Other => ClientAppType::Other,
    }
}
