//! The page where a person types the code that a device shows, and its end.

use serde_json::Map;

use super::{Page, alert, described, render, submit};
use crate::call::Call;
use crate::wire::Reply;
use crate::wire::html::escape;

pub(in super::super) fn ask(call: &Call<'_>, message: Option<&str>) -> Reply {
    let mut config = Map::new();
    config.insert("canary".to_owned(), serde_json::json!(super::canary(call)));
    let body = format!(
        "<p class=\"brand\">entrasim</p><form method=\"post\" action=\"/common/oauth2/deviceauth\" novalidate autocomplete=\"off\">\
         <h1>Connect a device</h1>{}<p>Type the code that the device or app shows. It may then act as you.</p>\
         <label for=\"otc\">Code</label><input type=\"text\" name=\"otc\" id=\"otc\" autocapitalize=\"characters\" maxlength=\"16\" autofocus required{}>\
         <input type=\"hidden\" name=\"canary\" value=\"{}\">{}</form>",
        message.map_or_else(String::new, alert),
        described(message.is_some()),
        escape(&super::canary(call)),
        submit("Next"),
    );
    render(
        call,
        Page {
            id: "ConvergedRemoteConnect",
            title: "Connect a device".to_owned(),
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
            // Tools look for the first words, in the element with this id (roadtx, selenium.py).
            "<p id=\"message\">You have signed in to {}. The device goes on by itself; this page is done.</p>",
            escape(app)
        ),
    )
}

pub(in super::super) fn declined(call: &Call<'_>) -> Reply {
    end(
        call,
        "the app",
        "<p id=\"message\">Nothing was allowed: the sign-in on the device was cancelled.</p>",
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
                "<p class=\"brand\">entrasim</p><h1>{}</h1>{text}",
                escape(app)
            ),
        },
    )
}
