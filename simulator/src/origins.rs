//! Every absolute URL that the simulator writes starts here.

/// The outside issuer whose tokens the seeded app's federated credential trusts.
pub const WORKLOAD_ISSUER: &str = "https://workload.entrasim.example";
/// The public sign-in host.
pub const SIGN_IN: &str = "https://login.microsoftonline.com";
/// The issuer host of v1 tokens.
pub const STS: &str = "https://sts.windows.net";
/// The public Graph host.
pub const GRAPH: &str = "https://graph.microsoft.com";
/// The public Resource Manager host.
pub const ARM: &str = "https://management.azure.com";
/// The authority that challenges name.
pub const COMMON_AUTHORIZE: &str = "https://login.microsoftonline.com/common/oauth2/authorize";
/// Where passkeys are registered and shown: the WebAuthn relying party.
pub const PASSKEY: &str = "https://login.microsoft.com";
/// Where people see and register their methods.
pub const SECURITY_INFO: &str = "https://mysignins.microsoft.com";
