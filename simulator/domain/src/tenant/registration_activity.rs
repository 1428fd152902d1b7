//! What the reports count in the audit log: methods that were registered, passwords that were reset and changed. Nothing here fails
//! to register, and nobody resets a password by themselves: those counts are zero because it does not happen.

use core::time::Duration;
use std::collections::BTreeMap;

use uuid::Uuid;

use super::Tenant;
use super::sign_in_summary::LONGEST;
use crate::audit::activity::{
    ADMIN_REGISTERED, CHANGE_PASSWORD, RESET_PASSWORD, RESET_PASSWORD_BY_ADMIN, USER_REGISTERED,
};
use crate::audit::{AuditRecord, Change, State};
use crate::credential::registration::names_of;
use crate::seed::named;
use crate::time::Timestamp;

/// The methods in the order of the report, and what was done with them (microsoft-graph-docs-contrib
/// authenticationmethodsroot-userregistrationactivity.md; QR codes, which the page lacks, stand last).
const REGISTERED: [&str; 18] = [
    "windowsHelloForBusiness",
    "microsoftAuthenticatorPush",
    "email",
    "mobilePhone",
    "officePhone",
    "alternateMobilePhone",
    "securityQuestion",
    "softwareOneTimePasscode",
    "hardwareOneTimePasscode",
    "fido2SecurityKey",
    "temporaryAccessPass",
    "microsoftAuthenticatorPasswordless",
    "macOsSecureEnclaveKey",
    "passKeyDeviceBound",
    "passKeyDeviceBoundAuthenticator",
    "passKeyDeviceBoundWindowsHello",
    "externalAuthMethod",
    "qrCode",
];
const RESET: [&str; 8] = [
    "email",
    "mobilePhone",
    "officePhone",
    "alternateMobilePhone",
    "securityQuestion",
    "microsoftAuthenticatorPush",
    "sms",
    "oneTimePasscode",
];

/// One row of the activity: all that succeeded with one method.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MethodActivity {
    pub id: Uuid,
    /// Registered; else a password was reset with it.
    pub registration: bool,
    pub method: &'static str,
    pub successful: u64,
}

/// The passwords of a day (UTC).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DayOfPasswords {
    pub id: Uuid,
    /// Its first instant.
    pub day: Timestamp,
    pub reset_by_admin: u64,
    /// By their owners, who knew the old ones.
    pub changed: u64,
}

/// The method that an entry of the audit log registers, in the words of the reports: an app is one, whatever it can do. That
/// registrations by administrators count as well is assumed.
pub fn registered(record: &AuditRecord) -> Option<&'static str> {
    let is_one = [&ADMIN_REGISTERED, &USER_REGISTERED].contains(&record.activity);
    match &record.change {
        Change::States(None, Some(state)) if is_one => match &**state {
            State::Method(_, method) => names_of(&method.kind).first().copied(),
            _ => None,
        },
        _ => None,
    }
}

impl Tenant {
    fn audited(&self, now: Timestamp, period: Duration) -> impl Iterator<Item = &AuditRecord> {
        self.audit
            .newest_first()
            .map(|record| &**record)
            .filter(move |record| record.at <= now && now.since(record.at) < period)
    }

    /// Registrations and resets by method.
    pub fn registration_activity(&self, now: Timestamp, period: Duration) -> Vec<MethodActivity> {
        let found: Vec<&str> = self.audited(now, period).filter_map(registered).collect();
        let row = |registration: bool, method: &'static str| {
            let feature = if registration {
                "registration"
            } else {
                "reset"
            };
            let count = found
                .iter()
                .filter(|found| registration && **found == method);
            MethodActivity {
                id: named(self.seed, &format!("{feature} by {method}")).guid(),
                registration,
                method,
                successful: count.map(|_| 1).sum(),
            }
        };
        let registrations = REGISTERED.into_iter().map(|method| row(true, method));
        let resets = RESET.into_iter().map(|method| row(false, method));
        registrations.chain(resets).collect()
    }

    /// The days of the last thirty on which passwords were reset or changed, the last one first (that days without are left
    /// out is assumed; the documented answer has two days far apart).
    pub fn days_of_passwords(&self, now: Timestamp) -> Vec<DayOfPasswords> {
        let mut days: BTreeMap<i64, DayOfPasswords> = BTreeMap::new();
        for record in self.audited(now, LONGEST) {
            let by_admin = [&RESET_PASSWORD, &RESET_PASSWORD_BY_ADMIN].contains(&record.activity);
            if !by_admin && record.activity != &CHANGE_PASSWORD {
                continue;
            }
            let number = record.at.unix_seconds().div_euclid(86_400);
            let day = days.entry(number).or_insert_with(|| DayOfPasswords {
                id: named(self.seed, &format!("passwords of day {number}")).guid(),
                day: Timestamp::from_unix_seconds(number * 86_400),
                reset_by_admin: 0,
                changed: 0,
            });
            if by_admin {
                day.reset_by_admin += 1;
            } else {
                day.changed += 1;
            }
        }
        days.into_values().rev().collect()
    }

    /// The id of the event that an entry of the audit log is.
    pub fn event_id(&self, record: &AuditRecord) -> Uuid {
        named(self.seed, &format!("event {}", record.number)).guid()
    }
}
