//! The ready pieces for CI, run as their runners do it: the commands as they stand, the variables put in. `cargo install` is not
//! waited for: a stand-in looks whether the package is where the snippet says, and puts the built binary there.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests; what is not there is a failure"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use client_tests::{CLIENTS, Ran, binary};
use serde_json::Value;

use crate::reports::folder;

/// The sources, as a checkout of them.
fn sources() -> PathBuf {
    Path::new(CLIENTS).join("../..").canonicalize().unwrap()
}

/// A checkout of somebody's repository with two scenarios in it, and a `cargo` that installs at once.
struct Runner {
    folder: PathBuf,
    variables: BTreeMap<String, String>,
}

impl Runner {
    fn new(name: &str) -> Self {
        let folder = folder(&format!("ci-{name}"));
        std::fs::remove_dir_all(&folder).unwrap();
        for inner in ["scenarios", "path", "temporary", "staging"] {
            std::fs::create_dir_all(folder.join(inner)).unwrap();
        }
        for scenario in ["phase2/password-pipeline", "phase2/second-factor"] {
            let from = sources().join(format!("scenarios/catalogue/{scenario}.yaml"));
            let to = folder.join("scenarios").join(from.file_name().unwrap());
            std::fs::copy(from, to).unwrap();
        }
        let cargo = format!(
            "#!/bin/sh\nwhile [ $# -gt 1 ]; do [ \"$1\" = --path ] && from=$2; [ \"$1\" = --root ] && root=$2; shift; done\n\
             grep -q 'name = \"entrasim\"' \"$from/Cargo.toml\" || exit 3\nmkdir -p \"$root/bin\" && ln -sf '{}' \"$root/bin/entrasim\"\n",
            binary().display()
        );
        let program = folder.join("path/cargo");
        std::fs::write(&program, cargo).unwrap();
        let made = Command::new("chmod").arg("+x").arg(&program).status();
        assert!(made.unwrap().success());
        Self {
            folder,
            variables: BTreeMap::new(),
        }
    }

    fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.insert(name.to_owned(), value.into());
        self
    }

    fn at(&self, inner: &str) -> String {
        self.folder.join(inner).display().to_string()
    }

    /// Runs a script where the checkout is; the first command that fails ends it, as runners have it.
    fn run(&self, script: &str) {
        let output = Command::new("bash")
            .args(["-e", "-o", "pipefail", "-c"])
            .arg(format!(
                "PATH={}:$PATH; export PATH\n{script}",
                self.at("path")
            ))
            .current_dir(&self.folder)
            .envs(&self.variables)
            .output()
            .unwrap();
        let ran = Ran::from(output);
        assert_eq!(ran.code, 0, "{script}\n{}{}", ran.out, ran.err);
    }

    /// Both reports are where the snippet takes them from, and tell of both scenarios.
    fn reported(&self, folder: &str) {
        let read = |file: &str| {
            let path = self.folder.join(folder).join(file);
            std::fs::read_to_string(&path)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let junit = read("junit.xml");
        assert_eq!(junit.matches("<testsuite ").count(), 2, "{junit}");
        assert!(read("report.html").contains("<html"));
    }
}

fn yaml(path: &str) -> Value {
    let text = std::fs::read_to_string(sources().join(path)).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// Puts values in for what stands between two marks; what is not known is a fault of the snippet.
fn filled(script: &str, marks: (&str, &str), value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = script;
    while let Some((before, after)) = rest.split_once(marks.0) {
        let (name, after) = after.split_once(marks.1).unwrap();
        let known = value(name.trim()).unwrap_or_else(|| panic!("nobody sets {name}"));
        out.push_str(before);
        out.push_str(&known);
        rest = after;
    }
    out + rest
}

#[test]
fn the_job_for_gitlab_runs() {
    let job = &yaml("scenarios/ci/gitlab-ci.yml")["entrasim"];
    let mut runner = Runner::new("gitlab");
    for (name, value) in job["variables"].as_object().unwrap() {
        runner = runner.with(name, text(value));
    }
    let checkout = runner.folder.join(text(&job["variables"]["SOURCE"]));
    std::os::unix::fs::symlink(sources(), checkout).unwrap();
    let lines = job["script"].as_array().unwrap().iter().map(text);
    runner.run(&lines.collect::<Vec<_>>().join("\n"));
    runner.reported(text(&job["artifacts"]["paths"][0]));
}

#[test]
fn the_action_for_github_runs() {
    let action = yaml(".github/actions/replay/action.yml");
    let here = sources()
        .join(".github/actions/replay")
        .display()
        .to_string();
    let runner = Runner::new("github");
    let temporary = runner.at("temporary");
    let mut runner = runner
        .with("GITHUB_ACTION_PATH", here)
        .with("RUNNER_TEMP", temporary);
    let given = BTreeMap::from([("scenarios", "scenarios"), ("options", "--quiet")]);
    for step in action["runs"]["steps"].as_array().unwrap() {
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            let value = filled(text(value), ("${{", "}}"), |name| {
                let input = name.strip_prefix("inputs.")?;
                let declared = action["inputs"].get(input)?;
                let given = given.get(input).copied();
                Some(
                    given
                        .unwrap_or_else(|| text(&declared["default"]))
                        .to_owned(),
                )
            });
            runner = runner.with(name, value);
        }
        assert_eq!(step["shell"], "bash");
        runner.run(text(&step["run"]));
    }
    runner.reported(text(&action["inputs"]["report-folder"]["default"]));
}

#[test]
fn the_template_for_azure_pipelines_runs() {
    let template = yaml("scenarios/ci/azure-pipelines.yml");
    let runner = Runner::new("azure-pipelines");
    std::os::unix::fs::symlink(sources(), runner.folder.join("entrasim")).unwrap();
    let predefined = |name: &str| {
        Some(match name {
            "Build.SourcesDirectory" => runner.folder.display().to_string(),
            "Build.ArtifactStagingDirectory" => runner.at("staging"),
            "Agent.TempDirectory" => runner.at("temporary"),
            _ => return None,
        })
    };
    let parameters = template["parameters"].as_array().unwrap();
    let complete = |script: &str| {
        let script = filled(script, ("${{", "}}"), |name| {
            let name = name.strip_prefix("parameters.")?;
            let mut declared = parameters.iter();
            let declared = declared.find(|one| one["name"] == name)?;
            Some(text(&declared["default"]).to_owned())
        });
        filled(&script, ("$(", ")"), predefined)
    };
    let steps = template["steps"].as_array().unwrap();
    for script in steps.iter().filter_map(|step| step["script"].as_str()) {
        runner.run(&complete(script));
    }
    runner.reported("staging/entrasim");
    let published = steps.iter().find(|step| !step["task"].is_null()).unwrap();
    let file = complete(text(&published["inputs"]["testResultsFiles"]));
    assert!(Path::new(&file).exists(), "{file}");
}
