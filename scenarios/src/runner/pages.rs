//! A person on the sign-in pages: the forms one after the other, and the other end of every second factor.

use std::io;

use bytes::Bytes;
use serde_json::{Value, json};

use super::actor::{Belongings, SIGN_IN_HOST, bad, encode, post};
use super::browser::Browser;
use super::http::{Answer, Subject};
use super::{phone, security_info};
use crate::language::parse::SECURITY_INFO;

/// What the person has and does.
pub(super) struct Person<'a> {
    pub upn: &'a str,
    /// Empty where the person types none.
    pub password: &'a str,
    /// What the person types where a new password is asked for.
    pub new_password: Option<&'a str>,
    /// A word of the language's `mfa`.
    pub mfa: &'a str,
    /// A passkey of the scenario, by name.
    pub passkey: Option<&'a str>,
    /// Goes on in the browser in which the same person signed in before.
    pub same_browser: bool,
    pub way: Way<'a>,
    pub client: &'a str,
    pub scope: &'a str,
    pub claims: &'a str,
    pub now: i64,
}

/// How the person comes to the pages.
#[derive(Clone, Copy)]
pub(super) enum Way<'a> {
    /// An app on the machine opens them.
    App,
    /// A portal sends the browser there; its host.
    Portal(&'a str),
    /// A device shows a code, and the person types it.
    Device,
}

const LOOPBACK: &str = "http://localhost:8400";
/// Where apps wait that have no port to listen on.
const NATIVE: &str = "https://login.microsoftonline.com/common/oauth2/nativeclient";
const MOBILE_APP: &str = "0c1307d4-29d6-4389-a11c-5cbe7f65d7fa";
const VERIFIER: &str = "scenario-scenario-scenario-scenario-scenario";
/// More pages than a sign-in has.
const PAGES: usize = 18;

/// Signs in, from the first page to the tokens or the portal's greeting. A sign-in that stops on a page is answered as the token
/// service would.
pub(super) async fn sign_in(
    subject: &Subject,
    handout: &Value,
    person: &Person<'_>,
    belongings: &mut Belongings,
) -> io::Result<Answer> {
    if person.mfa == "passwordless" {
        let body = json!({"phone_sign_in": true});
        subject
            .control("PATCH", &phone::path(handout, person.upn), Some(&body))
            .await?;
    }
    let mut cookies = belongings.browsers.remove(person.upn).unwrap_or_default();
    if !person.same_browser {
        cookies.clear();
    }
    let mut browser = Browser::new(subject, &mut cookies);
    let answer = Visit {
        subject,
        handout,
        person,
        belongings,
    }
    .run(&mut browser)
    .await;
    belongings.browsers.insert(person.upn.to_owned(), cookies);
    answer
}

struct Visit<'a> {
    subject: &'a Subject,
    handout: &'a Value,
    person: &'a Person<'a>,
    belongings: &'a mut Belongings,
}

/// What a person sends: a mark of the form, and what is typed into it.
type Typed = (&'static str, Vec<(&'static str, String)>);

impl Visit<'_> {
    async fn run(mut self, browser: &mut Browser<'_>) -> io::Result<Answer> {
        let begun = match self.person.way {
            Way::App => self.authorize(browser).await?,
            Way::Portal(host) => {
                // By the tenant's name: a guest's own account belongs elsewhere.
                let domain = self.handout["tenant"]["domain"].as_str();
                let url = format!("https://{host}/{}", domain.unwrap_or_default());
                browser.open(&url).await?;
                Value::Null
            }
            Way::Device => {
                let begun = self.device_code().await?;
                if begun.status != 200 {
                    return Ok(begun);
                }
                let begun = begun.json();
                browser.open("https://login.microsoft.com/device").await?;
                let code = begun["user_code"].as_str().unwrap_or_default().to_owned();
                browser.submit("name=\"otc\"", &[("otc", code)]).await?;
                begun
            }
        };
        for _ in 0..PAGES {
            if let Some(told) = &browser.left {
                return match told.get("code") {
                    Some(code) => self.redeem(code).await,
                    None => Ok(stopped(browser)),
                };
            }
            if browser.html.contains("id=\"message\"") {
                return self.poll(&begun).await;
            }
            if browser.html.contains("name=\"hiddenform\"") {
                browser.submit("name=\"hiddenform\"", &[]).await?;
                if browser.html.contains("id=\"who\"") {
                    return self.greeted(browser).await;
                }
                continue;
            }
            let Some((form, typed)) = self.act(browser).await? else {
                return Ok(stopped(browser));
            };
            browser.submit(form, &typed).await?;
        }
        Ok(stopped(browser))
    }

    /// The portal greets; what let the person in was decided on one of the pages before.
    async fn greeted(&self, browser: &Browser<'_>) -> io::Result<Answer> {
        let mut greeting = browser.page.clone();
        for headers in browser.visited.iter().rev() {
            let id = headers
                .get("x-ms-request-id")
                .and_then(|id| id.to_str().ok());
            let Some(id) = id else {
                continue;
            };
            let path = format!("/journal/{id}");
            let entry = self.subject.control("GET", &path, None).await;
            if entry.is_ok_and(|entry| !entry["decision"].is_null()) {
                greeting.headers = headers.clone();
                break;
            }
        }
        Ok(greeting)
    }

    async fn authorize(&self, browser: &mut Browser<'_>) -> io::Result<Value> {
        let query = encode(&[
            ("client_id", self.person.client),
            ("response_type", "code"),
            ("response_mode", self.response_mode()),
            ("redirect_uri", self.redirect()),
            ("scope", self.person.scope),
            ("claims", self.person.claims),
            ("code_challenge", VERIFIER),
            ("code_challenge_method", "plain"),
        ]);
        let tenant = self.tenant();
        let url = format!("https://{SIGN_IN_HOST}/{tenant}/oauth2/v2.0/authorize?{query}");
        browser.open(&url).await?;
        Ok(Value::Null)
    }

    /// A single-page application reads the answer from its address.
    fn response_mode(&self) -> &'static str {
        if self.person.client == SECURITY_INFO {
            "fragment"
        } else {
            "form_post"
        }
    }

    fn redirect(&self) -> &'static str {
        match self.person.client {
            MOBILE_APP => NATIVE,
            SECURITY_INFO => security_info::HOME,
            _ => LOOPBACK,
        }
    }

    fn tenant(&self) -> &str {
        self.handout["tenant"]["id"].as_str().unwrap_or_default()
    }

    async fn redeem(&self, code: &str) -> io::Result<Answer> {
        let form = [
            ("client_id", self.person.client),
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.redirect()),
            ("code_verifier", VERIFIER),
            ("scope", self.person.scope),
            ("claims", self.person.claims),
        ];
        post(self.subject, self.handout, &form).await
    }

    async fn device_code(&self) -> io::Result<Answer> {
        let form = [
            ("client_id", self.person.client),
            ("scope", self.person.scope),
            ("claims", self.person.claims),
        ];
        let request = http::Request::builder()
            .method("POST")
            .uri(format!("/{}/oauth2/v2.0/devicecode", self.tenant()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Bytes::from(encode(&form)))
            .map_err(io::Error::other)?;
        self.subject.send(SIGN_IN_HOST, request).await
    }

    async fn poll(&self, begun: &Value) -> io::Result<Answer> {
        let form = [
            ("client_id", self.person.client),
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            (
                "device_code",
                begun["device_code"].as_str().unwrap_or_default(),
            ),
        ];
        post(self.subject, self.handout, &form).await
    }

    /// What the person does on a page; `None` where nothing can be done.
    async fn act(&mut self, browser: &Browser<'_>) -> io::Result<Option<Typed>> {
        let person = self.person;
        let html = browser.html.as_str();
        if html.contains("role=\"alert\"") {
            return Ok(None);
        }
        let config = browser.config();
        let typed = match config["pgid"].as_str().unwrap_or_default() {
            "ConvergedSignIn" if html.contains("id=\"i0116\"") => {
                ("", vec![("loginfmt", person.upn.to_owned())])
            }
            "ConvergedSignIn" => return self.credential(browser, &config).await,
            "FidoGet" => {
                let name = person.passkey.unwrap_or_default();
                let challenge = config["sFidoChallenge"].as_str().unwrap_or_default();
                let assertion = self.belongings.keys.assertion(name, challenge)?;
                ("id=\"assertion\"", vec![("assertion", assertion)])
            }
            "ConvergedTFA" => return self.second_factor(browser).await,
            "ConvergedProofUpRedirect" if person.mfa.starts_with("register-") => ("", Vec::new()),
            "ConvergedChangePassword" => {
                let Some(new) = person.new_password else {
                    return Ok(None);
                };
                let fields = vec![
                    ("currentpasswd", person.password.to_owned()),
                    ("newpasswd", new.to_owned()),
                    ("confirmnewpasswd", new.to_owned()),
                ];
                ("", fields)
            }
            "KmsiInterrupt" => ("", vec![("LoginOptions", "3".to_owned())]),
            "CmsiInterrupt" => ("", vec![("ContinueAuth", "true".to_owned())]),
            _ if person.mfa.starts_with("register-") => return self.register(browser).await,
            _ => return Ok(None),
        };
        Ok(Some(typed))
    }

    /// The first page after the name: what the person wants to sign in with may not be what the page asks for first.
    async fn credential(
        &mut self,
        browser: &Browser<'_>,
        config: &Value,
    ) -> io::Result<Option<Typed>> {
        let (person, html) = (self.person, browser.html.as_str());
        let asks_for = |name: &str| html.contains(&format!("name=\"{name}\""));
        let instead = |name: &str| Ok(Some(("", vec![("credential", name.to_owned())])));
        if let Some(name) = person.passkey {
            if html.contains("id=\"passkey\"") {
                return Ok(Some(("id=\"passkey\"", Vec::new())));
            }
            if html.contains("value=\"passkey\"") {
                return Ok(Some(("value=\"passkey\"", Vec::new())));
            }
            // Where it is not offered, the person holds the key to the reader all the same, as sign-in without a name does.
            let challenge = config["sFidoChallenge"].as_str().unwrap_or_default();
            let assertion = self.belongings.keys.assertion(name, challenge)?;
            let fields = vec![
                ("type", "23".to_owned()),
                ("ps", "23".to_owned()),
                ("assertion", assertion),
            ];
            return Ok(Some(("", fields)));
        }
        match person.mfa {
            // A pass that is used up or over is not asked for; who has nothing else types it all the same.
            "access-pass" => Ok(Some(("", vec![("accesspass", self.pass()?)]))),
            "passwordless" if asks_for("psRNGCEntropy") && html.contains("id=\"progress\"") => {
                self.answer_prompt(browser).await?;
                Ok(Some(("", Vec::new())))
            }
            "passwordless" => instead("authenticator"),
            _ if person.password.is_empty() => Ok(None),
            _ if asks_for("passwd") => Ok(Some(("", vec![("passwd", person.password.to_owned())]))),
            _ => instead("password"),
        }
    }

    async fn second_factor(&self, browser: &Browser<'_>) -> io::Result<Option<Typed>> {
        let (person, html) = (self.person, browser.html.as_str());
        if person.mfa == "none" || person.passkey.is_some() {
            return Ok(None);
        }
        let typed = if html.contains("name=\"accesspass\"") {
            vec![("accesspass", self.pass()?)]
        } else if html.contains("id=\"progress\"") {
            self.answer_prompt(browser).await?;
            Vec::new()
        } else if html.contains("name=\"otc\"") {
            let code = phone::code(self.subject, self.handout, person.upn, person.mfa).await?;
            vec![("otc", code)]
        } else {
            let method = match person.mfa {
                "app-code" | "hardware-code" => "PhoneAppOTP",
                "text" => "OneWaySMS",
                "call" => "TwoWayVoiceMobile",
                "access-pass" => "AccessPass",
                _ => "PhoneAppNotification",
            };
            if !html.contains(&format!("value=\"{method}\"")) {
                return Ok(None);
            }
            vec![("mfaAuthMethod", method.to_owned())]
        };
        Ok(Some(("", typed)))
    }

    /// Security info in the middle of a sign-in: a method that the person did not have.
    async fn register(&self, browser: &Browser<'_>) -> io::Result<Option<Typed>> {
        let person = self.person;
        if browser.html.contains("name=\"begun\"") {
            let code = match browser.between("class=\"secret\" id=\"secret\">", "<") {
                Some(secret) => phone::code_of(secret, person.now)?,
                None => phone::code(self.subject, self.handout, person.upn, person.mfa).await?,
            };
            return Ok(Some(("name=\"begun\"", vec![("otc", code)])));
        }
        let word = match person.mfa {
            "register-app" => "authenticator",
            "register-codes" => "totp",
            _ => "phone",
        };
        let marker = match word {
            "authenticator" => "value=\"authenticator\"",
            "totp" => "value=\"totp\"",
            _ => "value=\"phone\"",
        };
        if browser.form(marker).is_none() {
            return Ok(None);
        }
        let fields = vec![
            ("method", word.to_owned()),
            ("number", "+49 15112345678".to_owned()),
        ];
        Ok(Some((marker, fields)))
    }

    /// The pass that was made last.
    fn pass(&self) -> io::Result<String> {
        self.handout["access_pass"]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| bad("no step has made a Temporary Access Pass".to_owned()))
    }

    async fn answer_prompt(&self, browser: &Browser<'_>) -> io::Result<()> {
        let number = browser
            .between("DisplaySign\">", "<")
            .and_then(|text| text.parse().ok());
        let person = self.person;
        phone::answer(self.subject, self.handout, person.upn, person.mfa, number).await
    }
}

/// The page's own words as an answer of the token service, so that expectations read the same.
fn stopped(browser: &Browser<'_>) -> Answer {
    let config = browser.config();
    let said = config["strServiceExceptionMessage"]
        .as_str()
        .filter(|said| !said.is_empty())
        .or_else(|| browser.between("role=\"alert\">", "<"))
        .unwrap_or_default();
    let number = said
        .strip_prefix("AADSTS")
        .and_then(|rest| rest.split(':').next())
        .and_then(|number| number.parse::<u32>().ok())
        .or_else(|| config["iErrorCode"].as_u64()?.try_into().ok())
        .or_else(|| config["sErrorCode"].as_str()?.parse().ok())
        // A second factor that was refused is shown in words only.
        .filter(|number| *number != 50_074)
        .unwrap_or(500_121);
    let body = json!({
        "error": "interaction_required", "error_codes": [number],
        "error_description": if said.is_empty() { format!("AADSTS{number}: the sign-in stopped on a page.") } else { said.to_owned() },
    });
    Answer {
        status: 400,
        headers: browser.page.headers.clone(),
        body: body.to_string().into(),
    }
}
