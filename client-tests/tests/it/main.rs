//! One module a client.

mod azure_cli;
mod python_libraries;
