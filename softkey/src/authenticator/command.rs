//! The command bytes (CTAP 2.3, section 6).

/// authenticatorMakeCredential.
pub const MAKE_CREDENTIAL: u8 = 0x01;
/// authenticatorGetAssertion.
pub const GET_ASSERTION: u8 = 0x02;
/// authenticatorGetInfo.
pub const GET_INFO: u8 = 0x04;
/// authenticatorClientPIN.
pub const CLIENT_PIN: u8 = 0x06;
/// authenticatorReset.
pub const RESET: u8 = 0x07;
/// authenticatorGetNextAssertion.
pub const GET_NEXT_ASSERTION: u8 = 0x08;
/// authenticatorBioEnrollment.
pub const BIO_ENROLLMENT: u8 = 0x09;
/// authenticatorCredentialManagement.
pub const CREDENTIAL_MANAGEMENT: u8 = 0x0a;
/// authenticatorSelection.
pub const SELECTION: u8 = 0x0b;
/// authenticatorLargeBlobs.
pub const LARGE_BLOBS: u8 = 0x0c;
/// authenticatorConfig.
pub const CONFIG: u8 = 0x0d;
/// authenticatorBioEnrollment in the preview of CTAP 2.1.
pub const BIO_ENROLLMENT_PREVIEW: u8 = 0x40;
/// authenticatorCredentialManagement in the preview of CTAP 2.1.
pub const CREDENTIAL_MANAGEMENT_PREVIEW: u8 = 0x41;
