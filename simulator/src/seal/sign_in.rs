//! A sign-in, as everything that follows from it remembers it: in codes, in refresh tokens, and, where clients see nothing
//! but an opaque word (`aio`), in access tokens.

use entrasim_domain::enforcement::Authentication;
use entrasim_domain::enforcement::facts::{ClientAppType, Origin};
use entrasim_domain::id::{ObjectId, TenantId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::authentication::SealedAuthentication;

/// What is remembered.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The account that signed in, where it signed in: there its sessions are revoked.
    pub tenant: TenantId,
    pub user: ObjectId,
    pub authentication: Authentication,
    pub origin: Origin,
}

/// Its sealed form.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SealedSignIn {
    t: Uuid,
    u: Uuid,
    a: SealedAuthentication,
    c: SealedClientApp,
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    d: bool,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
enum SealedClientApp {
    B,
    M,
    E,
    O,
}

impl From<&SignIn> for SealedSignIn {
    fn from(sign_in: &SignIn) -> Self {
        Self {
            t: sign_in.tenant.0,
            u: sign_in.user.0,
            a: (&sign_in.authentication).into(),
            c: match sign_in.origin.client_app {
                ClientAppType::Browser => SealedClientApp::B,
                ClientAppType::MobileAppsAndDesktopClients => SealedClientApp::M,
                ClientAppType::ExchangeActiveSync => SealedClientApp::E,
                ClientAppType::Other => SealedClientApp::O,
            },
            d: sign_in.origin.device_code,
        }
    }
}

impl From<SealedSignIn> for SignIn {
    fn from(sealed: SealedSignIn) -> Self {
        Self {
            tenant: TenantId(sealed.t),
            user: ObjectId(sealed.u),
            authentication: sealed.a.into(),
            origin: Origin {
                client_app: match sealed.c {
                    SealedClientApp::B => ClientAppType::Browser,
                    SealedClientApp::M => ClientAppType::MobileAppsAndDesktopClients,
                    SealedClientApp::E => ClientAppType::ExchangeActiveSync,
                    SealedClientApp::O => ClientAppType::Other,
                },
                device_code: sealed.d,
            },
        }
    }
}
