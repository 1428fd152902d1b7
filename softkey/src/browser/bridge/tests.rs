use super::*;
use crate::authenticator::Authenticator;
use crate::profile::Profile;
use crate::store::MemoryStore;
use crate::system_env::SystemEnv;
use crate::transport::panel::Touch;

fn bridge() -> (Arc<Server<MemoryStore>>, SocketAddr) {
    let mut world = SystemEnv::default();
    let key =
        Authenticator::new(Profile::default(), MemoryStore::default(), &mut world).expect("memory");
    let server = Server::new(key, world);
    let address = Bridge::listen(Arc::clone(&server), "secret", None).expect("a free port");
    (server, address)
}

fn raw(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.write_all(request).expect("sent");
    stream
        .shutdown(std::net::Shutdown::Write)
        .expect("no more is sent");
    let mut answer = String::new();
    // A connection that is closed before all was read is reset; what came is in the answer.
    drop(stream.read_to_string(&mut answer));
    answer
}

fn post(address: SocketAddr, path: &str, body: &Json) -> Json {
    let body = body.to_string();
    let request = format!(
        "POST /{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = raw(address, request.as_bytes());
    let (_, json) = answer.split_once("\r\n\r\n").expect("a head and a body");
    serde_json::from_str(json).expect("JSON")
}

fn creation(origin: &str) -> Json {
    json!({
        "rp": { "id": "example.com", "name": "Example" },
        "user": { "id": "dXNlcg", "name": "alice", "displayName": "Alice" },
        "challenge": "Y2hhbGxlbmdl",
        "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
        "extensions": {
            "remoteDesktopClientOverride": { "origin": origin, "sameOriginWithAncestors": true },
        },
    })
}

#[test]
fn a_page_registers_through_the_bridge_and_the_origin_is_checked() {
    let (_server, address) = bridge();
    for (id, origin) in [(1, "https://login.example.com"), (2, "https://example.org")] {
        let begin = json!({ "kind": "create", "id": id, "options": creation(origin) });
        assert_eq!(post(address, "begin", &begin), json!({}));
    }
    let made = post(address, "await", &json!({ "id": 1 }));
    assert_eq!(made["credential"]["type"], "public-key");
    assert!(made["credential"]["response"]["publicKeyAlgorithm"].is_number());
    let refused = post(address, "await", &json!({ "id": 2 }));
    assert_eq!(refused["error"]["name"], "SecurityError");
    let forgotten = post(address, "await", &json!({ "id": 1 }));
    assert_eq!(forgotten["error"]["name"], "AbortError");
    let nameless = json!({ "kind": "get", "id": 3, "options": {} });
    post(address, "begin", &nameless);
    let refused = post(address, "await", &json!({ "id": 3 }));
    assert_eq!(refused["error"]["name"], "SecurityError");
    assert_eq!(
        post(address, "uvpaa", &json!({})),
        json!({ "available": false })
    );
}

#[test]
fn a_cancelled_request_frees_the_key() {
    let (server, address) = bridge();
    server.panel.set(|settings| settings.touch = Touch::Ask);
    let options = creation("https://example.com");
    let begin = |id: i64| json!({ "kind": "create", "id": id, "options": options });
    post(address, "begin", &begin(1));
    while server.panel.waiting().is_none() {
        std::thread::yield_now();
    }
    post(address, "cancel", &json!({ "id": 1 }));
    server.panel.set(|settings| settings.touch = Touch::Approve);
    post(address, "begin", &begin(2));
    let made = post(address, "await", &json!({ "id": 2 }));
    assert_eq!(made["credential"]["type"], "public-key");
}

#[test]
fn strangers_and_nonsense_are_turned_away() {
    let (_server, address) = bridge();
    for (request, status) in [
        (&b"POST /uvpaa HTTP/1.1\r\n\r\n"[..], "401"),
        (
            b"POST /uvpaa HTTP/1.1\r\nAuthorization: Bearer secres\r\n\r\n",
            "401",
        ),
        (b"GET / HTTP/1.1\r\n\r\n", "400"),
        (b"\xff\xff\r\n\r\n", "400"),
        (
            b"POST /begin HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
            "400",
        ),
        (b"POST /begin HTTP/1.1\r\nContent-Length: 5\r\n\r\n{", "400"),
        (b"", "400"),
        (
            b"POST /begin HTTP/1.1\r\nAuthorization: Bearer secret\r\nContent-Length: 2\r\n\r\n{}",
            "400",
        ),
        (
            b"POST /else HTTP/1.1\r\nAuthorization: Bearer secret\r\n\r\n",
            "404",
        ),
    ] {
        let answer = raw(address, request);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{request:?}: {answer}"
        );
    }
}
