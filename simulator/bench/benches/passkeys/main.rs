//! Complete passkey sign-ins through the socket, and how much of one is the signature: authorize, the answer of a key without
//! a name before it, "Stay signed in?", the code's redemption. `just passkeys`, or with other numbers of seconds and of
//! connections: `cargo bench -p entrasim-bench --bench passkeys -- 20 8`.
//!
//! The server is a process of its own, and its processor time is what counts; the keys are softkeys and sign in this one.

#![expect(
    clippy::print_stdout,
    reason = "a table on the terminal is what this is for"
)]

mod client;
mod key;
mod server;

use std::io;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use client::Client;
use key::Key;
use server::Server;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Users of the first tenant that have a key each, one for each connection; more connections share them out.
const USERS: [&str; 4] = ["alice", "bob", "breakglass1", "breakglass2"];

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == server::ARGUMENT) {
        return ended(server::serve());
    }
    // `cargo bench` says what it is by a word of its own.
    let given = std::env::args().skip(1);
    let mut numbers = given.filter_map(|argument| argument.parse::<u16>().ok());
    let seconds = numbers.next().unwrap_or(10);
    let connections = usize::from(numbers.next().unwrap_or(4));
    ended(measure(Duration::from_secs(seconds.into()), connections))
}

fn ended(result: io::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("failed: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn now() -> Instant {
    Instant::now()
}

fn measure(time: Duration, connections: usize) -> io::Result<()> {
    let server = Server::start()?;
    let mut keys = Vec::new();
    for (number, user) in USERS.iter().cycle().take(connections).enumerate() {
        let mut key = Key::new(number)?;
        Client::new(&server)?.register(user, &mut key)?;
        keys.push(key);
    }
    for key in &mut keys {
        // Whatever is made once is made.
        Client::new(&server)?.sign_in(key)?;
    }
    let (begun, before) = (now(), processor(&server.process())?);
    let counts = std::thread::scope(|scope| {
        let workers = keys.iter_mut().map(|key| {
            let server = &server;
            scope.spawn(move || work(server, key, begun, time))
        });
        let workers: Vec<_> = workers.collect();
        let results = workers.into_iter().map(|worker| {
            let ended = worker.join();
            ended.unwrap_or_else(|_| Err(io::Error::other("a connection's thread died")))
        });
        results.collect::<io::Result<Vec<u32>>>()
    })?;
    let wall = begun.elapsed().as_secs_f64();
    let spent = processor(&server.process())? - before;
    let count: u32 = counts.iter().sum();
    let each = spent / f64::from(count) * 1e6;
    println!(
        "{count} sign-ins with a passkey through {connections} connections, four requests each"
    );
    println!(
        "{:.0} a second over the wall clock, with the keys' own work on the same cores",
        f64::from(count) / wall
    );
    println!(
        "{each:.0} µs of the server's processor each: {:.0} a second for each core",
        1e6 / each
    );
    let checks = key::Checks::new()?;
    let whole = cost(|| checks.whole())?;
    let bare = cost(|| checks.bare())?;
    println!(
        "the check of the answer is {whole:.0} µs of it ({:.0} %), the bare P-256 signature {bare:.0} µs ({:.0} %)",
        whole / each * 100.0,
        bare / each * 100.0
    );
    Ok(())
}

/// Signs in until the time is over.
fn work(server: &Server, key: &mut Key, begun: Instant, time: Duration) -> io::Result<u32> {
    let mut client = Client::new(server)?;
    let mut count = 0;
    while begun.elapsed() < time {
        client.sign_in(key)?;
        count += 1;
    }
    Ok(count)
}

/// Seconds of processor time that a process has used; `self` is this one.
fn processor(process: &str) -> io::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name may have spaces in it; what follows has none.
    let fields = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks = |number: usize| {
        let field = fields.split(' ').nth(number);
        field.and_then(|ticks| ticks.parse::<f64>().ok())
    };
    match (ticks(11), ticks(12)) {
        // Linux counts in hundredths of a second, whatever the processor does.
        (Some(user), Some(system)) => Ok((user + system) / 100.0),
        _ => Err(io::Error::other(format!(
            "/proc/{process}/stat cannot be read"
        ))),
    }
}

/// Microseconds of processor time of one call, over two seconds of calls.
fn cost(call: impl Fn() -> io::Result<()>) -> io::Result<f64> {
    let before = processor("self")?;
    let mut count = 0.0;
    loop {
        for _ in 0..100 {
            call()?;
            count += 1.0;
        }
        let spent = processor("self")? - before;
        if spent >= 2.0 {
            return Ok(spent / count * 1e6);
        }
    }
}
