//! Files of this computer on their way to a company (§1.7, §2.17): chosen or dropped, checked before anything is
//! sent, and sent one after the other.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use codat::{
    Client, CompanyId, ConnectionId, Failure, FailureKind, Topic,
    upload::{Candidate, Checked, FileKind, FilePart, MAX_FILES, ReadError, check},
};
use futures_util::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use tokio::{fs::File, io::AsyncReadExt};
use ts_rs::TS;
use uuid::Uuid;

use super::{Nothing, company_files::no_dialog, company_id, connections::connection_id};
use crate::{
    app::{App, admit_to},
    clock,
    commands::{Kind, acts::write_outcome},
    desk::Desk,
    error::{Code, WireError},
    fetch::fetch,
    runner::Runner,
    transfers::{Carried, Teller, TransferId, Way, cancelled},
    wire::Event,
};

/// Bytes that are read from a file at once.
const PIECE: usize = 64 * 1024;
/// How often a file is sent before it is given up.
const TRIES: u32 = 3;
/// Choices that nobody came back to are forgotten beyond so many.
const MOST_CHOICES: usize = 8;

/// A file that somebody wants to upload.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct UploadCandidate {
    /// Its name, without a path.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

/// Files to be checked.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct CheckUploads {
    /// The files.
    pub files: Vec<UploadCandidate>,
}

/// Files that were chosen or dropped, held against what Codat takes. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ChosenFiles {
    /// What the application calls them; none where the page holds them itself.
    pub id: Option<u64>,
    /// Each.
    pub files: Vec<ChosenFile>,
    /// What is wrong with all of them together.
    pub problem: Option<String>,
}

/// A file that was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ChosenFile {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Why it cannot go.
    pub problem: Option<String>,
}

/// Chosen files to be sent.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct UploadChosen {
    /// The company.
    pub company: String,
    /// The connection that takes them.
    pub connection: String,
    /// What was chosen.
    pub chosen: u64,
    /// Which of them, by their place.
    pub files: Vec<usize>,
}

/// Files that the page holds and will send.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct BeginUploads {
    /// The company.
    pub company: String,
    /// The connection that takes them.
    pub connection: String,
    /// The files, in the order in which they will come.
    pub files: Vec<UploadCandidate>,
}

/// Files on their way.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct UploadsBegun {
    /// One for each file, in their order.
    pub transfers: Vec<u64>,
}

/// What the application remembers between choosing and sending.
#[derive(Default)]
pub(crate) struct Uploads {
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    next: u64,
    /// Files of this computer that were chosen.
    chosen: BTreeMap<u64, Vec<(PathBuf, ChosenFile)>>,
    /// Files that the page will send.
    expected: BTreeMap<u64, Expected>,
}

struct Expected {
    /// Where it was announced: it goes nowhere else.
    desk: Arc<Desk>,
    aim: Aim,
    file: Checked,
    carried: Carried,
}

/// Where files go.
#[derive(Debug, Clone, Copy)]
struct Aim {
    company: CompanyId,
    connection: ConnectionId,
}

impl App {
    /// Asks the person for files.
    pub(crate) async fn choose_uploads(&self, _: Nothing) -> Result<ChosenFiles, WireError> {
        let endings = FileKind::ALL.map(FileKind::extension);
        let paths = self.desktop().ask_for_files(&endings).await.map_err(no_dialog)?;
        Ok(self.chosen(paths).await)
    }

    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn check_uploads(&self, files: CheckUploads) -> Result<ChosenFiles, WireError> {
        let files = files.files.into_iter().map(|file| checked(&file.name, file.bytes)).collect();
        Ok(judged(None, files))
    }

    /// Files were dropped on the window: what there is to say of them goes to it.
    pub async fn offer_files(&self, paths: Vec<PathBuf>) {
        let chosen = self.chosen(paths).await;
        self.announce(Event::FilesOffered { chosen });
    }

    /// Files are held above the window, or no longer.
    pub fn files_hover(&self, over: bool) {
        self.announce(Event::FilesHover { over });
    }

    /// Sends files that were chosen.
    pub(crate) async fn upload_chosen(&self, upload: UploadChosen) -> Result<UploadsBegun, WireError> {
        let aim = Aim::of(&upload.company, &upload.connection)?;
        let desk = self.desk().await;
        desk.runner()?.admits().await?;
        let chosen = self.uploads().with(|waiting| waiting.chosen.get(&upload.chosen).cloned());
        let chosen = chosen.ok_or_else(|| {
            WireError::new(Code::FileUnusable, "These files were chosen too long ago. Choose them again.")
        })?;
        let wanted: Vec<_> = upload.files.iter().filter_map(|at| chosen.get(*at)).collect();
        let candidates: Vec<_> = wanted.iter().map(|(_, file)| (file.name.clone(), file.bytes)).collect();
        let files = admitted(&candidates)?;
        // Refused, they can be chosen from again.
        self.uploads().with(|waiting| waiting.chosen.remove(&upload.chosen));
        let mut queue = Vec::with_capacity(files.len());
        for (file, (path, _)) in files.into_iter().zip(&wanted) {
            let carried =
                self.transfers().begin(&upload.company, Way::Upload, file.name(), Some(file.bytes()));
            queue.push((path.clone(), file, carried));
        }
        let transfers = queue.iter().map(|(_, _, carried)| carried.id()).collect();
        tokio::spawn(async move {
            for (path, file, carried) in queue {
                let outcome = match read_file(&path, &file).await {
                    Ok(pieces) => send(&desk, aim, file, pieces, &carried).await,
                    Err(error) => Err(unreadable(file.name(), &error)),
                };
                carried.end(outcome.map(|()| None));
            }
            look(&desk, aim.company).await;
        });
        Ok(UploadsBegun { transfers })
    }

    /// Files that the page will send, each by itself.
    pub(crate) async fn begin_uploads(&self, begin: BeginUploads) -> Result<UploadsBegun, WireError> {
        let aim = Aim::of(&begin.company, &begin.connection)?;
        let desk = self.desk().await;
        desk.runner()?.admits().await?;
        let candidates: Vec<_> = begin.files.into_iter().map(|file| (file.name, file.bytes)).collect();
        let mut transfers = Vec::new();
        for file in admitted(&candidates)? {
            let carried =
                self.transfers().begin(&begin.company, Way::Upload, file.name(), Some(file.bytes()));
            transfers.push(carried.id());
            let expected = Expected { desk: desk.clone(), aim, file, carried };
            self.uploads().with(|waiting| waiting.expected.insert(expected.carried.id(), expected));
        }
        Ok(UploadsBegun { transfers })
    }

    /// Sends a file that the page said it would, as it comes; or takes it for an import.
    ///
    /// # Errors
    /// That it was not announced or was stopped, or why it was not sent.
    pub async fn upload(
        &self,
        transfer: u64,
        pieces: impl Stream<Item = io::Result<Bytes>> + Unpin + Send,
    ) -> Result<(), WireError> {
        if self.imports().awaits(transfer) {
            return self.take_import(transfer, pieces).await;
        }
        let expected = self.uploads().with(|waiting| waiting.expected.remove(&transfer));
        let Some(Expected { desk, aim, file, carried }) = expected else { return Err(cancelled()) };
        let _act = match admit_to(&desk, Kind::Operate) {
            Ok(act) => act,
            Err(error) => {
                carried.end(Err(error.clone()));
                return Err(error);
            }
        };
        let outcome = send(&desk, aim, file, pieces, &carried).await;
        carried.end(outcome.clone().map(|()| None));
        look(&desk, aim.company).await;
        outcome
    }

    /// Stops a transfer that runs, or forgets one that has ended.
    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn put_away_transfer(&self, which: TransferId) -> Result<Nothing, WireError> {
        match self.uploads().with(|waiting| waiting.expected.remove(&which.id)) {
            Some(expected) => expected.carried.end(Err(cancelled())),
            None => self.transfers().put_away(which.id),
        }
        Ok(Nothing {})
    }

    async fn chosen(&self, paths: Vec<PathBuf>) -> ChosenFiles {
        let mut files = Vec::with_capacity(paths.len());
        for path in paths {
            let file = looked_at(&path).await;
            files.push((path, file));
        }
        let shown = files.iter().map(|(_, file)| file.clone()).collect();
        let id = self.uploads().with(|waiting| {
            waiting.next += 1;
            waiting.chosen.insert(waiting.next, files);
            while waiting.chosen.len() > MOST_CHOICES {
                waiting.chosen.pop_first();
            }
            waiting.next
        });
        judged(Some(id), shown)
    }
}

impl Uploads {
    fn with<T>(&self, act: impl FnOnce(&mut Waiting) -> T) -> T {
        act(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Aim {
    fn of(company: &str, connection: &str) -> Result<Self, WireError> {
        Ok(Self { company: company_id(company)?, connection: connection_id(connection)? })
    }
}

fn judged(id: Option<u64>, files: Vec<ChosenFile>) -> ChosenFiles {
    let usable = files.iter().filter(|file| file.problem.is_none()).count();
    let problem = (usable > MAX_FILES).then(|| {
        format!("At most {MAX_FILES} files can be uploaded at once; these are {usable}. Take some away.")
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

/// A file of this computer, by its name and size.
async fn looked_at(path: &Path) -> ChosenFile {
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

/// The files of an upload, all of which may go.
fn admitted(files: &[(String, u64)]) -> Result<Vec<Checked>, WireError> {
    let candidates: Vec<Candidate> =
        files.iter().map(|(name, bytes)| Candidate { name: name.clone(), bytes: *bytes }).collect();
    check(&candidates).map_err(|problems| {
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        WireError::new(Code::FileUnusable, format!("{} Nothing was sent.", told.join(" ")))
    })
}

async fn read_file(
    path: &Path,
    file: &Checked,
) -> io::Result<impl Stream<Item = io::Result<Bytes>> + Unpin + Send + use<>> {
    let opened = File::open(path).await?;
    if opened.metadata().await?.len() != file.bytes() {
        return Err(io::Error::other("it has changed since it was chosen"));
    }
    Ok(stream::unfold(Some(opened), next_piece).boxed())
}

async fn next_piece(file: Option<File>) -> Option<(io::Result<Bytes>, Option<File>)> {
    let mut file = file?;
    let mut piece = vec![0; PIECE];
    match file.read(&mut piece).await {
        Ok(0) => None,
        Ok(read) => {
            piece.truncate(read);
            Some((Ok(piece.into()), Some(file)))
        }
        Err(error) => Some((Err(error), None)),
    }
}

/// Reads a file whole and sends it; what is meant and what came of it is written down.
async fn send(
    desk: &Desk,
    aim: Aim,
    file: Checked,
    pieces: impl Stream<Item = io::Result<Bytes>> + Unpin + Send,
    carried: &Carried,
) -> Result<(), WireError> {
    let name = file.name().to_owned();
    carried.progress(0, Some(file.bytes()));
    let part = tokio::select! {
        biased;
        () = carried.stopped() => return Err(cancelled()),
        part = FilePart::read(file, pieces) => part.map_err(|error| not_read(&error))?,
    };
    let (store, runner) = (desk.store()?, desk.runner()?);
    let intent = store.write_intent("upload", Some(aim.company), &name, clock::now()).await?;
    let teller = carried.teller();
    let sent = tokio::select! {
        biased;
        () = carried.stopped() => Err(cancelled()),
        sent = send_part(runner, aim, &part, &teller) => sent.map_err(|error| not_sent(&name, error)),
    };
    let outcome = sent.as_ref().map_or_else(|error| error.message.clone(), |()| "done".to_owned());
    write_outcome(&store, intent, &outcome).await;
    sent
}

/// Sends a file; where no answer came, again with the same key, so that it arrives once.
async fn send_part(runner: &Runner, aim: Aim, part: &FilePart, teller: &Teller) -> Result<(), WireError> {
    let key = Uuid::new_v4();
    let mut tries = 0;
    loop {
        tries += 1;
        let (teller, total) = (teller.clone(), Some(part.bytes()));
        let tell = move |left| teller.progress(left, total);
        let request =
            async |client: Client| client.upload_file(aim.company, aim.connection, part, key, tell).await;
        let failure =
            match runner.past(engine::SafeMode::Operate, request, |answer| answer.meta.clone()).await? {
                Ok(_) => return Ok(()),
                Err(failure) => failure,
            };
        match wait_before_another(&failure, tries) {
            Some(wait) => tokio::time::sleep(wait).await,
            None => return Err(failure.into()),
        }
    }
}

fn wait_before_another(failure: &Failure, tries: u32) -> Option<Duration> {
    if tries >= TRIES {
        return None;
    }
    match failure.kind {
        FailureKind::NoAnswer | FailureKind::Conflict => Some(Duration::from_secs(u64::from(tries))),
        // The engine lets nothing go before the server takes it again.
        FailureKind::RateLimited => Some(Duration::ZERO),
        FailureKind::Invalid
        | FailureKind::Unauthorized
        | FailureKind::PaymentRequired
        | FailureKind::Forbidden
        | FailureKind::NotFound
        | FailureKind::Unprocessable
        | FailureKind::Server
        | FailureKind::OtherStatus
        | FailureKind::Unreachable
        | FailureKind::Unreadable
        | FailureKind::Intercepted => None,
    }
}

/// The list of files as it is now: what arrived is seen, also where no answer said so.
async fn look(desk: &Desk, company: CompanyId) {
    if let Err(error) = fetch(desk, Topic::Files(company)).await {
        tracing::debug!(%error, "the files could not be asked for after an upload");
    }
}

fn not_read(error: &ReadError) -> WireError {
    let message = match error {
        ReadError::Io { name, source } => return unreadable(name, source),
        ReadError::Changed { name } => {
            format!("{name} changed while it was read, so it was not sent. Choose it again.")
        }
    };
    WireError::new(Code::FileUnusable, message)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the standard library's own, few of which help a person")]
fn unreadable(name: &str, error: &io::Error) -> WireError {
    let why = match error.kind() {
        io::ErrorKind::NotFound => "It is no longer there.",
        io::ErrorKind::PermissionDenied => "It may not be read.",
        _ => "It cannot be read.",
    };
    WireError::new(Code::FileUnusable, format!("{name} was not sent. {why}")).with_detail(error.to_string())
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
        let many = judged(None, (0..21).map(|n| checked(&format!("{n}.pdf"), 1)).collect());
        assert!(many.problem.unwrap().contains("21"));
        let few = judged(None, (0..25).map(|n| checked(&format!("{n}.exe"), 1)).collect());
        assert_eq!(few.problem, None, "those that cannot go do not count");
    }

    #[tokio::test]
    async fn a_file_that_vanishes_or_grows_is_told_and_not_sent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pdf");
        std::fs::write(&path, b"12345").unwrap();
        let file = admitted(&[("a.pdf".into(), 5)]).unwrap().remove(0);
        std::fs::write(&path, b"123456").unwrap();
        assert!(read_file(&path, &file).await.is_err());
        std::fs::remove_file(&path).unwrap();
        let error = read_file(&path, &file).await.err().unwrap();
        assert!(unreadable("a.pdf", &error).message.contains("no longer there"));
        assert!(looked_at(&path).await.problem.is_some());
        assert!(looked_at(folder.path()).await.problem.unwrap().contains("folder"));
    }
}
