//! The same calls in the same tenant and in a changed one: what breaks, by which rule, and what would let it pass.
//!
//! Each call is judged as if everything before it had gone through: what is refused is done once more in the tenant as it
//! was. So a write that breaks is named, and a read that would only miss what was never written is not.

use core::fmt;

use super::http::Subject;
use super::play::play;
use super::{ScenarioResult, Selection, Source, StepResult, is_selected};
use crate::language::error::ParseError;
use crate::language::model::{PhaseChange, TenantChange};
use crate::language::parse::instant;
use crate::language::read::{Telling, read};

/// Later than any story ends.
const NEVER: &str = "2999-01-01";

/// What is different about the tenant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Change {
    /// Phase 1 or 2 binds the tenant from an instant on.
    Phase {
        /// 1 or 2.
        number: u8,
        /// From when on.
        from: From,
        /// As it was written.
        word: String,
    },
    /// Security defaults are on or off.
    SecurityDefaults(bool),
    /// Per-user MFA is enforced, or disabled, for every seeded account.
    PerUserMfa(bool),
    /// A Conditional Access policy demands multifactor authentication of everybody for everything.
    ConditionalAccessMfa,
}

/// When a phase begins.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum From {
    /// Before the first step.
    Always,
    /// At this instant.
    At(String),
    /// It does not.
    Never,
}

/// The words, for messages and completion.
pub const WORDS: [&str; 5] = [
    "phase1",
    "phase2",
    "security-defaults",
    "per-user-mfa",
    "ca-mfa",
];

/// Reads `phase2=2025-10-01,security-defaults`.
///
/// # Errors
/// A word is not known, or what follows it is no instant; the text says what is.
pub fn changes(text: &str) -> Result<Vec<Change>, String> {
    text.split(',').map(|word| change(word.trim())).collect()
}

fn change(word: &str) -> Result<Change, String> {
    let (name, value) = word
        .split_once('=')
        .map_or((word, None), |(name, value)| (name, Some(value)));
    let switch = || match value {
        None | Some("on") => Ok(true),
        Some("off") => Ok(false),
        Some(other) => Err(format!("`{name}` is `on` or `off`, not `{other}`")),
    };
    match name {
        "phase1" | "phase2" => {
            let from = match value {
                None | Some("on") => From::Always,
                Some("never" | "off") => From::Never,
                Some(date) if instant(date).is_some() => From::At(date.to_owned()),
                Some(other) => {
                    return Err(format!(
                        "`{other}` is no date; write {name}=2025-10-01, or {name}=never"
                    ));
                }
            };
            let number = if name == "phase1" { 1 } else { 2 };
            Ok(Change::Phase {
                number,
                from,
                word: word.to_owned(),
            })
        }
        "security-defaults" => switch().map(Change::SecurityDefaults),
        "per-user-mfa" => switch().map(Change::PerUserMfa),
        "ca-mfa" if value.is_none() => Ok(Change::ConditionalAccessMfa),
        _ => {
            let near = WORDS
                .iter()
                .min_by_key(|known| strsim::damerau_levenshtein(known, name));
            let near = near.map_or("", |near| near);
            Err(format!(
                "unknown change `{word}`; known: {}; did you mean `{near}`?",
                WORDS.join(", ")
            ))
        }
    }
}

impl Change {
    /// The change in the words of a scenario's `tenant`; a policy is none of those. `begin` is when the story does.
    pub(super) fn of_tenant(&self, accounts: &[String], begin: &str) -> Option<TenantChange> {
        let mut change = TenantChange::default();
        match self {
            Self::Phase { number, from, .. } => {
                let from = match from {
                    From::Always => begin.to_owned(),
                    From::At(from) => from.clone(),
                    From::Never => NEVER.to_owned(),
                };
                let phase = PhaseChange {
                    starts: Some(from),
                    postponed_until: None,
                };
                if *number == 1 {
                    change.phase1 = Some(phase);
                } else {
                    change.phase2 = Some(phase);
                }
            }
            Self::SecurityDefaults(on) => change.security_defaults = Some(*on),
            Self::PerUserMfa(on) => {
                let state = if *on { "enforced" } else { "disabled" };
                change.per_user_mfa = accounts
                    .iter()
                    .map(|name| (name.clone(), state.to_owned()))
                    .collect();
            }
            Self::ConditionalAccessMfa => return None,
        }
        Some(change)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phase { word, .. } => f.write_str(word),
            Self::SecurityDefaults(true) => f.write_str("security-defaults"),
            Self::SecurityDefaults(false) => f.write_str("security-defaults=off"),
            Self::PerUserMfa(true) => f.write_str("per-user-mfa"),
            Self::PerUserMfa(false) => f.write_str("per-user-mfa=off"),
            Self::ConditionalAccessMfa => f.write_str("ca-mfa"),
        }
    }
}

/// What came of all files.
#[derive(Debug, Default)]
pub struct Comparison {
    /// One for each scenario.
    pub scenarios: Vec<Compared>,
    /// Files that could not be read.
    pub unreadable: Vec<ParseError>,
}

/// One scenario, played twice.
#[derive(Debug)]
pub struct Compared {
    /// In the tenant as the file makes it.
    pub before: ScenarioResult,
    /// In the changed one.
    pub after: ScenarioResult,
}

/// One call that comes to something else.
#[derive(Debug)]
pub struct Difference<'a> {
    /// As it was.
    pub before: &'a StepResult,
    /// As it is then.
    pub after: &'a StepResult,
}

impl Comparison {
    /// 0: nothing breaks; 1: something does; 2: a file cannot be read, or nothing was selected.
    pub fn exit_code(&self) -> u8 {
        if !self.unreadable.is_empty() || self.scenarios.is_empty() {
            return 2;
        }
        let breaks = |one: &Compared| one.differences().iter().any(Difference::breaks);
        u8::from(self.scenarios.iter().any(breaks))
    }
}

impl Compared {
    /// The calls that come to something else, in their order.
    pub fn differences(&self) -> Vec<Difference<'_>> {
        let pairs = self.before.steps.iter().zip(&self.after.steps);
        pairs
            .map(|(before, after)| Difference { before, after })
            .filter(Difference::is_one)
            .collect()
    }

    /// How many steps asked for something.
    pub fn calls(&self) -> usize {
        self.before
            .steps
            .iter()
            .filter(|step| step.answer.is_some())
            .count()
    }
}

impl Difference<'_> {
    fn is_one(&self) -> bool {
        let exit = |step: &StepResult| step.command.as_ref().map(|ran| ran.exit);
        // Two sign-ins by one method may end with different statuses only if something was decided otherwise.
        self.before.answer.is_some()
            && (self.before.status != self.after.status
                || self.before.code != self.after.code
                || exit(self.before) != exit(self.after))
    }

    /// It went through and no longer does.
    pub fn breaks(&self) -> bool {
        let fails = |step: &StepResult| {
            step.answer.is_none()
                || step.status >= 400
                || step.command.as_ref().is_some_and(|ran| ran.exit != 0)
        };
        !fails(self.before) && fails(self.after)
    }
}

/// Plays everything twice, one scenario after the other.
pub async fn compare(
    sources: &[Source],
    selection: &Selection,
    changes: &[Change],
    subject: &Subject,
) -> Comparison {
    let mut comparison = Comparison::default();
    for source in sources {
        let tellings: Vec<Telling> = match read(source) {
            Ok(tellings) => tellings,
            Err(error) => {
                comparison.unreadable.push(error);
                continue;
            }
        };
        for telling in &tellings {
            if is_selected(&telling.scenario, &source.file, selection) {
                comparison.scenarios.push(Compared {
                    before: play(telling, subject, &[]).await,
                    after: play(telling, subject, changes).await,
                });
            }
        }
    }
    comparison
}

#[cfg(test)]
mod tests {
    use super::changes;

    #[test]
    fn a_change_is_a_word_with_a_date_or_a_switch() {
        let told = |text: &str| match changes(text) {
            Ok(all) => all
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(","),
            Err(message) => message,
        };
        assert_eq!(
            told("phase2=2025-10-01,security-defaults=off, ca-mfa"),
            "phase2=2025-10-01,security-defaults=off,ca-mfa"
        );
        assert!(
            told("phase3").contains("did you mean `phase1`?"),
            "{}",
            told("phase3")
        );
        assert!(told("phase2=soon").contains("`soon` is no date"));
    }
}
