//! Names that follow from texts: the same input always gives the same output.

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// 13 letters and digits that follow from the text; the real function's hash is not published.
pub(super) fn unique_string(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest
        .as_ref()
        .iter()
        .take(13)
        .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
        .collect()
}

/// A GUID that follows from the text; the real function's is another one.
pub(super) fn guid(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    let bytes: [u8; 16] = core::array::from_fn(|at| digest.as_ref()[at]);
    uuid::Builder::from_bytes(bytes)
        .with_version(uuid::Version::Sha1)
        .into_uuid()
        .to_string()
}
