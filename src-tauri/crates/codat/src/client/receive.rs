//! Reading a body to its end, through a limit.

use bytes::{Bytes, BytesMut};
use http_body::{Body as _, Frame};
use http_body_util::BodyExt;

use super::Body;

/// The most that is read of one answer, decompressed, in bytes.
const LIMIT: usize = 64 * 1024 * 1024;

/// What came of a body.
pub(super) enum Received {
    /// All of it.
    Whole(Bytes),
    /// It broke off.
    CutOff {
        /// After so many bytes.
        after: usize,
        /// Why, as the transport tells it.
        reason: String,
    },
    /// It goes on beyond the limit.
    TooLarge,
}

/// Reads a body; one that announces too much is not begun.
pub(super) async fn receive(mut body: Body) -> Received {
    if body.size_hint().lower() > LIMIT as u64 {
        return Received::TooLarge;
    }
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let data = match frame.map(Frame::into_data) {
            Ok(Ok(data)) => data,
            Ok(Err(_trailers)) => continue,
            Err(error) => return Received::CutOff { after: bytes.len(), reason: error.to_string() },
        };
        if bytes.len() + data.len() > LIMIT {
            return Received::TooLarge;
        }
        bytes.extend_from_slice(&data);
    }
    Received::Whole(bytes.freeze())
}
