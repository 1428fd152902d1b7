//! Reading what makeCredential and getAssertion have in common: entities, descriptors, options.
//!
//! Sources: CTAP 2.3, sections 6.1 and 6.2 (parameters), 8.2 (which error for what).

use crate::cbor::{Fields, Value};
use crate::credential::User;
use crate::status::Status;

/// The type that every credential has.
pub(super) const PUBLIC_KEY: &str = "public-key";

/// The longest user handle (WebAuthn Level 3, section 5.4.3).
const MAX_USER_ID: usize = 64;

/// `pinUvAuthParam` and `pinUvAuthProtocol`.
#[derive(Clone, Copy)]
pub(super) struct PinUvAuth<'a> {
    pub(super) param: Option<&'a [u8]>,
    pub(super) protocol: Option<u64>,
}

/// The options of makeCredential and getAssertion; what is not understood is treated as absent.
#[derive(Clone, Copy)]
pub(super) struct Options {
    pub(super) rk: Option<bool>,
    pub(super) up: Option<bool>,
    pub(super) uv: Option<bool>,
}

impl Options {
    pub(super) fn read(options: Option<Fields<'_>>) -> Result<Self, Status> {
        let option = |name: &str| match options {
            Some(options) => options.boolean(name),
            None => Ok(None),
        };
        Ok(Self {
            rk: option("rk")?,
            up: option("up")?,
            uv: option("uv")?,
        })
    }
}

/// `clientDataHash`, a SHA-256.
pub(super) fn client_data_hash(hash: Option<&[u8]>) -> Result<[u8; 32], Status> {
    hash.ok_or(Status::MissingParameter)?
        .try_into()
        .map_err(|_| Status::InvalidLength)
}

/// A relying party: its id and name.
pub(super) fn relying_party(rp: Option<Fields<'_>>) -> Result<(&str, Option<&str>), Status> {
    let rp = rp.ok_or(Status::MissingParameter)?;
    let id = rp.text("id")?.ok_or(Status::MissingParameter)?;
    let name = rp.text("name")?;
    // Deprecated since WebAuthn Level 2, but still sent by some; its type is checked and it is dropped.
    rp.text("icon")?;
    Ok((id, name))
}

/// A user account.
pub(super) fn user(user: Option<Fields<'_>>) -> Result<User, Status> {
    let user = user.ok_or(Status::MissingParameter)?;
    let id = user.bytes("id")?.ok_or(Status::MissingParameter)?;
    let name = user.text("name")?;
    let display_name = user.text("displayName")?;
    let icon = user.text("icon")?;
    if id.len() > MAX_USER_ID {
        return Err(Status::InvalidLength);
    }
    Ok(User {
        id: id.to_vec(),
        name: name.map(str::to_owned),
        display_name: display_name.map(str::to_owned),
        icon: icon.map(str::to_owned),
    })
}

/// The ids of a list of credential descriptors; descriptors of other types are left out, malformed ones are
/// an error wherever they stand.
pub(super) fn descriptors(list: &[Value], limit: usize) -> Result<Vec<&[u8]>, Status> {
    if list.len() > limit {
        return Err(Status::LimitExceeded);
    }
    let mut ids = Vec::with_capacity(list.len());
    for descriptor in list {
        if let Some(id) = self::descriptor(Fields::of(descriptor)?)? {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// The id of one descriptor; `None` if it is of another type.
pub(super) fn descriptor(descriptor: Fields<'_>) -> Result<Option<&[u8]>, Status> {
    let id = descriptor.bytes("id")?.ok_or(Status::MissingParameter)?;
    let kind = descriptor.text("type")?.ok_or(Status::MissingParameter)?;
    descriptor.array("transports")?;
    Ok((kind == PUBLIC_KEY).then_some(id))
}
