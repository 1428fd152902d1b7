//! Streams of reports: Unix sockets that keep boundaries, TCP with lengths, and UDP datagrams.
//!
//! A report is 64 bytes. As hidraw clients put the report number before it, 65 bytes with a leading zero are
//! taken as well. Over TCP each report has its length before it, as two bytes, big-endian.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use socket2::Socket;

use super::ctaphid::{REPORT, Report};

/// What a link gave within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// A report.
    Report(Report),
    /// Nothing yet, or nothing of use.
    Nothing,
    /// The other side is gone.
    Closed,
}

/// A stream of reports in both directions.
pub trait Link: Send + Sync {
    /// Waits for a report, at most so long.
    fn receive(&self, timeout: Duration) -> Received;
    /// Sends a report.
    fn send(&self, report: &Report) -> io::Result<()>;
    /// Whether several programs are behind it, as on a bus. A socket is one program's own.
    fn is_shared(&self) -> bool {
        false
    }
}

/// 64 bytes, or 65 with a leading zero.
pub(super) fn as_report(bytes: &[u8]) -> Received {
    let bytes = match bytes {
        [0, report @ ..] if report.len() == REPORT => report,
        other => other,
    };
    bytes.try_into().map_or(Received::Nothing, Received::Report)
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}

/// A Unix socket of the kind `SOCK_SEQPACKET`: one report a message.
#[derive(Debug)]
pub struct SeqPacket {
    socket: Socket,
    patience: Patience,
}

impl SeqPacket {
    /// Takes a connected socket.
    pub fn new(socket: Socket) -> Self {
        Self {
            socket,
            patience: Patience::default(),
        }
    }
}

/// The timeout that a socket has. It hardly ever changes, and setting it costs as much as reading.
#[derive(Debug, Default)]
struct Patience(AtomicU64);

impl Patience {
    fn set(
        &self,
        timeout: Duration,
        change: impl FnOnce(Option<Duration>) -> io::Result<()>,
    ) -> io::Result<()> {
        let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        if self.0.swap(millis, Ordering::Relaxed) == millis {
            return Ok(());
        }
        change(Some(timeout))
    }
}

impl Link for SeqPacket {
    fn receive(&self, timeout: Duration) -> Received {
        let mut buffer = [0; REPORT + 2];
        let set = self
            .patience
            .set(timeout, |timeout| self.socket.set_read_timeout(timeout));
        if set.is_err() {
            return Received::Closed;
        }
        match (&self.socket).read(&mut buffer) {
            Ok(0) => Received::Closed,
            Ok(length) => as_report(buffer.get(..length).unwrap_or_default()),
            Err(error) if is_timeout(&error) => Received::Nothing,
            Err(_) => Received::Closed,
        }
    }

    fn send(&self, report: &Report) -> io::Result<()> {
        (&self.socket).write_all(report)
    }
}

/// TCP, with the length of each report before it.
#[derive(Debug)]
pub struct Tcp {
    stream: TcpStream,
    patience: Patience,
    partial: Mutex<Vec<u8>>,
}

impl Tcp {
    /// Takes a connected stream.
    pub fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            patience: Patience::default(),
            partial: Mutex::default(),
        }
    }
}

/// The report at the start of what has come, if it is whole. A length that no report has ends the stream.
fn take_framed(buffer: &mut Vec<u8>) -> Option<Received> {
    let [high, low, rest @ ..] = buffer.as_slice() else {
        return None;
    };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    if !matches!(length, REPORT | 65) {
        return Some(Received::Closed);
    }
    let received = as_report(rest.get(..length)?);
    buffer.drain(..length + 2);
    Some(received)
}

impl Link for Tcp {
    fn receive(&self, timeout: Duration) -> Received {
        let mut partial = self.partial.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(received) = take_framed(&mut partial) {
            return received;
        }
        let set = self
            .patience
            .set(timeout, |timeout| self.stream.set_read_timeout(timeout));
        if set.is_err() {
            return Received::Closed;
        }
        let mut buffer = [0; 1024];
        match (&self.stream).read(&mut buffer) {
            Ok(0) => Received::Closed,
            Ok(length) => {
                partial.extend_from_slice(buffer.get(..length).unwrap_or_default());
                take_framed(&mut partial).unwrap_or(Received::Nothing)
            }
            Err(error) if is_timeout(&error) => Received::Nothing,
            Err(_) => Received::Closed,
        }
    }

    fn send(&self, report: &Report) -> io::Result<()> {
        let mut framed = vec![0, 64];
        framed.extend_from_slice(report);
        (&self.stream).write_all(&framed)
    }
}

/// One peer of a UDP socket; another thread reads the socket and sorts the datagrams by sender.
#[derive(Debug)]
pub struct Udp {
    /// The socket, shared by all peers.
    pub socket: Arc<UdpSocket>,
    /// The peer.
    pub peer: SocketAddr,
    /// The datagrams that came from it.
    pub incoming: Mutex<Receiver<Vec<u8>>>,
}

impl Link for Udp {
    fn receive(&self, timeout: Duration) -> Received {
        let incoming = self.incoming.lock().unwrap_or_else(PoisonError::into_inner);
        match incoming.recv_timeout(timeout) {
            Ok(datagram) => as_report(&datagram),
            Err(RecvTimeoutError::Timeout) => Received::Nothing,
            Err(RecvTimeoutError::Disconnected) => Received::Closed,
        }
    }

    fn send(&self, report: &Report) -> io::Result<()> {
        self.socket.send_to(report, self.peer).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_may_have_its_number_before_it() {
        let plain = as_report(&[0; 64]);
        assert_eq!(plain, Received::Report([0; 64]));
        assert_eq!(as_report(&[0; 65]), plain);
        for wrong in [&[1; 65][..], &[0; 63], &[0; 66], &[]] {
            assert_eq!(as_report(wrong), Received::Nothing);
        }
    }

    #[test]
    fn reports_over_tcp_are_found_wherever_the_stream_was_cut() {
        let mut buffer = Vec::new();
        let mut framed = vec![0, 64];
        framed.extend([7; 64]);
        framed.extend([0, 65, 0]);
        framed.extend([8; 64]);
        let mut found = Vec::new();
        for byte in framed {
            buffer.push(byte);
            found.extend(take_framed(&mut buffer));
        }
        assert_eq!(
            found,
            [Received::Report([7; 64]), Received::Report([8; 64])]
        );
        assert_eq!(take_framed(&mut vec![1, 0]), Some(Received::Closed));
    }
}
