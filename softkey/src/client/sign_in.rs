//! Sign-in: WebAuthn Level 3, section 5.1.4, and the platform's part of CTAP 2.3, section 6.2.1.

use serde_json::{Value as Json, json};

use super::client_data::{self, Caller, Kind};
use super::extensions::{LargeBlob, request_results};
use super::large_blob::BlobKey;
use super::options::RequestOptions;
use super::origin::Origin;
use super::platform::{PlatformInfo, Proof, translate};
use super::register::{descriptors, token};
use super::{Client, ClientError};
use crate::authenticator::command;
use crate::cbor::{Value, read};
use crate::encoding::base64url;
use crate::status::Status;
use crate::store::Store;

/// Where extension outputs begin in authenticator data of an assertion.
const EXTENSIONS: usize = 37;
const FLAGS: usize = 32;

impl<S: Store> Client<'_, S> {
    /// Signs in: request options in, `AuthenticationResponseJSON` out.
    pub fn sign_in(&mut self, options: &Json, caller: &Caller) -> Result<Json, ClientError> {
        let options = RequestOptions::read(options, self.browser_strict)?;
        let origin = Origin::parse(&caller.origin)?;
        let rp_id = origin.rp_id(options.rp_id.as_deref())?;
        let data = client_data::write(Kind::Get, &options.challenge, &origin, caller)?;
        let info = self.info()?;
        let prepared = self.prepare_request(&options, &info)?;
        let allow = self.preflight(&options.allow, &rp_id, &info)?;
        let wanted = options.user_verification;
        let proof = self.prove(&info, wanted, false, 0x02, (&rp_id, &data.hash))?;
        let built_in = matches!(proof, Proof::BuiltIn);
        let (param, protocol) = token(&proof);
        let parameters = Value::map_of([
            Some((1_i64, Value::from(rp_id.as_str()))),
            Some((2, Value::from(data.hash))),
            (!allow.is_empty()).then(|| (3, descriptors(&allow))),
            prepared.parameter().map(|extensions| (4, extensions)),
            built_in.then(|| (5, Value::map([("uv", Value::Bool(true))]))),
            param.map(|param| (6, param)),
            protocol.map(|protocol| (7, protocol)),
        ]);
        let first = self
            .call(command::GET_ASSERTION, Some(&parameters))
            .map_err(translate)?;
        let response = self.choose(first)?;
        let bytes = |value: Option<&Value>| value.and_then(Value::as_bytes).map(<[u8]>::to_vec);
        let broken = || translate(Status::Other);
        let auth_data = bytes(response.get(2_i64)).ok_or_else(broken)?;
        let signature = bytes(response.get(3_i64)).ok_or_else(broken)?;
        let id = bytes(response.get(1_i64).and_then(|one| one.get("id"))).ok_or_else(broken)?;
        let handle = bytes(response.get(4_i64).and_then(|user| user.get("id")));
        let outputs = match auth_data.get(FLAGS) {
            Some(flags) if flags & 0x80 != 0 => {
                auth_data.get(EXTENSIONS..).and_then(|rest| read(rest).ok())
            }
            _ => None,
        };
        let mut results = request_results(&options, outputs.as_ref(), &prepared);
        if let Some(wanted) = &prepared.large_blob {
            let key = bytes(response.get(7_i64)).and_then(|key| key.try_into().ok());
            results["largeBlob"] = self.large_blob_results(wanted, key, &info)?;
        }
        let id = base64url::encode(id);
        let mut answer = json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "authenticatorAttachment": self.key.profile().attachment.name(),
            "response": {
                "clientDataJSON": base64url::encode(&data.json),
                "authenticatorData": base64url::encode(auth_data),
                "signature": base64url::encode(signature),
            },
            "clientExtensionResults": results,
        });
        if let Some(handle) = handle {
            answer["response"]["userHandle"] = Json::String(base64url::encode(handle));
        }
        Ok(answer)
    }

    /// What came of the large blob. That it could not be written is told, and is no reason to fail.
    fn large_blob_results(
        &mut self,
        wanted: &LargeBlob,
        key: Option<BlobKey>,
        info: &PlatformInfo,
    ) -> Result<Json, ClientError> {
        match (wanted, key) {
            (LargeBlob::Read, None) => Ok(json!({})),
            (LargeBlob::Read, Some(key)) => Ok(match self.read_large_blob(info, &key)? {
                Some(blob) => json!({ "blob": base64url::encode(blob) }),
                None => json!({}),
            }),
            (LargeBlob::Write(blob), key) => {
                let written =
                    key.is_some_and(|key| self.write_large_blob(info, &key, blob).is_ok());
                Ok(json!({ "written": written }))
            }
        }
    }

    /// Among several assertions, the one for the account that was asked for, or the first.
    fn choose(&mut self, first: Value) -> Result<Value, ClientError> {
        let Some(account) = self.account.clone() else {
            return Ok(first);
        };
        let total = first.get(5_i64).and_then(Value::as_integer).unwrap_or(1);
        let mut current = first;
        for _ in 1..total {
            if self.is_account(&current, &account) {
                return Ok(current);
            }
            current = self
                .call(command::GET_NEXT_ASSERTION, None)
                .map_err(translate)?;
        }
        if self.is_account(&current, &account) {
            return Ok(current);
        }
        Err(ClientError::not_allowed(format!(
            "this key holds no credential of {account:?} for this relying party; see: softkey list"
        )))
    }

    /// Whether an assertion is by a credential or for an account. The authenticator names accounts only to
    /// verified users, so its memory is asked as well.
    fn is_account(&self, assertion: &Value, account: &str) -> bool {
        let Some(id) = assertion
            .get(1_i64)
            .and_then(|one| one.get("id"))
            .and_then(Value::as_bytes)
        else {
            return false;
        };
        if base64url::encode(id) == account {
            return true;
        }
        self.key
            .store()
            .state()
            .credential(id)
            .is_some_and(|credential| credential.user.name.as_deref() == Some(account))
    }
}
