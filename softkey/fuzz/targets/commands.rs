//! Any sequence of CTAP2 commands is answered, and errors say nothing more. Commands are separated by their lengths, a byte
//! each.
#![no_main]

use libfuzzer_sys::fuzz_target;
use softkey::authenticator::{Authenticator, Channel};
use softkey::cbor::read;
use softkey::env::SeededEnv;
use softkey::profile::Profile;
use softkey::store::MemoryStore;

fuzz_target!(|input: &[u8]| {
    let mut env = SeededEnv::new(1);
    let mut key = Authenticator::new(Profile::default(), MemoryStore::default(), &mut env)
        .expect("memory does not fail");
    let mut rest = input;
    while let Some((&length, after)) = rest.split_first() {
        let (request, after) = after.split_at(after.len().min(usize::from(length)));
        let response = key.handle(Channel(1), request, &mut env);
        let (status, body) = response.split_first().expect("a status byte");
        assert!(*status == 0 || body.is_empty());
        assert!(body.is_empty() || read(body).is_ok());
        rest = after;
    }
});
