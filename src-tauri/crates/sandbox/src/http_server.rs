//! The TCP server. Only this module delays, truncates or drops responses.

use std::{io, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, header};
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    body::{Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    endpoint::{BodyIntake, Endpoint},
    faults::Delivery,
};

/// The time for the head of a request, and again for its body.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// The delay after `accept` fails, for example without free file descriptors.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(100);

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// Accepts connections until `stopping` is cancelled.
pub(crate) async fn serve(
    listener: TcpListener,
    endpoint: Endpoint,
    stopping: CancellationToken,
    tasks: TaskTracker,
) {
    loop {
        let accepted = tokio::select! {
            () = stopping.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                tasks.spawn(connection(stream, endpoint.clone(), stopping.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_RETRY_DELAY).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, endpoint: Endpoint, stopping: CancellationToken) {
    // Without this, small responses are delayed.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the connection delays small answers");
    }
    let service = service_fn(move |request| answer(endpoint.clone(), request));
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(READ_TIMEOUT)
        .title_case_headers(true)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = stopping.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn answer(endpoint: Endpoint, request: http::Request<Incoming>) -> io::Result<http::Response<Body>> {
    let (parts, body) = request.into_parts();
    let body_intake = endpoint.body_intake(&parts);
    let (body, whole) = tokio::time::timeout(patience(body_intake), read(body, body_intake))
        .await
        .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the request's body did not come"))??;
    let mut response = endpoint.answer(http::Request::from_parts(parts, body)).await;
    if !whole {
        // The unread rest of the body must not be parsed as the next request.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let delivery = response.extensions().get::<Delivery>().copied().unwrap_or_default();
    if !delivery.delay.is_zero() {
        tokio::time::sleep(delivery.delay).await;
    }
    if delivery.drop {
        return Err(io::Error::new(io::ErrorKind::ConnectionAborted, "closed on purpose"));
    }
    Ok(match delivery.cut {
        Some(at) if at < response.body().len() => cut(response, at),
        Some(_) | None => response.map(|body| Full::new(body).map_err(|never| match never {}).boxed_unsync()),
    })
}

/// The timeout of a body. A fault's read speed extends it.
fn patience(body_intake: BodyIntake) -> Duration {
    let slow = body_intake.pace.map(|pace| Duration::from_secs(body_intake.limit as u64 / pace));
    READ_TIMEOUT.saturating_add(slow.unwrap_or_default())
}

/// Reads a body up to shortly after the limit; the endpoint rejects a longer one. Returns whether it is
/// complete.
async fn read(mut body: Incoming, body_intake: BodyIntake) -> io::Result<(Bytes, bool)> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(io::Error::other)?;
        if let Ok(data) = frame.into_data() {
            if let Some(pace) = body_intake.pace {
                tokio::time::sleep(Duration::from_secs_f64(data.len() as f64 / pace.get() as f64)).await;
            }
            bytes.extend_from_slice(&data);
        }
        if bytes.len() > body_intake.limit {
            return Ok((bytes.freeze(), false));
        }
    }
    Ok((bytes.freeze(), true))
}

/// Announces the full length, sends the first `at` bytes, and fails.
fn cut(mut response: http::Response<Bytes>, at: usize) -> http::Response<Body> {
    let length = HeaderValue::from(response.body().len());
    response.headers_mut().insert(header::CONTENT_LENGTH, length);
    response.map(|body| {
        let first = futures_util::stream::iter([Ok(Frame::data(body.slice(..at)))]);
        let broken = futures_util::stream::once(async {
            // Yield once, so that the first frame is sent before the error.
            tokio::task::yield_now().await;
            Err(io::Error::new(io::ErrorKind::ConnectionAborted, "cut on purpose"))
        });
        StreamBody::new(futures_util::StreamExt::chain(first, broken)).boxed_unsync()
    })
}
