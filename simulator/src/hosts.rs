//! The host names that are simulated, and what stands behind each.

/// What a simulated host is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SimulatedHost {
    SignIn,
    Graph,
    Arm,
    ManagedIdentity,
    Portal,
    SecurityInfo,
    WorkloadIssuer,
    /// Known to exist, holds nothing: every path is 404.
    Empty,
    /// `localhost` and bare addresses: the path decides.
    Loopback,
}

/// The host behind a name (in lower case, without port), or `None` if it is not simulated.
pub fn lookup(host: &str) -> Option<SimulatedHost> {
    use SimulatedHost::{Arm, Graph, Loopback, ManagedIdentity, Portal, SignIn, WorkloadIssuer};
    Some(match host {
        "login.microsoftonline.com"
        | "login.microsoft.com"
        | "login.windows.net"
        | "sts.windows.net" => SignIn,
        "graph.microsoft.com" => Graph,
        "management.azure.com" | "management.core.windows.net" => Arm,
        "169.254.169.254" => ManagedIdentity,
        "portal.azure.com" => Portal,
        "workload.entrasim.example" => WorkloadIssuer,
        "localhost" | "127.0.0.1" | "[::1]" => Loopback,
        _ if host.ends_with(".login.microsoft.com") => SignIn,
        _ => return None,
    })
}
