//! Reads a body up to a size limit.

use bytes::{Bytes, BytesMut};
use http_body::{Body as _, Frame};
use http_body_util::BodyExt;

use super::Body;

/// The most bytes that are read of one response, decompressed.
const LIMIT: usize = 64 * 1024 * 1024;

/// The result of reading a body.
pub(super) enum Received {
    /// The whole body.
    Whole(Bytes),
    /// The body was cut off.
    CutOff {
        /// The bytes received until then.
        after: usize,
        /// The reason, from the transport.
        reason: String,
    },
    /// The body is larger than the limit.
    TooLarge,
}

/// Reads a body. Does not start if its announced size is above the limit.
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
