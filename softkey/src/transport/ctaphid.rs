//! CTAPHID, the device's side: packets to messages and back. Sans-IO.
//!
//! Source: CTAP 2.3, section 11.2. U2F messages are not offered, and the capabilities say so.

use std::collections::BTreeSet;
use std::time::Duration;

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

const INITIAL_DATA: usize = REPORT - 7;
const PROTOCOL_VERSION: u8 = 2;
/// WINK, CBOR, and no U2F messages.
const CAPABILITIES: u8 = 0x01 | 0x04 | 0x08;

/// The commands of section 11.2.9.
pub mod command {
    /// Echo.
    pub const PING: u8 = 0x01;
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

/// What a keepalive says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepaliveStatus {
    /// It works.
    Processing,
    /// It waits for the user.
    UserPresenceNeeded,
}

/// A whole message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The channel.
    pub channel: u32,
    /// The command, without its top bit.
    pub command: u8,
    /// The content.
    pub payload: Vec<u8>,
}

impl Message {
    /// A refusal.
    pub fn error(channel: u32, error: HidError) -> Self {
        Self {
            channel,
            command: command::ERROR,
            payload: vec![error.code()],
        }
    }

    /// A sign of life.
    pub fn keepalive(channel: u32, status: KeepaliveStatus) -> Self {
        let status = match status {
            KeepaliveStatus::Processing => 1,
            KeepaliveStatus::UserPresenceNeeded => 2,
        };
        Self {
            channel,
            command: command::KEEPALIVE,
            payload: vec![status],
        }
    }

    /// The packets. A payload that is too long for the protocol is cut; no message here is.
    pub fn reports(&self) -> Vec<Report> {
        let payload = self.payload.get(..MAX_PAYLOAD).unwrap_or(&self.payload);
        let length = u16::try_from(payload.len()).unwrap_or(u16::MAX);
        let (first, rest) = payload.split_at(payload.len().min(INITIAL_DATA));
        let mut head = self.channel.to_be_bytes().to_vec();
        head.push(self.command | 0x80);
        head.extend_from_slice(&length.to_be_bytes());
        let mut reports = vec![report(&head, first)];
        for (sequence, chunk) in (0_u8..).zip(rest.chunks(REPORT - 5)) {
            let mut head = self.channel.to_be_bytes().to_vec();
            head.push(sequence);
            reports.push(report(&head, chunk));
        }
        reports
    }
}

fn report(head: &[u8], data: &[u8]) -> Report {
    let mut report = [0; REPORT];
    for (place, byte) in report.iter_mut().zip(head.iter().chain(data)) {
        *place = *byte;
    }
    report
}

/// What the device does about a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Sends a message.
    Reply(Message),
    /// Runs a CTAP2 command and replies with [`Hid::finish`] when it is done.
    Run {
        /// The channel.
        channel: u32,
        /// What the response is handed in with; grows from command to command.
        ticket: u64,
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
    channels: BTreeSet<u32>,
    receiving: Option<Receiving>,
    running: Option<(u32, u64)>,
    tickets: u64,
}

impl Hid {
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
        let (channel, _) = self.running.take_if(|(_, running)| *running == ticket)?;
        Some(Message {
            channel,
            command: command::CBOR,
            payload: response,
        })
    }

    /// Refuses a command that was to run, because another connection is being served.
    pub fn refuse_busy(&mut self, ticket: u64) -> Option<Message> {
        let (channel, _) = self.running.take_if(|(_, running)| *running == ticket)?;
        Some(Message::error(channel, HidError::ChannelBusy))
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
        if channel == BROADCAST && command == command::INIT {
            return Some(self.init(channel, length, data, allocate));
        }
        if !self.channels.contains(&channel) {
            return Some(refuse(channel, HidError::InvalidChannel));
        }
        let owner = self
            .receiving
            .as_ref()
            .map(|one| one.channel)
            .or(self.running.map(|(channel, _)| channel));
        match owner {
            Some(owner) if owner != channel => {
                // A cancel is never answered, whoever sends it.
                return (command != command::CANCEL)
                    .then(|| refuse(channel, HidError::ChannelBusy));
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
        match command {
            command::INIT => return Some(self.init(channel, length, data, allocate)),
            // There is nothing to cancel.
            command::CANCEL => return None,
            command::PING | command::CBOR | command::WINK => {}
            _ => return Some(refuse(channel, HidError::InvalidCommand)),
        }
        if (command == command::CBOR && length == 0) || (command == command::WINK && length > 0) {
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
            command::CBOR => {
                self.tickets += 1;
                self.running = Some((channel, self.tickets));
                Some(Action::Run {
                    channel,
                    ticket: self.tickets,
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
            allocate()
        } else {
            channel
        };
        self.channels.insert(given);
        let mut payload = nonce.to_vec();
        payload.extend_from_slice(&given.to_be_bytes());
        payload.extend_from_slice(&[PROTOCOL_VERSION, 0, 1, 0, CAPABILITIES]);
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
