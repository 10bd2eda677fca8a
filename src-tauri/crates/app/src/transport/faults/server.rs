//! A server that answers one request with a fault, as bytes on a socket.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    task::JoinHandle,
};

/// Connections that wait for the server.
const BACKLOG: u32 = 128;

/// What is sent in place of the good answer.
#[derive(Debug, Clone)]
pub(super) enum Play {
    /// Nothing: nobody listens.
    Nobody,
    /// These bytes, and the end of the connection.
    Bytes(Vec<u8>),
    /// These bytes, and then silence.
    Silence(Vec<u8>),
    /// These bytes, and then a reset.
    Reset(Vec<u8>),
    /// This head, then this piece again and again, at most so often.
    Again { head: Vec<u8>, piece: Vec<u8>, times: u64 },
}

/// A running server. Dropping it ends it.
pub(super) struct Server {
    pub(super) base: String,
    task: JoinHandle<()>,
    requests: Arc<AtomicU32>,
    sent: Arc<AtomicU64>,
}

impl Server {
    pub(super) async fn start(play: Play) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let base = format!("http://{}", socket.local_addr().unwrap());
        let (requests, sent) = (Arc::<AtomicU32>::default(), Arc::<AtomicU64>::default());
        let (counted, counts) = (requests.clone(), sent.clone());
        let task = if matches!(play, Play::Nobody) {
            tokio::spawn(async move {
                // While the socket lives, no other process gets its port.
                let _socket = socket;
                std::future::pending().await
            })
        } else {
            let listener = socket.listen(BACKLOG).unwrap();
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    counted.fetch_add(1, Ordering::Relaxed);
                    // A client that hangs up is what many faults lead to.
                    let _ = answer(stream, &play, &counts).await;
                }
            })
        };
        Self { base, task, requests, sent }
    }

    /// The requests that came.
    pub(super) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// The bytes that were taken from it, those in the system's buffers among them.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(mut stream: TcpStream, play: &Play, sent: &AtomicU64) -> std::io::Result<()> {
    read_request(&mut stream).await?;
    let mut rest = [0; 1024];
    match play {
        Play::Nobody => {}
        Play::Bytes(bytes) => {
            stream.write_all(bytes).await?;
            stream.shutdown().await?;
            // Closed by the client, so that nothing is reset.
            while stream.read(&mut rest).await? > 0 {}
        }
        Play::Silence(bytes) => {
            stream.write_all(bytes).await?;
            while stream.read(&mut rest).await? > 0 {}
        }
        Play::Reset(bytes) => {
            stream.write_all(bytes).await?;
            stream.set_zero_linger()?;
        }
        Play::Again { head, piece, times } => {
            stream.write_all(head).await?;
            for _ in 0..*times {
                stream.write_all(piece).await?;
                sent.fetch_add(piece.len() as u64, Ordering::Relaxed);
            }
            stream.shutdown().await?;
            while stream.read(&mut rest).await? > 0 {}
        }
    }
    Ok(())
}

/// Reads a request to the end of its body.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<()> {
    let (mut request, mut piece) = (Vec::new(), [0; 8 * 1024]);
    loop {
        let read = stream.read(&mut piece).await?;
        if read == 0 {
            return Ok(());
        }
        request.extend_from_slice(&piece[..read]);
        let Some(end) = request.windows(4).position(|it| it == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        if request.len() >= end + 4 + length.unwrap_or(0) {
            return Ok(());
        }
    }
}
