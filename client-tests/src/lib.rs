//! Starts the real binary and runs real, unmodified clients against it.
//!
//! Each client is set up by name from its own registry, inside the build folder. Where a runtime or a registry is missing, the
//! test says loudly that it was skipped and why; on CI (`CI=true`) that is a failure.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The day before Phase 2, and the day after.
pub const BEFORE: &str = "2025-09-30T12:00:00Z";
/// The day after.
pub const AFTER: &str = "2025-10-02T12:00:00Z";

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
    BINARY.get_or_init(|| {
        let path = profile_folder().join(format!("entrasim{}", std::env::consts::EXE_SUFFIX));
        let built = Command::new(option_env!("CARGO").unwrap_or("cargo"))
            .args(["build", "--locked", "--quiet", "-p", "entrasim"])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .status();
        assert!(
            built.is_ok_and(|status| status.success()),
            "the binary does not build"
        );
        assert!(path.exists(), "{} is not there", path.display());
        path
    })
}

/// The `bin` folder of a virtual environment with the Azure CLI, MSAL and azure-identity; `None` after saying why not.
pub fn python_clients() -> Option<&'static Path> {
    static READY: OnceLock<Option<PathBuf>> = OnceLock::new();
    READY
        .get_or_init(|| {
            let folder = profile_folder()
                .parent()
                .map_or_else(PathBuf::new, Path::to_owned)
                .join("clients/azure-cli");
            match set_up_python(&folder) {
                Ok(()) => Some(folder.join("bin")),
                Err(reason) => {
                    skipped("Azure CLI, MSAL and azure-identity", &reason);
                    None
                }
            }
        })
        .as_deref()
}

fn set_up_python(folder: &Path) -> Result<(), String> {
    let requirements = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/clients/python/requirements.txt"
    );
    let wanted = std::fs::read_to_string(requirements).map_err(|error| error.to_string())?;
    let stamp = folder.join("installed.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let _ = writeln!(
        io::stderr(),
        "setting up the Azure CLI in {} (some minutes, once)",
        folder.display()
    );
    succeed(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    let pip = folder.join("bin/pip");
    succeed(Command::new(pip).args([
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
        requirements,
    ]))?;
    std::fs::write(stamp, wanted).map_err(|error| error.to_string())
}

/// The folder of the automated person in Chromium; `None` after saying why not.
pub fn browser_person() -> Option<&'static Path> {
    static READY: OnceLock<Option<PathBuf>> = OnceLock::new();
    READY
        .get_or_init(|| {
            let folder = profile_folder()
                .parent()
                .map_or_else(PathBuf::new, Path::to_owned)
                .join("clients/browser");
            match set_up_browser(&folder) {
                Ok(()) => Some(folder),
                Err(reason) => {
                    skipped("Chromium", &reason);
                    None
                }
            }
        })
        .as_deref()
}

/// Chromium itself comes from the system; what drives it comes from the npm registry.
const CHROMIUM: &str = "/usr/bin/chromium";

fn set_up_browser(folder: &Path) -> Result<(), String> {
    let source = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/clients/browser"));
    if !Path::new(CHROMIUM).exists() {
        return Err(format!(
            "{CHROMIUM} is not there; install the package chromium"
        ));
    }
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let copy = |name: &str| {
        std::fs::copy(source.join(name), folder.join(name)).map_err(|error| error.to_string())
    };
    copy("person.mjs")?;
    let wanted =
        std::fs::read_to_string(source.join("package.json")).map_err(|error| error.to_string())?;
    let stamp = folder.join("installed.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    copy("package.json")?;
    succeed(
        Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund"])
            .current_dir(folder),
    )?;
    std::fs::write(stamp, wanted).map_err(|error| error.to_string())
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("cannot start {program}: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(format!(
            "{program}: {}",
            String::from_utf8_lossy(&output.stderr)
        ))
    }
}

/// Says that a client's tests did not run.
#[expect(
    clippy::disallowed_methods,
    reason = "CI is the one setting that tests read from the environment"
)]
fn skipped(client: &str, reason: &str) {
    let _ = writeln!(io::stderr(), "\nSKIPPED: {client}: {reason}\n");
    assert!(
        std::env::var_os("CI").is_none(),
        "{client} must not be skipped on CI: {reason}"
    );
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

/// `entrasim run {arguments} -- sh -c {script}`, with `bin` first on the path.
///
/// # Panics
/// When the binary cannot be started.
pub fn run(arguments: &[&str], bin: &Path, script: &str) -> Ran {
    // The script sets the path itself: the test's own environment stays as it is.
    let script = format!("PATH={}:$PATH; export PATH\n{script}", bin.display());
    let output: Output = Command::new(binary())
        .arg("run")
        .args(arguments)
        .args(["--", "sh", "-c", &script])
        .env("ENTRASIM_DATA", profile_folder().join("entrasim-data"))
        .output()
        .expect("the binary has just been built");
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
