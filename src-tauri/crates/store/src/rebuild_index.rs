//! Rebuilds the derived rows when this version derives them differently from the records.

use std::collections::BTreeMap;

use codat::expiry::Clocks;
use sqlx::SqliteConnection;

use crate::{
    company_index::CompanyIndexRow,
    connection_expiry::ExpiryEstimates,
    database::begin,
    error::StoreError,
    integrations::OfflineKeys,
    record::StoredRecord,
    store::Store,
    write::{self, CompanyUpsert, ConnectionUpsert},
};

/// The version of the derivation. Increase it with every change to folding, colors, expiry rules, index rows, or
/// what of a record can be parsed.
const INDEX_VERSION: &str = "3";

/// The key of the version that the database was built with.
const VERSION_KEY: &str = "derivation";

/// The number of records in one chunk.
const RECORDS_PER_CHUNK: i64 = 1_000;

impl Store {
    /// Rebuilds the derived rows of all companies in one transaction if their version is older. The server's data is
    /// unchanged, so there is no journal entry.
    pub(crate) async fn rebuild_index_if_outdated(&self) -> Result<(), StoreError> {
        if self.load(VERSION_KEY).await?.as_deref() == Some(INDEX_VERSION) {
            return Ok(());
        }
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        let (offline, clocks) = (OfflineKeys::load(&mut transaction).await?, self.clocks());
        let mut after = 0;
        while let Some(last) = rebuild_chunk(&mut transaction, after, &offline, &clocks).await? {
            after = last;
        }
        transaction.commit().await?;
        drop(writer);
        self.save(VERSION_KEY, INDEX_VERSION).await
    }
}

/// Rebuilds the companies after `after`. Returns the last of them, or `None` at the end.
async fn rebuild_chunk(
    connection: &mut SqliteConnection,
    after: i64,
    offline: &OfflineKeys,
    clocks: &Clocks,
) -> Result<Option<i64>, StoreError> {
    let records = sqlx::query!(
        r#"SELECT company AS "company!: i64", raw AS "raw!: String", retained AS "retained?: String"
           FROM records WHERE company > ?1 ORDER BY company LIMIT +?2"#,
        after,
        RECORDS_PER_CHUNK
    )
    .fetch_all(&mut *connection)
    .await?;
    let Some(last) = records.last().map(|row| row.company) else { return Ok(None) };
    let mut companies = Vec::with_capacity(records.len());
    for row in records {
        let record = StoredRecord::new(row.raw, row.retained);
        match record.company() {
            Ok(company) => companies.push((company, record)),
            Err(error) => tracing::warn!(%error, "the facts of a company stay as they were"),
        }
    }
    let histories =
        write::connection_histories(connection, companies.iter().map(|(company, _)| company.id)).await?;
    let mut states = BTreeMap::new();
    for (company, _) in &companies {
        for connection in &company.data_connections {
            let history = histories.get(&connection.id).copied().unwrap_or_default();
            let offline = offline.contains(&connection.integration_key);
            states.insert(
                connection.id,
                ConnectionUpsert::new(company.id, connection, history, offline, clocks),
            );
        }
    }
    let estimates = ExpiryEstimates::new(clocks, histories);
    let rows = companies
        .into_iter()
        .map(|(company, record)| {
            let row = CompanyIndexRow::from_company(&company, estimates.earliest_for(&company));
            let retained = record.retained()?;
            Ok(CompanyUpsert::new(row, record.raw, retained))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    write::upsert_companies(connection, &rows).await?;
    write::upsert_connections(connection, &states).await?;
    Ok(Some(last))
}
