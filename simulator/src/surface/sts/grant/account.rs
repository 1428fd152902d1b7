//! The account behind an earlier sign-in: whether it is still there, whether the sign-in still counts, and as whom it is
//! known in the tenant of the request.

use std::sync::Arc;

use entrasim_domain::directory::user::User;
use entrasim_domain::id::{ObjectId, TenantId};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;

use super::super::authority::Authority;
use super::super::client::Client;
use super::super::error::StsError;
use super::super::token::TokenRequest;
use crate::issue::access_token::sign_in_name;
use crate::seal::sign_in::SignIn;

/// The tenant of personal accounts, as its errors call it.
const PERSONAL_ACCOUNTS: &str = "Microsoft Services";

/// The user of an earlier sign-in in this tenant, unless the sign-in was revoked (50173). `issued`: when what is shown was made.
pub(super) fn live_user<'a>(
    request: &TokenRequest<'_>,
    tenant: &'a Tenant,
    sign_in: &SignIn,
    issued: Timestamp,
    client: &Client<'_>,
) -> Result<&'a User, StsError> {
    let stranger = |tenant: &Tenant, account: &User, here: &str| {
        StsError::new(50020)
            .with("user", sign_in_name(tenant, account))
            .with(
                "idp",
                format!("{}/{}/", crate::origins::STS, home_of(tenant, account).0),
            )
            .with("tenant", here)
            .with("app", client.app_id())
            .with("name", client.display_name())
    };
    if sign_in.tenant == tenant.id {
        let user = tenant.users.get(sign_in.user);
        let user = user.ok_or_else(|| gone(sign_in))?;
        require_not_revoked(user, sign_in, issued)?;
        return match request.authority {
            Authority::Consumers => Err(stranger(tenant, user, PERSONAL_ACCOUNTS)),
            _ => Ok(user),
        };
    }
    let elsewhere = request
        .call
        .app
        .store
        .get(sign_in.tenant)
        .map(|cell| cell.read())
        .ok_or_else(|| gone(sign_in))?;
    let account = elsewhere
        .users
        .get(sign_in.user)
        .ok_or_else(|| gone(sign_in))?;
    require_not_revoked(account, sign_in, issued)?;
    let home = home_of(&elsewhere, account);
    known_as(tenant, home).ok_or_else(|| stranger(&elsewhere, account, &tenant.display_name))
}

fn gone(sign_in: &SignIn) -> StsError {
    StsError::new(50034)
        .with("user", sign_in.user)
        .with("tenant", sign_in.tenant)
}

fn require_not_revoked(user: &User, sign_in: &SignIn, issued: Timestamp) -> Result<(), StsError> {
    if sign_in.authentication.epoch == user.sessions.number {
        return Ok(());
    }
    Err(StsError::new(50173)
        .with("issued", issued.seven_digit_form())
        .with("valid_from", user.sessions.since.seven_digit_form()))
}

/// Where an account really lives: a guest's is elsewhere.
fn home_of(tenant: &Tenant, user: &User) -> (TenantId, ObjectId) {
    user.home
        .as_ref()
        .map_or((tenant.id, user.id), |home| (home.tenant, home.object_id))
}

/// The account's own object in this tenant: at home, or as a guest.
fn known_as(tenant: &Tenant, home: (TenantId, ObjectId)) -> Option<&User> {
    tenant
        .users
        .iter()
        .find(|user| home_of(tenant, user) == home)
        .map(Arc::as_ref)
}
