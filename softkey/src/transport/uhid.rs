//! A key that the kernel itself shows to programs, by way of `/dev/uhid` (Linux).
//!
//! Source: the kernel's `Documentation/hid/uhid.rst` and `include/uapi/linux/uhid.h`: events of a number and a fixed
//! layout in the machine's byte order, one a read or write. CTAP 2.3, section 11.2.8.1 has the report descriptor.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::ctaphid::{REPORT, Report};
use super::link::{Link, Received, as_report};

/// The numbers of the events that matter here.
mod event {
    pub(super) const DESTROY: u32 = 1;
    pub(super) const OUTPUT: u32 = 6;
    pub(super) const GET_REPORT: u32 = 9;
    pub(super) const GET_REPORT_REPLY: u32 = 10;
    pub(super) const CREATE2: u32 = 11;
    pub(super) const INPUT2: u32 = 12;
    pub(super) const SET_REPORT: u32 = 13;
    pub(super) const SET_REPORT_REPLY: u32 = 14;
}

/// How much data an event may carry.
const MAX_DATA: usize = 4096;
/// The longest event: that which makes a device.
const MAX_EVENT: usize = 4 + 128 + 64 + 64 + 2 + 2 + 16 + MAX_DATA;
/// Where an output event has its length, after its number and the data.
const OUTPUT_LENGTH: usize = 4 + MAX_DATA;
/// `BUS_USB`, and a vendor and product number that are set aside for tests.
const BUS: u16 = 3;
const VENDOR: u32 = 0x1209;
const PRODUCT: u32 = 0x0001;
/// Such as a key never has one: `EIO`.
const NO_REPORT: u16 = 5;

/// Usage page F1D0, usage 01, reports of 64 bytes in both directions.
const DESCRIPTOR: [u8; 34] = [
    0x06, 0xd0, 0xf1, 0x09, 0x01, 0xa1, 0x01, 0x09, 0x20, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08,
    0x95, 0x40, 0x81, 0x02, 0x09, 0x21, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x40, 0x91,
    0x02, 0xc0,
];

/// A device that is there until it is dropped.
#[derive(Debug)]
pub struct Uhid {
    device: Arc<File>,
    incoming: Mutex<Receiver<Vec<u8>>>,
}

impl Uhid {
    /// Makes a device, with the `/dev/uhid` of this path.
    pub fn create(path: &Path) -> io::Result<Self> {
        Self::over(OpenOptions::new().read(true).write(true).open(path)?)
    }

    /// Makes a device with a file that is open for reading and writing.
    pub fn over(device: File) -> io::Result<Self> {
        let device = Arc::new(device);
        (&*device).write_all(&create_event())?;
        let (sender, incoming) = channel();
        let reader = Arc::clone(&device);
        std::thread::spawn(move || read(&reader, &sender));
        Ok(Self {
            device,
            incoming: Mutex::new(incoming),
        })
    }
}

impl Drop for Uhid {
    fn drop(&mut self) {
        // The reader still has the file; without this the device would stay until the next event.
        drop((&*self.device).write_all(&event::DESTROY.to_ne_bytes()));
    }
}

impl Link for Uhid {
    fn receive(&self, timeout: Duration) -> Received {
        let incoming = self.incoming.lock().unwrap_or_else(PoisonError::into_inner);
        match incoming.recv_timeout(timeout) {
            Ok(data) => as_report(&data),
            Err(RecvTimeoutError::Timeout) => Received::Nothing,
            Err(RecvTimeoutError::Disconnected) => Received::Closed,
        }
    }

    fn send(&self, report: &Report) -> io::Result<()> {
        let mut event = event::INPUT2.to_ne_bytes().to_vec();
        event.extend(u16::try_from(REPORT).unwrap_or(u16::MAX).to_ne_bytes());
        event.extend_from_slice(report);
        (&*self.device).write_all(&event)
    }

    fn is_shared(&self) -> bool {
        true
    }
}

fn create_event() -> Vec<u8> {
    let mut event = event::CREATE2.to_ne_bytes().to_vec();
    let padded = |text: &str, length: usize| {
        let mut bytes = text.as_bytes().to_vec();
        bytes.resize(length, 0);
        bytes
    };
    event.extend(padded("softkey software authenticator", 128));
    event.extend(padded("", 64));
    event.extend(padded("softkey", 64));
    let length = u16::try_from(DESCRIPTOR.len()).unwrap_or(u16::MAX);
    event.extend(length.to_ne_bytes());
    event.extend(BUS.to_ne_bytes());
    // The version and the country are zero.
    for number in [VENDOR, PRODUCT, 0, 0] {
        event.extend(number.to_ne_bytes());
    }
    event.extend(DESCRIPTOR);
    event.resize(MAX_EVENT, 0);
    event
}

/// Reads events until the device is gone, and hands on what programs write.
fn read(mut device: &File, outputs: &Sender<Vec<u8>>) {
    let mut buffer = vec![0; MAX_EVENT];
    loop {
        let length = match device.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(length) => length,
        };
        match understand(buffer.get(..length).unwrap_or_default()) {
            // Nobody listens any more.
            Some(Event::Output(data)) if outputs.send(data.to_vec()).is_err() => return,
            Some(Event::Refuse(reply)) => drop(device.write_all(&reply)),
            _ => {}
        }
    }
}

/// What an event means here.
#[derive(Debug, PartialEq, Eq)]
enum Event<'a> {
    /// A program writes a report.
    Output(&'a [u8]),
    /// A program asks for what a key does not have; this is the answer.
    Refuse(Vec<u8>),
}

fn understand(bytes: &[u8]) -> Option<Event<'_>> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    let refuse = |reply: u32, id: &[u8], tail: &[u8]| {
        Event::Refuse([&reply.to_ne_bytes(), id, &NO_REPORT.to_ne_bytes(), tail].concat())
    };
    match u32::from_ne_bytes(*number) {
        event::OUTPUT => {
            let length = bytes.get(OUTPUT_LENGTH..)?.first_chunk::<2>()?;
            let length = usize::from(u16::from_ne_bytes(*length)).min(MAX_DATA);
            rest.get(..length).map(Event::Output)
        }
        event::GET_REPORT => Some(refuse(event::GET_REPORT_REPLY, rest.get(..4)?, &[0; 2])),
        event::SET_REPORT => Some(refuse(event::SET_REPORT_REPLY, rest.get(..4)?, &[])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixDatagram;

    use super::*;

    /// The kernel's side of a device, and the device.
    fn device() -> (UnixDatagram, Uhid) {
        let (kernel, ours) = UnixDatagram::pair().expect("sockets");
        let uhid = Uhid::over(File::from(OwnedFd::from(ours))).expect("made");
        (kernel, uhid)
    }

    fn next(kernel: &UnixDatagram) -> Vec<u8> {
        let mut buffer = vec![0; MAX_EVENT + 1];
        let length = kernel.recv(&mut buffer).expect("an event");
        buffer.truncate(length);
        buffer
    }

    #[test]
    fn a_device_is_made_reports_go_both_ways_and_it_goes_away() {
        let (kernel, uhid) = device();
        let made = next(&kernel);
        assert_eq!(made.len(), 4376, "the size of the kernel's structure");
        assert_eq!(made[..4], 11_u32.to_ne_bytes());
        assert_eq!(made[280..][..34], DESCRIPTOR);

        let mut output = vec![0; 4 + MAX_DATA + 3];
        output[..4].copy_from_slice(&6_u32.to_ne_bytes());
        output[5..69].fill(7);
        output[4 + MAX_DATA..][..2].copy_from_slice(&65_u16.to_ne_bytes());
        kernel.send(&output).expect("sent");
        let received = uhid.receive(Duration::from_secs(5));
        assert_eq!(received, Received::Report([7; REPORT]));

        uhid.send(&[9; REPORT]).expect("sent");
        let input = next(&kernel);
        assert_eq!(input[..4], 12_u32.to_ne_bytes());
        assert_eq!(input[4..6], 64_u16.to_ne_bytes());
        assert_eq!(input[6..], [9; REPORT]);
        drop(uhid);
        assert_eq!(next(&kernel), 1_u32.to_ne_bytes());
    }

    #[test]
    fn what_a_key_does_not_have_is_refused_and_nonsense_ignored() {
        let get = [&9_u32.to_ne_bytes(), &7_u32.to_ne_bytes()[..], &[0, 0]].concat();
        let Some(Event::Refuse(reply)) = understand(&get) else {
            panic!("refused")
        };
        assert_eq!(reply[..4], 10_u32.to_ne_bytes());
        assert_eq!(reply[4..8], 7_u32.to_ne_bytes());
        for nonsense in [
            &[][..],
            &[6, 0, 0],
            &6_u32.to_ne_bytes(),
            &99_u32.to_ne_bytes(),
        ] {
            assert_eq!(understand(nonsense), None);
        }
    }
}
