//! A minimal HTTP client, so that the server is measured and not the client.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;

use crate::BenchError;

/// The time limit of a response.
const PATIENCE: Duration = Duration::from_secs(120);
/// `Basic`, and "sandbox" in Base64.
const AUTHORIZATION: &str = "Basic c2FuZGJveA==";
/// Bytes per read.
const GULP: usize = 256 * 1_024;

/// A keep-alive connection.
pub(crate) struct Client {
    stream: TcpStream,
    host: SocketAddr,
    buffer: Vec<u8>,
}

/// A response: its status, and the position of the body in the buffer.
struct Head {
    status: u16,
    start: usize,
    length: usize,
}

impl Client {
    pub(crate) fn connect(host: SocketAddr) -> Result<Self, BenchError> {
        let refused = |error| BenchError::System("the sandbox", error);
        let stream = TcpStream::connect(host).map_err(refused)?;
        stream.set_nodelay(true).map_err(refused)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(refused)?;
        Ok(Self { stream, host, buffer: Vec::with_capacity(GULP) })
    }

    /// Sends a request that must succeed. Returns the size of the response body.
    pub(crate) fn ask(&mut self, method: &str, target: &str, body: &str) -> Result<usize, BenchError> {
        self.send(method, target, body).map(|head| head.length)
    }

    /// Sends a request, and parses the JSON of the response.
    pub(crate) fn json(&mut self, method: &str, target: &str, body: &str) -> Result<Value, BenchError> {
        let head = self.send(method, target, body)?;
        let text = self.buffer.get(head.start..head.start + head.length).unwrap_or_default();
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(text).map_err(|error| BenchError::Wrong(format!("{method} {target}: {error}")))
    }

    /// Requests a list, and parses only its total.
    pub(crate) fn total(&mut self, target: &str) -> Result<u64, BenchError> {
        self.send("GET", target, "")?;
        let text = String::from_utf8_lossy(&self.buffer);
        let after = text.rsplit_once("\"totalResults\":").map(|(_, after)| after);
        let digits = after.and_then(|after| after.split(|it: char| !it.is_ascii_digit()).next());
        let total = digits.and_then(|digits| digits.parse().ok());
        total.ok_or_else(|| BenchError::Wrong(format!("GET {target} has no total")))
    }

    fn send(&mut self, method: &str, target: &str, body: &str) -> Result<Head, BenchError> {
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nAuthorization: {AUTHORIZATION}\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        );
        let broken = |error| BenchError::System("the connection to the sandbox", error);
        self.stream.write_all(request.as_bytes()).map_err(broken)?;
        let head = self.read()?;
        if (200..300).contains(&head.status) {
            return Ok(head);
        }
        let said = String::from_utf8_lossy(self.buffer.get(head.start..).unwrap_or_default()).into_owned();
        Err(BenchError::Wrong(format!("{method} {target}: {} {said}", head.status)))
    }

    fn read(&mut self) -> Result<Head, BenchError> {
        self.buffer.clear();
        let head = loop {
            self.more()?;
            if let Some(head) = head(&self.buffer) {
                break head?;
            }
        };
        while self.buffer.len() < head.start + head.length {
            self.more()?;
        }
        Ok(head)
    }

    fn more(&mut self) -> Result<(), BenchError> {
        let broken = |error| BenchError::System("the connection to the sandbox", error);
        let before = self.buffer.len();
        self.buffer.resize(before + GULP, 0);
        let room = self.buffer.get_mut(before..).unwrap_or_default();
        let read = self.stream.read(room).map_err(broken)?;
        self.buffer.truncate(before + read);
        if read == 0 {
            return Err(BenchError::Wrong("the sandbox closed the connection".to_owned()));
        }
        Ok(())
    }
}

/// The head of the response, when it is complete.
fn head(buffer: &[u8]) -> Option<Result<Head, BenchError>> {
    let end = buffer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(buffer.get(..end)?);
    let status = text.split(' ').nth(1).and_then(|it| it.parse().ok());
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok()).flatten()
    });
    Some(match (status, length) {
        (Some(status), Some(length)) => Ok(Head { status, start: end + 4, length }),
        (Some(204), None) => Ok(Head { status: 204, start: end + 4, length: 0 }),
        _ => Err(BenchError::Wrong(format!("not an answer: {text}"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        assert!(head(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n").is_none());
        let whole = head(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").unwrap().unwrap();
        assert_eq!((whole.status, whole.start, whole.length), (200, 38, 2));
        assert!(head(b"nonsense\r\n\r\n").unwrap().is_err());
    }
}
