//! Any JSON for options, and any origin, end in a credential or an error. The origin is the first line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use softkey::authenticator::Authenticator;
use softkey::client::{Caller, Client};
use softkey::env::SeededEnv;
use softkey::profile::Profile;
use softkey::store::MemoryStore;

fuzz_target!(|input: &str| {
    let (origin, text) = input
        .split_once('\n')
        .unwrap_or(("https://example.com", input));
    let Ok(options) = serde_json::from_str(text) else {
        return;
    };
    let mut env = SeededEnv::new(1);
    let mut key = Authenticator::new(Profile::default(), MemoryStore::default(), &mut env)
        .expect("memory does not fail");
    let caller = Caller::new(origin);
    drop(Client::new(&mut key, &mut env).register(&options, &caller));
    drop(Client::new(&mut key, &mut env).sign_in(&options, &caller));
});
