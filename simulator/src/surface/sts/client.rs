//! The client of a token request: which app it is, and how it proves that.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entrasim_domain::catalogue::{self, FirstPartyApp};
use entrasim_domain::directory::application::{Application, ImplicitGrant, SignInAudience};
use entrasim_domain::directory::kept::Kept;
use entrasim_domain::id::{AppId, TenantId};
use entrasim_domain::tenant::Tenant;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::assertion;
use super::error::StsError;
use super::redirect_uri::Platform;
use crate::call::Call;
use crate::issue::access_token::ClientProof;
use crate::wire::Form;

/// A client.
#[derive(Clone, Debug)]
pub(super) enum Client<'a> {
    FirstParty(&'static FirstPartyApp),
    /// Registered in this tenant.
    Registered(&'a Application),
    /// Registered in another tenant, for any: what it may do here, its service principal here says.
    Elsewhere(Arc<Application>, TenantId),
}

/// What a request says of its client before anything is checked.
#[derive(Clone, Debug)]
pub(super) struct Credentials {
    pub client_id: String,
    secret: Option<String>,
    assertion: Option<String>,
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

impl Credentials {
    /// A client that shows nothing but its id.
    pub(super) fn public(client_id: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            secret: None,
            assertion: None,
        }
    }

    /// Whether a secret or an assertion was sent.
    pub(super) fn are_confidential(&self) -> bool {
        self.secret.is_some() || self.assertion.is_some()
    }
    /// From the form, or from HTTP Basic, whose halves are form-encoded (RFC 6749, section 2.3.1).
    pub(super) fn of(call: &Call<'_>, form: &Form) -> Result<Self, StsError> {
        let basic = call.request.header("authorization").and_then(basic);
        let field = |name| {
            form.get(name)
                .filter(|value: &&str| !value.is_empty())
                .map(str::to_owned)
        };
        let (basic_id, basic_secret) = basic.unzip();
        let assertion = field("client_assertion");
        if assertion.is_some() && form.get("client_assertion_type") != Some(ASSERTION_TYPE) {
            return Err(StsError::missing("client_assertion_type"));
        }
        Ok(Self {
            client_id: field("client_id")
                .or(basic_id)
                .ok_or(StsError::missing("client_id"))?,
            secret: field("client_secret").or(basic_secret.filter(|secret| !secret.is_empty())),
            assertion,
        })
    }
}

fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, value) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |half: &str| {
        percent_decode_str(&half.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    Some((decode(id), decode(secret)))
}

impl<'a> Client<'a> {
    /// The app with this id: Microsoft's, registered here, or registered elsewhere for everybody.
    pub(super) fn find(
        call: &Call<'_>,
        tenant: &'a Tenant,
        credentials: &Credentials,
    ) -> Result<Self, StsError> {
        let id = credentials.client_id.parse::<AppId>().ok();
        let found = id.and_then(|id| {
            catalogue::first_party_app(id)
                .map(Self::FirstParty)
                .or_else(|| tenant.application(id).map(|app| Self::Registered(app)))
                .or_else(|| Self::elsewhere(call, id))
        });
        found.ok_or_else(|| {
            StsError::new(700_016)
                .with("app", &credentials.client_id)
                .with("tenant", &tenant.display_name)
        })
    }

    fn elsewhere(call: &Call<'_>, id: AppId) -> Option<Self> {
        call.app.store.list().into_iter().find_map(|cell| {
            let tenant = cell.read();
            let app = tenant.application(id)?;
            (app.sign_in_audience != SignInAudience::AzureADMyOrg)
                .then(|| Self::Elsewhere(Arc::clone(app), tenant.id))
        })
    }

    /// The registration; Microsoft's own apps have none.
    pub(super) fn registration(&self) -> Option<&Application> {
        match self {
            Self::FirstParty(_) => None,
            Self::Registered(app) => Some(app),
            Self::Elsewhere(app, _) => Some(app),
        }
    }

    pub(super) fn app_id(&self) -> AppId {
        match self {
            Self::FirstParty(app) => app.id,
            Self::Registered(app) => app.app_id,
            Self::Elsewhere(app, _) => app.app_id,
        }
    }

    pub(super) fn display_name(&self) -> &str {
        match self {
            Self::FirstParty(app) => &app.name,
            Self::Registered(app) => &app.display_name,
            Self::Elsewhere(app, _) => &app.display_name,
        }
    }

    /// Whether nobody can consent to more for it than Microsoft has settled.
    pub(super) fn is_settled(&self) -> bool {
        matches!(self, Self::FirstParty(app) if !app.consentable)
    }

    pub(super) fn is_first_party(&self) -> bool {
        matches!(self, Self::FirstParty(_))
    }

    /// A member of the family of client ids: its refresh tokens serve the other members too.
    pub(super) fn is_family_member(&self) -> bool {
        matches!(self, Self::FirstParty(app) if app.family)
    }

    /// Its redirect URIs with their platforms, in the order web, single page, native.
    pub(super) fn redirect_uris(&self) -> Vec<(&str, Platform)> {
        fn all(uris: &[String], platform: Platform) -> impl Iterator<Item = (&str, Platform)> {
            uris.iter().map(move |uri| (uri.as_str(), platform))
        }
        let app: &Application = match self {
            Self::FirstParty(app) => {
                let platform = if app.public_client {
                    Platform::Native
                } else if app.single_page {
                    Platform::SinglePage
                } else {
                    Platform::Web
                };
                return all(&app.redirect_uris, platform).collect();
            }
            Self::Registered(app) => app,
            Self::Elsewhere(app, _) => app,
        };
        all(&app.web_redirect_uris, Platform::Web)
            .chain(all(&app.spa_redirect_uris, Platform::SinglePage))
            .chain(all(&app.public_client_redirect_uris, Platform::Native))
            .collect()
    }

    /// The tokens that it may have without a code.
    pub(super) fn implicit_grant(&self) -> ImplicitGrant {
        self.registration().map_or(
            ImplicitGrant {
                id_tokens: true,
                access_tokens: true,
            },
            |app| app.implicit_grant,
        )
    }

    /// Only public clients have devices that wait (7000218).
    pub(super) fn require_public(&self) -> Result<(), StsError> {
        match self.registration() {
            Some(app) if !app.allow_public_client => Err(StsError::new(7_000_218)),
            Some(_) | None => Ok(()),
        }
    }

    /// An app of one tenant only cannot be used where no tenant is named (50194).
    pub(super) fn require_multitenant(&self) -> Result<(), StsError> {
        match self.registration() {
            Some(app) if app.sign_in_audience == SignInAudience::AzureADMyOrg => {
                Err(StsError::new(50194)
                    .with("app", app.app_id)
                    .with("name", &app.display_name))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// An app for work accounts has nothing to do with personal ones (9002332).
    pub(super) fn require_personal(&self) -> Result<(), StsError> {
        match self.registration() {
            Some(app)
                if app.sign_in_audience == SignInAudience::AzureADMyOrg
                    || app.sign_in_audience == SignInAudience::AzureADMultipleOrgs =>
            {
                Err(StsError::new(9_002_332)
                    .with("app", app.app_id)
                    .with("name", &app.display_name))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Checks the client's proof; a client that needs none and shows none passes as public.
    pub(super) fn authenticate(
        &self,
        call: &Call<'_>,
        tenant: &Tenant,
        credentials: &Credentials,
        proof_required: bool,
    ) -> Result<ClientProof, StsError> {
        let Some(app) = self.registration() else {
            return if credentials.are_confidential() {
                Err(StsError::new(700_025))
            } else if proof_required {
                Err(StsError::new(7_000_218))
            } else {
                Ok(ClientProof::None)
            };
        };
        self.require_enabled(tenant)?;
        if let Some(assertion) = &credentials.assertion {
            assertion::verify(call, tenant, app, assertion)?;
            return Ok(ClientProof::Assertion);
        }
        match &credentials.secret {
            Some(secret) => verify_secret(call, tenant, app, secret).map(|()| ClientProof::Secret),
            None if app.allow_public_client && !proof_required => Ok(ClientProof::None),
            None => Err(StsError::new(7_000_218)),
        }
    }

    /// Nobody here has let an app of another tenant in yet.
    pub(super) fn is_new_here(&self, tenant: &Tenant) -> bool {
        matches!(self, Self::Elsewhere(..)) && tenant.service_principal(self.app_id()).is_none()
    }

    /// The app has a service principal here, and neither that nor the registration is switched off.
    pub(super) fn require_enabled(&self, tenant: &Tenant) -> Result<(), StsError> {
        let app = self.app_id();
        let off = |kept: &Kept| kept.get("isDisabled") == Some(&Value::Bool(true));
        let registration_off = self.registration().is_some_and(|app| off(&app.kept));
        match tenant.service_principal(app) {
            None => Err(StsError::new(7_000_229)
                .with("app", app)
                .with("tenant", tenant.id)),
            Some(principal)
                if !principal.account_enabled || registration_off || off(&principal.kept) =>
            {
                Err(StsError::new(7_000_112)
                    .with("app", app)
                    .with("name", self.display_name()))
            }
            Some(_) => Ok(()),
        }
    }
}

/// A secret of the registration, or of the service principal here.
fn verify_secret(
    call: &Call<'_>,
    tenant: &Tenant,
    app: &Application,
    secret: &str,
) -> Result<(), StsError> {
    let now = call.now();
    let principal = tenant.service_principal(app.app_id);
    let own = principal.into_iter().flat_map(|own| &own.secrets);
    let known: Vec<_> = app
        .secrets
        .iter()
        .chain(own)
        .filter(|known| known.value == secret)
        .collect();
    if known
        .iter()
        .any(|known| call.has_begun(known.start) && now < known.end)
    {
        Ok(())
    } else if known.iter().any(|known| known.end <= now) {
        Err(StsError::new(7_000_222).with("app", app.app_id))
    } else {
        Err(StsError::new(7_000_215).with("app", app.app_id))
    }
}
