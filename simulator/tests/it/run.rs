//! `entrasim run`, the binary itself.
#![cfg(unix)]

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::listener::folder;

fn entrasim(name: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_entrasim"));
    command
        .env("ENTRASIM_DATA", folder(name))
        .env("TMPDIR", folder(name))
        .stderr(Stdio::null());
    command
}

#[test]
fn the_exit_code_is_the_commands() {
    for (script, code) in [("exit 0", 0), ("exit 7", 7), ("kill -KILL $$", 137)] {
        let status = entrasim("run-code")
            .args(["run", "--", "sh", "-c", script])
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(code), "{script}");
    }
}

#[tokio::test]
async fn a_terminated_run_ends_its_command_and_leaves_nothing_behind() {
    let place = folder("run-terminated").join(std::process::id().to_string());
    std::fs::create_dir_all(&place).unwrap();
    let told = place.join("told");
    let script =
        "trap 'echo ended > \"$TOLD\"; exit 3' TERM; echo ready; while :; do sleep 0.05; done";
    let mut run = tokio::process::Command::from({
        let mut command = entrasim("run-terminated");
        command
            .env("TMPDIR", &place)
            .env("TOLD", &told)
            .args(["run", "--", "sh", "-c", script]);
        command.stdout(Stdio::piped());
        command
    })
    .spawn()
    .unwrap();
    let mut out = run.stdout.take().unwrap();
    tokio::io::AsyncReadExt::read_u8(&mut out).await.unwrap();
    let pid = rustix::process::Pid::from_raw(i32::try_from(run.id().unwrap()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let status = tokio::time::timeout(Duration::from_secs(10), run.wait())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(status.code(), Some(3), "the command decides how it ends");
    assert!(told.exists(), "the command was asked to end");
    let left: Vec<_> = std::fs::read_dir(&place)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["told"], "no folder of this run stays");
}
