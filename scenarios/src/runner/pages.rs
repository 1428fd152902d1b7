//! A person on the sign-in pages: the forms one after the other, and the phone over the control port.

use std::collections::BTreeMap;
use std::io;

use bytes::Bytes;
use serde_json::{Value, json};

use super::actor::{SIGN_IN_HOST, bad, encode, percent, post};
use super::http::{Answer, Subject};

/// What the person has and does.
pub(super) struct Person<'a> {
    pub upn: &'a str,
    pub password: &'a str,
    /// A word of the language's `mfa`.
    pub mfa: &'a str,
    pub client: &'a str,
    pub scope: &'a str,
    pub claims: &'a str,
}

const REDIRECT: &str = "http://localhost:8400";
const VERIFIER: &str = "scenario-scenario-scenario-scenario-scenario";
/// More pages than a sign-in has.
const PAGES: usize = 12;

/// Signs in from `authorize` to the redeemed code. A sign-in that stops on a page is answered as the token service would.
pub(super) async fn sign_in(
    subject: &Subject,
    handout: &Value,
    person: &Person<'_>,
) -> io::Result<Answer> {
    let tenant = handout["tenant"]["id"].as_str().unwrap_or_default();
    let query = encode(&[
        ("client_id", person.client),
        ("response_type", "code"),
        ("response_mode", "form_post"),
        ("redirect_uri", REDIRECT),
        ("scope", person.scope),
        ("claims", person.claims),
        ("code_challenge", VERIFIER),
        ("code_challenge_method", "plain"),
    ]);
    if person.mfa == "passwordless" {
        let body = json!({"phone_sign_in": true});
        subject
            .control("PATCH", &phone(handout, person), Some(&body))
            .await?;
    }
    let path = format!("/{tenant}/oauth2/v2.0/authorize?{query}");
    let mut page = get(subject, &path).await?;
    for _ in 0..PAGES {
        let html = String::from_utf8_lossy(&page.body).into_owned();
        // The page that posts the answer to the app; a page that waits for a phone has a field of that name, too.
        if html.contains("name=\"hiddenform\"")
            && let Some(code) = value_of(&html, "code")
        {
            let form = [
                ("client_id", person.client),
                ("grant_type", "authorization_code"),
                ("code", code.as_str()),
                ("redirect_uri", REDIRECT),
                ("code_verifier", VERIFIER),
                ("scope", person.scope),
                ("claims", person.claims),
            ];
            return post(subject, handout, &form).await;
        }
        let Some(fields) = act(subject, handout, person, &html).await? else {
            return Ok(stopped(&page, &html));
        };
        page = submit(subject, &html, &fields).await?;
    }
    Ok(stopped(&page, &String::from_utf8_lossy(&page.body)))
}

/// What the person types on a page; `None` where nothing can be done.
async fn act(
    subject: &Subject,
    handout: &Value,
    person: &Person<'_>,
    html: &str,
) -> io::Result<Option<Vec<(&'static str, String)>>> {
    let config = config(html);
    let refused = html.contains("role=\"alert\"");
    let fields = match config["pgid"].as_str().unwrap_or_default() {
        _ if refused => return Ok(None),
        "ConvergedSignIn" if html.contains("id=\"i0116\"") => {
            vec![("loginfmt", person.upn.to_owned())]
        }
        "ConvergedSignIn" => credential(subject, handout, person, html).await?,
        "ConvergedTFA" if html.contains("name=\"accesspass\"") => {
            vec![("accesspass", pass(handout)?)]
        }
        "ConvergedTFA" if html.contains("id=\"progress\"") => {
            answer(subject, handout, person, html).await?;
            Vec::new()
        }
        "ConvergedTFA" if html.contains("name=\"otc\"") => {
            vec![("otc", code(subject, handout, person).await?)]
        }
        "ConvergedTFA" => {
            let method = match person.mfa {
                "app-code" => "PhoneAppOTP",
                "text" => "OneWaySMS",
                "call" => "TwoWayVoiceMobile",
                "access-pass" => "AccessPass",
                _ => "PhoneAppNotification",
            };
            vec![("mfaAuthMethod", method.to_owned())]
        }
        "KmsiInterrupt" => vec![("LoginOptions", "3".to_owned())],
        _ => return Ok(None),
    };
    Ok(Some(fields))
}

/// The first page after the name: what the person wants to sign in with may not be what the page asks for first.
async fn credential(
    subject: &Subject,
    handout: &Value,
    person: &Person<'_>,
    html: &str,
) -> io::Result<Vec<(&'static str, String)>> {
    let asks_for = |name: &str| html.contains(&format!("name=\"{name}\""));
    let instead = |name: &str| Ok(vec![("credential", name.to_owned())]);
    match person.mfa {
        // A pass that is used up or over is not asked for; who has nothing else types it all the same.
        "access-pass" => Ok(vec![("accesspass", pass(handout)?)]),
        "passwordless" if asks_for("psRNGCEntropy") && html.contains("id=\"progress\"") => {
            answer(subject, handout, person, html).await?;
            Ok(Vec::new())
        }
        "passwordless" => instead("authenticator"),
        _ if asks_for("passwd") => Ok(vec![("passwd", person.password.to_owned())]),
        _ => instead("password"),
    }
}

/// The pass that was made last.
fn pass(handout: &Value) -> io::Result<String> {
    handout["access_pass"]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| bad("no step has made a Temporary Access Pass".to_owned()))
}

fn phone(handout: &Value, person: &Person<'_>) -> String {
    let tenant = handout["tenant"]["id"].as_str().unwrap_or_default();
    format!("/tenants/{tenant}/users/{}/phone", percent(person.upn))
}

/// Answers the newest prompt on the phone, with the number of the page.
async fn answer(
    subject: &Subject,
    handout: &Value,
    person: &Person<'_>,
    html: &str,
) -> io::Result<()> {
    let path = phone(handout, person);
    let state = subject.control("GET", &path, None).await?;
    let prompt = state["prompts"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|prompt| prompt["state"] == "pending")
        .and_then(|prompt| prompt["id"].as_str())
        .ok_or_else(|| bad(format!("nothing waits on the phone of {}", person.upn)))?;
    let number: Option<u32> = html
        .split("DisplaySign\">")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .and_then(|text| text.parse().ok());
    let action = match person.mfa {
        "deny" => "deny",
        "report" => "report",
        "timeout" => return wait(subject, handout).await,
        _ => "approve",
    };
    let body = json!({"action": action, "number": number});
    subject
        .control("POST", &format!("{path}/prompts/{prompt}"), Some(&body))
        .await
        .map(|_| ())
}

/// Nobody answers: the clock moves on until the prompt is over.
async fn wait(subject: &Subject, handout: &Value) -> io::Result<()> {
    let tenant = handout["tenant"]["id"].as_str().unwrap_or_default();
    let path = format!("/tenants/{tenant}/clock/advance");
    subject
        .control("POST", &path, Some(&json!({"seconds": 61})))
        .await
        .map(|_| ())
}

/// The code that the phone shows, from a text message or the app.
async fn code(subject: &Subject, handout: &Value, person: &Person<'_>) -> io::Result<String> {
    let state = subject
        .control("GET", &phone(handout, person), None)
        .await?;
    let code = if person.mfa == "text" {
        &state["messages"][0]["code"]
    } else {
        &state["codes"][0]["code"]
    };
    code.as_str()
        .map(str::to_owned)
        .ok_or_else(|| bad(format!("the phone of {} shows no code", person.upn)))
}

/// The page's own words as an answer of the token service, so that expectations read the same.
fn stopped(page: &Answer, html: &str) -> Answer {
    let config = config(html);
    let said = config["strServiceExceptionMessage"]
        .as_str()
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
        headers: page.headers.clone(),
        body: body.to_string().into(),
    }
}

fn config(html: &str) -> Value {
    html.split_once("$Config=")
        .and_then(|(_, rest)| rest.split_once(";\n//]]>"))
        .and_then(|(text, _)| serde_json::from_str(text).ok())
        .unwrap_or_default()
}

/// The value of a hidden field of the first form.
fn value_of(html: &str, name: &str) -> Option<String> {
    hidden(html).remove(name)
}

fn hidden(html: &str) -> BTreeMap<String, String> {
    let form = html.split("</form>").next().unwrap_or_default();
    form.split("<input type=\"hidden\" ")
        .skip(1)
        .filter_map(|input| {
            let tag = input.split('>').next()?;
            Some((attribute(tag, "name")?, attribute(tag, "value")?))
        })
        .collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split_once(&format!("{name}=\""))?.1;
    let value = rest.split('"').next()?;
    Some(
        value
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#39;", "'")
            .replace("&amp;", "&"),
    )
}

async fn get(subject: &Subject, path: &str) -> io::Result<Answer> {
    let request = http::Request::builder()
        .uri(path)
        .body(Bytes::new())
        .map_err(io::Error::other)?;
    subject.send(SIGN_IN_HOST, request).await
}

async fn submit(
    subject: &Subject,
    html: &str,
    typed: &[(&'static str, String)],
) -> io::Result<Answer> {
    let form = html
        .split_once("<form ")
        .map_or("", |(_, rest)| rest)
        .split('>')
        .next()
        .unwrap_or_default();
    let action = attribute(form, "action").unwrap_or_default();
    let path = action
        .split_once("://")
        .and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()))
        .ok_or_else(|| bad("the page has no form".to_owned()))?;
    let mut fields = hidden(html);
    for (name, value) in typed {
        fields.insert((*name).to_owned(), value.clone());
    }
    let pairs: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let request = http::Request::builder()
        .method("POST")
        .uri(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(encode(&pairs).into())
        .map_err(io::Error::other)?;
    subject.send(SIGN_IN_HOST, request).await
}
