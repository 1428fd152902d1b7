//! A browser without script: cookies, forms, redirects. It stops where the simulated hosts end, at the address of an app.

use std::collections::BTreeMap;
use std::io;

use bytes::Bytes;
use serde_json::Value;

use super::actor::{bad, encode};
use super::http::{Answer, Subject};

/// More redirects than any sign-in has.
const REDIRECTS: usize = 10;

/// A form of a page: where it goes, and its hidden fields.
pub(super) struct Form {
    pub action: String,
    pub fields: BTreeMap<String, String>,
}

/// A browser with its cookies and its page.
pub(super) struct Browser<'a> {
    subject: &'a Subject,
    cookies: &'a mut BTreeMap<String, String>,
    url: String,
    pub page: Answer,
    /// The headers of every answer on the way, the page's own among them.
    pub visited: Vec<http::HeaderMap>,
    pub html: String,
    /// Where the simulated hosts were left, with what the app was told.
    pub left: Option<BTreeMap<String, String>>,
}

impl<'a> Browser<'a> {
    pub(super) fn new(subject: &'a Subject, cookies: &'a mut BTreeMap<String, String>) -> Self {
        Self {
            subject,
            cookies,
            url: String::new(),
            page: Answer {
                status: 0,
                headers: http::HeaderMap::new(),
                body: Bytes::new(),
            },
            visited: Vec::new(),
            html: String::new(),
            left: None,
        }
    }

    /// Opens an address.
    pub(super) async fn open(&mut self, url: &str) -> io::Result<()> {
        self.load("GET", url, Vec::new()).await
    }

    /// Sends the first form whose text has `marker` in it, with these fields added or replaced.
    pub(super) async fn submit(
        &mut self,
        marker: &str,
        typed: &[(&str, String)],
    ) -> io::Result<()> {
        let mut form = self
            .form(marker)
            .ok_or_else(|| bad(format!("the page at {} has no such form", self.url)))?;
        for (name, value) in typed {
            form.fields.insert((*name).to_owned(), value.clone());
        }
        let pairs: Vec<(&str, &str)> = form
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let url = absolute(&self.url, &form.action);
        if is_app(&url) {
            self.left = Some(form.fields);
            return Ok(());
        }
        self.load("POST", &url, encode(&pairs).into_bytes()).await
    }

    /// The first form whose text has `marker` in it.
    pub(super) fn form(&self, marker: &str) -> Option<Form> {
        let form = self
            .html
            .split("<form ")
            .skip(1)
            .filter_map(|rest| rest.split("</form>").next())
            .find(|form| form.contains(marker))?;
        let action = attribute(form.split('>').next()?, "action");
        let fields = form.split("<input ").skip(1).filter_map(|input| {
            let tag = input.split('>').next()?;
            (attribute(tag, "type")? == "hidden").then_some(())?;
            Some((
                attribute(tag, "name")?,
                attribute(tag, "value").unwrap_or_default(),
            ))
        });
        Some(Form {
            action: action.unwrap_or_else(|| self.url.clone()),
            fields: fields.collect(),
        })
    }

    /// `$Config` of the page.
    pub(super) fn config(&self) -> Value {
        self.html
            .split_once("$Config=")
            .and_then(|(_, rest)| rest.split_once(";\n//]]>"))
            .and_then(|(text, _)| serde_json::from_str(text).ok())
            .unwrap_or_default()
    }

    /// The text between two marks of the page.
    pub(super) fn between(&self, before: &str, after: &str) -> Option<&str> {
        let (_, rest) = self.html.split_once(before)?;
        rest.split_once(after).map(|(text, _)| text)
    }

    async fn load(&mut self, method: &str, url: &str, body: Vec<u8>) -> io::Result<()> {
        let (mut method, mut url, mut body) = (method.to_owned(), url.to_owned(), body);
        for _ in 0..REDIRECTS {
            let (host, path) = host_and_path(&url);
            let jar: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let mut request = http::Request::builder()
                .method(method.as_str())
                .uri(&path)
                .header("cookie", jar.join("; "));
            if method == "POST" {
                request = request.header("content-type", "application/x-www-form-urlencoded");
            }
            let request = request.body(body.into()).map_err(io::Error::other)?;
            let answer = self.subject.send(&host, request).await?;
            self.keep_cookies(&answer);
            let location = answer.header("location").map(str::to_owned);
            self.visited.push(answer.headers.clone());
            self.page = answer;
            let Some(location) = location else {
                self.html = String::from_utf8_lossy(&self.page.body).into_owned();
                self.url = url;
                return Ok(());
            };
            url = absolute(&url, &location);
            if is_app(&url) {
                self.left = Some(parameters(&url));
                return Ok(());
            }
            (method, body) = ("GET".to_owned(), Vec::new());
        }
        Err(bad(format!("{url} redirects without end")))
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for value in answer.headers.get_all("set-cookie") {
            let Some((pair, rest)) = value.to_str().ok().and_then(|text| text.split_once(';'))
            else {
                continue;
            };
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            if rest.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// Apps of the machine itself wait on the loopback or at an address of their own; everything else in a scenario is a simulated host.
/// A fragment is for a script, and no browser sends it.
fn is_app(url: &str) -> bool {
    url.starts_with("http://localhost") || url.contains("/oauth2/nativeclient") || url.contains('#')
}

fn host_and_path(url: &str) -> (String, String) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    match rest.find('/') {
        Some(at) => (rest[..at].to_owned(), rest[at..].to_owned()),
        None => (rest.to_owned(), "/".to_owned()),
    }
}

fn absolute(base: &str, link: &str) -> String {
    if link.contains("://") {
        return link.to_owned();
    }
    let (host, _) = host_and_path(base);
    format!("https://{host}/{}", link.trim_start_matches('/'))
}

fn parameters(url: &str) -> BTreeMap<String, String> {
    let (_, members) = url.split_once(['?', '#']).unwrap_or((url, ""));
    members
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| {
            let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
            (name.to_owned(), value.into_owned())
        })
        .collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    let value = rest.split('"').next()?;
    Some(
        value
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}
