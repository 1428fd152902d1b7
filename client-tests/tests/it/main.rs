//! One module a client.

mod azure_cli;
mod browser;
mod python_libraries;
