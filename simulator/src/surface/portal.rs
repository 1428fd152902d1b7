//! The administration portals, as far as signing in goes: who comes is sent to the sign-in pages, who comes back is greeted.
//!
//! Nothing behind the door is simulated.

use entrasim_domain::id::TenantId;
use http::{Method, StatusCode};

use uuid::Uuid;

use super::Surface;
use crate::call::Call;
use crate::origins;
use crate::wire::html::{STYLE, escape};
use crate::wire::jwt::Unverified;
use crate::wire::{Form, Reply};

/// This surface.
pub static SURFACE: Surface = Surface {
    name: "portal",
    answer,
};

/// The client id that the portals share (MicrosoftDocs/entra-docs concept-mandatory-multifactor-authentication.md).
const CLIENT: &str = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c";

fn answer(call: &Call<'_>) -> Reply {
    call.keep_query_private();
    match (&call.request.method, call.request.path.as_str()) {
        (&Method::GET, "/") => begin(call, "organizations"),
        (&Method::GET, path) if directory(path).is_some() => {
            begin(call, directory(path).unwrap_or_default())
        }
        (&Method::POST, "/signin/index/" | "/signin/index") => end(call),
        _ => call.unimplemented("portal pages behind the sign-in"),
    }
}

/// The tenant that an address such as `https://portal.azure.com/contoso.onmicrosoft.com` names, as guests use it: their own
/// accounts belong elsewhere (Microsoft Learn, "Switch and manage directories with the Azure portal").
fn directory(path: &str) -> Option<&str> {
    let name = path.strip_prefix('/')?.trim_end_matches('/');
    let is_domain = name.contains('.')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    (is_domain || name.parse::<Uuid>().is_ok()).then_some(name)
}

/// Sends the browser to the sign-in pages, as the portals do: code and id token by form post.
fn begin(call: &Call<'_>, authority: &str) -> Reply {
    let nonce = call.id();
    let back = format!("https://{}/signin/index/", call.request.host());
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let location = format!(
        "{}/{}/oauth2/v2.0/authorize?client_id={CLIENT}&redirect_uri={}&response_type={}&response_mode=form_post&scope={}&nonce={nonce}&state={nonce}",
        origins::SIGN_IN,
        authority,
        encode(&back),
        encode("code id_token"),
        encode("https://management.core.windows.net//user_impersonation openid email profile"),
    );
    Reply::empty(StatusCode::FOUND).header("location", &location)
}

/// Shows who has signed in, or why not.
fn end(call: &Call<'_>) -> Reply {
    let form = Form::parse(&call.request.body);
    let token = form.get("id_token").and_then(Unverified::parse);
    let verified = token.filter(|token| {
        token
            .header("kid")
            .and_then(|id| call.app.keys.by_id(id))
            .is_some_and(|key| token.is_signed_by(&key.decoding_key()))
    });
    let tenant = verified.as_ref().and_then(|token| token.claim("tid"));
    let tenant = tenant.and_then(|id| id.parse().ok()).map(TenantId);
    if let Some(cell) = tenant.and_then(|id| call.app.store.get(id)) {
        call.bind(cell);
    }
    let (status, body) = match verified {
        Some(token) => (
            StatusCode::OK,
            format!(
                "<h1>Signed in</h1><p id=\"who\">{}</p><p>entrasim simulates the way to the portal's door, and nothing behind it.</p>",
                escape(token.claim("preferred_username").unwrap_or_default())
            ),
        ),
        None => (
            StatusCode::UNAUTHORIZED,
            format!(
                "<h1>Not signed in</h1><p>{}</p>",
                escape(
                    form.get("error_description")
                        .unwrap_or("No token came back from the sign-in.")
                )
            ),
        ),
    };
    Reply::html(
        status,
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Portal</title>\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><link rel=\"icon\" href=\"data:,\"><style>{STYLE}</style></head>\
             <body><main><div class=\"card\"><p class=\"brand\">{}</p>{body}</div></main><footer>entrasim: a simulated page. It is not Microsoft's.</footer></body></html>",
            escape(&call.request.host())
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::directory;

    #[test]
    fn a_tenant_is_named_by_domain_or_id() {
        for (path, tenant) in [
            ("/contoso.onmicrosoft.com", Some("contoso.onmicrosoft.com")),
            ("/contoso.onmicrosoft.com/", Some("contoso.onmicrosoft.com")),
            (
                "/72f988bf-86f1-41af-91ab-2d7cd011db47",
                Some("72f988bf-86f1-41af-91ab-2d7cd011db47"),
            ),
            ("/signin/index/x.y", None),
            ("/favicon", None),
            ("/a.b\r\nc: d", None),
        ] {
            assert_eq!(directory(path), tenant, "{path}");
        }
    }
}
