//! `serve` and `control`: the key for other programs, and its button.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value as Json, json};
use socket2::{Domain, SockAddr, Socket, Type};

use super::args::ServeArguments;
use super::home::{Place, failed, persona_profile};
use super::{CliError, Said, set_defects};
use crate::authenticator::Authenticator;
use crate::store::{Change, MemoryStore, Store};
use crate::system_env::{Agreeable, SystemEnv};
use crate::transport::server::{Server, listen_tcp, listen_udp, listen_unix};

type AnyStore = Box<dyn Store + Send>;

/// Serves until it is stopped.
pub(super) fn serve(
    place: &Place,
    arguments: &ServeArguments,
    json: bool,
    output: &mut dyn Write,
) -> Result<(), CliError> {
    let (mut key, world) = served_key(place, arguments.forget.as_deref())?;
    set_defects(&mut key.profile_mut().defects, &arguments.defect)?;
    if arguments.reset_any_time {
        key.profile_mut().reset_window_seconds = None;
    }
    let server = Server::new(key, world);
    server
        .panel
        .set(|settings| settings.plug_in_on_connect = arguments.plug_in_on_connect);
    let mut listeners = Vec::new();
    let mut said = serde_json::Map::new();
    let no_address = arguments.tcp.is_none() && arguments.udp.is_none();
    #[cfg(target_os = "linux")]
    let no_address = no_address && arguments.uhid.is_none();
    let unix = arguments
        .unix
        .clone()
        .or_else(|| no_address.then(|| place.beside("sock")));
    if let Some(path) = &unix {
        make_parent(path)?;
        listeners.push(listen_unix(&server, path).map_err(|error| failed(path, &error))?);
        said.insert("unix".to_owned(), json!(path.display().to_string()));
    }
    if let Some(address) = arguments.tcp {
        let listener = listen_tcp(&server, address).map_err(|error| busy(&address, &error))?;
        said.insert("tcp".to_owned(), json!(listener.address));
        listeners.push(listener);
    }
    if let Some(address) = arguments.udp {
        let listener = listen_udp(&server, address).map_err(|error| busy(&address, &error))?;
        said.insert("udp".to_owned(), json!(listener.address));
        listeners.push(listener);
    }
    #[cfg(target_os = "linux")]
    if let Some(path) = &arguments.uhid {
        let listener = crate::transport::server::serve_uhid(&server, path).map_err(|error| {
            CliError::other(format!(
                "{}: {error}; load the module uhid and see that you may write there, or use the preload library",
                path.display()
            ))
        })?;
        said.insert("uhid".to_owned(), json!(listener.address));
        listeners.push(listener);
    }
    let control = arguments.control.clone().unwrap_or_else(|| match &unix {
        Some(path) => path.with_extension("control"),
        None => place.beside("control"),
    });
    make_parent(&control)?;
    listen_control(&server, &control)?;
    said.insert("control".to_owned(), json!(control.display().to_string()));
    ready(&said, json, output)?;
    for listener in listeners {
        listener.join();
    }
    Ok(())
}

/// The key of the folder, or one that is forgotten.
pub(super) fn served_key(
    place: &Place,
    forget: Option<&str>,
) -> Result<(Authenticator<AnyStore>, SystemEnv<Agreeable>), CliError> {
    let Some(persona) = forget else {
        let store = place.open_store()?;
        let profile = store.profile().clone();
        let mut world = place.world("serve", Some(store.state()));
        let store: AnyStore = Box::new(store);
        return Ok((Authenticator::new(profile, store, &mut world)?, world));
    };
    let profile = persona_profile(persona)?;
    let mut world = place.world("forgotten", None);
    let identity = place.authority()?.issue(profile.aaguid, "forgotten")?;
    let store: AnyStore = Box::<MemoryStore>::default();
    let mut key = Authenticator::new(profile, store, &mut world)?;
    key.store_mut()
        .commit(vec![Change::Attestation(Box::new(identity))])?;
    Ok((key, world))
}

/// Says where the key is, so that whoever started it can go on.
pub(super) fn ready(
    said: &serde_json::Map<String, Json>,
    json: bool,
    output: &mut dyn Write,
) -> Result<(), CliError> {
    let text = if json {
        Json::Object(said.clone()).to_string()
    } else {
        let rows = said
            .iter()
            .map(|(name, value)| format!("  {name:8} {}", value.as_str().unwrap_or_default()));
        let rows: Vec<String> = rows.collect();
        format!(
            "The key is plugged in:\n{}\nIts button says yes at once; change that with: softkey control",
            rows.join("\n")
        )
    };
    writeln!(output, "{text}")
        .and_then(|()| output.flush())
        .map_err(|error| CliError::other(error.to_string()))
}

fn busy(address: &dyn std::fmt::Display, error: &std::io::Error) -> CliError {
    CliError::other(format!(
        "cannot listen on {address}: {error}; port 0 takes a free one"
    ))
}

pub(super) fn make_parent(path: &Path) -> Result<(), CliError> {
    match path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        Some(parent) => std::fs::create_dir_all(parent).map_err(|error| failed(parent, &error)),
        None => Ok(()),
    }
}

/// Listens on the control socket, for the owner only.
pub(super) fn listen_control(server: &Arc<Server<AnyStore>>, path: &Path) -> Result<(), CliError> {
    let wrong = |error: std::io::Error| failed(path, &error);
    if path.exists() {
        std::fs::remove_file(path).map_err(wrong)?;
    }
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None).map_err(wrong)?;
    socket
        .bind(&SockAddr::unix(path).map_err(wrong)?)
        .map_err(wrong)?;
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .map_err(wrong)?;
    socket.listen(4).map_err(wrong)?;
    let server = Arc::clone(server);
    std::thread::spawn(move || {
        while let Ok((connection, _)) = socket.accept() {
            let server = Arc::clone(&server);
            std::thread::spawn(move || {
                // The other side may leave at any time.
                drop(crate::control::serve(&server, &connection, &connection));
            });
        }
    });
    Ok(())
}

/// Sends one request to a control socket and says what came back.
pub(super) fn control(path: &PathBuf, request: &str) -> Result<Said, CliError> {
    let parsed: Json = serde_json::from_str(request).map_err(|error| {
        CliError::other(format!(
            "the request is no JSON: {error}; for instance: {{\"command\":\"status\"}}"
        ))
    })?;
    let wrong = |error: std::io::Error| {
        CliError::other(format!(
            "{}: {error}; is the key served? see: softkey serve",
            path.display()
        ))
    };
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None).map_err(wrong)?;
    socket
        .connect(&SockAddr::unix(path).map_err(wrong)?)
        .map_err(wrong)?;
    writeln!(&socket, "{parsed}").map_err(wrong)?;
    let mut line = String::new();
    BufReader::new(&socket)
        .read_line(&mut line)
        .map_err(wrong)?;
    let answer: Json =
        serde_json::from_str(&line).map_err(|error| CliError::other(error.to_string()))?;
    match answer.get("error").and_then(Json::as_str) {
        Some(error) => Err(CliError::other(error)),
        None => Ok(Said::new(
            serde_json::to_string_pretty(&answer)
                .map_err(|error| CliError::other(error.to_string()))?,
            answer,
        )),
    }
}
