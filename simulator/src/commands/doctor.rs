//! `entrasim doctor`: what is wrong with this machine's set-up, and the fix.

use std::io::{self, Write};
use std::net::TcpListener;
use std::path::Path;

use entrasim_scenarios::environment::PROXIES;

use crate::config;
use crate::listener::authority::Authority;

/// One check's answer.
enum Finding {
    Ok(String),
    Problem { what: String, fix: String },
}

/// Runs every check; `true` if nothing is wrong.
pub fn doctor(out: &mut dyn Write) -> io::Result<bool> {
    let folder = config::data_folder();
    let findings = [
        authority(&folder),
        ports(),
        proxy_variables(),
        trust_variables(),
        user_namespaces(),
    ];
    let mut healthy = true;
    for finding in findings {
        match finding {
            Finding::Ok(what) => writeln!(out, "ok       {what}")?,
            Finding::Problem { what, fix } => {
                healthy = false;
                writeln!(out, "problem  {what}\n         fix: {fix}")?;
            }
        }
    }
    Ok(healthy)
}

fn authority(folder: &Path) -> Finding {
    if let Err(error) = Authority::open(folder) {
        return Finding::Problem {
            what: format!(
                "the local authority in {} cannot be opened: {error}",
                folder.display()
            ),
            fix: "make the folder writable for you, or name another one in ENTRASIM_DATA"
                .to_owned(),
        };
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let secret = folder.join("authority.pem");
        let mode = std::fs::metadata(&secret).map_or(0, |data| data.permissions().mode() & 0o777);
        if mode != 0o600 {
            return Finding::Problem {
                what: format!(
                    "{} has mode {mode:o}: others can read the authority's key",
                    secret.display()
                ),
                fix: "entrasim ca rotate".to_owned(),
            };
        }
    }
    Finding::Ok(format!(
        "the local authority in {} is readable by you alone",
        folder.display()
    ))
}

fn ports() -> Finding {
    let taken: Vec<String> = [8443_u16, 8080, 8900]
        .into_iter()
        .filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_err())
        .map(|port| port.to_string())
        .collect();
    if taken.is_empty() {
        Finding::Ok("the default ports 8443, 8080 and 8900 are free".to_owned())
    } else {
        Finding::Problem {
            what: format!("in use already: port {}", taken.join(", ")),
            fix: "stop what uses them, or `entrasim serve --port 0`; `run` and `replay` take free ports anyway".to_owned(),
        }
    }
}

fn proxy_variables() -> Finding {
    let set: Vec<&str> = PROXIES
        .into_iter()
        .filter(|name| config::variable(name).is_some())
        .collect();
    if set.is_empty() {
        Finding::Ok("no proxy variable is set".to_owned())
    } else {
        Finding::Problem {
            what: format!("set in this shell: {}", set.join(", ")),
            fix: "`entrasim run` replaces them for its command; a simulator that you `serve` yourself needs them to point at it".to_owned(),
        }
    }
}

fn trust_variables() -> Finding {
    let names = [
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "SSL_CERT_FILE",
        "NODE_EXTRA_CA_CERTS",
    ];
    let missing = names.into_iter().find_map(|name| {
        let path = config::variable(name)?;
        (!Path::new(&path).exists()).then(|| format!("{name} names {path}, which is not there"))
    });
    match missing {
        None => Finding::Ok("the variables that name trusted certificates are in order".to_owned()),
        Some(what) => Finding::Problem {
            what,
            fix: "unset it, or name the file that `entrasim ca path` prints".to_owned(),
        },
    }
}

#[cfg(target_os = "linux")]
fn user_namespaces() -> Finding {
    let made = std::process::Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "--mount", "true"])
        .stderr(std::process::Stdio::null())
        .status();
    match made {
        Ok(status) if status.success() => Finding::Ok("`run --isolated` works here: namespaces are permitted".to_owned()),
        _ => Finding::Problem {
            what: "`run --isolated` does not work here: the kernel or unshare(1) permits no user namespace".to_owned(),
            fix: "install util-linux, or sysctl kernel.unprivileged_userns_clone=1 (or kernel.apparmor_restrict_unprivileged_userns=0); plain `run` works without".to_owned(),
        },
    }
}

#[cfg(not(target_os = "linux"))]
fn user_namespaces() -> Finding {
    Finding::Ok("`run --isolated` is for Linux; plain `run` works here".to_owned())
}
