//! `GET /error?code=N`: what an error number means, for people.

use entrasim_domain::catalogue;
use http::StatusCode;

use crate::call::Call;
use crate::wire::{Form, Reply};

pub(super) fn lookup(call: &Call<'_>) -> Reply {
    let query = Form::parse(call.request.query.as_bytes());
    let row = query
        .get("code")
        .and_then(|code| code.parse().ok())
        .and_then(|number: u32| catalogue::sign_in_errors().get(&number));
    let body = match row {
        Some(row) => format!(
            "AADSTS{}\n\n{}\n\nOAuth error: {}\nSource: {} ({})\n",
            row.number, row.text, row.error, row.source, row.evidence
        ),
        None => "No such error in the catalogue of this simulator.\n".to_owned(),
    };
    Reply::text(StatusCode::OK, body)
}
