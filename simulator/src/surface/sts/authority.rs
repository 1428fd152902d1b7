//! The tenant segment of a sign-in URL.

use std::sync::Arc;

use entrasim_domain::store::TenantCell;
use uuid::Uuid;

use super::error::StsError;
use crate::call::Call;

/// Whom a URL is about.
#[derive(Clone, Debug)]
pub(super) enum Authority {
    /// Work and personal accounts.
    Common,
    /// Work accounts of any tenant.
    Organizations,
    /// Personal accounts.
    Consumers,
    Tenant(Arc<TenantCell>),
}

/// The tenant of personal accounts.
pub(super) const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

impl Authority {
    /// Whether a segment means personal accounts. None is simulated, and no work account is one.
    pub(super) fn is_consumers(segment: &str) -> bool {
        segment.eq_ignore_ascii_case("consumers") || segment.eq_ignore_ascii_case(CONSUMERS)
    }

    /// Reads the segment, and ties the call to the tenant it names.
    pub(super) fn resolve(call: &Call<'_>, segment: &str) -> Result<Self, StsError> {
        match segment.to_ascii_lowercase().as_str() {
            "common" => return Ok(Self::Common),
            "organizations" => return Ok(Self::Organizations),
            _ if Self::is_consumers(segment) => return Ok(Self::Consumers),
            _ => {}
        }
        match call.app.tenant(segment) {
            Some(cell) => {
                call.bind(Arc::clone(&cell));
                Ok(Self::Tenant(cell))
            }
            None if Uuid::parse_str(segment).is_ok() || is_dns_name(segment) => {
                Err(StsError::new(90002).with("tenant", segment))
            }
            None => Err(StsError::new(900_023).with("tenant", segment)),
        }
    }
}

fn is_dns_name(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}
