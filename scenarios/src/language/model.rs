//! What a scenario file can say. Every node that a failure can point at keeps its place.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_saphyr::Spanned;

/// One scenario: a story in steps, with what is expected of each.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The title, a sentence.
    pub scenario: String,
    /// What it is about, for somebody who has never seen the tool.
    pub about: String,
    /// The rules of the decision that must have spoken (fired or audited) by the end.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub rules: Vec<Spanned<String>>,
    /// What `{name}` stands for, in the whole file.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Value>")]
    pub vars: BTreeMap<String, Spanned<Value>>,
    /// The story is told once for each combination of these values; `{name}` stands for the one of the moment.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Vec<Value>>")]
    pub matrix: BTreeMap<String, Spanned<Vec<Value>>>,
    /// Combinations that are written out, one a row, where the values belong together.
    #[serde(default)]
    pub cases: Vec<BTreeMap<String, Value>>,
    /// For `--tag`.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Where the story comes from.
    #[serde(default)]
    pub source: Option<String>,
    /// How the tenant differs from the seed.
    #[serde(default)]
    #[schemars(with = "Option<TenantChange>")]
    pub tenant: Option<Spanned<TenantChange>>,
    /// What happens.
    #[schemars(with = "Vec<Step>")]
    pub steps: Vec<Spanned<Step>>,
}

/// Steps that several scenarios include.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shared {
    /// What they do, for somebody who reads the file.
    pub about: String,
    /// What happens.
    #[schemars(with = "Vec<Step>")]
    pub steps: Vec<Spanned<Step>>,
}

/// A change of the tenant, at the start or as a step.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantChange {
    /// Phase 1 in this tenant.
    #[serde(default)]
    pub phase1: Option<PhaseChange>,
    /// Phase 2 in this tenant.
    #[serde(default)]
    pub phase2: Option<PhaseChange>,
    /// Security defaults on or off.
    #[serde(default)]
    pub security_defaults: Option<bool>,
    /// Per-user MFA by account: disabled, enabled or enforced.
    #[serde(default)]
    pub per_user_mfa: BTreeMap<String, String>,
}

/// When a phase binds the tenant.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhaseChange {
    /// An instant or a date.
    #[serde(default)]
    pub starts: Option<String>,
    /// An instant or a date.
    #[serde(default)]
    pub postponed_until: Option<String>,
}

/// One step: at most one action. `at`, `as` and `client` stay in force for the steps that follow.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// A title for the report.
    #[serde(default)]
    pub step: Option<String>,
    /// A title, too: this step begins the remedy.
    #[serde(default)]
    pub fix: Option<String>,
    /// Sets the tenant's clock.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub at: Option<Spanned<String>>,
    /// Who acts: `svc-deploy`, `app deploy`, `managed identity system`, …
    #[serde(default, rename = "as")]
    #[schemars(with = "Option<String>")]
    pub actor: Option<Spanned<String>>,
    /// Through which client: `azure-cli`, `azure-powershell`, …
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub client: Option<Spanned<String>>,
    /// Signs the actor in.
    #[serde(default)]
    #[schemars(with = "Option<SignIn>")]
    pub sign_in: Option<Spanned<SignIn>>,
    /// Calls Azure Resource Manager.
    #[serde(default)]
    #[schemars(with = "Option<HttpCall>")]
    pub arm: Option<Spanned<HttpCall>>,
    /// Calls Microsoft Graph.
    #[serde(default)]
    #[schemars(with = "Option<HttpCall>")]
    pub graph: Option<Spanned<HttpCall>>,
    /// Assigns one of the built-in MFA policies to the subscription.
    #[serde(default)]
    #[schemars(with = "Option<PolicyAssignment>")]
    pub policy: Option<Spanned<PolicyAssignment>>,
    /// Changes the tenant, as its administrators or Microsoft would.
    #[serde(default)]
    #[schemars(with = "Option<TenantChange>")]
    pub tenant: Option<Spanned<TenantChange>>,
    /// Makes a passkey for a user, as the actor, through Graph.
    #[serde(default)]
    #[schemars(with = "Option<PasskeyStep>")]
    pub passkey: Option<Spanned<PasskeyStep>>,
    /// Calls security info, by a path under `/api/`, as somebody who has signed in through the client `security-info`.
    #[serde(default)]
    #[schemars(with = "Option<HttpCall>")]
    pub security_info: Option<Spanned<HttpCall>>,
    /// The tenant believes the authority behind a key that a step has made, named here.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub trust_list: Option<Spanned<String>>,
    /// Changes where sign-ins come from and how risky they are.
    #[serde(default)]
    #[schemars(with = "Option<Circumstances>")]
    pub circumstances: Option<Spanned<Circumstances>>,
    /// Asks what would be decided on an attempt that nobody makes, in the words of the control API's `explain`.
    #[serde(default)]
    #[schemars(with = "Option<BTreeMap<String, Value>>")]
    pub attempt: Option<Spanned<BTreeMap<String, Value>>>,
    /// Runs a real command, which finds the simulator as under `entrasim run`: a line for the shell, or a list of a program and
    /// its arguments.
    #[serde(default)]
    #[schemars(with = "Option<CommandLine>")]
    pub run: Option<Spanned<CommandLine>>,
    /// In the place of a step: the steps of another file, by its path relative to this one.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub include: Option<Spanned<String>>,
    /// What must come of it; without it, success.
    #[serde(default)]
    pub expect: Option<Expect>,
    /// Keeps members of the answer, by path, under names that later paths and bodies can use in braces.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub save: BTreeMap<String, Spanned<String>>,
}

/// A command: a line for the shell, or a program and its arguments.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CommandLine {
    /// For `sh -c` (`cmd /C` on Windows).
    Shell(String),
    /// A program and its arguments.
    Arguments(Vec<String>),
}

/// How the actor proves who it is: exactly one of the proofs.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// A user's password; `seeded` for the seed's.
    #[serde(default)]
    pub password: Option<String>,
    /// Signs in on the pages, with a second factor where it is asked for: `push`, `app-code`, `hardware-code`, `text`, `call`,
    /// `access-pass`; `passwordless` is Authenticator instead of the password; `deny`, `report` and `timeout` are prompts
    /// that nobody approves; `none` goes no further than the password; `register-app`, `register-codes` and `register-phone`
    /// register a method where the pages ask for one.
    #[serde(default)]
    pub mfa: Option<String>,
    /// What is typed where the pages ask for a new password.
    #[serde(default)]
    pub new_password: Option<String>,
    /// A passkey that a step has made, by name; on the pages.
    #[serde(default)]
    pub passkey: Option<String>,
    /// Nothing new: the session of the browser in which the same person signed in before.
    #[serde(default)]
    pub browser: Option<bool>,
    /// The person types the code that a device shows; the device gets the tokens.
    #[serde(default)]
    pub device_code: Option<bool>,
    /// An app's secret; `seeded` for the seed's.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// An app's certificate: `seeded`.
    #[serde(default)]
    pub certificate: Option<String>,
    /// A token of the outside issuer that the app trusts: `seeded`.
    #[serde(default)]
    pub federated: Option<String>,
    /// `system` or `user`.
    #[serde(default)]
    pub managed_identity: Option<String>,
    /// Redeems the refresh token of the sign-in before.
    #[serde(default)]
    pub refresh: Option<bool>,
    /// `arm` (the default) or `graph`.
    #[serde(default)]
    pub resource: Option<String>,
    /// The `claims` parameter: JSON text, `p1` for the mandate's challenge, or `none` for a client
    /// that does not even say that it understands challenges.
    #[serde(default)]
    pub claims: Option<String>,
}

/// A passkey to be made for a user: creation options from Graph, softkey, and back to Graph.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyStep {
    /// The key's name in the scenario; one that is known gets another credential.
    pub create: String,
    /// Whose passkey it becomes.
    #[serde(rename = "for")]
    pub user: String,
    /// The model, one of softkey's personas; `yubikey5-nfc-5.7` unless given.
    #[serde(default)]
    pub model: Option<String>,
    /// What the key says about its make; as the model does unless given.
    #[serde(default)]
    pub attestation: Option<PasskeyAttestation>,
    /// What is wrong with the key on purpose: softkey's defects by name.
    #[serde(default)]
    pub defects: Vec<String>,
    /// Its name in the list of methods; the name in the scenario unless given.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Who registers it, and where; an administrator through Graph unless given.
    #[serde(default)]
    pub through: Option<Through>,
}

/// Where a passkey is registered.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Through {
    /// By an administrator, who is the actor.
    Graph,
    /// By the person, who is the actor and has signed in through the client `security-info`.
    SecurityInfo,
}

/// How a key proves its make.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PasskeyAttestation {
    /// With a certificate of softkey's own authority.
    Packed,
    /// With the new credential itself.
    SelfSigned,
    /// Not at all.
    None,
}

/// What Conditional Access looks at and nobody on one machine can show; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Circumstances {
    /// The IP address that sign-ins come from.
    #[serde(default)]
    pub address: Option<String>,
    /// Its country, two letters.
    #[serde(default)]
    pub country: Option<String>,
    /// `android`, `iOS`, `windows`, `windowsPhone`, `macOS` or `linux`.
    #[serde(default)]
    pub platform: Option<String>,
    /// Multifactor authentication in guests' own tenants counts here.
    #[serde(default)]
    pub trusts_home_mfa: Option<bool>,
    /// The campaign that nudges people to register Authenticator.
    #[serde(default)]
    pub registration_campaign: Option<bool>,
    /// By account or principal name.
    #[serde(default)]
    pub users: BTreeMap<String, UserRisk>,
    /// Behaviour of the real service that nobody has documented, by the names of the control API.
    #[serde(default)]
    pub knobs: Option<BTreeMap<String, Value>>,
}

/// How risky a user is, and what a guest has shown at home.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserRisk {
    /// `none`, `low`, `medium` or `high`.
    #[serde(default)]
    pub user_risk: Option<String>,
    /// The same, of the next sign-ins.
    #[serde(default)]
    pub sign_in_risk: Option<String>,
    /// Of a guest: a second factor was passed at home.
    #[serde(default)]
    pub home_mfa: Option<bool>,
}

/// One request: exactly one verb.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpCall {
    /// A path.
    #[serde(default)]
    pub get: Option<String>,
    /// A path.
    #[serde(default)]
    pub head: Option<String>,
    /// A path.
    #[serde(default)]
    pub put: Option<String>,
    /// A path.
    #[serde(default)]
    pub patch: Option<String>,
    /// A path.
    #[serde(default)]
    pub post: Option<String>,
    /// A path.
    #[serde(default)]
    pub delete: Option<String>,
    /// JSON; what can be copied from the real service can be pasted here.
    #[serde(default)]
    pub body: Option<Value>,
    /// Resource Manager's contract; 2024-11-01 unless given.
    #[serde(default)]
    pub api_version: Option<String>,
    /// Graph's version; v1.0 unless given.
    #[serde(default)]
    pub version: Option<String>,
}

/// An assignment of a built-in MFA policy by the actor.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyAssignment {
    /// Which definition.
    pub assign: PolicyName,
    /// What it does.
    pub effect: PolicyEffect,
    /// What the refused are told.
    #[serde(default)]
    pub message: Option<String>,
}

/// The two built-in definitions.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyName {
    /// Create and update.
    MfaWrite,
    /// Delete.
    MfaDelete,
}

/// What an assignment does.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub enum PolicyEffect {
    /// Records.
    Audit,
    /// Refuses.
    Deny,
    /// Nothing.
    Disabled,
}

/// What must come of a step.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// A number, or a class such as `2xx`.
    #[serde(default)]
    #[schemars(with = "Option<Value>")]
    pub status: Option<Spanned<Value>>,
    /// The error code that the client is shown: `RequestDisallowedByAzure`, `AADSTS50076`, …
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub code: Option<Spanned<String>>,
    /// The authentication context that the answer demands: `p1`, or `none` for an answer that demands none.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub challenge: Option<Spanned<String>>,
    /// Claims of the new access token.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Value>")]
    pub granted: BTreeMap<String, Spanned<Value>>,
    /// Members of the answer's JSON, by path (`properties.provisioningState`, `value.0.name`).
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Value>")]
    pub body: BTreeMap<String, Spanned<Value>>,
    /// Text that the answer must contain.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub text: Option<Spanned<String>>,
    /// The rule that decided.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub rule: Option<Spanned<String>>,
    /// `grant`, `interrupt` or `deny`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub decision: Option<Spanned<String>>,
    /// A rule that recorded the request without refusing it.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub audited: Option<Spanned<String>>,
    /// What rules said, by their id: a part of `VERDICT: reason`, as reports print both.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub reasons: BTreeMap<String, Spanned<String>>,
    /// Headers of the answer and a part of each; `null` for a header that must not be there.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Option<String>>")]
    pub headers: BTreeMap<String, Spanned<Option<String>>>,
    /// Entries that the tenant's logs must have by then.
    #[serde(default)]
    pub log: Option<LogExpect>,
    /// The exit code of a command; without it, 0.
    #[serde(default)]
    #[schemars(with = "Option<i32>")]
    pub exit: Option<Spanned<i32>>,
    /// A regular expression that a command's standard output must match somewhere.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub stdout: Option<Spanned<String>>,
    /// The same of standard error.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub stderr: Option<Spanned<String>>,
    /// Files that a command leaves in its folder, with a regular expression for the content of each.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub files: BTreeMap<String, Spanned<String>>,
}

/// One entry of each log that is named, by members of it (`status.errorCode`, `targetResources.0.displayName`).
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogExpect {
    /// Of the sign-in log (`/auditLogs/signIns`).
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Value>")]
    pub sign_in: BTreeMap<String, Spanned<Value>>,
    /// Of the audit log (`/auditLogs/directoryAudits`).
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Value>")]
    pub audit: BTreeMap<String, Spanned<Value>>,
    /// Of the subscription's activity log.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Value>")]
    pub activity: BTreeMap<String, Spanned<Value>>,
}

impl Step {
    /// Whether it stands for another file's steps and says nothing of its own but a title.
    pub(super) fn is_nothing_but_include(&self) -> bool {
        // Written out, so that a key that comes later is thought of here.
        let Self {
            step: _,
            fix: _,
            include: _,
            at,
            actor,
            client,
            sign_in,
            arm,
            graph,
            policy,
            tenant,
            passkey,
            security_info,
            trust_list,
            circumstances,
            attempt,
            run,
            expect,
            save,
        } = self;
        let says = [
            at.is_some(),
            actor.is_some(),
            client.is_some(),
            sign_in.is_some(),
            arm.is_some(),
            graph.is_some(),
            policy.is_some(),
            tenant.is_some(),
            passkey.is_some(),
            security_info.is_some(),
            trust_list.is_some(),
            circumstances.is_some(),
            attempt.is_some(),
            run.is_some(),
            expect.is_some(),
            !save.is_empty(),
        ];
        !says.into_iter().any(|says| says)
    }
}

impl CommandLine {
    /// There is nothing to run.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Shell(line) => line.trim().is_empty(),
            Self::Arguments(words) => words.is_empty(),
        }
    }
}

impl<'de> Deserialize<'de> for CommandLine {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Line;
        impl<'de> Visitor<'de> for Line {
            type Value = CommandLine;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("a line for the shell, or a list of a program and its arguments")
            }

            fn visit_str<E>(self, line: &str) -> Result<CommandLine, E> {
                Ok(CommandLine::Shell(line.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<CommandLine, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = items.next_element()? {
                    words.push(word);
                }
                Ok(CommandLine::Arguments(words))
            }
        }
        deserializer.deserialize_any(Line)
    }
}

impl JsonSchema for CommandLine {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CommandLine".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A line for the shell, or a list of a program and its arguments.",
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
        })
    }
}

impl SignIn {
    /// The proofs, whether each is there, and what people call it.
    pub fn proofs(&self) -> [(bool, &'static str); 8] {
        [
            (self.password.is_some(), "password"),
            (self.client_secret.is_some(), "secret"),
            (self.certificate.is_some(), "certificate"),
            (self.federated.is_some(), "federated token"),
            (self.managed_identity.is_some(), "managed identity"),
            (self.refresh == Some(true), "refresh token"),
            (self.passkey.is_some(), "passkey"),
            (self.browser == Some(true), "the same browser"),
        ]
    }

    /// Whether a browser is needed: for portals always, for other clients where the words say so.
    pub fn is_on_the_pages(&self, portal: bool) -> bool {
        let by_hand = self.password.is_some() && (portal || self.mfa.is_some());
        let is = |flag: Option<bool>| flag == Some(true);
        by_hand || self.passkey.is_some() || is(self.browser) || is(self.device_code)
    }
}

impl HttpCall {
    /// The verbs that are set, with their paths.
    pub fn verbs(&self) -> Vec<(&'static str, &str)> {
        [
            ("GET", &self.get),
            ("HEAD", &self.head),
            ("PUT", &self.put),
            ("PATCH", &self.patch),
            ("POST", &self.post),
            ("DELETE", &self.delete),
        ]
        .into_iter()
        .filter_map(|(verb, path)| Some((verb, path.as_deref()?)))
        .collect()
    }
}
