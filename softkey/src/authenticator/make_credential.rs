//! authenticatorMakeCredential (0x01): CTAP 2.3, section 6.1.

use super::Authenticator;
use super::parameters::{
    Options, PUBLIC_KEY, PinUvAuth, client_data_hash, descriptors, relying_party, user,
};
use super::user_verification::Verified;
use crate::attestation;
use crate::authenticator_data::{AttestedCredential, AuthenticatorData, Flags};
use crate::cbor::{Fields, Value};
use crate::cose::Algorithm;
use crate::credential::{CredProtect, Credential, User, rp_id_hash};
use crate::env::{Env, Prompt, Reason};
use crate::pin_uv_auth::Permissions;
use crate::profile::AttestationMode;
use crate::status::Status;
use crate::store::Store;

mod keep;

/// The parameters, with their types checked.
struct Request<'a> {
    client_data_hash: [u8; 32],
    rp_id: &'a str,
    rp_name: Option<&'a str>,
    user: User,
    algorithm: Algorithm,
    exclude: Option<Vec<&'a [u8]>>,
    extensions: Option<Fields<'a>>,
    options: Options,
    auth: PinUvAuth<'a>,
    enterprise: Option<u64>,
    formats: Option<Vec<&'a str>>,
}

/// Which attestation step 9 settled on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Enterprise {
    No,
    Yes,
}

impl<S: Store> Authenticator<S> {
    pub(super) fn make_credential(
        &mut self,
        fields: Fields<'_>,
        env: &mut dyn Env,
    ) -> Result<Value, Status> {
        let auth = PinUvAuth {
            param: fields.bytes(8_i64)?,
            protocol: fields.unsigned(9_i64)?,
        };
        let hash = client_data_hash(fields.bytes(1_i64)?)?;
        let (rp_id, rp_name) = relying_party(fields.map(2_i64)?)?;
        let mut user = user(fields.map(3_i64)?)?;
        if self.profile.pin_uv_auth_token() {
            user.icon = None;
        }
        let algorithms = fields.array(4_i64)?.ok_or(Status::MissingParameter)?;
        let prompt = Prompt {
            reason: Reason::Register,
            rp_id: Some(rp_id),
            user: user.name.as_deref(),
        };
        // Steps 1 and 2.
        let protocol = self.check_pin_uv_auth(auth, &prompt, env)?;
        // Step 3.
        let algorithm = self.choose_algorithm(algorithms)?;
        let limit = self.profile.max_credential_count_in_list;
        let request = Request {
            client_data_hash: hash,
            rp_id,
            rp_name,
            user: user.clone(),
            algorithm,
            exclude: fields
                .array(5_i64)?
                .map(|list| descriptors(list, limit))
                .transpose()?,
            extensions: fields.map(6_i64)?,
            options: Options::read(fields.map(7_i64)?)?,
            auth,
            enterprise: fields.unsigned(0x0a_i64)?,
            formats: fields.array(0x0b_i64)?.map(formats).transpose()?,
        };
        // Step 4 is the `Verified` that follows. Step 5.
        let discoverable = request.options.rk.unwrap_or(false);
        let mut uv = self.uv_option(request.auth, request.options)?;
        if discoverable && !self.profile.discoverable {
            return Err(Status::UnsupportedOption);
        }
        // Before CTAP 2.1 the option was no option at all.
        let up_allowed = self.profile.pin_uv_auth_token().then_some(true);
        if request.options.up.is_some() && request.options.up != up_allowed {
            return Err(Status::InvalidOption);
        }
        // Step 6.
        self.insist_on_always_uv(request.auth, &mut uv)?;
        // Steps 7 and 8.
        let unproven = self.is_protected() && !uv && request.auth.param.is_none();
        let exempt = self.make_cred_uv_not_rqd() && !discoverable;
        if unproven && !exempt {
            return Err(self.verification_needed());
        }
        // Step 9.
        let enterprise = self.enterprise(&request)?;
        // Steps 10 and 11: without verification only if step 10 allows it, which steps 7 and 8 have checked.
        let verified = self.verify_for_creation(&request, protocol, uv, &prompt, env)?;
        let with_token = request.auth.param.is_some();
        // Step 12.
        self.refuse_excluded(&request, with_token, &verified, &prompt, env)?;
        // Extensions that a later step would refuse are refused before anybody is asked for a touch.
        let checked = self.check_create_extensions(request.extensions, discoverable)?;
        // Steps 13 and 14.
        self.ensure_user_present(with_token, verified.user_present, &prompt, env)?;
        // Steps 15 to 18.
        let mut created = self.create(&request, discoverable, &checked, env)?;
        let outputs = self.create_extension_outputs(
            &mut created,
            &checked,
            request.extensions,
            verified.user_verified,
            env,
        )?;
        let credential = self.keep(created, env)?;
        // Step 19.
        self.attest(
            &request,
            &credential,
            verified.user_verified,
            outputs,
            enterprise,
        )
    }

    /// Step 3: the first algorithm offered wins, but every element must be well-formed.
    fn choose_algorithm(&self, list: &[Value]) -> Result<Algorithm, Status> {
        let mut chosen = None;
        for element in list {
            let element = Fields::of(element)?;
            let id = element.integer("alg")?.ok_or(Status::MissingParameter)?;
            let kind = element.text("type")?.ok_or(Status::MissingParameter)?;
            let offered = Algorithm::from_id(id).filter(|algorithm| {
                self.profile
                    .offered_algorithms()
                    .any(|one| one == *algorithm)
            });
            if kind == PUBLIC_KEY {
                chosen = chosen.or(offered);
            }
        }
        chosen.ok_or(Status::UnsupportedAlgorithm)
    }

    /// Step 5, the `uv` option: mutually exclusive with the token, which takes precedence.
    pub(super) fn uv_option(&self, auth: PinUvAuth<'_>, options: Options) -> Result<bool, Status> {
        let uv = auth.param.is_none() && options.uv.unwrap_or(false);
        if uv && !self.uv_enabled() {
            Err(Status::InvalidOption)
        } else {
            Ok(uv)
        }
    }

    /// Step 6 (and step 5 of getAssertion): always require user verification.
    pub(super) fn insist_on_always_uv(
        &self,
        auth: PinUvAuth<'_>,
        uv: &mut bool,
    ) -> Result<(), Status> {
        if !self.always_uv() || *uv {
            return Ok(());
        }
        if !self.is_protected() {
            return Err(self.verification_needed());
        }
        if auth.param.is_none() {
            if !self.uv_enabled() {
                return Err(self.verification_needed());
            }
            *uv = true;
        }
        Ok(())
    }

    /// `makeCredUvNotRqd` as getInfo shows it: never together with alwaysUv, and not before CTAP 2.1.
    pub(super) fn make_cred_uv_not_rqd(&self) -> bool {
        let known = self.profile.pin_uv_auth_token();
        known && self.profile.make_cred_uv_not_rqd && !self.always_uv()
    }

    /// Step 9.
    fn enterprise(&self, request: &Request<'_>) -> Result<Enterprise, Status> {
        let Some(kind) = request.enterprise else {
            return Ok(Enterprise::No);
        };
        let enabled = self.device()?.enterprise_attestation;
        if !self.profile.enterprise_attestation || !enabled {
            return Err(Status::InvalidParameter);
        }
        match kind {
            // Vendor-facilitated: only for the relying parties of the list.
            1 if self
                .profile
                .enterprise_rp_ids
                .iter()
                .any(|one| one == request.rp_id) =>
            {
                Ok(Enterprise::Yes)
            }
            1 => Ok(Enterprise::No),
            // Platform-managed: the platform has decided.
            2 => Ok(Enterprise::Yes),
            _ => Err(Status::InvalidOption),
        }
    }

    /// Step 11.
    fn verify_for_creation(
        &mut self,
        request: &Request<'_>,
        protocol: Option<crate::pin_uv_auth::Protocol>,
        uv: bool,
        prompt: &Prompt<'_>,
        env: &mut dyn Env,
    ) -> Result<Verified, Status> {
        if let (Some(param), Some(protocol)) = (request.auth.param, protocol) {
            // The standard does not say what a token is worth on a key without PIN or finger. CTAP 2.0 did:
            if !self.is_protected() {
                return Err(Status::PinNotSet);
            }
            self.use_token(
                protocol,
                &request.client_data_hash,
                param,
                Permissions::MC,
                request.rp_id,
            )?;
            return Ok(Verified {
                user_verified: true,
                user_present: false,
            });
        }
        if uv {
            return self.verify_in_command(prompt, env);
        }
        Ok(Verified {
            user_verified: false,
            user_present: false,
        })
    }

    /// Step 12.
    fn refuse_excluded(
        &mut self,
        request: &Request<'_>,
        with_token: bool,
        verified: &Verified,
        prompt: &Prompt<'_>,
        env: &mut dyn Env,
    ) -> Result<(), Status> {
        let excluded = request.exclude.iter().flatten().any(|id| {
            self.find(id, request.rp_id).is_some_and(|found| {
                found.cred_protect != CredProtect::UserVerificationRequired
                    || verified.user_verified
            })
        });
        if !excluded {
            return Ok(());
        }
        self.touch_before_refusal(with_token, verified.user_present, prompt, env)?;
        Err(Status::CredentialExcluded)
    }

    /// Step 19 and the response.
    fn attest(
        &mut self,
        request: &Request<'_>,
        credential: &Credential,
        user_verified: bool,
        outputs: Option<Value>,
        enterprise: Enterprise,
    ) -> Result<Value, Status> {
        let counter = self.next_counter(credential)?;
        let key = credential.key.key().map_err(|_| Status::Other)?;
        let data = AuthenticatorData {
            rp_id_hash: self.shown_rp_id_hash(request.rp_id),
            flags: self.flags(credential, true, user_verified, false),
            counter,
            attested: Some(AttestedCredential {
                aaguid: self.profile.aaguid,
                id: credential.id.clone(),
                public_key: key.public_cose(),
            }),
            extensions: outputs,
        };
        let auth_data = data.to_bytes();
        let mode = match request.formats.as_deref() {
            // The platform prefers `none` and says so as its only or first known choice (CTAP 2.2).
            Some(formats) if preferred(formats) == Some("none") => AttestationMode::None,
            _ => self.profile.attestation,
        };
        let (format, statement) = attestation::statement(&attestation::Subject {
            mode,
            enterprise: enterprise == Enterprise::Yes,
            identity: self.store.state().attestation(),
            key,
            auth_data: &auth_data,
            client_data_hash: &request.client_data_hash,
            defects: &self.profile.defects,
        })
        .map_err(|_| Status::Other)?;
        let attested = enterprise == Enterprise::Yes && mode == AttestationMode::Packed;
        Ok(Value::map_of([
            Some((1_i64, Value::from(format))),
            Some((2, Value::from(auth_data))),
            Some((3, statement)),
            attested.then_some((4, Value::Bool(true))),
            credential.large_blob_key.map(|key| (5, Value::from(key))),
        ]))
    }

    /// The hash that authenticator data shows; a defect shows another.
    pub(super) fn shown_rp_id_hash(&self, rp_id: &str) -> [u8; 32] {
        if self.profile.defects.wrong_rp_id_hash {
            rp_id_hash(&format!("not-{rp_id}"))
        } else {
            rp_id_hash(rp_id)
        }
    }

    /// The flags, as they are or as a defect has them.
    pub(super) fn flags(
        &self,
        credential: &Credential,
        user_present: bool,
        user_verified: bool,
        assertion: bool,
    ) -> Flags {
        let defects = &self.profile.defects;
        let flip = assertion && defects.flip_backup_flags;
        let verified = user_verified || defects.false_user_verification;
        let mut flags = Flags::default();
        flags.set(Flags::UP, user_present && !defects.hide_user_presence);
        flags.set(Flags::UV, verified && !defects.hide_user_verification);
        flags.set(Flags::BE, credential.backup_eligible != flip);
        flags.set(Flags::BS, credential.backup_state != flip);
        flags
    }
}

/// `attestationFormatsPreference`: texts.
fn formats(list: &[Value]) -> Result<Vec<&str>, Status> {
    list.iter()
        .map(|format| format.as_text().ok_or(Status::CborUnexpectedType))
        .collect()
}

/// The first format that is known here.
fn preferred<'a>(formats: &[&'a str]) -> Option<&'a str> {
    formats
        .iter()
        .copied()
        .find(|format| matches!(*format, "packed" | "none"))
}
