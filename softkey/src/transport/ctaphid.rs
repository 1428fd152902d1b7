//! CTAPHID, the device's side: packets to messages and back. Sans-IO.
//!
//! Source: CTAP 2.3, section 11.2. Where U2F messages are not taken, the capabilities say so.

use std::collections::BTreeSet;
use std::time::Duration;

mod message;

pub use message::{KeepaliveStatus, Message};

/// The size of a report.
pub const REPORT: usize = 64;
/// One report.
pub type Report = [u8; REPORT];
/// The longest message: one initialization packet and 128 continuation packets (section 11.2.4).
pub const MAX_PAYLOAD: usize = REPORT - 7 + 128 * (REPORT - 5);
/// The channel on which channels are asked for.
pub const BROADCAST: u32 = 0xffff_ffff;
/// How long the rest of a message may take.
pub const MESSAGE_TIMEOUT: Duration = Duration::from_millis(500);
/// How often a waiting platform hears from the device (section 11.2.9.2.1).
pub const KEEPALIVE_INTERVAL: Duration = Duration::from_millis(100);

const PROTOCOL_VERSION: u8 = 2;
/// WINK and CBOR.
const CAPABILITIES: u8 = 0x01 | 0x04;
/// No U2F messages.
const CAPABILITY_NMSG: u8 = 0x08;

/// The commands of section 11.2.9.
pub mod command {
    /// Echo.
    pub const PING: u8 = 0x01;
    /// A U2F message.
    pub const MSG: u8 = 0x03;
    /// A new channel, or a fresh start on one.
    pub const INIT: u8 = 0x06;
    /// Shows itself.
    pub const WINK: u8 = 0x08;
    /// A CTAP2 command.
    pub const CBOR: u8 = 0x10;
    /// Ends what the channel waits for.
    pub const CANCEL: u8 = 0x11;
    /// Still there; a response is coming.
    pub const KEEPALIVE: u8 = 0x3b;
    /// A refusal by the transport.
    pub const ERROR: u8 = 0x3f;
}

/// The errors of section 11.2.9.1.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HidError {
    /// The command is unknown.
    InvalidCommand,
    /// The length is not one the command can have.
    InvalidLength,
    /// A packet is out of order.
    InvalidSequence,
    /// The rest of the message did not come.
    MessageTimeout,
    /// Another transaction is under way.
    ChannelBusy,
    /// The channel was not given out.
    InvalidChannel,
}

impl HidError {
    /// The byte on the wire.
    pub const fn code(self) -> u8 {
        match self {
            Self::InvalidCommand => 0x01,
            Self::InvalidLength => 0x03,
            Self::InvalidSequence => 0x04,
            Self::MessageTimeout => 0x05,
            Self::ChannelBusy => 0x06,
            Self::InvalidChannel => 0x0b,
        }
    }
}

/// What the device does about a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Sends a message.
    Reply(Message),
    /// Runs a command of CTAP2 or U2F and replies with [`Hid::finish`] when it is done.
    Run {
        /// The channel.
        channel: u32,
        /// What the response is handed in with; grows from command to command.
        ticket: u64,
        /// What kind of command: [`command::CBOR`] or [`command::MSG`].
        command: u8,
        /// The command and its parameters.
        request: Vec<u8>,
    },
    /// Makes the running command give up; it still sends its response.
    Cancel,
    /// Makes the running command give up and forgets its response, then sends a message.
    Abort(Message),
}

#[derive(Debug)]
struct Receiving {
    channel: u32,
    command: u8,
    expected: usize,
    payload: Vec<u8>,
    sequence: u8,
    since: Duration,
}

/// The state of one connection.
#[derive(Debug, Default)]
pub struct Hid {
    takes_any_channel: bool,
    u2f: bool,
    channels: BTreeSet<u32>,
    receiving: Option<Receiving>,
    running: Option<Running>,
    tickets: u64,
}

/// A command whose response is awaited.
#[derive(Debug)]
struct Running {
    channel: u32,
    ticket: u64,
    command: u8,
}

impl Hid {
    /// A device at the end of a socket, which one program has for itself. Channels tell the programs on a bus apart;
    /// here a program may number its own, and need not ask.
    pub fn for_sockets() -> Self {
        Self {
            takes_any_channel: true,
            ..Self::default()
        }
    }

    /// Whether U2F messages are taken.
    #[must_use]
    pub fn with_u2f(mut self, u2f: bool) -> Self {
        self.u2f = u2f;
        self
    }

    /// The channels that were given out.
    pub fn channels(&self) -> impl Iterator<Item = u32> {
        self.channels.iter().copied()
    }

    /// Whether the rest of a message is awaited.
    pub fn is_receiving(&self) -> bool {
        self.receiving.is_some()
    }

    /// Takes one packet. `allocate` gives out a channel nobody has.
    pub fn receive(
        &mut self,
        report: &Report,
        now: Duration,
        allocate: &mut dyn FnMut() -> u32,
    ) -> Option<Action> {
        let [a, b, c, d, kind, rest @ ..] = report;
        let channel = u32::from_be_bytes([*a, *b, *c, *d]);
        if kind & 0x80 == 0 {
            return self.continuation(channel, *kind, rest);
        }
        let [high, low, data @ ..] = rest;
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        self.initialization(channel, kind & 0x7f, length, data, now, allocate)
    }

    /// Notices that the rest of a message did not come in time.
    pub fn tick(&mut self, now: Duration) -> Option<Action> {
        let receiving = self
            .receiving
            .take_if(|receiving| now.saturating_sub(receiving.since) >= MESSAGE_TIMEOUT)?;
        Some(refuse(receiving.channel, HidError::MessageTimeout))
    }

    /// The response to a command; `None` if its channel was started afresh meanwhile.
    pub fn finish(&mut self, ticket: u64, response: Vec<u8>) -> Option<Message> {
        let running = self.running.take_if(|running| running.ticket == ticket)?;
        Some(Message {
            channel: running.channel,
            command: running.command,
            payload: response,
        })
    }

    /// Refuses a command that was to run, because another connection is being served.
    pub fn refuse_busy(&mut self, ticket: u64) -> Option<Message> {
        let running = self.running.take_if(|running| running.ticket == ticket)?;
        Some(Message::error(running.channel, HidError::ChannelBusy))
    }

    fn initialization(
        &mut self,
        channel: u32,
        command: u8,
        length: usize,
        data: &[u8],
        now: Duration,
        allocate: &mut dyn FnMut() -> u32,
    ) -> Option<Action> {
        if channel == 0 || (channel == BROADCAST && command != command::INIT) {
            return Some(refuse(channel, HidError::InvalidChannel));
        }
        let owner = self
            .receiving
            .as_ref()
            .map(|one| one.channel)
            .or(self.running.as_ref().map(|one| one.channel));
        match owner {
            // Who starts afresh on another channel disturbs nobody. A channel that was not given out is so now, as
            // keys have it since U2F: the response carries the channel that the request came on.
            // On a socket, where it is the same program, it has given up what it had half sent elsewhere.
            _ if command == command::INIT && owner != Some(channel) => {
                self.receiving.take_if(|_| self.takes_any_channel);
                return Some(self.init(channel, length, data, allocate));
            }
            Some(owner) if owner != channel => {
                // A cancel is never answered, whoever sends it.
                return (command != command::CANCEL)
                    .then(|| refuse(channel, HidError::ChannelBusy));
            }
            _ if !self.takes_any_channel && !self.channels.contains(&channel) => {
                return Some(refuse(channel, HidError::InvalidChannel));
            }
            Some(_) if command == command::INIT => {
                self.receiving = None;
                let running = self.running.take().is_some();
                let action = self.init(channel, length, data, allocate);
                return Some(match action {
                    Action::Reply(message) if running => Action::Abort(message),
                    other => other,
                });
            }
            Some(_) if self.receiving.take().is_some() => {
                return Some(refuse(channel, HidError::InvalidSequence));
            }
            Some(_) if command == command::CANCEL => return Some(Action::Cancel),
            Some(_) => return Some(refuse(channel, HidError::ChannelBusy)),
            None => {}
        }
        if length > MAX_PAYLOAD {
            return Some(refuse(channel, HidError::InvalidLength));
        }
        self.channels.insert(channel);
        match command {
            // There is nothing to cancel.
            command::CANCEL => return None,
            command::PING | command::CBOR | command::WINK => {}
            command::MSG if self.u2f => {}
            _ => return Some(refuse(channel, HidError::InvalidCommand)),
        }
        let empty = length == 0;
        if (matches!(command, command::CBOR | command::MSG) && empty)
            || (command == command::WINK && !empty)
        {
            return Some(refuse(channel, HidError::InvalidLength));
        }
        let payload = data.iter().take(length).copied().collect();
        self.receiving = Some(Receiving {
            channel,
            command,
            expected: length,
            payload,
            sequence: 0,
            since: now,
        });
        self.complete()
    }

    fn continuation(&mut self, channel: u32, sequence: u8, data: &[u8]) -> Option<Action> {
        // A packet that continues nothing is ignored (section 11.2.5.4).
        let receiving = self
            .receiving
            .as_mut()
            .filter(|one| one.channel == channel)?;
        if sequence != receiving.sequence {
            self.receiving = None;
            return Some(refuse(channel, HidError::InvalidSequence));
        }
        receiving.sequence += 1;
        let missing = receiving.expected - receiving.payload.len();
        receiving.payload.extend(data.iter().take(missing));
        self.complete()
    }

    /// Acts on a message that is whole.
    fn complete(&mut self) -> Option<Action> {
        let message = self
            .receiving
            .take_if(|one| one.payload.len() == one.expected)?;
        let (channel, payload) = (message.channel, message.payload);
        match message.command {
            command @ (command::CBOR | command::MSG) => {
                self.tickets += 1;
                let ticket = self.tickets;
                self.running = Some(Running {
                    channel,
                    ticket,
                    command,
                });
                Some(Action::Run {
                    channel,
                    ticket,
                    command,
                    request: payload,
                })
            }
            command => Some(Action::Reply(Message {
                channel,
                command,
                payload,
            })),
        }
    }

    /// Section 11.2.9.1.3.
    fn init(
        &mut self,
        channel: u32,
        length: usize,
        data: &[u8],
        allocate: &mut dyn FnMut() -> u32,
    ) -> Action {
        let Some(nonce) = data.get(..8).filter(|_| length == 8) else {
            return refuse(channel, HidError::InvalidLength);
        };
        let given = if channel == BROADCAST {
            let mut given = allocate();
            while self.channels.contains(&given) {
                given = allocate();
            }
            given
        } else {
            channel
        };
        self.channels.insert(given);
        let mut payload = nonce.to_vec();
        payload.extend_from_slice(&given.to_be_bytes());
        let no_u2f = if self.u2f { 0 } else { CAPABILITY_NMSG };
        payload.extend_from_slice(&[PROTOCOL_VERSION, 0, 1, 0, CAPABILITIES | no_u2f]);
        Action::Reply(Message {
            channel,
            command: command::INIT,
            payload,
        })
    }
}

fn refuse(channel: u32, error: HidError) -> Action {
    Action::Reply(Message::error(channel, error))
}

#[cfg(test)]
mod tests;
