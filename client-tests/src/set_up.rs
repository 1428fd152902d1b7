//! Sets clients up, once each, from their own registries. What was installed is written down, and compared the next time.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::{CLIENTS, profile_folder};

/// Chromium itself comes from the system; what drives it comes from the npm registry.
const CHROMIUM: &str = "/usr/bin/chromium";

/// Where clients are set up.
fn clients_folder() -> PathBuf {
    profile_folder()
        .parent()
        .map_or_else(PathBuf::new, Path::to_owned)
        .join("clients")
}

/// Sets a client up, from the folder of its scripts, which has the same name.
fn once(
    ready: &'static OnceLock<Option<PathBuf>>,
    name: &str,
    set_up: impl FnOnce(&Path, &Path) -> Result<(), String>,
) -> Option<&'static Path> {
    ready
        .get_or_init(|| {
            let folder = clients_folder().join(name);
            match set_up(&folder, &Path::new(CLIENTS).join(name)) {
                Ok(()) => Some(folder),
                Err(reason) => {
                    skipped(name, &reason);
                    None
                }
            }
        })
        .as_deref()
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

/// The `bin` folder of a virtual environment with Microsoft Graph's SDK.
pub fn msgraph() -> Option<&'static Path> {
    static READY: OnceLock<Option<PathBuf>> = OnceLock::new();
    static BIN: OnceLock<Option<PathBuf>> = OnceLock::new();
    BIN.get_or_init(|| once(&READY, "msgraph", set_up_python).map(|folder| folder.join("bin")))
        .as_deref()
}

/// The `bin` folder of a virtual environment with a reader of `JUnit` reports and a validator of JSON Schema.
pub fn report_readers() -> Option<&'static Path> {
    static READY: OnceLock<Option<PathBuf>> = OnceLock::new();
    static BIN: OnceLock<Option<PathBuf>> = OnceLock::new();
    BIN.get_or_init(|| once(&READY, "reports", set_up_python).map(|folder| folder.join("bin")))
        .as_deref()
}

/// The `bin` folder of a virtual environment with pytest and MSAL.
pub fn pytest() -> Option<&'static Path> {
    static READY: OnceLock<Option<PathBuf>> = OnceLock::new();
    static BIN: OnceLock<Option<PathBuf>> = OnceLock::new();
    BIN.get_or_init(|| once(&READY, "pytest", set_up_python).map(|folder| folder.join("bin")))
        .as_deref()
}

fn set_up_python(folder: &Path, source: &Path) -> Result<(), String> {
    let requirements = source.join("requirements.txt");
    let wanted = read(&requirements)?;
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

/// The folder with MSAL Node, @azure/identity, @azure/msal-browser, Graph's client and openid-client, and the scripts that use them.
pub fn node_clients() -> Option<&'static Path> {
    static READY: OnceLock<Option<PathBuf>> = OnceLock::new();
    once(&READY, "node", set_up_npm)
}

/// The folder with the CLI for Microsoft 365 and the script that uses it.
pub fn cli_for_microsoft_365() -> Option<&'static Path> {
    static READY: OnceLock<Option<PathBuf>> = OnceLock::new();
    once(&READY, "m365", set_up_npm)
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
        set_up_npm(folder, source)
    })
}

fn set_up_npm(folder: &Path, source: &Path) -> Result<(), String> {
    copy_all(source, folder)?;
    let wanted = read(&source.join("package.json"))?;
    if is_installed(folder, &wanted) {
        return Ok(());
    }
    announce(folder);
    succeed(
        Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund"])
            .current_dir(folder),
    )?;
    mark_installed(folder, &wanted)
}

/// The folder with the built program of MSAL Go, azidentity and the sign-in of Terraform, `flows`.
pub fn go_clients() -> Option<&'static Path> {
    static READY: OnceLock<Option<PathBuf>> = OnceLock::new();
    once(&READY, "go", |folder, source| {
        go_build(source, &folder.join("flows"), ".", &[])
    })
}

/// The folder with `terraform`, built from its modules, and a provider for Resource Manager; `None` after saying why not.
pub fn terraform() -> Option<&'static Path> {
    static READY: OnceLock<Option<PathBuf>> = OnceLock::new();
    once(&READY, "terraform", |folder, source| {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        let program = folder.join("terraform");
        let wanted = read(&source.join("go.mod"))? + &read(&source.join("go.sum"))?;
        if !(is_installed(folder, &wanted) && program.exists()) {
            announce(folder);
            let _ = writeln!(io::stderr(), "building Terraform takes some minutes");
            let module = "github.com/hashicorp/terraform";
            go_build(source, &program, module, &["-trimpath", "-ldflags=-s -w"])?;
            mark_installed(folder, &wanted)?;
        }
        let provider = folder.join("terraform-provider-arm");
        go_build(&source.join("provider"), &provider, ".", &[])
    })
}

/// Builds a program as its `go.mod` says. Go's own cache knows what has to be built again.
fn go_build(source: &Path, program: &Path, package: &str, options: &[&str]) -> Result<(), String> {
    succeed(
        Command::new("go")
            // Not every copy of the sources has its history.
            .args(["build", "-mod=readonly", "-buildvcs=false"])
            .args(options)
            .arg("-o")
            .arg(program)
            .arg(package)
            .current_dir(source),
    )
}

/// The folder with the compiled classes of MSAL Java and azure-identity, and `classpath.txt`.
pub fn java_clients() -> Option<&'static Path> {
    static READY: OnceLock<Option<PathBuf>> = OnceLock::new();
    once(&READY, "java", |folder, source| {
        let mut wanted = read(&source.join("pom.xml"))?;
        let sources = source.join("src/main/java");
        for file in entries(&sources)? {
            wanted.push_str(&read(&file)?);
        }
        if is_installed(folder, &wanted) {
            return Ok(());
        }
        announce(folder);
        copy_all(source, folder)?;
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

/// Whether the versions in `wanted` are those that were installed.
fn is_installed(folder: &Path, wanted: &str) -> bool {
    std::fs::read_to_string(folder.join("installed.txt")).is_ok_and(|known| known == wanted)
}

fn mark_installed(folder: &Path, wanted: &str) -> Result<(), String> {
    std::fs::write(folder.join("installed.txt"), wanted).map_err(|error| error.to_string())
}

fn announce(folder: &Path) {
    let _ = writeln!(
        io::stderr(),
        "setting up a client in {} (once)",
        folder.display()
    );
}

fn read(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

/// What is in a folder, in order.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let found = std::fs::read_dir(folder)
        .and_then(|entries| {
            entries
                .map(|entry| entry.map(|entry| entry.path()))
                .collect()
        })
        .map_err(|error| format!("{}: {error}", folder.display()));
    found.map(|mut paths: Vec<PathBuf>| {
        paths.sort();
        paths
    })
}

fn copy_all(from: &Path, to: &Path) -> Result<(), String> {
    std::fs::create_dir_all(to).map_err(|error| error.to_string())?;
    for path in entries(from)? {
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_all(&path, &target)?;
        } else {
            std::fs::copy(&path, &target)
                .map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(())
}

pub(crate) fn succeed(command: &mut Command) -> Result<(), String> {
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
pub(crate) fn skipped(client: &str, reason: &str) {
    let _ = writeln!(io::stderr(), "\nSKIPPED: {client}: {reason}\n");
    assert!(
        std::env::var_os("CI").is_none(),
        "{client} must not be skipped on CI: {reason}"
    );
}
