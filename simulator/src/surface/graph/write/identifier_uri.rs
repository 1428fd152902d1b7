//! `identifierUris`: which URIs may name a registration (Microsoft Learn, "Restrictions on identifier URIs of Microsoft Entra
//! applications"): its own id, the tenant's, or a host that belongs to the tenant. Other schemes than `api` and those of the web
//! are not looked at.

use entrasim_domain::directory::application::Application;
use entrasim_domain::tenant::Tenant;

use super::super::error::GraphError;
use super::super::error::application::ApplicationError;
use super::application::CLASS;
use super::invalid;

const LENGTH: usize = 255;

pub(super) fn check(
    tenant: &Tenant,
    application: &Application,
    uris: &[String],
) -> Result<(), GraphError> {
    for (at, uri) in uris.iter().enumerate() {
        if uri.len() > LENGTH || uri.contains(char::is_whitespace) || !uri.contains(':') {
            return Err(invalid("identifierUris", CLASS));
        }
        let twin = |other: &String| other.eq_ignore_ascii_case(uri);
        if uris.iter().skip(at + 1).any(twin) {
            return Err(ApplicationError::DuplicateValue.into());
        }
        // What is there may stay.
        let known = application.identifier_uris.contains(uri);
        if !known && !is_ones_own(tenant, application, uri) {
            return Err(ApplicationError::ForeignUri(uri.clone()).into());
        }
    }
    Ok(())
}

fn is_ones_own(tenant: &Tenant, application: &Application, uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once("://") else {
        return true;
    };
    let host = rest.split(['/', '?', ':']).next().unwrap_or_default();
    let belongs = || {
        tenant.domains.verified().any(|(_, domain)| {
            let domain = &domain.name;
            let parent = host.len().checked_sub(domain.len() + 1);
            let below = parent.and_then(|at| host.get(at..));
            host.eq_ignore_ascii_case(domain)
                || below.is_some_and(|below| below.eq_ignore_ascii_case(&format!(".{domain}")))
        })
    };
    match scheme {
        "http" | "https" => belongs(),
        "api" => {
            let ids = [application.app_id.to_string(), tenant.id.to_string()];
            let mut parts = rest.split('/');
            belongs() || parts.any(|part| ids.iter().any(|id| id.eq_ignore_ascii_case(part)))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use entrasim_domain::id::{AppId, ObjectId};

    use super::*;
    use crate::testing::{AFTER_PHASE_2, Bench};

    #[test]
    fn a_registration_is_named_by_its_id_the_tenants_or_a_domain_of_the_tenant() {
        let bench = Bench::at(AFTER_PHASE_2);
        let tenant = bench.tenant.read();
        let app_id = AppId::from_u128(7);
        let created = tenant.created;
        let application = Application::new(ObjectId::from_u128(1), app_id, "x".to_owned(), created);
        for (uri, allowed) in [
            (format!("api://{app_id}"), true),
            (format!("api://{}/orders", tenant.id), true),
            (format!("api://orders/{app_id}"), true),
            ("https://contoso.onmicrosoft.com/orders".to_owned(), true),
            ("api://orders.contoso.onmicrosoft.com".to_owned(), true),
            ("urn:orders".to_owned(), true),
            ("api://orders".to_owned(), false),
            ("https://fabrikam.example/orders".to_owned(), false),
            ("https://notcontoso.onmicrosoft.com".to_owned(), false),
        ] {
            assert_eq!(is_ones_own(&tenant, &application, &uri), allowed, "{uri}");
        }
    }
}
