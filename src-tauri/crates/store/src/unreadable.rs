//! Companies whose latest server record cannot be parsed. Their last stored state stays, with a mark.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use codat::CompanyId;
use jiff::Timestamp;
use serde::Serialize;
use sqlx::SqliteConnection;

use crate::{columns::Patch, database::Database, error::StoreError, sql};

/// The marked companies, in memory. Only the holder of the writer changes them, after its transaction committed.
#[derive(Debug, Default)]
pub(crate) struct UnreadableCompanies(Mutex<BTreeSet<CompanyId>>);

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
    pub(crate) fn apply_to(&self, patch: Patch) -> Patch {
        patch.with_unreadable(self.set.iter().map(|mark| mark.id).collect(), self.cleared.clone())
    }
}

impl UnreadableCompanies {
    pub(crate) async fn load(database: &Database) -> Result<Self, StoreError> {
        let ids = sqlx::query_scalar!(r#"SELECT company_id AS "id!: String" FROM unreadable"#)
            .fetch_all(database.readers())
            .await?;
        let ids = ids.iter().map(|id| sql::parse_id(id)).collect::<Result<_, StoreError>>()?;
        Ok(Self(Mutex::new(ids)))
    }

    pub(crate) fn contains(&self, id: CompanyId) -> bool {
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

    /// The marked companies that are not in `listed`.
    pub(crate) fn without(&self, listed: &BTreeSet<CompanyId>) -> Vec<CompanyId> {
        self.ids().difference(listed).copied().collect()
    }

    fn ids(&self) -> MutexGuard<'_, BTreeSet<CompanyId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes the marks. An existing mark keeps its time.
pub(crate) async fn write(
    connection: &mut SqliteConnection,
    marks: &Marks,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !marks.set.is_empty() {
        let (set, now) = (sql::json_parameter(&marks.set)?, now.as_millisecond());
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
        let cleared = sql::json_parameter(&marks.cleared)?;
        sqlx::query!("DELETE FROM unreadable WHERE company_id IN (SELECT value FROM json_each(?1))", cleared)
            .execute(connection)
            .await?;
    }
    Ok(())
}
