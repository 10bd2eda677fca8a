//! The body of an answer, which has to come fast enough: whoever drips must not hold a connection.

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

/// How fast an answer has to come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Time that every answer has.
    pub(super) grace: Duration,
    /// It has a second more for so many bytes that came.
    pub(super) bytes_a_second: u64,
    /// However much comes, it is given up after this.
    pub(super) longest: Option<Duration>,
}

impl Pace {
    /// The time that an answer has of which so much came.
    fn allows(self, bytes: u64) -> Duration {
        let earned = Duration::from_millis(bytes.saturating_mul(1000) / self.bytes_a_second.max(1));
        let all = self.grace.saturating_add(earned);
        self.longest.map_or(all, |longest| all.min(longest))
    }
}

/// A body that ends in an error once it is silent or too slow.
pub(super) struct Arriving {
    body: reqwest::Body,
    silence: Duration,
    pace: Pace,
    began: Instant,
    bytes: u64,
    timer: Pin<Box<Sleep>>,
}

impl Arriving {
    /// A body whose head came just now.
    pub(super) fn new(body: reqwest::Body, silence: Duration, pace: Pace) -> Self {
        let timer = Box::pin(sleep(silence.min(pace.allows(0))));
        Self { body, silence, pace, began: Instant::now(), bytes: 0, timer }
    }

    /// When it is too slow.
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

/// Nothing came for so long.
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
