//! The proxy: tunnels to simulated hosts end here, tunnels to other hosts are refused by name.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use http::uri::Authority;
use hyper::body::Incoming;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncBufReadExt, BufReader};

use super::{Port, Visit, dial, message, serve_plain, serve_tls};
use crate::hosts::{self, SimulatedHost};
use crate::wire::{Reply, Request};

/// `CONNECT host:port`
pub(super) fn connect(visit: Visit, request: hyper::Request<Incoming>) -> Reply {
    let Some(authority) = request.uri().authority().cloned() else {
        return message::refusal(StatusCode::BAD_REQUEST, "CONNECT names no host");
    };
    let host = authority.host().to_ascii_lowercase();
    let user = request
        .headers()
        .get("proxy-authorization")
        .and_then(|value| basic_user(value.to_str().ok()?));
    if is_simulated(&visit, &authority, 443) {
        let visit = Visit {
            proxy_user: user,
            ..visit
        };
        tokio::spawn(async move {
            let Ok(stream) = hyper::upgrade::on(request).await else {
                return;
            };
            // Boxed, because a tunnel serves connections as the port that opened it does.
            if let Err(error) = Box::pin(intercept(TokioIo::new(stream), visit)).await {
                tracing::debug!(host, error, "intercepted tunnel ended");
            }
        });
        return Reply::empty(StatusCode::OK);
    }
    if !visit
        .edge
        .allowed_hosts
        .iter()
        .any(|allowed| allowed.eq_ignore_ascii_case(&host))
    {
        return refuse(&host);
    }
    tokio::spawn(async move {
        let target = format!("{host}:{}", authority.port_u16().unwrap_or(443));
        match (hyper::upgrade::on(request).await, dial(&target).await) {
            (Ok(client), Ok(mut server)) => {
                let _ = tokio::io::copy_bidirectional(&mut TokioIo::new(client), &mut server).await;
            }
            (_, Err(error)) => {
                tracing::warn!(target, %error, "cannot open a tunnel to an allowed host");
            }
            (Err(_), Ok(_)) => {}
        }
    });
    Reply::empty(StatusCode::OK)
}

/// What is inside a tunnel shows in its first byte: a TLS handshake, or HTTP as it is (some clients tunnel that too).
async fn intercept(stream: TokioIo<Upgraded>, visit: Visit) -> Result<(), String> {
    const TLS_HANDSHAKE: u8 = 0x16;
    let mut stream = BufReader::new(stream);
    let first = stream
        .fill_buf()
        .await
        .map_err(|error| error.to_string())?
        .first()
        .copied();
    match first {
        None => Ok(()),
        Some(TLS_HANDSHAKE) => {
            serve_tls(
                stream,
                Visit {
                    port: Port::Https,
                    ..visit
                },
                None,
            )
            .await
        }
        Some(_) => serve_plain(stream, visit, None).await,
    }
}

/// Whether a request to the proxy is for us. A loopback address is at our own ports only: at others it is somebody else's.
pub(super) fn is_simulated(visit: &Visit, authority: &Authority, default_port: u16) -> bool {
    match hosts::lookup(&authority.host().to_ascii_lowercase()) {
        None => false,
        Some(SimulatedHost::Loopback) => visit
            .edge
            .own_ports
            .contains(&authority.port_u16().unwrap_or(default_port)),
        Some(_) => true,
    }
}

/// The answer for a host that is not simulated.
pub(super) fn refuse(host: &str) -> Reply {
    let message = format!(
        "entrasim does not simulate {host} and lets nothing through to it; start with --allow-host {host} to reach the real one"
    );
    tracing::warn!(host, "refused a host that is not simulated");
    message::refusal(StatusCode::FORBIDDEN, &message).header("x-entrasim-refused", host)
}

/// The user name given to the proxy: it selects a tenant.
pub(super) fn user(request: &Request) -> Option<String> {
    basic_user(request.header("proxy-authorization")?)
}

fn basic_user(header: &str) -> Option<String> {
    let (scheme, value) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    let user = text.split_once(':').map_or(text.as_str(), |(user, _)| user);
    let user = percent_decode_str(user).decode_utf8_lossy().into_owned();
    (!user.is_empty()).then_some(user)
}
