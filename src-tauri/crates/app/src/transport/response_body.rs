//! A response body with a minimum speed, so that a slow server cannot occupy a connection.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use codat::client::TransportError;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

use super::transport_error;

/// The minimum speed of a response body.
#[derive(Debug, Clone, Copy)]
pub(super) struct MinimumSpeed {
    /// The time that every response may take.
    pub(super) base_duration: Duration,
    /// Each of this many received bytes adds one second.
    pub(super) bytes_per_second: u64,
    /// The upper limit for any response.
    pub(super) max_duration: Option<Duration>,
}

impl MinimumSpeed {
    /// The time limit after this many bytes.
    fn time_limit(self, bytes: u64) -> Duration {
        let for_bytes = Duration::from_millis(bytes.saturating_mul(1000) / self.bytes_per_second.max(1));
        let all = self.base_duration.saturating_add(for_bytes);
        self.max_duration.map_or(all, |limit| all.min(limit))
    }
}

/// A body that fails if it is idle or slower than the limit.
pub(super) struct TimedResponseBody {
    body: reqwest::Body,
    idle: Duration,
    speed: MinimumSpeed,
    started_at: Instant,
    bytes: u64,
    timer: Pin<Box<Sleep>>,
}

impl TimedResponseBody {
    /// A body whose response head has just arrived.
    pub(super) fn new(body: reqwest::Body, idle: Duration, speed: MinimumSpeed) -> Self {
        let timer = Box::pin(sleep(idle.min(speed.time_limit(0))));
        Self { body, idle, speed, started_at: Instant::now(), bytes: 0, timer }
    }

    /// The deadline at the current size.
    fn deadline(&self) -> Instant {
        self.started_at + self.speed.time_limit(self.bytes)
    }

    fn received(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
        let idle_deadline = Instant::now() + self.idle;
        let at = idle_deadline.min(self.deadline());
        self.timer.as_mut().reset(at);
    }

    fn timeout_error(&self) -> TransportError {
        if self.timer.deadline() < self.deadline() {
            return idle_error(self.idle);
        }
        let (bytes, seconds) = (self.bytes, self.started_at.elapsed().as_secs());
        TransportError::NoAnswer(format!("The answer was too slow: {bytes} bytes in {seconds} seconds"))
    }
}

/// The error for a silent connection.
pub(super) fn idle_error(idle: Duration) -> TransportError {
    TransportError::NoAnswer(format!("No answer within {} seconds", idle.as_secs()))
}

impl Body for TimedResponseBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                self.received(frame.data_ref().map_or(0, Bytes::len));
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(transport_error(&error)))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => match self.timer.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Ready(Some(Err(self.timeout_error()))),
                Poll::Pending => Poll::Pending,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
