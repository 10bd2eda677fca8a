//! Uploads of files to a company (§1.7, §2.17). Files are chosen or dropped, checked before anything is sent,
//! and sent one after the other.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use codat::{
    Client, CompanyId, Failure, FailureKind, Topic,
    upload::{Candidate, Checked, FileKind, FilePart, MAX_FILES, ReadError, check},
};
use futures_util::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use tokio::{fs::File, io::AsyncReadExt};
use ts_rs::TS;
use uuid::Uuid;

use super::{Nothing, company_id, connections::connection_id, no_dialog};
use crate::{
    app::{App, admit_to},
    command::Kind,
    commands::acts::write_outcome,
    error::{Code, WireError},
    fetch::fetch,
    open_workspace::OpenWorkspace,
    pending_uploads::{Expected, UploadTarget},
    runner::Runner,
    transfers::{ProgressReporter, TransferHandle, TransferId, cancelled},
    wire::{ChosenFile, ChosenFiles, Direction, Event},
};

/// Bytes per read of a file.
const CHUNK_SIZE: usize = 64 * 1024;
/// The maximum number of attempts per file.
const MAX_ATTEMPTS: u32 = 3;
/// The maximum number of choices that are kept. The oldest ones are dropped.
const MAX_CHOICES: usize = 8;

/// A file to check.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct UploadCandidate {
    /// Without a path.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

/// Files to check.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct CheckUploads {
    pub files: Vec<UploadCandidate>,
}

/// Chosen files to upload.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct UploadChosen {
    pub company: String,
    /// The ID of the connection that receives them.
    pub connection: String,
    /// The ID of the choice.
    pub chosen: u64,
    /// The indexes of the files.
    pub files: Vec<usize>,
}

/// Files that the page holds and will send.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct BeginUploads {
    pub company: String,
    /// The ID of the connection that receives them.
    pub connection: String,
    /// The files in the order in which they will be sent.
    pub files: Vec<UploadCandidate>,
}

/// Started uploads.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct UploadsBegun {
    /// The transfer IDs, one per file.
    pub transfers: Vec<u64>,
}

impl App {
    /// Asks the user for files.
    pub(crate) async fn choose_uploads(&self, _: Nothing) -> Result<ChosenFiles, WireError> {
        let extensions = FileKind::ALL.map(FileKind::extension);
        let paths = self.desktop.ask_for_files(&extensions).await.map_err(no_dialog)?;
        Ok(self.remember_choice(paths).await)
    }

    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn check_uploads(&self, files: CheckUploads) -> Result<ChosenFiles, WireError> {
        let files = files.files.into_iter().map(|file| checked(&file.name, file.bytes)).collect();
        Ok(chosen_files(None, files))
    }

    /// Checks files that were dropped on the window and reports them to it.
    pub async fn offer_files(&self, paths: Vec<PathBuf>) {
        let chosen = self.remember_choice(paths).await;
        self.emit(Event::FilesOffered { chosen });
    }

    /// Reports whether files are dragged over the window.
    pub fn files_hover(&self, over: bool) {
        self.emit(Event::FilesHover { over });
    }

    /// Uploads chosen files.
    pub(crate) async fn upload_chosen(&self, upload: UploadChosen) -> Result<UploadsBegun, WireError> {
        let target = upload_target(&upload.company, &upload.connection)?;
        let workspace = self.command_workspace().await;
        workspace.runner()?.check_quota().await?;
        let chosen = self.uploads.with(|waiting| waiting.chosen.get(&upload.chosen).cloned());
        let chosen = chosen.ok_or_else(|| {
            WireError::new(Code::FileUnusable, "You chose these files too long ago. Choose them again.")
        })?;
        let selected: Vec<_> = upload.files.iter().filter_map(|at| chosen.get(*at)).collect();
        let candidates: Vec<_> = selected.iter().map(|(_, file)| (file.name.clone(), file.bytes)).collect();
        let files = checked_files(&candidates)?;
        // If the check fails, the user can choose again from the same files.
        self.uploads.with(|waiting| waiting.chosen.remove(&upload.chosen));
        let mut queue = Vec::with_capacity(files.len());
        for (file, (path, _)) in files.into_iter().zip(&selected) {
            let handle =
                self.transfers.begin(&upload.company, Direction::Upload, file.name(), Some(file.bytes()));
            queue.push((path.clone(), file, handle));
        }
        let transfers = queue.iter().map(|(_, _, handle)| handle.id()).collect();
        tokio::spawn(async move {
            for (path, file, handle) in queue {
                let outcome = match read_file(&path, &file).await {
                    Ok(pieces) => send(&workspace, target, file, pieces, &handle).await,
                    Err(error) => Err(unreadable(file.name(), &error)),
                };
                handle.end(outcome.map(|()| None));
            }
            refresh_file_list(&workspace, target.company).await;
        });
        Ok(UploadsBegun { transfers })
    }

    /// Announces files that the page will send one by one.
    pub(crate) async fn begin_uploads(&self, begin: BeginUploads) -> Result<UploadsBegun, WireError> {
        let target = upload_target(&begin.company, &begin.connection)?;
        let workspace = self.command_workspace().await;
        workspace.runner()?.check_quota().await?;
        let candidates: Vec<_> = begin.files.into_iter().map(|file| (file.name, file.bytes)).collect();
        let mut transfers = Vec::new();
        for file in checked_files(&candidates)? {
            let handle =
                self.transfers.begin(&begin.company, Direction::Upload, file.name(), Some(file.bytes()));
            transfers.push(handle.id());
            let expected = Expected { workspace: workspace.clone(), target, file, handle };
            self.uploads.with(|waiting| waiting.expected.insert(expected.handle.id(), expected));
        }
        Ok(UploadsBegun { transfers })
    }

    /// Receives an announced file from the page and uploads or imports it.
    ///
    /// # Errors
    /// If it was not announced, was cancelled, or could not be sent.
    pub async fn upload(
        &self,
        transfer: u64,
        pieces: impl Stream<Item = io::Result<Bytes>> + Unpin + Send,
    ) -> Result<(), WireError> {
        if self.imports.awaits(transfer) {
            return self.take_import(transfer, pieces).await;
        }
        let expected = self.uploads.with(|waiting| waiting.expected.remove(&transfer));
        let Some(Expected { workspace, target, file, handle }) = expected else { return Err(cancelled()) };
        let _act = match admit_to(&workspace, Kind::Operate) {
            Ok(act) => act,
            Err(error) => {
                handle.end(Err(error.clone()));
                return Err(error);
            }
        };
        let outcome = send(&workspace, target, file, pieces, &handle).await;
        handle.end(outcome.clone().map(|()| None));
        refresh_file_list(&workspace, target.company).await;
        outcome
    }

    /// Cancels a running transfer, or forgets an ended one.
    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn put_away_transfer(&self, which: TransferId) -> Result<Nothing, WireError> {
        match self.uploads.with(|waiting| waiting.expected.remove(&which.id)) {
            Some(expected) => expected.handle.end(Err(cancelled())),
            None => self.transfers.cancel_or_forget(which.id),
        }
        Ok(Nothing {})
    }

    async fn remember_choice(&self, paths: Vec<PathBuf>) -> ChosenFiles {
        let mut files = Vec::with_capacity(paths.len());
        for path in paths {
            let file = inspect(&path).await;
            files.push((path, file));
        }
        let shown = files.iter().map(|(_, file)| file.clone()).collect();
        let id = self.uploads.with(|waiting| {
            waiting.next += 1;
            waiting.chosen.insert(waiting.next, files);
            while waiting.chosen.len() > MAX_CHOICES {
                waiting.chosen.pop_first();
            }
            waiting.next
        });
        chosen_files(Some(id), shown)
    }
}

fn upload_target(company: &str, connection: &str) -> Result<UploadTarget, WireError> {
    Ok(UploadTarget { company: company_id(company)?, connection: connection_id(connection)? })
}

fn chosen_files(id: Option<u64>, files: Vec<ChosenFile>) -> ChosenFiles {
    let usable = files.iter().filter(|file| file.problem.is_none()).count();
    let problem = (usable > MAX_FILES).then(|| {
        format!("You can upload at most {MAX_FILES} files at once, and chose {usable}. Remove some.")
    });
    ChosenFiles { id, files, problem }
}

fn checked(name: &str, bytes: u64) -> ChosenFile {
    let candidate = Candidate { name: name.to_owned(), bytes };
    let problem = check(core::slice::from_ref(&candidate)).err();
    ChosenFile {
        name: candidate.name,
        bytes,
        problem: problem.and_then(|all| all.into_iter().next()).map(|problem| problem.to_string()),
    }
}

/// The name and the size of a local file, with its problems.
async fn inspect(path: &Path) -> ChosenFile {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    match tokio::fs::metadata(path).await {
        Ok(known) if known.is_file() => checked(&name, known.len()),
        Ok(_) => {
            let problem = Some(format!("{name} is a folder. Only files can be uploaded."));
            ChosenFile { name, bytes: 0, problem }
        }
        Err(error) => {
            let problem = Some(unreadable(&name, &error).message);
            ChosenFile { name, bytes: 0, problem }
        }
    }
}

/// The files of an upload, if all of them pass the check.
fn checked_files(files: &[(String, u64)]) -> Result<Vec<Checked>, WireError> {
    let candidates: Vec<Candidate> =
        files.iter().map(|(name, bytes)| Candidate { name: name.clone(), bytes: *bytes }).collect();
    check(&candidates).map_err(|problems| {
        let messages: Vec<String> = problems.iter().map(ToString::to_string).collect();
        WireError::new(Code::FileUnusable, format!("{} Nothing was sent.", messages.join(" ")))
    })
}

async fn read_file(
    path: &Path,
    file: &Checked,
) -> io::Result<impl Stream<Item = io::Result<Bytes>> + Unpin + Send + use<>> {
    let opened = File::open(path).await?;
    if opened.metadata().await?.len() != file.bytes() {
        return Err(io::Error::other("it has changed since you chose it"));
    }
    Ok(stream::unfold(Some(opened), next_piece).boxed())
}

async fn next_piece(file: Option<File>) -> Option<(io::Result<Bytes>, Option<File>)> {
    let mut file = file?;
    let mut piece = vec![0; CHUNK_SIZE];
    match file.read(&mut piece).await {
        Ok(0) => None,
        Ok(read) => {
            piece.truncate(read);
            Some((Ok(piece.into()), Some(file)))
        }
        Err(error) => Some((Err(error), None)),
    }
}

/// Reads a whole file and uploads it. The activity records the intent and the outcome.
async fn send(
    workspace: &OpenWorkspace,
    target: UploadTarget,
    file: Checked,
    pieces: impl Stream<Item = io::Result<Bytes>> + Unpin + Send,
    handle: &TransferHandle,
) -> Result<(), WireError> {
    let name = file.name().to_owned();
    handle.progress(0, Some(file.bytes()));
    let part = tokio::select! {
        biased;
        () = handle.cancelled() => return Err(cancelled()),
        part = FilePart::read(file, pieces) => part.map_err(|error| read_error(&error))?,
    };
    let (store, runner) = (workspace.store()?, workspace.runner()?);
    let intent = store.write_intent("upload", Some(target.company), &name, workspace.now()).await?;
    let reporter = handle.reporter();
    let sent = tokio::select! {
        biased;
        () = handle.cancelled() => Err(cancelled()),
        sent = send_part(runner, target, &part, &reporter) => sent.map_err(|error| not_sent(&name, error)),
    };
    let outcome = sent.as_ref().map_or_else(|error| error.message.clone(), |()| "done".to_owned());
    write_outcome(&store, intent, &outcome, workspace.now()).await;
    sent
}

/// Uploads a file. Without a response it is sent again with the same idempotency key, so that it is saved
/// once.
async fn send_part(
    runner: &Runner,
    target: UploadTarget,
    part: &FilePart,
    reporter: &ProgressReporter,
) -> Result<(), WireError> {
    let key = Uuid::new_v4();
    let mut attempts = 0;
    loop {
        attempts += 1;
        let (reporter, total) = (reporter.clone(), Some(part.bytes()));
        let progress = move |left| reporter.progress(left, total);
        let request = async |client: Client| {
            client.upload_file(target.company, target.connection, part, key, progress).await
        };
        let failure =
            match runner.send_direct(domain::SafeMode::Operate, request, |answer| answer.meta.clone()).await?
            {
                Ok(_) => return Ok(()),
                Err(failure) => failure,
            };
        match retry_delay(&failure, attempts) {
            Some(wait) => tokio::time::sleep(wait).await,
            None => return Err(failure.into()),
        }
    }
}

fn retry_delay(failure: &Failure, attempts: u32) -> Option<Duration> {
    if attempts >= MAX_ATTEMPTS {
        return None;
    }
    if matches!(failure.kind, FailureKind::NoAnswer | FailureKind::Conflict) {
        return Some(Duration::from_secs(u64::from(attempts)));
    }
    // The engine delays the next request until the server accepts it.
    (failure.kind == FailureKind::RateLimited).then_some(Duration::ZERO)
}

/// Loads the list of files, so that an uploaded file appears even if there was no response.
async fn refresh_file_list(workspace: &OpenWorkspace, company: CompanyId) {
    if let Err(error) = fetch(workspace, Topic::Files(company)).await {
        tracing::debug!(%error, "the files could not be asked for after an upload");
    }
}

fn read_error(error: &ReadError) -> WireError {
    let message = match error {
        ReadError::Io { name, source } => return unreadable(name, source),
        ReadError::Changed { name } => {
            format!("{name} changed while we read it, so we didn’t send it. Choose it again.")
        }
    };
    WireError::new(Code::FileUnusable, message)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the standard library's own, few of which help a person")]
fn unreadable(name: &str, error: &io::Error) -> WireError {
    let why = match error.kind() {
        io::ErrorKind::NotFound => "It no longer exists.",
        io::ErrorKind::PermissionDenied => "You don’t have permission to read it.",
        _ => "We can’t read it.",
    };
    WireError::new(Code::FileUnusable, format!("We couldn’t send {name}. {why}"))
        .with_detail(error.to_string())
}

fn not_sent(name: &str, error: WireError) -> WireError {
    WireError { message: format!("{name}: {}", error.message), ..error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_judged_by_itself_and_all_by_their_number() {
        let one = checked("report.exe", 10);
        assert!(one.problem.unwrap().contains("kind"));
        assert!(checked("a.pdf", 0).problem.unwrap().contains("empty"));
        assert!(checked("a.pdf", 10 * 1024 * 1024 + 1).problem.unwrap().contains("10 MB"));
        let many = chosen_files(None, (0..21).map(|n| checked(&format!("{n}.pdf"), 1)).collect());
        assert!(many.problem.unwrap().contains("21"));
        let few = chosen_files(None, (0..25).map(|n| checked(&format!("{n}.exe"), 1)).collect());
        assert_eq!(few.problem, None, "those that cannot go do not count");
    }

    #[tokio::test]
    async fn a_file_that_vanishes_or_grows_is_told_and_not_sent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pdf");
        std::fs::write(&path, b"12345").unwrap();
        let file = checked_files(&[("a.pdf".into(), 5)]).unwrap().remove(0);
        std::fs::write(&path, b"123456").unwrap();
        assert!(read_file(&path, &file).await.is_err());
        std::fs::remove_file(&path).unwrap();
        let error = read_file(&path, &file).await.err().unwrap();
        assert!(unreadable("a.pdf", &error).message.contains("no longer exists"));
        assert!(inspect(&path).await.problem.is_some());
        assert!(inspect(folder.path()).await.problem.unwrap().contains("folder"));
    }
}
