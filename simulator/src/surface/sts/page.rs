//! The pages people see, and the configuration object in each that public tools read.
//!
//! Every page is one form that works without script. The look is the simulator's own: nothing of Microsoft's is copied.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::error::origin;
use super::interaction::Interaction;
use crate::call::Call;
use crate::origins;
use crate::seal::{Purpose, seal};
use crate::wire::Reply;
use crate::wire::html::escape;

pub(super) mod account_picker;
pub(super) mod change_password;
pub(super) mod confirm_app;
pub(super) mod consent;
pub(super) mod device;
pub(super) mod error;
pub(super) mod passkey;
pub(super) mod passkey_creation;
pub(super) mod registration;
pub(super) mod second_factor;
pub(super) mod sign_in;
pub(super) mod sign_out;
pub(super) mod stay_signed_in;

/// On every page (captured answers).
pub(super) const HEADERS: [(&str, &str); 7] = [
    ("cache-control", "no-store, no-cache"),
    ("pragma", "no-cache"),
    ("expires", "-1"),
    (
        "strict-transport-security",
        "max-age=31536000; includeSubDomains",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
];

use crate::wire::html::STYLE;

/// A page: its kind as tools know it, its heading, its configuration and its content.
pub(super) struct Page {
    /// `pgid`
    pub id: &'static str,
    pub title: String,
    pub config: Map<String, Value>,
    pub body: String,
}

/// Numbers that the real pages of a kind bear (captured pages).
fn numbers(id: &str) -> (u32, u32, u32, &'static str) {
    match id {
        "ConvergedTFA" => (1114, 2202, 1008, "0:1"),
        "KmsiInterrupt" => (1115, 2005, 1000, "9:1"),
        "ConvergedProofUpRedirect" => (1121, 2000, 1000, "6:1"),
        _ => (1104, 1800, 1013, "0:1"),
    }
}

/// A value against forged posts.
pub(super) fn canary(call: &Call<'_>) -> String {
    seal(call, Purpose::Canary, &json!(call.id().to_string()))
}

/// The script's text may not end its own element.
fn script_safe(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

/// Writes a page.
pub(super) fn render(call: &Call<'_>, page: Page) -> Reply {
    let (hpgid, hpgact, scid, _) = numbers(page.id);
    let mut config = page.config;
    let number = config
        .get("sErrorCode")
        .and_then(Value::as_str)
        .and_then(|text| text.parse::<u32>().ok());
    let mut put = |name: &str, value: Value| {
        config.entry(name.to_owned()).or_insert(value);
    };
    put("correlationId", json!(call.correlation_id().to_string()));
    put("sessionId", json!(call.id().to_string()));
    put("hpgid", json!(hpgid));
    put("hpgact", json!(hpgact));
    put("scid", json!(scid));
    put("pgid", json!(page.id));
    put("uiflavor", json!(1001));
    put("locale", json!({"mkt": "en-US", "lcid": 1033}));
    put("sCloudInstanceName", json!("microsoftonline.com"));
    put(
        "serverDetails",
        json!({"slc": "ProdSlices", "dc": "SIM", "ri": "ENTRASIM", "ver": {"v": [2, 1, 0, 0]}}),
    );
    put("iErrorCode", json!(number));
    put("strServiceExceptionMessage", Value::Null);
    put("browser", json!({"ltr": 1}));
    put("urlCdn", json!(""));
    let config = script_safe(&Value::Object(config).to_string());
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} - entrasim</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"none\">\
         <meta name=\"PageID\" content=\"{id}\"/><link rel=\"icon\" href=\"data:,\"><style>{STYLE}</style>\n\
         <script type=\"text/javascript\">//<![CDATA[\n$Config={config};\n//]]></script>\
         </head><body data-page=\"{id}\"><main><div class=\"card\">{body}</div></main>\
         <footer>entrasim: a simulated sign-in page. It is not Microsoft's; never type a real password here.</footer>\
         <script>ServerData=window.$Config;</script></body></html>",
        title = escape(&page.title),
        id = page.id,
        body = page.body,
    );
    Reply::html(StatusCode::OK, html)
        .fixed_headers(&HEADERS)
        .header("x-ms-request-id", &call.id().to_string())
        .header("x-ms-ests-server", "2.1.0.0 - entrasim ProdSlices")
}

impl Interaction<'_> {
    /// Where this sign-in's pages are.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}/{path}", origin(self.call))
    }

    pub(super) fn tenant_url(&self, path: &str) -> String {
        self.url(&format!("{}/{path}", self.request.authority))
    }

    /// The hidden fields that bring a page's post back to this sign-in.
    pub(super) fn hidden(&self, context_name: &str) -> String {
        let call = self.call;
        hidden(&[
            (context_name, &self.request.seal(call)),
            ("flowToken", &self.progress.seal(call)),
            ("hpgrequestid", &call.id().to_string()),
            ("canary", &canary(call)),
            ("i19", "0"),
        ])
    }

    /// What every page's configuration has.
    pub(super) fn config(&self, page: &str, url_post: &str) -> Map<String, Value> {
        let call = self.call;
        let (_, _, _, tail) = numbers(page);
        let context = self.request.seal(call);
        let fido = if origin(call) == origins::SIGN_IN {
            format!(
                "{}/{}/fido/get?uiflavor=Web",
                origins::PASSKEY,
                self.request.authority
            )
        } else {
            self.tenant_url("fido/get?uiflavor=Web")
        };
        let value = json!({
            "sFT": self.progress.seal(call), "sFTName": "flowToken", "sCtx": context,
            "canary": format!("{}{tail}", canary(call)), "sCanaryTokenName": "canary", "apiCanary": canary(call),
            "urlPost": url_post, "urlPostAad": url_post, "urlPostMsa": "",
            "urlRefresh": self.tenant_url(&format!("reprocess?ctx={context}")),
            "urlLogin": self.tenant_url(&format!("reprocess?ctx={context}")),
            "urlResume": self.tenant_url(&format!("resume?ctx={context}")),
            "urlCancel": self.tenant_url(&format!("reprocess?ctx={context}&cancel=1")),
            "urlGetCredentialType": self.tenant_url("GetCredentialType?mkt=en-US"),
            "urlGetOneTimeCode": self.tenant_url("GetOneTimeCode.srf?mkt=en-US"),
            "urlSessionState": self.tenant_url("DeviceCodeStatus"),
            "urlFidoLogin": fido,
            "oCancelPostParams": {"error": "access_denied", "error_subcode": "cancel", "state": self.request.state},
            "fKMSIEnabled": true, "iLoginMode": 1, "iAllowedIdentities": 2, "isGlobalTenant": true,
            "fIsFidoSupported": true, "fIsPasskeySupportEnabled": true, "fAccessPassSupported": true,
            "fShowAccessPassPeek": true, "iRemoteNgcPollingType": 2, "arrSessions": [],
            "oPostParams": {}, "desktopSsoConfig": null, "bsso": null,
            "urlTenantedEndpointFormat": self.url("{0}/oauth2/v2.0/authorize"),
            "urlOidcDiscoveryEndpointFormat": self.url("{0}/v2.0/.well-known/openid-configuration"),
            "arrValErrs": [], "sErrTxt": "", "iMaxPollErrors": 5, "iPollingInterval": 1, "iPollingTimeout": 60,
        });
        match value {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }

    /// A form of this sign-in.
    pub(super) fn form(&self, action: &str, context_name: &str, content: &str) -> String {
        format!(
            "<form method=\"post\" action=\"{}\" novalidate autocomplete=\"off\">{}{content}</form>",
            escape(action),
            self.hidden(context_name),
        )
    }

    /// The way out of every page after the name.
    pub(super) fn other_account(&self) -> String {
        let context = self.request.seal(self.call);
        let url = self.tenant_url(&format!("reprocess?ctx={context}&sessionid=none"));
        format!(
            "<p><a href=\"{}\">Use another account</a></p>",
            escape(&url)
        )
    }

    /// Whose sign-in it is, above the heading.
    pub(super) fn who(&self) -> String {
        let name = self.progress.name.as_deref().unwrap_or_default();
        format!(
            "{BRAND}<p class=\"who\" id=\"displayName\">{}</p>",
            escape(name)
        )
    }

    /// A link-like button in a form of its own.
    pub(super) fn link(
        &self,
        action: &str,
        context_name: &str,
        fields: &[(&str, &str)],
        text: &str,
    ) -> String {
        self.form(
            action,
            context_name,
            &format!(
                "{}<button class=\"link\" type=\"submit\">{}</button>",
                hidden(fields),
                escape(text)
            ),
        )
    }
}

pub(super) fn hidden(fields: &[(&str, &str)]) -> String {
    fields
        .iter()
        .map(|(name, value)| {
            format!(
                "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
                escape(name),
                escape(value)
            )
        })
        .collect()
}

/// The line above every heading.
pub(super) const BRAND: &str = "<p class=\"brand\">entrasim</p>";

/// What a field says of itself where the alert is about it.
pub(super) fn described(is_wrong: bool) -> &'static str {
    if is_wrong {
        " aria-invalid=\"true\" aria-describedby=\"alert\""
    } else {
        ""
    }
}

/// The two buttons of a question. The main one comes first in the document, since Enter in a field presses the first;
/// the style sheet shows it last.
pub(super) fn question(name: &str, yes: (&str, &str), no: (&str, &str)) -> String {
    format!(
        "<div class=\"buttons\"><button type=\"submit\" id=\"idSIButton9\" class=\"primary\" name=\"{name}\" value=\"{}\">{}</button>\
         <button type=\"submit\" id=\"idBtn_Back\" name=\"{name}\" value=\"{}\">{}</button></div>",
        yes.0, yes.1, no.0, no.1
    )
}

/// A message above the fields, read out at once.
pub(super) fn alert(text: &str) -> String {
    format!(
        "<div id=\"alert\" class=\"alert\" role=\"alert\">{}</div>",
        escape(text)
    )
}

/// What happens while a page waits; its script says here when it has stopped looking.
pub(super) fn progress_line(text: &str) -> String {
    format!("<p class=\"note\" id=\"progress\" role=\"status\">{text}</p>")
}

/// The button of a page that waits. It has the focus, so that what it is about (the number) is read out at once.
pub(super) fn waiting_button(text: &str, about: &str) -> String {
    format!(
        "<div class=\"buttons\"><input type=\"submit\" id=\"idSIButton9\" class=\"primary\" value=\"{text}\" autofocus aria-describedby=\"{about}\"></div>"
    )
}

/// The buttons at the end of a form: the main one bears the id that automation looks for.
pub(super) fn submit(text: &str) -> String {
    format!(
        "<div class=\"buttons\"><input type=\"submit\" id=\"idSIButton9\" class=\"primary\" value=\"{}\"></div>",
        escape(text)
    )
}
