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

/// Where clients are set up.
fn clients_folder() -> PathBuf {
    profile_folder()
        .parent()
        .map_or_else(PathBuf::new, Path::to_owned)
        .join("clients")
}

/// Sets a client up once: what is installed is written down, and compared the next time.
fn once(
    ready: &'static OnceLock<Option<PathBuf>>,
    name: &str,
    set_up: impl FnOnce(&Path, &Path) -> Result<(), String>,
) -> Option<&'static Path> {
    ready
        .get_or_init(|| {
            let folder = clients_folder().join(name);
            let source = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/clients")).join(name);
            match set_up(&folder, &source) {
                Ok(()) => Some(folder),
                Err(reason) => {
                    skipped(name, &reason);
                    None
                }
            }
        })
        .as_deref()
}

/// Whether the versions in `wanted` are those that were installed.
fn is_installed(folder: &Path, wanted: &str) -> bool {
    std::fs::read_to_string(folder.join("installed.txt")).is_ok_and(|known| known == wanted)
}

fn mark_installed(folder: &Path, wanted: &str) -> Result<(), String> {
    std::fs::write(folder.join("installed.txt"), wanted).map_err(|error| error.to_string())
}

/// The `bin` folder of a virtual environment with the Azure CLI, MSAL and azure-identity; `None` after saying why not.
pub fn python_clients() -> Option<&'static Path> {
    static READY: OnceLock<Option<PathBuf>> = OnceLock::new();
    static BIN: OnceLock<Option<PathBuf>> = OnceLock::new();
    BIN.get_or_init(|| {
        once(&READY, "azure-cli", |folder, source| {
            set_up_python(folder, &source.with_file_name("python"))
        })
        .map(|folder| folder.join("bin"))
    })
    .as_deref()
}

/// The `bin` folder of a virtual environment with roadtx.
pub fn roadtx() -> Option<&'static Path> {
    static READY: OnceLock<Option<PathBuf>> = OnceLock::new();
    static BIN: OnceLock<Option<PathBuf>> = OnceLock::new();
    BIN.get_or_init(|| once(&READY, "roadtx", set_up_python).map(|folder| folder.join("bin")))
        .as_deref()
}

fn set_up_python(folder: &Path, source: &Path) -> Result<(), String> {
    let requirements = source.join("requirements.txt");
    let wanted = std::fs::read_to_string(&requirements).map_err(|error| error.to_string())?;
    if is_installed(folder, &wanted) {
        return Ok(());
    }
    announce(folder);
    succeed(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    succeed(
        Command::new(folder.join("bin/pip"))
            .args(["install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(&requirements),
    )?;
    mark_installed(folder, &wanted)
}

/// The folder with MSAL Node and @azure/identity.
pub fn node_clients() -> Option<&'static Path> {
    static READY: OnceLock<Option<PathBuf>> = OnceLock::new();
    once(&READY, "node", |folder, source| {
        set_up_npm(folder, source, "flows.mjs")
    })
}

fn set_up_npm(folder: &Path, source: &Path, script: &str) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    copy(source, folder, script)?;
    let wanted =
        std::fs::read_to_string(source.join("package.json")).map_err(|error| error.to_string())?;
    if is_installed(folder, &wanted) {
        return Ok(());
    }
    announce(folder);
    copy(source, folder, "package.json")?;
    succeed(
        Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund"])
            .current_dir(folder),
    )?;
    mark_installed(folder, &wanted)
}

/// The folder with the built program of MSAL Go and azidentity, `flows`.
pub fn go_clients() -> Option<&'static Path> {
    static READY: OnceLock<Option<PathBuf>> = OnceLock::new();
    once(&READY, "go", |folder, source| {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        for file in ["go.mod", "go.sum", "main.go"] {
            copy(source, folder, file)?;
        }
        // Go's own cache knows what has to be built again.
        succeed(
            Command::new("go")
                .args(["build", "-o", "flows", "."])
                .current_dir(folder),
        )
    })
}

/// The folder with the compiled classes of MSAL Java and azure-identity, and `classpath.txt`.
pub fn java_clients() -> Option<&'static Path> {
    static READY: OnceLock<Option<PathBuf>> = OnceLock::new();
    once(&READY, "java", |folder, source| {
        let sources = "src/main/java";
        std::fs::create_dir_all(folder.join(sources)).map_err(|error| error.to_string())?;
        copy(source, folder, "pom.xml")?;
        copy(&source.join(sources), &folder.join(sources), "Flows.java")?;
        let wanted = ["pom.xml", "src/main/java/Flows.java"]
            .iter()
            .filter_map(|file| std::fs::read_to_string(source.join(file)).ok())
            .collect::<String>();
        if is_installed(folder, &wanted) {
            return Ok(());
        }
        announce(folder);
        succeed(
            Command::new("mvn")
                .args([
                    "-q",
                    "-B",
                    "compile",
                    "dependency:build-classpath",
                    "-Dmdep.outputFile=classpath.txt",
                ])
                .current_dir(folder),
        )?;
        mark_installed(folder, &wanted)
    })
}

fn announce(folder: &Path) {
    let _ = writeln!(
        io::stderr(),
        "setting up a client in {} (once)",
        folder.display()
    );
}

fn copy(from: &Path, to: &Path, name: &str) -> Result<(), String> {
    std::fs::copy(from.join(name), to.join(name))
        .map(|_| ())
        .map_err(|error| format!("{name}: {error}"))
}

/// The folder of the automated person in Chromium; `None` after saying why not.
pub fn browser_person() -> Option<&'static Path> {
    static READY: OnceLock<Option<PathBuf>> = OnceLock::new();
    once(&READY, "browser", |folder, source| {
        if !Path::new(CHROMIUM).exists() {
            return Err(format!(
                "{CHROMIUM} is not there; install the package chromium"
            ));
        }
        set_up_npm(folder, source, "person.mjs")
    })
}

/// Chromium itself comes from the system; what drives it comes from the npm registry.
const CHROMIUM: &str = "/usr/bin/chromium";

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
