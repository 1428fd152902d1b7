//! The end of a session.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Map;

use super::super::session::LiveSession;
use super::{Page, render};
use crate::call::Call;
use crate::wire::html::escape;
use crate::wire::{Form, Reply};

/// Says so, fetches the sign-out address of every app in the session, and goes on to the app that asked.
pub(in super::super) fn done(
    call: &Call<'_>,
    front_channel: &[String],
    next: Option<&str>,
) -> Reply {
    let frames: String = front_channel
        .iter()
        .map(|url| {
            format!(
                "<iframe title=\"signing out\" hidden src=\"{}\"></iframe>",
                escape(url)
            )
        })
        .collect();
    let onward = next.map_or_else(String::new, |url| {
        format!(
            "<p><a id=\"continue\" href=\"{0}\">Continue</a></p><script>setTimeout(function(){{location.replace(document.getElementById(\"continue\").href)}},500)</script>",
            escape(url)
        )
    });
    render(
        call,
        Page {
            id: "ConvergedSignOut",
            title: "Sign out".to_owned(),
            config: Map::new(),
            body: format!(
                "<p class=\"brand\">entrasim</p><h1 id=\"SignOutStatusMessage\">You are signed out</h1><p>Close the browser's windows if others use this computer.</p>{onward}{frames}"
            ),
        },
    )
}

/// Several accounts and no word on which. The choice repeats what was asked, whether it came in the address or in a body.
pub(in super::super) fn pick(call: &Call<'_>, sessions: &[LiveSession], asked: &Form) -> Reply {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let query: String = asked
        .iter()
        .map(|(name, value)| format!("{}={}&", encode(name), encode(value)))
        .collect();
    let rows: String = sessions
        .iter()
        .map(|live| {
            format!(
                "<li><a class=\"account\" href=\"?{}sessionid={}\">{}</a></li>",
                escape(&query),
                live.session.id,
                escape(&live.session.name)
            )
        })
        .collect();
    render(
        call,
        Page {
            id: "ConvergedSignOutPicker",
            title: "Sign out".to_owned(),
            config: Map::new(),
            body: format!(
                "<p class=\"brand\">entrasim</p><h1>Which account do you want to sign out of?</h1><ul class=\"accounts\">{rows}</ul>"
            ),
        },
    )
}
