//! Implements [`Commands`] for the application.

use std::fs::File;
use std::io::Read as _;
use std::sync::Arc;

use app::{App, Code, Download, Event, WireError};
use axum::body::Bytes;
use axum::http::StatusCode;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};
use serde_json::{Value, json, value::RawValue};
use tokio::sync::broadcast::Receiver;

use crate::commands::{Archive, Commands, Refusal};

/// Bytes per read of a file.
const CHUNK_SIZE: usize = 64 * 1024;

impl Commands for App {
    fn call(
        self: Arc<Self>,
        workspace: Option<String>,
        name: String,
        args: Value,
    ) -> BoxFuture<'static, Result<Box<RawValue>, Refusal>> {
        async move { Self::execute_in_workspace(&self, workspace.as_deref(), &name, args).await.map_err(refusal) }
            .boxed()
    }

    fn events(&self) -> BoxStream<'static, String> {
        stream::unfold(Self::events(self), next).boxed()
    }

    fn page_closed(self: Arc<Self>) -> BoxFuture<'static, ()> {
        async move {
            if self.has_listeners() {
                self.page_left().await;
            } else {
                self.window_closed().await;
            }
        }
        .boxed()
    }

    fn download(
        self: Arc<Self>,
        workspace: Option<String>,
        company: String,
        date: Option<String>,
    ) -> BoxFuture<'static, Result<Archive, Refusal>> {
        async move {
            let download = Self::download_files(&self, workspace.as_deref(), &company, date.as_deref());
            let download = download.await.map_err(refusal)?;
            let bytes = download.progress().announced;
            Ok(Archive { bytes, pieces: stream::unfold(Some(download), next_chunk).boxed() })
        }
        .boxed()
    }

    fn exported(self: Arc<Self>, id: String) -> BoxFuture<'static, Result<(String, Archive), Refusal>> {
        let taken = Self::take_export(&self, &id).map_err(refusal);
        async move {
            let (name, file) = taken?;
            let bytes = file.metadata().ok().map(|facts| facts.len());
            Ok((name, Archive { bytes, pieces: stream::unfold(Some(file), next_file_chunk).boxed() }))
        }
        .boxed()
    }

    fn upload(
        self: Arc<Self>,
        transfer: u64,
        pieces: BoxStream<'static, std::io::Result<Bytes>>,
    ) -> BoxFuture<'static, Result<(), Refusal>> {
        async move { Self::upload(&self, transfer, pieces).await.map_err(refusal) }.boxed()
    }
}

/// The next event. `None` also if events were missed: the page then reconnects and loads everything again.
async fn next(mut receiver: Receiver<Event>) -> Option<(String, Receiver<Event>)> {
    let event = receiver.recv().await.ok()?;
    let json = serde_json::to_string(&event).ok()?;
    Some((json, receiver))
}

/// The next chunk of a download. An error is the last item.
async fn next_chunk(download: Option<Download>) -> Option<(std::io::Result<Bytes>, Option<Download>)> {
    let mut download = download?;
    match download.next().await {
        Ok(Some(next_chunk)) => Some((Ok(next_chunk), Some(download))),
        Ok(None) => None,
        Err(failure) => Some((Err(std::io::Error::other(failure.to_string())), None)),
    }
}

/// The next chunk of a file. An error is the last item.
async fn next_file_chunk(file: Option<File>) -> Option<(std::io::Result<Bytes>, Option<File>)> {
    let mut file = file?;
    let read = tokio::task::spawn_blocking(move || {
        let mut next_file_chunk = vec![0; CHUNK_SIZE];
        let read = file.read(&mut next_file_chunk)?;
        next_file_chunk.truncate(read);
        Ok((next_file_chunk, file))
    });
    match read.await.unwrap_or_else(|error| Err(std::io::Error::other(error))) {
        Ok((next_file_chunk, _)) if next_file_chunk.is_empty() => None,
        Ok((next_file_chunk, file)) => Some((Ok(next_file_chunk.into()), Some(file))),
        Err(error) => Some((Err(error), None)),
    }
}

fn refusal(error: WireError) -> Refusal {
    let status = status(error.code);
    let unwritten = json!({ "code": "internal", "message": error.message, "detail": null });
    Refusal { status, body: serde_json::to_value(&error).unwrap_or(unwritten) }
}

/// Pages read the body; the status is for proxies, logs and `curl`. Only the gate uses 403.
fn status(code: Code) -> StatusCode {
    match code {
        Code::BadArguments => StatusCode::BAD_REQUEST,
        Code::UnknownCommand | Code::NotFound => StatusCode::NOT_FOUND,
        Code::Conflict | Code::WorkspaceSwitched | Code::WorkspaceClosed | Code::ClientKnown => {
            StatusCode::CONFLICT
        }
        Code::RateLimited | Code::QuotaAsks | Code::QuotaSpent => StatusCode::TOO_MANY_REQUESTS,
        Code::SafeMode
        | Code::NothingLinked
        | Code::SearchInvalid
        | Code::NameEmpty
        | Code::NameTooLong
        | Code::NameMismatch
        | Code::TagsInvalid
        | Code::KeyRefused
        | Code::KeyMissing
        | Code::KeyInvalid
        | Code::KeyOfAnotherClient
        | Code::PlanLimit
        | Code::Refused
        | Code::LinkUrlOneTime
        | Code::LinkUrlUnknown
        | Code::FileUnusable
        | Code::AddressInvalid
        | Code::ProxyInvalid
        | Code::CaFileInvalid
        | Code::Cancelled => StatusCode::UNPROCESSABLE_ENTITY,
        Code::ServerFailed | Code::Unreadable => StatusCode::BAD_GATEWAY,
        Code::NoAnswer => StatusCode::GATEWAY_TIMEOUT,
        Code::Offline => StatusCode::SERVICE_UNAVAILABLE,
        Code::KeyringUnavailable
        | Code::KeyringLocked
        | Code::RegistryRebuilt
        | Code::Database
        | Code::DatabaseNewer
        | Code::DatabaseReadOnly
        | Code::DatabaseLocked
        | Code::DatabaseCorrupt
        | Code::DatabaseRebuilt
        | Code::BackupFailed
        | Code::DiskFull
        | Code::Unrecorded
        | Code::Unwritable
        | Code::Clipboard
        | Code::Desktop
        | Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_a_status_that_says_it_is_one_and_none_is_the_gates() {
        for code in Code::ALL {
            let status = status(*code);
            assert!(status.is_client_error() || status.is_server_error(), "{code:?}");
            assert_ne!(status, StatusCode::FORBIDDEN, "{code:?}");
        }
    }

    #[test]
    fn the_page_gets_the_error_as_the_application_wrote_it() {
        let error = WireError::new(Code::NameEmpty, "A company needs a name.");
        let refusal = refusal(error);
        assert_eq!(refusal.body["code"], "nameEmpty");
        assert_eq!(refusal.body["message"], "A company needs a name.");
    }
}
