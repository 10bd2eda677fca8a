//! Companies whose latest server record cannot be parsed. Their last stored state stays, with a mark.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use codat::CompanyId;
use jiff::Timestamp;
use serde::Serialize;
use sqlx::SqliteConnection;

use crate::{
    columns::Patch,
    database::{Database, begin},
    error::StoreError,
    record,
    store::Store,
};

/// The marked companies, in memory. Only the holder of the writer changes them, after its transaction committed.
#[derive(Debug, Default)]
pub(crate) struct Unreadable(Mutex<BTreeSet<CompanyId>>);

/// Marks to set and to remove.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// Companies whose record could not be parsed, with the reason.
    pub(crate) set: Vec<Mark>,
    /// Companies whose record parses again.
    pub(crate) cleared: Vec<CompanyId>,
}

/// A mark to set.
#[derive(Debug, Serialize)]
pub(crate) struct Mark {
    pub(crate) id: CompanyId,
    pub(crate) reason: String,
}

impl Marks {
    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.cleared.is_empty()
    }

    /// The same change for the columns in memory.
    pub(crate) fn on(&self, patch: Patch) -> Patch {
        patch.marked(self.set.iter().map(|mark| mark.id).collect(), self.cleared.clone())
    }
}

impl Unreadable {
    pub(crate) async fn load(database: &Database) -> Result<Self, StoreError> {
        let ids = sqlx::query_scalar!(r#"SELECT company_id AS "id!: String" FROM unreadable"#)
            .fetch_all(database.readers())
            .await?;
        let ids = ids.iter().map(|id| record::id(id)).collect::<Result<_, StoreError>>()?;
        Ok(Self(Mutex::new(ids)))
    }

    pub(crate) fn has(&self, id: CompanyId) -> bool {
        self.ids().contains(&id)
    }

    /// Applies committed marks to memory.
    pub(crate) fn apply(&self, marks: &Marks) {
        let mut ids = self.ids();
        ids.extend(marks.set.iter().map(|mark| mark.id));
        for id in &marks.cleared {
            ids.remove(id);
        }
    }

    /// The marked companies that are not in `companies`.
    fn without(&self, seen: &BTreeSet<CompanyId>) -> Vec<CompanyId> {
        self.ids().difference(seen).copied().collect()
    }

    fn ids(&self) -> MutexGuard<'_, BTreeSet<CompanyId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// The number of companies whose record cannot be parsed, stored or not.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn count_unreadable(&self) -> Result<u32, StoreError> {
        let many = sqlx::query_scalar!(r#"SELECT count(*) AS "many!: u32" FROM unreadable"#);
        Ok(many.fetch_one(self.database.readers()).await?)
    }

    /// Removes the marks of companies that a complete sweep did not list and that were never stored.
    pub(crate) async fn forget_unreadable(&self, seen: &BTreeSet<CompanyId>) -> Result<(), StoreError> {
        if self.unreadable.without(seen).is_empty() {
            return Ok(());
        }
        let mut writer = self.database.writer().await?;
        let mut cleared = self.unreadable.without(seen);
        let kept = record::kept(&mut writer, &cleared).await?;
        cleared.retain(|id| !kept.contains_key(id));
        if cleared.is_empty() {
            return Ok(());
        }
        let marks = Marks { set: Vec::new(), cleared };
        let mut transaction = begin(&mut writer).await?;
        write(&mut transaction, &marks, Timestamp::UNIX_EPOCH).await?;
        self.commit(transaction, Patch::default()).await?;
        self.unreadable.apply(&marks);
        Ok(())
    }
}

/// Writes the marks. An existing mark keeps its time.
pub(crate) async fn write(
    connection: &mut SqliteConnection,
    marks: &Marks,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !marks.set.is_empty() {
        let (set, now) = (record::json(&marks.set)?, now.as_millisecond());
        sqlx::query!(
            "INSERT INTO unreadable (company_id, since, reason)
             SELECT value ->> 'id', ?2, value ->> 'reason' FROM jsonb_each(?1) WHERE true
             ON CONFLICT (company_id) DO NOTHING",
            set,
            now
        )
        .execute(&mut *connection)
        .await?;
    }
    if !marks.cleared.is_empty() {
        let cleared = record::json(&marks.cleared)?;
        sqlx::query!("DELETE FROM unreadable WHERE company_id IN (SELECT value FROM json_each(?1))", cleared)
            .execute(connection)
            .await?;
    }
    Ok(())
}
