//! `entrasim explain`: the decision on an attempt, every rule looked at, what each said.

use std::io::{self, Write};

use clap::Args;
use http::{HeaderMap, Method};

use super::start::StartArgs;
use crate::app::{App, AppOptions};
use crate::surface::control;
use crate::system_clock;
use crate::wire::{Request, Scheme};

#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// A seeded account (svc-deploy) or a principal name
    #[arg(long, group = "who")]
    pub user: Option<String>,
    /// A seeded app (deploy) or a client id
    #[arg(long, group = "who")]
    pub app: Option<String>,
    /// A managed identity: system or user
    #[arg(long, group = "who")]
    pub managed_identity: Option<String>,
    /// azure-cli, azure-powershell, azure-portal, … or a client id
    #[arg(long, default_value = "azure-cli")]
    pub client: String,
    /// arm, graph, portal, another short name, a URI or an app id
    #[arg(long, default_value = "arm")]
    pub resource: String,
    /// sign-in, read, create-or-update, delete or action
    #[arg(long, default_value = "create-or-update")]
    pub operation: String,
    /// How the session was proven (pwd, mfa, fido, …); may be given more than once
    #[arg(long, default_value = "pwd")]
    pub amr: Vec<String>,
    /// Print the decision as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub start: StartArgs,
}

/// Decides in a fresh tenant and prints why. `false` when the question itself was wrong.
pub fn explain(args: &ExplainArgs, out: &mut dyn Write) -> io::Result<bool> {
    let options = args.start.options()?;
    let app = App::new(AppOptions {
        keys: options.keys,
        arc_tokens: options.data.clone(),
        data: options.data,
        seed: options.tenant.seed,
    });
    let cell = app
        .create_tenant(&options.tenant)
        .map_err(io::Error::other)?;
    let body = serde_json::json!({
        "user": args.user, "app": args.app, "managed_identity": args.managed_identity, "client": args.client,
        "resource": args.resource, "operation": args.operation, "amr": args.amr,
    });
    let request = Request {
        method: Method::POST,
        scheme: Scheme::Http,
        authority: "localhost".to_owned(),
        path: format!("/tenants/{}/explain", cell.id()),
        query: String::new(),
        headers: HeaderMap::new(),
        body: body.to_string().into(),
        arrived: system_clock::now(),
        proxy_user: None,
    };
    let reply = control::answer(&app, &request);
    let decision: serde_json::Value =
        serde_json::from_slice(&reply.body).map_err(io::Error::other)?;
    if !reply.status.is_success() {
        writeln!(
            out,
            "{}",
            decision["error"]["message"]
                .as_str()
                .unwrap_or("cannot explain that")
        )?;
        return Ok(false);
    }
    if args.json {
        writeln!(out, "{decision:#}")?;
        return Ok(true);
    }
    print(out, &decision)?;
    Ok(true)
}

fn print(out: &mut dyn Write, decision: &serde_json::Value) -> io::Result<()> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let outcome = text(&decision["outcome"]).to_uppercase();
    match decision["rule"].as_str() {
        Some(rule) => writeln!(out, "{outcome} by {rule}: {}", text(&decision["message"]))?,
        None => writeln!(out, "{outcome}: no rule objects.")?,
    }
    if let Some(code) = decision["code"].as_str() {
        writeln!(out, "  the client is shown {code}")?;
    }
    if let Some(challenge) = decision["challenge"].as_str() {
        writeln!(out, "  with a claims challenge for {challenge}")?;
    }
    if let Some(fix) = decision["fix"].as_str() {
        writeln!(out, "  fix: {fix}")?;
    }
    writeln!(out, "\nEvery rule that was asked:")?;
    for finding in decision["findings"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
    {
        writeln!(
            out,
            "  {:<15} {}",
            text(&finding["verdict"]),
            text(&finding["rule"])
        )?;
        writeln!(out, "  {:<15} {}", "", text(&finding["because"]))?;
        writeln!(
            out,
            "  {:<15} source: {} ({})",
            "",
            text(&finding["source"]),
            text(&finding["evidence"])
        )?;
    }
    Ok(())
}
