//! authenticatorGetNextAssertion (0x08): CTAP 2.3, section 6.3.

use super::get_assertion::Terms;
use super::{Authenticator, Channel, Found, Pending};
use crate::cbor::Value;
use crate::env::Env;
use crate::status::Status;
use crate::store::Store;

/// The assertions that are still to be given.
#[derive(Debug)]
pub(super) struct Remaining {
    pub(super) terms: Terms,
    pub(super) credentials: Vec<Found>,
}

impl<S: Store> Authenticator<S> {
    pub(super) fn get_next_assertion(
        &mut self,
        channel: Channel,
        pending: Option<Pending>,
        env: &mut dyn Env,
    ) -> Result<Value, Status> {
        // Steps 1 to 3: there must be one left, on this channel, in time.
        let Some(Pending::Assertions(mut remaining)) = pending else {
            return Err(Status::NotAllowed);
        };
        if remaining.credentials.is_empty() {
            return Err(Status::NotAllowed);
        }
        // Steps 4 to 7.
        let credential = remaining.credentials.remove(0);
        let response = self.assert(&credential, &remaining.terms, None, env)?;
        // Step 8: the timer starts again.
        if !remaining.credentials.is_empty() {
            self.wait_for(channel, Pending::Assertions(remaining), env);
        }
        Ok(response)
    }
}
