//! Security info, as its page and public tools call it: a session of the actor's token, and the calls under `/api/`.

use std::io;

use bytes::Bytes;
use serde_json::{Value, json};

use super::actor::{Session, bad};
use super::http::{Answer, Subject};
use crate::language::model::PasskeyStep;

const HOST: &str = "mysignins.microsoft.com";
/// Its address, where the sign-in goes back to.
pub(super) const HOME: &str = "https://mysignins.microsoft.com";
/// Passkeys among the kinds of methods.
const PASSKEY: i64 = 18;

impl Session {
    /// One call. The answer is that of the session where it lets nobody in. A refusal has the status 400, as one of a page has:
    /// the calls themselves are answered 200 with a number in them.
    pub(super) async fn security_info(
        &mut self,
        subject: &Subject,
        handout: &Value,
        now: i64,
        (verb, path, body): (&str, &str, Option<String>),
    ) -> io::Result<Answer> {
        let opened = self.open_security_info(subject, handout, now).await?;
        let session = opened.json();
        let Some(context) = session["sessionCtxV2"].as_str() else {
            return Ok(told(opened));
        };
        let request = http::Request::builder()
            .method(verb)
            .uri(format!("/api{path}"))
            .header("sessionctxv2", context)
            .header("content-type", "application/json")
            .body(Bytes::from(body.unwrap_or_default()))
            .map_err(io::Error::other)?;
        subject.send(HOST, request).await.map(told)
    }

    async fn open_security_info(
        &mut self,
        subject: &Subject,
        handout: &Value,
        now: i64,
    ) -> io::Result<Answer> {
        let token = self.token(subject, handout, "security-info", now).await?;
        let request = http::Request::builder()
            .method("POST")
            .uri("/api/session/authorize")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Bytes::from_static(b"{}"))
            .map_err(io::Error::other)?;
        subject.send(HOST, request).await
    }

    /// Registers a passkey of the actor's own.
    pub(super) async fn register(
        &mut self,
        subject: &Subject,
        handout: &Value,
        wish: &PasskeyStep,
        now: i64,
    ) -> io::Result<Answer> {
        let begin = json!({"Type": PASSKEY}).to_string();
        let call = ("POST", "/authenticationmethods/new", Some(begin));
        let begun = self.security_info(subject, handout, now, call).await?;
        let data = begun.json();
        let Some(data) = data["Data"].as_str() else {
            return Ok(begun);
        };
        let data: Value = serde_json::from_str(data).map_err(|error| bad(error.to_string()))?;
        let proof = self.belongings.keys.proof(wish, &data, now)?;
        let verify = json!({"Type": PASSKEY, "VerificationData": proof.to_string()}).to_string();
        let call = ("POST", "/authenticationmethods/verify", Some(verify));
        self.security_info(subject, handout, now, call).await
    }

    /// The tenant believes the authority of a key that was made.
    pub(super) async fn trust(
        &mut self,
        subject: &Subject,
        handout: &Value,
        key: &str,
    ) -> io::Result<()> {
        let statement = self.belongings.keys.statement(key)?;
        let tenant = handout["tenant"]["id"].as_str().unwrap_or_default();
        let path = format!("/tenants/{tenant}/trust-list");
        subject.control("POST", &path, Some(&statement)).await?;
        Ok(())
    }
}

fn told(answer: Answer) -> Answer {
    let body = answer.json();
    let refused =
        body["ErrorCode"].as_i64().is_some_and(|code| code != 0) || body["isAuthorized"] == false;
    Answer {
        status: if refused { 400 } else { answer.status },
        ..answer
    }
}
