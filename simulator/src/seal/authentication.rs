//! How a sign-in was proven, in the form in which it is sealed.

use entrasim_domain::enforcement::{Amr, Authentication, Factor};
use entrasim_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The sealed form of an [`Authentication`].
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct SealedAuthentication {
    m: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    x: Vec<String>,
    a: Option<i64>,
    f: Vec<SealedFactor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    s: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    e: Option<i64>,
    #[serde(default)]
    n: u32,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
enum SealedFactor {
    P,
    K(Option<Uuid>),
    Hello,
    Tap(bool),
    PhoneSignIn,
    Push,
    Soft,
    Hard,
    Sms,
    Voice,
    SmsSignIn,
    Cert1,
    CertM,
    Fed1,
    FedM,
}

impl From<&Authentication> for SealedAuthentication {
    fn from(authentication: &Authentication) -> Self {
        Self {
            m: authentication
                .methods
                .iter()
                .map(|amr| amr.as_str().to_owned())
                .collect(),
            x: authentication.contexts.clone(),
            a: authentication.at.map(Timestamp::unix_millis),
            f: authentication.factors.iter().map(seal).collect(),
            s: authentication.multifactor_at.map(Timestamp::unix_millis),
            e: authentication.ends.map(Timestamp::unix_millis),
            n: authentication.epoch,
        }
    }
}

impl From<SealedAuthentication> for Authentication {
    fn from(sealed: SealedAuthentication) -> Self {
        Self {
            methods: sealed.m.iter().filter_map(|amr| Amr::parse(amr)).collect(),
            contexts: sealed.x,
            at: sealed.a.map(Timestamp::from_unix_millis),
            factors: sealed.f.into_iter().map(open).collect(),
            multifactor_at: sealed.s.map(Timestamp::from_unix_millis),
            ends: sealed.e.map(Timestamp::from_unix_millis),
            epoch: sealed.n,
        }
    }
}

fn seal(factor: &Factor) -> SealedFactor {
    match factor {
        Factor::Password => SealedFactor::P,
        Factor::Fido2 { aaguid } => SealedFactor::K(*aaguid),
        Factor::WindowsHelloForBusiness => SealedFactor::Hello,
        Factor::TemporaryAccessPass { once } => SealedFactor::Tap(*once),
        Factor::DeviceBasedPush => SealedFactor::PhoneSignIn,
        Factor::MicrosoftAuthenticatorPush => SealedFactor::Push,
        Factor::SoftwareOath => SealedFactor::Soft,
        Factor::HardwareOath => SealedFactor::Hard,
        Factor::Sms => SealedFactor::Sms,
        Factor::Voice => SealedFactor::Voice,
        Factor::SmsSignIn => SealedFactor::SmsSignIn,
        Factor::CertificateSingleFactor => SealedFactor::Cert1,
        Factor::CertificateMultiFactor => SealedFactor::CertM,
        Factor::FederatedSingleFactor => SealedFactor::Fed1,
        Factor::FederatedMultiFactor => SealedFactor::FedM,
    }
}

fn open(factor: SealedFactor) -> Factor {
    match factor {
        SealedFactor::P => Factor::Password,
        SealedFactor::K(aaguid) => Factor::Fido2 { aaguid },
        SealedFactor::Hello => Factor::WindowsHelloForBusiness,
        SealedFactor::Tap(once) => Factor::TemporaryAccessPass { once },
        SealedFactor::PhoneSignIn => Factor::DeviceBasedPush,
        SealedFactor::Push => Factor::MicrosoftAuthenticatorPush,
        SealedFactor::Soft => Factor::SoftwareOath,
        SealedFactor::Hard => Factor::HardwareOath,
        SealedFactor::Sms => Factor::Sms,
        SealedFactor::Voice => Factor::Voice,
        SealedFactor::SmsSignIn => Factor::SmsSignIn,
        SealedFactor::Cert1 => Factor::CertificateSingleFactor,
        SealedFactor::CertM => Factor::CertificateMultiFactor,
        SealedFactor::Fed1 => Factor::FederatedSingleFactor,
        SealedFactor::FedM => Factor::FederatedMultiFactor,
    }
}
