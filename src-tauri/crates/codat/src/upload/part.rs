//! A file as it is sent: read from wherever it lies, piece by piece, and never beyond the limit.

use std::io;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use uuid::Uuid;

use super::limits::{Checked, MAX_BYTES};

/// How much is set aside at once for a file that is yet to be read, in bytes.
const FIRST: u64 = 64 * 1024;

/// Why a file cannot be sent, although it was checked.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It cannot be read, or no longer.
    #[error("{name} cannot be read: {source}")]
    Io {
        /// Its name.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// It is not as long as it was when it was checked.
    #[error("{name} changed while it was read. It was not sent.")]
    Changed {
        /// Its name.
        name: String,
    },
}

/// A file, read whole: at most [`MAX_BYTES`], so that an upload holds one file at a time in memory.
#[derive(Debug, Clone)]
pub struct FilePart {
    file: Checked,
    content: Bytes,
}

impl FilePart {
    /// Reads a file that was checked. Dropping the future stops.
    ///
    /// # Errors
    /// When it cannot be read to its end, or is not as long as it was.
    pub async fn read(
        file: Checked,
        pieces: impl Stream<Item = io::Result<Bytes>> + Unpin,
    ) -> Result<Self, ReadError> {
        let mut pieces = pieces;
        let expected = file.bytes.min(MAX_BYTES);
        let mut content = BytesMut::with_capacity(usize::try_from(expected.min(FIRST)).unwrap_or(0));
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|source| ReadError::Io { name: file.name.clone(), source })?;
            if content.len() as u64 + piece.len() as u64 > expected {
                return Err(ReadError::Changed { name: file.name });
            }
            content.extend_from_slice(&piece);
        }
        if content.len() as u64 != expected {
            return Err(ReadError::Changed { name: file.name });
        }
        Ok(Self { file, content: content.freeze() })
    }

    /// How many bytes the file has.
    pub fn bytes(&self) -> u64 {
        self.content.len() as u64
    }

    /// The form that it goes in. The same key makes the same bytes.
    pub(crate) fn form(&self, key: Uuid) -> Form {
        let boundary = format!("portal-{}", key.simple());
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            quoted(&self.file.name),
            self.file.kind.media_type(),
        );
        let end = format!("\r\n--{boundary}--\r\n");
        let mut form = BytesMut::with_capacity(head.len() + self.content.len() + end.len());
        form.put_slice(head.as_bytes());
        form.put_slice(&self.content);
        form.put_slice(end.as_bytes());
        Form {
            media_type: format!("multipart/form-data; boundary={boundary}"),
            body: form.freeze(),
            before: head.len() as u64,
        }
    }
}

/// A file as the body of a request.
pub(crate) struct Form {
    pub(crate) media_type: String,
    pub(crate) body: Bytes,
    /// Bytes of the body before the file's first.
    pub(crate) before: u64,
}

/// A name within quotes, as browsers write it.
fn quoted(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '"' => text.push_str("%22"),
            '\r' => text.push_str("%0D"),
            '\n' => text.push_str("%0A"),
            other => text.push(other),
        }
    }
    text
}
