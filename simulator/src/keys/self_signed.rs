//! Certificates that sign themselves, for what has no authority behind it.

use entrasim_domain::time::Timestamp;
use rcgen::{CertificateParams, DistinguishedName, DnType, SerialNumber};
use time::OffsetDateTime;

use super::SigningKey;

impl SigningKey {
    /// A certificate of this key under another name, in DER. The same arguments give the same bytes.
    pub fn self_signed(
        &self,
        common_name: &str,
        serial: &[u8],
        start: Timestamp,
        end: Timestamp,
    ) -> Option<Vec<u8>> {
        let pair = rcgen::KeyPair::try_from(self.pkcs8.as_slice()).ok()?;
        let mut params = CertificateParams::default();
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, common_name);
        params.distinguished_name = name;
        params.serial_number = Some(SerialNumber::from_slice(serial));
        params.not_before = date(start)?;
        params.not_after = date(end)?;
        let certificate = params.self_signed(&pair).ok()?;
        Some(certificate.der().to_vec())
    }
}

fn date(instant: Timestamp) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(instant.unix_seconds()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SigningKeys;

    #[test]
    fn a_certificate_holds_the_keys_public_half_and_comes_out_the_same_twice() {
        let keys = SigningKeys::built_in();
        let key = keys.current();
        let (start, end) = (
            Timestamp::from_unix_seconds(1_700_000_000),
            Timestamp::from_unix_seconds(1_800_000_000),
        );
        let make = || key.self_signed("contoso", &[7; 16], start, end).unwrap();
        let der = make();
        assert_eq!(der, make());
        let (modulus, _) = crate::keys::public_components(&der).unwrap();
        assert_eq!(modulus, key.public_components().0);
    }
}
