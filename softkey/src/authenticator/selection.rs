//! authenticatorSelection (0x0B): CTAP 2.3, section 6.9.

use super::Authenticator;
use crate::env::{Env, Prompt, Reason};
use crate::status::Status;
use crate::store::Store;

impl<S: Store> Authenticator<S> {
    pub(super) fn selection(env: &mut dyn Env) -> Result<(), Status> {
        let prompt = Prompt {
            reason: Reason::Select,
            rp_id: None,
            user: None,
        };
        Self::touch(&prompt, env)
    }
}
