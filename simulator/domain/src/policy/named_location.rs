//! Named locations: ranges of addresses, or countries.

use core::net::IpAddr;

use uuid::Uuid;

use crate::time::Timestamp;

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NamedLocation {
    pub id: Uuid,
    pub display_name: String,
    pub created: Timestamp,
    pub kind: NamedLocationKind,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum NamedLocationKind {
    /// `ipNamedLocation`
    Addresses {
        ranges: Vec<AddressRange>,
        trusted: bool,
    },
    /// `countryNamedLocation`
    Countries {
        /// ISO 3166-1 alpha-2, in capitals.
        countries: Vec<String>,
        include_unknown: bool,
    },
}

/// `10.0.0.0/8`, `2001:db8::/32`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AddressRange {
    pub address: IpAddr,
    pub prefix: u8,
}

impl AddressRange {
    /// Reads CIDR notation; `None` for a prefix that is longer than the address.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let prefix = prefix.parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        (prefix <= longest).then_some(Self { address, prefix })
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(range), IpAddr::V4(address)) => {
                let mask = u32::MAX
                    .checked_shl(32 - u32::from(self.prefix))
                    .unwrap_or(0);
                range.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(range), IpAddr::V6(address)) => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(self.prefix))
                    .unwrap_or(0);
                range.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl NamedLocation {
    pub fn is_trusted(&self) -> bool {
        matches!(
            self.kind,
            NamedLocationKind::Addresses { trusted: true, .. }
        )
    }

    pub fn contains(&self, address: Option<IpAddr>, country: Option<&str>) -> bool {
        match &self.kind {
            NamedLocationKind::Addresses { ranges, .. } => {
                address.is_some_and(|address| ranges.iter().any(|range| range.contains(address)))
            }
            NamedLocationKind::Countries {
                countries,
                include_unknown,
            } => match country {
                Some(country) => countries
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(country)),
                None => *include_unknown,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AddressRange;

    #[test]
    fn ranges_hold_the_addresses_of_their_prefix() {
        for (range, address, inside) in [
            ("10.0.0.0/8", "10.255.1.2", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("192.0.2.7/32", "192.0.2.7", true),
            ("192.0.2.7/32", "192.0.2.8", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "::1", false),
            ("2001:db8::/32", "2001:db8:1::5", true),
            ("2001:db8::/32", "2001:db9::5", false),
        ] {
            let range = AddressRange::parse(range).unwrap();
            assert_eq!(
                range.contains(address.parse().unwrap()),
                inside,
                "{range:?} {address}"
            );
        }
        assert_eq!(AddressRange::parse("10.0.0.0/33"), None);
        assert_eq!(AddressRange::parse("10.0.0.0"), None);
    }
}
