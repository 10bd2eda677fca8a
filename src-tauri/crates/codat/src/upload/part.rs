//! The request body of an upload. The file is read piece by piece, up to the size limit.

use std::io;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use uuid::Uuid;

use super::limits::{Checked, MAX_BYTES};

/// The initial capacity for a file, in bytes.
const FIRST: u64 = 64 * 1024;

/// Why a checked file cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Reading failed.
    #[error("We can’t read {name}: {source}")]
    Io {
        /// The file name.
        name: String,
        /// The reason.
        source: io::Error,
    },
    /// Its size changed after it was checked.
    #[error("{name} changed while we read it. We didn’t send it.")]
    Changed {
        /// The file name.
        name: String,
    },
}

/// A file in memory, at most [`MAX_BYTES`]. An upload holds one file at a time.
#[derive(Debug, Clone)]
pub struct FilePart {
    file: Checked,
    content: Bytes,
}

impl FilePart {
    /// Reads a checked file. Dropping the future cancels.
    ///
    /// # Errors
    /// If it cannot be read, or its size has changed.
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

    /// The size of the file in bytes.
    pub fn bytes(&self) -> u64 {
        self.content.len() as u64
    }

    /// The multipart form. The same key gives the same bytes.
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

/// A file as a request body.
pub(crate) struct Form {
    pub(crate) media_type: String,
    pub(crate) body: Bytes,
    /// The bytes of the body before those of the file.
    pub(crate) before: u64,
}

/// Escapes a file name within quotes, as browsers do.
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
