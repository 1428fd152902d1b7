//! A user's phone on the wire.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::present;

/// A user's phone.
#[derive(Debug, JsonSchema, Serialize)]
pub struct PhoneView {
    pub user: String,
    /// What it does by itself with every prompt.
    pub automatic: Option<ReactionWord>,
    pub prompts: Vec<PromptView>,
    /// Text messages, the newest first.
    pub messages: Vec<MessageView>,
    /// What its apps and tokens show now.
    pub codes: Vec<CodeView>,
    /// Whether Authenticator signs in without a password; `null` without Authenticator.
    pub phone_sign_in: Option<bool>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReactionWord {
    Approve,
    Deny,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhonePatch {
    /// `null`: nothing, a person answers.
    #[serde(default, deserialize_with = "present")]
    pub automatic: Option<Option<ReactionWord>>,
    /// Whether Authenticator signs in without a password.
    pub phone_sign_in: Option<bool>,
}

#[derive(Debug, JsonSchema, Serialize)]
pub struct PromptView {
    pub id: String,
    /// `notification`, `phone-sign-in` or `call`.
    pub kind: &'static str,
    pub app: String,
    pub at: String,
    /// Approving takes the number that the sign-in page shows.
    pub needs_number: bool,
    /// `pending`, `approved`, `denied`, `reported` or `timed-out`.
    pub state: &'static str,
}

#[derive(Debug, JsonSchema, Serialize)]
pub struct MessageView {
    pub to: String,
    pub at: String,
    pub text: String,
    pub code: Option<String>,
}

#[derive(Debug, JsonSchema, Serialize)]
pub struct CodeView {
    pub method: &'static str,
    pub code: String,
    pub seconds_left: i64,
    /// What a client of one-time codes takes: base32.
    pub secret: String,
    /// The same as a QR code has it (`otpauth://totp/…`).
    pub uri: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PromptAnswer {
    pub action: AnswerAction,
    /// The number that the sign-in page shows, for an approval.
    pub number: Option<u32>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AnswerAction {
    Approve,
    Deny,
    Report,
}
