//! The open database of a workspace.

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

/// One workspace's database: the server's last state, the journal of changes, and the lists.
///
/// All methods take `&self`; share it in an `Arc`. Writes run one after another, each in one transaction. A dropped
/// future, a full disk or a crash leaves all of a write or nothing.
#[derive(Debug)]
pub struct Store {
    pub(crate) database: Database,
    /// The version of the lists, which increases with every change that a list may show. A write holds the lock from
    /// its commit until the columns are updated, and a list until it has its rows, so that no list mixes two
    /// versions.
    pub(crate) version: Arc<RwLock<u64>>,
    pub(crate) copies: Copies,
    /// Only the holder of the writer changes it.
    pub(crate) fingerprints: FingerprintCache,
    pub(crate) unreadable: UnreadableCompanies,
    columns: Mutex<ColumnCache>,
    /// The current expiry rules. Only the holder of the writer changes them.
    pub(crate) clocks: StdRwLock<Arc<Clocks>>,
    /// The user's time zone, for days in searches.
    time_zone: StdRwLock<TimeZone>,
}

/// The columns, cached while a window is open.
#[derive(Debug, Default)]
struct ColumnCache {
    is_window_open: bool,
    columns: Option<Arc<Columns>>,
}

/// The columns at a version. The version cannot change while this exists.
#[derive(Debug)]
pub(crate) struct ColumnSnapshot {
    pub(crate) columns: Arc<Columns>,
    // Dropped after the columns, so that the next writer is the columns' only owner.
    version: OwnedRwLockReadGuard<u64>,
}

impl ColumnSnapshot {
    pub(crate) fn version(&self) -> u64 {
        *self.version
    }
}

impl Store {
    /// Opens or creates the database of a workspace: the file with mode 0600, its folder with mode 0700. An older
    /// file is backed up before it is migrated. The lock file `<path>.lock` excludes other processes while the store
    /// exists.
    ///
    /// # Errors
    /// [`ReadOnly`](StoreError::ReadOnly), [`Locked`](StoreError::Locked), [`Newer`](StoreError::Newer),
    /// [`Corrupt`](StoreError::Corrupt), [`DiskFull`](StoreError::DiskFull), and other errors of the file system. The
    /// file is unchanged in each case.
    pub async fn open(path: &Path, now: Timestamp) -> Result<Self, StoreError> {
        let database = Database::open(path, &SCHEMA, now).await?;
        Self::from_parts(database, Copies::open(path, now, None).await?).await
    }

    /// Like [`open`](Self::open), for a simulation.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
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

    /// Sets the time zone for days in searches; UTC before that.
    pub fn set_time_zone(&self, time_zone: TimeZone) {
        *self.time_zone.write().unwrap_or_else(PoisonError::into_inner) = time_zone;
    }

    /// A time in the user's time zone.
    pub(crate) fn local_time(&self, now: Timestamp) -> ZonedDateTime {
        now.to_zoned_datetime(self.time_zone.read().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Closes the database and moves its write-ahead log into the file.
    pub async fn close(self) {
        self.copies.close().await;
        self.database.close().await;
    }

    /// Checks the whole file for damage. A file of 100,000 companies takes seconds; other reads continue.
    ///
    /// # Errors
    /// [`Corrupt`](StoreError::Corrupt), and other database errors.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.database.check().await
    }

    /// Renames a damaged database and its log files to `<path>.corrupt-<time>`, and returns the new path. The next
    /// [`open`](Self::open) creates an empty one: companies come from the server, and [`restore`](Self::restore)
    /// restores local data from the newest backup.
    ///
    /// # Errors
    /// [`Locked`](StoreError::Locked) while it is open, and errors of the file system.
    pub fn set_aside(path: &Path, now: Timestamp) -> Result<PathBuf, StoreError> {
        files::set_aside(path, now)
    }

    /// Deletes a workspace's database, its copies, and all files beside it: logs, locks, backups, and renamed damaged
    /// files.
    ///
    /// # Errors
    /// [`Locked`](StoreError::Locked) while it is open, and errors of the file system. Other files are deleted even
    /// if one fails.
    pub fn delete(path: &Path) -> Result<(), StoreError> {
        files::delete_all(path)
    }

    /// The current version of the lists.
    pub async fn version(&self) -> u64 {
        *self.version.read().await
    }

    /// Frees the columns; call it when the last window is closed. The next list loads them again.
    pub fn drop_columns(&self) {
        *self.column_cache() = ColumnCache::default();
        self.copies.drop_index();
    }

    /// Whether a list was requested since the last window was closed.
    pub(crate) fn is_window_open(&self) -> bool {
        self.column_cache().is_window_open
    }

    /// Whether the columns are in memory.
    pub fn has_columns(&self) -> bool {
        self.column_cache().columns.is_some()
    }

    /// Commits and applies the same change to the columns. If the commit fails or this future is dropped, the columns
    /// are dropped, and the next list loads them again.
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

    /// Commits a change that is too large to apply to the columns; the next list loads them again. `after_commit`
    /// runs before any list can read.
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

    /// The columns at the current version, loaded if necessary.
    pub(crate) async fn column_snapshot(&self) -> Result<ColumnSnapshot, StoreError> {
        let version = Arc::clone(&self.version).read_owned().await;
        if let Some(columns) = self.cached_columns() {
            return Ok(ColumnSnapshot { columns, version });
        }
        drop(version);
        let version = Arc::clone(&self.version).write_owned().await;
        // Another list may have loaded them in the meantime.
        let columns = match self.cached_columns() {
            Some(columns) => columns,
            None => self.cache_if_window_open(Columns::load(self.database.readers()).await?),
        };
        Ok(ColumnSnapshot { columns, version: version.downgrade() })
    }

    /// Runs a query on the columns on a blocking thread. If no window is open, for example for a schedule, the
    /// columns are freed afterwards.
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

    /// Caches the columns unless the window was closed in the meantime.
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
