//! What the server said of each company the last time, as a fingerprint: a sweep reads the records of those alone
//! that say something else.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Mutex, MutexGuard, PoisonError},
};

use codat::CompanyId;
use sqlx::SqliteConnection;

use crate::{error::StoreError, record};

/// A record's fingerprint. Where another version of this app has others, the records are compared once more.
pub(crate) fn print(raw: &str) -> i64 {
    let mut hasher = DefaultHasher::new();
    raw.hash(&mut hasher);
    hasher.finish().cast_signed()
}

/// The fingerprints of records that say all that is known of their company, and of what could not be read of one.
/// A company that is not here is compared with what is kept.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Option<Prints>>);

type Prints = HashMap<CompanyId, i64>;

impl Seen {
    /// Brings the fingerprints into memory, the first time.
    pub(crate) async fn load(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        if self.prints().is_some() {
            return Ok(());
        }
        let kept = sqlx::query_scalar!(
            r#"SELECT coalesce(json_group_object(id, print), '{}') AS "kept!: String"
               FROM companies
               WHERE print IS NOT NULL AND id NOT IN (SELECT company_id FROM unreadable)"#
        )
        .fetch_one(connection)
        .await?;
        let kept: HashMap<String, i64> =
            serde_json::from_str(&kept).map_err(|why| StoreError::unreadable("fingerprints", &why))?;
        let kept = kept.into_iter().map(|(id, print)| Ok((record::id(&id)?, print)));
        *self.prints() = Some(kept.collect::<Result<_, StoreError>>()?);
        Ok(())
    }

    /// Whether this is what is kept of a company.
    pub(crate) fn is(&self, id: CompanyId, raw: &str) -> bool {
        let known = self.prints().as_ref().and_then(|prints| prints.get(&id).copied());
        known.is_some_and(|known| known == print(raw))
    }

    /// What is kept of a company has this fingerprint; none: it does not say all.
    pub(crate) fn put(&self, id: CompanyId, print: Option<i64>) {
        if let Some(prints) = self.prints().as_mut() {
            match print {
                Some(print) => prints.insert(id, print),
                None => prints.remove(&id),
            };
        }
    }

    /// Something that is kept is not what was said: everything is compared once more.
    pub(crate) fn distrust(&self) {
        *self.prints() = Some(Prints::new());
    }

    fn prints(&self) -> MutexGuard<'_, Option<Prints>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
