//! What scenarios are played against: a simulator that is started for them, or one that runs.

use std::io;

use entrasim_scenarios::runner::Subject;
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::commands::start::StartArgs;
use crate::simulator::Simulator;

/// A simulator, and how to end it if it was started here.
pub(in crate::commands) struct Against {
    pub subject: Subject,
    own: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Against {
    /// The one that is named, or a fresh one on free ports.
    pub(in crate::commands) async fn open(wish: Option<&str>) -> io::Result<Self> {
        let Some(wish) = wish else {
            return Self::start().await;
        };
        let (control, token) = if wish.starts_with("http://") {
            (wish.to_owned(), None)
        } else {
            of_file(wish)?
        };
        Ok(Self {
            subject: Subject::running(&control, token).await?,
            own: None,
        })
    }

    async fn start() -> io::Result<Self> {
        let simulator = Simulator::start(StartArgs::default().options()?).await?;
        let at = simulator.addresses()?;
        let subject = Subject::new(&at.https, &at.control, &at.ca)?;
        let (end, ended) = oneshot::channel::<()>();
        let serving = tokio::spawn(simulator.serve(async {
            let _ = ended.await;
        }));
        Ok(Self {
            subject,
            own: Some((end, serving)),
        })
    }

    /// Ends what was started here.
    pub(in crate::commands) async fn close(self) {
        if let Some((end, serving)) = self.own {
            let _ = end.send(());
            let _ = serving.await;
        }
    }
}

/// The control port and its token in a line that `serve --json` printed.
fn of_file(path: &str) -> io::Result<(String, Option<String>)> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let message =
            format!("cannot read {path}: {error}; give a file, or a URL that begins with http://");
        io::Error::new(error.kind(), message)
    })?;
    let invalid = || io::Error::other(format!("{path} is not what `entrasim serve --json` prints"));
    let handout: Value = serde_json::from_str(&text).map_err(|_| invalid())?;
    let text = |name: &str| handout[name].as_str().map(str::to_owned);
    Ok((text("control").ok_or_else(invalid)?, text("control_token")))
}
