//! authenticatorReset (0x07): CTAP 2.3, section 6.6.

use std::time::Duration;

use super::{Authenticator, Session};
use crate::env::{Env, Prompt, Reason};
use crate::status::Status;
use crate::store::{Change, Device, Store};

impl<S: Store> Authenticator<S> {
    pub(super) fn reset(&mut self, env: &mut dyn Env) -> Result<(), Status> {
        // A key without a display takes a reset only shortly after power-up, so that nobody is tricked into
        // confirming one with a touch meant for something else.
        if let Some(window) = self.profile.reset_window_seconds
            && env.monotonic().saturating_sub(self.session.powered_on) > Duration::from_secs(window)
        {
            return Err(Status::NotAllowed);
        }
        let prompt = Prompt {
            reason: Reason::Reset,
            rp_id: None,
            user: None,
        };
        Self::touch(&prompt, env)?;
        let device = Device::new(&self.profile.factory(), env);
        // The counter that is in use goes on after the reset.
        self.close().map_err(|_| Status::Other)?;
        self.commit(vec![Change::Reset(Box::new(device))])?;
        let powered_on = self.session.powered_on;
        self.session = Session {
            powered_on,
            ..Session::new(env)
        };
        Ok(())
    }
}
