//! A body that is read piece by piece and never held in memory as a whole.

use std::{io, ops::ControlFlow};

use bytes::Bytes;
use http::header;
use http_body::{Body as _, Frame};
use http_body_util::BodyExt;

use super::{Body, Client, Meta, call::Call, head::Head};
use crate::{
    error::{Failure, FailureKind},
    reading,
};

/// The first bytes of every ZIP archive.
const ARCHIVE: &[u8] = b"PK";
/// The largest archive in bytes. A longer body is cut off there.
const LARGEST: u64 = 4 << 30;

/// The progress of a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes received.
    pub received: u64,
    /// Bytes announced by the server, if any.
    pub announced: Option<u64>,
}

/// A download in progress. Dropping it cancels it.
pub struct Download {
    body: Body,
    head: Head,
    progress: Progress,
    media_type: Option<String>,
}

/// Why a download did not finish. What was written until then is incomplete.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The server or the network failed.
    #[error("{0}")]
    Failed(#[from] Failure),
    /// Writing failed.
    #[error("{0}")]
    Write(#[from] io::Error),
    /// The caller canceled it.
    #[error("The download was cancelled.")]
    Cancelled,
}

impl Download {
    /// The next piece. None at the end.
    ///
    /// # Errors
    /// If the body is cut off, has more or fewer bytes than announced, is not a ZIP archive, or is larger than 4 GiB.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        while let Some(frame) = self.body.frame().await {
            match frame.map(Frame::into_data) {
                Ok(Ok(piece)) if piece.is_empty() => {}
                Ok(Ok(piece)) => return self.refuse(&piece).map_or(Ok(Some(piece)), Err),
                Ok(Err(_trailers)) => {}
                Err(error) => return Err(self.broken(&error.to_string())),
            }
        }
        match self.progress.announced {
            Some(announced) if announced != self.progress.received => {
                Err(self.broken("it’s shorter or longer than announced"))
            }
            Some(_) | None if self.progress.received < ARCHIVE.len() as u64 => Err(self.not_an_archive()),
            Some(_) | None => Ok(None),
        }
    }

    /// Counts a piece. Returns the error if the piece is not accepted.
    fn refuse(&mut self, piece: &Bytes) -> Option<Failure> {
        let start = usize::try_from(self.progress.received).ok().and_then(|received| ARCHIVE.get(received..));
        if start.is_some_and(|start| start.iter().zip(piece).any(|(expected, found)| expected != found)) {
            return Some(self.not_an_archive());
        }
        self.progress.received += piece.len() as u64;
        let size = self.progress.announced.unwrap_or_default().max(self.progress.received);
        (size > LARGEST).then(|| {
            let message =
                format!("The archive is larger than {} GiB, so we stopped the download.", LARGEST >> 30);
            self.head.clone().failure(FailureKind::Unreadable, message)
        })
    }

    fn not_an_archive(&self) -> Failure {
        self.head.clone().failure(FailureKind::Unreadable, "The answer isn’t a ZIP archive.")
    }

    /// Writes all pieces to `to` and reports each. `Break` cancels. Returns the number of bytes.
    ///
    /// # Errors
    /// If the body is cut off, a write fails, or the caller canceled it.
    pub async fn save(
        mut self,
        mut write: impl AsyncFnMut(Bytes) -> io::Result<()>,
        mut tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<u64, SaveError> {
        while let Some(piece) = self.next().await? {
            write(piece).await?;
            if tell(self.progress).is_break() {
                return Err(SaveError::Cancelled);
            }
        }
        Ok(self.progress.received)
    }

    /// The progress.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// The media type in the response.
    pub fn media_type(&self) -> Option<&str> {
        self.media_type.as_deref()
    }

    /// The status, quota and size of the response.
    pub fn meta(&self) -> &Meta {
        &self.head.meta
    }

    fn broken(&self, reason: &str) -> Failure {
        let Progress { received, announced } = self.progress;
        let of = announced.map(|announced| format!(" of {announced}")).unwrap_or_default();
        let message = format!("The download stopped after {received}{of} bytes: {reason}");
        self.head.clone().failure(FailureKind::NoAnswer, message)
    }
}

impl Client {
    /// Makes one attempt and returns the body of a success as a stream.
    pub(super) async fn download(&self, call: Call) -> Result<Download, Failure> {
        let (parts, body) = self.open(call).await?;
        let head = Head::read(&parts);
        if !head.is_success() {
            return Err(self.refused(head, body).await);
        }
        let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let announced = body.size_hint().exact().or_else(|| text(header::CONTENT_LENGTH)?.parse().ok());
        let media_type = text(header::CONTENT_TYPE).map(str::to_owned);
        if media_type.as_deref().is_some_and(is_web_page) {
            return Err(head.failure(FailureKind::Unreadable, reading::WEB_PAGE));
        }
        Ok(Download { body, head, progress: Progress { received: 0, announced }, media_type })
    }
}

/// Whether a media type is that of a web page. No download has one.
fn is_web_page(media_type: &str) -> bool {
    let kind = media_type.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("text/html")
}
