//! What a run would ask for, before it is begun.

use codat::CompanyId;
use jiff::Timestamp;

use super::step::STILL_RUNNING;
use crate::{error::StoreError, record, store::Store};

/// What of a selection would be asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Preview {
    /// Companies.
    pub companies: u32,
    /// Of these, not asked for: nothing of them is linked.
    pub unlinked: u32,
    /// Of the rest, not asked for: the same was asked for lately, and has not ended.
    pub running: u32,
}

impl Store {
    /// What a run of these companies would ask for now, each for this data type, or for all.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn preview_run(
        &self,
        companies: &[CompanyId],
        data_type: Option<&str>,
        now: Timestamp,
    ) -> Result<Preview, StoreError> {
        let companies = record::json(&companies)?;
        let since = now.saturating_sub(STILL_RUNNING).unwrap_or(Timestamp::MIN).as_millisecond();
        // A green connection is a linked one (8); of other companies each record says whether one is.
        let row = sqlx::query!(
            r#"SELECT count(*) AS "companies!: u32", coalesce(sum(NOT linked), 0) AS "unlinked!: u32",
                      coalesce(sum(linked AND running), 0) AS "running!: u32"
               FROM (SELECT company.colours & 8 <> 0
                            OR EXISTS (SELECT 1 FROM records AS record,
                                                     json_each(record.raw, '$.dataConnections') AS own
                                       WHERE record.company = company.number
                                         AND own.value ->> 'status' = 'Linked') AS linked,
                            EXISTS (SELECT 1 FROM run_items AS other
                                    WHERE other.company_id = company.id AND other.data_type IS ?2
                                      AND other.state IN (1, 2) AND other.sent_at > ?3) AS running
                     FROM json_each(?1) AS wanted CROSS JOIN companies AS company ON company.id = wanted.value)"#,
            companies,
            data_type,
            since
        )
        .fetch_one(self.database.readers())
        .await?;
        Ok(Preview { companies: row.companies, unlinked: row.unlinked, running: row.running })
    }
}
