//! The SQLite file with the world's origin and all changes. A change is committed before its request is
//! answered.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};
use sqlx::{
    Connection as _, Row, Sqlite, SqliteConnection, SqlitePool, Transaction,
    migrate::MigrateError,
    query::Query,
    sqlite::{
        SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions,
        SqliteSynchronous,
    },
};

use crate::{change::Change, document_store::DocumentKind, options::StartError, world::Origin};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// An open database.
#[derive(Debug)]
pub(crate) struct Persistence {
    pool: SqlitePool,
}

/// A read or write failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PersistenceError {
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    /// A record could not be serialized or parsed.
    #[error("a record is unreadable: {0}")]
    Record(#[from] serde_json::Error),
    /// A column could not be parsed.
    #[error("a record is unreadable: {0}")]
    Text(String),
}

impl Persistence {
    /// Opens the file, creates it for `wanted` if necessary, and loads its content.
    pub(crate) async fn open(path: &Path, wanted: Origin) -> Result<(Self, Origin, Vec<Change>), StartError> {
        make_private(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            // Exclusive mode before WAL, so that a second sandbox on the same file fails immediately.
            .locking_mode(SqliteLockingMode::Exclusive)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_millis(200));
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await
            .map_err(|error| start_error(path, &error))?;
        MIGRATIONS.run(&pool).await.map_err(|error| migrate_error(path, error))?;
        let persistence = Self { pool };
        match persistence.load(wanted).await {
            Ok((origin, changes)) => Ok((persistence, origin, changes)),
            Err(error) => Err(StartError::Damaged { path: path.to_owned(), reason: error.to_string() }),
        }
    }

    /// Stores changes in one transaction.
    pub(crate) async fn keep(&self, changes: &[Change]) -> Result<(), PersistenceError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.write(None, changes).await
    }

    /// Replaces all content in one transaction.
    pub(crate) async fn replace(&self, origin: &Origin, changes: &[Change]) -> Result<(), PersistenceError> {
        self.write(Some(origin), changes).await
    }

    /// With an origin, all existing content is removed first.
    async fn write(&self, origin: Option<&Origin>, changes: &[Change]) -> Result<(), PersistenceError> {
        let mut connection = self.pool.acquire().await?;
        let written = write_all(&mut connection, origin, changes).await;
        if written.is_err() {
            // On a full disk SQLite rolls back the transaction, but sqlx still counts the transaction as open. So
            // close the connection.
            connection.close().await?;
        }
        written
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    async fn load(&self, wanted: Origin) -> Result<(Origin, Vec<Change>), PersistenceError> {
        let origin = self.origin(wanted).await?;
        let mut changes = Vec::new();
        for row in sqlx::query("SELECT slot, record FROM company ORDER BY slot").fetch_all(&self.pool).await?
        {
            changes.push(Change::Company(number(&row, 0)?, optional(&row, 1)?));
        }
        for row in sqlx::query("SELECT record FROM refresh ORDER BY number").fetch_all(&self.pool).await? {
            changes.push(Change::Refresh(json(row.try_get::<&str, _>(0)?)?));
        }
        for row in
            sqlx::query("SELECT number, record FROM api_key ORDER BY number").fetch_all(&self.pool).await?
        {
            changes.push(Change::Key(number(&row, 0)?, optional(&row, 1)?));
        }
        for row in sqlx::query("SELECT record FROM profile").fetch_all(&self.pool).await? {
            changes.push(Change::Profile(json(row.try_get::<&str, _>(0)?)?));
        }
        for row in sqlx::query("SELECT key, record FROM replay ORDER BY key").fetch_all(&self.pool).await? {
            changes.push(Change::Replay(row.try_get(0)?, optional(&row, 1)?));
        }
        for row in sqlx::query("SELECT kind, key, record FROM document ORDER BY kind, key")
            .fetch_all(&self.pool)
            .await?
        {
            changes.push(document(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)?);
        }
        Ok((origin, changes))
    }

    async fn origin(&self, wanted: Origin) -> Result<Origin, PersistenceError> {
        let stored =
            sqlx::query("SELECT seed, companies, born FROM origin").fetch_optional(&self.pool).await?;
        let Some(row) = stored else {
            let mut writing = self.pool.begin_with("BEGIN IMMEDIATE").await?;
            write_origin(&mut writing, &wanted).await?;
            writing.commit().await?;
            return Ok(wanted);
        };
        Ok(Origin {
            seed: parsed(row.try_get(0)?)?,
            companies: number(&row, 1)?,
            born: parsed(row.try_get(2)?)?,
        })
    }
}

async fn write_all(
    connection: &mut SqliteConnection,
    origin: Option<&Origin>,
    changes: &[Change],
) -> Result<(), PersistenceError> {
    let mut writing = connection.begin_with("BEGIN IMMEDIATE").await?;
    if let Some(origin) = origin {
        for table in [
            "DELETE FROM origin",
            "DELETE FROM company",
            "DELETE FROM refresh",
            "DELETE FROM api_key",
            "DELETE FROM profile",
            "DELETE FROM replay",
            "DELETE FROM document",
        ] {
            sqlx::query(table).execute(&mut *writing).await?;
        }
        write_origin(&mut writing, origin).await?;
    }
    for change in changes {
        write(&mut writing, change).await?;
    }
    Ok(writing.commit().await?)
}

async fn write_origin(
    writing: &mut Transaction<'_, Sqlite>,
    origin: &Origin,
) -> Result<(), PersistenceError> {
    sqlx::query("INSERT INTO origin (id, seed, companies, born) VALUES (1, ?, ?, ?)")
        .bind(origin.seed.to_string())
        .bind(i64::from(origin.companies))
        .bind(origin.born.to_string())
        .execute(&mut **writing)
        .await?;
    Ok(())
}

async fn write(writing: &mut Transaction<'_, Sqlite>, change: &Change) -> Result<(), PersistenceError> {
    let query = match change {
        Change::Company(slot, record) => {
            sqlx::query("INSERT OR REPLACE INTO company (slot, record) VALUES (?, ?)")
                .bind(i64::from(*slot))
                .bind(record.as_ref().map(text).transpose()?)
        }
        Change::Refresh(refresh) => {
            sqlx::query("INSERT OR REPLACE INTO refresh (number, record) VALUES (?, ?)")
                .bind(i64::try_from(refresh.number).unwrap_or(i64::MAX))
                .bind(text(refresh)?)
        }
        Change::Key(number, record) => {
            sqlx::query("INSERT OR REPLACE INTO api_key (number, record) VALUES (?, ?)")
                .bind(i64::from(*number))
                .bind(record.as_ref().map(text).transpose()?)
        }
        Change::Profile(profile) => {
            sqlx::query("INSERT OR REPLACE INTO profile (id, record) VALUES (1, ?)").bind(text(profile)?)
        }
        Change::Replay(key, Some(replay)) => {
            sqlx::query("INSERT OR REPLACE INTO replay (key, record) VALUES (?, ?)")
                .bind(key)
                .bind(text(replay)?)
        }
        Change::Replay(key, None) => sqlx::query("DELETE FROM replay WHERE key = ?").bind(key),
        Change::Link(name, Some(value)) => keep_document(LINK, name.clone(), text(value)?),
        Change::Link(name, None) => drop_document(LINK, name),
        Change::Document(shelf, key, Some(thing)) => keep_document(shelf.name(), key.clone(), text(thing)?),
        Change::Document(shelf, key, None) => drop_document(shelf.name(), key),
        Change::Clock(anchor) => keep_document(CLOCK, String::new(), text(anchor)?),
        Change::Sync(company, history) => {
            let key = company.map(|slot| slot.to_string()).unwrap_or_default();
            keep_document(SYNC, key, text(history)?)
        }
    };
    query.execute(&mut **writing).await?;
    Ok(())
}

// The kinds of documents that are not in the document store.
const CLOCK: &str = "clock";
const LINK: &str = "link";
/// An empty key: the client's settings. Otherwise the company's slot.
const SYNC: &str = "sync";

fn keep_document(kind: &'static str, key: String, record: String) -> Query<'static, Sqlite, SqliteArguments> {
    sqlx::query("INSERT OR REPLACE INTO document (kind, key, record) VALUES (?, ?, ?)")
        .bind(kind)
        .bind(key)
        .bind(record)
}

fn drop_document<'q>(kind: &'q str, key: &'q str) -> Query<'q, Sqlite, SqliteArguments> {
    sqlx::query("DELETE FROM document WHERE kind = ? AND key = ?").bind(kind).bind(key)
}

/// The change that a row of the document table stores.
fn document(kind: &str, key: &str, record: &str) -> Result<Change, PersistenceError> {
    match kind {
        CLOCK => Ok(Change::Clock(json(record)?)),
        LINK => Ok(Change::Link(key.to_owned(), Some(json(record)?))),
        SYNC if key.is_empty() => Ok(Change::Sync(None, json(record)?)),
        SYNC => Ok(Change::Sync(Some(parsed(key)?), json(record)?)),
        _ => match DocumentKind::from_name(kind) {
            Some(shelf) => Ok(Change::Document(shelf, key.to_owned(), Some(json(record)?))),
            None => Err(PersistenceError::Text(format!("{kind} {key} is of no kind that is known"))),
        },
    }
}

/// Creates an empty file that only its owner can read. SQLite creates its other files with the same
/// permissions.
fn make_private(path: &Path) -> Result<(), StartError> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let failed =
        |error: std::io::Error| StartError::File { path: path.to_owned(), reason: error.to_string() };
    let file = options.open(path).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.set_permissions(std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    }
    drop(file);
    Ok(())
}

fn start_error(path: &Path, error: &sqlx::Error) -> StartError {
    let path: PathBuf = path.to_owned();
    let code = error.as_database_error().and_then(|it| it.code()).and_then(|it| it.parse::<u32>().ok());
    // The primary code is the low byte: 5 busy, 6 locked, 11 corrupt, 26 not a database.
    match code.map(|code| code & 0xff) {
        Some(5 | 6) => StartError::InUse(path),
        Some(11 | 26) => StartError::Damaged { path, reason: error.to_string() },
        Some(_) | None => StartError::File { path, reason: error.to_string() },
    }
}

fn migrate_error(path: &Path, error: MigrateError) -> StartError {
    if let MigrateError::VersionMissing(_) = error {
        return StartError::Newer(path.to_owned());
    }
    if let MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) = error {
        return start_error(path, &error);
    }
    StartError::Damaged { path: path.to_owned(), reason: error.to_string() }
}

fn text(record: &impl Serialize) -> Result<String, PersistenceError> {
    Ok(serde_json::to_string(record)?)
}

fn json<T: DeserializeOwned>(text: &str) -> Result<T, PersistenceError> {
    Ok(serde_json::from_str(text)?)
}

fn optional<T: DeserializeOwned>(
    row: &sqlx::sqlite::SqliteRow,
    at: usize,
) -> Result<Option<T>, PersistenceError> {
    row.try_get::<Option<&str>, _>(at)?.map(json).transpose()
}

fn number(row: &sqlx::sqlite::SqliteRow, at: usize) -> Result<u32, PersistenceError> {
    let wide: i64 = row.try_get(at)?;
    u32::try_from(wide).map_err(|error| PersistenceError::Text(error.to_string()))
}

fn parsed<T: std::str::FromStr<Err: core::fmt::Display>>(text: &str) -> Result<T, PersistenceError> {
    text.parse().map_err(|error: T::Err| PersistenceError::Text(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn after_a_full_disk_changes_are_kept_again_as_soon_as_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let born = "2026-11-23T12:00:00Z".parse().unwrap();
        let origin = Origin { seed: 1, companies: 0, born };
        let (persistence, ..) = Persistence::open(&folder.path().join("sandbox.db"), origin).await.unwrap();
        sqlx::query("PRAGMA max_page_count = 1").execute(&persistence.pool).await.unwrap();
        let link = |text: String| [Change::Link("name".to_owned(), Some(serde_json::Value::String(text)))];
        for _ in 0..3 {
            persistence.keep(&link("x".repeat(400_000))).await.expect_err("there is no room");
            persistence.keep(&link("short".to_owned())).await.expect("there is room for this");
            sqlx::query("PRAGMA max_page_count = 1").execute(&persistence.pool).await.unwrap();
        }
    }
}
