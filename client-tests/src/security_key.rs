//! A softkey that is served to programs which look for a security key.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::set_up::{skipped, succeed};
use crate::{CLIENTS, Ran, build, profile_folder};

/// The softkey binary, built if need be.
fn softkey() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| build("softkey"))
}

/// The preload library with which unmodified programs find a served key, where these programs are there; `None` after
/// saying which is not. It is compiled with the system's C compiler.
pub fn preload_library(programs: &[&str]) -> Option<&'static Path> {
    static LIBRARY: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let client = "unmodified programs with a security key";
    for program in programs {
        if !on_path(program) {
            skipped(client, &format!("{program} is not there"));
            return None;
        }
    }
    match LIBRARY.get_or_init(compile) {
        Ok(library) => Some(library),
        Err(reason) => {
            skipped(client, reason);
            None
        }
    }
}

fn on_path(program: &str) -> bool {
    let found = Command::new("sh")
        .args(["-c", "command -v \"$1\"", "sh", program])
        .output();
    found.is_ok_and(|output| output.status.success())
}

fn compile() -> Result<PathBuf, String> {
    let source = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../softkey/shim/softkey_hidraw.c"
    );
    // One name for each process that compiles: another test may have the library in use.
    let library = profile_folder().join(format!("softkey_hidraw.{}.so", std::process::id()));
    succeed(
        Command::new("cc")
            .args(["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"])
            .arg("-o")
            .arg(&library)
            .args([source, "-ldl"]),
    )?;
    Ok(library)
}

/// A key that is served until it is dropped, and forgotten then.
#[derive(Debug)]
pub struct SecurityKey {
    child: Child,
    folder: PathBuf,
}

impl SecurityKey {
    /// Serves a key of a persona.
    ///
    /// # Panics
    /// When it does not start.
    pub fn serve(persona: &str) -> Self {
        Self::start(|folder| {
            let mut arguments = vec![
                "serve".to_owned(),
                "--forget".to_owned(),
                persona.to_owned(),
            ];
            for (option, file) in [("--unix", "key"), ("--control", "control")] {
                arguments.push(option.to_owned());
                arguments.push(folder.join(file).display().to_string());
            }
            arguments
        })
    }

    /// Serves a key of a persona to a browser that somebody else starts; without a PIN it verifies nobody.
    ///
    /// # Panics
    /// When it does not start.
    pub fn for_a_browser(persona: &str, pin: Option<&str>) -> Self {
        Self::start(|folder| {
            let control = folder.join("control").display().to_string();
            let mut arguments = vec!["browser", "--no-start", "--forget", persona];
            arguments.extend(pin.map(|pin| ["--pin", pin]).into_iter().flatten());
            arguments.extend(["--control", &control]);
            arguments.into_iter().map(str::to_owned).collect()
        })
    }

    /// The folder of the extension that is the browser's way to it.
    pub fn extension(&self) -> PathBuf {
        self.folder.join("home/default.browser/extension")
    }

    /// The automated pages of `clients/browser`, in Chromium with the extension; `browser` is their folder.
    ///
    /// # Panics
    /// When there is no Node.js.
    pub fn pages(&self, browser: &Path) -> Ran {
        let output = Command::new("node")
            .arg(browser.join("security-key.mjs"))
            .arg(self.extension())
            .arg(self.folder.join("control"))
            .stdin(Stdio::null())
            .output()
            .expect("Node.js has just been used to set this up");
        output.into()
    }

    /// Starts softkey with these arguments, in a folder of its own, and waits for its first line.
    fn start(arguments: impl FnOnce(&Path) -> Vec<String>) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // A socket's path must be short.
        let folder = std::env::temp_dir().join(format!("sk-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the folder for temporary files can be written to");
        let mut child = Command::new(softkey())
            .arg("--home")
            .arg(folder.join("home"))
            .arg("--json")
            .args(arguments(&folder))
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary has just been built");
        let said = child.stdout.take().expect("it is piped");
        let key = Self { child, folder };
        let mut ready = String::new();
        let read = BufReader::new(said).read_line(&mut ready);
        assert!(read.is_ok() && ready.starts_with('{'), "{ready}");
        key
    }

    /// Runs a script of `clients/security-keys` in a folder of its own; its programs find the key by the library.
    ///
    /// # Panics
    /// When there is no shell.
    pub fn script(&self, library: &Path, script: &str) -> Ran {
        let work = self.folder.join("work");
        std::fs::create_dir_all(&work).expect("the folder is ours");
        let output = Command::new("sh")
            .arg(Path::new(CLIENTS).join("security-keys").join(script))
            .current_dir(&work)
            .env("SHIM", library)
            .env("SOFTKEY", softkey())
            .env("SOFTKEY_HIDRAW", self.folder.join("key"))
            .env("CONTROL", self.folder.join("control"))
            .stdin(Stdio::null())
            .output()
            .expect("there is a shell");
        output.into()
    }
}

impl Drop for SecurityKey {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
