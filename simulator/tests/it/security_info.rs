//! Security info by its JSON calls, as its page and public tools make them.

mod attestation;
mod methods;
mod passkeys;

use serde_json::{Value, json};

use crate::sts::pages::VERIFIER;
use crate::support::{account, json as body, text};
use crate::testing::Bench;
use crate::testing::browser::Browser;

const CLIENT: &str = "19db86c3-b2b9-44cc-b339-36da233a3be2";
const HOME: &str = "https://mysignins.microsoft.com";
const FRESH: &str = r#"{"access_token":{"amr":{"essential":true,"values":["ngcmfa"]}}}"#;

/// What a person types or does after their name.
#[derive(Clone, Copy)]
enum With<'a> {
    Password,
    Pass(&'a str),
    /// The password and the code of the app.
    App,
}

/// A person in security info.
pub(crate) struct Person<'a> {
    bench: &'a Bench,
    tokens: Value,
    /// The answer of `session/authorize`.
    pub session: Value,
}

impl<'a> Person<'a> {
    pub(crate) fn with_pass(bench: &'a Bench, name: &str, pass: &str) -> Self {
        Self::signed_in(bench, name, With::Pass(pass), "")
    }

    fn signed_in(bench: &'a Bench, name: &str, with: With<'_>, more: &str) -> Self {
        let (upn, password) = account(bench, name);
        let mut browser = Browser::new(bench);
        browser.get(&format!(
            "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize?client_id={CLIENT}&redirect_uri=https%3A%2F%2Fmysignins.microsoft.com\
             &scope={CLIENT}%2F.default%20openid%20profile%20offline_access&response_type=code&response_mode=fragment&state=s&prompt=login\
             &code_challenge={VERIFIER}&code_challenge_method=plain{more}"
        ));
        browser.submit(&[("loginfmt", &upn)]);
        match with {
            With::Pass(pass) => {
                browser.submit(&[("accesspass", pass)]);
            }
            With::Password | With::App => {
                if !browser.html.contains("name=\"passwd\"") {
                    browser.submit_form("value=\"password\"", &[]);
                }
                browser.submit(&[("passwd", &password)]);
            }
        }
        if matches!(with, With::App) && browser.page() == "ConvergedTFA" {
            browser.submit(&[("mfaAuthMethod", "PhoneAppOTP")]);
            browser.submit(&[("otc", &methods::code_of_app(bench, name))]);
        }
        if browser.left.is_none() {
            assert_eq!(browser.page(), "KmsiInterrupt", "{}", browser.html);
            browser.submit(&[("LoginOptions", "3")]);
        }
        let code = browser.answer("code").unwrap();
        let mut made = Self {
            bench,
            tokens: Value::Null,
            session: Value::Null,
        };
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", HOME),
            ("code_verifier", VERIFIER),
        ];
        let (status, _) = made.token(&fields);
        assert_eq!(status, 200, "{}", made.tokens);
        made.authorize();
        made
    }

    fn token(&mut self, fields: &[(&str, &str)]) -> (u16, Value) {
        let scope = format!("{CLIENT}/.default openid profile offline_access");
        let mut all = vec![("client_id", CLIENT), ("scope", &scope)];
        all.extend_from_slice(fields);
        let form = crate::testing::form(&all);
        let reply = self.bench.send(
            "POST",
            "https://login.microsoftonline.com/organizations/oauth2/v2.0/token",
            &[
                ("content-type", "application/x-www-form-urlencoded"),
                ("origin", HOME),
            ],
            &form,
        );
        let value = body(&reply);
        if reply.status == 200 {
            self.tokens = value.clone();
        }
        (reply.status.as_u16(), value)
    }

    fn authorize(&mut self) {
        let bearer = format!("Bearer {}", text(&self.tokens, "access_token"));
        let reply = self.bench.send(
            "POST",
            &format!("{HOME}/api/session/authorize"),
            &[
                ("authorization", &bearer),
                ("content-type", "application/json"),
            ],
            "{}",
        );
        assert_eq!(reply.status, 200);
        self.session = body(&reply);
    }

    /// A token that says that the second factor is fresh; the number it is refused with.
    pub(crate) fn freshen(&mut self) -> Result<(), u64> {
        let refresh = text(&self.tokens, "refresh_token").to_owned();
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &refresh),
            ("claims", FRESH),
        ];
        let (status, answer) = self.token(&fields);
        if status != 200 {
            return Err(answer["error_codes"][0].as_u64().unwrap());
        }
        self.authorize();
        Ok(())
    }

    fn send(&self, method: &str, path: &str, content: &Value) -> Value {
        let context = self.session["sessionCtxV2"].as_str().unwrap_or_default();
        let content = if content.is_null() {
            String::new()
        } else {
            content.to_string()
        };
        let reply = self.bench.send(
            method,
            &format!("{HOME}/api/{path}"),
            &[
                ("sessionctxv2", context),
                ("content-type", "application/json"),
            ],
            &content,
        );
        assert_eq!(reply.status, 200, "{path}");
        body(&reply)
    }

    pub(crate) fn methods(&self) -> Value {
        self.send(
            "GET",
            "authenticationmethods/availablemethods",
            &Value::Null,
        )
    }

    fn post(&self, path: &str, content: &Value) -> Value {
        self.send("POST", path, content)
    }

    /// Begins a method.
    pub(crate) fn begin(&self, kind: i64, data: &str) -> Value {
        let wish = json!({"Type": kind, "Data": data});
        self.post("authenticationmethods/new", &wish)
    }

    pub(crate) fn verify(&self, kind: i64, context: &Value, data: &str) -> Value {
        let wish = json!({"Type": kind, "VerificationContext": context, "VerificationData": data});
        self.post("authenticationmethods/verify", &wish)
    }

    fn delete(&self, kind: i64, id: &Value) -> Value {
        let wish = json!({"Type": kind, "Data": id});
        self.post("authenticationmethods/delete", &wish)
    }

    /// Registers a passkey.
    pub(crate) fn add_passkey(&self, key: &mut crate::security_key::Key) -> Value {
        let begun = self.begin(18, "");
        assert_eq!(begun["ErrorCode"], 0, "{begun}");
        let data: Value = serde_json::from_str(text(&begun, "Data")).unwrap();
        self.verify(18, &Value::Null, &key.proof(&data, "Blue key").to_string())
    }
}

/// A pass that an administrator has made for somebody.
pub(crate) fn pass_for(bench: &Bench, name: &str, once: bool) -> (String, String) {
    crate::sts::pages::allow(
        bench,
        entrasim_domain::policy::authentication_methods::MethodName::TemporaryAccessPass,
    );
    let (upn, _) = account(bench, name);
    let token = crate::graph::person(bench, "admin", "UserAuthenticationMethod.ReadWrite.All");
    let bearer = format!("Bearer {token}");
    let passes = format!(
        "https://graph.microsoft.com/v1.0/users/{upn}/authentication/temporaryAccessPassMethods"
    );
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let wish = json!({"lifetimeInMinutes": 60, "isUsableOnce": once}).to_string();
    let made = body(&bench.send("POST", &passes, &headers, &wish));
    let one = format!("{passes}/{}", text(&made, "id"));
    (text(&made, "temporaryAccessPass").to_owned(), one)
}
