//! A real browser with softkey for its security key: an extension that hands requests over, and the loopback bridge
//! that it hands them to.
//!
//! Chromium lets an extension stand in for its own WebAuthn code (`chrome.webAuthenticationProxy`). It then checks
//! nothing itself, so the rules about origins are kept by [`client`](crate::client), with the origin that the browser
//! names.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

pub mod bridge;

/// The files of the extension.
const FILES: [(&str, &str); 2] = [
    (
        "manifest.json",
        include_str!("browser/extension/manifest.json"),
    ),
    ("worker.js", include_str!("browser/extension/worker.js")),
];

/// Writes the extension into a folder, with the address and the secret of the bridge.
pub fn write_extension(folder: &Path, address: &str, secret: &str) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (name, content) in FILES {
        std::fs::write(folder.join(name), content)?;
    }
    let path = folder.join("bridge.json");
    std::fs::write(
        &path,
        json!({ "address": address, "secret": secret }).to_string(),
    )?;
    #[cfg(unix)]
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(())
}

/// The switches with which Chromium takes the extension; `profile` is where it keeps its own data.
pub fn switches(extension: &Path, profile: &Path) -> Vec<String> {
    let with = |name: &str, path: &Path| format!("--{name}={}", path.display());
    vec![
        with("user-data-dir", profile),
        with("load-extension", extension),
        with("disable-extensions-except", extension),
        "--disable-features=DisableLoadExtensionCommandLineSwitch".to_owned(),
        "--no-first-run".to_owned(),
        "--no-default-browser-check".to_owned(),
    ]
}

/// What a browser may be called.
pub fn programs() -> impl Iterator<Item = PathBuf> {
    ["chromium", "chromium-browser", "google-chrome-for-testing"]
        .into_iter()
        .map(PathBuf::from)
}
