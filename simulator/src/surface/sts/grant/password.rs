//! `grant_type=password`: a user name and a password, sent by the client itself.

use std::sync::Arc;

use entrasim_domain::directory::user::User;
use entrasim_domain::tenant::Tenant;

use super::super::Version;
use super::super::access::Way;
use super::super::authority::Authority;
use super::super::error::StsError;
use super::super::login::verify_password;
use super::super::token::{Issued, TokenRequest};
use super::{Chain, SignedIn, Source, issue_for_user};
use crate::seal::sign_in::SignIn;

pub(in super::super) fn issue(request: &TokenRequest<'_>) -> Result<Issued, StsError> {
    let call = request.call;
    let credentials = request.credentials()?;
    let name = request.required("username")?;
    let password = request.required("password")?;
    bind_home(request, name)?;
    let tenant = request.tenant()?;
    let client = request.client(&credentials)?;
    let proof = client.authenticate(call, tenant, &credentials, false)?;
    let scope = match request.version {
        Version::V2 => request.required("scope")?.to_owned(),
        Version::V1 => String::new(),
    };
    let user = verified_user(request, tenant, name, password)?;
    let sign_in = SignIn {
        tenant: tenant.id,
        user: user.id,
        authentication: tenant.password_shown(user, call.now()),
        origin: Way::Direct.origin(),
    };
    issue_for_user(
        request,
        &SignedIn {
            tenant,
            user,
            client,
            proof,
            sign_in,
            scope,
            resource: None,
            nonce: None,
            source: Source::Direct,
            chain: Chain::default(),
            demanded: None,
        },
    )
}

/// `/organizations` means the tenant that manages the name's domain. The v2 endpoint refuses the grant on `/common` and
/// `/consumers`; the v1 endpoint takes it on `/common`, and tools rely on that (dirkjanm/ROADtools auth.py).
fn bind_home(request: &TokenRequest<'_>, name: &str) -> Result<(), StsError> {
    let call = request.call;
    match request.authority {
        Authority::Tenant(_) => Ok(()),
        Authority::Common if request.version == Version::V2 => Err(StsError::new(9_001_023)),
        Authority::Consumers => Err(StsError::new(9_001_023)),
        Authority::Common | Authority::Organizations => {
            let domain = name.rsplit_once('@').map_or("", |(_, domain)| domain);
            match call.app.store.by_domain(domain) {
                Some(cell) => {
                    call.bind(Arc::clone(&cell));
                    Ok(())
                }
                None => Err(StsError::new(50034)
                    .with("user", name)
                    .with("tenant", domain)),
            }
        }
    }
}

fn verified_user<'a>(
    request: &TokenRequest<'_>,
    tenant: &'a Tenant,
    name: &str,
    password: &str,
) -> Result<&'a User, StsError> {
    let user = tenant.user_by_sign_in_name(name.trim()).ok_or_else(|| {
        StsError::new(50034)
            .with("user", name)
            .with("tenant", tenant.id)
    })?;
    verify_password(request.call, tenant, user, password)?;
    if user
        .password
        .as_ref()
        .is_some_and(|known| known.must_change)
    {
        return Err(StsError::new(50055));
    }
    Ok(user)
}
