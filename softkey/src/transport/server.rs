//! Serves one authenticator to any number of connections.
//!
//! Each connection has a thread that reads packets and one that runs commands, so that a cancel is heard while
//! a command waits. Commands run one at a time: while one waits for the user, others are told that the key is
//! busy, as a real one would.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use super::ctaphid::{self, Action, BROADCAST, Hid, KeepaliveStatus, Message};
use super::link::{Link, Received};
use super::panel::{Operator, Panel};
use crate::authenticator::{Authenticator, Channel};
use crate::env::{Env, Gesture, Prompt, Verification};
use crate::store::Store;
use crate::system_env::{Agreeable, Clock, Gestures, Randomness, SystemEnv};

mod listen;

#[cfg(target_os = "linux")]
pub use listen::serve_uhid;
pub use listen::{Listener, listen_tcp, listen_udp, listen_unix};

/// How often a connection looks up from waiting.
const TICK: Duration = Duration::from_millis(100);
/// How long a command waits for another one that is not waiting for the user.
const TURN: Duration = Duration::from_millis(2);

/// One authenticator and everything connections share.
#[derive(Debug)]
pub struct Server<S> {
    key: Mutex<Authenticator<S>>,
    randomness: Mutex<Randomness>,
    /// The clock.
    pub clock: Clock,
    /// The button, the sensor and the plug.
    pub panel: Panel,
    /// Asked for once: while a command waits for the user, its key cannot be asked.
    u2f: bool,
    next_channel: AtomicU32,
    connections: AtomicU32,
}

/// A command on its way to the authenticator.
struct Job {
    channel: u32,
    ticket: u64,
    command: u8,
    request: Vec<u8>,
}

/// Which commands of a connection were cancelled: all up to a number. A command that comes later is not
/// touched by a cancel that was meant for an earlier one.
#[derive(Debug, Default)]
struct Cancels {
    latest: AtomicU64,
    up_to: AtomicU64,
}

impl Cancels {
    fn note(&self, ticket: u64) {
        self.latest.store(ticket, Ordering::SeqCst);
    }

    fn cancel(&self) {
        self.up_to
            .store(self.latest.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    fn cancelled(&self, ticket: u64) -> bool {
        ticket <= self.up_to.load(Ordering::SeqCst)
    }
}

/// Randomness of the server, borrowed for one command, with the operator's gestures.
struct ServerEnv<'a, G> {
    clock: &'a Clock,
    randomness: MutexGuard<'a, Randomness>,
    gestures: G,
}

impl<G: Gestures> Env for ServerEnv<'_, G> {
    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    fn unix_time(&self) -> i64 {
        self.clock.unix_time()
    }

    fn fill_random(&mut self, buffer: &mut [u8]) {
        self.randomness.fill(buffer);
    }

    fn user_presence(&mut self, prompt: &Prompt<'_>) -> Gesture {
        self.gestures.presence(prompt)
    }

    fn user_verification(&mut self, prompt: &Prompt<'_>) -> Verification {
        self.gestures.verification(prompt)
    }
}

impl<S: Store + Send> Server<S> {
    /// Takes an authenticator and the world it was powered up in.
    pub fn new(key: Authenticator<S>, world: SystemEnv<Agreeable>) -> Arc<Self> {
        Arc::new(Self {
            u2f: key.has_u2f(),
            key: Mutex::new(key),
            randomness: Mutex::new(world.randomness),
            clock: world.clock,
            panel: Panel::default(),
            next_channel: AtomicU32::new(1),
            connections: AtomicU32::new(0),
        })
    }

    /// The authenticator, between commands.
    pub fn key(&self) -> MutexGuard<'_, Authenticator<S>> {
        self.key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the power away and gives it back.
    pub fn power_cycle(&self) {
        self.panel.interrupt();
        let mut key = self.key();
        let mut env = self.env(Agreeable);
        key.power_cycle(&mut env);
    }

    /// Does something with the authenticator as one command, with the panel for a user. `cancelled` is asked while the
    /// user is waited for.
    pub fn with_user<T>(
        &self,
        cancelled: &(dyn Fn() -> bool + Sync),
        act: impl FnOnce(&mut Authenticator<S>, &mut dyn Env) -> T,
    ) -> T {
        let mut key = self.key();
        let operator = Operator {
            panel: &self.panel,
            timeout: Duration::from_secs(key.profile().user_action_timeout_seconds),
            keepalive: &|| {},
            cancelled,
        };
        let mut env = self.env(operator);
        act(&mut key, &mut env)
    }

    fn env<G: Gestures>(&self, gestures: G) -> ServerEnv<'_, G> {
        let randomness = self
            .randomness
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        ServerEnv {
            clock: &self.clock,
            randomness,
            gestures,
        }
    }

    /// The authenticator for one command; `None` while another command waits for the user.
    fn turn(&self) -> Option<MutexGuard<'_, Authenticator<S>>> {
        loop {
            match self.key.try_lock() {
                Ok(key) => return Some(key),
                Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) if self.panel.waiting().is_some() => return None,
                Err(TryLockError::WouldBlock) => self.panel.pause(TURN),
            }
        }
    }

    /// Gives out a channel that no connection has.
    fn allocate(&self) -> u32 {
        loop {
            let channel = self.next_channel.fetch_add(1, Ordering::Relaxed);
            if !matches!(channel, 0 | BROADCAST) {
                return channel;
            }
        }
    }

    /// Serves one connection until the other side is gone or the key is unplugged.
    pub fn serve(&self, link: &dyn Link) {
        let first = self.connections.fetch_add(1, Ordering::SeqCst) == 0;
        if first && self.panel.settings().plug_in_on_connect {
            self.power_cycle();
        }
        let hid = if link.is_shared() {
            Hid::default()
        } else {
            Hid::for_sockets()
        };
        let hid = Mutex::new(hid.with_u2f(self.u2f));
        let cancels = Cancels::default();
        let (jobs, queue) = channel();
        std::thread::scope(|scope| {
            scope.spawn(|| self.run(link, &hid, &cancels, queue));
            self.read(link, &hid, &cancels, jobs);
        });
        let mut key = self.key();
        for channel in lock(&hid).channels() {
            key.forget_channel(Channel(channel));
        }
        self.connections.fetch_sub(1, Ordering::SeqCst);
    }

    /// Reads packets and answers what needs no command.
    fn read(&self, link: &dyn Link, hid: &Mutex<Hid>, cancels: &Cancels, jobs: Sender<Job>) {
        loop {
            let received = link.receive(TICK);
            if received == Received::Closed || self.panel.settings().unplugged {
                // A command that waits must not wait for somebody who has left.
                self.cancel(cancels);
                return;
            }
            let now = self.clock.monotonic();
            let mut state = lock(hid);
            let late = state.tick(now);
            let action = match received {
                Received::Report(report) => state.receive(&report, now, &mut || self.allocate()),
                _ => None,
            };
            for action in late.into_iter().chain(action) {
                match action {
                    Action::Reply(message) => send(link, &message),
                    Action::Cancel => self.cancel(cancels),
                    Action::Abort(message) => {
                        self.cancel(cancels);
                        send(link, &message);
                    }
                    Action::Run {
                        channel,
                        ticket,
                        command,
                        request,
                    } => {
                        cancels.note(ticket);
                        if jobs
                            .send(Job {
                                channel,
                                ticket,
                                command,
                                request,
                            })
                            .is_err()
                        {
                            return;
                        }
                    }
                }
            }
        }
    }

    fn cancel(&self, cancels: &Cancels) {
        cancels.cancel();
        self.panel.wake();
    }

    /// Runs commands, one after the other.
    fn run(&self, link: &dyn Link, hid: &Mutex<Hid>, cancels: &Cancels, queue: Receiver<Job>) {
        for job in queue {
            let response = self.command(link, &job, cancels);
            let faults = self.panel.next_fault();
            if faults.stall_millis > 0 {
                self.panel.pause(Duration::from_millis(faults.stall_millis));
            }
            // Locked until the packets are out, so that no other answer comes between them.
            let mut state = lock(hid);
            let message = match response {
                Some(mut response) => {
                    if faults.drop == 0
                        && faults.corrupt > 0
                        && let Some(last) = response.last_mut()
                    {
                        *last ^= 1;
                    }
                    state.finish(job.ticket, response)
                }
                None => state.refuse_busy(job.ticket),
            };
            if let Some(message) = message.filter(|_| faults.drop == 0) {
                send(link, &message);
            }
        }
    }

    /// Runs one command; `None` if the key is busy with another connection's.
    fn command(&self, link: &dyn Link, job: &Job, cancels: &Cancels) -> Option<Vec<u8>> {
        let channel = job.channel;
        let cancelled = || cancels.cancelled(job.ticket);
        let mut key = self.turn()?;
        let timeout = Duration::from_secs(key.profile().user_action_timeout_seconds);
        let keepalive = || {
            send(
                link,
                &Message::keepalive(channel, KeepaliveStatus::UserPresenceNeeded),
            );
        };
        let operator = Operator {
            panel: &self.panel,
            timeout,
            keepalive: &keepalive,
            cancelled: &cancelled,
        };
        let mut env = self.env(operator);
        Some(match job.command {
            ctaphid::command::MSG => key.handle_u2f(&job.request, &mut env),
            _ => key.handle(Channel(channel), &job.request, &mut env),
        })
    }
}

fn lock(hid: &Mutex<Hid>) -> MutexGuard<'_, Hid> {
    hid.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sends a message; if the other side is gone, the reader notices.
fn send(link: &dyn Link, message: &Message) {
    for report in message.reports() {
        if link.send(&report).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
