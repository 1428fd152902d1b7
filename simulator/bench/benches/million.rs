//! A directory of a million people against small ones: start, memory, look-ups, scans, pages, delta, fork. Prints each figure
//! with its target; ends with an error if one is missed. `just million`, or with another number of people:
//! `cargo bench -p entrasim-bench --bench million -- 100000`.

#![expect(
    clippy::print_stdout,
    reason = "a table on the terminal is what this is for"
)]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use entrasim::app::TenantOptions;
use entrasim::testing::{AFTER_PHASE_2, Bench};
use entrasim_domain::time::{Clock, Timestamp};
use serde_json::Value;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const MILLION: u32 = 1_000_000;
const GRAPH: &str = "https://graph.microsoft.com/v1.0";

/// A tenant and a token of its app.
struct Directory {
    bench: Bench,
    bearer: String,
    start: Duration,
    /// Resident bytes that the tenant added.
    memory: u64,
}

/// A row of the table.
struct Row {
    what: &'static str,
    measured: String,
    target: &'static str,
    met: Option<bool>,
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let result = work();
    (result, begun.elapsed())
}

/// Pages of this process that are in memory.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0) * 4096
}

impl Directory {
    fn with(users: u32, seed: u64) -> Self {
        let mut bench = Bench::at(AFTER_PHASE_2);
        let before = resident();
        let now = Timestamp::parse(AFTER_PHASE_2).unwrap_or(Timestamp::UNIX_EPOCH);
        let options = TenantOptions {
            seed,
            users,
            clock: Clock::Manual { now },
            ..TenantOptions::default()
        };
        let (tenant, start) = timed(|| bench.app.create_tenant(&options));
        bench.tenant = tenant.expect("another seed makes another tenant");
        let memory = resident().saturating_sub(before);
        let bearer = token(&bench);
        Self {
            bench,
            bearer,
            start,
            memory,
        }
    }

    fn send(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Value {
        let mut all = vec![("authorization", self.bearer.as_str())];
        all.extend_from_slice(headers);
        let reply = self.bench.send(method, url, &all, body);
        let text = String::from_utf8_lossy(&reply.body);
        assert!(reply.status.is_success(), "{method} {url}: {text}");
        serde_json::from_slice(&reply.body).unwrap_or(Value::Null)
    }

    fn get(&self, path: &str) -> Value {
        self.send("GET", &format!("{GRAPH}{path}"), &[], "")
    }

    /// Every n-th user's path or filter, 2,000 of them.
    fn each(
        &self,
        path: impl Fn(
            &entrasim_domain::tenant::Tenant,
            &entrasim_domain::directory::user::User,
        ) -> String,
    ) -> Vec<String> {
        let tenant = self.bench.tenant.read();
        let step = (tenant.users.len() / 2000).max(1);
        let users = tenant
            .users
            .iter()
            .step_by(step)
            .filter(|user| user.home.is_none());
        users.map(|user| path(&tenant, user)).collect()
    }

    /// The 50th and the 99th percentile of one request each.
    fn percentiles(&self, paths: &[String]) -> (Duration, Duration) {
        // Once for the caches, once for the measure.
        for path in paths {
            self.get(path);
        }
        let mut times: Vec<Duration> = paths
            .iter()
            .map(|path| timed(|| self.get(path)).1)
            .collect();
        times.sort_unstable();
        let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)];
        (at(50), at(99))
    }

    /// The median time of pages of 999, from the first one on.
    fn page(&self) -> Duration {
        let mut url = format!("{GRAPH}/users?$top=999");
        let mut times = Vec::new();
        for _ in 0..60 {
            let (page, time) = timed(|| self.send("GET", &url, &[], ""));
            match page["@odata.nextLink"].as_str() {
                Some(next) => next.clone_into(&mut url),
                // The last page is short.
                None => url = format!("{GRAPH}/users?$top=999"),
            }
            if page["value"]
                .as_array()
                .is_some_and(|rows| rows.len() == 999)
            {
                times.push(time);
            }
        }
        median(times)
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// A token of app `deploy`.
fn token(bench: &Bench) -> String {
    let tenant = bench.tenant.read();
    let app = tenant
        .applications
        .values()
        .find(|app| app.display_name == "deploy");
    let app = app.expect("the seed has it");
    let url = format!(
        "https://login.microsoftonline.com/{}/oauth2/v2.0/token",
        tenant.id
    );
    let fields = [
        ("client_id", app.app_id.to_string()),
        ("client_secret", app.secrets[0].value.clone()),
        ("grant_type", "client_credentials".to_owned()),
        (
            "scope",
            format!("{}/.default", "https://graph.microsoft.com"),
        ),
    ];
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let body: Value =
        serde_json::from_slice(&bench.post_form(&url, &fields).body).unwrap_or_default();
    format!(
        "Bearer {}",
        body["access_token"].as_str().unwrap_or_default()
    )
}

fn micros(time: Duration) -> String {
    format!("{:.1} µs", time.as_secs_f64() * 1e6)
}

fn main() -> ExitCode {
    let count = std::env::args()
        .find_map(|word| word.parse().ok())
        .unwrap_or(MILLION);
    let small = Directory::with(1000, 11);
    let middle = Directory::with(10_000, 12);
    let big = Directory::with(count, 13);
    let mut rows = start(&big, count);
    rows.extend(look_ups(&small, &big));
    rows.extend(scans(&big));
    rows.extend(pages(&middle, &big));
    rows.extend(changes(&big));
    println!("{count} users");
    for row in &rows {
        let verdict = match row.met {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        println!(
            "{:<58} {:>26}  {:<14} {verdict}",
            row.what, row.measured, row.target
        );
    }
    if rows.iter().any(|row| row.met == Some(false)) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn start(big: &Directory, count: u32) -> Vec<Row> {
    let each = big.memory / u64::from(count);
    let snapshot = big.bench.tenant.snapshot("before".to_owned());
    let (restored, restore) = timed(|| big.bench.tenant.restore(snapshot));
    assert!(restored, "the snapshot is there");
    vec![
        Row {
            what: "start from the seed, or from a snapshot",
            measured: format!("{:.2} s, {}", big.start.as_secs_f64(), micros(restore)),
            target: "< 5 s or < 2 s",
            met: Some(big.start < Duration::from_secs(5) || restore < Duration::from_secs(2)),
        },
        Row {
            what: "resident memory of a user, groups and methods included",
            measured: format!("{each} bytes"),
            target: "< 1024 bytes",
            met: Some(each < 1024),
        },
    ]
}

fn look_ups(small: &Directory, big: &Directory) -> Vec<Row> {
    let encode = |text: &str| text.replace(' ', "%20").replace('\'', "''");
    let mut rows = Vec::new();
    let mut compare = |what, one: Vec<String>, many: Vec<String>| {
        let (small50, small99) = small.percentiles(&one);
        let (big50, big99) = big.percentiles(&many);
        rows.push(Row {
            what,
            measured: format!(
                "{} / {} : {} / {}",
                micros(small50),
                micros(small99),
                micros(big50),
                micros(big99)
            ),
            target: "p99 < 2x",
            met: Some(big99 < small99 * 2),
        });
    };
    let by_id = |directory: &Directory| directory.each(|_, user| format!("/users/{}", user.id));
    compare(
        "GET /users/{id}, p50 / p99 of 1,000 : of all",
        by_id(small),
        by_id(big),
    );
    let by_name = |directory: &Directory| {
        directory.each(|tenant, user| format!("/users/{}", encode(&tenant.principal_name(user))))
    };
    compare(
        "GET /users/{userPrincipalName}",
        by_name(small),
        by_name(big),
    );
    let by_mail = |directory: &Directory| {
        directory.each(|tenant, user| {
            format!(
                "/users?$filter=mail%20eq%20'{}'",
                encode(&tenant.principal_name(user))
            )
        })
    };
    compare("$filter=mail eq", by_mail(small), by_mail(big));
    let by_upn = |directory: &Directory| {
        directory.each(|tenant, user| {
            format!(
                "/users?$filter=userPrincipalName%20eq%20'{}'",
                encode(&tenant.principal_name(user))
            )
        })
    };
    compare("$filter=userPrincipalName eq", by_upn(small), by_upn(big));
    let by_display = |directory: &Directory| {
        directory.each(|_, user| {
            format!(
                "/users?$filter=displayName%20eq%20'{}'&$top=1",
                encode(&user.display_name)
            )
        })
    };
    compare(
        "$filter=displayName eq, $top=1",
        by_display(small),
        by_display(big),
    );
    let by_app = |directory: &Directory| {
        let tenant = directory.bench.tenant.read();
        let apps: Vec<_> = tenant.service_principals.values().collect();
        let apps = apps.iter().cycle().take(2000);
        apps.map(|app| format!("/servicePrincipals?$filter=appId%20eq%20'{}'", app.app_id))
            .collect()
    };
    compare("$filter=appId eq", by_app(small), by_app(big));
    let member_of =
        |directory: &Directory| directory.each(|_, user| format!("/users/{}/memberOf", user.id));
    compare("GET /users/{id}/memberOf", member_of(small), member_of(big));
    rows
}

const EVENTUAL: [(&str, &str); 1] = [("consistencylevel", "eventual")];

fn scans(big: &Directory) -> Vec<Row> {
    let scan = |what, filter: &str| {
        let url = format!("{GRAPH}/users?$count=true&$top=1&$filter={filter}");
        let times = (0..5).map(|_| timed(|| big.send("GET", &url, &EVENTUAL, "")).1);
        let time = median(times.collect());
        Row {
            what,
            measured: format!("{:.0} ms", time.as_secs_f64() * 1e3),
            target: "< 500 ms",
            met: Some(time < Duration::from_millis(500)),
        }
    };
    vec![
        scan(
            "scan: $filter=endsWith(mail,…) with $count",
            "endsWith(mail,'77@contoso.onmicrosoft.com')",
        ),
        scan(
            "scan: $filter=companyName ne 'x' with $count",
            "companyName%20ne%20'x'",
        ),
    ]
}

fn pages(middle: &Directory, big: &Directory) -> Vec<Row> {
    middle.page();
    let (few, many) = (middle.page(), big.page());
    let sorted = format!("{GRAPH}/users?$top=999&$orderby=displayName");
    let times = (0..5).map(|_| timed(|| big.send("GET", &sorted, &[], "")).1);
    let first = median(times.collect());
    vec![
        Row {
            what: "$top=999, median of 60 pages, of 10,000 : of all",
            measured: format!("{} : {}", micros(few), micros(many)),
            target: "< 1.5x",
            met: Some(many.as_secs_f64() < few.as_secs_f64() * 1.5),
        },
        Row {
            what: "$top=999&$orderby=displayName, first page",
            measured: micros(first),
            target: "",
            met: None,
        },
    ]
}

fn changes(big: &Directory) -> Vec<Row> {
    let latest = big.get("/users/delta?$deltatoken=latest");
    let link = latest["@odata.deltaLink"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let ids = big.each(|_, user| user.id.to_string());
    let writes = ids.iter().take(10).map(|id| {
        let url = format!("{GRAPH}/users/{id}");
        timed(|| {
            big.send(
                "PATCH",
                &url,
                &[("content-type", "application/json")],
                r#"{"jobTitle":"Pilot"}"#,
            )
        })
        .1
    });
    let write = median(writes.collect());
    let (delta, time) = timed(|| big.send("GET", &link, &[], ""));
    let reported = delta["value"].as_array().map_or(0, Vec::len);
    let tenant = big.bench.tenant.read();
    let forks = (0..100_u64).map(|number| {
        timed(|| {
            tenant.fork(
                entrasim_domain::seed::tenant_id(number),
                "fork.onmicrosoft.com".to_owned(),
                number,
            )
        })
        .1
    });
    let fork = median(forks.collect());
    vec![
        Row {
            what: "PATCH of one user",
            measured: micros(write),
            target: "",
            met: None,
        },
        Row {
            what: "delta after ten changes",
            measured: format!("{} users in {}", reported, micros(time)),
            target: "10 users",
            met: Some(reported == 10 && time < Duration::from_millis(5)),
        },
        Row {
            what: "fork",
            measured: micros(fork),
            target: "< 1 ms",
            met: Some(fork < Duration::from_millis(1)),
        },
    ]
}
