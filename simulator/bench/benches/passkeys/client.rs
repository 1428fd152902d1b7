//! A connection that is kept, and the requests of one sign-in.

use std::io;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

use super::key::Key;
use super::server::{Server, text};

const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const VERIFIER: &str = "entrasim-entrasim-entrasim-entrasim-entrasim";
const REDIRECT: &str = "http://localhost:8400";
const SCOPE: &str = "https://management.core.windows.net//.default openid profile";

pub(super) struct Client<'a> {
    runtime: Runtime,
    connection: SendRequest<Full<Bytes>>,
    server: &'a Server,
}

/// What is in a page: the value after a hidden field's name.
fn field<'h>(html: &'h str, name: &str) -> io::Result<&'h str> {
    let mark = format!("name=\"{name}\" value=\"");
    between(html, &mark, '"')
}

fn between<'h>(html: &'h str, mark: &str, end: char) -> io::Result<&'h str> {
    let rest = html.split_once(mark).map(|(_, rest)| rest);
    let found = rest.and_then(|rest| rest.split_once(end));
    let missing = || io::Error::other(format!("no {mark} in {html}"));
    found.map(|(value, _)| value).ok_or_else(missing)
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let pairs = fields.iter();
    let pairs = pairs.map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}

impl<'a> Client<'a> {
    pub(super) fn new(server: &'a Server) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let connection = runtime.block_on(async {
            let stream = TcpStream::connect(&server.http).await?;
            stream.set_nodelay(true)?;
            let shaken = handshake(TokioIo::new(stream)).await;
            let (connection, driver) = shaken.map_err(io::Error::other)?;
            tokio::spawn(driver);
            Ok::<_, io::Error>(connection)
        })?;
        Ok(Self {
            runtime,
            connection,
            server,
        })
    }

    fn ask(&mut self, request: Request<Full<Bytes>>) -> io::Result<(StatusCode, String)> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let answer = connection.send_request(request).await;
            let (head, body) = answer.map_err(io::Error::other)?.into_parts();
            let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
            let text = String::from_utf8_lossy(&body).into_owned();
            match head.status.as_u16() {
                200..300 => Ok((head.status, text)),
                _ => Err(io::Error::other(format!("{}: {text}", head.status))),
            }
        })
    }

    fn get(&mut self, path: &str) -> io::Result<String> {
        let request = Request::get(path).header(header::HOST, "login.microsoftonline.com");
        let request = request.body(Full::default()).map_err(io::Error::other)?;
        Ok(self.ask(request)?.1)
    }

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> io::Result<String> {
        let request = Request::post(path)
            .header(header::HOST, "login.microsoftonline.com")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(encoded(fields).into())
            .map_err(io::Error::other)?;
        Ok(self.ask(request)?.1)
    }

    /// Goes on from a page: its hidden fields, and what the person put in.
    fn answer(&mut self, page: &str, path: &str, more: &[(&str, &str)]) -> io::Result<String> {
        let mut fields = more.to_vec();
        for name in ["ctx", "flowToken", "canary", "hpgrequestid"] {
            fields.push((name, field(page, name)?));
        }
        self.post(path, &fields)
    }

    /// Registers a key for a user, as an administrator's app does.
    pub(super) fn register(&mut self, user: &str, key: &mut Key) -> io::Result<()> {
        let handout = self.server.handout.clone();
        let app = &handout["apps"]["deploy"];
        let (client, secret) = (text(&app["client_id"]), text(&app["client_secret"]));
        let token = format!("/{}/oauth2/v2.0/token", self.server.tenant());
        let answer = self.post(
            &token,
            &[
                ("grant_type", "client_credentials"),
                ("client_id", client),
                ("client_secret", secret),
                ("scope", "https://graph.microsoft.com/.default"),
            ],
        )?;
        let answer: Value = serde_json::from_str(&answer)?;
        let bearer = format!("Bearer {}", text(&answer["access_token"]));
        let name = text(&handout["accounts"][user]["upn"]);
        let methods = format!("/v1.0/users/{name}/authentication/fido2Methods");
        let mut graph = |method: &str, path: &str, body: String| {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header(header::HOST, "graph.microsoft.com")
                .header(header::AUTHORIZATION, &bearer)
                .header(header::CONTENT_TYPE, "application/json")
                .body(body.into())
                .map_err(io::Error::other)?;
            self.ask(request)
        };
        let (_, options) = graph("GET", &format!("{methods}/creationOptions"), String::new())?;
        let options: Value = serde_json::from_str(&options)?;
        let made = key.registration(&options["publicKey"])?;
        let body = json!({
            "displayName": "Red key",
            "publicKeyCredential": {
                "id": made["id"],
                "response": {
                    "clientDataJSON": made["response"]["clientDataJSON"],
                    "attestationObject": made["response"]["attestationObject"],
                },
            },
        });
        graph("POST", &methods, body.to_string())?;
        Ok(())
    }

    /// One sign-in, from the app's wish to its token.
    pub(super) fn sign_in(&mut self, key: &mut Key) -> io::Result<()> {
        let tenant = self.server.tenant();
        let wish = encoded(&[
            ("client_id", CLI),
            ("response_type", "code"),
            ("response_mode", "form_post"),
            ("redirect_uri", REDIRECT),
            ("scope", SCOPE),
            ("code_challenge", VERIFIER),
            ("code_challenge_method", "plain"),
            ("state", "s"),
        ]);
        let page = self.get(&format!("/{tenant}/oauth2/v2.0/authorize?{wish}"))?;
        let challenge = between(&page, "\"sFidoChallenge\":\"", '"')?;
        let made = key.assertion(challenge.as_bytes())?;
        let response = &made["response"];
        let assertion = json!({
            "id": made["id"], "clientDataJSON": response["clientDataJSON"],
            "authenticatorData": response["authenticatorData"],
            "signature": response["signature"], "userHandle": response["userHandle"],
        });
        let assertion = assertion.to_string();
        let shown = [("type", "23"), ("ps", "23"), ("assertion", &assertion)];
        let page = self.answer(&page, &format!("/{tenant}/login"), &shown)?;
        let page = self.answer(&page, "/kmsi", &[("LoginOptions", "3"), ("type", "28")])?;
        let code = field(&page, "code")?.to_owned();
        let answer = self.post(
            &format!("/{tenant}/oauth2/v2.0/token"),
            &[
                ("grant_type", "authorization_code"),
                ("client_id", CLI),
                ("code", &code),
                ("redirect_uri", REDIRECT),
                ("code_verifier", VERIFIER),
            ],
        )?;
        if answer.contains("\"access_token\"") {
            Ok(())
        } else {
            Err(io::Error::other(answer))
        }
    }
}
