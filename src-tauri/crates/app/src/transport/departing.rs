//! A request's body that tells how much of it has left.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use codat::client::Leaving;
use http_body::{Body, Frame, SizeHint};

/// Bytes that are handed on at once: few enough for a bar that moves, enough not to be felt.
const PIECE: usize = 32 * 1024;

/// A body that is handed on piece by piece. Its length is known, so that it is announced.
pub(super) struct Departing {
    rest: Bytes,
    left: u64,
    leaving: Leaving,
}

impl Departing {
    pub(super) fn new(body: Bytes, leaving: Leaving) -> Self {
        Self { rest: body, left: 0, leaving }
    }
}

impl Body for Departing {
    type Data = Bytes;
    type Error = Infallible;

    /// Whoever carries it asks for more when there is room: what was asked for before has left by then.
    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.leaving.tell(self.left);
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let piece = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(piece);
        self.left += piece.len() as u64;
        if self.rest.is_empty() {
            // Nobody asks for more than was announced.
            self.leaving.tell(self.left);
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn it_is_the_same_bytes_and_says_how_far_it_is() {
        let bytes = Bytes::from(vec![7; PIECE * 3 + 5]);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hears = heard.clone();
        let body = Departing::new(bytes.clone(), Leaving::new(move |left| hears.lock().unwrap().push(left)));
        assert_eq!(body.size_hint().exact(), Some(bytes.len() as u64));
        assert_eq!(body.collect().await.unwrap().to_bytes(), bytes);
        let heard = heard.lock().unwrap().clone();
        assert!(heard.is_sorted(), "it never goes back: {heard:?}");
        assert_eq!((heard.first(), heard.last()), (Some(&0), Some(&(bytes.len() as u64))));
        assert!(heard.len() >= 4, "a piece at a time: {heard:?}");
    }
}
