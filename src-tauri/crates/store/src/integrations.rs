//! Integrations from the server's list.

use std::collections::BTreeMap;

use codat::{Integration, Item};
use jiff::Timestamp;
use serde::Serialize;
use sqlx::SqliteConnection;

use crate::{database::begin, error::StoreError, sql, store::Store};

/// Offline connectors until the server's list is known (§6 of the API reference).
const OFFLINE_UNTIL_LISTED: [&str; 2] = ["pqsw", "hbql"];

/// Which integrations run on the customer's own computer.
#[derive(Debug, Default)]
pub(crate) struct OfflineKeys {
    listed: BTreeMap<String, bool>,
}

impl OfflineKeys {
    pub(crate) async fn load(connection: &mut SqliteConnection) -> Result<Self, StoreError> {
        let listed = sqlx::query_scalar!(
            r#"SELECT coalesce(json_group_object(key, offline), '{}') AS "listed!: String" FROM integrations"#
        )
        .fetch_one(connection)
        .await?;
        let listed: BTreeMap<String, u8> =
            serde_json::from_str(&listed).map_err(|why| StoreError::unreadable("integrations", &why))?;
        Ok(Self { listed: listed.into_iter().map(|(key, offline)| (key, offline != 0)).collect() })
    }

    pub(crate) fn keys(&self) -> Vec<&str> {
        let listed = self.listed.iter().filter(|(_, offline)| **offline).map(|(key, _)| key.as_str());
        let not_listed = OFFLINE_UNTIL_LISTED.into_iter().filter(|key| !self.listed.contains_key(*key));
        listed.chain(not_listed).collect()
    }

    pub(crate) fn contains(&self, key: &str) -> bool {
        self.listed.get(key).copied().unwrap_or_else(|| OFFLINE_UNTIL_LISTED.contains(&key))
    }
}

#[derive(Serialize)]
struct IntegrationRow<'a> {
    key: &'a str,
    name: &'a str,
    offline: bool,
    raw: &'a str,
}

impl Store {
    /// Stores integrations. Those that are not in the list stay. Recalculates which deauthorized connections are
    /// one-time ones. An unchanged integration is not written. Returns the version of the lists afterwards.
    ///
    /// # Errors
    /// Database errors; then nothing is stored.
    pub async fn put_integrations(
        &self,
        integrations: &[Item<Integration>],
        _now: Timestamp,
    ) -> Result<u64, StoreError> {
        let rows: Vec<IntegrationRow<'_>> = integrations
            .iter()
            .map(|item| IntegrationRow {
                key: &item.value.key,
                name: &item.value.name,
                offline: item.value.is_offline_connector,
                raw: item.raw.get(),
            })
            .collect();
        let rows = sql::json_parameter(&rows)?;
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        let written = sqlx::query!(
            "INSERT INTO integrations (key, name, offline, raw)
             SELECT value ->> 'key', value ->> 'name', value ->> 'offline', value ->> 'raw'
             FROM jsonb_each(?1) WHERE true
             ON CONFLICT (key) DO UPDATE SET name = excluded.name, offline = excluded.offline, raw = excluded.raw
             WHERE raw <> excluded.raw",
            rows
        )
        .execute(&mut *transaction)
        .await?;
        let marked = mark_one_time(&mut transaction).await?;
        // Lists show the integrations' names too.
        if marked == 0 && written.rows_affected() == 0 {
            transaction.commit().await?;
            return Ok(*self.version.read().await);
        }
        let mut version = self.version.write().await;
        *version += 1;
        transaction.commit().await?;
        Ok(*version)
    }

    /// The stored integrations, by name.
    ///
    /// # Errors
    /// Database errors.
    pub async fn integrations(&self) -> Result<Vec<Integration>, StoreError> {
        let rows = sqlx::query!(r#"SELECT raw AS "raw!: String" FROM integrations ORDER BY name, key"#)
            .fetch_all(self.database.readers())
            .await?;
        rows.iter()
            .map(|row| {
                serde_json::from_str(&row.raw).map_err(|why| StoreError::unreadable("an integration", &why))
            })
            .collect()
    }

    /// The keys of integrations that are known not to provide a data type. An integration without a list of types may
    /// provide any.
    ///
    /// # Errors
    /// Database errors.
    pub(crate) async fn integrations_without(&self, data_type: &str) -> Result<Vec<String>, StoreError> {
        let lacks_type = |integration: &Integration| {
            integration.readable().next().is_some() && !integration.readable().any(|key| key == data_type)
        };
        Ok(self
            .integrations()
            .await?
            .into_iter()
            .filter(lacks_type)
            .map(|integration| integration.key)
            .collect())
    }
}

/// Recalculates `one_time` of connections that ended soon after their first reads.
async fn mark_one_time(connection: &mut SqliteConnection) -> Result<u64, StoreError> {
    let offline = sql::json_parameter(&OfflineKeys::load(connection).await?.keys())?;
    let marked = sqlx::query!(
        "UPDATE connections SET one_time = NOT one_time
         WHERE brief = 1 AND one_time <> (integration_key IN (SELECT value FROM json_each(?1)))",
        offline
    )
    .execute(connection)
    .await?;
    Ok(marked.rows_affected())
}
