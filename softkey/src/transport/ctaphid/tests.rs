use super::*;
use proptest::prelude::*;

/// A device with one channel, and the channel.
fn connected() -> (Hid, u32) {
    let mut hid = Hid::default();
    let action = send(&mut hid, BROADCAST, command::INIT, b"12345678");
    let Some(Action::Reply(message)) = action else {
        panic!("{action:?}")
    };
    assert_eq!(
        (message.channel, &message.payload[..8]),
        (BROADCAST, &b"12345678"[..])
    );
    assert_eq!(message.payload[12], 2);
    assert_eq!(message.payload[16], 0x0d, "WINK, CBOR, no U2F");
    (
        hid,
        u32::from_be_bytes(message.payload[8..12].try_into().expect("four bytes")),
    )
}

fn packet(hid: &mut Hid, report: &Report) -> Option<Action> {
    let next = hid.channels().max().unwrap_or(0) + 1;
    hid.receive(report, Duration::ZERO, &mut || next)
}

/// Sends a whole message; the action is that of the last packet.
fn send(hid: &mut Hid, channel: u32, command: u8, payload: &[u8]) -> Option<Action> {
    let message = Message {
        channel,
        command,
        payload: payload.to_vec(),
    };
    let mut last = None;
    for report in message.reports() {
        assert_eq!(last, None, "nothing happens before the last packet");
        last = packet(hid, &report);
    }
    last
}

fn error(channel: u32, error: HidError) -> Option<Action> {
    Some(Action::Reply(Message::error(channel, error)))
}

/// The first packet of a message that needs more.
fn begin(channel: u32) -> Report {
    Message {
        channel,
        command: command::PING,
        payload: vec![7; 200],
    }
    .reports()[0]
}

#[test]
fn a_message_is_echoed_whatever_its_length() {
    let (mut hid, channel) = connected();
    for length in [0, 1, 57, 58, 116, 117, 1024, MAX_PAYLOAD] {
        let payload: Vec<u8> = (0..=u8::MAX).cycle().take(length).collect();
        let message = Message {
            channel,
            command: command::PING,
            payload: payload.clone(),
        };
        assert_eq!(
            send(&mut hid, channel, command::PING, &payload),
            Some(Action::Reply(message))
        );
    }
    assert_eq!(MAX_PAYLOAD, 7609);
}

#[test]
fn channels_that_were_not_given_out_are_refused() {
    let (mut hid, channel) = connected();
    for stranger in [0, BROADCAST, channel + 1] {
        let action = send(&mut hid, stranger, command::PING, b"");
        assert_eq!(action, error(stranger, HidError::InvalidChannel));
    }
}

#[test]
fn a_channel_can_be_brought_along_and_on_a_socket_need_not_be_announced() {
    let (mut hid, channel) = connected();
    let own = 0xdead_beef;
    packet(&mut hid, &begin(channel));
    assert_eq!(
        send(&mut hid, own, command::PING, b""),
        error(own, HidError::ChannelBusy)
    );
    let action = send(&mut hid, own, command::INIT, b"12345678");
    let Some(Action::Reply(message)) = action else {
        panic!("{action:?}")
    };
    assert_eq!(message.channel, own);
    assert_eq!(message.payload[8..12], own.to_be_bytes());
    assert!(hid.is_receiving(), "the other channel's message is awaited");
    hid.tick(MESSAGE_TIMEOUT);
    let pong = send(&mut hid, own, command::PING, b"x");
    assert!(matches!(
        pong,
        Some(Action::Reply(Message {
            command: command::PING,
            ..
        }))
    ));

    let mut hid = Hid::for_sockets();
    let pong = send(&mut hid, own, command::PING, b"x");
    assert!(matches!(
        pong,
        Some(Action::Reply(Message {
            command: command::PING,
            ..
        }))
    ));
    packet(&mut hid, &begin(own));
    send(&mut hid, own + 1, command::INIT, b"12345678");
    assert!(!hid.is_receiving(), "the program has started afresh");
    for never in [0, BROADCAST] {
        let action = send(&mut hid, never, command::PING, b"");
        assert_eq!(action, error(never, HidError::InvalidChannel));
    }
}

#[test]
fn commands_and_lengths_that_do_not_exist_are_refused() {
    let (mut hid, channel) = connected();
    for unknown in [0x00, 0x03, 0x04, 0x3b, 0x3f, 0x40, 0x7f] {
        let action = send(&mut hid, channel, unknown, b"");
        assert_eq!(
            action,
            error(channel, HidError::InvalidCommand),
            "{unknown:02x}"
        );
    }
    let mut report = begin(channel);
    report[5..7].copy_from_slice(&7610_u16.to_be_bytes());
    assert_eq!(
        packet(&mut hid, &report),
        error(channel, HidError::InvalidLength)
    );
    assert_eq!(
        send(&mut hid, channel, command::CBOR, b""),
        error(channel, HidError::InvalidLength)
    );
    assert_eq!(
        send(&mut hid, channel, command::INIT, b"7"),
        error(channel, HidError::InvalidLength)
    );
}

#[test]
fn packets_out_of_order_end_the_message_and_stray_ones_are_ignored() {
    let (mut hid, channel) = connected();
    let reports = Message {
        channel,
        command: command::PING,
        payload: vec![7; 200],
    }
    .reports();
    assert_eq!(packet(&mut hid, &reports[1]), None, "stray");
    assert_eq!(packet(&mut hid, &reports[0]), None);
    assert_eq!(
        packet(&mut hid, &reports[2]),
        error(channel, HidError::InvalidSequence)
    );
    assert_eq!(packet(&mut hid, &reports[1]), None, "the message is over");
    assert_eq!(packet(&mut hid, &reports[0]), None);
    assert_eq!(
        packet(&mut hid, &reports[0]),
        error(channel, HidError::InvalidSequence)
    );
}

#[test]
fn the_rest_of_a_message_must_come_in_time() {
    let (mut hid, channel) = connected();
    packet(&mut hid, &begin(channel));
    assert_eq!(hid.tick(Duration::from_millis(499)), None);
    assert_eq!(
        hid.tick(MESSAGE_TIMEOUT),
        error(channel, HidError::MessageTimeout)
    );
    assert_eq!(hid.tick(MESSAGE_TIMEOUT), None);
}

#[test]
fn init_starts_a_channel_afresh() {
    let (mut hid, channel) = connected();
    packet(&mut hid, &begin(channel));
    let action = send(&mut hid, channel, command::INIT, b"12345678");
    let Some(Action::Reply(message)) = action else {
        panic!("{action:?}")
    };
    assert_eq!(message.payload[8..12], channel.to_be_bytes());
    assert!(send(&mut hid, channel, command::PING, b"x").is_some());
}

#[test]
fn while_one_channel_is_served_another_is_told_so_and_a_new_one_can_be_had() {
    let (mut hid, first) = connected();
    let action = send(&mut hid, BROADCAST, command::INIT, b"87654321");
    let Some(Action::Reply(message)) = action else {
        panic!("{action:?}")
    };
    let second = u32::from_be_bytes(message.payload[8..12].try_into().expect("four bytes"));
    assert_ne!(first, second);
    packet(&mut hid, &begin(first));
    assert_eq!(
        send(&mut hid, second, command::PING, b""),
        error(second, HidError::ChannelBusy)
    );
    assert!(matches!(
        send(&mut hid, BROADCAST, command::INIT, b"abcdefgh"),
        Some(Action::Reply(Message {
            command: command::INIT,
            ..
        }))
    ));
    assert!(hid.is_receiving(), "the first message is still awaited");
}

#[test]
fn cancel_is_never_answered_itself() {
    let (mut hid, channel) = connected();
    assert_eq!(send(&mut hid, channel, command::CANCEL, b""), None);
    let run = Action::Run {
        channel,
        ticket: 1,
        command: command::CBOR,
        request: vec![4],
    };
    assert_eq!(send(&mut hid, channel, command::CBOR, &[4]), Some(run));
    assert_eq!(
        send(&mut hid, channel, command::PING, b""),
        error(channel, HidError::ChannelBusy)
    );
    assert_eq!(
        send(&mut hid, channel, command::CANCEL, b""),
        Some(Action::Cancel)
    );
    let response = hid
        .finish(1, vec![0x2d])
        .expect("the response to the command");
    assert_eq!(
        (response.command, response.payload),
        (command::CBOR, vec![0x2d])
    );
    assert_eq!(hid.finish(1, vec![0]), None);
}

#[test]
fn u2f_messages_are_taken_where_they_are_offered() {
    let mut hid = Hid::default().with_u2f(true);
    let action = send(&mut hid, BROADCAST, command::INIT, b"12345678");
    let Some(Action::Reply(message)) = action else {
        panic!("{action:?}")
    };
    assert_eq!(
        message.payload[16], 0x05,
        "WINK, CBOR, and no word against U2F"
    );
    assert_eq!(
        send(&mut hid, 1, command::MSG, b""),
        error(1, HidError::InvalidLength)
    );
    let run = send(&mut hid, 1, command::MSG, &[0, 3, 0, 0]);
    assert!(matches!(
        run,
        Some(Action::Run {
            command: command::MSG,
            ..
        })
    ));
    let response = hid.finish(1, vec![0x90, 0]).expect("the response");
    assert_eq!(response.command, command::MSG);
}

#[test]
fn init_on_the_channel_of_a_running_command_forgets_its_response() {
    let (mut hid, channel) = connected();
    send(&mut hid, channel, command::CBOR, &[4]);
    assert!(matches!(
        send(&mut hid, channel, command::INIT, b"12345678"),
        Some(Action::Abort(_))
    ));
    assert_eq!(hid.finish(1, vec![0]), None);
}

proptest! {
    #[test]
    fn any_packets_leave_a_device_that_answers(
        packets in prop::collection::vec(
            (prop_oneof![Just(0), Just(1), Just(2), Just(BROADCAST)], any::<[u8; 4]>()), 0..60,
        )
    ) {
        let (mut hid, _) = connected();
        for (channel, head) in packets {
            let mut report = [0x5a; REPORT];
            report[..4].copy_from_slice(&u32::to_be_bytes(channel));
            report[4..8].copy_from_slice(&head);
            if let Some(Action::Run { ticket, .. }) = packet(&mut hid, &report) {
                hid.finish(ticket, vec![0]);
            }
        }
        hid.tick(Duration::from_secs(1));
        let action = send(&mut hid, BROADCAST, command::INIT, b"12345678");
        prop_assert!(matches!(action, Some(Action::Reply(_))), "{:?}", action);
    }

    #[test]
    fn messages_survive_being_cut_into_packets(payload in prop::collection::vec(any::<u8>(), 1..2000)) {
        let (mut hid, channel) = connected();
        let action = send(&mut hid, channel, command::CBOR, &payload);
        prop_assert_eq!(action, Some(Action::Run {
            channel, ticket: 1, command: command::CBOR, request: payload
        }));
    }
}
