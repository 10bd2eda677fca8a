//! Requests over the network: reqwest, on the system's trust store and what the network settings add to it.

mod arriving;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod decoding;
mod departing;
#[cfg(test)]
mod faults;
mod guard;
#[cfg(test)]
mod recorded;
mod trouble;
mod trust;

use std::{pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use codat::client::{Body, Leaving, Transport, TransportError};
use http::header;
use http_body_util::BodyExt;
use rustls::pki_types::CertificateDer;
use tokio::sync::Notify;
use tower::{service_fn, util::BoxCloneSyncService};

use arriving::{Arriving, Pace};
use departing::Departing;
pub(crate) use guard::guarded;
pub(crate) use trouble::PROXY_PASSWORD;

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(10);
/// How long nothing may come, and of an upload nothing leave.
const SILENCE: Duration = Duration::from_secs(30);

/// What is waited for at most.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    silence: Duration,
    answer: Pace,
    file: Pace,
}

impl Default for Bounds {
    /// A page of 2,000 companies has some megabytes, and a slow line carries 64 KB a second.
    fn default() -> Self {
        Self {
            silence: SILENCE,
            answer: Pace {
                grace: Duration::from_secs(45),
                bytes_a_second: 16 * 1024,
                longest: Some(Duration::from_secs(300)),
            },
            file: Pace { grace: Duration::from_secs(60), bytes_a_second: 1024, longest: None },
        }
    }
}

/// How requests leave this computer. A proxy may hold a password, so this cannot be printed.
#[derive(Clone)]
pub(crate) struct Route {
    /// The proxies that requests go through.
    pub(crate) proxies: Proxies,
    /// Certificate authorities that are trusted in addition to the system's.
    pub(crate) authorities: Vec<CertificateDer<'static>>,
}

/// The proxies that requests go through.
#[derive(Clone)]
pub(crate) enum Proxies {
    /// Those of the environment, and of the settings of macOS and Windows, as reqwest reads them.
    System,
    /// These, each for its protocol.
    These(Vec<reqwest::Proxy>),
}

impl Proxies {
    /// No proxy.
    pub(crate) fn none() -> Self {
        Self::These(Vec::new())
    }
}

impl Route {
    /// Directly, as to this computer.
    pub(crate) fn direct() -> Self {
        Self { proxies: Proxies::none(), authorities: Vec::new() }
    }
}

/// A transport over the network. Redirects are not followed: the key must not go where the server says.
///
/// # Errors
/// When the platform's trust store cannot be used.
pub(crate) fn network(route: &Route) -> Result<Transport, String> {
    bounded(route, Bounds::default())
}

/// The same, with other bounds.
fn bounded(route: &Route, bounds: Bounds) -> Result<Transport, String> {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .user_agent(concat!("portal-desktop/", env!("CARGO_PKG_VERSION")))
        .tls_backend_preconfigured(trust::config(&route.authorities).map_err(|error| chain(&error))?);
    let builder = match &route.proxies {
        Proxies::System => builder,
        Proxies::These(proxies) => {
            proxies.iter().cloned().fold(builder.no_proxy(), reqwest::ClientBuilder::proxy)
        }
    };
    let client = builder.build().map_err(|error| chain(&error))?;
    Ok(BoxCloneSyncService::new(service_fn(move |request| send(client.clone(), request, bounds))))
}

/// Makes the one cryptography provider the process's own; called first thing in every `main`.
pub(crate) fn install_crypto() {
    // A second call finds the first one's provider in place, which is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

async fn send(
    client: reqwest::Client,
    request: http::Request<Bytes>,
    bounds: Bounds,
) -> Result<http::Response<Body>, TransportError> {
    let is_file = request.headers().get(header::ACCEPT).is_some_and(|accepts| accepts == "*/*");
    let (leaving, moves) = (request.extensions().get::<Leaving>().cloned(), Arc::new(Notify::new()));
    let request = request.map(|body| match leaving {
        Some(leaving) => {
            let moves = moves.clone();
            let tells = Leaving::new(move |left| {
                leaving.tell(left);
                moves.notify_one();
            });
            reqwest::Body::wrap(Departing::new(body, tells))
        }
        None => body.into(),
    });
    let request =
        reqwest::Request::try_from(request).map_err(|error| TransportError::Unreachable(chain(&error)))?;
    let mut answer = pin!(client.execute(request));
    let response = loop {
        tokio::select! {
            response = &mut answer => break response.map_err(|error| transport_error(&error))?,
            () = moves.notified() => {}
            () = tokio::time::sleep(bounds.silence) => return Err(arriving::silent(bounds.silence)),
        }
    };
    let response: http::Response<reqwest::Body> = response.into();
    let pace = if is_file { bounds.file } else { bounds.answer };
    Ok(response.map(|body| Arriving::new(body, bounds.silence, pace).boxed_unsync()))
}

fn transport_error(error: &reqwest::Error) -> TransportError {
    let technical = chain(error);
    if !error.is_connect() && !error.is_builder() {
        return TransportError::NoAnswer(technical);
    }
    TransportError::Unreachable(match trouble::explain(error) {
        Some(plain) => format!("{plain}\n{technical}"),
        None => technical,
    })
}

/// The whole chain of causes: the outermost of them says the least.
fn chain(error: &dyn std::error::Error) -> String {
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

    /// A server that says this much and then nothing, and a client that waits a moment for it.
    async fn client_of_one_who_says(text: &'static str) -> Client {
        install_crypto();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            let mut silent = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 4_096]).await;
                let _ = stream.write_all(text.as_bytes()).await;
                // Kept open: what is dropped is closed, and that is not silence.
                silent.push(stream);
            }
        });
        let bounds = Bounds { silence: Duration::from_millis(100), ..Bounds::default() };
        let transport = bounded(&Route::direct(), bounds).expect("a transport");
        let key = ApiKey::new("key").expect("a key");
        Client::new(format!("http://{address}"), key, transport)
    }

    /// A server that gives the body of its answer byte by byte, with so many milliseconds between two.
    async fn client_of_one_who_drips(body: &'static str, gap: u64, bounds: Bounds) -> Client {
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
        let transport = bounded(&Route::direct(), bounds).expect("a transport");
        let key = ApiKey::new("key").expect("a key");
        Client::new(format!("http://{address}"), key, transport)
    }

    const BODY: &str =
        r#"{"name":"A client whose profile comes so slowly that nobody waits","redirectUrl":""}"#;

    /// Begins as every archive does.
    const ARCHIVE: &str =
        "PK, and then bytes that come so slowly that only a file may take its time for them";

    #[tokio::test]
    async fn an_answer_that_comes_drop_by_drop_is_given_up() {
        let pace = Pace { grace: Duration::from_millis(100), bytes_a_second: 1_000, longest: None };
        let bounds = Bounds { answer: pace, ..Bounds::default() };
        let client = client_of_one_who_drips(BODY, 10, bounds).await;
        let failure = client.profile().await.expect_err("it is too slow");
        assert_eq!(failure.kind, FailureKind::NoAnswer, "{failure:?}");
        assert!(failure.message.contains("too slowly"), "{failure}");
    }

    #[tokio::test]
    async fn an_answer_that_comes_fast_enough_may_take_its_time_up_to_a_bound() {
        let slow = Pace { grace: Duration::from_secs(60), bytes_a_second: 1, longest: None };
        let client = client_of_one_who_drips(BODY, 1, Bounds { answer: slow, ..Bounds::default() }).await;
        assert!(client.profile().await.is_ok());
        let bound = Pace { longest: Some(Duration::from_millis(100)), ..slow };
        let client = client_of_one_who_drips(BODY, 10, Bounds { answer: bound, ..Bounds::default() }).await;
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
        let bounds = Bounds { silence: Duration::from_secs(2), ..Bounds::default() };
        let transport = bounded(&Route::direct(), bounds).expect("a transport");
        let mut request = http::Request::post(format!("http://{address}/"));
        request = request.extension(Leaving::new(|_| {}));
        let request = request.body(Bytes::from(vec![0_u8; 20 * 1024 * 1024])).expect("a request");
        let answer = tower::ServiceExt::oneshot(transport, request).await;
        assert!(answer.is_ok_and(|answer| answer.status().is_success()));
    }

    #[tokio::test]
    async fn a_file_has_a_rule_of_its_own() {
        let strict = Pace { grace: Duration::from_millis(100), bytes_a_second: 1_000, longest: None };
        let lax = Pace { grace: Duration::from_secs(60), bytes_a_second: 1, longest: None };
        let of_files = |file| Bounds { answer: strict, file, ..Bounds::default() };
        for (file, comes) in [(lax, true), (strict, false)] {
            let client = client_of_one_who_drips(ARCHIVE, 10, of_files(file)).await;
            let company = "0b9c4c5e-7a55-4a43-9d0e-5f1f6c7f2a10".parse().expect("an ID");
            let mut download = client.download_files(company, None).await.expect("its head comes");
            let mut whole = Ok(());
            loop {
                match download.next().await {
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(failure) => {
                        whole = Err(failure.kind);
                        break;
                    }
                }
            }
            assert_eq!(whole, if comes { Ok(()) } else { Err(FailureKind::NoAnswer) });
        }
    }

    #[tokio::test]
    async fn an_answer_that_never_comes_is_no_answer() {
        for said in
            ["", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"name\":"]
        {
            let client = client_of_one_who_says(said).await;
            let failure = client.profile().await.expect_err("nothing more is said");
            assert_eq!(failure.kind, FailureKind::NoAnswer, "{failure:?}");
        }
    }
}
