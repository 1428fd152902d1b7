//! Cross-tenant access: what a tenant believes of guests' own tenants (`crossTenantAccessPolicy`).

use std::sync::Arc;

use imbl::OrdMap;

use crate::directory::kept::Kept;
use crate::id::TenantId;

#[derive(Clone, Debug, Default)]
pub struct CrossTenantAccess {
    /// Of tenants that nothing else is said of.
    pub trust: InboundTrust,
    /// What nothing here acts on of the default configuration.
    pub kept: Kept,
    pub partners: OrdMap<TenantId, Arc<Partner>>,
}

/// What counts here if it was shown in a guest's own tenant (`inboundTrust`). Devices are not simulated.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct InboundTrust {
    /// `isMfaAccepted`
    pub mfa: bool,
    /// `isCompliantDeviceAccepted`
    pub compliant_device: bool,
    /// `isHybridAzureADJoinedDeviceAccepted`
    pub hybrid_joined_device: bool,
}

/// What is said of one tenant (`crossTenantAccessPolicyConfigurationPartner`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Partner {
    pub tenant: TenantId,
    /// `None`: as the default says.
    pub trust: Option<InboundTrust>,
    pub kept: Kept,
}

impl CrossTenantAccess {
    /// What counts of a tenant: what is said of it, or else the default.
    pub fn trust_in(&self, tenant: TenantId) -> InboundTrust {
        let partner = self.partners.get(&tenant);
        partner
            .and_then(|partner| partner.trust)
            .unwrap_or(self.trust)
    }

    /// Whether the default configuration is the one that every tenant has to begin with (`isServiceDefault`).
    pub fn is_service_default(&self) -> bool {
        self.trust == InboundTrust::default() && self.kept == Kept::default()
    }

    /// Makes it so again; what is said of partners stays.
    pub fn reset(&mut self) {
        self.trust = InboundTrust::default();
        self.kept = Kept::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_partner_goes_before_the_default() {
        let (near, far) = (TenantId::from_u128(1), TenantId::from_u128(2));
        let mut access = CrossTenantAccess::default();
        assert!(access.is_service_default());
        for (default, partner, trusted) in [
            (false, None, false),
            (true, None, true),
            (false, Some(true), true),
            (true, Some(false), false),
        ] {
            access.trust.mfa = default;
            let partner = Partner {
                tenant: near,
                trust: partner.map(|mfa| InboundTrust {
                    mfa,
                    ..InboundTrust::default()
                }),
                kept: Kept::default(),
            };
            access.partners.insert(near, Arc::new(partner));
            assert_eq!(access.trust_in(near).mfa, trusted);
            assert_eq!(access.trust_in(far).mfa, default);
            assert_eq!(access.is_service_default(), !default);
        }
        access.reset();
        assert!(access.is_service_default() && access.partners.len() == 1);
    }
}
