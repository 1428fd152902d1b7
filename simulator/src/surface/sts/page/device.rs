//! The page where a person types the code that a device shows, and its end.

use serde_json::Map;

use super::{Page, alert, render, submit};
use crate::call::Call;
use crate::wire::Reply;
use crate::wire::html::escape;

pub(in super::super) fn ask(call: &Call<'_>, message: Option<&str>) -> Reply {
    let mut config = Map::new();
    config.insert("canary".to_owned(), serde_json::json!(super::canary(call)));
    let body = format!(
        "<p class=\"brand\">entrasim</p><form method=\"post\" action=\"/common/oauth2/deviceauth\" novalidate autocomplete=\"off\">\
         <h1>Enter code to allow access</h1>{}<p>Once you enter the code displayed on your app or device, it will have access to your account.</p>\
         <label for=\"otc\">Code</label><input type=\"text\" name=\"otc\" id=\"otc\" autocapitalize=\"characters\" maxlength=\"16\" autofocus required>\
         <input type=\"hidden\" name=\"canary\" value=\"{}\">{}</form>",
        message.map_or_else(String::new, alert),
        escape(&super::canary(call)),
        submit("Next"),
    );
    render(
        call,
        Page {
            id: "ConvergedRemoteConnect",
            title: "Sign in to your account".to_owned(),
            config,
            body,
        },
    )
}

pub(in super::super) fn done(call: &Call<'_>, app: &str) -> Reply {
    end(
        call,
        app,
        &format!(
            "<p>You have signed in to {} on your device. You may now close this window.</p>",
            escape(app)
        ),
    )
}

pub(in super::super) fn declined(call: &Call<'_>) -> Reply {
    end(
        call,
        "the app",
        "<p>The sign-in was cancelled. You may now close this window.</p>",
    )
}

fn end(call: &Call<'_>, app: &str, text: &str) -> Reply {
    render(
        call,
        Page {
            id: "ConvergedRemoteConnectDone",
            title: format!("Sign in to {app}"),
            config: Map::new(),
            body: format!(
                "<p class=\"brand\">entrasim</p><h1 id=\"message\">{}</h1>{text}",
                escape(app)
            ),
        },
    )
}
