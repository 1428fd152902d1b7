//! Where an attempt goes that is not granted: to the page on which the person shows more, or to the end.

use entrasim_domain::enforcement::{Decision, Interruption, Outcome};

use super::super::access::Attempt;
use super::super::error::StsError;
use super::super::{page, phone_sign_in};
use super::{Interaction, Stop};
use crate::wire::Reply;

impl Interaction<'_> {
    /// The page that a refused attempt leads to.
    pub(super) fn interrupted(
        &mut self,
        attempt: Attempt<'_>,
        decision: &Decision,
        error: StsError,
    ) -> Result<Reply, Stop> {
        // Before a second factor: showing the first again forgets what was shown with it.
        let repeats = decision.first_factor_expired().is_some();
        if !repeats && registers(decision) {
            return self.register(attempt, decision, &error);
        }
        // The log has a row for the interruption too, as the real one.
        attempt.log(self.call, self.kind(), Some(decision), Some(&error));
        let (tenant, Some(user)) = (attempt.tenant, attempt.user) else {
            return Err(Stop::Page(error));
        };
        let Outcome::Interrupt(interruption) = &decision.outcome else {
            return Err(Stop::Page(error));
        };
        if repeats {
            self.progress.set_authentication(None);
            return Ok(phone_sign_in::ask(self, tenant, user));
        }
        match interruption {
            Interruption::Mfa => {
                self.progress.strength = None;
                Ok(page::second_factor::choose(self, tenant, user, None))
            }
            Interruption::AuthenticationStrength(strength) => {
                self.progress.strength = Some(*strength);
                Ok(page::second_factor::choose(self, tenant, user, None))
            }
            Interruption::RepeatSecondFactor => self.repeat_second_factor(attempt, error),
            Interruption::PasswordChange => Ok(page::change_password::show(self, None)),
            Interruption::MfaRegistration
            | Interruption::AuthenticationStrengthRegistration(_)
            | Interruption::Reauthenticate(_) => Err(Stop::Page(error)),
        }
    }

    /// The second factor is forgotten, and asked for as if it had never been shown.
    fn repeat_second_factor(
        &mut self,
        attempt: Attempt<'_>,
        error: StsError,
    ) -> Result<Reply, Stop> {
        let mut first = attempt.authentication.clone();
        first.forget_second_factor();
        self.progress.set_authentication(Some(&first));
        let again = Attempt {
            authentication: &first,
            ..attempt
        };
        let decision = again.decide(self.call);
        match (&decision.outcome, attempt.user) {
            (Outcome::Interrupt(_), _) => self.interrupted(again, &decision, error),
            (Outcome::Grant | Outcome::Deny(_), Some(user)) => {
                self.progress.strength = None;
                Ok(page::second_factor::choose(
                    self,
                    attempt.tenant,
                    user,
                    None,
                ))
            }
            (Outcome::Grant | Outcome::Deny(_), None) => Err(Stop::Page(error)),
        }
    }

    /// On to registering a method, unless a policy on that stands in the way: then that is what the log has.
    fn register(
        &mut self,
        attempt: Attempt<'_>,
        decision: &Decision,
        error: &StsError,
    ) -> Result<Reply, Stop> {
        let action = attempt.to_register();
        let refusal = action.judge(self.call);
        let Some(refused) = action.error(&refusal) else {
            attempt.log(self.call, self.kind(), Some(decision), Some(error));
            return Ok(page::registration::show(self, error));
        };
        let refusal = self.call.record_decision(refusal);
        self.interrupted(action, &refusal, refused)
    }
}

fn registers(decision: &Decision) -> bool {
    matches!(
        decision.outcome,
        Outcome::Interrupt(
            Interruption::MfaRegistration | Interruption::AuthenticationStrengthRegistration(_)
        )
    )
}
