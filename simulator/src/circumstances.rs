//! From where and on what device a sign-in comes, as far as a request shows it or the tenant was told.

use entrasim_domain::directory::user::User;
use entrasim_domain::enforcement::{Circumstances, DevicePlatform};
use entrasim_domain::tenant::Tenant;

use crate::call::Call;
use crate::wire::{Form, Request};

/// What every sign-in of the request has in common; the surface adds what it knows of the flow.
pub fn of(call: &Call<'_>, tenant: &Tenant, user: Option<&User>) -> Circumstances {
    let mut here = tenant.circumstances(user);
    here.platform = here.platform.or_else(|| platform(call.request));
    here
}

/// The platform that a client says it runs on: the real service reads unverified sources such as the user agent
/// (MicrosoftDocs/entra-docs concept-conditional-access-policies.md, device platforms). Clients that are no browsers name
/// their HTTP library there, and the system in `x-client-OS`, as a header or a parameter (the MSAL libraries).
fn platform(request: &Request) -> Option<DevicePlatform> {
    const SYSTEM: &str = "x-client-OS";
    let parameter = || {
        [request.query.as_bytes(), &request.body]
            .into_iter()
            .find_map(|text| {
                Form::parse(text)
                    .get_ignoring_case(SYSTEM)
                    .map(str::to_owned)
            })
    };
    request
        .header("user-agent")
        .and_then(named)
        .or_else(|| request.header(SYSTEM).and_then(named))
        .or_else(|| parameter().as_deref().and_then(named))
}

/// The platform that a text names. Browsers name others' too, so that the order matters: phones before what they derive from.
fn named(text: &str) -> Option<DevicePlatform> {
    const NAMES: [(&str, DevicePlatform); 12] = [
        ("windows phone", DevicePlatform::WindowsPhone),
        ("iphone", DevicePlatform::Ios),
        ("ipad", DevicePlatform::Ios),
        ("ipod", DevicePlatform::Ios),
        ("android", DevicePlatform::Android),
        ("windows", DevicePlatform::Windows),
        ("win32", DevicePlatform::Windows),
        ("macintosh", DevicePlatform::MacOs),
        ("mac os x", DevicePlatform::MacOs),
        ("macos", DevicePlatform::MacOs),
        ("darwin", DevicePlatform::MacOs),
        ("linux", DevicePlatform::Linux),
    ];
    let text = text.to_ascii_lowercase();
    NAMES
        .iter()
        .find(|(name, _)| text.contains(name))
        .map(|(_, platform)| *platform)
        // As a word: it is a part of others, `axios` among them.
        .or_else(|| {
            text.split(|letter: char| !letter.is_ascii_alphanumeric())
                .any(|word| word == "ios")
                .then_some(DevicePlatform::Ios)
        })
}

#[cfg(test)]
mod tests {
    use entrasim_domain::enforcement::DevicePlatform as P;

    use super::named;

    #[test]
    fn user_agents_and_client_libraries_name_their_platform() {
        for (text, platform) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
                Some(P::Windows),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
                Some(P::MacOs),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1",
                Some(P::Ios),
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
                Some(P::Android),
            ),
            (
                "Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) Edge/15.15254",
                Some(P::WindowsPhone),
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
                Some(P::Linux),
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
                None,
            ),
            ("python-requests/2.32.3", None),
            ("axios/1.7.2", None),
            ("win32", Some(P::Windows)),
            ("darwin", Some(P::MacOs)),
            ("linux", Some(P::Linux)),
            ("iOS", Some(P::Ios)),
        ] {
            assert_eq!(named(text), platform, "{text}");
        }
    }
}
