//! Messages, and the packets they are cut into (CTAP 2.3, section 11.2.4).

use super::{HidError, MAX_PAYLOAD, REPORT, Report, command};

/// How much of a message its first packet carries.
const INITIAL_DATA: usize = REPORT - 7;

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
