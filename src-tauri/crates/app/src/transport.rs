//! Requests over the network: reqwest, on the system's trust store.

use std::time::Duration;

use bytes::Bytes;
use codat::client::{Body, Transport, TransportError};
use http_body_util::BodyExt;
use tower::{service_fn, util::BoxCloneSyncService};

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
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
        .user_agent(concat!("portal-desktop/", env!("CARGO_PKG_VERSION")));
    let builder = match reach {
        Reach::Internet => builder,
        Reach::Loopback => builder.no_proxy(),
    };
    let client = builder.build().map_err(|error| explain(&error))?;
    Ok(BoxCloneSyncService::new(service_fn(move |request| send(client.clone(), request))))
}

/// Makes the one cryptography provider the process's own; called first thing in every `main`.
pub(crate) fn install_crypto() {
    // A second call finds the first one's provider in place, which is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

async fn send(
    client: reqwest::Client,
    request: http::Request<Bytes>,
) -> Result<http::Response<Body>, TransportError> {
    let request =
        reqwest::Request::try_from(request).map_err(|error| TransportError::Unreachable(explain(&error)))?;
    let response = client.execute(request).await.map_err(transport_error)?;
    let response: http::Response<reqwest::Body> = response.into();
    Ok(response.map(|body| body.map_err(transport_error).boxed_unsync()))
}

fn transport_error(error: reqwest::Error) -> TransportError {
    let text = explain(&error);
    if error.is_connect() || error.is_builder() {
        TransportError::Unreachable(text)
    } else if error.is_timeout() {
        TransportError::NoAnswer(format!("No answer within {} seconds", SILENCE.as_secs()))
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
