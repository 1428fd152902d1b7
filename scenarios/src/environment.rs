//! The variables with which any command finds a simulator: proxy, trust, and the tenant's names and secrets for scripts.

use std::path::Path;

use serde_json::Value;

/// Names and values.
pub type Variables = Vec<(String, String)>;

/// The names that runtimes read a proxy from.
pub const PROXIES: [&str; 6] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// The proxy, by every name that a runtime reads it from. `proxy` is its URL.
pub fn of_proxy(proxy: &str) -> Variables {
    let mut variables = Variables::new();
    for name in PROXIES {
        variables.push((name.to_owned(), proxy.to_owned()));
    }
    for name in ["NO_PROXY", "no_proxy"] {
        variables.push((name.to_owned(), "localhost,127.0.0.1,::1".to_owned()));
    }
    variables.push(("NODE_USE_ENV_PROXY".to_owned(), "1".to_owned()));
    let authority = proxy.trim_start_matches("http://");
    let authority = authority
        .rsplit_once('@')
        .map_or(authority, |(_, rest)| rest);
    if let Some((host, port)) = authority.rsplit_once(':') {
        let options = format!(
            "-Dhttps.proxyHost={host} -Dhttps.proxyPort={port} -Dhttp.proxyHost={host} -Dhttp.proxyPort={port} -Dhttp.nonProxyHosts=localhost|127.0.0.1"
        );
        variables.push(("JAVA_TOOL_OPTIONS".to_owned(), options));
    }
    variables
}

/// The file with the certificates to trust, by every name that a runtime reads it from; and the Azure CLI's telemetry off.
pub fn of_trust(file: &Path) -> Variables {
    let file = file.display().to_string();
    let names = [
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "SSL_CERT_FILE",
        "NODE_EXTRA_CA_CERTS",
    ];
    let mut variables: Variables = names
        .into_iter()
        .map(|name| (name.to_owned(), file.clone()))
        .collect();
    variables.push(("AZURE_CORE_COLLECT_TELEMETRY".to_owned(), "no".to_owned()));
    variables
}

/// Where the simulator is, `ENTRASIM_…`: an answer to `GET /simulator` of the control port.
pub fn of_simulator(at: &Value) -> Variables {
    ["control", "https", "http", "ca"]
        .into_iter()
        .map(|name| (format!("ENTRASIM_{}", word(name)), text(&at[name])))
        .collect()
}

/// The tenant's ids, accounts and secrets, `ENTRASIM_…`: an answer to `GET /tenants/{tenant}` of the control port.
pub fn of_tenant(handout: &Value) -> Variables {
    let mut variables = Variables::new();
    let mut put = |name: &str, value: &Value| {
        variables.push((format!("ENTRASIM_{name}"), text(value)));
    };
    put("TENANT", &handout["tenant"]["id"]);
    put("DOMAIN", &handout["tenant"]["domain"]);
    put("SUBSCRIPTION", &handout["subscription"]);
    put("IDENTITY_HEADER", &handout["identity_endpoint"]["header"]);
    for (name, account) in members(&handout["accounts"]) {
        put(&format!("{}_UPN", word(name)), &account["upn"]);
        put(&format!("{}_PASSWORD", word(name)), &account["password"]);
    }
    for (name, app) in members(&handout["apps"]) {
        for member in [
            "client_id",
            "client_secret",
            "certificate",
            "federated_token",
        ] {
            put(&format!("{}_{}", word(name), word(member)), &app[member]);
        }
    }
    variables
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn word(name: &str) -> String {
    name.to_uppercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_may_name_the_tenant_and_secrets_are_named_after_their_account() {
        let proxy = of_proxy("http://tenant@127.0.0.1:8080");
        let java = proxy.iter().find(|(name, _)| name == "JAVA_TOOL_OPTIONS");
        assert!(
            java.unwrap()
                .1
                .starts_with("-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=8080")
        );
        let handout = serde_json::json!({"accounts": {"svc-deploy": {"upn": "svc-deploy@x", "password": "p"}}});
        assert!(
            of_tenant(&handout)
                .contains(&("ENTRASIM_SVC_DEPLOY_PASSWORD".to_owned(), "p".to_owned()))
        );
    }
}
