//! Security info in its interrupt mode: a sign-in sends a person here to register a second factor, and takes them back.
//!
//! The page where methods are managed is not simulated yet.

use entrasim_domain::credential::method::{
    AuthenticationMethod, Authenticator, MethodKind, Oath, Phone, PhoneKind,
};
use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::{Circumstances, ClientAppType, Factor, UserAction, decide};
use entrasim_domain::id::{AppId, ObjectId, TenantId};
use entrasim_domain::policy::authentication_methods::MethodName;
use entrasim_domain::random::Random;
use entrasim_domain::sign_in::phone::Message;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::attempt::SignInAttempt;
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use super::Surface;
use crate::call::Call;
use crate::circumstances;
use crate::registration::{ProofUp, Registered};
use crate::seal::{Purpose, open, seal};
use crate::wire::html::escape;
use crate::wire::{Form, Reply};

/// This surface.
pub static SURFACE: Surface = Surface {
    name: "security-info",
    answer,
};

/// A registration that was begun.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Begun {
    word: String,
    /// The secret of one-time codes, in bytes.
    secret: Vec<u8>,
    number: String,
    code: String,
}

use crate::wire::html::STYLE;

fn answer(call: &Call<'_>) -> Reply {
    call.keep_query_private();
    let path = call.request.path.to_ascii_lowercase();
    if call.request.method == Method::POST && path == "/api/post/registermfamethods" {
        return register(call);
    }
    call.unimplemented("security info (managing methods)")
}

fn register(call: &Call<'_>) -> Reply {
    let form = Form::parse(&call.request.body);
    let Some(word) = form
        .get("evo_code")
        .and_then(|text| ProofUp::open(call, text))
    else {
        return page(
            StatusCode::BAD_REQUEST,
            "<h1>Start again</h1><p>This page is reached from a sign-in that asks for more information.</p>",
        );
    };
    let Some(cell) = call.app.store.get(TenantId(word.tenant)) else {
        return page(StatusCode::NOT_FOUND, "<h1>The tenant is gone</h1>");
    };
    let tenant = call.bind(cell);
    let Some(user) = tenant.users.get(ObjectId(word.user)).cloned() else {
        return page(StatusCode::NOT_FOUND, "<h1>The account is gone</h1>");
    };
    let step = Step {
        call,
        tenant,
        user: &user,
        word: &word,
        evo_code: form.get("evo_code").unwrap_or_default(),
    };
    if let Some(refused) = step.refused() {
        return refused;
    }
    let begun: Option<Begun> = form
        .get("begun")
        .and_then(|text| open(call, Purpose::Registration, text));
    match (begun, form.get("method")) {
        (Some(begun), _) => step.verify(&begun, form.get("otc").unwrap_or_default().trim()),
        (None, Some(method)) => step.begin(method, form.get("number").unwrap_or_default().trim()),
        (None, None) => step.choose(None),
    }
}

struct Step<'a> {
    call: &'a Call<'a>,
    tenant: &'a Tenant,
    user: &'a User,
    word: &'a ProofUp,
    evo_code: &'a str,
}

impl Step<'_> {
    fn allows(&self, name: MethodName) -> bool {
        self.tenant
            .authentication_methods
            .allows(name, &self.tenant.groups_of(self.user.id))
    }

    /// A policy may keep the person from registering here and now, whatever held when the sign-in sent them.
    fn refused(&self) -> Option<Reply> {
        let call = self.call;
        let client = AppId(self.word.client);
        let action = SignInAttempt {
            user: Some(self.user),
            client,
            // Policies on a user action look at no resource.
            resource: client,
            authentication: self.word.shown.clone().into(),
            demanded_contexts: Vec::new(),
            demanded_methods: Vec::new(),
            password_changed: false,
            circumstances: Circumstances {
                client_app: ClientAppType::Browser,
                user_action: Some(UserAction::RegisterSecurityInformation),
                interactive: true,
                ..circumstances::of(call, self.tenant, Some(self.user))
            },
        };
        let facts = self.tenant.sign_in_facts(action, call.now());
        let policies = self.tenant.sign_in_policies();
        let decision = call.record_decision(decide(&facts, &policies, call.now()));
        let number = decision.aadsts()?;
        call.record_code(format!("AADSTS{number}"));
        let said = format!(
            "AADSTS{number}: {} Go back, and sign in again.",
            decision.message()
        );
        Some(page(
            StatusCode::OK,
            &format!("<h1>You cannot register here</h1>{}", alert(&said)),
        ))
    }

    fn hidden(&self) -> String {
        format!(
            "<input type=\"hidden\" name=\"evo_code\" value=\"{}\">",
            escape(self.evo_code)
        )
    }

    fn choose(&self, message: Option<&str>) -> Reply {
        let mut tiles = String::new();
        for (name, method, text) in [
            (
                MethodName::MicrosoftAuthenticator,
                "authenticator",
                "Authenticator app",
            ),
            (
                MethodName::SoftwareOath,
                "totp",
                "Another authenticator app",
            ),
        ] {
            if self.allows(name) {
                tiles.push_str(&format!(
                    "<form method=\"post\">{}<button class=\"tile\" type=\"submit\" name=\"method\" value=\"{method}\">{text}</button></form>",
                    self.hidden()
                ));
            }
        }
        if self.allows(MethodName::Sms) {
            tiles.push_str(&format!(
                "<form method=\"post\" novalidate>{}<label for=\"number\">Phone number, with country code</label>\
                 <input type=\"tel\" id=\"number\" name=\"number\" placeholder=\"+49 15112345678\" autocomplete=\"tel\">\
                 <button class=\"tile\" type=\"submit\" name=\"method\" value=\"phone\">Text me a code</button></form>",
                self.hidden()
            ));
        }
        if tiles.is_empty() {
            tiles = alert(
                "Your organization allows no method that can be registered here. Ask your administrator for a Temporary Access Pass.",
            );
        }
        page(
            StatusCode::OK,
            &format!(
                "<h1>Keep your account secure</h1>{}<p>Choose a second way to prove that it is you.</p>{tiles}",
                message.map_or_else(String::new, alert)
            ),
        )
    }

    fn begin(&self, method: &str, number: &str) -> Reply {
        let begun = Begun {
            word: method.to_owned(),
            secret: self.call.draw(Random::bytes::<20>).to_vec(),
            number: number.to_owned(),
            code: format!("{:06}", self.call.draw(|random| random.below(1_000_000))),
        };
        let allowed = match method {
            "authenticator" => self.allows(MethodName::MicrosoftAuthenticator),
            "totp" => self.allows(MethodName::SoftwareOath),
            "phone" => self.allows(MethodName::Sms),
            _ => false,
        };
        if !allowed {
            return self.choose(Some("That method is not allowed here."));
        }
        if method == "phone" {
            if !is_phone_number(number) {
                return self.choose(Some(
                    "Type the phone number with its country code, like +49 15112345678.",
                ));
            }
            self.text(&begun);
        }
        self.ask(&begun, None)
    }

    fn text(&self, begun: &Begun) {
        let message = Message {
            id: self.call.draw(Random::guid),
            user: self.user.id,
            to: begun.number.clone(),
            at: self.call.now(),
            text: format!(
                "Use verification code {} to add this phone to your account.",
                begun.code
            ),
            code: Some(begun.code.clone()),
        };
        self.change(|tenant| tenant.sign_in.put_message(message));
    }

    fn ask(&self, begun: &Begun, message: Option<&str>) -> Reply {
        let explained = if begun.word == "phone" {
            format!("<p>A code was sent to {}.</p>", escape(&begun.number))
        } else {
            let secret = base32(&begun.secret);
            let account = self.tenant.principal_name(self.user);
            format!(
                "<p>Add an account in the app with this secret key, and type the code that it shows.</p><p class=\"secret\" id=\"secret\">{secret}</p>\
                 <p class=\"note secret\">otpauth://totp/entrasim:{}?secret={secret}&amp;issuer=entrasim</p>",
                escape(&account)
            )
        };
        page(
            StatusCode::OK,
            &format!(
                "<h1>Enter code</h1>{}{explained}<form method=\"post\" novalidate autocomplete=\"off\">{}\
                 <input type=\"hidden\" name=\"begun\" value=\"{}\"><label for=\"otc\">Code</label>\
                 <input type=\"tel\" inputmode=\"numeric\" id=\"otc\" name=\"otc\" autocomplete=\"one-time-code\" autofocus required>\
                 <div class=\"buttons\"><input type=\"submit\" id=\"idSIButton9\" class=\"primary\" value=\"Next\"></div></form>",
                message.map_or_else(String::new, alert),
                self.hidden(),
                escape(&seal(self.call, Purpose::Registration, begun)),
            ),
        )
    }

    fn verify(&self, begun: &Begun, given: &str) -> Reply {
        let now = self.call.now();
        let mut oath = Oath::new(begun.secret.clone());
        let step = oath.accepts(given, now);
        let matches = match begun.word.as_str() {
            "phone" => begun.code == given,
            _ => step.is_some(),
        };
        if !matches {
            return self.ask(
                begun,
                Some("The code did not match. Check it and try again."),
            );
        }
        oath.used_step = step;
        let (kind, factor) = match begun.word.as_str() {
            "phone" => (
                MethodKind::Phone(Phone {
                    number: begun.number.clone(),
                    kind: PhoneKind::Mobile,
                    sms_sign_in: false,
                }),
                Factor::Sms,
            ),
            "authenticator" => (
                MethodKind::MicrosoftAuthenticator(Authenticator {
                    display_name: "Phone".to_owned(),
                    phone_sign_in: false,
                    oath: Some(oath),
                }),
                Factor::SoftwareOath,
            ),
            _ => (MethodKind::SoftwareOath(oath), Factor::SoftwareOath),
        };
        let method = AuthenticationMethod {
            id: self.call.draw(Random::guid),
            registered: now,
            kind,
        };
        let user = self.user.id;
        self.change(|tenant| {
            if let Some(known) = tenant.users.get(user) {
                let mut known = User::clone(known);
                known.register(method);
                tenant.users.put(known);
            }
        });
        self.back(factor)
    }

    fn back(&self, factor: Factor) -> Reply {
        let registered = Registered {
            user: self.user.id.0,
            factor,
            at: self.call.now(),
        }
        .seal(self.call);
        let inputs: String = [
            ("type", "22"),
            ("request", &self.word.context),
            ("flowToken", &self.word.flow_token),
            ("registered", &registered),
        ]
        .iter()
        .map(|(name, value)| {
            format!(
                "<input type=\"hidden\" name=\"{name}\" value=\"{}\">",
                escape(value)
            )
        })
        .collect();
        page(
            StatusCode::OK,
            &format!(
                "<h1>Success</h1><p>Your second factor is registered. You are going back to the sign-in.</p>\
                 <form method=\"post\" action=\"{}\" name=\"hiddenform\">{inputs}<div class=\"buttons\"><input type=\"submit\" id=\"idSIButton9\" class=\"primary\" value=\"Done\"></div></form>",
                escape(&self.word.back)
            ),
        )
    }

    fn change(&self, change: impl FnOnce(&mut Tenant)) {
        if let Some(cell) = self.call.cell() {
            let _ = cell.write(|tenant| {
                change(tenant);
                Ok::<(), core::convert::Infallible>(())
            });
        }
    }
}

/// E.164 with a country code, blanks allowed.
fn is_phone_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    text.starts_with('+')
        && (7..=15).contains(&digits)
        && text
            .chars()
            .skip(1)
            .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')'))
}

/// RFC 4648 without padding, as authenticator apps take it.
fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    for chunk in bytes.chunks(5) {
        let mut buffer = [0_u8; 8];
        for (place, byte) in buffer.iter_mut().skip(3).zip(chunk) {
            *place = *byte;
        }
        let word = u64::from_be_bytes(buffer);
        let letters = (chunk.len() * 8).div_ceil(5);
        for at in 0..letters {
            let index = usize::try_from((word >> (35 - 5 * at)) & 31).unwrap_or(0);
            text.push(char::from(ALPHABET[index]));
        }
    }
    text
}

fn alert(text: &str) -> String {
    format!(
        "<div id=\"alert\" class=\"alert\" role=\"alert\">{}</div>",
        escape(text)
    )
}

fn page(status: StatusCode, body: &str) -> Reply {
    Reply::html(
        status,
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Security info</title>\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><link rel=\"icon\" href=\"data:,\"><style>{STYLE}</style></head>\
             <body><main><div class=\"card\"><p class=\"brand\">entrasim security info</p>{body}</div></main>\
             <footer>entrasim: a simulated page. It is not Microsoft's; never type a real password here.</footer></body></html>"
        ),
    )
    .fixed_headers(&[
        ("cache-control", "no-store, no-cache"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_written_as_rfc_4648_has_it() {
        for (bytes, text) in [
            (&b"f"[..], "MY"),
            (b"fo", "MZXQ"),
            (b"foo", "MZXW6"),
            (b"foob", "MZXW6YQ"),
            (b"fooba", "MZXW6YTB"),
            (b"foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes), text);
        }
    }

    #[test]
    fn phone_numbers_bear_a_country_code() {
        assert!(is_phone_number("+49 151 12345678"));
        assert!(!is_phone_number("015112345678"));
        assert!(!is_phone_number("+49 <script>"));
    }
}
