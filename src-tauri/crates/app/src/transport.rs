//! HTTP transport with reqwest. It trusts the system's certificates and those of the network settings.

#[cfg(test)]
mod calls;
mod connection_error;
#[cfg(test)]
mod decoding;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod recorded;
mod request_body;
mod response_body;
mod safe_mode_guard;
mod tls;

use std::{pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use codat::client::{Body, Leaving, Transport, TransportError};
use http::header;
use http_body_util::BodyExt;
use rustls::pki_types::CertificateDer;
use tokio::sync::Notify;
use tower::{service_fn, util::BoxCloneSyncService};

pub(crate) use connection_error::PROXY_PASSWORD;
use request_body::ProgressBody;
use response_body::{MinimumSpeed, TimedResponseBody};
pub(crate) use safe_mode_guard::enforce_safe_mode;

/// The timeout for connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest time without received data, and during an upload without sent data.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy)]
struct Timeouts {
    idle: Duration,
    answer: MinimumSpeed,
    file: MinimumSpeed,
}

impl Default for Timeouts {
    /// A page of 2,000 companies has several megabytes; a slow network has 64 KB/s.
    fn default() -> Self {
        Self {
            idle: IDLE_TIMEOUT,
            answer: MinimumSpeed {
                base_duration: Duration::from_secs(45),
                bytes_per_second: 16 * 1024,
                max_duration: Some(Duration::from_secs(300)),
            },
            file: MinimumSpeed {
                base_duration: Duration::from_secs(60),
                bytes_per_second: 1024,
                max_duration: None,
            },
        }
    }
}

/// The proxies and certificate authorities of requests. Not printable, because a proxy may contain a password.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) proxies: Proxies,
    /// Trusted in addition to those of the system.
    pub(crate) authorities: Vec<CertificateDer<'static>>,
}

#[derive(Clone)]
pub(crate) enum Proxies {
    /// Those of the environment and of the settings of macOS and Windows, as reqwest reads them.
    System,
    /// These proxies, each for its protocol.
    These(Vec<reqwest::Proxy>),
}

impl Proxies {
    pub(crate) fn none() -> Self {
        Self::These(Vec::new())
    }
}

impl Route {
    /// No proxy, as for this computer.
    pub(crate) fn direct() -> Self {
        Self { proxies: Proxies::none(), authorities: Vec::new() }
    }
}

/// A transport over the network. It does not follow redirects, because the API key must go to no other host.
///
/// # Errors
/// If the platform's certificate store cannot be used.
pub(crate) fn network(route: &Route) -> Result<Transport, String> {
    network_with_timeouts(route, Timeouts::default())
}

fn network_with_timeouts(route: &Route, timeouts: Timeouts) -> Result<Transport, String> {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(concat!("portal-desktop/", env!("CARGO_PKG_VERSION")))
        .tls_backend_preconfigured(tls::config(&route.authorities).map_err(|error| error_chain(&error))?);
    let builder = match &route.proxies {
        Proxies::System => builder,
        Proxies::These(proxies) => {
            proxies.iter().cloned().fold(builder.no_proxy(), reqwest::ClientBuilder::proxy)
        }
    };
    let client = builder.build().map_err(|error| error_chain(&error))?;
    Ok(BoxCloneSyncService::new(service_fn(move |request| send(client.clone(), request, timeouts))))
}

/// Installs the cryptography provider of the process. Must run before the first TLS connection.
pub(crate) fn install_crypto() {
    // An error means that the same provider is already installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

async fn send(
    client: reqwest::Client,
    request: http::Request<Bytes>,
    timeouts: Timeouts,
) -> Result<http::Response<Body>, TransportError> {
    let is_file = request.headers().get(header::ACCEPT).is_some_and(|accepts| accepts == "*/*");
    let (leaving, progressed) = (request.extensions().get::<Leaving>().cloned(), Arc::new(Notify::new()));
    let request = request.map(|body| match leaving {
        Some(leaving) => {
            let progressed = progressed.clone();
            let progress = Leaving::new(move |left| {
                leaving.tell(left);
                progressed.notify_one();
            });
            reqwest::Body::wrap(ProgressBody::new(body, progress))
        }
        None => body.into(),
    });
    let request = reqwest::Request::try_from(request)
        .map_err(|error| TransportError::Unreachable(error_chain(&error)))?;
    let mut answer = pin!(client.execute(request));
    let response = loop {
        tokio::select! {
            response = &mut answer => break response.map_err(|error| transport_error(&error))?,
            () = progressed.notified() => {}
            () = tokio::time::sleep(timeouts.idle) => return Err(response_body::idle_error(timeouts.idle)),
        }
    };
    let response: http::Response<reqwest::Body> = response.into();
    let speed = if is_file { timeouts.file } else { timeouts.answer };
    Ok(response.map(|body| TimedResponseBody::new(body, timeouts.idle, speed).boxed_unsync()))
}

fn transport_error(error: &reqwest::Error) -> TransportError {
    let details = error_chain(error);
    if !error.is_connect() && !error.is_builder() {
        return TransportError::NoAnswer(details);
    }
    TransportError::Unreachable(match connection_error::explain(error) {
        Some(plain) => format!("{plain}\n{details}"),
        None => details,
    })
}

/// The message of an error and of all its causes: the outermost one is the least specific.
fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use codat::{ApiKey, Client, FailureKind};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// A client whose server sends this text and then nothing.
    async fn client_of_partial_server(text: &'static str) -> Client {
        install_crypto();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            let mut silent = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 4_096]).await;
                let _ = stream.write_all(text.as_bytes()).await;
                // Dropping the stream would close the connection.
                silent.push(stream);
            }
        });
        let timeouts = Timeouts { idle: Duration::from_millis(100), ..Timeouts::default() };
        let transport = network_with_timeouts(&Route::direct(), timeouts).expect("a transport");
        let key = ApiKey::new("key").expect("a key");
        Client::new(format!("http://{address}"), key, transport)
    }

    /// A client whose server sends the body byte by byte, with a gap of this many milliseconds.
    async fn client_of_slow_server(body: &'static str, gap: u64, timeouts: Timeouts) -> Client {
        install_crypto();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let _ = stream.read(&mut [0; 4_096]).await;
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
                    let _ = stream.write_all(head.as_bytes()).await;
                    for byte in body.as_bytes() {
                        if stream.write_all(&[*byte]).await.is_err() {
                            return;
                        }
                        tokio::time::sleep(Duration::from_millis(gap)).await;
                    }
                });
            }
        });
        let transport = network_with_timeouts(&Route::direct(), timeouts).expect("a transport");
        let key = ApiKey::new("key").expect("a key");
        Client::new(format!("http://{address}"), key, transport)
    }

    const BODY: &str =
        r#"{"name":"A client whose profile comes so slowly that nobody waits","redirectUrl":""}"#;

    /// Starts like a ZIP file.
    const ARCHIVE: &str =
        "PK, and then bytes that come so slowly that only a file may take its time for them";

    #[tokio::test]
    async fn an_answer_that_comes_drop_by_drop_is_given_up() {
        let speed = MinimumSpeed {
            base_duration: Duration::from_millis(100),
            bytes_per_second: 1_000,
            max_duration: None,
        };
        let timeouts = Timeouts { answer: speed, ..Timeouts::default() };
        let client = client_of_slow_server(BODY, 10, timeouts).await;
        let failure = client.profile().await.expect_err("it is too slow");
        assert_eq!(failure.kind, FailureKind::NoAnswer, "{failure:?}");
        assert!(failure.message.contains("too slow:"), "{failure}");
    }

    #[tokio::test]
    async fn an_answer_that_comes_fast_enough_may_take_its_time_up_to_a_bound() {
        let slow =
            MinimumSpeed { base_duration: Duration::from_secs(60), bytes_per_second: 1, max_duration: None };
        let client = client_of_slow_server(BODY, 1, Timeouts { answer: slow, ..Timeouts::default() }).await;
        assert!(client.profile().await.is_ok());
        let bound = MinimumSpeed { max_duration: Some(Duration::from_millis(100)), ..slow };
        let client = client_of_slow_server(BODY, 10, Timeouts { answer: bound, ..Timeouts::default() }).await;
        assert_eq!(client.profile().await.expect_err("it ends").kind, FailureKind::NoAnswer);
    }

    #[tokio::test]
    async fn an_upload_that_moves_on_may_take_longer_than_silence_may() {
        install_crypto();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let (mut piece, mut read) = (vec![0; 1024 * 1024], 0);
            while read < 20 * 1024 * 1024 {
                read += stream.read(&mut piece).await.expect("a piece");
                tokio::time::sleep(Duration::from_millis(150)).await;
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.expect("it listens");
            let _ = stream.read(&mut piece).await;
        });
        let timeouts = Timeouts { idle: Duration::from_secs(2), ..Timeouts::default() };
        let transport = network_with_timeouts(&Route::direct(), timeouts).expect("a transport");
        let mut request = http::Request::post(format!("http://{address}/"));
        request = request.extension(Leaving::new(|_| {}));
        let request = request.body(Bytes::from(vec![0_u8; 20 * 1024 * 1024])).expect("a request");
        let answer = tower::ServiceExt::oneshot(transport, request).await;
        assert!(answer.is_ok_and(|answer| answer.status().is_success()));
    }

    #[tokio::test]
    async fn a_file_has_a_rule_of_its_own() {
        let strict = MinimumSpeed {
            base_duration: Duration::from_millis(100),
            bytes_per_second: 1_000,
            max_duration: None,
        };
        let lax =
            MinimumSpeed { base_duration: Duration::from_secs(60), bytes_per_second: 1, max_duration: None };
        let timeouts_for_files = |file| Timeouts { answer: strict, file, ..Timeouts::default() };
        for (file, succeeds) in [(lax, true), (strict, false)] {
            let client = client_of_slow_server(ARCHIVE, 10, timeouts_for_files(file)).await;
            let company = "0b9c4c5e-7a55-4a43-9d0e-5f1f6c7f2a10".parse().expect("an ID");
            let mut download = client.download_files(company, None).await.expect("its head comes");
            let mut result = Ok(());
            loop {
                match download.next().await {
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(failure) => {
                        result = Err(failure.kind);
                        break;
                    }
                }
            }
            assert_eq!(result, if succeeds { Ok(()) } else { Err(FailureKind::NoAnswer) });
        }
    }

    #[tokio::test]
    async fn an_answer_that_never_comes_is_no_answer() {
        for response_text in
            ["", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"name\":"]
        {
            let client = client_of_partial_server(response_text).await;
            let failure = client.profile().await.expect_err("nothing more is said");
            assert_eq!(failure.kind, FailureKind::NoAnswer, "{failure:?}");
        }
    }
}
