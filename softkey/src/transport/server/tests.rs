use super::*;
use crate::authenticator::command as ctap;
use crate::profile::Profile;
use crate::store::MemoryStore;
use crate::transport::ctaphid::{self, REPORT, Report};
use crate::transport::panel::Touch;
use std::io;

/// The client's end of a link in memory.
struct Pipe {
    outgoing: Sender<Report>,
    incoming: Receiver<Report>,
}

/// The server's end.
struct Wire {
    outgoing: Mutex<Sender<Report>>,
    incoming: Mutex<Receiver<Report>>,
}

impl Link for Wire {
    fn receive(&self, timeout: Duration) -> Received {
        match self.incoming.lock().expect("sound").recv_timeout(timeout) {
            Ok(report) => Received::Report(report),
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => Received::Nothing,
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => Received::Closed,
        }
    }

    fn send(&self, report: &Report) -> io::Result<()> {
        self.outgoing
            .lock()
            .expect("sound")
            .send(*report)
            .map_err(io::Error::other)
    }
}

fn server() -> Arc<Server<MemoryStore>> {
    let mut world = SystemEnv::default();
    let key = Authenticator::new(Profile::default(), MemoryStore::default(), &mut world);
    Server::new(key.expect("memory"), world)
}

/// A connection with a channel of its own.
struct Client {
    pipe: Pipe,
    channel: u32,
}

impl Client {
    fn connect(server: &Arc<Server<MemoryStore>>) -> Self {
        let ((to_server, from_client), (to_client, from_server)) = (channel(), channel());
        let server = Arc::clone(server);
        std::thread::spawn(move || {
            let outgoing = Mutex::new(to_client);
            server.serve(&Wire {
                outgoing,
                incoming: Mutex::new(from_client),
            });
        });
        let pipe = Pipe {
            outgoing: to_server,
            incoming: from_server,
        };
        let mut client = Self {
            pipe,
            channel: BROADCAST,
        };
        client.send(ctaphid::command::INIT, b"12345678");
        let (command, payload) = client.receive();
        assert_eq!(command, ctaphid::command::INIT);
        client.channel = u32::from_be_bytes(payload[8..12].try_into().expect("four bytes"));
        client
    }

    fn send(&self, command: u8, payload: &[u8]) {
        let message = Message {
            channel: self.channel,
            command,
            payload: payload.to_vec(),
        };
        for report in message.reports() {
            self.pipe.outgoing.send(report).expect("the server reads");
        }
    }

    fn receive(&self) -> (u8, Vec<u8>) {
        let next = || {
            self.pipe
                .incoming
                .recv_timeout(Duration::from_secs(10))
                .expect("an answer")
        };
        let first = next();
        assert_eq!(first[..4], self.channel.to_be_bytes());
        let length = usize::from(u16::from_be_bytes([first[5], first[6]]));
        let mut payload = first[7..].to_vec();
        while payload.len() < length {
            payload.extend_from_slice(&next()[5..REPORT]);
        }
        payload.truncate(length);
        (first[4] & 0x7f, payload)
    }

    fn call(&self, request: &[u8]) -> Vec<u8> {
        self.send(ctaphid::command::CBOR, request);
        loop {
            match self.receive() {
                (ctaphid::command::KEEPALIVE, _) => {}
                (ctaphid::command::CBOR, response) => return response,
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn commands_are_answered_over_packets() {
    let client = Client::connect(&server());
    let response = client.call(&[ctap::GET_INFO]);
    assert_eq!(response[0], 0);
    crate::cbor::read(&response[1..]).expect("getInfo");
    client.send(ctaphid::command::PING, &[7; 1000]);
    assert_eq!(client.receive(), (ctaphid::command::PING, vec![7; 1000]));
    client.send(ctaphid::command::WINK, &[]);
    assert_eq!(client.receive(), (ctaphid::command::WINK, vec![]));
}

#[test]
fn while_a_touch_is_awaited_there_are_signs_of_life_and_a_cancel_ends_it() {
    let server = server();
    server.panel.set(|settings| settings.touch = Touch::Ask);
    let client = Client::connect(&server);
    client.send(ctaphid::command::CBOR, &[ctap::SELECTION]);
    assert_eq!(client.receive(), (ctaphid::command::KEEPALIVE, vec![2]));
    let other = Client::connect(&server);
    other.send(ctaphid::command::CBOR, &[ctap::GET_INFO]);
    assert_eq!(other.receive(), (ctaphid::command::ERROR, vec![6]), "busy");
    client.send(ctaphid::command::CANCEL, &[]);
    let last = std::iter::repeat_with(|| client.receive())
        .find(|(command, _)| *command != ctaphid::command::KEEPALIVE);
    assert_eq!(last, Some((ctaphid::command::CBOR, vec![0x2d])));
    assert_eq!(other.call(&[ctap::GET_INFO])[0], 0);
}

#[test]
fn the_control_side_answers_for_the_user() {
    let server = server();
    server.panel.set(|settings| settings.touch = Touch::Ask);
    let client = Client::connect(&server);
    for (approve, status) in [(true, 0), (false, 0x27)] {
        client.send(ctaphid::command::CBOR, &[ctap::SELECTION]);
        assert_eq!(client.receive().0, ctaphid::command::KEEPALIVE);
        assert_eq!(server.panel.waiting().expect("it waits").reason, "select");
        assert!(server.panel.answer(approve));
        let last = std::iter::repeat_with(|| client.receive())
            .find(|(command, _)| *command != ctaphid::command::KEEPALIVE);
        assert_eq!(last, Some((ctaphid::command::CBOR, vec![status])));
    }
    assert!(!server.panel.answer(true), "nothing is asked");
}

#[test]
fn faults_strike_the_responses_they_were_set_for() {
    let server = server();
    let client = Client::connect(&server);
    let good = client.call(&[ctap::SELECTION]);
    server.panel.set(|settings| settings.faults.corrupt = 1);
    assert_ne!(client.call(&[ctap::SELECTION]), good);
    assert_eq!(client.call(&[ctap::SELECTION]), good);
    server.panel.set(|settings| settings.faults.drop = 1);
    client.send(ctaphid::command::CBOR, &[ctap::SELECTION]);
    // The response is lost; the next command is answered, once the first has been run.
    let next = std::iter::repeat_with(|| {
        client.send(ctaphid::command::CBOR, &[ctap::SELECTION]);
        client.receive()
    })
    .find(|(command, _)| *command == ctaphid::command::CBOR);
    assert_eq!(next, Some((ctaphid::command::CBOR, good)));
}

#[test]
fn an_unplugged_key_hangs_up() {
    let server = server();
    let client = Client::connect(&server);
    server.panel.set(|settings| settings.unplugged = true);
    let gone = client.pipe.incoming.recv_timeout(Duration::from_secs(10));
    assert_eq!(gone, Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
}

#[test]
fn a_channel_started_afresh_is_served_at_once_and_keeps_its_next_command() {
    let server = server();
    server.panel.set(|settings| settings.touch = Touch::Ask);
    let client = Client::connect(&server);
    client.send(ctaphid::command::CBOR, &[ctap::SELECTION]);
    assert_eq!(client.receive().0, ctaphid::command::KEEPALIVE);
    // The platform gives up on the first command and begins another, without a pause.
    client.send(ctaphid::command::INIT, b"12345678");
    client.send(ctaphid::command::CBOR, &[ctap::GET_INFO]);
    let mut answers = std::iter::repeat_with(|| client.receive())
        .filter(|(command, _)| *command != ctaphid::command::KEEPALIVE);
    assert_eq!(
        answers.next().map(|(command, _)| command),
        Some(ctaphid::command::INIT)
    );
    let (command, response) = answers.next().expect("an answer");
    assert_eq!(
        (command, response[0], response.len() > 100),
        (ctaphid::command::CBOR, 0, true)
    );
}
