//! Fingerprints of the records that the server last sent. A sweep reads the stored record only if the fingerprint
//! differs.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Mutex, MutexGuard, PoisonError},
};

use codat::CompanyId;
use sqlx::SqliteConnection;

use crate::{error::StoreError, sql};

/// The fingerprint of a record. Another version of this app may hash differently; records are then compared once.
pub(crate) fn fingerprint(raw: &str) -> i64 {
    let mut hasher = DefaultHasher::new();
    raw.hash(&mut hasher);
    hasher.finish().cast_signed()
}

/// Fingerprints in memory, of records that are stored exactly as sent and of records that were unreadable. A company
/// without a fingerprint is compared with its stored record.
#[derive(Debug, Default)]
pub(crate) struct FingerprintCache(Mutex<Option<Fingerprints>>);

type Fingerprints = HashMap<CompanyId, i64>;

impl FingerprintCache {
    /// Loads the fingerprints on first use.
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

    /// Whether the record equals the last one.
    pub(crate) fn matches(&self, id: CompanyId, raw: &str) -> bool {
        let known = self.fingerprints().as_ref().and_then(|fingerprints| fingerprints.get(&id).copied());
        known.is_some_and(|known| known == fingerprint(raw))
    }

    /// Sets or removes the fingerprint of a company.
    pub(crate) fn set(&self, id: CompanyId, fingerprint: Option<i64>) {
        if let Some(fingerprints) = self.fingerprints().as_mut() {
            match fingerprint {
                Some(fingerprint) => fingerprints.insert(id, fingerprint),
                None => fingerprints.remove(&id),
            };
        }
    }

    /// Removes all fingerprints, so that all records are compared again.
    pub(crate) fn clear(&self) {
        *self.fingerprints() = Some(Fingerprints::new());
    }

    fn fingerprints(&self) -> MutexGuard<'_, Option<Fingerprints>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
