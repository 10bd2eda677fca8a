//! What the server said of each company the last time, as a fingerprint: a sweep reads the records of those alone
//! that say something else.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Mutex, MutexGuard, PoisonError},
};

use codat::CompanyId;
use sqlx::SqliteConnection;

use crate::{error::StoreError, sql};

/// A record's fingerprint. Where another version of this app has others, the records are compared once more.
pub(crate) fn fingerprint(raw: &str) -> i64 {
    let mut hasher = DefaultHasher::new();
    raw.hash(&mut hasher);
    hasher.finish().cast_signed()
}

/// The fingerprints of records that say all that is known of their company, and of what could not be read of one.
/// A company that is not here is compared with what is kept.
#[derive(Debug, Default)]
pub(crate) struct FingerprintCache(Mutex<Option<Fingerprints>>);

type Fingerprints = HashMap<CompanyId, i64>;

impl FingerprintCache {
    /// Brings the fingerprints into memory, the first time.
    pub(crate) async fn load(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        if self.fingerprints().is_some() {
            return Ok(());
        }
        let stored = sqlx::query_scalar!(
            r#"SELECT coalesce(json_group_object(id, print), '{}') AS "kept!: String"
               FROM companies
               WHERE print IS NOT NULL AND id NOT IN (SELECT company_id FROM unreadable)"#
        )
        .fetch_one(connection)
        .await?;
        let stored: HashMap<String, i64> =
            serde_json::from_str(&stored).map_err(|why| StoreError::unreadable("fingerprints", &why))?;
        let stored = stored.into_iter().map(|(id, fingerprint)| Ok((sql::parse_id(&id)?, fingerprint)));
        *self.fingerprints() = Some(stored.collect::<Result<_, StoreError>>()?);
        Ok(())
    }

    /// Whether this is what is kept of a company.
    pub(crate) fn matches(&self, id: CompanyId, raw: &str) -> bool {
        let known = self.fingerprints().as_ref().and_then(|fingerprints| fingerprints.get(&id).copied());
        known.is_some_and(|known| known == fingerprint(raw))
    }

    /// What is kept of a company has this fingerprint; none: it does not say all.
    pub(crate) fn set(&self, id: CompanyId, fingerprint: Option<i64>) {
        if let Some(fingerprints) = self.fingerprints().as_mut() {
            match fingerprint {
                Some(fingerprint) => fingerprints.insert(id, fingerprint),
                None => fingerprints.remove(&id),
            };
        }
    }

    /// Something that is kept is not what was said: everything is compared once more.
    pub(crate) fn clear(&self) {
        *self.fingerprints() = Some(Fingerprints::new());
    }

    fn fingerprints(&self) -> MutexGuard<'_, Option<Fingerprints>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
