//! Where settings come from: the only reader of the environment.

use std::path::PathBuf;

/// The folder for the local authority: `ENTRASIM_DATA`, else the user's data folder by the XDG base directory specification
/// (on Windows `%LOCALAPPDATA%`).
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the environment"
)]
pub fn data_folder() -> PathBuf {
    let folder = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    folder("ENTRASIM_DATA")
        .or_else(|| folder("XDG_DATA_HOME").map(|data| data.join("entrasim")))
        .or_else(|| folder("HOME").map(|home| home.join(".local/share/entrasim")))
        .or_else(|| folder("LOCALAPPDATA").map(|data| data.join("entrasim")))
        .unwrap_or_else(|| std::env::temp_dir().join("entrasim"))
}

/// An environment variable, for `doctor`.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the environment"
)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
