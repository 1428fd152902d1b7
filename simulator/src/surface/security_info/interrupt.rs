//! The interrupt mode: a sign-in sends a person here to register a second factor, and takes them back.

use entrasim_domain::credential::method::{
    AuthenticationMethod, Authenticator, MethodKind, Phone, PhoneKind,
};
use entrasim_domain::credential::one_time_code::{self, Oath};
use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::{Circumstances, ClientAppType, Factor, UserAction, decide};
use entrasim_domain::id::{AppId, ObjectId, TenantId};
use entrasim_domain::policy::authentication_methods::MethodName;
use entrasim_domain::random::Random;
use entrasim_domain::sign_in::phone::{CODE_TRIES, Message};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::attempt::SignInAttempt;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::call::Call;
use crate::circumstances;
use crate::registration::{ProofUp, Registered};
use crate::seal::{Purpose, open, seal};
use crate::wire::html::{STYLE, escape};
use crate::wire::{Form, Reply};

/// What a field says of itself where the alert is about it.
const INVALID: &str = " aria-invalid=\"true\" aria-describedby=\"alert\"";

/// A registration that was begun.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Begun {
    word: String,
    /// The secret of one-time codes, in bytes.
    secret: Vec<u8>,
    number: String,
    /// The text message that was sent, for a phone.
    message: Uuid,
}

/// `POST /api/post/registerMfaMethods`
pub(super) fn register(call: &Call<'_>) -> Reply {
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
        (Some(begun), _) => step.verify(&begun, &form),
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
            .allows(name, &self.tenant.targets_of(self.user.id))
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
        // The campaign asks for Authenticator alone.
        let any = !self.word.campaign;
        for (name, method, text) in [
            (
                MethodName::MicrosoftAuthenticator,
                "authenticator",
                "Microsoft Authenticator<small>approve requests, type codes</small>",
            ),
            (
                MethodName::SoftwareOath,
                "totp",
                "An authenticator app of another maker<small>type codes</small>",
            ),
        ] {
            if self.allows(name) && (any || method == "authenticator") {
                tiles.push_str(&format!(
                    "<form method=\"post\">{}<button class=\"tile\" type=\"submit\" name=\"method\" value=\"{method}\">{text}</button></form>",
                    self.hidden()
                ));
            }
        }
        if any && self.allows(MethodName::Sms) {
            let is_wrong = if message.is_some() { INVALID } else { "" };
            tiles.push_str(&format!(
                "<form method=\"post\" class=\"group\" novalidate>{}<label for=\"number\">Phone number, with country code</label>\
                 <input type=\"tel\" id=\"number\" name=\"number\" placeholder=\"+49 15112345678\" autocomplete=\"tel\"{is_wrong}>\
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
                "<h1>Register a second factor</h1>{}<p>Choose what you want to sign in with beside the password.</p>{tiles}",
                message.map_or_else(String::new, alert)
            ),
        )
    }

    fn begin(&self, method: &str, number: &str) -> Reply {
        let begun = Begun {
            word: method.to_owned(),
            secret: self.call.draw(Random::bytes::<20>).to_vec(),
            number: number.to_owned(),
            message: self.call.draw(Random::guid),
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
        let code = format!("{:06}", self.call.draw(|random| random.below(1_000_000)));
        let message = Message {
            id: begun.message,
            user: self.user.id,
            to: begun.number.clone(),
            at: self.call.now(),
            text: format!("entrasim: {code} registers this phone."),
            code: Some(code),
            tries_left: CODE_TRIES,
        };
        self.change(|tenant| tenant.sign_in.put_message(message));
    }

    fn ask(&self, begun: &Begun, message: Option<&str>) -> Reply {
        let passwordless = if begun.word == "authenticator" {
            "<p><label><input type=\"checkbox\" name=\"phone_sign_in\" value=\"true\"> Sign in with this app instead of the password</label></p>"
        } else {
            ""
        };
        let explained = if begun.word == "phone" {
            format!("<p>A code was sent to {}.</p>", escape(&begun.number))
        } else {
            let account = self.tenant.principal_name(self.user);
            format!(
                "<p>Give this secret to the app, and type the code that it shows then.</p><p class=\"secret\" id=\"secret\">{}</p>\
                 <p class=\"note secret\">{}</p>",
                one_time_code::base32(&begun.secret),
                escape(&one_time_code::key_uri(&account, &begun.secret))
            )
        };
        page(
            StatusCode::OK,
            &format!(
                "<h1>Enter code</h1>{}{explained}<form method=\"post\" novalidate autocomplete=\"off\">{}\
                 <input type=\"hidden\" name=\"begun\" value=\"{}\"><label for=\"otc\">Code</label>\
                 <input type=\"tel\" inputmode=\"numeric\" id=\"otc\" name=\"otc\" autocomplete=\"one-time-code\" autofocus required{}>{passwordless}\
                 <div class=\"buttons\"><input type=\"submit\" id=\"idSIButton9\" class=\"primary\" value=\"Next\"></div></form>\
                 <form method=\"post\">{}<button class=\"link\" type=\"submit\">Choose another method</button></form>",
                message.map_or_else(String::new, alert),
                self.hidden(),
                escape(&seal(self.call, Purpose::Registration, begun)),
                if message.is_some() { INVALID } else { "" },
                self.hidden(),
            ),
        )
    }

    fn verify(&self, begun: &Begun, form: &Form) -> Reply {
        let now = self.call.now();
        let given = form.get("otc").unwrap_or_default().trim();
        if given.is_empty() {
            return self.ask(begun, Some("Type the code."));
        }
        let mut oath = Oath::new(begun.secret.clone());
        let step = oath.accepts(given, now);
        let matches = match begun.word.as_str() {
            "phone" => {
                let mut counted = false;
                self.change(|tenant| {
                    counted = tenant.sign_in.try_code(begun.message, given, now);
                });
                counted
            }
            _ => step.is_some(),
        };
        if !matches {
            return self.ask(
                begun,
                Some("The code did not match, or it is too old. Check it and try again."),
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
                    phone_sign_in: form.get("phone_sign_in") == Some("true"),
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
        let occasion = self.call.occasion(Some(user));
        self.call.change_on(&occasion, |tenant| {
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
                "<h1>Registered</h1><p>Your second factor is registered. Go back to the sign-in with the button.</p>\
                 <form method=\"post\" action=\"{}\" name=\"hiddenform\">{inputs}<div class=\"buttons\"><input type=\"submit\" id=\"idSIButton9\" class=\"primary\" value=\"Done\"></div></form>",
                escape(&self.word.back)
            ),
        )
    }

    fn change(&self, change: impl FnOnce(&mut Tenant)) {
        self.call.change(change);
    }
}

/// E.164 with a country code, blanks allowed.
pub(super) fn is_phone_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    text.starts_with('+')
        && (7..=15).contains(&digits)
        && text
            .chars()
            .skip(1)
            .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')'))
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
    fn phone_numbers_bear_a_country_code() {
        assert!(is_phone_number("+49 151 12345678"));
        assert!(!is_phone_number("015112345678"));
        assert!(!is_phone_number("+49 <script>"));
    }
}
