//! A browser without script for tests: cookies, forms, redirects. It stops where the simulated hosts end.

#![expect(
    clippy::panic,
    reason = "a test that is not on the page it believes has failed"
)]

use std::collections::BTreeMap;

use serde_json::Value;

use super::Bench;
use crate::hosts;
use crate::wire::{Form, Reply};

/// A browser with its cookies and its page.
pub struct Browser<'a> {
    bench: &'a Bench,
    cookies: BTreeMap<String, String>,
    /// The address of the page.
    pub url: String,
    pub html: String,
    pub status: u16,
    /// Where the simulated hosts were left: the address, and what was sent to it.
    pub left: Option<(String, Form)>,
}

impl<'a> Browser<'a> {
    pub fn new(bench: &'a Bench) -> Self {
        Self {
            bench,
            cookies: BTreeMap::new(),
            url: String::new(),
            html: String::new(),
            status: 0,
            left: None,
        }
    }

    pub fn get(&mut self, url: &str) -> &mut Self {
        self.load("GET", url, "")
    }

    fn load(&mut self, method: &str, url: &str, body: &str) -> &mut Self {
        let jar: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let jar = jar.join("; ");
        let mut headers = vec![("cookie", jar.as_str())];
        if method == "POST" {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
        }
        let reply = self.bench.send(method, url, &headers, body);
        self.keep_cookies(&reply);
        self.status = reply.status.as_u16();
        let location = reply
            .headers
            .get("location")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        if let Some(location) = location {
            let next = absolute(url, &location);
            // A fragment is for a script, which is not there.
            if is_simulated(&next) && !next.contains('#') {
                return self.load("GET", &next, "");
            }
            let (address, members) = next.split_once(['?', '#']).unwrap_or((&next, ""));
            self.left = Some((address.to_owned(), Form::parse(members.as_bytes())));
            return self;
        }
        url.clone_into(&mut self.url);
        self.html = String::from_utf8_lossy(&reply.body).into_owned();
        self.auto_post();
        self
    }

    /// Forms that post themselves: the app's answer, or the way back from security info.
    fn auto_post(&mut self) {
        if !self.html.contains("name=\"hiddenform\"") {
            return;
        }
        let Some((action, fields)) = self.forms().into_iter().next() else {
            return;
        };
        let target = absolute(&self.url, &action);
        let body = encode(&fields);
        if is_simulated(&target) {
            self.load("POST", &target, &body);
        } else {
            self.left = Some((target, Form::parse(body.as_bytes())));
        }
    }

    fn keep_cookies(&mut self, reply: &Reply) {
        for value in reply.headers.get_all("set-cookie") {
            let Some((pair, rest)) = value.to_str().ok().and_then(|text| text.split_once(';'))
            else {
                continue;
            };
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            if rest.contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// The cookies that it holds.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.cookies
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Forgets what ends with the window.
    pub fn close_window(&mut self) -> &mut Self {
        self.cookies.retain(|name, _| name == "ESTSAUTHPERSISTENT");
        self
    }

    /// The forms of the page: action and hidden fields.
    fn forms(&self) -> Vec<(String, Vec<(String, String)>)> {
        self.html
            .split("<form ")
            .skip(1)
            .map(|form| {
                let form = form.split("</form>").next().unwrap_or_default();
                let action = attribute(form.split('>').next().unwrap_or_default(), "action")
                    .unwrap_or_else(|| self.url.clone());
                let fields = form
                    .split("<input ")
                    .skip(1)
                    .filter_map(|input| {
                        let tag = input.split('>').next()?;
                        (attribute(tag, "type")? == "hidden").then(|| {
                            Some((
                                attribute(tag, "name")?,
                                attribute(tag, "value").unwrap_or_default(),
                            ))
                        })?
                    })
                    .collect();
                (action, fields)
            })
            .collect()
    }

    /// Sends the first form whose text holds `marker`, with these fields added or replaced.
    ///
    /// # Panics
    /// When the page has no such form.
    pub fn submit_form(&mut self, marker: &str, fields: &[(&str, &str)]) -> &mut Self {
        let at = self.html.split("<form ").skip(1).position(|form| {
            form.split("</form>")
                .next()
                .is_some_and(|f| f.contains(marker))
        });
        let Some(at) = at else {
            panic!("no form with {marker} on {} {}", self.url, self.html);
        };
        let (action, mut all) = self.forms().swap_remove(at);
        all.retain(|(name, _)| !fields.iter().any(|(known, _)| known == name));
        all.extend(
            fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let target = absolute(&self.url, &action);
        self.load("POST", &target, &encode(&all))
    }

    /// Sends the first form.
    pub fn submit(&mut self, fields: &[(&str, &str)]) -> &mut Self {
        self.submit_form("", fields)
    }

    /// Follows the first link whose text is this.
    ///
    /// # Panics
    /// When the page has no such link.
    pub fn follow(&mut self, text: &str) -> &mut Self {
        let link = self
            .html
            .split("<a ")
            .skip(1)
            .find(|link| link.split("</a>").next().is_some_and(|l| l.ends_with(text)))
            .and_then(|link| attribute(link.split('>').next()?, "href"));
        let Some(link) = link else {
            panic!("no link {text} on {}", self.html);
        };
        let target = absolute(&self.url, &link);
        self.get(&target)
    }

    /// `$Config` of the page.
    ///
    /// # Panics
    /// When there is none.
    pub fn config(&self) -> Value {
        let text = self
            .html
            .split_once("$Config=")
            .and_then(|(_, rest)| rest.split_once(";\n//]]>"))
            .map_or("", |(json, _)| json);
        serde_json::from_str(text).expect("every page has a configuration")
    }

    /// `pgid` of the page.
    ///
    /// # Panics
    /// When the page has no configuration.
    pub fn page(&self) -> String {
        self.config()["pgid"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// `sErrorCode` of the page.
    ///
    /// # Panics
    /// When the page has no configuration.
    pub fn error_code(&self) -> String {
        self.config()["sErrorCode"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Types a name and a password.
    pub fn sign_in(&mut self, name: &str, password: &str) -> &mut Self {
        if self.html.contains("id=\"i0116\"") {
            self.submit(&[("loginfmt", name)]);
        }
        self.submit(&[("passwd", password)])
    }

    /// What was sent to the app.
    ///
    /// # Panics
    /// When the browser is still on a simulated page.
    pub fn answer(&self, name: &str) -> Option<String> {
        let Some((_, members)) = &self.left else {
            panic!("still at {}: {}", self.url, self.html);
        };
        members.get(name).map(str::to_owned)
    }
}

fn is_simulated(url: &str) -> bool {
    if url.contains("/oauth2/nativeclient") {
        return false;
    }
    let host = url
        .split_once("://")
        .map_or("", |(_, rest)| rest)
        .split(['/', ':', '?'])
        .next()
        .unwrap_or_default();
    !matches!(
        hosts::lookup(host),
        None | Some(hosts::SimulatedHost::Loopback)
    )
}

fn absolute(base: &str, link: &str) -> String {
    if link.contains("://") || link.starts_with("urn:") {
        return link.to_owned();
    }
    let (scheme, rest) = base.split_once("://").unwrap_or(("https", base));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if link.starts_with('?') {
        let path = path.split('?').next().unwrap_or_default();
        return format!("{scheme}://{host}/{path}{link}");
    }
    format!("{scheme}://{host}/{}", link.trim_start_matches('/'))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let from = tag.find(&format!("{name}=\""))? + name.len() + 2;
    let rest = tag.get(from..)?;
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

fn encode(fields: &[(String, String)]) -> String {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    super::form(&fields)
}
