//! Deliberate defects, for scenarios in which a relying party must notice that something is wrong.

use serde::{Deserialize, Serialize};

/// What the authenticator does wrong on purpose. The default is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Defects {
    /// Authenticator data carries the hash of another relying party.
    pub wrong_rp_id_hash: bool,
    /// The UV flag is set although nobody was verified.
    pub false_user_verification: bool,
    /// The UV flag is clear although the user was verified.
    pub hide_user_verification: bool,
    /// The UP flag is clear although somebody touched the key.
    pub hide_user_presence: bool,
    /// The signature counter stays where it was.
    pub stale_counter: bool,
    /// The BE and BS flags of assertions are the opposite of those at registration.
    pub flip_backup_flags: bool,
    /// One bit of every signature is wrong.
    pub corrupt_signature: bool,
    /// The certificate chain of attestations ends in a stranger's root.
    pub broken_chain: bool,
    /// The attestation certificate has expired.
    pub expired_leaf: bool,
    /// The AAGUID in the attestation certificate is another one.
    pub wrong_certificate_aaguid: bool,
}

/// A switch and its name.
type Switch = (&'static str, fn(&mut Defects) -> &mut bool);

/// Every defect with the name it has in files and on the command line.
const SWITCHES: [Switch; 10] = [
    ("wrong_rp_id_hash", |defects| &mut defects.wrong_rp_id_hash),
    ("false_user_verification", |defects| {
        &mut defects.false_user_verification
    }),
    ("hide_user_verification", |defects| {
        &mut defects.hide_user_verification
    }),
    ("hide_user_presence", |defects| {
        &mut defects.hide_user_presence
    }),
    ("stale_counter", |defects| &mut defects.stale_counter),
    ("flip_backup_flags", |defects| {
        &mut defects.flip_backup_flags
    }),
    ("corrupt_signature", |defects| {
        &mut defects.corrupt_signature
    }),
    ("broken_chain", |defects| &mut defects.broken_chain),
    ("expired_leaf", |defects| &mut defects.expired_leaf),
    ("wrong_certificate_aaguid", |defects| {
        &mut defects.wrong_certificate_aaguid
    }),
];

impl Defects {
    /// The names of all defects.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SWITCHES.iter().map(|(name, _)| *name)
    }

    /// Switches one on or off by name, with hyphens or underscores. `false` if there is none of that name.
    pub fn set(&mut self, name: &str, on: bool) -> bool {
        let name = name.replace('-', "_");
        match SWITCHES.iter().find(|(known, _)| *known == name) {
            Some((_, switch)) => {
                *switch(self) = on;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Defects;

    #[test]
    fn every_defect_of_a_file_can_be_set_by_name() {
        let file = serde_json::to_value(Defects::default()).expect("JSON");
        let fields: Vec<_> = file
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect();
        assert_eq!(Defects::names().collect::<Vec<_>>(), fields);
        for name in fields {
            let mut defects = Defects::default();
            assert!(defects.set(&name.replace('_', "-"), true));
            assert_eq!(serde_json::to_value(defects).expect("JSON")[&name], true);
        }
        assert!(!Defects::default().set("no-such-defect", true));
    }
}
