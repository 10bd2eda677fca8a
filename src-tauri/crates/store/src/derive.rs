//! What is derived from the records, made anew when a version of this app derives it otherwise.

use std::collections::BTreeMap;

use codat::expiry::Clocks;
use sqlx::SqliteConnection;

use crate::{
    database::begin,
    ends::Estimates,
    error::StoreError,
    facts::Facts,
    integrations::OfflineKeys,
    record::Kept,
    store::Store,
    write::{self, Row, State},
};

/// How facts are derived from records: to be raised with every change to the folding, to the rule of colours,
/// to the clocks of expiry, to what facts there are, or to what of a record can be read.
const DERIVATION: &str = "3";

/// Under this key the derivation is kept that the database was made with.
const KEY: &str = "derivation";

/// Records at a time.
const AT_ONCE: i64 = 1_000;

impl Store {
    /// Brings the facts of all companies to this version's derivation, in one transaction. Nothing changed on
    /// the server, so nothing goes into the journal.
    pub(crate) async fn derive_again_where_outdated(&self) -> Result<(), StoreError> {
        if self.load(KEY).await?.as_deref() == Some(DERIVATION) {
            return Ok(());
        }
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        let (offline, clocks) = (OfflineKeys::read(&mut transaction).await?, self.clocks());
        let mut after = 0;
        while let Some(last) = derive_some(&mut transaction, after, &offline, &clocks).await? {
            after = last;
        }
        transaction.commit().await?;
        drop(writer);
        self.save(KEY, DERIVATION).await
    }
}

/// Derives the facts of the companies behind `after` and gives the last of them; none when there were none.
async fn derive_some(
    connection: &mut SqliteConnection,
    after: i64,
    offline: &OfflineKeys,
    clocks: &Clocks,
) -> Result<Option<i64>, StoreError> {
    let records = sqlx::query!(
        r#"SELECT company AS "company!: i64", raw AS "raw!: String", retained AS "retained?: String"
           FROM records WHERE company > ?1 ORDER BY company LIMIT +?2"#,
        after,
        AT_ONCE
    )
    .fetch_all(&mut *connection)
    .await?;
    let Some(last) = records.last().map(|record| record.company) else { return Ok(None) };
    let mut companies = Vec::with_capacity(records.len());
    for record in records {
        let kept = Kept::new(record.raw, record.retained);
        match kept.company() {
            Ok(company) => companies.push((company, kept)),
            Err(error) => tracing::warn!(%error, "the facts of a company stay as they were"),
        }
    }
    let pasts = write::pasts(connection, companies.iter().map(|(company, _)| company.id)).await?;
    let mut states = BTreeMap::new();
    for (company, _) in &companies {
        for it in &company.data_connections {
            let past = pasts.get(&it.id).copied().unwrap_or_default();
            let offline = offline.has(&it.integration_key);
            states.insert(it.id, State::new(company.id, it, past, offline, clocks));
        }
    }
    let estimates = Estimates::new(clocks, pasts);
    let rows = companies
        .into_iter()
        .map(|(company, kept)| {
            let facts = Facts::of(&company, estimates.first_of(&company));
            let retained = kept.retained()?;
            Ok(Row::new(facts, kept.raw, retained))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    write::companies(connection, &rows).await?;
    write::connections(connection, &states).await?;
    Ok(Some(last))
}
