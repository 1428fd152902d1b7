//! QR codes and PINs (Microsoft Learn, qrCode and qrPin resource types). The picture is a real one, with the text of the
//! documented sample: `ms-qrpin:v1|{name}|{id}_{secret}`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entrasim_domain::credential::qr_code_pin::{QrCode, QrPin};
use entrasim_domain::directory::user::User;
use entrasim_domain::tenant::Tenant;
use serde_json::{Value, json};

use crate::wire::qr_code;

/// What the service writes for a code that was never used.
const NEVER: &str = "0001-01-01T00:00:00Z";

pub(in crate::surface::graph) fn show_code(
    tenant: &Tenant,
    user: &User,
    code: &QrCode,
    with_image: bool,
) -> Value {
    let used = code
        .last_used
        .map_or(NEVER.to_owned(), |used| used.to_string());
    let image = with_image.then(|| {
        let content = format!(
            "ms-qrpin:v1|{}|{}_{}",
            tenant.principal_name(user),
            code.id,
            code.secret
        );
        let (svg, version) = qr_code::svg(&content);
        json!({
            "binaryValue": STANDARD.encode(svg), "version": version, "errorCorrectionLevel": "l",
            "rawContent": STANDARD.encode(content),
        })
    });
    json!({
        "id": code.id.to_string(), "expireDateTime": code.expires.to_string(),
        "startDateTime": code.start.to_string(), "createdDateTime": code.created.to_string(),
        "lastUsedDateTime": used, "image": image,
    })
}

pub(in crate::surface::graph) fn show_pin(pin: &QrPin, with_code: bool) -> Value {
    json!({
        "id": pin.id.to_string(), "code": with_code.then_some(&*pin.code),
        "forceChangePinNextSignIn": pin.must_change, "createdDateTime": pin.created.to_string(),
        "updatedDateTime": pin.updated.to_string(),
    })
}
