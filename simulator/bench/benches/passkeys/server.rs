//! The simulator as a process of its own: this program again, with another argument.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use entrasim::simulator::{Options, Simulator};
use serde_json::{Value, json};

/// What the program is told to serve by.
pub(super) const ARGUMENT: &str = "--serve-for-the-benchmark";

/// Serves until standard input ends, which it does with the benchmark; says first where.
pub(super) fn serve() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let data = std::env::temp_dir().join("entrasim-bench");
        let simulator = Simulator::start(Options::new(data)).await?;
        let http = simulator.addresses()?.http;
        let ready = json!({"http": http, "handout": simulator.handout()?});
        let mut out = io::stdout();
        writeln!(out, "{ready}")?;
        out.flush()?;
        let end = tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink()));
        simulator.serve(async { drop(end.await) }).await;
        Ok(())
    })
}

/// A text, or an empty one.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The process that serves, and what it said.
pub(super) struct Server {
    child: Child,
    pub(super) http: String,
    pub(super) handout: Value,
}

impl Server {
    pub(super) fn start() -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let said = child.stdout.take();
        let said = said.ok_or_else(|| io::Error::other("the server says nothing"))?;
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        let ready: Value = serde_json::from_str(&line)?;
        Ok(Self {
            child,
            http: text(&ready["http"])
                .trim_start_matches("http://")
                .to_owned(),
            handout: ready["handout"].clone(),
        })
    }

    pub(super) fn process(&self) -> String {
        self.child.id().to_string()
    }

    pub(super) fn tenant(&self) -> &str {
        text(&self.handout["tenant"]["id"])
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
