//! `entrasim explain`: the decision on an attempt, every rule looked at, what each said.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use super::start::StartArgs;
use crate::app::{App, AppOptions};
use crate::surface::control;
use crate::system_clock;
use crate::wire::{Request, Scheme};

mod policies;
mod remote;

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
    /// sign-in, read, create-or-update, delete or action; by default create-or-update, and sign-in with --policy
    #[arg(long)]
    pub operation: Option<String>,
    /// How the session was proven (pwd, mfa, fido, …); by default pwd; may be given more than once
    #[arg(long)]
    pub amr: Vec<String>,
    /// What exactly was shown (password, sms, fido2, …); may be given more than once
    #[arg(long)]
    pub factor: Vec<String>,
    /// Authentication contexts that the session has satisfied (c1, …)
    #[arg(long)]
    pub acrs: Vec<String>,
    /// Authentication contexts that the request demands (p1, c1, …)
    #[arg(long)]
    pub demanded: Vec<String>,
    /// Values of amr that the request demands (mfa, ngcmfa)
    #[arg(long)]
    pub demanded_methods: Vec<String>,
    /// When it was shown; by default at the instant of the attempt
    #[arg(long, value_name = "INSTANT")]
    pub signed_in: Option<String>,
    /// Where the sign-in comes from
    #[arg(long)]
    pub address: Option<String>,
    /// ISO 3166-1 alpha-2
    #[arg(long)]
    pub country: Option<String>,
    /// browser, mobileAppsAndDesktopClients, exchangeActiveSync or other
    #[arg(long)]
    pub client_app_type: Option<String>,
    /// The sign-in is by device code
    #[arg(long)]
    pub device_code: bool,
    /// Nobody can be asked: a refresh token
    #[arg(long)]
    pub silent: bool,
    /// android, iOS, windows, windowsPhone, macOS or linux
    #[arg(long)]
    pub platform: Option<String>,
    /// none, low, medium or high
    #[arg(long)]
    pub sign_in_risk: Option<String>,
    /// none, low, medium or high
    #[arg(long)]
    pub user_risk: Option<String>,
    /// Instead of a token: registersecurityinfo or registerdevice
    #[arg(long)]
    pub user_action: Option<String>,
    /// Decide in the tenant of a running simulator, by the address of its control port (`http://127.0.0.1:8900`)
    #[arg(long, value_name = "URL", conflicts_with = "policy")]
    pub control: Option<String>,
    /// A request that the running simulator has answered, by the id in its `x-ms-request-id`, instead of a described attempt
    #[arg(long, value_name = "ID", requires = "control", conflicts_with_all = ["who", "tenant"])]
    pub request: Option<String>,
    /// The tenant there: its id or domain
    #[arg(long, requires = "control")]
    pub tenant: Option<String>,
    /// Conditional Access policies for the fresh tenant, as Microsoft Graph's JSON: one, a list, or an answer of Graph
    /// (may be given more than once)
    #[arg(long, value_name = "FILE")]
    pub policy: Vec<PathBuf>,
    /// Print the decision as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub start: StartArgs,
}

/// Decides in a fresh tenant, or in that of a running simulator, and prints why. `false` when the question itself was wrong.
pub fn explain(args: &ExplainArgs, out: &mut dyn Write) -> io::Result<bool> {
    let question = question(args);
    let (status, decision) = match &args.control {
        Some(control) => match (&args.request, &args.tenant) {
            (Some(id), _) => remote::ask_about(control, id)?,
            (None, Some(tenant)) => remote::ask(control, tenant, &question)?,
            (None, None) => {
                writeln!(out, "--control needs --tenant, or --request for a past one")?;
                return Ok(false);
            }
        },
        None => match fresh(args, &question)? {
            Ok(answer) => answer,
            Err(refusal) => {
                writeln!(out, "{refusal}")?;
                return Ok(false);
            }
        },
    };
    if !status.is_success() {
        let message = decision["error"]["message"].as_str();
        writeln!(out, "{}", message.unwrap_or("cannot explain that"))?;
        return Ok(false);
    }
    if args.json {
        writeln!(out, "{decision:#}")?;
        return Ok(true);
    }
    print(out, &decision)?;
    Ok(true)
}

/// What the control endpoint is asked.
fn question(args: &ExplainArgs) -> Value {
    // Policies decide about sign-ins; whoever brings some asks about one.
    let operation = args.operation.as_deref().unwrap_or({
        if args.policy.is_empty() {
            "create-or-update"
        } else {
            "sign-in"
        }
    });
    let mut question = json!({
        "user": args.user, "app": args.app, "managed_identity": args.managed_identity, "client": args.client,
        "resource": args.resource, "operation": operation, "acrs": args.acrs, "demanded": args.demanded,
        "demanded_methods": args.demanded_methods, "factors": args.factor, "signed_in": args.signed_in,
        "address": args.address, "country": args.country, "client_app_type": args.client_app_type,
        "device_code": args.device_code, "silent": args.silent, "platform": args.platform,
        "sign_in_risk": args.sign_in_risk, "user_risk": args.user_risk, "user_action": args.user_action,
    });
    if !args.amr.is_empty() {
        question["amr"] = json!(args.amr);
    }
    question
}

type Answered = (StatusCode, Value);

/// In a tenant of its own, with the policies of the files.
fn fresh(args: &ExplainArgs, question: &Value) -> io::Result<Result<Answered, String>> {
    let options = args.start.options()?;
    let app = App::new(AppOptions {
        keys: options.keys,
        arc_tokens: options.data.clone(),
        data: options.data,
        seed: options.tenant.seed,
        rules: options.rules,
    });
    let cell = app
        .create_tenant(&options.tenant)
        .map_err(io::Error::other)?;
    if let Err(refusal) = policies::write(&app, &cell, &args.policy)? {
        return Ok(Err(refusal));
    }
    let path = format!("/tenants/{}/explain", cell.id());
    let request = post("localhost", &path, "application/json", question.to_string());
    let reply = control::answer(&app, &request);
    let decision = serde_json::from_slice(&reply.body).map_err(io::Error::other)?;
    Ok(Ok((reply.status, decision)))
}

/// A request to a simulator in this process.
fn post(host: &str, path: &str, content_type: &'static str, body: String) -> Request {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    Request {
        method: Method::POST,
        scheme: Scheme::Https,
        authority: host.to_owned(),
        path: path.to_owned(),
        query: String::new(),
        headers,
        body: body.into(),
        arrived: system_clock::now(),
        proxy_user: None,
    }
}

fn print(out: &mut dyn Write, decision: &Value) -> io::Result<()> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
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
    let remedies = decision["remedies"].as_array().map(Vec::as_slice);
    let remedies = remedies.unwrap_or_default();
    if !remedies.is_empty() {
        writeln!(out, "\nWhat would let it pass, found by deciding again:")?;
    }
    for remedy in remedies {
        let changes = remedy["changes"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let by_caller = changes.iter().all(|change| change["by"] == "caller");
        let by = if by_caller { "caller" } else { "administrator" };
        writeln!(out, "  {by:<15} {}", text(&remedy["text"]))?;
    }
    let policies = decision["policies"].as_array().map(Vec::as_slice);
    let policies = policies.unwrap_or_default();
    if !policies.is_empty() {
        writeln!(out, "\nEvery Conditional Access policy:")?;
    }
    for policy in policies {
        let result = text(&policy["result"]);
        writeln!(out, "  {result:<22} {}", text(&policy["name"]))?;
        writeln!(out, "  {:<22} {}", "", text(&policy["because"]))?;
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
