//! Listening: a thread that accepts, and one for each connection.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
#[cfg(target_os = "linux")]
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket, Type};

use super::Server;
use crate::store::Store;
use crate::transport::link::{Link, SeqPacket, Tcp, Udp};

/// How many connections wait to be accepted.
const BACKLOG: i32 = 16;
/// How many peers a UDP socket remembers.
const MAX_PEERS: usize = 256;

/// Something that listens. Its threads live as long as the process.
#[derive(Debug)]
pub struct Listener {
    /// Where clients connect.
    pub address: String,
    thread: JoinHandle<()>,
    socket: Option<PathBuf>,
}

impl Listener {
    /// Waits until the listener ends, which it does only if accepting fails.
    pub fn join(self) {
        drop(self.thread.join());
        if let Some(path) = self.socket {
            drop(std::fs::remove_file(path));
        }
    }
}

fn spawn<S: Store + Send + 'static>(server: &Arc<Server<S>>, link: impl Link + 'static) {
    let server = Arc::clone(server);
    std::thread::spawn(move || {
        if !server.panel.settings().unplugged {
            server.serve(&link);
        }
    });
}

/// Listens on a Unix socket that keeps message boundaries. Only the owner can connect. A socket that a dead
/// process left behind is replaced; one that answers is not.
pub fn listen_unix<S: Store + Send + 'static>(
    server: &Arc<Server<S>>,
    path: &Path,
) -> io::Result<Listener> {
    let address = SockAddr::unix(path)?;
    let socket = Socket::new(Domain::UNIX, Type::SEQPACKET, None)?;
    if path.exists() {
        let probe = Socket::new(Domain::UNIX, Type::SEQPACKET, None)?;
        if probe.connect(&address).is_ok() {
            return Err(io::Error::new(
                io::ErrorKind::AddrInUse,
                "another softkey answers on this socket",
            ));
        }
        std::fs::remove_file(path)?;
    }
    socket.bind(&address)?;
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    socket.listen(BACKLOG)?;
    let server = Arc::clone(server);
    let thread = std::thread::spawn(move || {
        while let Ok((connection, _)) = socket.accept() {
            spawn(&server, SeqPacket::new(connection));
        }
    });
    Ok(Listener {
        address: path.display().to_string(),
        thread,
        socket: Some(path.to_owned()),
    })
}

/// Listens on TCP.
pub fn listen_tcp<S: Store + Send + 'static>(
    server: &Arc<Server<S>>,
    address: SocketAddr,
) -> io::Result<Listener> {
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?.to_string();
    let server = Arc::clone(server);
    let thread = std::thread::spawn(move || {
        while let Ok((connection, _)) = listener.accept() {
            // Reports are small and each is waited for.
            if connection.set_nodelay(true).is_ok() {
                spawn(&server, Tcp::new(connection));
            }
        }
    });
    Ok(Listener {
        address,
        thread,
        socket: None,
    })
}

/// Listens on UDP; whoever sends a report is a peer with channels of its own.
pub fn listen_udp<S: Store + Send + 'static>(
    server: &Arc<Server<S>>,
    address: SocketAddr,
) -> io::Result<Listener> {
    let socket = Arc::new(UdpSocket::bind(address)?);
    let address = socket.local_addr()?.to_string();
    let server = Arc::clone(server);
    let thread = std::thread::spawn(move || {
        let mut peers: BTreeMap<SocketAddr, Sender<Vec<u8>>> = BTreeMap::new();
        let mut buffer = [0; 128];
        loop {
            let Ok((length, peer)) = socket.recv_from(&mut buffer) else {
                continue;
            };
            let datagram = buffer.get(..length).unwrap_or_default().to_vec();
            let known = peers
                .get(&peer)
                .is_some_and(|one| one.send(datagram.clone()).is_ok());
            if known {
                continue;
            }
            peers.retain(|address, one| *address != peer && one.send(Vec::new()).is_ok());
            if peers.len() < MAX_PEERS {
                let (sender, incoming) = channel();
                drop(sender.send(datagram));
                peers.insert(peer, sender);
                let incoming = Mutex::new(incoming);
                spawn(
                    &server,
                    Udp {
                        socket: Arc::clone(&socket),
                        peer,
                        incoming,
                    },
                );
            }
        }
    });
    Ok(Listener {
        address,
        thread,
        socket: None,
    })
}

/// Shows the key to all programs on this machine, by way of `/dev/uhid`; unplugging takes it away.
#[cfg(target_os = "linux")]
pub fn serve_uhid<S: Store + Send + 'static>(
    server: &Arc<Server<S>>,
    path: &Path,
) -> io::Result<Listener> {
    use crate::transport::uhid::Uhid;

    let first = Uhid::create(path)?;
    let address = path.display().to_string();
    let (server, path) = (Arc::clone(server), path.to_owned());
    let thread = std::thread::spawn(move || {
        let mut device = Some(first);
        while let Some(plugged_in) = device.take() {
            server.serve(&plugged_in);
            drop(plugged_in);
            while server.panel.settings().unplugged {
                server.panel.pause(Duration::from_secs(1));
            }
            device = Uhid::create(&path).ok();
        }
    });
    Ok(Listener {
        address,
        thread,
        socket: None,
    })
}
