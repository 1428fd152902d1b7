//! `entrasim ca`: the local authority.

use std::io::{self, Write};

use clap::Subcommand;

use crate::config;
use crate::listener::authority::Authority;

#[derive(Clone, Copy, Debug, Subcommand)]
pub enum CaCommand {
    /// Print where the authority's certificate is
    Path,
    /// Print the certificate
    Print,
    /// Make a new authority; whoever trusted the old one has to trust the new one
    Rotate,
}

pub fn ca(command: CaCommand, out: &mut dyn Write) -> io::Result<()> {
    let folder = config::data_folder();
    match command {
        CaCommand::Path => writeln!(
            out,
            "{}",
            Authority::open(&folder)?.certificate_path().display()
        ),
        CaCommand::Print => {
            let text = std::fs::read_to_string(Authority::open(&folder)?.certificate_path())?;
            write!(out, "{text}")
        }
        CaCommand::Rotate => {
            let path = Authority::replace(&folder)?.certificate_path();
            writeln!(
                out,
                "A new authority is in {}. Restart running simulators.",
                path.display()
            )
        }
    }
}
