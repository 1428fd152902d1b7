//! `browser`: Chromium with the key for its security key.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use serde_json::json;

use super::args::BrowserArguments;
use super::home::{Place, failed};
use super::serve::{listen_control, make_parent, ready, served_key};
use super::{CliError, set_defects};
use crate::browser::{bridge::Bridge, programs, switches, write_extension};
use crate::client::Client;
use crate::encoding::base64url;
use crate::env::random;
use crate::system_env::SystemEnv;
use crate::transport::server::Server;

/// Starts the browser and bridges to it until it ends.
pub(super) fn browser(
    place: &Place,
    arguments: &BrowserArguments,
    json: bool,
    output: &mut dyn Write,
) -> Result<(), CliError> {
    let (mut key, mut world) = served_key(place, arguments.forget.as_deref())?;
    // A key that is bought has its PIN from its user; one that was just made up has none yet.
    if let (Some(_), Some(pin)) = (&arguments.forget, &arguments.pin) {
        Client::new(&mut key, &mut world).set_pin(None, pin)?;
    }
    set_defects(&mut key.profile_mut().defects, &arguments.defect)?;
    let server = Server::new(key, world);
    // The secret is not the key's; a seed does not repeat it.
    let secret = base64url::encode(random::<16>(&mut SystemEnv::default()));
    let pin = arguments.pin.as_deref();
    let address = Bridge::listen(Arc::clone(&server), &secret, pin)
        .map_err(|error| CliError::other(format!("cannot listen on loopback: {error}")))?;
    let folder = place.beside("browser");
    let extension = folder.join("extension");
    write_extension(&extension, &address.to_string(), &secret)
        .map_err(|error| failed(&extension, &error))?;
    let control = arguments
        .control
        .clone()
        .unwrap_or_else(|| place.beside("control"));
    make_parent(&control)?;
    listen_control(&server, &control)?;
    let mut said = serde_json::Map::new();
    for (name, value) in [
        ("extension", extension.display().to_string()),
        ("control", control.display().to_string()),
    ] {
        said.insert(name.to_owned(), json!(value));
    }
    let child = if arguments.no_start {
        None
    } else {
        let profile = arguments
            .profile
            .clone()
            .unwrap_or_else(|| folder.join("profile"));
        Some(start(arguments, &extension, &profile)?)
    };
    ready(&said, json, output)?;
    match child {
        Some(mut child) => {
            child
                .wait()
                .map_err(|error| CliError::other(error.to_string()))?;
            server.key().close()?;
            Ok(())
        }
        None => loop {
            std::thread::park();
        },
    }
}

/// The first browser that is there.
fn start(
    arguments: &BrowserArguments,
    extension: &Path,
    profile: &Path,
) -> Result<Child, CliError> {
    let candidates: Vec<PathBuf> = match &arguments.chrome {
        Some(program) => vec![program.clone()],
        None => programs().collect(),
    };
    for program in &candidates {
        let started = Command::new(program)
            .args(switches(extension, profile))
            .args(&arguments.switches)
            .arg(&arguments.url)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        match started {
            Ok(child) => return Ok(child),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(program, &error)),
        }
    }
    let names: Vec<String> = candidates
        .iter()
        .map(|one| one.display().to_string())
        .collect();
    Err(CliError::other(format!(
        "there is no {}; name Chromium or Chrome for Testing with --chrome",
        names.join(" or ")
    )))
}
