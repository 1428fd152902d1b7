//! The network edge, over real sockets.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use entrasim::listener::authority::Authority;
use entrasim::simulator::{Options, Simulator};
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
    let simulator = Simulator::start(Options::new(folder(name))).await.unwrap();
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
