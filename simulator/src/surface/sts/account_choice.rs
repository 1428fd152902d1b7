//! Who signs in: somebody who already is, one of several, or somebody to be asked for.

use super::authority::Authority;
use super::error::StsError;
use super::interaction::{Interaction, Stop};
use super::page;
use super::session::{self, LiveSession};
use super::sign_in_request::Prompt;
use crate::wire::Reply;

impl Interaction<'_> {
    /// Takes up a session, or asks who it is.
    pub(super) fn choose_account(&mut self) -> Result<Option<Reply>, Stop> {
        let sessions: Vec<LiveSession> = session::read(self.call)
            .into_iter()
            .filter(|live| {
                !Authority::is_consumers(&self.request.authority)
                    && self
                        .call
                        .tenant()
                        .is_none_or(|tenant| tenant.id == live.session.tenant())
            })
            .collect();
        let elsewhere = !sessions.is_empty();
        let sessions: Vec<LiveSession> = self.in_hinted_domain(sessions);
        let hint = self.request.login_hint.as_deref();
        let hinted: Vec<&LiveSession> = sessions
            .iter()
            .filter(|live| {
                hint.is_none_or(|hint| live.session.name.eq_ignore_ascii_case(hint))
                    && self
                        .request
                        .session
                        .as_deref()
                        .is_none_or(|id| live.session.id.to_string() == id)
            })
            .collect();
        let usable = !self.progress.account_chosen;
        match (self.request.prompt, hinted.as_slice()) {
            (Prompt::None, []) => Err(Stop::App(self.nobody(&sessions, elsewhere))),
            (Prompt::None, [one]) => {
                self.take_up(one);
                Ok(None)
            }
            (Prompt::None, _) => Err(Stop::App(StsError::new(16_000))),
            (Prompt::Unset | Prompt::Consent | Prompt::AdminConsent, [one]) if usable => {
                self.take_up(one);
                Ok(None)
            }
            (Prompt::SelectAccount, _) if usable && !sessions.is_empty() => {
                Ok(Some(page::account_picker::show(self, &sessions)))
            }
            (Prompt::Unset | Prompt::Consent | Prompt::AdminConsent, [_, _, ..]) if usable => {
                Ok(Some(page::account_picker::show(self, &sessions)))
            }
            _ => {
                // A hint names the account at once; the page then asks for the password.
                if let Some(hint) = self.request.login_hint.clone()
                    && usable
                    && super::login::identify(self, &hint).is_ok()
                {
                    return Ok(None);
                }
                Ok(Some(page::sign_in::identifier(self, None)))
            }
        }
    }

    /// Why a silent sign-in finds nobody.
    fn nobody(&self, sessions: &[LiveSession], elsewhere: bool) -> StsError {
        StsError::new(if elsewhere && sessions.is_empty() {
            50_143
        } else if self.request.session.is_some() {
            160_021
        } else {
            50_058
        })
    }

    /// Sessions of the tenant that `domain_hint` names; words and domains that name none are no help and do no harm.
    fn in_hinted_domain(&self, mut sessions: Vec<LiveSession>) -> Vec<LiveSession> {
        let hinted = self
            .request
            .domain_hint
            .as_deref()
            .and_then(|domain| self.call.app.store.by_domain(domain));
        if let Some(cell) = hinted {
            sessions.retain(|live| live.session.tenant() == cell.id());
        }
        sessions
    }
}
