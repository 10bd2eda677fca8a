//! The timeline of a company: journal entries, reads, writes, file uploads and actions of this app.

use codat::{
    CompanyId, ConnectionId, Topic,
    data::DataType,
    model::{DatasetStatus, Phase, UploadedFile},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{error::StoreError, sql, store::Store};

/// Reads requested within this many milliseconds of each other belong to one refresh.
const REFRESH_GAP_MS: i64 = 2_000;
/// The maximum number of reads that are loaded for one timeline entry. A refresh has about 45 reads for each
/// connection.
const MAX_READS_PER_ENTRY: u32 = 60;
/// Files uploaded within this many milliseconds belong to one upload.
const UPLOAD_GAP_MS: i64 = 60_000;

/// What a timeline may be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ActivityKind {
    /// Connections and the company itself, as the journal has them.
    Changes,
    /// Reads, those of one refresh together.
    Reads,
    /// Writes.
    Writes,
    /// Files that were uploaded.
    Files,
    /// What was done from this app.
    Own,
}

/// The place of an entry in the timeline: what follows is older, or of the same moment and further down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActivityPlace {
    /// The entry's time; milliseconds since 1970, UTC.
    pub at: i64,
    /// The entry.
    pub id: String,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// Which of all, for the page that follows.
    pub id: String,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    /// What.
    pub what: Happened,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum Happened {
    /// An entry of the journal.
    Change {
        /// As the journal names it: `connectionAppeared`, `statusChanged` and so on.
        kind: String,
        /// The connection's integration.
        platform: Option<String>,
        /// The connection.
        #[ts(as = "Option<String>")]
        connection: Option<ConnectionId>,
        /// A status or a color before.
        was: Option<String>,
        /// And after.
        became: Option<String>,
        /// Whether it came of an act of this app.
        own: bool,
    },
    /// Reads that were asked for at one moment.
    Reads {
        /// Each with its type and status.
        reads: Vec<ReadBrief>,
    },
    /// A write.
    Write {
        /// Its key.
        key: String,
        /// Its data type.
        data_type: String,
        /// Its status.
        status: String,
    },
    /// Files that were uploaded together.
    Files {
        /// Their names.
        names: Vec<String>,
        /// What kind of source took them.
        source: Option<String>,
    },
    /// An act from this app.
    Own {
        /// Which.
        act: String,
        /// What it was about, in its own form.
        detail: String,
        /// What came of it: `done`, or why not; none while it is not known.
        outcome: Option<String>,
    },
}

/// A read of a refresh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReadBrief {
    /// Its identifier.
    pub id: String,
    /// Its data type's key.
    pub data_type: String,
    /// Its data type's name.
    pub name: String,
    /// Its status.
    pub status: String,
    /// What the status means.
    pub phase: RowPhase,
}

/// What a status means for whoever waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "they are the client's, documented there")]
pub enum RowPhase {
    Running,
    Done,
    Neutral,
    Failed,
    Unrecognized,
}

impl From<Phase> for RowPhase {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Running => Self::Running,
            Phase::Done => Self::Done,
            Phase::Neutral => Self::Neutral,
            Phase::Failed => Self::Failed,
            Phase::Unrecognized => Self::Unrecognized,
        }
    }
}

#[derive(Debug)]
struct ReadRow {
    id: String,
    requested: i64,
    data_type: String,
    status: String,
}

#[derive(Debug)]
struct JournalRow {
    seq: i64,
    at: i64,
    cause: String,
    kind: String,
    platform: Option<String>,
    connection_id: Option<String>,
    was: Option<String>,
    became: Option<String>,
}

impl Store {
    /// A page of a company's timeline before `before`, newest first, with at most `limit` entries. An empty page
    /// means that there is nothing older.
    ///
    /// # Errors
    /// Database errors.
    pub async fn activity(
        &self,
        company: CompanyId,
        kinds: &[ActivityKind],
        before: Option<&ActivityPlace>,
        limit: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        let mut all = Vec::new();
        let mut complete_since = i64::MIN;
        for kind in kinds {
            let boundary = PageBoundary::new(*kind, before);
            all.extend(match kind {
                ActivityKind::Changes => self.journal_page(company, &boundary, limit).await?,
                ActivityKind::Reads => {
                    let (reads, since) = self.refreshes_page(company, &boundary, limit).await?;
                    complete_since = since;
                    reads
                }
                ActivityKind::Writes => self.writes_page(company, &boundary, limit).await?,
                ActivityKind::Files => self.uploads_page(company, &boundary).await?,
                ActivityKind::Own => self.actions_page(company, &boundary, limit).await?,
            });
        }
        // Entries older than the oldest complete refresh come with the next page, so that the order stays right.
        all.retain(|entry| entry.at >= complete_since);
        all.sort_by(|one, other| sort_key(other).cmp(&sort_key(one)));
        all.truncate(limit as usize);
        Ok(all)
    }

    /// The journal entries of one connection, oldest first.
    ///
    /// # Errors
    /// Database errors.
    pub async fn connection_timeline(
        &self,
        company: CompanyId,
        connection: ConnectionId,
    ) -> Result<Vec<Activity>, StoreError> {
        let (company, connection) = (company.to_string(), connection.to_string());
        let entries = sqlx::query_as!(
            JournalRow,
            r#"SELECT seq AS "seq!: i64", at AS "at!: i64", cause AS "cause!: String", kind AS "kind!: String",
                      platform AS "platform?: String", connection_id AS "connection_id?: String",
                      was AS "was?: String", became AS "became?: String"
               FROM journal AS entry WHERE company_id = ?1 AND connection_id = ?2
                 AND NOT (kind = 'colourChanged' AND EXISTS (
                     SELECT 1 FROM journal AS before WHERE before.seq = entry.seq - 1
                       AND before.kind = 'statusChanged' AND before.connection_id = entry.connection_id))
               ORDER BY seq"#,
            company,
            connection
        )
        .fetch_all(self.database.readers())
        .await?;
        entries.into_iter().map(journal_activity).collect()
    }

    /// Journal entries. A color change directly after a status change is left out, because the status says it. A
    /// color change alone is an error that appeared or was resolved.
    async fn journal_page(
        &self,
        company: CompanyId,
        boundary: &PageBoundary,
        limit: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        let (company, at, below) = (company.to_string(), boundary.at, boundary.numeric_key());
        let entries = sqlx::query_as!(
            JournalRow,
            r#"SELECT seq AS "seq!: i64", at AS "at!: i64", cause AS "cause!: String", kind AS "kind!: String",
                      platform AS "platform?: String", connection_id AS "connection_id?: String",
                      was AS "was?: String", became AS "became?: String"
               FROM journal AS entry
               WHERE company_id = ?1 AND at <= ?2 AND (at < ?2 OR seq < ?3)
                 AND NOT (kind = 'colourChanged' AND EXISTS (
                     SELECT 1 FROM journal AS before WHERE before.seq = entry.seq - 1
                       AND before.kind = 'statusChanged' AND before.connection_id = entry.connection_id))
               ORDER BY at DESC, seq DESC LIMIT +?4"#,
            company,
            at,
            below,
            limit
        )
        .fetch_all(self.database.readers())
        .await?;
        entries.into_iter().map(journal_activity).collect()
    }

    /// Refreshes, and the time since which the list is complete.
    async fn refreshes_page(
        &self,
        company: CompanyId,
        boundary: &PageBoundary,
        limit: u32,
    ) -> Result<(Vec<Activity>, i64), StoreError> {
        // A refresh has the time of its first read. Its later reads are newer than the page boundary and are still
        // needed.
        let max_reads = limit.saturating_mul(MAX_READS_PER_ENTRY);
        let (company, until) = (
            company.to_string(),
            boundary.at.saturating_add(REFRESH_GAP_MS * i64::from(MAX_READS_PER_ENTRY)),
        );
        let reads = sqlx::query_as!(
            ReadRow,
            r#"SELECT id AS "id!: String", requested AS "requested!: i64", data_type AS "data_type!: String",
                      status AS "status!: String"
               FROM operations WHERE company_id = ?1 AND is_write = 0 AND requested <= ?2
               ORDER BY requested DESC, id LIMIT +?3"#,
            company,
            until,
            max_reads
        )
        .fetch_all(self.database.readers())
        .await?;
        let is_truncated = reads.len() >= max_reads as usize;
        let mut refreshes = group_refreshes(reads);
        // The oldest refresh may be truncated. The next page has it in full.
        if is_truncated && refreshes.len() > 1 {
            refreshes.pop();
        }
        let complete_since =
            if is_truncated { refreshes.last().map_or(i64::MIN, |oldest| oldest.at) } else { i64::MIN };
        refreshes.retain(|refresh| boundary.includes(refresh.at, &refresh.id));
        refreshes.truncate(limit as usize);
        Ok((refreshes, complete_since))
    }

    async fn writes_page(
        &self,
        company: CompanyId,
        boundary: &PageBoundary,
        limit: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        let (company, at, below) = (company.to_string(), boundary.at, boundary.text_key());
        let rows = sqlx::query!(
            r#"SELECT id AS "id!: String", requested AS "at!: i64", data_type AS "data_type!: String",
                      status AS "status!: String"
               FROM operations
               WHERE company_id = ?1 AND is_write = 1 AND requested <= ?2 AND (requested < ?2 OR id < ?3)
               ORDER BY requested DESC, id DESC LIMIT +?4"#,
            company,
            at,
            below,
            limit
        )
        .fetch_all(self.database.readers())
        .await?;
        let writes = rows.into_iter().map(|row| Activity {
            id: entry_id(ActivityKind::Writes, &row.id),
            at: row.at,
            what: Happened::Write {
                key: row.id,
                data_type: DataType::name_of(&row.data_type).to_owned(),
                status: row.status,
            },
        });
        Ok(writes.collect())
    }

    /// File uploads, from the cached list of the company's files.
    async fn uploads_page(
        &self,
        company: CompanyId,
        boundary: &PageBoundary,
    ) -> Result<Vec<Activity>, StoreError> {
        let cached = self.cached_answer(&Topic::Files(company)).await?;
        let Some((_, raw)) = cached.and_then(|cached| cached.answer) else { return Ok(Vec::new()) };
        // An unreadable list is reported on the files page; the rest of the timeline is still shown.
        let files: Vec<UploadedFile> = serde_json::from_str(raw.get()).unwrap_or_default();
        let mut uploads = group_uploads(files);
        uploads.retain(|upload| boundary.includes(upload.at, &upload.id));
        Ok(uploads)
    }

    async fn actions_page(
        &self,
        company: CompanyId,
        boundary: &PageBoundary,
        limit: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        let (company, at, below) = (company.to_string(), boundary.at, boundary.numeric_key());
        let rows = sqlx::query!(
            r#"SELECT id AS "id!: i64", at AS "at!: i64", act AS "act!: String", detail AS "detail!: String",
                      outcome AS "outcome?: String"
               FROM intents WHERE company_id = ?1 AND at <= ?2 AND (at < ?2 OR id < ?3)
               ORDER BY at DESC, id DESC LIMIT +?4"#,
            company,
            at,
            below,
            limit
        )
        .fetch_all(self.database.readers())
        .await?;
        let actions = rows.into_iter().map(|row| Activity {
            id: entry_id(ActivityKind::Own, row.id),
            at: row.at,
            what: Happened::Own { act: row.act, detail: row.detail, outcome: row.outcome },
        });
        Ok(actions.collect())
    }
}

/// The end of the previous page, from the view of one kind of entry.
#[derive(Debug)]
struct PageBoundary {
    at: i64,
    /// At the same time, only entries with a smaller key follow. `None`: all of them follow.
    below: Option<String>,
    /// At the same time, no entry of this kind follows.
    is_past: bool,
}

impl PageBoundary {
    fn new(kind: ActivityKind, before: Option<&ActivityPlace>) -> Self {
        let Some(before) = before else { return Self { at: i64::MAX, below: None, is_past: false } };
        let (boundary, key) = before.id.split_once('-').unwrap_or(("", &before.id));
        match kind_prefix(kind).cmp(boundary) {
            core::cmp::Ordering::Less => Self { at: before.at, below: None, is_past: false },
            core::cmp::Ordering::Equal => Self { at: before.at, below: Some(key.to_owned()), is_past: false },
            core::cmp::Ordering::Greater => Self { at: before.at, below: None, is_past: true },
        }
    }

    /// The key for kinds with numeric keys.
    fn numeric_key(&self) -> i64 {
        match &self.below {
            _ if self.is_past => i64::MIN,
            None => i64::MAX,
            Some(key) => key.parse().unwrap_or(i64::MIN),
        }
    }

    /// The key for kinds with text keys.
    fn text_key(&self) -> String {
        match &self.below {
            _ if self.is_past => String::new(),
            None => char::MAX.to_string(),
            Some(key) => key.clone(),
        }
    }

    /// For kinds that are grouped in Rust, not in SQL.
    fn includes(&self, at: i64, id: &str) -> bool {
        let key = id.split_once('-').map_or(id, |(_, key)| key);
        let is_below = self.below.as_deref().is_none_or(|below| key < below);
        at < self.at || (at == self.at && !self.is_past && is_below)
    }
}

/// The prefix of entry IDs of a kind. It also orders entries of the same time.
fn kind_prefix(kind: ActivityKind) -> &'static str {
    match kind {
        ActivityKind::Changes => "change",
        ActivityKind::Files => "files",
        ActivityKind::Own => "own",
        ActivityKind::Reads => "reads",
        ActivityKind::Writes => "write",
    }
}

fn entry_id(kind: ActivityKind, key: impl core::fmt::Display) -> String {
    format!("{}-{key}", kind_prefix(kind))
}

/// Time, then kind, then numeric key if there is one: `change-9` is older than `change-10`.
fn sort_key(entry: &Activity) -> (i64, &str, i64, &str) {
    let (kind, key) = entry.id.split_once('-').unwrap_or(("", &entry.id));
    (entry.at, kind, key.parse().unwrap_or_default(), key)
}

/// Groups reads, which come newest first, by refresh.
fn group_refreshes(reads: Vec<ReadRow>) -> Vec<Activity> {
    let mut refreshes: Vec<Vec<ReadRow>> = Vec::new();
    for read in reads {
        let current = refreshes.last_mut().filter(|refresh| {
            refresh.last().is_some_and(|last| last.requested.saturating_sub(read.requested) <= REFRESH_GAP_MS)
        });
        match current {
            Some(refresh) => refresh.push(read),
            None => refreshes.push(vec![read]),
        }
    }
    let line = |refresh: Vec<ReadRow>| {
        let at = refresh.last().map_or(0, |first| first.requested);
        let reads = refresh.into_iter().map(read_brief).collect();
        Activity { id: entry_id(ActivityKind::Reads, at), at, what: Happened::Reads { reads } }
    };
    refreshes.into_iter().map(line).collect()
}

fn read_brief(read: ReadRow) -> ReadBrief {
    let phase = DatasetStatus::from(read.status.as_str()).phase().into();
    let name = DataType::name_of(&read.data_type).to_owned();
    ReadBrief { id: read.id, data_type: read.data_type, name, status: read.status, phase }
}

/// Groups files by upload. Files without a time are left out.
fn group_uploads(files: Vec<UploadedFile>) -> Vec<Activity> {
    let mut files: Vec<(i64, UploadedFile)> =
        files.into_iter().filter_map(|file| Some((file.uploaded?.as_millisecond(), file))).collect();
    files.sort_by(|one, other| (one.0, one.1.name()).cmp(&(other.0, other.1.name())));
    let mut uploads: Vec<Activity> = Vec::new();
    for (at, file) in files {
        let name = file.name().to_owned();
        let current = uploads.last_mut().filter(|upload| at.saturating_sub(upload.at) < UPLOAD_GAP_MS);
        match current.map(|upload| &mut upload.what) {
            Some(Happened::Files { names, source }) if *source == file.source_type => names.push(name),
            Some(_) | None => uploads.push(Activity {
                id: entry_id(ActivityKind::Files, format!("{at}/{}", uploads.len())),
                at,
                what: Happened::Files { names: vec![name], source: file.source_type },
            }),
        }
    }
    uploads.reverse();
    uploads
}

fn journal_activity(entry: JournalRow) -> Result<Activity, StoreError> {
    let connection = entry.connection_id.as_deref().map(sql::parse_id).transpose()?;
    Ok(Activity {
        id: entry_id(ActivityKind::Changes, entry.seq),
        at: entry.at,
        what: Happened::Change {
            kind: entry.kind,
            platform: entry.platform,
            connection,
            was: entry.was,
            became: entry.became,
            own: entry.cause == "own",
        },
    })
}
