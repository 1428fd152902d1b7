//! An attempt to explain, and the decision on one.

use entrasim_domain::enforcement::remedy::{By, Change};
use entrasim_domain::enforcement::{Decision, DevicePlatform, Remedy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RiskWord;

/// The answer to an attempt, with every rule's word.
#[derive(Debug, JsonSchema, Serialize)]
pub struct DecisionView {
    /// `grant`, `interrupt` or `deny`.
    pub outcome: &'static str,
    pub code: Option<String>,
    /// The rule that decided.
    pub rule: Option<&'static str>,
    /// The authentication context that would let it pass.
    pub challenge: Option<&'static str>,
    pub message: String,
    pub fix: Option<&'static str>,
    pub findings: Vec<FindingView>,
    /// The smallest changes that would let it pass, found by deciding again: each one alone, or two at a time where none is
    /// enough. Only answers of `explain` have them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<RemedyView>,
    /// What each Conditional Access policy said, those that do not apply and those that only report too.
    pub policies: Vec<PolicyVerdictView>,
}

/// Changes that together are enough.
#[derive(Debug, JsonSchema, Serialize)]
pub struct RemedyView {
    /// What to do, in a sentence.
    pub text: String,
    pub changes: Vec<ChangeView>,
}

#[derive(Debug, JsonSchema, Serialize)]
pub struct ChangeView {
    /// `pass-mfa`, `service-principal`, `exclude-from-policy`, …
    pub change: &'static str,
    /// `caller` or `administrator`.
    pub by: &'static str,
    pub text: String,
}

#[derive(Debug, JsonSchema, Serialize)]
pub struct PolicyVerdictView {
    pub id: String,
    pub name: String,
    /// As in the sign-in log: `success`, `failure`, `notApplied`, `notEnabled`, `reportOnlySuccess`, `reportOnlyFailure`,
    /// `reportOnlyInterrupted` or `reportOnlyNotApplied`.
    pub result: &'static str,
    pub grant_controls: Vec<String>,
    pub session_controls: Vec<String>,
    pub because: String,
}

#[derive(Debug, JsonSchema, Serialize)]
pub struct FindingView {
    pub rule: &'static str,
    pub title: &'static str,
    /// `passed`, `not-applicable`, `fired` or `audited`.
    pub verdict: &'static str,
    pub because: String,
    pub source: &'static str,
    pub evidence: &'static str,
}

/// An attempt to explain. Exactly one of `user`, `app` and `managed_identity`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// An account name or a principal name.
    pub user: Option<String>,
    pub app: Option<String>,
    /// `system` or `user`.
    pub managed_identity: Option<String>,
    /// A short name (`azure-cli`) or a client id.
    pub client: Option<String>,
    /// `arm`, `graph`, another short name, a URI or an app id.
    pub resource: Option<String>,
    #[serde(default)]
    pub operation: AttemptOperation,
    /// How the session was proven; `["pwd"]` unless given.
    pub amr: Option<Vec<String>>,
    #[serde(default)]
    pub acrs: Vec<String>,
    /// Contexts that the request demands.
    #[serde(default)]
    pub demanded: Vec<String>,
    /// `amr` values that the request demands: `mfa`, or `ngcmfa` for a fresh second factor.
    #[serde(default)]
    pub demanded_methods: Vec<String>,
    /// What was shown, by the words of authentication strengths (`password`, `sms`, `fido2`, …). Where only `amr` is given,
    /// `mfa` stands for a notification of Authenticator. `amr` follows from these where it is not given.
    #[serde(default)]
    pub factors: Vec<String>,
    /// When it was shown; by default at that instant.
    pub signed_in: Option<String>,
    /// By default where the tenant's sign-ins come from.
    pub address: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// By default what the client is: a browser for web apps.
    pub client_app_type: Option<ClientAppWord>,
    #[serde(default)]
    pub device_code: bool,
    /// With what an earlier sign-in left, as a refresh token is.
    #[serde(default)]
    pub silent: bool,
    pub platform: Option<PlatformWord>,
    /// By default what was set for the user.
    pub sign_in_risk: Option<RiskWord>,
    pub user_risk: Option<RiskWord>,
    /// Instead of a token for a resource.
    pub user_action: Option<UserActionWord>,
    /// By default the tenant's now.
    pub at: Option<String>,
}

/// `conditionalAccessClientApp`
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ClientAppWord {
    Browser,
    MobileAppsAndDesktopClients,
    ExchangeActiveSync,
    Other,
}

/// `conditionalAccessDevicePlatform`
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PlatformWord {
    Android,
    #[serde(rename = "iOS")]
    Ios,
    Windows,
    WindowsPhone,
    #[serde(rename = "macOS")]
    MacOs,
    Linux,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum UserActionWord {
    RegisterSecurityInfo,
    RegisterDevice,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AttemptOperation {
    #[default]
    SignIn,
    Read,
    CreateOrUpdate,
    Delete,
    Action,
}

impl DecisionView {
    /// With what would let it pass.
    pub fn with_remedies(decision: &Decision, remedies: &[Remedy]) -> Self {
        Self {
            remedies: remedies.iter().map(RemedyView::from).collect(),
            ..Self::from(decision)
        }
    }
}

impl From<&Remedy> for RemedyView {
    fn from(remedy: &Remedy) -> Self {
        let change = |change: &Change| ChangeView {
            change: change.as_str(),
            by: match change.by() {
                By::Caller => "caller",
                By::Administrator => "administrator",
            },
            text: change.describe(),
        };
        Self {
            text: remedy.describe(),
            changes: remedy.changes.iter().map(change).collect(),
        }
    }
}

impl From<&Decision> for DecisionView {
    fn from(decision: &Decision) -> Self {
        Self {
            outcome: decision.outcome_word(),
            code: decision.code(),
            rule: decision.rule.map(|rule| rule.id),
            challenge: decision.challenge(),
            message: decision.message(),
            fix: decision.rule.map(|rule| rule.fix),
            remedies: Vec::new(),
            findings: decision
                .findings
                .iter()
                .map(|finding| FindingView {
                    rule: finding.rule.id,
                    title: finding.rule.title,
                    verdict: finding.verdict.as_str(),
                    because: finding.because.clone(),
                    source: finding.rule.source,
                    evidence: finding.rule.evidence.as_str(),
                })
                .collect(),
            policies: decision
                .applied
                .iter()
                .map(|policy| PolicyVerdictView {
                    id: policy.id.to_string(),
                    name: policy.display_name.clone(),
                    result: policy.result.as_str(),
                    grant_controls: policy.grant_controls.clone(),
                    session_controls: policy.session_controls.clone(),
                    because: policy.because.clone(),
                })
                .collect(),
        }
    }
}

impl From<PlatformWord> for DevicePlatform {
    fn from(word: PlatformWord) -> Self {
        match word {
            PlatformWord::Android => Self::Android,
            PlatformWord::Ios => Self::Ios,
            PlatformWord::Windows => Self::Windows,
            PlatformWord::WindowsPhone => Self::WindowsPhone,
            PlatformWord::MacOs => Self::MacOs,
            PlatformWord::Linux => Self::Linux,
        }
    }
}

impl From<DevicePlatform> for PlatformWord {
    fn from(platform: DevicePlatform) -> Self {
        match platform {
            DevicePlatform::Android => Self::Android,
            DevicePlatform::Ios => Self::Ios,
            DevicePlatform::Windows => Self::Windows,
            DevicePlatform::WindowsPhone => Self::WindowsPhone,
            DevicePlatform::MacOs => Self::MacOs,
            DevicePlatform::Linux => Self::Linux,
        }
    }
}
