//! The `softkey` command. Everything it does is in [`softkey::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    softkey::cli::main(std::env::args_os())
}
