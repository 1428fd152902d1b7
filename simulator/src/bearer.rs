//! Who calls: the bearer token of a request, verified. Graph and Resource Manager word its failures each in their own way.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entrasim_domain::enforcement::{Amr, Authentication, IdentityType};
use entrasim_domain::id::{AppId, ObjectId, RoleTemplateId, TenantId};
use entrasim_domain::time::Timestamp;
use serde_json::{Map, Value};

use crate::call::Call;
use crate::issue::{BACKDATED, Behind};
use crate::origins;
use crate::wire::jwt::Unverified;

/// The claims of a verified token that decide anything.
#[derive(Clone, Debug)]
pub struct Caller {
    pub object_id: ObjectId,
    pub app_id: AppId,
    /// `idtyp`; absent in tokens that do not carry it.
    pub identity: Option<IdentityType>,
    pub authentication: Authentication,
    /// Delegated permissions; empty in an app's token.
    pub scopes: Vec<String>,
    /// App roles.
    pub roles: Vec<String>,
    pub directory_roles: Vec<RoleTemplateId>,
    /// The client said that it understands claims challenges (`xms_cc` has `cp1`).
    pub handles_challenges: bool,
    pub issued: Timestamp,
    pub claims: Map<String, Value>,
}

/// Why a request has no caller.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum BearerError {
    /// No `Authorization` header.
    Missing,
    /// The header is there, with nothing of use in it.
    NotBearer,
    /// Not a JSON Web Token.
    Malformed,
    /// Signed by nobody we know, or not by who it says.
    Signature,
    /// Issued by or for a tenant that is not here.
    Issuer,
    /// For another resource.
    Audience {
        audience: String,
    },
    Expired {
        at: Timestamp,
    },
    NotYetValid {
        from: Timestamp,
    },
    /// The user's sessions were revoked after it was issued, and its client handles that (continuous access evaluation).
    Revoked {
        since: Timestamp,
    },
}

impl Caller {
    /// The sign-in behind the token. A token that somebody else made with our keys has none.
    pub fn behind(&self, call: &Call<'_>) -> Option<Behind> {
        let aio = self.claims.get("aio").and_then(Value::as_str);
        aio.and_then(|aio| Behind::open(call, aio))
    }

    /// Whether the token stands for an application and not for a person.
    pub fn is_app(&self) -> bool {
        self.identity == Some(IdentityType::App)
    }
}

/// Verifies the request's bearer token for a resource (`audiences`, without regard to a trailing slash) and ties the
/// request to the token's tenant, whose clock decides whether it is still valid.
pub fn authenticate(call: &Call<'_>, audiences: &[&str]) -> Result<Caller, BearerError> {
    let header = call
        .request
        .header("authorization")
        .ok_or(BearerError::Missing)?;
    let (scheme, token) = header.split_once(' ').ok_or(BearerError::NotBearer)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(BearerError::NotBearer);
    }
    let token = Unverified::parse(token).ok_or(BearerError::Malformed)?;
    let tenant = token
        .claim("tid")
        .and_then(|tid| tid.parse().ok())
        .ok_or(BearerError::Malformed)?;
    call.bind(call.app.store.get(tenant).ok_or(BearerError::Issuer)?);
    verify_signature(call, &token)?;
    verify_issuer(&token, tenant)?;
    verify_audience(call, &token, audiences)?;
    verify_lifetime(&token, call.now())?;
    let caller = caller(&token).ok_or(BearerError::Malformed)?;
    verify_not_revoked(call, &caller)?;
    Ok(caller)
}

/// Continuous access evaluation: a long token of a client that handles challenges ends with the user's sessions, and when
/// the user becomes risky or has to use multifactor authentication; the others live until they expire
/// (MicrosoftDocs/entra-docs concept-continuous-access-evaluation.md).
fn verify_not_revoked(call: &Call<'_>, caller: &Caller) -> Result<(), BearerError> {
    if !caller.handles_challenges || caller.identity != Some(IdentityType::User) {
        return Ok(());
    }
    let now = call.now();
    let user = call
        .tenant()
        .and_then(|tenant| tenant.users.get(caller.object_id));
    let Some(user) = user.filter(|user| user.account_enabled) else {
        return Err(BearerError::Revoked { since: now });
    };
    let void = match caller.behind(call) {
        Some(behind) => behind.epoch != user.tokens.number,
        // Made by somebody else with our keys: its date is all there is.
        None => (caller.issued + BACKDATED).unix_seconds() < user.tokens.since.unix_seconds(),
    };
    if void {
        Err(BearerError::Revoked {
            since: user.tokens.since,
        })
    } else {
        Ok(())
    }
}

impl BearerError {
    /// The claims that a client has to ask for after a revocation, in base64.
    pub fn claims_challenge(&self) -> Option<String> {
        let Self::Revoked { since } = self else {
            return None;
        };
        let claims = format!(
            r#"{{"access_token":{{"nbf":{{"essential":true, "value":"{}"}}}}}}"#,
            since.unix_seconds()
        );
        Some(STANDARD.encode(claims))
    }
}

fn verify_signature(call: &Call<'_>, token: &Unverified<'_>) -> Result<(), BearerError> {
    let key = token
        .header("kid")
        .and_then(|id| call.app.keys.by_id(id))
        .ok_or(BearerError::Signature)?;
    if token.is_signed_by(&key.decoding_key()) {
        Ok(())
    } else {
        Err(BearerError::Signature)
    }
}

fn verify_issuer(token: &Unverified<'_>, tenant: TenantId) -> Result<(), BearerError> {
    let issuer = token.claim("iss").unwrap_or_default();
    let known = [
        format!("{}/{tenant}/", origins::STS),
        format!("{}/{tenant}/v2.0", origins::SIGN_IN),
    ];
    if known.iter().any(|known| known == issuer) {
        Ok(())
    } else {
        Err(BearerError::Issuer)
    }
}

fn verify_audience(
    call: &Call<'_>,
    token: &Unverified<'_>,
    audiences: &[&str],
) -> Result<(), BearerError> {
    let audience = token.claim("aud").unwrap_or_default();
    let bare = audience.trim_end_matches('/');
    // On a custom host the client's base URL is also the audience it asks for.
    let own_origin = call.request.origin();
    let known = audiences
        .iter()
        .any(|known| known.eq_ignore_ascii_case(bare))
        || own_origin.eq_ignore_ascii_case(bare);
    if known {
        Ok(())
    } else {
        Err(BearerError::Audience {
            audience: audience.to_owned(),
        })
    }
}

fn verify_lifetime(token: &Unverified<'_>, now: Timestamp) -> Result<(), BearerError> {
    let date = |name| {
        token
            .date(name)
            .map(Timestamp::from_unix_seconds)
            .ok_or(BearerError::Malformed)
    };
    let (from, until) = (date("nbf")?, date("exp")?);
    if now >= until {
        Err(BearerError::Expired { at: until })
    } else if now < from {
        Err(BearerError::NotYetValid { from })
    } else {
        Ok(())
    }
}

fn caller(token: &Unverified<'_>) -> Option<Caller> {
    let list = |name: &str| -> Vec<String> {
        let values = token
            .claims
            .get(name)
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        values
            .iter()
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect()
    };
    let identity = match token.claim("idtyp") {
        Some("user") => Some(IdentityType::User),
        Some("app") => Some(IdentityType::App),
        _ => None,
    };
    let issued = Timestamp::from_unix_seconds(token.date("iat")?);
    Some(Caller {
        object_id: token.claim("oid")?.parse().ok()?,
        app_id: token
            .claim("appid")
            .or_else(|| token.claim("azp"))?
            .parse()
            .ok()?,
        identity,
        authentication: Authentication {
            methods: list("amr")
                .iter()
                .filter_map(|amr| Amr::parse(amr))
                .collect(),
            contexts: list("acrs"),
            at: Some(issued),
            ..Authentication::default()
        },
        scopes: token
            .claim("scp")
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        roles: list("roles"),
        directory_roles: list("wids")
            .iter()
            .filter_map(|id| id.parse().ok())
            .collect(),
        handles_challenges: list("xms_cc")
            .iter()
            .any(|value| value.eq_ignore_ascii_case("cp1")),
        issued,
        claims: token.claims.clone(),
    })
}
