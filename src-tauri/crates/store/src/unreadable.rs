//! Companies that the server tells of in a way that cannot be read. What is kept of them stays, with a mark.

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

/// Which companies are marked, in memory; changed only by who has the writer, once its transaction is committed.
#[derive(Debug, Default)]
pub(crate) struct Unreadable(Mutex<BTreeSet<CompanyId>>);

/// Marks to be set and taken away.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// Companies that could not be read, each with the reason.
    pub(crate) set: Vec<Mark>,
    /// Companies that can be read again.
    pub(crate) cleared: Vec<CompanyId>,
}

/// A mark to be set.
#[derive(Debug, Serialize)]
pub(crate) struct Mark {
    pub(crate) id: CompanyId,
    pub(crate) reason: String,
}

impl Marks {
    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.cleared.is_empty()
    }

    /// The same on the columns.
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

    /// The marks were committed.
    pub(crate) fn apply(&self, marks: &Marks) {
        let mut ids = self.ids();
        ids.extend(marks.set.iter().map(|mark| mark.id));
        for id in &marks.cleared {
            ids.remove(id);
        }
    }

    /// Those that are not among these companies.
    fn without(&self, seen: &BTreeSet<CompanyId>) -> Vec<CompanyId> {
        self.ids().difference(seen).copied().collect()
    }

    fn ids(&self) -> MutexGuard<'_, BTreeSet<CompanyId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// How many companies the server tells of in a way that cannot be read, kept ones and others.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn count_unreadable(&self) -> Result<u32, StoreError> {
        let many = sqlx::query_scalar!(r#"SELECT count(*) AS "many!: u32" FROM unreadable"#);
        Ok(many.fetch_one(self.database.readers()).await?)
    }

    /// A complete sweep saw these companies: of the others, those that were never kept are not counted any more.
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

/// Keeps the marks. One that stands already keeps its time.
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
