//! A server that answers one request with a fault, as raw bytes.

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

/// The length of the accept queue.
const BACKLOG: u32 = 128;

/// The response in place of the good answer.
#[derive(Debug, Clone)]
pub(super) enum FaultyResponse {
    /// The connection is refused.
    Refuse,
    /// These bytes, and the end of the connection.
    Bytes(Vec<u8>),
    /// These bytes, and then silence.
    Silence(Vec<u8>),
    /// These bytes, and then a reset.
    Reset(Vec<u8>),
    /// The head, and then the piece up to `times` times.
    Repeat { head: Vec<u8>, piece: Vec<u8>, times: u64 },
}

/// A running server. It stops when it is dropped.
pub(super) struct Server {
    pub(super) base: String,
    task: JoinHandle<()>,
    requests: Arc<AtomicU32>,
    sent: Arc<AtomicU64>,
}

impl Server {
    pub(super) async fn start(response: FaultyResponse) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let base = format!("http://{}", socket.local_addr().unwrap());
        let (requests, sent) = (Arc::<AtomicU32>::default(), Arc::<AtomicU64>::default());
        let (counted, counts) = (requests.clone(), sent.clone());
        let task = if matches!(response, FaultyResponse::Refuse) {
            tokio::spawn(async move {
                // While the socket exists, no other process gets its port.
                let _socket = socket;
                std::future::pending().await
            })
        } else {
            let listener = socket.listen(BACKLOG).unwrap();
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    counted.fetch_add(1, Ordering::Relaxed);
                    // With many faults the client closes the connection.
                    let _ = answer(stream, &response, &counts).await;
                }
            })
        };
        Self { base, task, requests, sent }
    }

    /// The number of received requests.
    pub(super) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// The number of sent bytes, including those in the buffers of the system.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(mut stream: TcpStream, response: &FaultyResponse, sent: &AtomicU64) -> std::io::Result<()> {
    read_request(&mut stream).await?;
    let mut rest = [0; 1024];
    match response {
        FaultyResponse::Refuse => {}
        FaultyResponse::Bytes(bytes) => {
            stream.write_all(bytes).await?;
            stream.shutdown().await?;
            // The client closes the connection first, so that it is not reset.
            while stream.read(&mut rest).await? > 0 {}
        }
        FaultyResponse::Silence(bytes) => {
            stream.write_all(bytes).await?;
            while stream.read(&mut rest).await? > 0 {}
        }
        FaultyResponse::Reset(bytes) => {
            stream.write_all(bytes).await?;
            stream.set_zero_linger()?;
        }
        FaultyResponse::Repeat { head, piece, times } => {
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

/// Reads a request up to the end of its body.
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
