//! One module a client.

mod azure_cli;
mod browser;
mod ci_snippets;
mod deployments;
mod libraries;
mod packages;
mod reports;
mod security_keys;
mod table;
mod terraform;
