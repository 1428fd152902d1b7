//! Requests to the simulator: straight to its addresses, under the real names.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::exchange::Exchange;

/// How reports call an address whose port changes from run to run.
const PLAIN_HOST: &str = "identity endpoint";

/// A simulator: where it is, and what to trust.
#[derive(Clone)]
pub struct Subject {
    https: String,
    control: String,
    /// What an exposed control port demands.
    control_token: Option<String>,
    tls: TlsConnector,
    /// What was sent and answered, where somebody wants to know: the report of a scenario does.
    record: Option<Arc<Mutex<Vec<Exchange>>>>,
}

impl core::fmt::Debug for Subject {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Subject")
            .field("https", &self.https)
            .field("control", &self.control)
            .finish_non_exhaustive()
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers, as they came.
    pub headers: http::HeaderMap,
    /// The body, as it came.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON; null if it is none.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Subject {
    /// A simulator by its base URLs and the PEM file of its authority.
    pub fn new(https: &str, control: &str, ca: &PathBuf) -> io::Result<Self> {
        let mut roots = RootCertStore::empty();
        let certificate = CertificateDer::from_pem_file(ca)
            .map_err(|error| io::Error::other(format!("cannot read {}: {error}", ca.display())))?;
        roots.add(certificate).map_err(io::Error::other)?;
        let config = trusting(roots)?;
        Ok(Self {
            https: address(https),
            control: address(control),
            control_token: None,
            tls: TlsConnector::from(Arc::new(config)),
            record: None,
        })
    }

    /// A running simulator by the URL of its control port, and the token that an exposed one demands.
    ///
    /// # Errors
    /// Nobody answers there as a control port does, or its authority cannot be read from here.
    pub async fn running(control: &str, token: Option<String>) -> io::Result<Self> {
        let stranger = Self {
            https: String::new(),
            control: address(control),
            control_token: token.clone(),
            tls: TlsConnector::from(Arc::new(trusting(RootCertStore::empty())?)),
            record: None,
        };
        let at = stranger
            .control("GET", "/simulator", None)
            .await
            .map_err(|error| {
                io::Error::new(
                    error.kind(),
                    format!("no simulator answers at {control}: {error}"),
                )
            })?;
        let text = |name: &str| at[name].as_str().unwrap_or_default();
        let known = Self::new(text("https"), control, &PathBuf::from(text("ca")))?;
        Ok(Self {
            control_token: token,
            ..known
        })
    }

    /// The same simulator; what is sent to its hosts through this one is kept until it is taken.
    pub(super) fn recording(&self) -> Self {
        Self {
            record: Some(Arc::default()),
            ..self.clone()
        }
    }

    /// What was sent and answered since the last time.
    pub(super) fn take_exchanges(&self) -> Vec<Exchange> {
        self.record.as_ref().map_or_else(Vec::new, |record| {
            core::mem::take(&mut *record.lock().unwrap_or_else(PoisonError::into_inner))
        })
    }

    fn keep(&self, exchange: Option<Exchange>, answer: &Answer) {
        if let (Some(record), Some(mut exchange)) = (&self.record, exchange) {
            exchange.answered(answer);
            let mut record = record.lock().unwrap_or_else(PoisonError::into_inner);
            record.push(exchange);
        }
    }

    fn begun(&self, host: &str, request: &http::Request<Bytes>) -> Option<Exchange> {
        self.record.as_ref().map(|_| Exchange::sent(host, request))
    }

    /// Sends a request to a simulated host.
    pub(super) async fn send(
        &self,
        host: &str,
        request: http::Request<Bytes>,
    ) -> io::Result<Answer> {
        let begun = self.begun(host, &request);
        let stream = TcpStream::connect(&self.https).await?;
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let stream = self.tls.connect(name, stream).await?;
        let answer = exchange(stream, host, request).await?;
        self.keep(begun, &answer);
        Ok(answer)
    }

    /// Sends a request in plain HTTP to an address of the simulator's own.
    pub(super) async fn send_plain(
        &self,
        authority: &str,
        request: http::Request<Bytes>,
    ) -> io::Result<Answer> {
        let begun = self.begun(PLAIN_HOST, &request);
        let answer = exchange(TcpStream::connect(authority).await?, authority, request).await?;
        self.keep(begun, &answer);
        Ok(answer)
    }

    /// Calls the control API; an answer of 4xx or 5xx is an error with its message.
    pub(super) async fn control(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> io::Result<Value> {
        let body = body.map(ToString::to_string).unwrap_or_default();
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json");
        let request = match &self.control_token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        };
        let request = request.body(body.into()).map_err(io::Error::other)?;
        let stream = TcpStream::connect(&self.control).await?;
        let answer = exchange(stream, &self.control, request).await?;
        let value = answer.json();
        if answer.status < 400 {
            return Ok(value);
        }
        let message = value["error"]["message"]
            .as_str()
            .unwrap_or("the control API gave no reason");
        Err(io::Error::other(format!("{method} {path}: {message}")))
    }
}

/// `127.0.0.1:8443` of `https://127.0.0.1:8443/`.
fn address(url: &str) -> String {
    url.split_once("://")
        .map_or(url, |(_, rest)| rest)
        .trim_end_matches('/')
        .to_owned()
}

fn trusting(roots: RootCertStore) -> io::Result<ClientConfig> {
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

async fn exchange<S>(stream: S, host: &str, mut request: http::Request<Bytes>) -> io::Result<Answer>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
{
    let host = http::HeaderValue::from_str(host).map_err(io::Error::other)?;
    request.headers_mut().insert("host", host);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    let driving = tokio::spawn(connection);
    let answer = sender
        .send_request(request.map(Full::new))
        .await
        .map_err(io::Error::other)?;
    let (head, body) = answer.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    driving.abort();
    Ok(Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        body,
    })
}
