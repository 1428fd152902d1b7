//! Any packets leave a device that answers the next one who asks for a channel. A packet is 64 bytes; what is missing at the
//! end is zero.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use softkey::transport::ctaphid::{Action, BROADCAST, Hid, Message, REPORT, command};

fuzz_target!(|input: &[u8]| {
    let mut hid = Hid::for_sockets().with_u2f(true);
    let mut next = 0;
    let mut allocate = || {
        next += 1;
        next
    };
    for (number, packet) in (0_u64..).zip(input.chunks(REPORT)) {
        let mut report = [0; REPORT];
        report[..packet.len()].copy_from_slice(packet);
        let now = Duration::from_millis(number * 50);
        hid.tick(now);
        if let Some(Action::Run { ticket, .. }) = hid.receive(&report, now, &mut allocate) {
            hid.finish(ticket, vec![0]);
        }
    }
    let ask = Message {
        channel: BROADCAST,
        command: command::INIT,
        payload: vec![7; 8],
    };
    let action = hid.receive(&ask.reports()[0], Duration::MAX, &mut allocate);
    assert!(matches!(action, Some(Action::Reply(_))));
});
