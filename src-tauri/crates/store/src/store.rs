//! A workspace's database, open.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock as StdRwLock},
};

use codat::expiry::Clocks;
use jiff::{Timestamp, ZonedDateTime, tz::TimeZone};
use sqlx::{Sqlite, Transaction, migrate::Migrator};
use tokio::sync::{OwnedRwLockReadGuard, RwLock};

use crate::{
    columns::{Columns, Patch},
    copies::Copies,
    database::{Database, SimulationOptions},
    error::StoreError,
    expiry_rules, files,
    fingerprints::FingerprintCache,
    unreadable::UnreadableCompanies,
};

pub(crate) static SCHEMA: Migrator = sqlx::migrate!("migrations/workspace");

/// One workspace's database: what its server said last, the journal of what changed, and the lists.
///
/// All methods take `&self`; share it in an `Arc`. Writes come one after another, each in one transaction:
/// a future that is dropped, a full disk or a crash leaves all of a write or nothing of it.
#[derive(Debug)]
pub struct Store {
    pub(crate) database: Database,
    /// The version of the lists, which grows with every change that a list could show. A write holds it from
    /// its commit until the columns have the change too, a list until it has its rows: no list mixes two
    /// states.
    pub(crate) version: Arc<RwLock<u64>>,
    pub(crate) copies: Copies,
    /// What sweeps find unchanged; changed only by who has the writer.
    pub(crate) fingerprints: FingerprintCache,
    pub(crate) unreadable: UnreadableCompanies,
    columns: Mutex<ColumnCache>,
    /// The table of clocks as it is now; changed only by who has the writer.
    pub(crate) clocks: StdRwLock<Arc<Clocks>>,
    /// Where the person is: days that are searched for begin there at midnight.
    time_zone: StdRwLock<TimeZone>,
}

/// What is kept for a window while it is open.
#[derive(Debug, Default)]
struct ColumnCache {
    is_window_open: bool,
    columns: Option<Arc<Columns>>,
}

/// The columns at a version, which stays the current one for as long as this is held.
#[derive(Debug)]
pub(crate) struct ColumnSnapshot {
    pub(crate) columns: Arc<Columns>,
    // After the columns: a writer that comes then finds them in nobody's hands.
    version: OwnedRwLockReadGuard<u64>,
}

impl ColumnSnapshot {
    pub(crate) fn version(&self) -> u64 {
        *self.version
    }
}

impl Store {
    /// Opens the database of a workspace, or creates it: the file for its owner alone (0600), in a folder for
    /// its owner alone (0700). An older file is copied beside itself before it is migrated. The lock file
    /// `<path>.lock` keeps a second process out for as long as the store lives.
    ///
    /// # Errors
    /// [`ReadOnly`](StoreError::ReadOnly), [`Locked`](StoreError::Locked), [`Newer`](StoreError::Newer),
    /// [`Corrupt`](StoreError::Corrupt), [`DiskFull`](StoreError::DiskFull), and others of the file system. In
    /// each case the file is as it was.
    pub async fn open(path: &Path, now: Timestamp) -> Result<Self, StoreError> {
        let database = Database::open(path, &SCHEMA, now).await?;
        Self::from_parts(database, Copies::open(path, now, None).await?).await
    }

    /// The same, for a simulation.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_for_simulation(
        path: &Path,
        now: Timestamp,
        simulation: &SimulationOptions,
    ) -> Result<Self, StoreError> {
        let database = Database::open_for(path, &SCHEMA, now, Some(simulation)).await?;
        Self::from_parts(database, Copies::open(path, now, Some(&SimulationOptions::default())).await?).await
    }

    async fn from_parts(database: Database, copies: Copies) -> Result<Self, StoreError> {
        let clocks = expiry_rules::load(&database).await?;
        let unreadable = UnreadableCompanies::load(&database).await?;
        let store = Self {
            database,
            version: Arc::new(RwLock::new(1)),
            copies,
            fingerprints: FingerprintCache::default(),
            unreadable,
            columns: Mutex::default(),
            clocks: StdRwLock::new(Arc::new(clocks)),
            time_zone: StdRwLock::new(TimeZone::UTC),
        };
        store.rebuild_index_if_outdated().await?;
        Ok(store)
    }

    /// The local copies of records.
    pub fn copies(&self) -> &Copies {
        &self.copies
    }

    /// The days of searches are those of this time zone from now on; UTC before it is called.
    pub fn set_time_zone(&self, time_zone: TimeZone) {
        *self.time_zone.write().unwrap_or_else(PoisonError::into_inner) = time_zone;
    }

    /// An instant where the person is.
    pub(crate) fn local_time(&self, now: Timestamp) -> ZonedDateTime {
        now.to_zoned_datetime(self.time_zone.read().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Closes the database; what is in its log goes into the file.
    pub async fn close(self) {
        self.copies.close().await;
        self.database.close().await;
    }

    /// Looks through the whole file for damage. A file of 100,000 companies takes seconds; other reads go on meanwhile.
    ///
    /// # Errors
    /// [`Corrupt`](StoreError::Corrupt), and others of the database.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.database.check().await
    }

    /// Renames a damaged database to `<path>.corrupt-<time>`, with what SQLite keeps beside it, and gives the
    /// new name. The next [`open`](Self::open) begins an empty one: companies come back from the server, and
    /// [`restore`](Self::restore) brings local data back from the newest backup.
    ///
    /// # Errors
    /// [`Locked`](StoreError::Locked) while it is open, and those of the file system.
    pub fn set_aside(path: &Path, now: Timestamp) -> Result<PathBuf, StoreError> {
        files::set_aside(path, now)
    }

    /// Deletes a workspace's database, the copies of its records, and all that was ever put beside them: logs, locks,
    /// backups, and damaged files that were set aside.
    ///
    /// # Errors
    /// [`Locked`](StoreError::Locked) while it is open, and those of the file system; what could be deleted is.
    pub fn delete(path: &Path) -> Result<(), StoreError> {
        files::delete_all(path)
    }

    /// The version of the lists now.
    pub async fn version(&self) -> u64 {
        *self.version.read().await
    }

    /// Frees the memory of the lists; to be called when the last window is closed. The next list loads them
    /// again.
    pub fn drop_columns(&self) {
        *self.column_cache() = ColumnCache::default();
        self.copies.drop_index();
    }

    /// Whether a window's lists were asked for, and it was not closed since.
    pub(crate) fn is_window_open(&self) -> bool {
        self.column_cache().is_window_open
    }

    /// Whether what lists are searched by is in memory.
    pub fn has_columns(&self) -> bool {
        self.column_cache().columns.is_some()
    }

    /// Commits, and brings the same change into the columns. If the commit fails, or this future is dropped
    /// in the middle of it, the columns are left out: the next list loads them from what was committed.
    pub(crate) async fn commit(
        &self,
        transaction: Transaction<'_, Sqlite>,
        patch: Patch,
    ) -> Result<u64, StoreError> {
        let mut version = self.version.write().await;
        *version += 1;
        let columns = self.column_cache().columns.take().and_then(Arc::into_inner);
        transaction.commit().await?;
        if let Some(columns) = columns {
            self.cache_if_window_open(columns.patched(patch));
        }
        Ok(*version)
    }

    /// Commits what changed in more places than are worth patching: the next list loads the columns again.
    /// `after_commit` runs before any list is made of it.
    pub(crate) async fn commit_and_reload(
        &self,
        transaction: Transaction<'_, Sqlite>,
        after_commit: impl FnOnce(),
    ) -> Result<u64, StoreError> {
        let mut version = self.version.write().await;
        *version += 1;
        self.column_cache().columns = None;
        transaction.commit().await?;
        after_commit();
        Ok(*version)
    }

    /// The lists with their columns, loaded if they are not there.
    pub(crate) async fn column_snapshot(&self) -> Result<ColumnSnapshot, StoreError> {
        let version = Arc::clone(&self.version).read_owned().await;
        if let Some(columns) = self.cached_columns() {
            return Ok(ColumnSnapshot { columns, version });
        }
        drop(version);
        let version = Arc::clone(&self.version).write_owned().await;
        // Another list may have loaded them while this one waited.
        let columns = match self.cached_columns() {
            Some(columns) => columns,
            None => self.cache_if_window_open(Columns::load(self.database.readers()).await?),
        };
        Ok(ColumnSnapshot { columns, version: version.downgrade() })
    }

    /// Looks something up in the columns, on a thread that may take its time. What is asked while no window is open,
    /// by a schedule say, is not kept in memory for one.
    pub(crate) async fn query_columns<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Columns) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let is_window_open = self.is_window_open();
        let snapshot = self.column_snapshot().await?;
        let found = tokio::task::spawn_blocking(move || query(&snapshot.columns)).await?;
        if !is_window_open {
            self.drop_columns();
        }
        Ok(found)
    }

    fn cached_columns(&self) -> Option<Arc<Columns>> {
        let mut cache = self.column_cache();
        cache.is_window_open = true;
        cache.columns.clone()
    }

    /// Keeps columns, unless the window was closed meanwhile.
    fn cache_if_window_open(&self, columns: Columns) -> Arc<Columns> {
        let columns = Arc::new(columns);
        let mut cache = self.column_cache();
        if cache.is_window_open {
            cache.columns = Some(Arc::clone(&columns));
        }
        columns
    }

    fn column_cache(&self) -> MutexGuard<'_, ColumnCache> {
        self.columns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
