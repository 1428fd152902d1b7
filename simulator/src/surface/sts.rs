//! The token service: what the sign-in hosts answer.

use super::Surface;
use crate::call::Call;
use crate::wire::Reply;

mod access;
mod account_choice;
mod admin_consent;
mod assertion;
mod assignment;
mod authority;
mod authorization_code;
mod authorize;
mod campaign;
mod claims_request;
mod client;
mod consent;
mod credential_type;
mod device;
mod discovery;
mod error;
mod error_page;
mod finish;
mod grant;
mod interaction;
mod interrupts;
mod login;
mod logout;
mod page;
mod passkey;
mod phone_sign_in;
mod pkce;
mod progress;
mod redirect_uri;
mod refresh_token;
mod response;
mod route;
mod sas;
mod scope;
mod second_factor;
mod session;
mod sign_in_log;
mod sign_in_request;
mod token;
mod user_realm;
mod userinfo;

/// This surface.
pub static SURFACE: Surface = Surface {
    name: "sts",
    answer,
};

/// Which generation of endpoints: they differ in parameters, in the form of answers, and in one error word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Version {
    V1,
    V2,
}

fn answer(call: &Call<'_>) -> Reply {
    call.keep_query_private();
    route::answer(call)
}
