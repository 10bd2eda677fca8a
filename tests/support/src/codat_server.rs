//! Clients of the sandbox in a running app, to read and change data at Codat's side, and a second sandbox in
//! Codat's place.

use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sandbox::{Options, Sandbox};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::polling::{eventually, within};

/// A server in Codat's place, outside the app. It stops when it is dropped.
pub struct CodatServer(Sandbox);

impl CodatServer {
    /// Starts a server that accepts this key.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn start(key: &str) -> Self {
        let api_key = key.to_owned();
        let options = Options { port: 0, api_key, seed: 7, ..Options::default() };
        #[expect(clippy::disallowed_methods, reason = "the app under test runs by the real clock")]
        let clock = Arc::new(jiff::Timestamp::now);
        Self(Sandbox::start(options, clock).await.expect("a sandbox"))
    }

    /// The base URL, for the app's setting.
    pub fn address(&self) -> String {
        self.0.base_url()
    }
}

/// The address of a sandbox and the key that it accepts.
#[derive(Debug, Clone)]
pub struct SandboxClient {
    authority: String,
    key: String,
}

impl SandboxClient {
    /// A client for an address like `http://127.0.0.1:PORT`.
    ///
    /// # Panics
    ///
    /// If the address is invalid.
    pub fn new(address: &str, key: &str) -> Self {
        let authority = address.strip_prefix("http://").expect("an http address").trim_end_matches('/');
        Self { authority: authority.to_owned(), key: key.to_owned() }
    }

    /// A client for the sandbox of the app with this data folder. Waits until it runs.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn of(data: &Path) -> Self {
        let note = data.join("sandbox.json");
        eventually("the sandbox of the app", || async {
            let note: Value = serde_json::from_slice(&std::fs::read(&note).ok()?).ok()?;
            let sandbox = Self::new(note["address"].as_str()?, note["key"].as_str()?);
            TcpStream::connect(&sandbox.authority).await.ok()?;
            Some(sandbox)
        })
        .await
    }

    /// Sends a GET request and returns the response.
    ///
    /// # Panics
    ///
    /// If the status is an error.
    pub async fn get(&self, path: &str) -> Value {
        self.ask("GET", path, "").await
    }

    /// Sends a POST request with JSON and returns the response.
    ///
    /// # Panics
    ///
    /// If the status is an error.
    pub async fn post(&self, path: &str, body: &Value) -> Value {
        self.ask("POST", path, &body.to_string()).await
    }

    /// Sends a PUT request with JSON and returns the response.
    ///
    /// # Panics
    ///
    /// If the status is an error.
    pub async fn put(&self, path: &str, body: &Value) -> Value {
        self.ask("PUT", path, &body.to_string()).await
    }

    /// All companies at the server.
    ///
    /// # Panics
    ///
    /// If the sandbox does not answer.
    pub async fn companies(&self) -> Vec<Value> {
        let page = self.get("/companies?pageSize=100&page=1").await;
        page["results"].as_array().cloned().expect("a page of companies")
    }

    /// HTTP/1.0: the response is not chunked and ends with the connection.
    async fn ask(&self, method: &str, path: &str, body: &str) -> Value {
        let key = BASE64_STANDARD.encode(&self.key);
        let request = format!(
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nAuthorization: Basic {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.authority,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.authority).await.expect("the sandbox");
        stream.write_all(request.as_bytes()).await.expect("it reads");
        let mut answer = String::new();
        within(path, stream.read_to_string(&mut answer)).await.expect("its answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).unwrap_or_default();
        assert!(status.starts_with('2'), "{method} {path}: {answer}");
        if body.is_empty() { Value::Null } else { serde_json::from_str(body).expect("JSON") }
    }
}
