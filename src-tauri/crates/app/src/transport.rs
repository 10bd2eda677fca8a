//! Requests over the network: reqwest, on the system's trust store.

mod departing;

use std::time::Duration;

use bytes::Bytes;
use codat::client::{Body, Leaving, Transport, TransportError};
use http_body_util::BodyExt;
use tower::{service_fn, util::BoxCloneSyncService};

use departing::Departing;

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(10);
/// How long an answer may say nothing. There is no bound on the whole: that would cut downloads off.
const SILENCE: Duration = Duration::from_secs(30);

/// Where requests go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// To the internet, through the system's proxy where one is set.
    Internet,
    /// To this computer; never through a proxy.
    Loopback,
}

/// A transport over the network. Redirects are not followed: the key must not go where the server says.
///
/// # Errors
/// When the platform's trust store cannot be used.
pub(crate) fn network(reach: Reach) -> Result<Transport, String> {
    patient(reach, SILENCE)
}

/// The same, with another bound on silence.
fn patient(reach: Reach, silence: Duration) -> Result<Transport, String> {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .read_timeout(silence)
        .user_agent(concat!("portal-desktop/", env!("CARGO_PKG_VERSION")));
    let builder = match reach {
        Reach::Internet => builder,
        Reach::Loopback => builder.no_proxy(),
    };
    let client = builder.build().map_err(|error| explain(&error))?;
    Ok(BoxCloneSyncService::new(service_fn(move |request| send(client.clone(), request, silence))))
}

/// Makes the one cryptography provider the process's own; called first thing in every `main`.
pub(crate) fn install_crypto() {
    // A second call finds the first one's provider in place, which is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

async fn send(
    client: reqwest::Client,
    request: http::Request<Bytes>,
    silence: Duration,
) -> Result<http::Response<Body>, TransportError> {
    let leaving = request.extensions().get::<Leaving>().cloned();
    let request = request.map(|body| match leaving {
        Some(leaving) => reqwest::Body::wrap(Departing::new(body, leaving)),
        None => body.into(),
    });
    let request =
        reqwest::Request::try_from(request).map_err(|error| TransportError::Unreachable(explain(&error)))?;
    let response = client.execute(request).await.map_err(|error| transport_error(&error, silence))?;
    let response: http::Response<reqwest::Body> = response.into();
    Ok(response.map(|body| body.map_err(move |error| transport_error(&error, silence)).boxed_unsync()))
}

fn transport_error(error: &reqwest::Error, silence: Duration) -> TransportError {
    let text = explain(error);
    if error.is_connect() || error.is_builder() {
        TransportError::Unreachable(text)
    } else if error.is_timeout() {
        TransportError::NoAnswer(format!("No answer within {} seconds", silence.as_secs()))
    } else {
        TransportError::NoAnswer(text)
    }
}

/// The whole chain of causes: the outermost of them says the least.
fn explain(error: &dyn std::error::Error) -> String {
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
        let transport = patient(Reach::Loopback, Duration::from_millis(100)).expect("a transport");
        let key = ApiKey::new("key").expect("a key");
        Client::new(format!("http://{address}"), key, transport)
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
