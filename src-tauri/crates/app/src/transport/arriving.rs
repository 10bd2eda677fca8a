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
pub(super) struct Pace {
    /// The time that every response has.
    pub(super) grace: Duration,
    /// One second is added for this many received bytes.
    pub(super) bytes_a_second: u64,
    /// The longest time for any response.
    pub(super) longest: Option<Duration>,
}

impl Pace {
    /// The time limit after this many bytes.
    fn allows(self, bytes: u64) -> Duration {
        let earned = Duration::from_millis(bytes.saturating_mul(1000) / self.bytes_a_second.max(1));
        let all = self.grace.saturating_add(earned);
        self.longest.map_or(all, |longest| all.min(longest))
    }
}

/// A body that fails when it is silent or slower than the limit.
pub(super) struct Arriving {
    body: reqwest::Body,
    silence: Duration,
    pace: Pace,
    began: Instant,
    bytes: u64,
    timer: Pin<Box<Sleep>>,
}

impl Arriving {
    /// A body whose response head has just arrived.
    pub(super) fn new(body: reqwest::Body, silence: Duration, pace: Pace) -> Self {
        let timer = Box::pin(sleep(silence.min(pace.allows(0))));
        Self { body, silence, pace, began: Instant::now(), bytes: 0, timer }
    }

    /// The deadline at the current size.
    fn deadline(&self) -> Instant {
        self.began + self.pace.allows(self.bytes)
    }

    fn came(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
        let quiet = Instant::now() + self.silence;
        let at = quiet.min(self.deadline());
        self.timer.as_mut().reset(at);
    }

    fn given_up(&self) -> TransportError {
        if self.timer.deadline() < self.deadline() {
            return silent(self.silence);
        }
        let (bytes, seconds) = (self.bytes, self.began.elapsed().as_secs());
        TransportError::NoAnswer(format!("The answer came too slowly: {bytes} bytes in {seconds} seconds"))
    }
}

/// The error for a silent connection.
pub(super) fn silent(silence: Duration) -> TransportError {
    TransportError::NoAnswer(format!("No answer within {} seconds", silence.as_secs()))
}

impl Body for Arriving {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                self.came(frame.data_ref().map_or(0, Bytes::len));
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(transport_error(&error)))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => match self.timer.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Ready(Some(Err(self.given_up()))),
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
