//! `…/qrCodePinMethod/standardQRCode` and `…/temporaryQRCode`: days on a badge, or hours beside it. The picture is shown when
//! a code is made.

use super::{
    Answer, DAY, Duration, Graph, GraphError, HOUR, Map, QrCode, QrCodePin, Random, Resource,
    StatusCode, Tenant, Timestamp, Value, authentication_methods, change_qr, invalid, no_content,
    of, parameters, plain, show_code, subject, url,
};

const CLASS: &str = "qrCode";

/// One of the two codes.
#[derive(Clone, Copy)]
pub(in crate::surface::graph) struct Place {
    name: &'static str,
    shortest: Duration,
    longest: Duration,
    get: fn(&QrCodePin) -> Option<&QrCode>,
    get_mut: fn(&mut QrCodePin) -> &mut Option<QrCode>,
    is_standard: bool,
}

/// 1 to 395 days, by default as the policy says.
pub(in crate::surface::graph) const STANDARD: Place = Place {
    name: "standardQRCode",
    shortest: Duration::from_secs(DAY),
    longest: Duration::from_secs(395 * DAY),
    get: |qr| qr.standard.as_ref(),
    get_mut: |qr| &mut qr.standard,
    is_standard: true,
};

/// 1 to 12 hours; the default is assumed to be the longest.
pub(in crate::surface::graph) const TEMPORARY: Place = Place {
    name: "temporaryQRCode",
    shortest: Duration::from_secs(HOUR),
    longest: Duration::from_secs(12 * HOUR),
    get: |qr| qr.temporary.as_ref(),
    get_mut: |qr| &mut qr.temporary,
    is_standard: false,
};

impl Place {
    /// A code as asked for.
    pub(super) fn new_code(
        &self,
        graph: &Graph<'_, '_>,
        tenant: &Tenant,
        members: Option<&Map<String, Value>>,
    ) -> Result<QrCode, GraphError> {
        let now = graph.call.now();
        let (start, end) = dates(members)?;
        let start = start.unwrap_or(now);
        let lifetime = if self.is_standard {
            tenant.authentication_methods.qr_code_pin.standard_lifetime
        } else {
            self.longest
        };
        let expires = end.unwrap_or(start + lifetime);
        self.check(start, expires)?;
        let secret = graph
            .call
            .draw(|random| random.text("0123456789abcdef", 32));
        Ok(QrCode {
            id: graph.call.draw(Random::guid),
            created: now,
            start,
            expires,
            last_used: None,
            secret: secret.into(),
        })
    }

    fn check(&self, start: Timestamp, expires: Timestamp) -> Result<(), GraphError> {
        if start + self.shortest <= expires && expires <= start + self.longest {
            Ok(())
        } else {
            Err(invalid("expireDateTime", CLASS))
        }
    }
}

fn dates(
    members: Option<&Map<String, Value>>,
) -> Result<(Option<Timestamp>, Option<Timestamp>), GraphError> {
    let date = |name: &str| {
        let value = members.and_then(|members| members.get(name));
        let value = value.filter(|value| !value.is_null());
        value
            .map(|value| {
                let date = value.as_str().and_then(Timestamp::parse);
                date.ok_or_else(|| invalid(name, CLASS))
            })
            .transpose()
    };
    Ok((date("startDateTime")?, date("expireDateTime")?))
}

/// `GET …`
pub(in crate::surface::graph) fn read(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
    place: Place,
) -> Answer {
    let user = authentication_methods::subject(graph, resource)?;
    let code = (place.get)(of(user)?);
    let code = code.ok_or_else(|| GraphError::Missing(place.name.to_owned()))?;
    let value = show_code(graph.tenant()?, user, code, false);
    let fragment = format!(
        "users('{}')/authentication/qrCodePinMethod/{}/$entity",
        user.id, place.name
    );
    Ok(plain(graph.document(StatusCode::OK, &fragment, value)))
}

/// `PATCH …`: makes a code where there is none that is good, 201 with its picture; changes the end of a standard one, 200.
/// A temporary one cannot be changed.
pub(in crate::surface::graph) fn update(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
    place: Place,
) -> Answer {
    let user = subject(graph, resource)?;
    let members = parameters(graph, &["startDateTime", "expireDateTime", "id"])?;
    let (tenant, now) = (graph.tenant()?, graph.call.now());
    let current = (place.get)(of(user)?).filter(|code| !code.has_expired(now));
    let (code, status) = match current {
        Some(_) if !place.is_standard => {
            // The text is assumed.
            return Err(GraphError::BadRequest(
                "A temporary QR code already exists for this user.".to_owned(),
            ));
        }
        Some(current) => {
            let (start, end) = dates(Some(&members))?;
            let mut code = current.clone();
            code.start = start.unwrap_or(code.start);
            code.expires = end.unwrap_or(code.expires);
            place.check(code.start, code.expires)?;
            (code, StatusCode::OK)
        }
        None => (
            place.new_code(graph, tenant, Some(&members))?,
            StatusCode::CREATED,
        ),
    };
    change_qr(graph, user.id, |qr| {
        *(place.get_mut)(qr) = Some(code.clone());
        Ok(())
    })?;
    let value = show_code(tenant, user, &code, status == StatusCode::CREATED);
    let path = format!("authentication/qrCodePinMethod/{}", place.name);
    let fragment = format!("users('{}')/{path}/$entity", user.id);
    let reply = plain(graph.document(status, &fragment, value));
    Ok(match status {
        StatusCode::CREATED => reply.header(
            "location",
            &url(graph, &format!("users/{}/{path}", user.id)),
        ),
        _ => reply,
    })
}

/// `DELETE …`
pub(in crate::surface::graph) fn delete(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
    place: Place,
) -> Answer {
    let user = subject(graph, resource)?;
    change_qr(graph, user.id, |qr| {
        let code = (place.get_mut)(qr).take();
        code.ok_or_else(|| GraphError::Missing(place.name.to_owned()))
    })?;
    Ok(no_content())
}
