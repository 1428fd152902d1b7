//! The network edge, over real sockets.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use entrasim::listener::authority::Authority;
use entrasim::simulator::{Options, Simulator};
use entrasim_domain::enforcement::rules::RulesAsked;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// A folder for one test inside the build folder.
pub(crate) fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&path).unwrap();
    path
}

pub(crate) struct Running {
    pub(crate) at: entrasim::app::Addresses,
    end: Option<oneshot::Sender<()>>,
    serving: tokio::task::JoinHandle<()>,
}

pub(crate) async fn start(name: &str) -> Running {
    start_with(Options::new(folder(name))).await
}

/// A simulator whose decisions ask only these rules.
pub(crate) async fn start_without(name: &str, rules: RulesAsked) -> Running {
    let options = Options {
        rules,
        ..Options::new(folder(name))
    };
    start_with(options).await
}

async fn start_with(options: Options) -> Running {
    let simulator = Simulator::start(options).await.unwrap();
    let at = simulator.addresses().unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let serving = tokio::spawn(simulator.serve(async {
        let _ = ended.await;
    }));
    Running {
        at,
        end: Some(end),
        serving,
    }
}

impl Running {
    pub(crate) async fn stop(mut self) {
        let _ = self.end.take().unwrap().send(());
        tokio::time::timeout(Duration::from_secs(10), self.serving)
            .await
            .expect("the shutdown ends")
            .unwrap();
    }
}

fn address(url: &str) -> &str {
    url.split_once("://").unwrap().1
}

/// Sends bytes and reads until the other side closes or five seconds pass.
async fn raw(address: &str, bytes: &[u8]) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    // The other side may close while we still write.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match tokio::time::timeout(Duration::from_secs(5), stream.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) | Err(_) => break,
            Ok(Ok(count)) => answer.extend_from_slice(&buffer[..count]),
        }
        if answer.windows(4).any(|window| window == b"\r\n\r\n") && answer.len() > 12 {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn malformed_requests_neither_hang_nor_stop_the_server() {
    let running = start("malformed").await;
    let http = address(&running.at.http).to_owned();
    let many = format!(
        "GET / HTTP/1.1\r\nhost: localhost\r\n{}\r\n",
        "a: b\r\n".repeat(100_000)
    );
    let long = format!(
        "GET /{} HTTP/1.1\r\nhost: localhost\r\n\r\n",
        "x".repeat(1_000_000)
    );
    let large = b"POST /common/oauth2/v2.0/token HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10485760\r\n\r\n".to_vec();
    let chunked = b"POST /common/oauth2/token HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".to_vec();
    for (bytes, allowed) in [
        (many.into_bytes(), &["431", "400"][..]),
        (long.into_bytes(), &["414", "431", "400"][..]),
        (large, &["413"][..]),
        (chunked, &["400"][..]),
        (b"\x16\x03\x01garbage\r\n\r\n".to_vec(), &["400"][..]),
        (b"GET / HTTP/1.1\r\n\r\n".to_vec(), &["400"][..]),
        (
            b"CONNECT nonsense HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(),
            &["400", "403"][..],
        ),
        (
            b"GET /%zz%00 HTTP/1.1\r\nhost: localhost\r\n\r\n".to_vec(),
            &["404", "400"][..],
        ),
    ] {
        let answer = raw(&http, &bytes).await.unwrap();
        let status = answer.get(9..12).unwrap_or_default();
        assert!(answer.is_empty() || allowed.contains(&status), "{answer}");
    }
    let alive = raw(
        &http,
        b"GET /common/discovery/keys HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
    )
    .await
    .unwrap();
    assert!(alive.starts_with("HTTP/1.1 200"), "{alive}");
    running.stop().await;
}

#[tokio::test]
async fn hosts_that_are_not_simulated_are_refused_by_name() {
    let running = start("refused").await;
    let http = address(&running.at.http).to_owned();
    for request in [
        "CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n",
        "GET http://example.com/ HTTP/1.1\r\nhost: example.com\r\n\r\n",
    ] {
        let answer = raw(&http, request.as_bytes()).await.unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 403 entrasim does not simulate example.com"),
            "{answer}"
        );
        assert!(answer.contains("x-entrasim-refused: example.com"));
    }
    running.stop().await;
}

#[tokio::test]
async fn the_metadata_address_is_answered_through_the_proxy() {
    let running = start("metadata").await;
    let request = "GET http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com HTTP/1.1\r\nhost: 169.254.169.254\r\nmetadata: true\r\nconnection: close\r\n\r\n";
    let answer = raw(address(&running.at.http), request.as_bytes())
        .await
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    running.stop().await;
}

#[test]
fn the_authority_is_made_once_whoever_comes_first() {
    let folder = folder("authority").join(std::process::id().to_string());
    let made: Vec<String> = std::thread::scope(|scope| {
        let open = || {
            let authority = Authority::open(&folder).unwrap();
            std::fs::read_to_string(authority.certificate_path()).unwrap()
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(made.iter().all(|certificate| *certificate == made[0]));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.join("authority.pem"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let rotated = Authority::replace(&folder).unwrap();
    assert_ne!(
        std::fs::read_to_string(rotated.certificate_path()).unwrap(),
        made[0]
    );
    std::fs::write(folder.join("authority.pem"), "# hosts: none\n").unwrap();
    assert!(
        Authority::open(&folder).is_ok(),
        "an outdated authority is replaced"
    );
}

#[tokio::test]
async fn a_silent_connection_is_closed_on_every_port() {
    let mut options = Options::new(folder("silent"));
    options.listener.idle = Duration::from_millis(200);
    let running = start_with(options).await;
    for url in [&running.at.http, &running.at.https, &running.at.control] {
        // Nothing at all; half of the HTTP/2 preface; half a head; half a TLS record; an idle tunnel.
        let beginnings: [&[u8]; 5] = [
            b"",
            b"PRI * HT",
            b"GET / HTTP/1.1\r\nhost: lo",
            b"\x16\x03\x01",
            b"CONNECT login.microsoftonline.com:443 HTTP/1.1\r\nhost: login.microsoftonline.com\r\n\r\n",
        ];
        for beginning in beginnings {
            let mut stream = TcpStream::connect(address(url)).await.unwrap();
            stream.write_all(beginning).await.unwrap();
            let mut rest = Vec::new();
            let closed =
                tokio::time::timeout(Duration::from_secs(3), stream.read_to_end(&mut rest)).await;
            assert!(
                closed.is_ok(),
                "{url} keeps {:?}",
                String::from_utf8_lossy(beginning)
            );
        }
    }
    running.stop().await;
}

#[tokio::test]
async fn a_client_that_writes_a_large_body_before_it_reads_gets_its_413() {
    let running = start("large").await;
    let mut stream = TcpStream::connect(address(&running.at.http)).await.unwrap();
    let head = "POST /common/oauth2/v2.0/token HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10485760\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
        .write_all(&vec![b'a'; 10_485_760])
        .await
        .expect("all of it is taken");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
    running.stop().await;
}

#[tokio::test]
async fn through_the_proxy_a_loopback_address_is_ours_at_our_ports_only() {
    let running = start("loopback").await;
    let http = address(&running.at.http).to_owned();
    for request in [
        "CONNECT 127.0.0.1:9 HTTP/1.1\r\nhost: 127.0.0.1:9\r\n\r\n",
        "GET http://localhost:9/v1.0/users HTTP/1.1\r\nhost: localhost:9\r\nconnection: close\r\n\r\n",
    ] {
        let answer = raw(&http, request.as_bytes()).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    }
    let own = address(&running.at.https);
    let request = format!("CONNECT {own} HTTP/1.1\r\nhost: {own}\r\n\r\n");
    assert!(
        raw(&http, request.as_bytes())
            .await
            .unwrap()
            .starts_with("HTTP/1.1 200")
    );
    running.stop().await;
}

#[tokio::test]
async fn plain_http_inside_a_tunnel_is_answered() {
    let running = start("plain-tunnel").await;
    let mut stream = TcpStream::connect(address(&running.at.http)).await.unwrap();
    stream
        .write_all(b"CONNECT 169.254.169.254:80 HTTP/1.1\r\nhost: 169.254.169.254:80\r\n\r\n")
        .await
        .unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 200"));
    let request = "GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com HTTP/1.1\r\nhost: 169.254.169.254\r\nmetadata: true\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    running.stop().await;
}

#[tokio::test]
async fn the_control_port_answers_no_rebound_name_and_no_foreign_page() {
    let running = start("rebinding").await;
    let control = address(&running.at.control).to_owned();
    let ask = async |host: &str, extra: &str| {
        let request =
            format!("GET /tenants HTTP/1.1\r\nhost: {host}\r\n{extra}connection: close\r\n\r\n");
        raw(&control, request.as_bytes())
            .await
            .unwrap()
            .get(9..12)
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(ask(&control, "").await, "200");
    assert_eq!(ask("localhost", "").await, "200");
    assert_eq!(
        ask(&control, &format!("origin: http://{control}\r\n")).await,
        "200"
    );
    assert_eq!(ask("rebound.example", "").await, "403");
    assert_eq!(ask("login.microsoftonline.com", "").await, "403");
    assert_eq!(
        ask(&control, "origin: https://rebound.example\r\n").await,
        "403"
    );
    assert_eq!(ask(&control, "origin: null\r\n").await, "403");
    running.stop().await;
}

#[test]
fn an_outdated_authority_is_replaced_once_whoever_comes_first() {
    for round in 0..6 {
        let folder = folder("rotation").join(format!("{}-{round}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("authority.pem"), "# hosts: none\n").unwrap();
        let made: Vec<String> = std::thread::scope(|scope| {
            let open = || {
                let authority = Authority::open(&folder).unwrap();
                std::fs::read_to_string(authority.certificate_path()).unwrap()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert!(
            made.iter().all(|certificate| *certificate == made[0]),
            "round {round}"
        );
    }
}
