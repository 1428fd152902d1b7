//! Starts the real binary and runs real, unmodified clients against it.
//!
//! Each client is set up by name from its own registry, inside the build folder. Where a runtime or a registry is missing, the
//! test says loudly that it was skipped and why; on CI (`CI=true`) that is a failure.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

mod security_key;
mod set_up;

pub use security_key::{SecurityKey, preload_library};
pub use set_up::{
    browser_person, cli_for_microsoft_365, go_clients, java_clients, msgraph, node_clients, pytest,
    python_clients, report_readers, roadtx, terraform,
};

/// The day before Phase 2, and the day after.
pub const BEFORE: &str = "2025-09-30T12:00:00Z";
/// The day after.
pub const AFTER: &str = "2025-10-02T12:00:00Z";

/// The scripts and requirements of the clients.
pub const CLIENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/clients");

/// The build folder: this test's program is in `{build}/{profile}/deps`.
fn profile_folder() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    own.ancestors()
        .nth(2)
        .map_or_else(PathBuf::new, Path::to_owned)
}

/// The real binary, built if need be.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| build("entrasim"))
}

/// The binary of a package, which has its name.
fn build(package: &str) -> PathBuf {
    let path = profile_folder().join(format!("{package}{}", std::env::consts::EXE_SUFFIX));
    let built = Command::new(option_env!("CARGO").unwrap_or("cargo"))
        .args(["build", "--locked", "--quiet", "-p", package])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .status();
    assert!(
        built.is_ok_and(|status| status.success()),
        "the binary does not build"
    );
    assert!(path.exists(), "{} is not there", path.display());
    path
}

/// Where unmodified clients read Azure Arc's challenge file from; `None` where it cannot be written.
pub fn arc_tokens() -> Option<&'static str> {
    const FOLDER: &str = "/var/opt/azcmagent/tokens";
    static WRITABLE: OnceLock<bool> = OnceLock::new();
    let writable = *WRITABLE.get_or_init(|| {
        let probe = Path::new(FOLDER).join("probe");
        std::fs::create_dir_all(FOLDER).is_ok()
            && std::fs::write(&probe, "").is_ok()
            && std::fs::remove_file(&probe).is_ok()
    });
    writable.then_some(FOLDER)
}

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Ran {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// `entrasim {arguments}`, in a folder.
///
/// # Panics
/// When the binary cannot be started.
pub fn entrasim(folder: &Path, arguments: &[&str]) -> Ran {
    let output = Command::new(binary())
        .args(arguments)
        .current_dir(folder)
        .env("ENTRASIM_DATA", profile_folder().join("entrasim-data"))
        .output()
        .expect("the binary has just been built");
    output.into()
}

/// `entrasim run {arguments} -- sh -c {script}`, with `bin` first on the path.
///
/// # Panics
/// When the binary cannot be started.
pub fn run(arguments: &[&str], bin: &Path, script: &str) -> Ran {
    // The script sets the path itself: the test's own environment stays as it is.
    let script = format!("PATH={}:$PATH; export PATH\n{script}", bin.display());
    let output = Command::new(binary())
        .arg("run")
        .args(arguments)
        .args(["--", "sh", "-c", &script])
        .env("ENTRASIM_DATA", profile_folder().join("entrasim-data"))
        .output()
        .expect("the binary has just been built");
    output.into()
}
