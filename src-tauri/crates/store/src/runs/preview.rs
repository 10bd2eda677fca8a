//! What a run would request, before it is started.

use std::collections::HashSet;

use codat::CompanyId;
use jiff::Timestamp;

use super::advance::RUNNING_TIMEOUT;
use crate::{error::StoreError, sql, store::Store};

/// The result of a preview.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunPreview {
    /// The number of companies.
    pub companies: u32,
    /// Of these, companies without a linked connection, which are not requested.
    pub unlinked: u32,
    /// Of the others, companies whose same read was requested recently and has not ended. They are not requested.
    pub running: u32,
}

impl Store {
    /// What a run of these companies would request now. Each company is given once; `None` means all data types.
    ///
    /// # Errors
    /// Database errors.
    pub async fn preview_run(
        &self,
        companies: &[CompanyId],
        data_type: Option<&str>,
        now: Timestamp,
    ) -> Result<RunPreview, StoreError> {
        // A green connection is linked. Most companies have one, which the columns show without the database.
        let companies = companies.to_vec();
        let (green, others) =
            self.query_columns(move |columns| columns.partition_by_green(&companies)).await?;
        let linked = self.with_linked_connection(&others).await?;
        let running = self.companies_in_progress(data_type, now).await?;
        let is_running = |company: &&CompanyId| running.contains(company);
        let running = green.iter().chain(&linked).filter(is_running).count();
        Ok(RunPreview {
            companies: count(green.len() + others.len()),
            unlinked: count(others.len() - linked.len()),
            running: count(running),
        })
    }

    /// The companies that have a linked connection.
    async fn with_linked_connection(&self, companies: &[CompanyId]) -> Result<Vec<CompanyId>, StoreError> {
        let companies = sql::json_parameter(&companies)?;
        let ids = sqlx::query_scalar!(
            r#"SELECT company.id AS "id!: String"
               FROM json_each(?1) AS wanted CROSS JOIN companies AS company ON company.id = wanted.value
               WHERE EXISTS (SELECT 1 FROM connections AS own
                             WHERE own.company = company.number AND own.clock IS NOT NULL)"#,
            companies
        )
        .fetch_all(self.database.readers())
        .await?;
        ids.iter().map(|id| sql::parse_id(id)).collect()
    }

    /// Companies whose read of this type was requested recently and has not ended.
    async fn companies_in_progress(
        &self,
        data_type: Option<&str>,
        now: Timestamp,
    ) -> Result<HashSet<CompanyId>, StoreError> {
        let since = now.saturating_sub(RUNNING_TIMEOUT).unwrap_or(Timestamp::MIN).as_millisecond();
        let ids = sqlx::query_scalar!(
            r#"SELECT company_id AS "id!: String" FROM run_items
               WHERE state IN (1, 2) AND data_type IS ?1 AND sent_at > ?2
                 AND (SELECT act FROM runs AS run WHERE run.id = run_items.run) IS NULL"#,
            data_type,
            since
        )
        .fetch_all(self.database.readers())
        .await?;
        ids.iter().map(|id| sql::parse_id(id)).collect()
    }
}

fn count(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
