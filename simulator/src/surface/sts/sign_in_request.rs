//! What an app asks of the sign-in pages: the parameters of `authorize`, read and checked.
//!
//! What is wrong with the app or its address is shown on a page, since nobody may be sent to an address that was not
//! checked. Everything after that goes back to the app.

use entrasim_domain::directory::application::ImplicitGrant;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Version;
use super::authority::Authority;
use super::client::{Client, Credentials};
use super::error::StsError;
use super::pkce::Challenge;
use super::redirect_uri::{self, Platform};
use super::response::ResponseMode;
use crate::call::Call;
use crate::seal::{Purpose, open, seal};
use crate::wire::Form;

/// One sign-in that an app asked for; sealed, it is the pages' `ctx`.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct SignInRequest {
    pub v1: bool,
    /// The tenant segment, as the app wrote it.
    pub authority: String,
    pub client: String,
    pub redirect_uri: String,
    /// The request named it; only then the redemption has to (RFC 6749, section 4.1.3).
    pub redirect_uri_named: bool,
    pub platform: Platform,
    pub response_type: ResponseType,
    pub response_mode: ResponseMode,
    /// v2.
    #[serde(default)]
    pub scope: String,
    /// v1.
    pub resource: Option<String>,
    pub state: Option<String>,
    pub nonce: Option<String>,
    pub challenge: Option<Challenge>,
    pub claims: Option<String>,
    pub prompt: Prompt,
    /// It comes from the `adminconsent` endpoint, and ends with consent instead of a code.
    pub admin_consent: bool,
    pub login_hint: Option<String>,
    pub domain_hint: Option<String>,
    pub max_age: Option<u64>,
    /// `amr_values`: `mfa` or `ngcmfa` is demanded.
    pub amr_values: Vec<String>,
    pub client_info: bool,
    pub session: Option<String>,
    /// The client's own id for the attempt, or ours; every page of it has the same.
    pub correlation: Uuid,
    /// The code of a device that waits for this sign-in.
    pub device: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct ResponseType {
    pub code: bool,
    pub id_token: bool,
    pub token: bool,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(super) enum Prompt {
    #[default]
    Unset,
    None,
    Login,
    SelectAccount,
    Consent,
    AdminConsent,
}

/// How a request can fail before any page: shown, or handed to the app.
pub(super) enum Refusal {
    /// Shown on a page.
    Page(StsError),
    /// Sent to the app's address.
    App(Box<SignInRequest>, StsError),
}

impl From<StsError> for Refusal {
    fn from(error: StsError) -> Self {
        Self::Page(error)
    }
}

impl SignInRequest {
    /// Reads `authorize`. The tenant may not be known yet: then only Microsoft's own apps and apps of any tenant exist.
    pub(super) fn read(
        call: &Call<'_>,
        authority: &str,
        version: Version,
        form: &Form,
    ) -> Result<Self, Refusal> {
        let text = |name: &str| {
            form.get(name)
                .filter(|value| !value.is_empty())
                .map(str::to_owned)
        };
        if let Some(id) = text("client-request-id").and_then(|id| id.parse().ok()) {
            call.adopt_correlation(id);
        }
        StsError::require_single(form)?;
        let client_id =
            text("client_id").ok_or_else(|| StsError::new(900_144).with("name", "client_id"))?;
        let named = text("redirect_uri");
        let (address, implicit) = with_client(call, &client_id, |client| {
            if Authority::is_consumers(authority) {
                client.require_personal()?;
            }
            Ok::<_, StsError>((
                redirect_uri::check(client, named.as_deref()),
                client.implicit_grant(),
            ))
        })??;
        let (redirect_uri, platform) = address?;
        let mut request = Self {
            v1: version == Version::V1,
            authority: authority.to_owned(),
            client: client_id,
            redirect_uri,
            redirect_uri_named: named.is_some(),
            platform,
            response_type: ResponseType {
                code: true,
                id_token: false,
                token: false,
            },
            response_mode: ResponseMode::Query,
            scope: text("scope").unwrap_or_default(),
            resource: text("resource"),
            state: form.get("state").map(str::to_owned),
            nonce: text("nonce"),
            challenge: None,
            claims: text("claims"),
            prompt: Prompt::Unset,
            admin_consent: false,
            login_hint: text("login_hint").or_else(|| text("username")),
            domain_hint: text("domain_hint"),
            max_age: None,
            amr_values: form
                .get("amr_values")
                .map(|values| values.split_whitespace().map(str::to_owned).collect())
                .unwrap_or_default(),
            client_info: form.get("client_info") == Some("1"),
            session: text("sid"),
            correlation: call.correlation_id(),
            device: None,
        };
        let mode = ResponseMode::parse(form.get("response_mode"));
        match request.check(version, form, mode, implicit) {
            Ok(()) => Ok(request),
            Err(error) => Err(Refusal::App(Box::new(request), error)),
        }
    }

    fn check(
        &mut self,
        version: Version,
        form: &Form,
        mode: Result<Option<ResponseMode>, StsError>,
        implicit: ImplicitGrant,
    ) -> Result<(), StsError> {
        let kind = ResponseType::parse(form.get("response_type").unwrap_or_default());
        let in_address = kind.as_ref().is_ok_and(|kind| kind.id_token || kind.token);
        // An error goes where the app waits for the answer, so this is known before anything can fail.
        self.response_mode = match &mode {
            Ok(Some(mode)) if !(in_address && *mode == ResponseMode::Query) => *mode,
            _ if in_address => ResponseMode::Fragment,
            _ => ResponseMode::Query,
        };
        self.response_type = kind?;
        // Tokens never stand in a query.
        if mode? == Some(ResponseMode::Query) && in_address {
            return Err(StsError::new(70_007));
        }
        self.check_response_type(version, implicit)?;
        if version == Version::V2 {
            if self.resource.is_some() {
                return Err(StsError::new(901_002));
            }
            if self.scope.trim().is_empty() {
                return Err(StsError::missing("scope"));
            }
        }
        if self.response_type.id_token && self.nonce.is_none() {
            return Err(StsError::missing("nonce"));
        }
        self.challenge = Challenge::read(form)?;
        if self.platform == Platform::SinglePage
            && self.response_type.code
            && self.challenge.is_none()
        {
            return Err(StsError::new(9_002_325));
        }
        self.prompt = Prompt::parse(form.get("prompt"))?;
        self.max_age = match form.get("max_age").filter(|age| !age.is_empty()) {
            Some(age) => Some(age.parse().map_err(|_| StsError::new(9_002_313))?),
            None => None,
        };
        super::claims_request::ClaimsRequest::parse(self.claims.as_deref())?;
        Ok(())
    }

    /// Tokens come straight from here only if the registration has it so, and an id token only with `openid`.
    fn check_response_type(
        &self,
        version: Version,
        implicit: ImplicitGrant,
    ) -> Result<(), StsError> {
        let kind = self.response_type;
        if kind.id_token && !implicit.id_tokens {
            return Err(StsError::new(700_054));
        }
        if kind.token && !implicit.access_tokens {
            return Err(StsError::new(700_051));
        }
        let is_openid = version == Version::V1
            || self
                .scope
                .split_whitespace()
                .any(|word| word.eq_ignore_ascii_case("openid"));
        if kind.id_token && !is_openid {
            return Err(StsError::new(70_005).with(
                "reason",
                "response_type 'id_token' requires the 'openid' scope",
            ));
        }
        Ok(())
    }

    pub(super) fn version(&self) -> Version {
        if self.v1 { Version::V1 } else { Version::V2 }
    }

    pub(super) fn seal(&self, call: &Call<'_>) -> String {
        seal(call, Purpose::SignInRequest, self)
    }

    pub(super) fn open(call: &Call<'_>, text: &str) -> Result<Self, StsError> {
        open(call, Purpose::SignInRequest, text).ok_or_else(|| StsError::new(165_000))
    }
}

/// Finds the client: in the tenant of the call, or, where none is known yet, in any.
pub(super) fn with_client<T>(
    call: &Call<'_>,
    client_id: &str,
    then: impl FnOnce(&Client<'_>) -> T,
) -> Result<T, StsError> {
    let credentials = Credentials::public(client_id);
    if let Some(tenant) = call.tenant() {
        return Client::find(call, tenant, &credentials).map(|client| then(&client));
    }
    for cell in call.app.store.list() {
        let tenant = cell.read();
        if let Ok(client) = Client::find(call, &tenant, &credentials) {
            client.require_multitenant()?;
            return Ok(then(&client));
        }
    }
    Err(StsError::new(700_016)
        .with("app", client_id)
        .with("tenant", "Microsoft"))
}

impl ResponseType {
    fn parse(text: &str) -> Result<Self, StsError> {
        let mut parsed = Self {
            code: false,
            id_token: false,
            token: false,
        };
        for word in text.split_whitespace() {
            match word {
                "code" => parsed.code = true,
                "id_token" => parsed.id_token = true,
                "token" => parsed.token = true,
                other => {
                    let reason =
                        format!("response_type '{other}' is not supported for the application");
                    return Err(StsError::new(70_005).with("reason", reason));
                }
            }
        }
        if !(parsed.code || parsed.id_token || parsed.token) {
            return Err(StsError::missing("response_type"));
        }
        Ok(parsed)
    }
}

impl Prompt {
    fn parse(text: Option<&str>) -> Result<Self, StsError> {
        let words: Vec<&str> = text.unwrap_or_default().split_whitespace().collect();
        Ok(match words.as_slice() {
            [] => Self::Unset,
            ["none"] => Self::None,
            ["login" | "refresh_session", ..] => Self::Login,
            // `create` begins with choosing an account too; work tenants have no self-service sign-up here.
            ["select_account" | "create", ..] => Self::SelectAccount,
            ["consent", ..] => Self::Consent,
            ["admin_consent", ..] => Self::AdminConsent,
            [other, ..] => return Err(StsError::new(90_023).with("prompt", other)),
        })
    }
}
