//! The network edge: three ports, TLS, the proxy, and the limits within which strangers are read.
//!
//! May use real time (timeouts). Knows no surface: what to answer is asked of a [`Service`].

use core::future::Future;
use core::time::Duration;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use http::StatusCode;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use crate::wire::{Reply, Request, Scheme};

pub mod authority;
mod idle;
mod message;
mod proxy;
mod tls;

use authority::Authority;
use idle::Idle;

/// What answers requests. Answers are computed, never awaited.
pub trait Service: Send + Sync + 'static {
    fn answer(&self, port: Port, request: &Request) -> Reply;
}

/// Which door a request came through.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Port {
    Https,
    Http,
    Control,
}

/// Where to listen, and what to let through.
#[derive(Clone, Debug)]
pub struct ListenerConfig {
    pub https: SocketAddr,
    pub http: SocketAddr,
    pub control: SocketAddr,
    /// Further addresses for plain HTTP: the metadata address, in a network namespace of our own.
    pub more_http: Vec<SocketAddr>,
    /// Hosts that are not simulated and to which the proxy opens a tunnel all the same.
    pub allowed_hosts: Vec<String>,
    /// What the control port demands as a bearer token, where it is reachable from other machines.
    pub control_token: Option<String>,
    /// How long a connection may be silent; [`IDLE`] unless a test is in a hurry.
    pub idle: Duration,
}

/// How long a connection may be silent, and how long a request's head may take.
pub const IDLE: Duration = Duration::from_secs(75);
/// The real services refuse longer heads too; every known client stays below 32 KiB.
const HEAD_BYTES: usize = 128 * 1024;
/// The real services refuse more than about a hundred.
const HEADERS: usize = 200;
/// Enough for two full test suites at once; each connection costs a few kilobytes.
const CONNECTIONS: usize = 4096;
/// How long running requests may take after the end has been asked for.
const GRACE: Duration = Duration::from_secs(3);

/// Bound, not serving yet.
#[derive(Debug)]
pub struct Listener {
    https: TcpListener,
    http: TcpListener,
    control: TcpListener,
    more_http: Vec<TcpListener>,
    edge: Edge,
}

/// What every connection needs.
#[derive(Clone, Debug)]
struct Edge {
    tls: TlsConfig,
    idle: Duration,
    /// The ports of the simulated hosts: through the proxy, a loopback address is ours at these only.
    own_ports: Arc<[u16]>,
    allowed_hosts: Arc<[String]>,
    control_token: Option<Arc<str>>,
}

#[derive(Clone)]
struct TlsConfig(TlsAcceptor);

impl core::fmt::Debug for TlsConfig {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("TlsConfig")
    }
}

impl Listener {
    /// Binds the ports; port 0 takes a free one.
    pub async fn bind(config: ListenerConfig, authority: Arc<Authority>) -> io::Result<Self> {
        let tls = TlsConfig(TlsAcceptor::from(tls::server_config(authority)?));
        let mut more_http = Vec::new();
        for address in &config.more_http {
            more_http.push(bind(*address).await?);
        }
        let (https, http) = (bind(config.https).await?, bind(config.http).await?);
        let own_ports = [https.local_addr()?.port(), http.local_addr()?.port()];
        Ok(Self {
            https,
            http,
            control: bind(config.control).await?,
            more_http,
            edge: Edge {
                tls,
                idle: config.idle,
                own_ports: own_ports.into(),
                allowed_hosts: config.allowed_hosts.into(),
                control_token: config.control_token.map(Into::into),
            },
        })
    }

    /// `https://127.0.0.1:8443`
    pub fn https(&self) -> io::Result<String> {
        Ok(format!("https://{}", self.https.local_addr()?))
    }

    pub fn http(&self) -> io::Result<String> {
        Ok(format!("http://{}", self.http.local_addr()?))
    }

    pub fn control(&self) -> io::Result<String> {
        Ok(format!("http://{}", self.control.local_addr()?))
    }

    /// Serves until `end`, then lets running requests finish, but not for long.
    pub async fn serve(self, service: Arc<dyn Service>, end: impl Future<Output = ()>) {
        let room = Arc::new(Semaphore::new(CONNECTIONS));
        let graceful = Arc::new(GracefulShutdown::new());
        let doors = [
            (self.https, Port::Https),
            (self.http, Port::Http),
            (self.control, Port::Control),
        ];
        let more = self.more_http.into_iter().map(|door| (door, Port::Http));
        let tasks: Vec<_> = doors
            .into_iter()
            .chain(more)
            .map(|(door, port)| {
                let visit = Visit {
                    port,
                    edge: self.edge.clone(),
                    service: Arc::clone(&service),
                    proxy_user: None,
                };
                tokio::spawn(accept(
                    door,
                    visit,
                    Arc::clone(&room),
                    Arc::clone(&graceful),
                ))
            })
            .collect();
        end.await;
        for task in &tasks {
            task.abort();
        }
        for task in tasks {
            let _ = task.await;
        }
        if let Some(graceful) = Arc::into_inner(graceful) {
            let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
        }
    }
}

async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let hint = "choose another port with --https-port, --http-port or --control-port (0 takes a free one)";
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error}; {hint}"))
    })
}

/// One connection's circumstances.
#[derive(Clone)]
struct Visit {
    port: Port,
    edge: Edge,
    service: Arc<dyn Service>,
    /// The user name that opened the proxy's tunnel.
    proxy_user: Option<String>,
}

async fn accept(
    door: TcpListener,
    visit: Visit,
    room: Arc<Semaphore>,
    graceful: Arc<GracefulShutdown>,
) {
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        let stream = match door.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of file handles, most likely: those in use come back, spinning would not help.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let watcher = graceful.watcher();
        let visit = visit.clone();
        tokio::spawn(async move {
            let _permit = permit;
            let _ = stream.set_nodelay(true);
            let stream = Idle::new(stream, visit.edge.idle);
            let result = match visit.port {
                Port::Https => serve_tls(stream, visit, Some(watcher)).await,
                Port::Http | Port::Control => serve_plain(stream, visit, Some(watcher)).await,
            };
            if let Err(error) = result {
                tracing::debug!(error, "connection ended");
            }
        });
    }
}

fn builder(idle: Duration) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(idle)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS)
        .half_close(false);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX))
        .max_concurrent_streams(128);
    builder
}

/// TLS on a stream, and requests inside it: the https port, and an intercepted tunnel.
async fn serve_tls<S>(stream: S, visit: Visit, watcher: Option<Watcher>) -> Result<(), String>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let handshake = visit.edge.tls.0.accept(stream);
    let stream = tokio::time::timeout(visit.edge.idle, handshake)
        .await
        .map_err(|_| "the TLS handshake took too long".to_owned())?
        .map_err(|error| format!("TLS handshake: {error}"))?;
    serve_plain(stream, visit, watcher).await
}

/// Requests on a stream as it is.
async fn serve_plain<S>(stream: S, visit: Visit, watcher: Option<Watcher>) -> Result<(), String>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let builder = builder(visit.edge.idle);
    let service = service_fn(move |request| answer(visit.clone(), request));
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    let result = match watcher {
        Some(watcher) => watcher.watch(connection.into_owned()).await,
        None => connection.await,
    };
    result.map_err(|error| error.to_string())
}

async fn answer(
    visit: Visit,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<message::Body>, core::convert::Infallible> {
    let reply = if visit.port == Port::Http && request.method() == hyper::Method::CONNECT {
        proxy::connect(visit, request)
    } else {
        respond(visit, request).await
    };
    Ok(message::response(reply))
}

async fn respond(visit: Visit, request: hyper::Request<Incoming>) -> Reply {
    let scheme = if visit.port == Port::Https {
        Scheme::Https
    } else {
        Scheme::Http
    };
    // Only a request to a proxy names its host in the request line of HTTP/1.
    let through_proxy = request
        .uri()
        .authority()
        .cloned()
        .filter(|_| request.version() <= http::Version::HTTP_11);
    let mut request = match message::read(request, scheme).await {
        Ok(request) => request,
        Err(refusal) => return refusal,
    };
    if visit.port == Port::Control {
        return refuse_control(visit.edge.control_token.as_deref(), &request)
            .unwrap_or_else(|| visit.service.answer(visit.port, &request));
    }
    request.proxy_user = visit.proxy_user.clone().or_else(|| proxy::user(&request));
    let simulated = match through_proxy {
        Some(authority) => proxy::is_simulated(&visit, &authority, 80),
        None => crate::hosts::lookup(&request.host()).is_some(),
    };
    if !simulated {
        return proxy::refuse(&request.host());
    }
    visit.service.answer(visit.port, &request)
}

/// The control port obeys whoever reaches it, so it must not be reached by accident: on the loopback only under a loopback
/// name (a page that rebinds its own name comes under that name) and from no foreign page; elsewhere only with the token.
fn refuse_control(token: Option<&str>, request: &Request) -> Option<Reply> {
    use crate::hosts::{SimulatedHost, lookup};
    let foreign_page = request
        .header("origin")
        .is_some_and(|origin| origin != request.origin());
    let (status, reason) = match token {
        Some(token)
            if request.header("authorization") == Some(format!("Bearer {token}").as_str()) =>
        {
            return None;
        }
        Some(_) => (
            StatusCode::UNAUTHORIZED,
            "the control port wants its token as a bearer token",
        ),
        None if lookup(&request.host()) != Some(SimulatedHost::Loopback) => (
            StatusCode::FORBIDDEN,
            "the control port answers to localhost and loopback addresses only",
        ),
        None if foreign_page => (
            StatusCode::FORBIDDEN,
            "the control port takes no requests from other pages",
        ),
        None => return None,
    };
    Some(message::refusal(status, reason))
}

/// Opens a plain connection for a tunnel to a host that is allowed.
async fn dial(authority: &str) -> io::Result<TcpStream> {
    tokio::time::timeout(Duration::from_secs(10), TcpStream::connect(authority))
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}
