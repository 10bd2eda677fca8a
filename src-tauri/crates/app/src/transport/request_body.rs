//! A request body that reports upload progress.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use codat::client::Leaving;
use http_body::{Body, Frame, SizeHint};

/// Bytes per chunk: small enough for a smooth progress bar, large enough to cost no speed.
const CHUNK_SIZE: usize = 32 * 1024;

/// A body that is sent in chunks. Its total length is known, so the request has a `Content-Length`.
pub(super) struct ProgressBody {
    remaining: Bytes,
    sent: u64,
    progress: Leaving,
}

impl ProgressBody {
    pub(super) fn new(body: Bytes, progress: Leaving) -> Self {
        Self { remaining: body, sent: 0, progress }
    }
}

impl Body for ProgressBody {
    type Data = Bytes;
    type Error = Infallible;

    /// The connection asks for the next chunk when it has room, so the previous chunks have been sent by then.
    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.progress.tell(self.sent);
        if self.remaining.is_empty() {
            return Poll::Ready(None);
        }
        let piece = self.remaining.len().min(CHUNK_SIZE);
        let piece = self.remaining.split_to(piece);
        self.sent += piece.len() as u64;
        if self.remaining.is_empty() {
            // After the announced length the body is not polled again.
            self.progress.tell(self.sent);
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.remaining.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn it_is_the_same_bytes_and_says_how_far_it_is() {
        let bytes = Bytes::from(vec![7; CHUNK_SIZE * 3 + 5]);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hears = heard.clone();
        let body =
            ProgressBody::new(bytes.clone(), Leaving::new(move |sent| hears.lock().unwrap().push(sent)));
        assert_eq!(body.size_hint().exact(), Some(bytes.len() as u64));
        assert_eq!(body.collect().await.unwrap().to_bytes(), bytes);
        let heard = heard.lock().unwrap().clone();
        assert!(heard.is_sorted(), "it never goes back: {heard:?}");
        assert_eq!((heard.first(), heard.last()), (Some(&0), Some(&(bytes.len() as u64))));
        assert!(heard.len() >= 4, "a piece at a time: {heard:?}");
    }
}
