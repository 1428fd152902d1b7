//! The control API's own types: they serve the API and describe it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use entrasim_domain::enforcement::rules::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::handout::ClockView;
use crate::journal::Entry;

mod decision;

pub use decision::{
    Attempt, AttemptOperation, ChangeView, ClientAppWord, DecisionView, FindingView, PlatformWord,
    PolicyVerdictView, RemedyView, UserActionWord,
};
pub mod phone;

/// A list of anything.
#[derive(Debug, JsonSchema, Serialize)]
pub struct List<T> {
    pub value: Vec<T>,
}

/// Where this simulator is.
#[derive(Debug, JsonSchema, Serialize)]
pub struct SimulatorView {
    pub version: &'static str,
    pub https: String,
    pub http: String,
    pub control: String,
    /// The local authority's certificate, a PEM file.
    pub ca: PathBuf,
}

#[derive(Debug, JsonSchema, Serialize)]
pub struct TenantRow {
    pub id: String,
    pub domain: String,
    pub name: String,
}

/// A tenant to make.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTenant {
    /// Decides every id, the domain and the passwords.
    #[serde(default)]
    pub seed: u64,
    pub name: Option<String>,
    /// Made-up users beside the named ones.
    #[serde(default)]
    pub users: u32,
    pub clock: Option<ClockView>,
    pub enforcement: Option<EnforcementPatch>,
    #[serde(default)]
    pub security_defaults: bool,
    /// By account name: disabled, enabled, enforced.
    #[serde(default)]
    pub per_user_mfa: BTreeMap<String, PerUserMfaState>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFork {
    pub name: Option<String>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSnapshot {
    pub name: Option<String>,
}

#[derive(Debug, JsonSchema, Serialize)]
pub struct SnapshotView {
    pub id: u64,
    pub name: String,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    pub seconds: u64,
}

/// A merge patch: what is absent stays, `null` clears.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnforcementPatch {
    pub phase1: Option<PhasePatch>,
    pub phase2: Option<PhasePatch>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhasePatch {
    /// An RFC 3339 instant or a date; `null` for never.
    #[serde(default, deserialize_with = "present")]
    pub starts: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    pub postponed_until: Option<Option<String>>,
}

/// Tells `null` from absent.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PerUserMfaState {
    Disabled,
    Enabled,
    Enforced,
}

#[derive(Debug, JsonSchema, Serialize)]
pub struct PoliciesView {
    pub security_defaults: bool,
    /// The accounts for which it is not disabled.
    pub per_user_mfa: BTreeMap<String, PerUserMfaState>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PoliciesPatch {
    pub security_defaults: Option<bool>,
    /// By account name or principal name.
    #[serde(default)]
    pub per_user_mfa: BTreeMap<String, PerUserMfaState>,
}

/// One request and its answer.
#[derive(Debug, JsonSchema, Serialize)]
pub struct EntryView {
    pub request_id: String,
    pub tenant: Option<String>,
    pub at: String,
    pub surface: &'static str,
    pub method: String,
    pub url: String,
    pub status: u16,
    pub code: Option<String>,
    pub decision: Option<DecisionView>,
}

#[derive(Debug, JsonSchema, Serialize)]
pub struct RuleView {
    pub id: &'static str,
    pub title: &'static str,
    pub stage: &'static str,
    pub effect: &'static str,
    pub code: &'static str,
    pub source: &'static str,
    pub evidence: &'static str,
    pub fix: &'static str,
}

#[derive(Debug, JsonSchema, Serialize)]
pub struct CountView {
    pub name: String,
    pub count: u64,
}

impl From<&'static Rule> for RuleView {
    fn from(rule: &'static Rule) -> Self {
        Self {
            id: rule.id,
            title: rule.title,
            stage: rule.stage.as_str(),
            effect: rule.effect,
            code: rule.code,
            source: rule.source,
            evidence: rule.evidence.as_str(),
            fix: rule.fix,
        }
    }
}

impl From<&Entry> for EntryView {
    fn from(entry: &Entry) -> Self {
        Self {
            request_id: entry.request_id.to_string(),
            tenant: entry.tenant.map(|tenant| tenant.to_string()),
            at: entry.at.to_string(),
            surface: entry.surface,
            method: entry.method.clone(),
            url: entry.url.clone(),
            status: entry.status,
            code: entry.code.clone(),
            decision: entry.decision.as_deref().map(DecisionView::from),
        }
    }
}

/// Where sign-ins come from, how risky they are, what is allowed.
#[derive(Debug, JsonSchema, Serialize)]
pub struct CircumstancesView {
    /// The address that every sign-in seems to come from.
    pub address: String,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// What every sign-in seems to run on; absent, the clients say it.
    pub platform: Option<PlatformWord>,
    /// Multifactor authentication passed in a guest's own tenant counts here.
    pub trusts_home_mfa: bool,
    /// The accounts at risk, and the guests who have passed a second factor at home.
    pub users: BTreeMap<String, UserRiskView>,
    /// The authentication methods policy: whether a method is on.
    pub methods: BTreeMap<String, bool>,
    /// People who have passed a second factor are asked to register Authenticator.
    pub registration_campaign: bool,
    pub password_reset: PasswordResetView,
    pub knobs: KnobsView,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CircumstancesPatch {
    pub address: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub country: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    pub platform: Option<Option<PlatformWord>>,
    pub trusts_home_mfa: Option<bool>,
    /// By account name or principal name.
    #[serde(default)]
    pub users: BTreeMap<String, UserRiskView>,
    #[serde(default)]
    pub methods: BTreeMap<String, bool>,
    pub registration_campaign: Option<bool>,
    pub password_reset: Option<PasswordResetView>,
    #[serde(default)]
    pub knobs: KnobsView,
}

/// Who may reset their own password, administrators apart, and what it asks; Graph has no address for it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordResetView {
    /// Absent: as it was, or as the groups say.
    pub everyone: Option<bool>,
    /// The ids of the groups that it is for; none, where it is for nobody.
    pub groups: Option<Vec<String>>,
    /// One or two different methods.
    pub methods_required: Option<usize>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UserRiskView {
    pub user_risk: Option<RiskWord>,
    pub sign_in_risk: Option<RiskWord>,
    /// Of a guest: a second factor was passed in the home tenant.
    pub home_mfa: Option<bool>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RiskWord {
    None,
    Low,
    Medium,
    High,
}

/// Behaviour of the real service for which there is no evidence.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KnobsView {
    /// Resource Manager checks roles before multifactor authentication.
    pub rbac_before_mfa: Option<bool>,
    /// Resource Manager's challenge has claims only for tokens with `cp1`.
    pub claims_only_for_cp1: Option<bool>,
    /// A stepped-up token has `p1` in `acrs`.
    pub p1_in_acrs_after_stepup: Option<bool>,
    /// The word beside `mfa` in the `amr` of a sign-in with a Temporary Access Pass.
    pub amr_for_tap: Option<TapWord>,
    /// Deleting a Temporary Access Pass revokes the user's sessions.
    pub tap_delete_revokes_sessions: Option<bool>,
    /// The verification of a domain finds no record in the zone file.
    pub domain_records_missing: Option<bool>,
    /// What stands between an error's text and its ids.
    pub description_separator: Option<Separator>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TapWord {
    Pwd,
    Otp,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    Blank,
    /// As until 2023.
    LineBreak,
}
