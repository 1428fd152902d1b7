//! Who acts, and the tokens they hold: requested as the real clients request them.

use std::collections::BTreeMap;
use std::io;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

use super::http::{Answer, Subject};
use super::pages::{self, Person, Way};
use super::passkey::Keyring;
use super::security_info;
use crate::language::model::SignIn;
use crate::language::parse::{SECURITY_INFO, client_id, portal_host};

pub(super) const SIGN_IN_HOST: &str = "login.microsoftonline.com";
/// That the second factor is fresh, as security info asks for it.
const FRESH: &str = r#"{"access_token":{"amr":{"essential":true,"values":["ngcmfa"]}}}"#;
/// The challenge of the mandate.
const P1: &str = r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}"#;

/// The actor of the moment and what it has proven.
#[derive(Debug, Default)]
pub(super) struct Session {
    pub actor: String,
    pub client: String,
    /// How the last sign-in was done: a token for another resource is fetched the same way.
    proof: Option<SignIn>,
    refresh_token: Option<String>,
    /// Access tokens by resource, with the second at which they end.
    tokens: BTreeMap<String, (String, i64)>,
    pub(super) belongings: Belongings,
}

/// What stays with the people of a scenario whoever acts.
#[derive(Debug, Default)]
pub(super) struct Belongings {
    /// The cookies of each person's browser, by principal name.
    pub browsers: BTreeMap<String, BTreeMap<String, String>>,
    pub keys: Keyring,
}

/// Who an `as:` names.
enum Actor<'a> {
    User(&'a str),
    App(&'a str),
    Identity(&'a str),
}

fn read(actor: &str) -> Actor<'_> {
    if let Some(name) = actor.strip_prefix("app ") {
        Actor::App(name.trim())
    } else if let Some(name) = actor.strip_prefix("managed identity ") {
        Actor::Identity(name.trim())
    } else {
        Actor::User(actor)
    }
}

/// The resource as the Azure CLI asks for it.
fn resource_uri(resource: &str) -> &str {
    match resource {
        "arm" => "https://management.core.windows.net/",
        "graph" => "https://graph.microsoft.com/",
        "security-info" => SECURITY_INFO,
        other => other,
    }
}

/// What a user's client asks for where nothing else is said.
fn own_resource(client: &str) -> &'static str {
    if client == "security-info" {
        "security-info"
    } else {
        "arm"
    }
}

pub(super) fn bad(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

impl Session {
    /// Changes who acts; what the one before had proven is gone.
    pub(super) fn become_actor(&mut self, actor: &str) {
        let client = core::mem::take(&mut self.client);
        let belongings = core::mem::take(&mut self.belongings);
        *self = Self {
            actor: actor.to_owned(),
            client,
            belongings,
            ..Self::default()
        };
    }

    /// Whether the actor is a person, who acts through a client.
    pub(super) fn is_user(&self) -> bool {
        matches!(read(&self.actor), Actor::User(_))
    }

    /// Signs in and keeps the tokens. The answer is that of the token request.
    pub(super) async fn sign_in(
        &mut self,
        subject: &Subject,
        handout: &Value,
        wish: &SignIn,
        now: i64,
    ) -> io::Result<Answer> {
        let resource = wish.resource.clone();
        let resource = resource.unwrap_or_else(|| own_resource(&self.client).to_owned());
        if wish.refresh != Some(true) {
            self.tokens.clear();
            self.refresh_token = None;
        }
        let answer = match read(&self.actor) {
            Actor::User(name) => {
                let name = name.to_owned();
                self.sign_user_in(subject, handout, &name, wish, &resource, now)
                    .await?
            }
            Actor::App(name) => sign_app_in(subject, handout, name, wish, &resource, now).await?,
            Actor::Identity(name) => identity_token(subject, handout, name, &resource).await?,
        };
        self.keep(&answer, &resource, now);
        if wish.refresh != Some(true) {
            self.proof = Some(wish.clone());
        }
        Ok(answer)
    }

    fn keep(&mut self, answer: &Answer, resource: &str, now: i64) {
        let body = answer.json();
        if let Some(token) = body["access_token"].as_str() {
            let seconds = body["expires_in"]
                .as_i64()
                .or_else(|| body["expires_in"].as_str()?.parse().ok())
                .unwrap_or(3599);
            self.tokens.insert(
                resource.to_owned(),
                (token.to_owned(), now.saturating_add(seconds)),
            );
        }
        if let Some(token) = body["refresh_token"].as_str() {
            self.refresh_token = Some(token.to_owned());
        }
    }

    /// A token for a resource: the one held, or a new one, fetched silently as clients do.
    pub(super) async fn token(
        &mut self,
        subject: &Subject,
        handout: &Value,
        resource: &str,
        now: i64,
    ) -> io::Result<String> {
        if let Some((token, until)) = self.tokens.get(resource)
            && now < *until
        {
            return Ok(token.clone());
        }
        let Some(proof) = self.proof.clone() else {
            return Err(bad(format!(
                "{} has not signed in; add a sign_in step before",
                self.actor
            )));
        };
        let wish = if self.is_user() {
            SignIn {
                refresh: Some(true),
                resource: Some(resource.to_owned()),
                ..SignIn::default()
            }
        } else {
            SignIn {
                resource: Some(resource.to_owned()),
                ..proof
            }
        };
        let answer = match read(&self.actor) {
            Actor::User(name) => {
                let name = name.to_owned();
                self.sign_user_in(subject, handout, &name, &wish, resource, now)
                    .await?
            }
            Actor::App(name) => sign_app_in(subject, handout, name, &wish, resource, now).await?,
            Actor::Identity(name) => identity_token(subject, handout, name, resource).await?,
        };
        self.keep(&answer, resource, now);
        match self.tokens.get(resource) {
            Some((token, until)) if now < *until => Ok(token.clone()),
            _ => {
                let body = answer.json();
                let reason = body["error_description"]
                    .as_str()
                    .unwrap_or("no reason given")
                    .to_owned();
                Err(bad(format!("no token for {resource}: {reason}")))
            }
        }
    }

    async fn sign_user_in(
        &mut self,
        subject: &Subject,
        handout: &Value,
        name: &str,
        wish: &SignIn,
        resource: &str,
        now: i64,
    ) -> io::Result<Answer> {
        let account = &handout["accounts"][name];
        // Who was made in the scenario is named in full.
        let upn = account["upn"]
            .as_str()
            .or_else(|| name.contains('@').then_some(name))
            .ok_or_else(|| bad(format!("the tenant has no account {name}")))?;
        let client_name = if self.client.is_empty() {
            "azure-cli"
        } else {
            &self.client
        };
        let client = client_id(client_name).unwrap_or_default();
        let scope = format!(
            "{}/.default offline_access openid profile",
            resource_uri(resource)
        );
        let claims = claims(wish)?;
        let password = match wish.password.as_deref() {
            Some("seeded") => account["password"].as_str().unwrap_or_default(),
            given => given.unwrap_or_default(),
        };
        if wish.is_on_the_pages(portal_host(client_name).is_some()) {
            let person = Person {
                upn,
                password,
                new_password: wish.new_password.as_deref(),
                mfa: wish.mfa.as_deref().unwrap_or("none"),
                passkey: wish.passkey.as_deref(),
                same_browser: wish.browser == Some(true),
                way: match portal_host(client_name) {
                    Some(host) => Way::Portal(host),
                    None if wish.device_code == Some(true) => Way::Device,
                    None => Way::App,
                },
                client,
                scope: &scope,
                claims: &claims,
                now,
            };
            return pages::sign_in(subject, handout, &person, &mut self.belongings).await;
        }
        let mut form = vec![
            ("client_id", client),
            ("scope", scope.as_str()),
            ("client_info", "1"),
            ("claims", claims.as_str()),
        ];
        let refresh_token = self.refresh_token.clone().unwrap_or_default();
        if wish.password.is_some() {
            form.extend([
                ("grant_type", "password"),
                ("username", upn),
                ("password", password),
            ]);
        } else if wish.refresh == Some(true) {
            form.extend([
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh_token.as_str()),
            ]);
        } else {
            return Err(bad(format!(
                "{name} is a user account and signs in with password, passkey, browser or refresh"
            )));
        }
        post(subject, handout, &form).await
    }
}

/// Client capabilities, merged with a challenge as MSAL does; a client that has none sends none.
fn claims(wish: &SignIn) -> io::Result<String> {
    let mut claims = json!({"access_token": {"xms_cc": {"values": ["CP1"]}}});
    let text = match wish.claims.as_deref() {
        None => return Ok(claims.to_string()),
        Some("none") => return Ok(String::new()),
        Some("p1") => P1,
        Some("fresh") => FRESH,
        Some(text) => text,
    };
    let challenge: Value =
        serde_json::from_str(text).map_err(|error| bad(format!("claims: {error}")))?;
    if let (Some(target), Some(members)) = (
        claims["access_token"].as_object_mut(),
        challenge["access_token"].as_object(),
    ) {
        target.extend(members.clone());
    }
    Ok(claims.to_string())
}

async fn sign_app_in(
    subject: &Subject,
    handout: &Value,
    name: &str,
    wish: &SignIn,
    resource: &str,
    now: i64,
) -> io::Result<Answer> {
    let app = &handout["apps"][name];
    let id = app["client_id"]
        .as_str()
        .ok_or_else(|| bad(format!("the tenant has no app {name}")))?;
    let scope = format!("{}/.default", resource_uri(resource));
    let mut form = vec![
        ("client_id", id),
        ("scope", scope.as_str()),
        ("grant_type", "client_credentials"),
    ];
    let assertion;
    if let Some(secret) = &wish.client_secret {
        let seeded = app["client_secret"].as_str().unwrap_or_default();
        form.push((
            "client_secret",
            if secret == "seeded" { seeded } else { secret },
        ));
    } else {
        assertion = if let Some(token) = &wish.federated {
            if token == "seeded" {
                app["federated_token"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            } else {
                token.clone()
            }
        } else if wish.certificate.is_some() {
            certificate_assertion(handout, app, id, now)?
        } else {
            return Err(bad(format!(
                "{name} is an app and signs in with client_secret, certificate or federated"
            )));
        };
        form.push((
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ));
        form.push(("client_assertion", &assertion));
    }
    post(subject, handout, &form).await
}

/// RS256 with `x5t`, ten minutes, as MSAL signs it.
fn certificate_assertion(handout: &Value, app: &Value, id: &str, now: i64) -> io::Result<String> {
    let path = app["certificate"].as_str().unwrap_or_default();
    let pem = std::fs::read_to_string(path)
        .map_err(|error| bad(format!("cannot read {path}: {error}")))?;
    let block = |kind: &str| -> io::Result<Vec<u8>> {
        let (begin, end) = (
            format!("-----BEGIN {kind}-----"),
            format!("-----END {kind}-----"),
        );
        let body = pem
            .split_once(begin.as_str())
            .and_then(|(_, rest)| rest.split_once(end.as_str()))
            .map(|(body, _)| body);
        let body: String = body.unwrap_or_default().split_whitespace().collect();
        STANDARD
            .decode(body)
            .map_err(|_| bad(format!("{path} has no {kind}")))
    };
    let key = RsaKeyPair::from_pkcs8(&block("PRIVATE KEY")?)
        .map_err(|error| bad(format!("{path}: {error}")))?;
    let thumbprint = ring::digest::digest(
        &ring::digest::SHA1_FOR_LEGACY_USE_ONLY,
        &block("CERTIFICATE")?,
    );
    let tenant = handout["tenant"]["id"].as_str().unwrap_or_default();
    let header = json!({"alg": "RS256", "typ": "JWT", "x5t": URL_SAFE_NO_PAD.encode(thumbprint)});
    let claims = json!({
        "aud": format!("https://{SIGN_IN_HOST}/{tenant}/oauth2/v2.0/token"), "iss": id, "sub": id, "iat": now, "exp": now + 600, "jti": "1",
    });
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        message.as_bytes(),
        &mut signature,
    )
    .map_err(|_| bad(format!("{path}: the key does not sign")))?;
    Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// The App Service form: its header names the tenant.
async fn identity_token(
    subject: &Subject,
    handout: &Value,
    name: &str,
    resource: &str,
) -> io::Result<Answer> {
    let identity = &handout["managed_identities"][name];
    let client = identity["client_id"]
        .as_str()
        .ok_or_else(|| bad(format!("the tenant has no managed identity {name}")))?;
    let endpoint = &handout["identity_endpoint"];
    let url = endpoint["url"].as_str().unwrap_or_default();
    let (authority, path) = url
        .split_once("://")
        .map_or(url, |(_, rest)| rest)
        .split_once('/')
        .unwrap_or_default();
    let mut query = vec![
        ("api-version", "2019-08-01"),
        ("resource", resource_uri(resource)),
    ];
    if name == "user" {
        query.push(("client_id", client));
    }
    let request = http::Request::builder()
        .method("GET")
        .uri(format!("/{path}?{}", encode(&query)))
        .header(
            "x-identity-header",
            endpoint["header"].as_str().unwrap_or_default(),
        )
        .body(Bytes::new())
        .map_err(io::Error::other)?;
    subject.send_plain(authority, request).await
}

pub(super) async fn post(
    subject: &Subject,
    handout: &Value,
    form: &[(&str, &str)],
) -> io::Result<Answer> {
    let tenant = handout["tenant"]["id"].as_str().unwrap_or_default();
    let request = http::Request::builder()
        .method("POST")
        .uri(format!("/{tenant}/oauth2/v2.0/token"))
        .header("content-type", "application/x-www-form-urlencoded");
    // A single-page application redeems from its own page.
    let is_page = form.contains(&("client_id", SECURITY_INFO));
    let request = if is_page {
        request.header("origin", security_info::HOME)
    } else {
        request
    };
    let request = request
        .body(encode(form).into())
        .map_err(io::Error::other)?;
    subject.send(SIGN_IN_HOST, request).await
}

pub(super) fn encode(pairs: &[(&str, &str)]) -> String {
    let words: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", percent(value)))
        .collect();
    words.join("&")
}

pub(super) fn percent(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// The claims of a token, unverified: a scenario looks at what it was given.
pub(crate) fn claims_of(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap_or_default();
    URL_SAFE_NO_PAD
        .decode(payload)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}
