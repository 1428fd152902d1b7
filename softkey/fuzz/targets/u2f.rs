//! Any U2F message is answered with a status word.
#![no_main]

use libfuzzer_sys::fuzz_target;
use softkey::attestation::authority::Authority;
use softkey::authenticator::Authenticator;
use softkey::env::SeededEnv;
use softkey::profile::Profile;
use softkey::store::{Change, MemoryStore, Store};

fuzz_target!(|input: &[u8]| {
    let mut env = SeededEnv::new(1);
    let mut key = Authenticator::new(Profile::default(), MemoryStore::default(), &mut env)
        .expect("memory does not fail");
    let identity = Authority::generate(&mut env)
        .issue(key.profile().aaguid, "serial")
        .expect("the authority's own values are good");
    key.store_mut()
        .commit(vec![Change::Attestation(Box::new(identity))])
        .expect("memory does not fail");
    assert!(key.handle_u2f(input, &mut env).len() >= 2);
});
