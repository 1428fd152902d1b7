//! The arguments, and which function each command is.

use std::ffi::OsString;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{CliError, Said, attest, browser, ceremony, exchange, keys, serve};

/// Examples under the help, line by line.
const EXAMPLES: &str = "\
Make a key, register it where a page or an API gives you options, and sign in with it:
  softkey new --as yubikey5-nfc-5.7 --pin 123456
  softkey register --origin https://login.example.com --options creation.json --pin 123456
  softkey sign-in --origin https://login.example.com --options request.json --pin 123456

Let other programs use it, or the pages in a browser:
  softkey serve
  softkey browser https://webauthn.example";

/// The requests of the control channel, line by line.
const REQUESTS: &str = "\
Requests:
  {\"command\":\"status\"}
  {\"command\":\"power-cycle\"}   {\"command\":\"unplug\"}   {\"command\":\"plug\"}
  {\"command\":\"touch\",\"value\":\"approve|deny|ignore|ask\",\"delay_millis\":0}
  {\"command\":\"answer\",\"approve\":true}            after touch with ask
  {\"command\":\"verify\",\"value\":\"accept|reject|ignore\"}
  {\"command\":\"clock\",\"seconds\":60}
  {\"command\":\"defect\",\"name\":\"stale-counter\",\"on\":true}
  {\"command\":\"fault\",\"drop\":1,\"corrupt\":1,\"stall_millis\":500}
  {\"command\":\"dump\"}
  {\"command\":\"inject\",\"credential\":{…}}           in the shape of dump
  {\"command\":\"remove\",\"credential_id\":\"…\"}";

/// A FIDO2 security key in software, for tests.
///
/// Its keys lie unprotected in a file unless you encrypt it. Do not guard anything with it.
#[derive(Debug, Parser)]
#[command(
    name = "softkey",
    version,
    propagate_version = true,
    max_term_width = 100,
    after_help = EXAMPLES
)]
pub struct Arguments {
    /// The folder with keys and the test authority.
    #[arg(long, global = true, env = "SOFTKEY_HOME", value_name = "DIR")]
    pub(super) home: Option<PathBuf>,
    /// Where the folder is by default.
    #[arg(long, global = true, env = "XDG_DATA_HOME", hide = true)]
    pub(super) data_home: Option<PathBuf>,
    /// Which key.
    #[arg(
        long,
        short,
        global = true,
        default_value = "default",
        value_name = "NAME"
    )]
    pub(super) key: String,
    /// A file whose first line is the passphrase of an encrypted key.
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) passphrase_file: Option<PathBuf>,
    /// Takes randomness from this number instead of the system, so that a run repeats byte for byte.
    #[arg(long, global = true, value_name = "NUMBER")]
    pub(super) seed: Option<u64>,
    /// One JSON value on standard output, for machines.
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a new key.
    New(NewArguments),
    /// List the keys in the folder.
    Keys,
    /// List the credentials on the key.
    List,
    /// Show what the key announces, or one credential.
    Show {
        /// The id of a credential.
        credential: Option<String>,
        /// Include the private key.
        #[arg(long, requires = "credential")]
        private: bool,
    },
    /// Delete a credential.
    Remove {
        /// Its id.
        credential: String,
    },
    /// Register: creation options in, credential out.
    Register(CeremonyArguments),
    /// Sign in: request options in, assertion out.
    SignIn {
        #[command(flatten)]
        ceremony: CeremonyArguments,
        /// Which account, if several are offered: its name, or the id of a credential.
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Set or change the PIN.
    #[command(subcommand)]
    Pin(PinCommand),
    /// Change the settings of the key: those of authenticatorConfig.
    Set(SetArguments),
    /// Erase the key: all credentials and the PIN.
    Reset {
        /// Yes, erase it.
        #[arg(long)]
        yes: bool,
    },
    /// Serve the key to other programs over CTAPHID.
    Serve(ServeArguments),
    /// Start Chromium with the key for its security key, on any page; ends when the browser does.
    Browser(BrowserArguments),
    /// Talk to a served key: its button, its sensor, its plug, its faults.
    #[command(after_help = REQUESTS)]
    Control {
        /// The control socket that `serve` printed.
        socket: PathBuf,
        /// A request in JSON, such as '{"command":"status"}'.
        request: String,
    },
    /// Print the test authority, or a metadata statement about the key.
    #[command(subcommand)]
    Attest(AttestCommand),
    /// List the personas a key can have.
    Personas,
    /// Write the key as JSON, with its private keys.
    Export {
        /// Only the credentials, as browsers' virtual authenticators take them.
        #[arg(long)]
        cdp: bool,
    },
    /// Read an export into a new key, or credentials into this one.
    Import {
        /// The file, or - for standard input.
        file: PathBuf,
    },
}

/// Arguments of `new`.
#[derive(Debug, Args)]
pub(super) struct NewArguments {
    /// The persona; see: softkey personas
    #[arg(long = "as", default_value = "softkey", value_name = "PERSONA")]
    pub(super) persona: String,
    /// A TOML file with what differs from the persona; `softkey show` lists all there is under `profile`.
    #[arg(long, value_name = "FILE")]
    pub(super) profile: Option<PathBuf>,
    /// Set this PIN at once.
    #[arg(long)]
    pub(super) pin: Option<String>,
}

/// Arguments of `register` and `sign-in`.
#[derive(Debug, Args)]
pub(super) struct CeremonyArguments {
    /// The origin of the page.
    #[arg(long)]
    pub(super) origin: String,
    /// The options in JSON; - for standard input.
    #[arg(long, default_value = "-", value_name = "FILE")]
    pub(super) options: PathBuf,
    /// The PIN the user types.
    #[arg(long, env = "SOFTKEY_PIN")]
    pub(super) pin: Option<String>,
    /// The page is a frame of another origin.
    #[arg(long)]
    pub(super) cross_origin: bool,
    /// The origin of the page around that frame.
    #[arg(long, requires = "cross_origin", value_name = "ORIGIN")]
    pub(super) top_origin: Option<String>,
    /// Refuse what Chromium refuses although the standard allows it.
    #[arg(long)]
    pub(super) browser_strict: bool,
    /// The shape of the result.
    #[arg(long, default_value = "webauthn")]
    pub(super) form: Form,
    /// The display name in the shape of Graph.
    #[arg(long, default_value = "softkey", value_name = "NAME")]
    pub(super) display_name: String,
    /// Do this wrong on purpose; may be given several times. A wrong name is answered with all there are.
    #[arg(long, value_name = "DEFECT")]
    pub(super) defect: Vec<String>,
}

/// The shape of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// As `PublicKeyCredential.toJSON()` gives it.
    Webauthn,
    /// The body for Microsoft Graph's `fido2Methods` (registration only).
    Graph,
    /// The fields that Entra's pages post.
    Entra,
}

#[derive(Debug, Subcommand)]
enum PinCommand {
    /// Set a PIN on a key that has none.
    Set {
        /// The PIN.
        pin: String,
    },
    /// Change the PIN.
    Change {
        /// The PIN as it is.
        old: String,
        /// The PIN as it shall be.
        new: String,
    },
}

/// Arguments of `set`.
#[derive(Debug, Args)]
pub(super) struct SetArguments {
    /// Give enterprise attestation on request; only a reset takes this back.
    #[arg(long)]
    pub(super) enterprise_attestation: bool,
    /// Whether the user is always verified.
    #[arg(long, value_name = "ON|OFF")]
    pub(super) always_uv: Option<Switch>,
    /// The least number of characters of a PIN; it only grows.
    #[arg(long, value_name = "NUMBER")]
    pub(super) min_pin_length: Option<u64>,
    /// A relying party that may learn that number; may be given several times, in place of those before.
    #[arg(long, value_name = "RP_ID")]
    pub(super) min_pin_length_rp_id: Vec<String>,
    /// The PIN must be changed before it is of use again.
    #[arg(long)]
    pub(super) force_pin_change: bool,
    /// The PIN the user types.
    #[arg(long, env = "SOFTKEY_PIN")]
    pub(super) pin: Option<String>,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    /// A Unix socket that keeps message boundaries; without any address, one in the folder.
    #[arg(long, value_name = "PATH")]
    pub(super) unix: Option<PathBuf>,
    /// TCP; each report has its length before it, as two bytes. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    pub(super) tcp: Option<SocketAddr>,
    /// UDP; one report a datagram. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    pub(super) udp: Option<SocketAddr>,
    /// Show the key to all programs on this machine, by way of the kernel; needs the right to write to /dev/uhid.
    #[cfg(target_os = "linux")]
    #[arg(long, value_name = "PATH", num_args = 0..=1, default_missing_value = "/dev/uhid")]
    pub(super) uhid: Option<PathBuf>,
    /// The control socket; by default beside the Unix socket.
    #[arg(long, value_name = "PATH")]
    pub(super) control: Option<PathBuf>,
    /// Take a reset at any time, not only within seconds of power-up; for test suites.
    #[arg(long)]
    pub(super) reset_any_time: bool,
    /// Take the first connection after none as plugging the key in: it gets fresh power.
    #[arg(long)]
    pub(super) plug_in_on_connect: bool,
    /// Serve a new key of this persona that is forgotten at the end.
    #[arg(long, value_name = "PERSONA")]
    pub(super) forget: Option<String>,
    /// Do this wrong on purpose; may be given several times. A wrong name is answered with all there are.
    #[arg(long, value_name = "DEFECT")]
    pub(super) defect: Vec<String>,
}

/// Arguments of `browser`.
#[derive(Debug, Args)]
pub(super) struct BrowserArguments {
    /// The page to open.
    #[arg(default_value = "about:blank")]
    pub(super) url: String,
    /// The browser: Chromium, or Chrome for Testing; other builds of Chrome take no extension from a folder.
    #[arg(long, value_name = "PATH")]
    pub(super) chrome: Option<PathBuf>,
    /// Where the browser keeps its own data; by default beside the key.
    #[arg(long, value_name = "DIR")]
    pub(super) profile: Option<PathBuf>,
    /// Do not start a browser: say where the extension is, and wait. For programs that start one themselves.
    #[arg(long)]
    pub(super) no_start: bool,
    /// The PIN the user types. A key that is forgotten at the end gets it.
    #[arg(long, env = "SOFTKEY_PIN")]
    pub(super) pin: Option<String>,
    /// The control socket; by default beside the key.
    #[arg(long, value_name = "PATH")]
    pub(super) control: Option<PathBuf>,
    /// Use a new key of this persona that is forgotten at the end.
    #[arg(long, value_name = "PERSONA")]
    pub(super) forget: Option<String>,
    /// Do this wrong on purpose; may be given several times. A wrong name is answered with all there are.
    #[arg(long, value_name = "DEFECT")]
    pub(super) defect: Vec<String>,
    /// More switches for the browser, after --.
    #[arg(last = true, value_name = "SWITCH")]
    pub(super) switches: Vec<OsString>,
}

#[derive(Debug, Subcommand)]
enum AttestCommand {
    /// The root certificate in PEM.
    Ca,
    /// A statement about the key in the form of the FIDO Metadata Service.
    Metadata,
}

/// Runs the command.
pub(super) fn dispatch(
    arguments: Arguments,
    output: &mut dyn Write,
) -> Result<Option<Said>, CliError> {
    let place = super::home::Place::new(&arguments)?;
    let said = match arguments.command {
        Command::New(new) => keys::new(&place, &new)?,
        Command::Keys => keys::keys(&place)?,
        Command::List => keys::list(&place)?,
        Command::Show {
            credential,
            private,
        } => keys::show(&place, credential.as_deref(), private)?,
        Command::Remove { credential } => keys::remove(&place, &credential)?,
        Command::Register(ceremony) => ceremony::register(&place, &ceremony)?,
        Command::SignIn { ceremony, account } => {
            ceremony::sign_in(&place, &ceremony, account.as_deref())?
        }
        Command::Pin(PinCommand::Set { pin }) => ceremony::pin(&place, None, &pin)?,
        Command::Pin(PinCommand::Change { old, new }) => ceremony::pin(&place, Some(&old), &new)?,
        Command::Set(settings) => ceremony::set(&place, &settings)?,
        Command::Reset { yes } => ceremony::reset(&place, yes)?,
        Command::Serve(serving) => {
            serve::serve(&place, &serving, arguments.json, output)?;
            return Ok(None);
        }
        Command::Browser(browsing) => {
            browser::browser(&place, &browsing, arguments.json, output)?;
            return Ok(None);
        }
        Command::Control { socket, request } => serve::control(&socket, &request)?,
        Command::Attest(AttestCommand::Ca) => attest::ca(&place)?,
        Command::Attest(AttestCommand::Metadata) => attest::metadata(&place)?,
        Command::Personas => attest::personas(),
        Command::Export { cdp } => exchange::export(&place, cdp)?,
        Command::Import { file } => exchange::import(&place, &file)?,
    };
    Ok(Some(said))
}
