//! `entrasim replay`.

use std::io::{self, Write};

use clap::Args;

#[derive(Args, Debug)]
pub struct ReplayArgs {}

pub async fn replay(_args: &ReplayArgs, out: &mut dyn Write) -> io::Result<u8> {
    writeln!(out, "…")?;
    Ok(0)
}
