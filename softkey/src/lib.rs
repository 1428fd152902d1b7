//! A FIDO2 authenticator in software.
