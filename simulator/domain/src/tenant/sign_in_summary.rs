//! What the reports count in the sign-in log: interactive sign-ins of people that succeeded.

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::Tenant;
use crate::enforcement::facts::Factor;
use crate::seed::named;
use crate::sign_in::record::{SignInKind, SignInRecord, Standing};
use crate::time::Timestamp;

const DAY: u64 = 86_400;
/// So far back the reports look at most.
pub const LONGEST: Duration = Duration::from_secs(30 * DAY);

/// The sign-ins of a day (UTC).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DayOfSignIns {
    pub id: Uuid,
    /// Its first instant.
    pub day: Timestamp,
    pub single_factor: u64,
    /// More than one factor was demanded.
    pub multi_factor: u64,
}

/// A method in the words of the summary of sign-ins, in its order (microsoft-graph-docs-contrib
/// authenticationmethodsroot-usersigninsbyauthmethodsummary.md).
pub const SUMMARY_METHODS: [&str; 16] = [
    "password",
    "sms",
    "smsSignIn",
    "mobilePhone",
    "alternateMobilePhone",
    "officePhone",
    "microsoftAuthenticatorPush",
    "oneTimePasscode",
    "microsoftAuthenticatorPasswordless",
    "windowsHelloForBusiness",
    "fido2SecurityKey",
    "temporaryAccessPass",
    "macOsSecureEnclaveKey",
    "passKeyDeviceBound",
    "passKeySynced",
    "externalAuthMethod",
];

/// The word for a factor. The log does not say which phone was called: it is taken for the mobile one.
fn summary_method(factor: &Factor) -> Option<&'static str> {
    Some(match factor {
        Factor::Password => "password",
        Factor::Sms => "sms",
        Factor::SmsSignIn => "smsSignIn",
        Factor::Voice => "mobilePhone",
        Factor::MicrosoftAuthenticatorPush => "microsoftAuthenticatorPush",
        Factor::SoftwareOath | Factor::HardwareOath => "oneTimePasscode",
        Factor::DeviceBasedPush => "microsoftAuthenticatorPasswordless",
        Factor::WindowsHelloForBusiness => "windowsHelloForBusiness",
        Factor::TemporaryAccessPass { .. } => "temporaryAccessPass",
        Factor::Fido2 { .. } => "passKeyDeviceBound",
        Factor::CertificateSingleFactor
        | Factor::CertificateMultiFactor
        | Factor::FederatedSingleFactor
        | Factor::FederatedMultiFactor => return None,
    })
}

impl Tenant {
    /// The sign-ins that count, from a time before `now` on.
    fn counted(
        &self,
        now: Timestamp,
        period: Duration,
    ) -> impl Iterator<Item = &Arc<SignInRecord>> {
        self.sign_in.log.iter().filter(move |row| {
            row.kind == SignInKind::InteractiveUser
                && row.code == 0
                && row.at <= now
                && now.since(row.at) < period
        })
    }

    /// The days of the last thirty on which people signed in, the last one first (that days without are left out is assumed).
    pub fn days_of_sign_ins(&self, now: Timestamp) -> Vec<DayOfSignIns> {
        let mut days: BTreeMap<i64, DayOfSignIns> = BTreeMap::new();
        for row in self.counted(now, LONGEST) {
            let number = row.at.unix_seconds().div_euclid(86_400);
            let day = days.entry(number).or_insert_with(|| DayOfSignIns {
                id: named(self.seed, &format!("sign-ins of day {number}")).guid(),
                day: Timestamp::from_unix_seconds(number * 86_400),
                single_factor: 0,
                multi_factor: 0,
            });
            if row.multifactor_required {
                day.multi_factor += 1;
            } else {
                day.single_factor += 1;
            }
        }
        days.into_values().rev().collect()
    }

    /// How many sign-ins a method was shown in. What a session or a token speaks for does not count (MicrosoftDocs/entra-docs
    /// howto-authentication-methods-activity.md).
    pub fn sign_ins_by_method(&self, now: Timestamp, period: Duration) -> Vec<(&'static str, u64)> {
        let mut counts = SUMMARY_METHODS.map(|method| (method, 0));
        for row in self.counted(now, period) {
            let shown = row.steps.iter();
            let shown = shown.filter(|step| step.standing == Standing::Shown);
            let mut methods: Vec<&str> = shown
                .filter_map(|step| summary_method(&step.factor))
                .collect();
            methods.sort_unstable();
            methods.dedup();
            for (method, count) in &mut counts {
                *count += u64::from(methods.contains(method));
            }
        }
        counts.to_vec()
    }
}
